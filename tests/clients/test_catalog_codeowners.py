"""CODEOWNERS files: rules, owners, which file counts, and the repository's name."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clients.catalog import ReadOptions, read
from bot.clients.catalog._git import parse_remote
from bot.domain.catalog import AssetKind, OwnerRef, OwnerType, PathRule, SourceCatalog
from tests.conftest import examples


@pytest.fixture
def parse(tmp_path: Path):
    file = tmp_path / "shop" / "CODEOWNERS"
    file.parent.mkdir()

    def parse(text: str | bytes, *, repository: str = "acme/shop") -> SourceCatalog:
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read("codeowners", [file], options=ReadOptions(repository=repository))

    return parse


def rules(catalog: SourceCatalog) -> dict[str, tuple[str, ...]]:
    return {
        asset.path_rule.pattern: tuple(claim.owner.written for claim in asset.owners)
        for asset in catalog.assets
        if asset.path_rule
    }


def test_rules_owners_and_the_repository(parse) -> None:
    catalog = parse(
        """\
# The default.
*            @acme/platform jo@Example.com

/apps/pay/   @acme/payments @amara  # cards
  /vendor/
*.md         @acme/docs\t@jo-ann #docs
path\\ with\\ space/ @acme/odd
"""
    )
    assert catalog.problems == []
    repository, *paths = catalog.assets
    assert (repository.external_id, repository.kind, repository.name) == (
        "acme/shop",
        AssetKind.REPOSITORY,
        "acme/shop",
    )
    assert [claim.owner for claim in repository.owners] == [
        OwnerRef("platform", OwnerType.TEAM, "@acme/platform"),
        OwnerRef("jo@example.com", OwnerType.PERSON, "jo@Example.com"),
    ]
    assert repository.origin.line == 2
    assert rules(catalog) == {
        "*": ("@acme/platform", "jo@Example.com"),
        "/apps/pay/": ("@acme/payments", "@amara"),
        "/vendor/": (),
        "*.md": ("@acme/docs", "@jo-ann"),
        "path\\ with\\ space/": ("@acme/odd",),
    }
    assert paths[1].path_rule == PathRule("acme/shop", "/apps/pay/", 1)
    assert (paths[1].external_id, paths[1].parent, paths[1].kind) == (
        "acme/shop:/apps/pay/",
        "acme/shop",
        AssetKind.PATH,
    )
    assert paths[1].owners[1].owner == OwnerRef("amara", OwnerType.PERSON, "@amara")
    assert (paths[2].owners, paths[2].unowned_reason) == ((), "")
    assert [asset.origin.line for asset in paths] == [2, 4, 5, 6, 7]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("!/apps/ @acme/a", "starts with !"),
        ("/a[bc]/ @acme/a", "uses [ ]"),
        ("\\#notes @acme/a", "escaped #"),
        ("a***b @acme/a", "three asterisks"),
        ("/a/ acme/a", "'acme/a' is not an owner"),
        ("/a/ @acme/a @", "'@' is not an owner"),
        ("/a/ @acme/", "is not an owner"),
        ("/a/ @acme/a/b", "is not an owner"),
        ("/a/ @acme/a,@acme/b", "is not an owner"),
        ("/a/ @-jo", "is not an owner"),
        ("/a/ jo@localhost", "is not an owner"),
        ("/a/ @@maintainer", "is not an owner"),
        ("[Section]", "GitLab"),
        ("^[Section][2] @acme/a", "GitLab"),
        ("x" * 2_000, "longer than 1000"),
    ],
)
def test_a_bad_line_is_skipped_and_reported(parse, line: str, words: str) -> None:
    catalog = parse(f"* @acme/all\n{line}\n/b/ @acme/b\n")
    assert rules(catalog) == {"*": ("@acme/all",), "/b/": ("@acme/b",)}
    (problem,) = catalog.problems
    assert (problem.origin.line, problem.is_error) == (2, True)
    assert words in problem.message
    assert len(problem.message) < 250


@pytest.mark.parametrize("owner", ["@jo", "@jo-ann", "@jo_acme", "@acme/web.front_end-2", "jo+x@mail.example.co.uk"])
def test_valid_owners(parse, owner: str) -> None:
    assert rules(parse(f"/a/ {owner}\n")) == {"/a/": (owner,)}


def test_the_later_of_two_equal_patterns_wins_and_ids_survive_reordering(parse) -> None:
    catalog = parse("/a/ @acme/old\n/b/ @acme/b\n/a/ @acme/new\n")
    assert rules(catalog) == {"/b/": ("@acme/b",), "/a/": ("@acme/new",)}
    (problem,) = catalog.problems
    assert str(problem).endswith(":1: '/a/' never takes effect: line 3 has it again and wins; remove one.")
    assert not problem.is_error
    assert [asset.path_rule.position for asset in catalog.assets if asset.path_rule] == [1, 2]
    before = {asset.external_id for asset in catalog.assets}
    assert {asset.external_id for asset in parse("/a/ @acme/new\n/b/ @acme/b\n").assets} == before


@pytest.mark.parametrize(
    ("text", "owners"),
    [
        ("* @acme/a\n/** @acme/b\n/x/ @acme/c\n", ("@acme/b",)),
        ("/x/ @acme/c\n", ()),
        ("/* @acme/a\n", ()),
        ("* @acme/a\n*\n", ()),
        ("", ()),
    ],
)
def test_the_repositorys_owner_is_the_last_rule_for_everything(parse, text: str, owners: tuple[str, ...]) -> None:
    repository = parse(text).assets[0]
    assert tuple(claim.owner.written for claim in repository.owners) == owners


def test_encodings_and_size(parse) -> None:
    assert rules(parse(b"\xef\xbb\xbf* @acme/a\r\n/b/ @acme/b\r\n")) == {"*": ("@acme/a",), "/b/": ("@acme/b",)}
    catalog = parse(b"* @acme/a\n/caf\xe9/ @acme/b\n")
    assert rules(catalog) == {"*": ("@acme/a",)}
    assert [problem.origin.line for problem in catalog.problems] == [2, 2]
    catalog = parse(b"* @acme/a\n" + b"# padding\n" * 320_000)
    assert catalog.assets == []
    assert "3.1 MiB, over the limit of 3 MiB" in catalog.problems[0].message


def write(root: Path, *places: str) -> None:
    for place in places:
        (root / place).parent.mkdir(parents=True, exist_ok=True)
        (root / place).write_text(f"/{place.replace('/', '-')}/ @acme/a\n")


def test_only_the_first_place_counts_for_each_repository(tmp_path: Path) -> None:
    write(tmp_path / "one", "CODEOWNERS", ".github/CODEOWNERS", "docs/CODEOWNERS")
    write(tmp_path / "two", "docs/CODEOWNERS", "CODEOWNERS")
    write(tmp_path / "three", "docs/CODEOWNERS")
    catalog = read("codeowners", [tmp_path])
    assert {name: name.partition(":")[0] for name in (a.external_id for a in catalog.assets if a.path_rule)} == {
        "one:/.github-CODEOWNERS/": "one",
        "two:/CODEOWNERS/": "two",
        "three:/docs-CODEOWNERS/": "three",
    }
    ignored = [problem for problem in catalog.problems if "is ignored, as on GitHub" in problem.message]
    assert len(ignored) == 3
    assert not any(problem.is_error for problem in catalog.problems)


def test_a_file_deeper_in_a_checkout_is_ignored(tmp_path: Path) -> None:
    write(
        tmp_path / "shop",
        "CODEOWNERS",
        "vendor/lib/CODEOWNERS",
        "vendor/lib/.github/CODEOWNERS",
        "node_modules/x/CODEOWNERS",
    )
    (tmp_path / "shop" / ".git").mkdir()
    catalog = read("codeowners", [tmp_path])
    assert [asset.external_id for asset in catalog.assets] == ["shop", "shop:/CODEOWNERS/"]
    assert [Path(p.origin.path).relative_to(tmp_path).as_posix() for p in catalog.problems] == [
        "shop/vendor/lib/CODEOWNERS",
        "shop/vendor/lib/.github/CODEOWNERS",
        "shop/CODEOWNERS",  # where its name is from
    ]


def test_a_checkout_around_the_directory_named_does_not_matter(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    write(tmp_path / "samples" / "shop", ".github/CODEOWNERS")
    assert read("codeowners", [tmp_path / "samples"]).assets[0].name == "shop"


@pytest.mark.parametrize(
    ("config", "name", "addresses"),
    [
        ('[remote "origin"]\n\turl = git@github.com:acme/shop.git\n', "acme/shop", ("https://github.com/acme/shop",)),
        (
            '[Remote "up"]\nurl=ssh://git@h.example:22/x/y\n[remote "origin"]\n url = "https://t:s@h.example/a/b.git"\n',
            "a/b",
            ("https://h.example/a/b",),
        ),
        ('[remote "up"]\n  URL = https://github.com/acme/up\n', "acme/up", ("https://github.com/acme/up",)),
        # A fork beside it says nothing
        (
            '[remote "ann"]\nurl = https://github.com/ann/up\n[remote "upstream"]\nurl = https://github.com/acme/up\n',
            "acme/up",
            ("https://github.com/acme/up",),
        ),
        ('[remote "a"]\nurl = https://github.com/ann/up\n[remote "b"]\nurl = https://github.com/bo/up\n', "shop", ()),
        # What git and ssh read otherwise
        (
            '[remote "origin"]\nurl = gh:acme/up\n[url "https://github.com/"]\n\tinsteadOf = gh:\n',
            "acme/up",
            ("https://github.com/acme/up",),
        ),
        (
            '[url "https://a.test/"]\ninsteadOf = x:\n[url "https://b.test/y/"]\ninsteadOf = x:y/\n'
            '[remote "origin"]\nurl = x:y/acme/up\n',
            "y/acme/up",
            ("https://b.test/y/acme/up",),
        ),
        ('[remote "origin"]\nurl = git@work:acme/up.git\n', "acme/up", ()),
        ('[remote "origin"]\nurl = ssh://git@h.example:2222/acme/up.git\n', "acme/up", ("https://h.example/acme/up",)),
        ('[remote "origin"]\n\turl = ../elsewhere.git\n', "shop", ()),
        ('[branch "main"]\n\turl = https://github.com/acme/no\n', "shop", ()),
        ("", "shop", ()),
    ],
)
def test_the_name_comes_from_the_checkout(tmp_path: Path, config: str, name: str, addresses: tuple[str, ...]) -> None:
    write(tmp_path / "shop", ".github/CODEOWNERS")
    (tmp_path / "shop" / ".git").mkdir()
    (tmp_path / "shop" / ".git" / "config").write_text(config)
    repository = read("codeowners", [tmp_path / "shop"]).assets[0]
    assert (repository.name, repository.addresses) == (name, addresses)


@pytest.mark.parametrize("format_name", ["codeowners", "gitlab-codeowners"])
@pytest.mark.parametrize("name", ["docs", ".github", "infra", "app"])
def test_a_name_that_only_a_folder_says_is_told(tmp_path: Path, format_name: str, name: str) -> None:
    for team in ("a", "b"):
        write(tmp_path / team / name, "CODEOWNERS")
        (tmp_path / team / name / ".git").mkdir()
    catalog = read(format_name, [tmp_path / "a" / name])
    [note] = catalog.problems
    assert (note.is_error, "has no remote" in note.message, f"called '{name}'" in note.message) == (False, True, True)
    # Two of that name are two repositories
    catalog = read(format_name, [tmp_path])
    [error] = [each for each in catalog.problems if each.is_error]
    assert "put the comment '# baton: repository OWNER/NAME' into it" in error.message
    assert len({each.origin.path for each in catalog.assets}) == 1
    (tmp_path / "b" / name / "CODEOWNERS").write_text("# baton: repository acme/other\n/x/ @acme/x\n")
    catalog = read(format_name, [tmp_path])
    assert {each.path_rule.repository for each in catalog.assets if each.path_rule} == {name, "acme/other"}


def test_the_name_that_is_given_is_that_of_the_repository_above(tmp_path: Path) -> None:
    write(tmp_path, "a/lib/CODEOWNERS", "CODEOWNERS")
    catalog = read("codeowners", [tmp_path], options=ReadOptions(repository="acme/shop"))
    assert [each.external_id for each in catalog.assets] == ["acme/shop", "acme/shop:/CODEOWNERS/"]
    [error] = catalog.problems
    assert (error.is_error, error.origin.path) == (True, str(tmp_path / "a/lib/CODEOWNERS"))


@pytest.mark.parametrize("name", ["docs", ".github"])
def test_a_checkout_may_be_called_as_the_folder_in_which_the_file_is_looked_for(tmp_path: Path, name: str) -> None:
    write(tmp_path / name, "CODEOWNERS")
    (tmp_path / name / ".git").mkdir()
    (tmp_path / name / ".git" / "config").write_text(f'[remote "origin"]\n\turl = https://github.com/acme/{name}.git\n')
    assert read("codeowners", [tmp_path]).assets[0].name == f"acme/{name}"


def test_a_git_folder_elsewhere_names_nothing(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / ".git").mkdir(parents=True)
    (elsewhere / ".git" / "config").write_text('[remote "origin"]\n\turl = https://github.com/acme/hidden.git\n')
    for name in ("link", "file"):
        write(tmp_path / name, "CODEOWNERS")
    (tmp_path / "link" / ".git").symlink_to(elsewhere / ".git")
    (tmp_path / "file" / ".git").write_text(f"gitdir: {elsewhere / '.git'}\n")
    assert [read("codeowners", [tmp_path / name]).assets[0].name for name in ("link", "file")] == ["link", "file"]


def test_the_name_of_a_worktree_comes_from_the_main_checkout(tmp_path: Path) -> None:
    git = tmp_path / "main" / ".git"
    (git / "worktrees" / "w").mkdir(parents=True)
    (git / "config").write_text('[remote "origin"]\n\turl = https://github.com/acme/shop.git\n')
    (git / "worktrees" / "w" / "commondir").write_text("../..\n")
    (git / "worktrees" / "w" / "gitdir").write_text(f"{tmp_path / 'w' / '.git'}\n")
    write(tmp_path / "w", "CODEOWNERS")
    (tmp_path / "w" / ".git").write_text(f"gitdir: {git / 'worktrees' / 'w'}\n")
    assert read("codeowners", [tmp_path / "w"]).assets[0].name == "acme/shop"


def test_a_comment_and_the_option_name_the_repository(parse) -> None:
    text = "# baton: repository fernhill/checkout\n* @fernhill/checkout\n"
    assert parse(text, repository="").assets[0].name == "fernhill/checkout"
    assert parse(text, repository="acme/other").assets[0].name == "acme/other"
    assert parse("* @acme/a\n", repository="").assets[0].name == "shop"


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://mole@dev.azure.com/acme/Harbour%20Works/_git/tide", "acme/Harbour Works/tide"),
        ("https://mole@dev.azure.com/acme/Harbour/_git/tide", "acme/Harbour/tide"),
        ("git@ssh.dev.azure.com:v3/acme/Harbour/tide", "acme/Harbour/tide"),
        ("https://tfs.example.com/tfs/Main/Harbour/_git/tide", "tfs/Main/Harbour/tide"),
        ("https://bitbucket.example.com/scm/har/tide.git", "har/tide"),
        ("ssh://git-codecommit.eu-west-1.amazonaws.com/v1/repos/tide", "tide"),
        ("git@git.sr.ht:~mole/tide", "~mole/tide"),
        ("https://github.com/acme/scm", "acme/scm"),
    ],
)
def test_a_repository_is_called_without_what_its_host_adds(url: str, name: str) -> None:
    found = parse_remote(url)
    assert (found and found.name) == name


def test_a_repository_of_azure_devops_keeps_its_ids(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    url = "https://dev.azure.com/acme/Harbour/_git/tide"
    (tmp_path / ".git" / "config").write_text(f'[remote "origin"]\n\turl = {url}\n')
    write(tmp_path, "CODEOWNERS")
    for options in (ReadOptions(), ReadOptions(repository="acme/Harbour/_git/tide")):
        first = read("codeowners", [tmp_path], options=options).assets[0]
        assert (first.name, first.external_id) == ("acme/Harbour/tide", "acme/Harbour/_git/tide")
        assert first.addresses == (url,)


@pytest.mark.parametrize(
    "url", ["", "/srv/git/shop.git", "file:///srv/shop", "https://[::1", "https://h.example/", "C:\\x", "a b:c"]
)
def test_what_is_no_address_gives_no_name(url: str) -> None:
    assert parse_remote(url) is None


LINE = st.lists(
    st.sampled_from(
        ["*", "/a/", "**", "!", "[x]", " ", "\t", "@a/b", "@a", "a@b.cc", "#", "\\", "\\ ", "é", "\x00", "\x85", "\n"]
    ),
    max_size=30,
).map("".join)


@examples(50)
@given(st.one_of(LINE.map(str.encode), st.binary(max_size=150)))
def test_no_file_raises_and_every_problem_has_a_line(parse, raw: bytes) -> None:
    catalog = parse(raw)
    for problem in catalog.problems:
        assert "fault in Baton" not in problem.message
        assert problem.origin.line or "not a text file" in problem.message
    names = [asset.external_id for asset in catalog.assets]
    assert len(names) == len(set(names))


def test_repositories_of_one_name_at_two_hosts_are_two(tmp_path: Path) -> None:
    for number, host in enumerate(("github.com", "code.example.com")):
        write(tmp_path / str(number), "CODEOWNERS")
        (tmp_path / str(number) / ".git").mkdir()
        config = f'[remote "origin"]\n\turl = https://{host}/acme/shop.git\n'
        (tmp_path / str(number) / ".git" / "config").write_text(config)
    found = read("codeowners", [tmp_path])
    assert not found.problems
    assert [asset.addresses for asset in found.assets if asset.kind is AssetKind.REPOSITORY] == [
        ("https://github.com/acme/shop",),
        ("https://code.example.com/acme/shop",),
    ]
    assert [asset.external_id for asset in found.assets if asset.kind is AssetKind.REPOSITORY] == [
        "acme/shop",
        "code.example.com/acme/shop",
    ]
    assert {rule.repository for asset in found.assets if (rule := asset.path_rule)} == {
        "github.com/acme/shop",
        "code.example.com/acme/shop",
    }
