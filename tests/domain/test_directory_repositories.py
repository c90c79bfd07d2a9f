"""The repository that is named and no other: neither one that is called alike, nor none where one is named."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from bot.domain.catalog import AssetKind, PathRule
from bot.domain.directory import Directory
from bot.domain.records import AssetRecord
from tests.domain.directory_assets import answer, asset

_FILES = {
    "acme/tools/cli": ["*", "/cmd/"],
    "acme/shop": ["*", "/apps/", "/apps/checkout/", "/actions/"],
    "acme/anchor": ["/svc/"],
    "globex/mono": ["*"],
}
_ADDRESSES = {"acme/tools/cli": "https://gitlab.com/acme/tools/cli", "acme/shop": "https://github.com/acme/shop"}


def directory(*names: str) -> Directory:
    """A directory of these repositories with their rules."""
    rules = [
        asset(f"{name}:{pattern}", AssetKind.PATH, path_rule=PathRule(name, pattern, position))
        for name in names
        for position, pattern in enumerate(_FILES[name])
    ]
    known = [
        asset(name, AssetKind.REPOSITORY, addresses=(_ADDRESSES[name],) if name in _ADDRESSES else ()) for name in names
    ]
    return Directory.build([*rules, *known])


@pytest.fixture(scope="module", params=["several", "one"])
def known(request: pytest.FixtureRequest) -> Directory:
    """Several repositories, or only the one that others are called alike."""
    return directory(*_FILES) if request.param == "several" else directory("acme/tools/cli")


@pytest.fixture(scope="module")
def several() -> Directory:
    return directory(*_FILES)


#: Where people have their files, and where GitHub's runners check out.
_HOME = "/".join(("", "home"))
_RUNNER = "/".join((_HOME, "runner", "work"))


@pytest.mark.parametrize(
    "text",
    [
        "evil/tools/cli",
        "who owns evil/tools/cli?",
        "evil/tools/cli/cmd/x.go",
        "evil/tools/cli/README.md",
        "https://gitlab.com/evil/tools/cli",
        "https://gitlab.com/evil/tools/cli/-/blob/main/cmd/x.go",
        "https://gitlab.com/evil/tools/cli/-/merge_requests/3",
        "<https://gitlab.com/evil/tools/cli/-/blob/main/cmd/x.go|cmd/x.go>",
        "git@gitlab.com:evil/tools/cli.git",
        "gitlab.com/evil/tools/cli/cmd/x.go",
        "cmd/x.go in evil/tools/cli",
        "cmd/x.go in the evil/tools/cli repo",
        "README.md in evil/tools/cli",
        "https://github.com/tools/cli/blob/main/cmd/x.go",
        # The same name on another host
        "https://github.com/acme/tools/cli/blob/main/cmd/x.go",
        # Called nearly alike
        "acmesoft/tools/cli",
        "acme/tools/clii",
        "acme-corp/tools/cli",
        # Only the end of its name: it may be another organisation's
        "tools/cli/cmd/x.go",
        "cmd/x.go in tools/cli",
        # A repository that nobody knows is no reason to leave it out
        "cmd/x.go in the widget repo",
        "cmd/x.go in repository widget",
        "cmd/x.go in widget",
    ],
)
def test_another_repository_is_not_answered_from_one_that_is_called_alike(known: Directory, text: str) -> None:
    assert answer(known, text) == ""


def test_two_slips_in_the_organisation_make_it_another_one() -> None:
    known = Directory.build([asset("globex/app", AssetKind.REPOSITORY), asset("label-printer")])
    assert [answer(known, text) for text in ("glob/app", "gloebx2/app")] == ["", ""]
    assert answer(known, "globez/app") == "globex/app"
    assert answer(known, "who owns globex app?") == "globex/app"
    assert answer(known, "label-pritner") == "label-printer"


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("svc/x.go in the anchor repo", "acme/anchor:/svc/"),
        ("à qui est svc/x.go dans le dépôt anchor ?", "acme/anchor:/svc/"),
        ("wem gehört svc/x.go im Repo anchor?", "acme/anchor:/svc/"),
        ("¿de quién es svc/x.go en el repositorio anchor?", "acme/anchor:/svc/"),
        ("di chi è svc/x.go nel repo anchor?", "acme/anchor:/svc/"),
        ("de quem é lib/x.go no projeto anchor?", "acme/anchor"),
        ("who owns svc/x.go in our anchor repository?", "acme/anchor:/svc/"),
        ("who owns svc/x.go in the repo called anchor", "acme/anchor:/svc/"),
        ("in the anchor repo, who owns svc/x.go?", "acme/anchor:/svc/"),
        ("svc/x.go (anchor)", "acme/anchor:/svc/"),
        ("anchor: svc/x.go", "acme/anchor:/svc/"),
        ("anchor:svc/x.go", "acme/anchor:/svc/"),
        ("anchor's svc/x.go", "acme/anchor:/svc/"),
        ("svc/x.go:12 in anchor", "acme/anchor:/svc/"),
        ("lib/x.go in the anchor repo", "acme/anchor"),
        ("acme/anchor/svc/x.go:42:7", "acme/anchor:/svc/"),
        ("x.go in acme/anchor/svc", "acme/anchor:/svc/"),
        # A folder, another separator, what git puts before a path
        ("who owns the svc folder in anchor?", "acme/anchor:/svc/"),
        ("who owns the apps directory of the shop repo?", "acme/shop:/apps/"),
        ("svc\\x.go in anchor", "acme/anchor:/svc/"),
        ("b/svc/x.go in anchor", ""),
        # Name and folder both speak for it
        ("shop/apps/checkout/main.py:42", "acme/shop:/apps/checkout/"),
        ("who owns anchor/svc/x.go:3?", "acme/anchor:/svc/"),
        # Any repository may have a folder of that name
        ("shop/apps/main.py:42", ""),
        ("shop/main.py", ""),
        ("https://gitlab.com/acme/tools/cli/cmd/x.go", "acme/tools/cli:/cmd/"),
    ],
)
def test_a_path_is_bound_to_the_repository_that_is_said(several: Directory, text: str, right: str) -> None:
    assert answer(several, text) == right


def test_two_paths_in_one_repository_are_bound_to_it(several: Directory) -> None:
    found = several.resolve("who owns apps/x.py and actions/y.yml in the shop repo?")
    assert {each.name for each in getattr(found, "candidates", ())} == {"acme/shop:/apps/", "acme/shop:/actions/"}


def test_a_folder_that_is_said_is_joined_to_the_file() -> None:
    known = directory("acme/shop")
    assert answer(known, "main.py in apps/checkout") == "acme/shop:/apps/checkout/"
    assert answer(known, "main.py in the apps folder") == "acme/shop:/apps/"
    assert answer(known, "main.py in lib/deep") == ""


def test_a_path_in_an_asset_is_one_in_its_repository(several: Directory) -> None:
    service = asset("till", addresses=("https://github.com/acme/shop",))
    several.replace(service)
    assert answer(several, "apps/checkout/x.py in till") == "acme/shop:/apps/checkout/"
    several.replace(asset("till", id=service.id))
    found = several.resolve("apps/checkout/x.py in till")
    assert {each.name for each in getattr(found, "candidates", ())} >= {"till", "acme/shop:/apps/checkout/"}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("apps/x.py in the acme shop repo", "acme/shop:/apps/"),
        ("who owns apps/x.py in the acme shop repository?", "acme/shop:/apps/"),
        ("apps in the acme shop repo", "acme/shop:/apps/"),
        ("apps/x.py in the online shop repo", "acme/shop:/apps/"),
        # Who knows whose shop that is
        ("apps/x.py in the initech shop repo", ""),
    ],
)
def test_an_organisation_before_the_repository_counts(several: Directory, text: str, name: str) -> None:
    assert answer(several, text) == name


@pytest.fixture(scope="module", params=["with rules", "without"])
def at_hosts(request: pytest.FixtureRequest) -> Directory:
    """Two repositories of one name at two hosts, and rules of one of which nobody says where it is."""
    made: list[AssetRecord] = []
    for host, folder in (("github.com", "api"), ("gitlab.example.io", "web")):
        repository = asset("acme/shop", AssetKind.REPOSITORY, addresses=(f"https://{host}/acme/shop",))
        rule = PathRule(f"{host}/acme/shop", f"/{folder}/", 0)
        made += [repository, asset(f"acme/shop:/{folder}/", AssetKind.PATH, path_rule=rule, parent_id=repository.id)]
    if request.param == "with rules":
        rule = PathRule("acme/shop", "*", 0)
        made.append(asset("acme/shop:*", AssetKind.PATH, path_rule=rule))
    return Directory.build(made)


@pytest.mark.parametrize(
    ("link", "host", "name"),
    [
        ("https://github.com/acme/shop/blob/main/web/x", "github.com", "acme/shop"),
        ("https://github.com/acme/shop/blob/main/api/x", "github.com", "acme/shop:/api/"),
        ("https://gitlab.example.io/acme/shop/-/blob/main/api/x", "gitlab.example.io", "acme/shop"),
        ("https://gitlab.example.io/acme/shop/-/blob/main/web/x", "gitlab.example.io", "acme/shop:/web/"),
        ("web/x in https://github.com/acme/shop", "github.com", "acme/shop"),
        ("https://gitlab.example.io/acme/shop/-/merge_requests/3", "gitlab.example.io", "acme/shop"),
    ],
)
def test_a_link_is_answered_from_the_host_that_it_leads_to(
    at_hosts: Directory, link: str, host: str, name: str
) -> None:
    found = at_hosts.resolve(link)
    held = at_hosts.get(getattr(found, "asset_id", 0))
    assert held is not None
    assert (held.name, host in str(held.path_rule or held.addresses)) == (name, True)


@pytest.mark.parametrize("text", ["acme/shop", "web/x in acme/shop", "acme/shop/api/x", "acme/shop/api/x.go"])
def test_a_name_that_two_hosts_have_is_asked_back(at_hosts: Directory, text: str) -> None:
    assert answer(at_hosts, text) == ""


@pytest.fixture(scope="module")
def with_blanks() -> Directory:
    patterns = ["*", "notes\\ old", "/my\\ docs/", "/docs/", "/infra/"]
    rules = [
        asset(f"acme/shop:{pattern}", AssetKind.PATH, path_rule=PathRule("acme/shop", pattern, position))
        for position, pattern in enumerate(patterns)
    ]
    return Directory.build([*rules, asset("acme/shop", AssetKind.REPOSITORY)])


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("acme/shop/notes old", "notes\\ old"),
        ("acme/shop/notes%20old", "notes\\ old"),
        ("who owns acme/shop/lib/notes old?", "notes\\ old"),
        ('who owns "notes old" in acme/shop?', "notes\\ old"),
        ("https://github.com/acme/shop/blob/main/notes old", "notes\\ old"),
        ("acme/shop/my docs", "/my\\ docs/"),
        ("who owns my docs/x.md in acme/shop", "/my\\ docs/"),
        ("acme/shop: my docs/x.md", "/my\\ docs/"),
        ("docs/x.md in acme/shop", "/docs/"),
        ("our docs/x.md in acme/shop", "/docs/"),
        ("acme/shop/docs old", "/docs/"),
    ],
)
def test_a_path_with_blanks_falls_under_the_rule_that_has_them(with_blanks: Directory, text: str, pattern: str) -> None:
    assert answer(with_blanks, text) == f"acme/shop:{pattern}"


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("acme/shop/docs/../infra/x", "/infra/"),
        ("docs/a/../../infra/x in acme/shop", "/infra/"),
        ("https://github.com/acme/shop/blob/main/docs/../infra/x", "/infra/"),
        ("acme/shop/docs/..x", "/docs/"),
        ("acme/shop/docs/.../x", "/docs/"),
    ],
)
def test_a_way_down_and_up_again_leads_to_the_folder_beside(with_blanks: Directory, text: str, pattern: str) -> None:
    assert answer(with_blanks, text) == f"acme/shop:{pattern}"


@pytest.mark.parametrize("text", ["../infra/x", "../infra/x in acme/shop", "acme/shop/docs/../../x"])
def test_a_way_out_of_the_repository_is_asked_back(with_blanks: Directory, text: str) -> None:
    assert answer(with_blanks, text) == ""


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (r"acme\shop\apps\checkout\x.ts", "acme/shop:/apps/checkout/"),
        (r"who owns acme\shop\apps\checkout\x.ts:12?", "acme/shop:/apps/checkout/"),
        (r"C:\Users\ann\src\shop\apps\checkout\x.ts", "acme/shop:/apps/checkout/"),
        (r"D:\a\shop\shop\README.md", "acme/shop:*"),
        (f"{_RUNNER}/shop/shop/apps/checkout/x.ts:88", "acme/shop:/apps/checkout/"),
        ("/__w/shop/shop/README.md", "acme/shop:*"),
        ("/builds/acme/tools/cli/cmd/x.go", "acme/tools/cli:/cmd/"),
        ("at Object.run (/builds/acme/shop/apps/checkout/x.ts:12:3)", "acme/shop:/apps/checkout/"),
        (f'File "{_HOME}/ann/src/shop/apps/checkout/x.py", line 12, in handler', "acme/shop:/apps/checkout/"),
        ("./SECURITY in acme/shop", "acme/shop:*"),
        ("./SECURITY_CONTACTS in acme/shop", "acme/shop:*"),
        ("~/src/shop/apps/checkout/x.ts", "acme/shop:/apps/checkout/"),
        (f"{_HOME}/ann/src/shop/README.md", ""),
        (f"{_RUNNER}/other/other/apps/checkout/x.ts", ""),
        ("/builds/evil/shop/apps/checkout/x.ts", ""),
        (r"EVIL\shop\apps\checkout\x.ts", ""),
        (r"CORP\ann", ""),
    ],
)
def test_a_path_on_a_machine_is_read_as_one_in_the_repository_checked_out_there(
    several: Directory, text: str, rule: str
) -> None:
    assert answer(several, text) == rule


def _with_rules(**patterns: Sequence[str]) -> list[AssetRecord]:
    return [
        asset(f"acme/{name}:{pattern}", AssetKind.PATH, path_rule=PathRule(f"acme/{name}", pattern, position))
        for name, those in patterns.items()
        for position, pattern in enumerate(those)
    ]


_MONO_AND_SHOP = {"mono": ["*"], "shop": ["*", "/src/", "/apps/checkout/", "/docs/guides/*.md"]}


@pytest.mark.parametrize(
    ("place", "rule"),
    [
        ("ann/src/shop/apps/checkout/x.py", "acme/shop:/apps/checkout/"),
        ("ann/src/shop/docs/guides/x.md", "acme/shop:/docs/guides/*.md"),
        # What so many have in them says nothing of a folder that is called as a repository.
        ("ann/src/shop/src/x.py", ""),
        ("ann/src/acme/shop/src/x.py", "acme/shop:/src/"),
        ("ann/src/acme/shop/README.md", ""),
        # A part of a repository may be called as another one is.
        ("ann/src/mono/shop/apps/checkout/x.py", ""),
        ("ann/src/mono/packages/shop/apps/checkout/x.py", ""),
        ("ann/src/bare/packages/shop/apps/checkout/x.py", ""),
        ("ann/src/bare/packages/acme/shop/apps/checkout/x.py", ""),
        ("ann/src/other/packages/shop/apps/checkout/x.py", "acme/shop:/apps/checkout/"),
    ],
)
def test_a_folder_on_a_machine_is_a_repository_where_more_than_its_name_says_so(place: str, rule: str) -> None:
    known = Directory.build([*_with_rules(**_MONO_AND_SHOP), asset("acme/bare", AssetKind.REPOSITORY)])
    assert answer(known, f"{_HOME}/{place}") == rule
    if not rule:
        assert "acme/shop" in {each.name.partition(":")[0] for each in known.resolve(f"{_HOME}/{place}").candidates}


@pytest.mark.parametrize(
    "text",
    [
        f"{_HOME}/ann/src/bare/x.py",
        f"{_HOME}/ann/src/other/src/x.py",
        "/etc/nginx/nginx.conf",
        "/Users/ann/other/apps/x.ts",
        r"C:\Users\ann\other\apps\x.ts",
        "/var/log/app/x.log",
        "~/other/src/x.py",
    ],
)
def test_the_only_repository_does_not_have_all_files_of_a_machine(text: str) -> None:
    known = Directory.build([*_with_rules(shop=["*", "/src/"]), asset("acme/bare", AssetKind.REPOSITORY)])
    assert answer(known, text) == ""
    assert ("/bare/" in text) is (known.resolve(text).candidates[0].name == "acme/bare")
    assert answer(known, "/guides/x.md") == "acme/shop:*"


def test_a_folder_that_a_rule_names_is_no_place_on_a_machine() -> None:
    known = Directory.build(_with_rules(shop=["*", "/etc/", "/opt/x/"]))
    assert answer(known, "/etc/nginx/nginx.conf") == "acme/shop:/etc/"
    assert answer(known, "/opt/x/nginx.conf") == "acme/shop:/opt/x/"


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("lib/x.py", True),
        ("./lib/x.py:42", True),
        ("/lib/Makefile", True),
        (".github/workflows/ci.yml", True),
        ("packages/ui/", True),
        ("x.py", False),
        ("lib/x", False),
        ("acme/nope/lib/x.py", False),  # it is named, and unknown
        ("shop.example.com/cart/list.html", False),
        ("https://github.com/acme/nope/blob/main/lib/x.py", False),
        ("lib/x.py in nope", False),
    ],
)
def test_a_path_that_any_repository_may_have_is_told_from_one_that_says_where_it_is(
    several: Directory, text: str, is_one: bool
) -> None:
    assert several.is_in_some_repository(text) is is_one
    assert not Directory.build([asset("lib")]).is_in_some_repository(text)
