"""Links to files as code hosts write them: the path is read, and bound to the repository."""

from __future__ import annotations

import pytest

from bot.domain.catalog import AssetKind, PathRule
from bot.domain.directory import Directory, Match, Nearest, Several
from bot.domain.directory.forges import file_address
from bot.domain.records import AssetRecord
from tests.domain.directory_assets import answer, asset

#: Where each repository was cloned from -> its name, as a checkout gives it.
_CLONED = {
    "https://github.com/acme/shop": "acme/shop",
    "https://gitlab.com/acme/tools/cli": "acme/tools/cli",
    "https://dev.azure.com/org/project/_git/repo": "org/project/repo",
    "https://fab.visualstudio.com/proj/_git/web": "proj/web",
    "https://ssh.dev.azure.com/v3/org/other/lib": "org/other/lib",
    "https://bitbucket.corp.example/scm/PAY/ledger": "PAY/ledger",
    "https://bitbucket.corp.example/pay/vault": "pay/vault",
    "https://bitbucket.org/acme/site": "acme/site",
    "https://codeberg.org/acme/forge": "acme/forge",
    "https://git.corp.example/cgit/kern": "kern",
    "https://git.sr.ht/~ann/tool": "~ann/tool",
    "https://chips.googlesource.com/platform/build": "platform/build",
    "https://git-codecommit.eu-west-1.amazonaws.com/v1/repos/stock": "stock",
}


def _rules(name: str) -> list[AssetRecord]:
    patterns = ["*", "/core/", "/web/"]
    return [
        asset(f"{name}:{pattern}", AssetKind.PATH, path_rule=PathRule(name, pattern, position))
        for position, pattern in enumerate(patterns)
    ]


@pytest.fixture(scope="module")
def directory() -> Directory:
    repositories = [asset(name, AssetKind.REPOSITORY, addresses=(url,)) for url, name in _CLONED.items()]
    return Directory.build([*repositories, *(rule for name in _CLONED.values() for rule in _rules(name))])


@pytest.mark.parametrize(
    ("text", "repository"),
    [
        # Azure DevOps: the path stands in the query, and the repository is addressed in many ways
        ("https://dev.azure.com/org/project/_git/repo?path=/core/x.py&version=GBmain", "org/project/repo"),
        ("https://dev.azure.com/org/project/_git/repo?path=%2Fcore%2Fx.py&version=GBa%2Fb", "org/project/repo"),
        ("https://org@dev.azure.com/org/project/_git/repo?version=GBmain&path=/core", "org/project/repo"),
        ("https://dev.azure.com/org/project/_git/repo/pullrequest/7?_a=files&path=/core/x", "org/project/repo"),
        ("https://dev.azure.com/org/project/_git/repo#path=%2Fcore%2Fx.py&_a=contents", "org/project/repo"),
        ("https://dev.azure.com/org/project/_apis/git/repositories/repo/items?path=/core/x", "org/project/repo"),
        ("https://org.visualstudio.com/project/_git/repo?path=/core/x.py", "org/project/repo"),
        ("https://org.visualstudio.com/DefaultCollection/project/_git/repo?path=/core/x.py", "org/project/repo"),
        ("https://dev.azure.com/fab/proj/_git/web?path=/core/x.py", "proj/web"),
        ("https://dev.azure.com/org/other/_git/lib?path=/core/x.py", "org/other/lib"),
        ("core/x.py in org/project/repo", "org/project/repo"),
        (
            "<https://dev.azure.com/org/project/_git/repo?path=/core/x.py&amp;version=GBmain|x.py>",
            "org/project/repo",
        ),
        # Bitbucket on own servers, and in the cloud
        ("https://bitbucket.corp.example/projects/PAY/repos/ledger/browse/core/x.java?at=main", "PAY/ledger"),
        ("https://bitbucket.corp.example/projects/PAY/repos/ledger/raw/core/x.java?at=a%2Fb", "PAY/ledger"),
        ("https://bitbucket.corp.example/projects/PAY/repos/vault/browse/core/x.java#12", "pay/vault"),
        ("core/x.java in PAY/ledger", "PAY/ledger"),
        ("https://bitbucket.org/acme/site/src/main/core/x.js", "acme/site"),
        ("https://bitbucket.org/acme/site/src/0a1b2c3d4e5f/core/x.js?at=feature%2Fx", "acme/site"),
        ("https://bitbucket.org/acme/site/raw/main/core/x.js", "acme/site"),
        # Gitea and Forgejo
        ("https://codeberg.org/acme/forge/src/branch/main/core/x.go", "acme/forge"),
        ("https://codeberg.org/acme/forge/src/commit/0a1b2c3d4e5f/core/x.go#L3", "acme/forge"),
        ("https://codeberg.org/acme/forge/raw/branch/main/core/x.go", "acme/forge"),
        ("https://codeberg.org/acme/forge/commits/branch/main/core/x.go", "acme/forge"),
        # cgit, sourcehut, Gitiles, Gerrit, CodeCommit
        ("https://git.corp.example/cgit/kern.git/tree/core/x.c?h=main", "kern"),
        ("https://git.corp.example/cgit/kern.git/tree/core/x.c", "kern"),
        ("https://git.corp.example/cgit/kern.git/plain/core/x.c?id=0a1b2c3", "kern"),
        ("https://git.corp.example/?p=kern.git;a=blob;f=core/x.c;hb=HEAD", "kern"),
        ("https://git.sr.ht/~ann/tool/tree/main/item/core/x.go", "~ann/tool"),
        ("https://git.sr.ht/~ann/tool/tree/feat/x/item/core/x.go#L7", "~ann/tool"),
        ("https://git.sr.ht/~ann/tool/blob/main/core/x.go", "~ann/tool"),
        ("https://chips.googlesource.com/platform/build/+/refs/heads/main/core/x.mk", "platform/build"),
        ("https://chips.googlesource.com/platform/build/+/main/core/x.mk#12", "platform/build"),
        ("https://chips.googlesource.com/a/platform/build/+/HEAD/core/x.mk", "platform/build"),
        ("https://chips.googlesource.com/platform/build/+/main:core/x.mk;l=12", "platform/build"),
        ("https://chips.googlesource.com/platform/build/+log/main/core/x.mk", "platform/build"),
        ("https://chips-review.googlesource.com/c/platform/build/+/123/4/core/x.mk", "platform/build"),
        (
            "https://eu-west-1.console.aws.amazon.com/codesuite/codecommit/repositories/stock/browse/refs/heads/main/--/core/x",
            "stock",
        ),
        # GitHub and GitLab, beyond blob
        ("https://gitlab.com/-/ide/project/acme/tools/cli/edit/feat/a-b/-/core/x.go", "acme/tools/cli"),
        ("https://gitlab.com/acme/tools/cli/-/blob/feat%2Fa-b/core/x.go", "acme/tools/cli"),
        ("https://gitlab.com/acme/tools/cli/-/blob/release/1.2/core/x.go", "acme/tools/cli"),
        ("https://gitlab.com/acme/tools/cli/-/blob/feat/a-b/core/x.go", "acme/tools/cli"),
        ("https://gitlab.com/acme/tools/cli/-/blob/main/core/x.go?ref_type=heads#L1-4", "acme/tools/cli"),
        ("https://sourcegraph.example.com/gitlab.com/acme/tools/cli@main/-/blob/core/x.go?L12", "acme/tools/cli"),
        ("acme/tools/cli/-/blob/main/core/x.go", "acme/tools/cli"),
        ("acme/shop/blob/main/core/x.go", "acme/shop"),
        ("acme/shop@v1.2:core/x.go", "acme/shop"),
        ("acme/shop/core/x.go#L10-L20", "acme/shop"),
        ("https://github.com/acme/shop/blob/release-1.2/core/x.go", "acme/shop"),
        ("acme/shop@v2/core/x.go", "acme/shop"),
        ("acme/shop@feat/a-b:core/x.go", "acme/shop"),
        ("acme/shop/core/x.go@feat/a-b", "acme/shop"),
        ("https://github.dev/acme/shop/blob/main/core/x.go", "acme/shop"),
        ("https://raw.codeberg.org/acme/forge/main/core/x.go", "acme/forge"),
        ("https://github.com/acme/shop/blob/main/core/" + "deep/" * 80 + "x.go", "acme/shop"),
    ],
)
def test_the_path_in_a_link_is_read(directory: Directory, text: str, repository: str) -> None:
    assert answer(directory, text) == f"{repository}:/core/"
    assert answer(directory, f"who owns {text} please") == f"{repository}:/core/"


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("https://dev.azure.com/org/project/_git/repo", "org/project/repo"),
        ("git@ssh.dev.azure.com:v3/org/project/repo", "org/project/repo"),
        ("https://dev.azure.com/org/project/_git/repo/pullrequest/12", "org/project/repo:*"),
        ("https://bitbucket.corp.example/projects/PAY/repos/ledger/browse", "PAY/ledger:*"),
        ("ssh://git@bitbucket.corp.example:7999/pay/ledger.git", "PAY/ledger"),
        ("https://chips.googlesource.com/platform/build/+/refs/heads/main/", "platform/build:*"),
        ("https://codeberg.org/acme/forge/src/branch/main", "acme/forge:*"),
        # A page is about all of it, though a folder is called so
        ("https://github.com/acme/shop/actions/runs/123", "acme/shop:*"),
        ("https://github.com/acme/shop/pull/12/commits/0a1b2c3d", "acme/shop:*"),
    ],
)
def test_a_link_without_a_path_is_about_the_repository(directory: Directory, text: str, right: str) -> None:
    assert answer(directory, text) == right


@pytest.mark.parametrize(
    "text",
    [
        # No address that is known: a branch may stand in it
        "https://codeberg.org/acme/forge/view/main/core/x.go",
        # Either the branch goes on or the path begins: nobody can tell
        "https://gitlab.com/acme/tools/cli/-/blob/next-big/thing/core/x.go",
        "https://codeberg.org/acme/forge/src/branch/staging-eu/services/web/x.go",
        # A branch that is called as a folder is, or a folder on a branch of one word
        "https://github.com/acme/shop/blob/fix/web/core/x.go",
        # A branch, or a folder on another
        "https://github.com/acme/shop/tree/ann/web",
        "https://bitbucket.org/acme/site/src/ann/web/",
        "acme/shop@feat/web/x.go",
        "github.com/acme/shop@feat/web/x.go",
    ],
)
def test_a_branch_that_may_end_anywhere_is_asked_back(directory: Directory, text: str) -> None:
    found = directory.resolve(text)
    assert not isinstance(found, Match)
    assert len(found.candidates) in (2, 3)


_BRANCHES = """hotfix fix wip spike backport feature feat release stable users renovate dependabot
dev ann-patch-1 branch tag JIRA-12""".split()  # noqa: SIM905
_PAGES = (
    "https://github.com/acme/shop/blob/{}",
    "https://github.com/acme/shop/raw/refs/heads/{}",
    "https://raw.githubusercontent.com/acme/shop/{}",
    "https://gitlab.com/acme/tools/cli/-/blob/{}",
    "https://bitbucket.org/acme/site/src/{}",
    "https://codeberg.org/acme/forge/src/branch/{}",
    "acme/shop@{}",
)


@pytest.mark.parametrize("page", _PAGES)
@pytest.mark.parametrize("behind", ["", "/web", "/new-menu", "/npm_and_yarn/core/lodash-4.17.21"])
@pytest.mark.parametrize("path", ["x.ts", "core/x.ts", "web/core/x.ts", "lib/core/web/x.ts"])
def test_no_branch_makes_a_file_that_of_others(directory: Directory, page: str, behind: str, path: str) -> None:
    """Whatever the branch is called, the right rule is the answer or one of those to choose from."""
    right = f"/{path.partition('/')[0]}/" if path.startswith(("core/", "web/")) else "*"
    branches = ["dependabot", "renovate"] if "npm" in behind else _BRANCHES  # only tools put folders into names
    for branch in branches:
        found = directory.resolve(page.format(f"{branch}{behind}/{path}"))
        assert not isinstance(found, Nearest)
        ids = [found.asset_id] if isinstance(found, Match) else [one.asset_id for one in found.candidates]
        names = [held.name.partition(":")[2] for one in ids if (held := directory.get(one)) is not None]
        assert right in names, branch


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        # No branch ends as a file does
        ("https://bitbucket.org/acme/site/src/topic/x.js", ["x.js"]),
        ("https://github.com/acme/shop/commits/topic/x.js", ["x.js"]),
        # A page of a file is none of a branch
        ("https://github.com/acme/shop/blob/topic/Makefile", ["Makefile"]),
        ("https://github.com/acme/shop/tree/topic/web", ["web", ""]),
        ("https://chips.googlesource.com/platform/build/+/topic/web", ["web", ""]),
        # Branches that tools make have the folders of what they change in their names
        (
            "https://github.com/acme/shop/blob/dependabot/npm_and_yarn/a/b/c/lodash-4.17.21/x.js",
            [
                "npm_and_yarn/a/b/c/lodash-4.17.21/x.js",
                "a/b/c/lodash-4.17.21/x.js",
                "b/c/lodash-4.17.21/x.js",
                "c/lodash-4.17.21/x.js",
                "lodash-4.17.21/x.js",
                "x.js",
            ],
        ),
        # No branch goes on behind a version, a commit or an encoded slash
        ("https://github.com/acme/shop/blob/v2/src/x.js", ["src/x.js"]),
        ("https://github.com/acme/shop/blob/release-1.2/src/x.js", ["src/x.js"]),
        ("https://github.com/acme/shop/blob/release/1.2/src/x.js", ["src/x.js"]),
        ("https://github.com/acme/shop/blob/release/v2/src/x.js", ["v2/src/x.js", "src/x.js", "x.js"]),
        ("https://github.com/acme/shop/blob/0a1b2c3d/src/x.js", ["src/x.js"]),
        ("https://github.com/acme/shop/blob/a%2Fb/src/x.js", ["src/x.js"]),
    ],
)
def test_the_ways_to_read_a_link(text: str, paths: list[str]) -> None:
    found = file_address(text)
    assert found is not None
    assert list(found.paths) == paths


def test_what_begins_as_a_rule_does_is_offered_first(directory: Directory) -> None:
    found = directory.resolve("https://github.com/acme/shop/blob/ann/new-menu/web/x.ts")
    assert isinstance(found, Several)
    assert [one.name for one in found.candidates] == ["acme/shop:/web/", "acme/shop:*"]


def test_what_has_a_folder_for_its_address_is_meant_by_what_lies_in_it() -> None:
    mono = "https://dev.azure.com/org/project/_git/mono"
    directory = Directory.build(
        [
            asset("mono", AssetKind.REPOSITORY, addresses=(mono,)),
            asset("payments", addresses=(f"{mono}?path=/services/pay",)),
            asset("orders", addresses=(f"{mono}?path=/services/orders",)),
            asset("cart", addresses=("https://github.com/acme/monorepo/tree/main/services/cart",)),
        ]
    )
    assert answer(directory, mono) == "mono"
    assert answer(directory, f"{mono}?path=/services/pay&version=GBmain") == "payments"
    assert answer(directory, f"{mono}?path=/services/orders/deep/x.py") == "orders"
    assert answer(directory, f"{mono}?path=/services/payroll/x.py") == "mono"
    assert answer(directory, "https://github.com/acme/monorepo/blob/main/services/cart/x.py") == "cart"
    assert isinstance(directory.resolve("https://github.com/acme/monorepo/tree/main/services"), Nearest)


@pytest.mark.parametrize(
    "text", ["", "/", "https://", "https://example.com", "acme/shop", "a/+/b", "?path=/x", "_git/x", "x://y/_git/"]
)
def test_what_is_no_link_to_a_file_is_none(text: str) -> None:
    assert file_address(text) is None


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("https://dev.azure.com/acme/Harbour%20Works/_git/tide?path=/web/app.ts", "acme/Harbour Works/tide:/web/"),
        ("web/app.ts in the tide repo", "acme/Harbour Works/tide:/web/"),
        ("web/app.ts in tide", "acme/Harbour Works/tide:/web/"),
        ("main.go in tide", "acme/Harbour Works/tide:*"),
        ("https://dev.azure.com/acme/Harbour%20Works/_git/tide", "acme/Harbour Works/tide"),
    ],
)
def test_a_project_of_azure_devops_may_have_a_blank_in_its_name(text: str, right: str) -> None:
    place, name = "dev.azure.com/acme/Harbour%20Works/_git/tide", "acme/Harbour Works/tide"
    rules = [
        asset(f"{name}:{pattern}", AssetKind.PATH, path_rule=PathRule(place, pattern, position))
        for position, pattern in enumerate(("*", "/web/"))
    ]
    repository = asset(name, AssetKind.REPOSITORY, addresses=(f"https://{place}",))
    assert answer(Directory.build([repository, *rules]), text) == right


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("/go/src/github.com/acme/shop/core/x.go:12", "acme/shop:/core/"),
        ("panic at src/github.com/acme/shop/web/x.go:312 +0x1b3", "acme/shop:/web/"),
        ("/Users/ann/go/pkg/mod/github.com/acme/shop@v1.2.0/core/x.go", "acme/shop:/core/"),
        ("/builds/go/pkg/mod/bitbucket.org/acme/site@v0.0.0-20240101-ab12/web/x.go", "acme/site:/web/"),
        ("/go/src/github.com/acme/other/core/x.go", ""),
    ],
)
def test_a_path_in_what_go_has_checked_out_is_the_repositorys(directory: Directory, text: str, rule: str) -> None:
    assert answer(directory, text) == rule


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("web/src/github.com/acme/site/x.go in acme/shop", "acme/shop:/web/"),
        ("who owns ./web/vendor/github.com/acme/site/x.go in acme/shop?", "acme/shop:/web/"),
        ("acme/shop/web/src/github.com/acme/site/x.go:12", "acme/shop:/web/"),
        ("git@github.com:acme/shop.git web/src/github.com/acme/site/x.go", "acme/shop:/web/"),
        ("/go/src/github.com/acme/shop/web/vendor/github.com/acme/site/x.go", "acme/shop:/web/"),
        ("/home/ann/shop/web/vendor/github.com/acme/site/web/x.go", ""),
    ],
)
def test_a_copy_of_another_repository_belongs_to_the_one_that_it_lies_in(
    directory: Directory, text: str, rule: str
) -> None:
    assert answer(directory, text) == rule
