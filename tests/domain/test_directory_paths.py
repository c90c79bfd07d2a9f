"""Who owns a path: the last rule that matches, in the repository that is named, and nothing where none is sure."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.catalog import AssetKind, PathRule
from bot.domain.codeowners import compile_gitlab, compile_pattern, is_valid
from bot.domain.directory import Directory
from bot.domain.directory.answers import Match, Nearest, Several
from bot.domain.directory.paths import Paths
from tests.domain.directory_assets import asset

#: Repository -> its rules, in order.
Files = dict[str, list[str]]

ORGANISATION: Files = {
    "acme/app": ["*", "/lib/widget/package.json", "/lib/widget", "*.xcodeproj", "*.bundle/", "docs/", "/src/api/"],
    "acme/site": ["/internal/", "*.md"],
    "acme/docs": ["/guides/"],
    "globex/app": ["/src/"],
}


def directory(files: Files, *, repositories: bool = True) -> Directory:
    made = [
        asset(f"{repository}:{pattern}", AssetKind.PATH, path_rule=PathRule(repository, pattern, position))
        for repository, patterns in files.items()
        for position, pattern in enumerate(patterns)
    ]
    named = [asset(each, AssetKind.REPOSITORY) for each in files] if repositories else []
    return Directory.build([*made, *named])


@pytest.fixture(scope="module")
def known() -> Directory:
    return directory(ORGANISATION)


def answer(known: Directory, text: str) -> str | list[str]:
    """What a text is answered with: the asset's name, or the list of those to choose from."""
    found = known.resolve(text)
    if isinstance(found, Match):
        held = known.get(found.asset_id)
        assert held is not None
        return held.name
    return [one.name for one in found.candidates]


@pytest.mark.parametrize(
    ("text", "right"),
    [
        # An exact path is no better than a later rule
        ("acme/app/lib/widget/package.json", "acme/app:/lib/widget"),
        ("acme/app:/lib/widget/package.json", "acme/app:/lib/widget"),
        ("acme/app:lib/widget/package.json", "acme/app:/lib/widget"),
        # An ending names a folder as well
        ("acme/app/App.xcodeproj/project.pbxproj", "acme/app:*.xcodeproj"),
        ("acme/app/deep/er/X.bundle/Contents/Info.plist", "acme/app:*.bundle/"),
        # Deeper than any index
        ("acme/app/" + "d/" * 40 + "docs/x.txt", "acme/app:docs/"),
        # The repository that is named bounds the answer: without a rule it is the repository itself
        ("acme/site/CMakeLists.txt", "acme/site"),
        ("https://github.com/acme/site/blob/main/lib/x.py", "acme/site"),
        ("acme/site/internal/x.go", "acme/site:/internal/"),
        ("who owns internal/x.go in acme/site?", "acme/site:/internal/"),
        ("who owns internal/x.go in acme/app?", "acme/app:*"),
        ("internal/x.go from the acme/app repository", "acme/app:*"),
        ("acme/app internal/x.go", "acme/app:*"),
        ("who owns Makefile in acme/app?", "acme/app:*"),
        ("who owns README.md in site?", "acme/site:*.md"),
        ("in globex/app, who owns src/api/x.py?", "globex/app:/src/"),
        ("who owns src/api/x.py in acme/app?", "acme/app:/src/api/"),
        # As people paste it
        ("./internal/x.go in acme/site", "acme/site:/internal/"),
        ("acme/site/internal/x%20y.go", "acme/site:/internal/"),
        ("acme/site/./internal/./x.go", "acme/site:/internal/"),
        ("acme/app/old docs/docs/read me.txt", "acme/app:docs/"),
        ("acme/app/docs/read me.txt", "acme/app:docs/"),
        ("who owns `src/api/a b/x.txt` in acme/app?", "acme/app:/src/api/"),
        ("acme/site/internal/x.go:120", "acme/site:/internal/"),
        ("acme/site/internal/x.go:120:7", "acme/site:/internal/"),
        ("https://github.com/acme/site/blob/feature/new-menu/internal/x.go", "acme/site:/internal/"),
        ("acme/site/blob/hotfix/login/internal/x.go", "acme/site:/internal/"),
        ("https://github.com/acme/site/blob/feature/internal/x.go", ["acme/site:/internal/", "acme/site"]),
        ("https://github.com/acme/site/blob/fix/menu/old/internal/x.go", ["acme/site:/internal/", "acme/site"]),
        ("https://github.com/acme/site/blob/new-menu/next/internal/x.go", ["acme/site:/internal/", "acme/site"]),
        ("https://github.com/acme/site/blob/8c1e0a7d/internal/x.go#L3-L9", "acme/site:/internal/"),
        ("https://github.com/acme/site/raw/refs/heads/main/internal/x.go", "acme/site:/internal/"),
        ("https://github.com/acme/site/commits/main/internal/x.go", "acme/site:/internal/"),
        ("https://github.com/acme/site/blame/v1.2.3/internal/x.go", "acme/site:/internal/"),
        ("https://raw.githubusercontent.com/acme/site/main/internal/x.go", "acme/site:/internal/"),
        ("https://git.acme.example:8443/acme/site/-/blob/main/internal/x.go", "acme/site:/internal/"),
        ("git.acme.example:8443/acme/site/-/blob/main/internal/x.go", "acme/site:/internal/"),
        ("https://github.com/acme/site/blob/main/internal/my%20file.go?plain=1", "acme/site:/internal/"),
    ],
)
def test_a_path_in_a_repository(known: Directory, text: str, right: str | list[str]) -> None:
    assert answer(known, text) == right


@pytest.mark.parametrize(
    "text",
    [
        "acme/nosuchrepo/CMakeLists.txt",
        "acme/nosuchrepo/internal/x.go",
        "who owns internal/x.go in acme/nosuchrepo?",
        "https://github.com/acme/nosuchrepo/blob/main/internal/x.go",
        "https://raw.githubusercontent.com/acme/nosuchrepo/main/internal/x.go",
    ],
)
def test_a_repository_that_nobody_knows_is_not_answered_by_another(known: Directory, text: str) -> None:
    found = known.resolve(text)
    assert isinstance(found, Nearest)
    assert not [one.name for one in found.candidates if ":" in one.name]


@pytest.mark.parametrize(
    ("text", "offered"),
    [
        # acme/app has a rule for everything
        ("internal/x.go", {"acme/app:*", "acme/site:/internal/"}),
        ("src/api/x.py", {"acme/app:/src/api/", "globex/app:/src/"}),
        # docs may be the folder of acme/app or the repository
        ("docs/guides/start.txt", {"acme/app:docs/", "acme/docs:/guides/"}),
        ("notes.md/x.txt", {"acme/app:*", "acme/site:*.md"}),
    ],
)
def test_a_path_that_several_repositories_may_have_is_asked_back(
    known: Directory, text: str, offered: set[str]
) -> None:
    found = known.resolve(text)
    assert isinstance(found, Several)
    assert {one.name for one in found.candidates} == offered


def test_as_many_repositories_are_left_as_are_not_offered() -> None:
    known = directory({"acme/app": ["*", "/src/"], **{f"acme/r{number}": ["*"] for number in range(9)}})
    found = known.resolve("src/x.py")
    assert isinstance(found, Several)
    assert found.candidates[0].name == "acme/app:/src/"
    assert len(found.candidates) + found.left == 10


def test_a_rule_that_says_nothing_of_the_place_is_only_offered() -> None:
    known = directory({"acme/one": ["*.md"], "acme/two": ["/src/"]})
    assert answer(known, "guides/start.md") == ["acme/one:*.md"]
    assert answer(known, "src/deep/x.py") == "acme/two:/src/"


def test_the_only_repository_needs_no_name() -> None:
    known = directory({"acme/one": ["*", "*.md"]})
    assert answer(known, "guides/start.md") == "acme/one:*.md"
    assert answer(known, "guides/start.txt") == "acme/one:*"


@pytest.mark.parametrize("number", [3, 500, 2_400])
def test_any_number_of_rules_is_read(number: int) -> None:
    known = directory({"acme/app": ["*", *(f"**/feature-{each}/**" for each in range(2_600))]}, repositories=False)
    assert answer(known, f"acme/app/x/feature-{number}/z.py") == f"acme/app:**/feature-{number}/**"


def test_rules_come_and_go_with_what_is_known_of_their_repository() -> None:
    paths = Paths()
    rules = [PathRule("acme/app", "*", 0), PathRule("acme/app", "/src/", 1), PathRule("acme/site", "*.md", 0)]
    for number, rule in enumerate(rules):
        paths.add(number, rule)
    assert paths.is_organisation("acme")
    assert paths.owners_in(["acme/app"], "src/x.py") == (1,)
    for number, rule in enumerate(rules[:2]):
        paths.remove(number, rule)
    assert paths.repositories_called("acme/app") == ()
    assert paths.is_organisation("acme")
    assert paths.owners_anywhere("guides/x.md").asset_ids == (2,)
    assert paths.owners_anywhere("guides/x.md").is_certain  # the only repository that is left
    paths.remove(2, rules[2])
    assert not paths.is_organisation("acme")
    assert paths.owners_anywhere("guides/x.md").asset_ids == ()


NAMES = ["a", "b", "src", "docs", "x.md", "y.tar.gz", "App.proj", "a-b"]
WORDS = st.sampled_from([*NAMES, "*", "*.md", "*.proj", "?", "**"])
PATTERNS = st.builds(
    lambda front, words, end: front + "/".join(words) + end,
    st.sampled_from(["", "/"]),
    st.lists(WORDS, min_size=1, max_size=4),
    st.sampled_from(["", "/", "/*", "/**"]),
)
PATHS = st.lists(st.sampled_from([*NAMES, "z"]), min_size=1, max_size=6).map("/".join)


@given(st.lists(st.tuples(PATTERNS, st.sampled_from(["", "one", "two"])), max_size=12), PATHS)
def test_the_index_answers_as_the_last_rule_that_matches(rules: list[tuple[str, str]], path: str) -> None:
    paths = Paths()
    last: dict[str, int] = {}
    for position, (pattern, section) in enumerate(rules):
        rule = PathRule("acme/app", pattern, position, section)
        paths.add(position, rule)
        if is_valid(rule):
            compiled = compile_gitlab(pattern) if section else compile_pattern(pattern)
            if compiled.match(path) or compiled.match(path + "/"):
                last[section] = position
    assert paths.owners_in(["acme/app"], path) == tuple(sorted(last.values()))


BLANKS: Files = {
    "acme/shop": ["*", "/web/", "/web/my\\ pages/", "/api/", "/docs/*/index.html"],
    "acme/anchor": ["*", "/web/"],
}


@pytest.mark.parametrize("place", ["{} in acme/shop", "who owns {} in acme/shop?", "acme/shop/{}"])
@pytest.mark.parametrize(
    "path", ["web/my pages/index.html", "web/my\\ pages/index.html", "web/my%20pages/index.html", "web/my pages/"]
)
def test_a_path_with_blanks_is_read_as_one_where_a_rule_has_them(place: str, path: str) -> None:
    assert answer(directory(BLANKS), place.format(path)) == "acme/shop:/web/my\\ pages/"


def test_a_link_with_blanks_in_it_is_read_as_one() -> None:
    link = "https://github.com/acme/shop/blob/main/web/my pages/index.html"
    assert answer(directory(BLANKS), link) == "acme/shop:/web/my\\ pages/"


def test_what_may_be_one_path_with_blanks_or_two_paths_is_asked_back() -> None:
    found = answer(directory(BLANKS), "docs/old page/index.html in acme/shop")
    assert isinstance(found, list)
    assert {"acme/shop:/docs/*/index.html", "acme/shop:*"} <= set(found)


@pytest.mark.parametrize("text", ["api in acme/shop", "who owns api/ in acme/shop", "api/ in the acme/shop repo"])
def test_a_folder_of_the_repository_that_is_named_needs_no_more_than_its_name(text: str) -> None:
    assert answer(directory(BLANKS), text) == "acme/shop:/api/"


def test_a_word_that_is_no_folder_there_leaves_the_repository() -> None:
    assert answer(directory(BLANKS), "somebody in acme/shop") == "acme/shop"


@pytest.mark.parametrize(
    ("text", "right"),
    [
        # What goes on behind a blank may be the rest of the path, or something else that is said
        ("who owns acme/app/lib/widget files/package.json?", ["acme/app:*", "acme/app:/lib/widget"]),
        ("acme/app/src/api my/x.py", ["acme/app:*", "acme/app:/src/api/"]),
        # Both ways lead to the same rule
        ("acme/app/src/api/my file.py", "acme/app:/src/api/"),
        # What has its ending, what is escaped, and what stands beside a repository goes on nowhere
        ("acme/app/docs/x.md please", "acme/app:docs/"),
        ("acme/app/my\\ docs/docs/x.md", "acme/app:docs/"),
        ("acme/app docs/x.md", "acme/app:docs/"),
        ("docs/guide acme/app", "acme/app:docs/"),
    ],
)
def test_a_path_may_go_on_behind_a_blank(known: Directory, text: str, right: str | list[str]) -> None:
    assert answer(known, text) == right


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("src/main.ts", "acme/quay:*"),
        ("tools/ci/Dockerfile", "acme/quay:*"),
        ("apps/crane/hook", "acme/quay:*"),
        (".github/workflows/ci.yml", "acme/quay:*"),
        ("apps/berth/x", "acme/quay:/apps/berth/"),
        # Nothing says that these are paths in a repository
        ("/api/v2", []),
        ("GET /health returns 500", []),
        ("cart.example.com/platform/4", []),
        ("who owns /var/lib/data", []),
    ],
)
def test_a_rule_for_all_files_takes_nothing_that_only_looks_like_a_path(text: str, right: str | list[str]) -> None:
    assert answer(directory({"acme/quay": ["*", "/apps/berth/"]}), text) == right


@pytest.mark.parametrize("repository_too", [True, False])
def test_the_reference_of_a_rule_asks_for_its_path(repository_too: bool) -> None:
    known = directory(ORGANISATION | {"acme/shop": ["*", "/api/", "/web/"]}, repositories=repository_too)
    for text in ("path:acme/shop:/api/", "who owns path:acme/shop:/api/?", "PATH:acme/shop:/api/"):
        assert answer(known, text) == "acme/shop:/api/"
    assert answer(known, "path:acme/app:/lib/widget/package.json") == "acme/app:/lib/widget", (
        "the last one that matches"
    )
    assert answer(known, "path:acme/shop:*") == "acme/shop:*"
