"""Addresses, channels, ARNs and paths: what people paste."""

from __future__ import annotations

import pytest

from bot.domain.catalog import AssetKind, PathRule
from bot.domain.directory import Directory, Match, Nearest, ResolutionMethod, Several
from bot.domain.records import AssetRecord
from tests.domain.directory_assets import asset


def _rule(repository: str, pattern: str, position: int) -> AssetRecord:
    rule = PathRule(repository, pattern, position)
    return asset(f"{repository}:{pattern}", AssetKind.PATH, path_rule=rule)


_CATALOG = [
    asset(
        "payments-db",
        AssetKind.DATABASE,
        addresses=("arn:aws:rds:eu-west-1:123456789012:db:payments", "Payments.db.example.com"),
    ),
    asset("checkout", addresses=("https://git.example.com/acme/checkout.git", "#checkout", "C0CHECKOUT")),
    asset("shop", AssetKind.REPOSITORY, addresses=("git@git.example.com:acme/shop.git",)),
    asset("acme/website", AssetKind.REPOSITORY),
    asset("acme/shop", AssetKind.REPOSITORY),
    asset("tenants", AssetKind.DOMAIN, addresses=("*.tenants.example.com",)),
    asset("storefront", AssetKind.WEBSITE, addresses=("https://www.shop.example.com/",)),
    asset("uploads", AssetKind.STORAGE, addresses=("arn:aws:s3:::acme-uploads",)),
    asset("ledger", aliases=("component:default/ledger",), addresses=("component:default/ledger",)),
    _rule("acme/shop", "*", 0),
    _rule("acme/shop", "*.js", 1),
    _rule("acme/shop", "/apps/", 2),
    _rule("acme/shop", "/apps/checkout/", 3),
    _rule("acme/shop", "docs/*", 4),
    _rule("acme/shop", "Makefile", 5),
    _rule("git.example.com/acme/tools", "*", 0),
    _rule("git.example.com/acme/tools", "/apps/checkout/cli.py", 1),
]


@pytest.fixture(scope="module")
def directory() -> Directory:
    return Directory.build(_CATALOG)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("https://git.example.com/acme/checkout", "checkout"),
        ("https://git.example.com/acme/checkout.git", "checkout"),
        ("HTTPS://git.example.com/Acme/Checkout/", "checkout"),
        ("git@git.example.com:acme/checkout.git", "checkout"),
        ("ssh://git@git.example.com:22/acme/checkout", "checkout"),
        ("git.example.com/acme/checkout", "checkout"),
        ("who owns <https://git.example.com/acme/checkout/pull/12|this pull request>?", "checkout"),
        ("https://git.example.com/acme/checkout/issues?q=is%3Aopen#top", "checkout"),
        ("<#C0CHECKOUT|checkout-help>", "checkout"),
        ("#checkout", "checkout"),
        ("https://acme.slack.com/archives/C0CHECKOUT/p1700000000", "checkout"),
        ("payments.db.example.com", "payments-db"),
        ("postgres://reader@payments.db.example.com:5432/main", "payments-db"),
        ("who owns payments.db.example.com?", "payments-db"),
        ("arn:aws:rds:eu-west-1:123456789012:db:payments", "payments-db"),
        ("ARN:aws:rds:eu-west-1:123456789012:db:Payments", "payments-db"),
        ("arn:aws:s3:::acme-uploads/2026/a.png", "uploads"),
        ("a.b.tenants.example.com", "tenants"),
        ("https://blue.tenants.example.com/login", "tenants"),
        ("http://shop.example.com/cart/17", "storefront"),
        ("https://github.com/acme/website", "acme/website"),
        ("git@github.com:acme/website.git", "acme/website"),
        ("component:default/ledger", "ledger"),
        ("Component:Default/Ledger", "ledger"),
    ],
)
def test_an_address_is_known_however_it_is_written(directory: Directory, text: str, name: str) -> None:
    found = directory.resolve(text)
    assert isinstance(found, Match)
    assert found.method in (ResolutionMethod.ADDRESS, ResolutionMethod.ALIAS)
    known = directory.get(found.asset_id)
    assert known is not None
    assert known.name == name


@pytest.mark.parametrize(
    "text",
    [
        "https://git.example.com/acme/unknown",
        "tenants.example.org",
        "arn:aws:rds:eu-west-1:123456789012:db:orders",
        "https://elsewhere.example.net/acme/thing",
        "#checkouts-team",
    ],
)
def test_another_address_is_another_thing(directory: Directory, text: str) -> None:
    assert isinstance(directory.resolve(text), Nearest)


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("acme/shop/apps/checkout/main.py", "/apps/checkout/"),
        ("acme/shop/apps/cart/main.py", "/apps/"),
        ("acme/shop/README.md", "*"),
        ("acme/shop/web/app.js", "*.js"),
        ("acme/shop/apps/checkout/app.js", "/apps/checkout/"),
        ("acme/shop/docs/start.md", "docs/*"),
        ("acme/shop/docs/deep/start.md", "*"),
        ("acme/shop/build/Makefile", "Makefile"),
        ("https://git.example.com/acme/shop/blob/main/apps/checkout/main.py#L10-L20", "/apps/checkout/"),
        ("https://git.example.com/acme/shop/-/blob/main/apps/cart/main.py", "/apps/"),
        ("https://git.example.com/acme/shop/tree/main/apps/checkout", "/apps/checkout/"),
        ("git.example.com/acme/tools/README.md", "*"),
        ("who owns apps/cart/main.py in acme/shop?", "/apps/"),
    ],
)
def test_the_last_rule_that_matches_owns_the_path(directory: Directory, text: str, pattern: str) -> None:
    found = directory.resolve(text)
    assert isinstance(found, Match)
    assert found.method is ResolutionMethod.PATH
    assert found.understood_as.endswith(f":{pattern}")


def test_a_path_that_two_repositories_have_is_asked_back(directory: Directory) -> None:
    found = directory.resolve("apps/checkout/cli.py")
    assert isinstance(found, Several)
    assert {one.name for one in found.candidates} == {
        "acme/shop:/apps/checkout/",
        "git.example.com/acme/tools:/apps/checkout/cli.py",
    }


def test_a_rule_for_all_files_needs_its_repository_named(directory: Directory) -> None:
    assert not isinstance(directory.resolve("src/main.rs"), Match)
    one = Directory.build([_rule("acme/solo", "*", 0)])
    assert isinstance(one.resolve("src/main.rs"), Match)


def test_two_words_with_a_slash_are_no_path(directory: Directory) -> None:
    loose = Directory.build([_rule("acme/solo", "api/", 0), _rule("acme/other", "web/", 0)])
    assert not isinstance(loose.resolve("checkout/api"), Match)
    found = loose.resolve("checkout/api/main.py")
    assert isinstance(found, Nearest)
    assert [one.name for one in found.candidates] == ["acme/solo:api/"]


def test_rules_come_and_go() -> None:
    rules = [_rule("acme/solo", "*", 0), _rule("acme/solo", "/src/", 1)]
    directory = Directory.build(rules)
    directory.remove(rules[1].id)
    found = directory.resolve("acme/solo/src/main.py")
    assert isinstance(found, Match)
    assert found.asset_id == rules[0].id
    directory.remove(rules[0].id)
    assert isinstance(directory.resolve("acme/solo/src/main.py"), Nearest)


def test_a_pattern_that_is_not_allowed_matches_nothing() -> None:
    directory = Directory.build([_rule("acme/solo", "!secret", 0), _rule("acme/solo", "/src/", 1)])
    found = directory.resolve("acme/solo/src/a.py")
    assert isinstance(found, Match)
    assert found.understood_as == "acme/solo:/src/"


def test_two_assets_at_one_address_are_told_apart_by_kind() -> None:
    url = "https://git.example.com/acme/cart"
    directory = Directory.build(
        [asset("cart", addresses=(url,)), asset("cart-code", AssetKind.REPOSITORY, addresses=(url,))]
    )
    assert isinstance(directory.resolve(url), Several)
    found = directory.resolve(f"who owns the repository {url}?")
    assert isinstance(found, Match)
    assert found.confidence == 1.0


def test_a_path_in_a_named_repository_is_looked_up_there(directory: Directory) -> None:
    alone = directory.resolve("who owns apps/checkout/cli.py?")
    assert isinstance(alone, Several)
    found = directory.resolve("who owns apps/checkout/cli.py in acme/shop?")
    assert isinstance(found, Match)
    assert (found.method, found.understood_as) == (ResolutionMethod.PATH, "acme/shop:/apps/checkout/")


_HARBOUR = [
    asset("example.org", AssetKind.DOMAIN),
    asset("tide-gauge"),
    asset("status", AssetKind.WEBSITE),
    asset("lantern-photos", AssetKind.STORAGE),
    asset("lanternfiles", AssetKind.STORAGE),
    asset("buoys-db", AssetKind.DATABASE, addresses=("buoys-db.abc.rds.example.org",)),
    asset("gauge-pages", AssetKind.WEBSITE, addresses=("*.pages.example.org",)),
    asset("i-0123456789abcdef0", AssetKind.CLOUD_RESOURCE),
    asset("foghorn", addresses=("https://app.pagerduty.com/service-directory/PFOG123",)),
]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        # A host in a domain of one's own that is called as something of the catalog
        ("tide-gauge.example.org", "tide-gauge"),
        ("https://tide-gauge.staging.example.org/health?x=1", "tide-gauge"),
        ("tide-gauge.example.org:8443 refuses connections", "tide-gauge"),
        ("is https://status.example.org/ ours?", "status"),
        ("tide-gauge.pages.example.org", "gauge-pages"),
        ("pump.example.org", None),
        ("tide-gauge.example.com", None),
        ("api.tide-gauge.example.org", None),
        ("example.org.example.org", None),
        # What is kept in a cloud, by its other addresses
        ("https://lantern-photos.s3.eu-west-1.amazonaws.com/2026/a.jpg", "lantern-photos"),
        ("https://s3.eu-west-1.amazonaws.com/lantern-photos/2026/a.jpg", "lantern-photos"),
        ("https://storage.googleapis.com/lantern-photos/a.jpg", "lantern-photos"),
        ("https://lanternfiles.blob.core.windows.net/public/a.jpg", "lanternfiles"),
        ("https://tide-gauge.s3.amazonaws.com/x", None),
        # Each organisation has its own host at PagerDuty
        ("https://harbour.pagerduty.com/service-directory/PFOG123", "foghorn"),
        ("https://harbour.eu.pagerduty.com/services/PFOG123/activity", "foghorn"),
        ("https://harbour.pagerduty.com/service-directory/PFOG124", None),
        # How programs connect
        ("jdbc:postgresql://buoys-db.abc.rds.example.org:5432/buoys?ssl=true", "buoys-db"),
        ("jdbc:sqlserver://buoys-db.abc.rds.example.org:1433;databaseName=buoys", "buoys-db"),
        ("jdbc:oracle:thin:@//buoys-db.abc.rds.example.org:1521/BUOYS", "buoys-db"),
        ("postgres://app@buoys-db.abc.rds.example.org/buoys", "buoys-db"),
    ],
)
def test_hosts_are_what_they_are_called_after(text: str, name: str | None) -> None:
    known = Directory.build(_HARBOUR)
    found = known.resolve(text)
    held = known.get(found.asset_id) if isinstance(found, Match) else None
    assert (held and held.name) == name
