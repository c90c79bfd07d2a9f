"""Which assets a message names: nothing guessed, quoted names first."""

from __future__ import annotations

import pytest

from bot.domain.catalog import AssetKind
from bot.domain.directory import Directory, Match
from bot.domain.records import PathRule
from tests.domain.directory_assets import asset

_CATALOG = [
    asset("payments-db", AssetKind.DATABASE, addresses=("payments.db.example.com",)),
    asset("checkout"),
    asset("grafana"),
    asset("api"),
    asset("web", AssetKind.WEBSITE),
    asset("on-call"),
    asset("who-am-i"),
    asset("search", AssetKind.DATABASE),
    asset("search", AssetKind.SERVICE),
    asset("acme/shop", AssetKind.REPOSITORY, addresses=("https://git.example.com/acme/shop",)),
    asset("label-printer"),
]


@pytest.fixture(scope="module")
def directory() -> Directory:
    return Directory.build(_CATALOG)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("the payments-db is down since the deploy", ["payments-db"]),
        ("payments db and label printer are both slow", ["payments-db", "label-printer"]),
        ("grafana shows nothing for `api`", ["api", "grafana"]),
        ("our api on the web is slow and who is on call", []),
        ("the api service is slow", ["api"]),
        (
            "see https://git.example.com/acme/shop/pull/7 and payments.db.example.com",
            ["acme/shop", "payments.db.example.com"],
        ),
        ("is the search service slow, or search itself?", ["search"]),
        ("paymnets-db is misspelt", []),
        ("who-am-i?", ["who-am-i"]),
        ("cpu{app=checkout,env=prod} > 0.9", ["checkout"]),
        ("env:prod,service:search,kube_deployment:label-printer", ["search", "label-printer"]),
        ('{job="checkout"} https://metrics.example.com/?app=label-printer', ["checkout"]),
        ("the deploy of checkout is stuck", ["checkout"]),
        ("nothing here", []),
        ("", []),
    ],
)
def test_assets_are_found_in_a_message(directory: Directory, text: str, names: list[str]) -> None:
    found = directory.mentioned(text)
    known = [directory.get(match.asset_id) for match in found]
    wanted = {"payments.db.example.com": "payments-db"}
    assert [one.name for one in known if one is not None] == [wanted.get(name, name) for name in names]


#: Links as monitoring tools write them: the name that is shown stands in the address, too.
_NAMED_LINKS = [
    "https://app.datadoghq.com/apm/services/payments-db",
    "https://app.datadoghq.com/apm/services/payments-db/operations/query?env=prod",
    "https://acme.sentry.io/projects/payments-db/",
    "https://grafana.example.test/d/abc/payments-db?orgId=1",
    "https://console.aws.amazon.com/rds/home?region=eu-west-1#database:id=payments-db",
]


@pytest.mark.parametrize("address", _NAMED_LINKS)
@pytest.mark.parametrize("form", ["<{}|payments-db>", "[payments-db](<{}>)"])
def test_a_link_that_shows_a_name_names_it_whatever_its_address_is(
    directory: Directory, address: str, form: str
) -> None:
    link = form.format(address)
    assert [one.understood_as for one in directory.mentioned(f"CPU above 90 % on {link} now")] == ["payments-db"]
    found = directory.resolve(f"who owns {link}?")
    assert isinstance(found, Match)
    assert found.understood_as == "payments-db"


@pytest.mark.parametrize(
    "link",
    [
        "<https://github.com/others/checkout|checkout>",
        "<https://git.example.com/others/checkout/blob/main/x.go|checkout>",
        "<https://code.others.test/others/tools/-/blob/main/checkout|checkout>",
        "<https://dev.azure.com/others/_git/checkout|checkout>",
        "[checkout](https://gitlab.others.test/others/checkout)",
    ],
)
def test_a_link_to_the_code_of_others_is_not_what_it_is_called(directory: Directory, link: str) -> None:
    assert directory.mentioned(f"see {link}") == ()
    assert not isinstance(directory.resolve(f"who owns {link}?"), Match)


def test_an_asset_counts_once_and_the_limit_holds(directory: Directory) -> None:
    assert len(directory.mentioned("payments-db payments_db PaymentsDb")) == 1
    assert len(directory.mentioned("payments-db label-printer grafana", limit=2)) == 2


def test_no_name_reaches_from_one_piece_of_a_message_into_the_next(directory: Directory) -> None:
    assert directory.mentioned("label", "printer") == ()
    assert len(directory.mentioned("nothing", "label printer", "checkout")) == 2


def test_a_long_message_is_read_up_to_its_bound_over_all_pieces(directory: Directory) -> None:
    assert len(directory.mentioned("x " * 900, "checkout")) == 1
    assert directory.mentioned("x" * 9_000, "checkout") == ()
    assert directory.mentioned("x " * 700, "y " * 700, "checkout") == ()


_DOCK = asset("dry-dock")
_HARBOUR = [
    *(_DOCK, asset("pilot-boat"), asset("kyc"), asset("tide"), asset("swift")),
    *(asset("dock-events", AssetKind.QUEUE, parent_id=_DOCK.id, addresses=("arn:aws:sqs:eu-west-3:111:dock-events",)),),
    asset("port/pilot-boat", AssetKind.REPOSITORY),
    asset("port/pilot-boat:*", AssetKind.PATH, path_rule=PathRule("port/pilot-boat", "*", 1)),
    asset("port/pilot-boat:/src/crew/", AssetKind.PATH, path_rule=PathRule("port/pilot-boat", "/src/crew/", 2)),
]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        # A path beside its repository, as in a question
        ("src/crew/day.ts in pilot-boat has a typo", ["port/pilot-boat:/src/crew/"]),
        ("please review src/crew/day.ts of port/pilot-boat", ["port/pilot-boat:/src/crew/"]),
        ("README.md in pilot-boat is old", ["port/pilot-boat:*"]),
        (
            "tests are red\nNPE at src/crew/day.ts:41 (repo pilot-boat)\ndry-dock too",
            ["port/pilot-boat:/src/crew/", "dry-dock"],
        ),
        ("see pilot-boat src/crew/day.ts", ["port/pilot-boat:/src/crew/"]),
        ("pilot-boat: src/crew/day.ts has a warning", ["port/pilot-boat:/src/crew/"]),
        # What a cluster and a browser call it
        ("dry-dock-7d9f8b6c5d-x2x9z CrashLoopBackOff", ["dry-dock"]),
        ("https://dry-dock/health answers 500", ["dry-dock"]),
        # What is somewhere else
        ("arn:aws:sqs:eu-west-3:111:dock-events is old", ["dock-events"]),
        ("arn:aws:sqs:eu-west-3:222:dock-events is old", []),
        ("resource=arn:aws:sqs:us-east-1:111:dock-events", []),
        # Things that are called after an asset, and its parts
        ("the dry-dock mirror is down", []),
        ("dry-dock's read replica lags", []),
        ("the cache of dry-dock is cold", []),
        ("the queue of dry-dock is full", ["dock-events"]),
        # Abbreviations that are no words, and ordinary words where another name is
        ("kyc", ["kyc"]),
        ("kyc is down", ["kyc"]),
        ("dry-dock and kyc are red", ["dry-dock", "kyc"]),
        ("is it swift or dry-dock?", ["swift", "dry-dock"]),
        ("swift, dry-dock", ["swift", "dry-dock"]),
        ("dry-dock is waiting for swift", ["dry-dock", "swift"]),
        ("a swift answer, please", []),
        ("dry-dock cannot reach swift", ["dry-dock", "swift"]),
        ("not dry-dock, kyc", ["kyc"]),
        ("it is not dry-dock", ["dry-dock"]),
    ],
)
def test_a_message_is_read_by_the_rules_of_questions(text: str, names: list[str]) -> None:
    directory = Directory.build(_HARBOUR)
    known = [directory.get(match.asset_id) for match in directory.mentioned(text)]
    assert [one.name for one in known if one is not None] == names


@pytest.mark.parametrize(
    ("texts", "names"),
    [
        # The words before the colons say what is behind them, and name nothing.
        (["[FIRING:1] DiskFull", "*instance:* `bilge-9.example.org`\n*status:* `firing`\n*job:* `node`"], []),
        (["state: alerting\nsource: prometheus\nservice: winch"], ["winch"]),
        (["Details", "priority: high\nlogbook: full"], ["logbook"]),
        # Where something runs is not what the alert is about, where that is said.
        (["[FIRING:1] Slow (winch harbour prod)", "*namespace:* `harbour`\n*service:* `winch`"], ["winch"]),
        (["winch | burn rate", "cluster `lagoon-1` · env `prod`"], ["winch"]),
        (["winch is slow", "namespace=harbour pod=winch-7d9f8b6c5d-x2x9z"], ["winch"]),
        # ... but where nothing else is named, it is.
        (["[FIRING:3] NodesNotReady", "*cluster:* `lagoon-1`\n*severity:* `page`"], ["lagoon-1"]),
        # What a person writes is about both.
        (["is it winch or the cluster lagoon-1?"], ["winch", "lagoon-1"]),
    ],
)
def test_the_labels_of_an_alert_are_told_from_what_it_is_about(texts: list[str], names: list[str]) -> None:
    known = [
        asset("status"),
        asset("source"),
        asset("priority"),
        asset("logbook"),
        asset("winch"),
        asset("harbour", AssetKind.SYSTEM),
        asset("lagoon-1", AssetKind.CLUSTER),
    ]
    directory = Directory.build(known)
    found = [directory.get(match.asset_id) for match in directory.mentioned(*texts)]
    assert [one.name for one in found if one is not None] == names
