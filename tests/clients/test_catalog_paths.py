"""GitLab's CODEOWNERS and Kubernetes' OWNERS: what the files say, and whom a path leads to."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clients.catalog import ReadOptions, read
from bot.clients.catalog.gitlab_codeowners import looks_like_gitlab
from bot.domain.catalog import AssetClaim, PathRule, Role, SourceCatalog
from bot.domain.codeowners import compile_gitlab
from bot.domain.directory import Directory, Match
from bot.domain.records import AssetRecord, OwnershipRecord

CORPUS = Path(__file__).parent / "corpus"


def directory(catalog: SourceCatalog) -> tuple[Directory, list[AssetClaim]]:
    """Index the assets under their place in the list; only whether a rule has owners counts here."""
    at = datetime(2026, 3, 3, tzinfo=UTC)
    records = [
        AssetRecord(
            id=number,
            own_ref=f"{claim.kind}:{claim.name}",
            kind=claim.kind,
            name=claim.name,
            path_rule=claim.path_rule,
            facts=tuple(
                OwnershipRecord(id=number, area=one.area, role=one.role, team_id=abs(hash(one.owner)), valid_from=at)
                for one in claim.owners
            ),
        )
        for number, claim in enumerate(catalog.assets)
    ]
    return Directory.build(records), catalog.assets


def asked(catalog: SourceCatalog, path: str) -> set[str]:
    """The owners as written of what a path leads to."""
    index, claims = directory(catalog)
    found = index.resolve(path)
    assert isinstance(found, Match), found
    return {one.owner.written for number in (found.asset_id, *found.also) for one in claims[number].owners}


@pytest.fixture(scope="module")
def gitlab() -> SourceCatalog:
    return read("gitlab-codeowners", [CORPUS / "gitlab"])


@pytest.fixture(scope="module")
def kubernetes() -> SourceCatalog:
    return read("kubernetes", [CORPUS / "kubernetes"], options=ReadOptions(repository="fernhill/cluster"))


class TestGitLab:
    @pytest.mark.parametrize(
        ("path", "owners"),
        [
            ("fernhill/mono/src/main.go", {"@fernhill/platform"}),
            ("fernhill/mono/README.md", {"@fernhill/platform", "@fernhill/docs-team"}),  # *.md comes later
            ("fernhill/mono/docs/guide.txt", {"@fernhill/platform", "@fernhill/docs-team"}),
            ("fernhill/mono/a/docs/guide.txt", {"@fernhill/platform", "@fernhill/docs-team"}),
            ("fernhill/mono/docs/internal/plan.txt", {"@fernhill/platform"}),
            ("fernhill/mono/docs/api/v1.yaml", {"@fernhill/platform", "@fernhill/api"}),
            ("fernhill/mono/x/model/db/a.sql", {"@fernhill/platform", "dba@fernhill.test"}),
            ("fernhill/mono/config/db/database.yml", {"@fernhill/platform", "@db.admin"}),
            ("fernhill/mono/nobody/x.txt", {"@fernhill/platform"}),
            ("fernhill/mono/twice/x.txt", {"@fernhill/platform", "@two"}),
        ],
    )
    def test_a_path_has_the_owners_of_all_sections(self, gitlab: SourceCatalog, path: str, owners: set[str]) -> None:
        assert asked(gitlab, path) == owners

    def test_names_and_escapes_are_kept_as_written(self, gitlab: SourceCatalog) -> None:
        names = [asset.name for asset in gitlab.assets]
        assert "fernhill/mono:\\#readme" in names
        assert "fernhill/mono:[Documentation] docs/" in names
        assert "fernhill/mono:[Documentation] !docs/internal/" in names
        assert "fernhill/mono:[Empty] /space\\ here/" in names
        optional = next(asset for asset in gitlab.assets if "[DATABASE] model/db/" in asset.name)
        assert optional.tags == (("approval", "optional"),)

    def test_what_is_wrong_is_said_with_its_line(self, gitlab: SourceCatalog) -> None:
        found = {each.origin.line: (each.is_error, each.message) for each in gitlab.problems}
        assert found.keys() == {10, 21, 22, 23, 24}
        assert "is a role in GitLab" in found[10][1]
        assert not found[10][0]
        assert "uses [ ]" in found[21][1]
        assert "uses [ ]" in found[22][1]
        assert "'not-an-owner' is not an owner" in found[23][1]
        assert "never takes effect: line 25" in found[24][1]

    def test_gitlab_is_told_from_github(self, tmp_path: Path) -> None:
        file = tmp_path / "CODEOWNERS"
        for text, is_gitlab in (
            ("* @acme/a\n", False),
            ("# [Section]\n* @acme/a # [x]\n", False),
            ("[Section]\n* @acme/a\n", True),
            ("^[Section][2] @a\n", True),
            ("* @@maintainers\n", True),
            ("* @acme/sub/team\n", True),
        ):
            file.write_text(text)
            assert looks_like_gitlab(file) is is_gitlab, text

    @pytest.mark.parametrize(
        ("pattern", "path", "matches"),
        [
            ("*", "a/b.c", True),
            ("docs", "docs", True),
            ("docs", "docs/a", False),
            ("docs/", "docs/a", True),
            ("docs/", "x/docs/a/b", True),
            ("/docs/", "x/docs/a", False),
            ("docs/*", "docs/a", True),
            ("docs/*", "x/docs/a", True),
            ("docs/*", "docs/a/b", False),
            ("/docs/**", "docs/a", True),
            ("/docs/**", "docs/a/b", False),
            ("/docs/**/*.md", "docs/a/b/c.md", True),
            ("/docs/**/*.md", "docs/c.md", True),
            ("lib/*.rb", "a/lib/x.rb", True),
            ("lib/*.rb", "a/lib/b/x.rb", False),
            ("a\\ b/", "a b/c", True),
            ("\\#x", "#x", True),
        ],
    )
    def test_patterns_as_gitlab_reads_them(self, pattern: str, path: str, *, matches: bool) -> None:
        assert bool(compile_gitlab(pattern).match(path)) is matches


class TestKubernetes:
    @pytest.mark.parametrize(
        ("path", "owners"),
        [
            ("fernhill/cluster/main.go", {"fernhill-approvers", "Omar", "eve"}),
            ("fernhill/cluster/docs/guide.txt", {"fernhill-approvers", "Omar", "eve"}),  # reviewers alone do not own
            ("fernhill/cluster/pkg/api/types.go", {"api-reviewers"}),
            ("fernhill/cluster/pkg/api/v1/wire.proto", {"wire-keeper", "api-reviewers"}),
            ("fernhill/cluster/pkg/api/generated/x.go", {"solo"}),
            ("fernhill/cluster/pkg/api/generated/x.proto", {"solo"}),
        ],
    )
    def test_the_nearest_directory_with_approvers_answers(
        self, kubernetes: SourceCatalog, path: str, owners: set[str]
    ) -> None:
        assert asked(kubernetes, path) == owners

    def test_aliases_are_teams_and_the_rest_people(self, kubernetes: SourceCatalog) -> None:
        assert [(team.name, team.members) for team in kubernetes.teams] == [
            ("Fernhill-Approvers", ("Ada", "grace")),
            ("api-reviewers", ("lin",)),
            ("empty-one", ()),
        ]
        root = next(asset for asset in kubernetes.assets if asset.name == "fernhill/cluster:/")
        assert [(one.owner.name, one.owner.type, one.role) for one in root.owners] == [
            ("fernhill-approvers", "team", "owner"),
            ("omar", "person", "owner"),
            ("eve", "person", "secondary"),
        ]
        assert root.tags == (("label", "area/everything"),)
        assert root.path_rule == PathRule("fernhill/cluster", "*", 0)

    def test_what_is_wrong_is_said(self, kubernetes: SourceCatalog) -> None:
        said = [(each.origin.path.rpartition("kubernetes/")[2], each.is_error) for each in kubernetes.problems]
        assert sorted(said) == [("pkg/api/OWNERS", False), ("pkg/api/generated/OWNERS", True)]


segments = st.sampled_from(["a", "b", "*", "**", "*.md", "a*", "?"])
paths = st.lists(st.sampled_from(["a", "b", "ab", "x.md"]), min_size=1, max_size=5).map("/".join)


def ruby(pattern: str) -> re.Pattern[str]:
    """A second reading of the rules, written after Ruby's description of `File.fnmatch` with FNM_PATHNAME."""
    if pattern == "*":
        pattern = "/**/*"
    pattern = pattern if pattern.startswith("/") else f"/**/{pattern}"
    pattern = f"{pattern}**/*" if pattern.endswith("/") else pattern
    made = ""
    while pattern:
        if pattern.startswith("**/"):
            made, pattern = made + r"(?:[^/]+/)*", pattern[3:]
            continue
        char, pattern = pattern[0], pattern[1:]
        made += {"*": "[^/]*", "?": "[^/]"}.get(char, re.escape(char))
    return re.compile(made)


@given(st.booleans(), st.lists(segments, min_size=1, max_size=4), st.booleans(), paths)
def test_gitlab_patterns_agree_with_a_second_reading(
    is_anchored: bool, parts: list[str], is_directory: bool, path: str
) -> None:
    pattern = "/" * is_anchored + "/".join(parts) + "/" * is_directory
    assert bool(compile_gitlab(pattern).match(path)) == bool(ruby(pattern).fullmatch("/" + path)), pattern


def test_an_alias_of_two_repositories_is_two_teams(tmp_path: Path) -> None:
    for name, login in (("r1", "alice"), ("r2", "bob")):
        folder = tmp_path / name
        (folder / ".git").mkdir(parents=True)
        (folder / ".git" / "config").write_text(f'[remote "origin"]\n url = https://github.com/acme/{name}.git\n')
        (folder / "OWNERS").write_text("approvers: [approvers, only-here]\n")
        (folder / "OWNERS_ALIASES").write_text(f"aliases:\n  approvers: [{login}]\n")
    catalog = read("kubernetes", [tmp_path])
    assert catalog.problems == []
    assert [(team.name, team.members) for team in catalog.teams] == [
        ("acme/r1/approvers", ("alice",)),
        ("acme/r2/approvers", ("bob",)),
    ]
    named = {asset.name: asset.owners[0].owner.name for asset in catalog.assets}
    assert named["acme/r2:/"] == "acme/r2/approvers"
    [alone] = read("kubernetes", [tmp_path / "r1"]).teams
    assert alone.name == "approvers"


def test_a_file_has_the_approvers_of_every_filter_that_it_matches(tmp_path: Path) -> None:
    (tmp_path / "OWNERS").write_text(
        "filters:\n  '.*': {approvers: [ann]}\n  '\\.go$': {approvers: [bo], reviewers: [ann, cy]}\n"
    )
    catalog = read("kubernetes", [tmp_path], options=ReadOptions(repository="acme/r"))
    said = {asset.name: [(one.owner.name, one.role) for one in asset.owners] for asset in catalog.assets}
    assert said["acme/r:/**/*.go"] == [("bo", Role.OWNER), ("ann", Role.OWNER), ("cy", Role.SECONDARY)]
    assert said["acme/r:/"] == [("ann", Role.OWNER)]


def test_a_filter_for_single_files_is_read_and_one_that_is_not_is_said_of_the_directory(tmp_path: Path) -> None:
    (tmp_path / "pkg").mkdir()
    (tmp_path / "pkg" / "OWNERS").write_text(
        "filters:\n  '.*': {approvers: [ann]}\n  '\\.sh$': {approvers: [bo]}\n"
        "  '^(Makefile|build\\.sh)$': {approvers: [cy]}\n  '(api|types)/.*\\.go': {approvers: [di]}\n"
    )
    catalog = read("kubernetes", [tmp_path], options=ReadOptions(repository="acme/r"))
    owners = {a.path_rule.pattern: [o.owner.name for o in a.owners] for a in catalog.assets if a.path_rule}
    assert owners == {
        "/pkg/": ["ann"],
        "/pkg/**/*.sh": ["bo", "ann"],
        "/pkg/Makefile": ["cy", "ann"],
        "/pkg/build.sh": ["cy", "bo", "ann"],
    }
    rules = {a.path_rule.pattern: a.path_rule.position for a in catalog.assets if a.path_rule}
    assert rules["/pkg/build.sh"] > rules["/pkg/**/*.sh"] > rules["/pkg/"]
    [problem] = catalog.problems
    assert "(api|types)/" in str(problem)
    assert "no pattern that Baton can keep" in str(problem)
    assert {asset.description for asset in catalog.assets} == {
        "There may be more owners: Baton could not read the filter '(api|types)/.*\\.go'."
    }


def test_endings_are_read_in_the_forms_that_people_write_and_add_up(tmp_path: Path) -> None:
    (tmp_path / "OWNERS").write_text(
        "filters:\n  '\\.(go|ts)$': {approvers: [ann]}\n  '^.*\\.pb\\.go$': {approvers: [bo]}\n"
        "  'go\\.(mod|sum)$': {approvers: [cy]}\n  '^docs/README\\.md$': {approvers: [di]}\n"
    )
    catalog = read("kubernetes", [tmp_path], options=ReadOptions(repository="acme/r"))
    rules = {a.path_rule.pattern: a for a in catalog.assets if a.path_rule}
    assert {pattern: [o.owner.name for o in a.owners] for pattern, a in rules.items()} == {
        "/**/*.go": ["ann"],
        "/**/*.ts": ["ann"],
        "/**/*.pb.go": ["bo", "ann"],
        "/**/*go.mod": ["cy"],
        "/**/*go.sum": ["cy"],
        "/docs/README.md": ["di"],
    }
    places = [rules[each].path_rule.position for each in ("/**/*.go", "/**/*.pb.go", "/docs/README.md")]
    assert places == sorted(set(places))
    assert not catalog.problems


def test_a_filter_for_a_file_is_none_for_what_lies_in_a_directory_of_that_name(tmp_path: Path) -> None:
    (tmp_path / "vendor").mkdir()
    (tmp_path / "OWNERS").write_text("filters:\n  '^(vendor|Makefile)$': {approvers: [ann]}\n")
    catalog = read("kubernetes", [tmp_path], options=ReadOptions(repository="acme/r"))
    assert [a.path_rule.pattern for a in catalog.assets if a.path_rule] == ["/Makefile"]


def test_where_the_directories_above_are_left_out_nobody_has_what_no_filter_is_for(tmp_path: Path) -> None:
    (tmp_path / "web").mkdir()
    (tmp_path / "OWNERS").write_text("approvers: [ann]\n")
    (tmp_path / "web" / "OWNERS").write_text(
        "options: {no_parent_owners: true}\nfilters:\n  '\\.md$': {approvers: [bo]}\n"
    )
    catalog = read("kubernetes", [tmp_path], options=ReadOptions(repository="acme/r"))
    rules = {a.path_rule.pattern: [o.owner.name for o in a.owners] for a in catalog.assets if a.path_rule}
    assert rules == {"*": ["ann"], "/web/": [], "/web/**/*.md": ["bo"]}


def test_filters_for_folders_add_up_with_those_for_files_in_them(tmp_path: Path) -> None:
    (tmp_path / "OWNERS").write_text(
        "filters:\n  '.*': {approvers: [ann]}\n  '\\.go$': {approvers: [bo]}\n"
        "  '^deck/.*': {approvers: [cy]}\n  '^(deck/aft|hull)/.*$': {approvers: [di], reviewers: [ed]}\n"
        "  '^\\.buildkite/': {approvers: [flo]}\n  '^deck/Makefile$': {approvers: [gus]}\n"
        "  '^keel/.*': {labels: [area/keel]}\n  '^(deck|hull)/.*mast.*': {labels: [area/mast]}\n"
    )
    catalog = read("kubernetes", [tmp_path], options=ReadOptions(repository="acme/r"))
    # A filter without people takes nothing away, and nobody has to hear of it.
    assert not catalog.problems
    assert {asset.description for asset in catalog.assets} == {""}
    known = Directory.build(
        AssetRecord(id=number, kind=a.kind, name=a.name, path_rule=a.path_rule)
        for number, a in enumerate(catalog.assets)
        if a.path_rule is not None
    )

    def owners(path: str) -> list[str]:
        found = known.resolve(f"{path} in acme/r")
        assert isinstance(found, Match), path
        [asset] = [a for number, a in enumerate(catalog.assets) if number == found.asset_id]
        return sorted(one.owner.name for one in asset.owners if one.role is Role.OWNER)

    assert owners("chart.txt") == ["ann"]
    assert owners("main.go") == ["ann", "bo"]
    assert owners("deck/plank.txt") == ["ann", "cy"]
    assert owners("deck/plank.go") == ["ann", "bo", "cy"]
    assert owners("deck/aft/plank.txt") == ["ann", "cy", "di"]
    assert owners("deck/aft/plank.go") == ["ann", "bo", "cy", "di"]
    assert owners("hull/x/y.txt") == ["ann", "di"]
    assert owners(".buildkite/pipeline.yml") == ["ann", "flo"]
    assert owners("deck/Makefile") == ["ann", "cy", "gus"]
    assert owners("keel/x.txt") == ["ann"]


def test_an_account_may_be_called_what_elsewhere_means_nobody(tmp_path: Path) -> None:
    (tmp_path / "OWNERS").write_text("approvers: [nil, na]\n")
    [rule, *_] = read("kubernetes", [tmp_path], options=ReadOptions(repository="acme/r")).assets
    assert [one.owner.name for one in rule.owners] == ["nil", "na"]


def test_filters_beside_approvers_of_the_directory_itself_are_ignored_as_prow_does(tmp_path: Path) -> None:
    (tmp_path / "OWNERS").write_text("approvers: [ann]\nfilters:\n  '\\.go$': {approvers: [bo]}\n")
    catalog = read("kubernetes", [tmp_path], options=ReadOptions(repository="acme/app"))
    rules = {a.path_rule.pattern: [o.owner.name for o in a.owners] for a in catalog.assets if a.path_rule}
    assert rules == {"*": ["ann"]}
    assert "which Prow ignores" in str(catalog.problems[0])
