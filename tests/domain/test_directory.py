"""What people write, and the asset that it means: the examples that the rules were made for."""

from __future__ import annotations

import pytest

from bot.domain.catalog import Area, AssetKind, Role
from bot.domain.directory import Candidate, Directory, Match, Nearest, Resolution, ResolutionMethod, Several
from bot.domain.records import AssetRecord, OwnershipRecord
from tests.domain.directory_assets import NOON, answer, asset

_CATALOG = [
    asset("payments-db", AssetKind.DATABASE, aliases=("pay-database-main",)),
    asset("checkout"),
    asset("checkout-worker"),
    asset("checkout-deploy", AssetKind.PIPELINE),
    asset("acme/shop", AssetKind.REPOSITORY, addresses=("https://github.com/acme/shop",)),
    asset("monitoring"),
    asset("who-am-i"),
    asset("find-my-owner"),
    asset("the-guide"),
    asset("on-call"),
    asset("billing-app"),
    asset("billing-worker"),
    asset("orders", AssetKind.DATABASE),
    asset("orders", AssetKind.SERVICE),
    asset("node-1-12"),
    asset("eu-west-1-search"),
    asset("rds-prod-users-01", AssetKind.CLOUD_RESOURCE),
    asset("shipping-label-service"),
    asset("kube-state-metrics"),
    asset("portal"),
    asset("RefundHandlerV2", AssetKind.FUNCTION),
    asset("invoice_archive_qa", AssetKind.DATABASE),
    asset("invoice_archive_prod", AssetKind.DATABASE),
    asset("plan"),
]


@pytest.fixture(scope="module")
def directory() -> Directory:
    return Directory.build(_CATALOG)


def _name(directory: Directory, found: Resolution) -> str | None:
    if not isinstance(found, Match):
        return None
    known = directory.get(found.asset_id)
    assert known is not None
    return known.name


@pytest.mark.parametrize(
    ("text", "name", "method"),
    [
        ("payments-db", "payments-db", ResolutionMethod.NAME),
        ("Payments-DB", "payments-db", ResolutionMethod.NAME),
        ("  payments-db ", "payments-db", ResolutionMethod.NAME),
        ("database:payments-db", "payments-db", ResolutionMethod.REF),
        ("DATABASE:Payments-db", "payments-db", ResolutionMethod.REF),
        ("pay-database-main", "payments-db", ResolutionMethod.ALIAS),
        ("pay database main", "payments-db", ResolutionMethod.FOLDED),
        ("payments_db", "payments-db", ResolutionMethod.FOLDED),
        ("PaymentsDb", "payments-db", ResolutionMethod.FOLDED),
        ("paymentsdb", "payments-db", ResolutionMethod.FOLDED),
        ("refund handler v2", "RefundHandlerV2", ResolutionMethod.FOLDED),
        ("node112", "node-1-12", ResolutionMethod.FOLDED),
        ("db payments", "payments-db", ResolutionMethod.WORDS),
        ("worker checkout", "checkout-worker", ResolutionMethod.WORDS),
        ("shipping label", "shipping-label-service", ResolutionMethod.WORDS),
        ("payments database", "payments-db", ResolutionMethod.ABBREVIATION),
        ("k8s state metrics", "kube-state-metrics", ResolutionMethod.ABBREVIATION),
        ("shop", "acme/shop", ResolutionMethod.ALIAS),
        ("who am i", "who-am-i", ResolutionMethod.FOLDED),
        ("the guide", "the-guide", ResolutionMethod.FOLDED),
        ("monitoring", "monitoring", ResolutionMethod.NAME),
    ],
)
def test_a_name_is_found_however_it_is_spelt(
    directory: Directory, text: str, name: str, method: ResolutionMethod
) -> None:
    found = directory.resolve(text)
    assert isinstance(found, Match)
    assert (_name(directory, found), found.method) == (name, method)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("paymnets-db", "payments-db"),
        ("pyaments db", "payments-db"),
        ("db paymets", "payments-db"),
        ("paymentts--db", "payments-db"),
        ("chekout", "checkout"),
        ("chekcout-wroker", "checkout-worker"),
        ("shiping-lable-service", "shipping-label-service"),
        ("rds-prod-uesrs-01", "rds-prod-users-01"),
        ("who onws the paymets database", "payments-db"),
        ("kube-state-metric", "kube-state-metrics"),
    ],
)
def test_slips_of_the_finger_are_seen_through(directory: Directory, text: str, name: str) -> None:
    found = directory.resolve(text)
    assert _name(directory, found) == name
    assert isinstance(found, Match)
    assert found.method is ResolutionMethod.TYPO
    assert found.confidence < 0.95


@pytest.mark.parametrize(
    ("text", "name", "area"),
    [
        ("who looks after the payments database?", "payments-db", None),
        ("who owns deployments of checkout?", "checkout", Area.CI_CD),
        ("whom do I ask about checkout", "checkout", None),
        ("is there anyone responsible for the checkout service", "checkout", None),
        ("Checkout owner?", "checkout", None),
        ("which team runs checkout-worker", "checkout-worker", None),
        ("who's on the hook for checkout…", "checkout", None),
        ("who is on call for checkout?", "checkout", None),
        ("who is on call?", "on-call", None),
        ("who's the go-to person for billing-app?", "billing-app", None),
        ("contact person for the portal", "portal", None),
        ("who fixes the portal", "portal", None),
        ("who deploys the portal", "portal", Area.CI_CD),
        ("who owns the pipeline of checkout", "checkout", Area.CI_CD),
        ("who owns checkout's database?", "checkout", Area.DATABASE),
        ("security of the portal", "portal", Area.SECURITY),
        ("who owns monitoring for checkout", "checkout", Area.MONITORING),
        ("who owns monitoring", "monitoring", None),
        ("who owns who-am-i", "who-am-i", None),
        ("who owns find my owner?", "find-my-owner", None),
        ("who owns the orders database", "orders", None),
        ("hey <@U123ABC> :wave: who owns *`checkout`* please?", "checkout", None),
        ("who owns “billing app”?", "billing-app", None),
        ("the checkout-worker is failing, whom do we ping?", "checkout-worker", None),
        ("payments-db in production", "payments-db", None),
        ("the portal in production", "portal", None),
        ("portal on staging please", "portal", None),
        ("<https://example.com/x|portal> owner", "portal", None),
    ],
)
def test_questions_in_plain_words(directory: Directory, text: str, name: str, area: Area | None) -> None:
    found = directory.resolve(text)
    assert _name(directory, found) == name
    assert isinstance(found, Match)
    assert found.area is area


@pytest.mark.parametrize(
    "text",
    [
        "billing-api",
        "billing-apps-worker",
        "orders-worker",
        "checkout-works",
        "node-1-13",
        "node-11-2",
        "node-112",
        "eu-west-2-search",
        "rds-prod-users-02",
        "rds-prod-users",
        "zebra payments-db",
        "payments-db-archive",
        "payments-db prod",
        "payments",
        "checkout-service",
        "checkout-monitoring",
        "the support portal",
        "alerts portal",
        "plan-a",
        "invoice archive",
        "invoice_archive_dev",
        "portla-2",
        "nodes",
        "checkout cache",
        "wayback machine",
    ],
)
def test_another_things_name_is_no_slip(directory: Directory, text: str) -> None:
    assert not isinstance(directory.resolve(text), Match)


def test_the_nearest_name_is_offered_first(directory: Directory) -> None:
    found = directory.resolve("billing-api")
    assert isinstance(found, Nearest)
    assert found.candidates[0].name == "billing-app"
    assert found.understood_as == "billing-api"
    assert all(one.confidence < 0.9 for one in found.candidates)


def test_initials_are_offered() -> None:
    directory = Directory.build([asset("payments-data-sync"), asset("checkout")])
    found = directory.resolve("pds")
    assert isinstance(found, Nearest)
    assert [one.name for one in found.candidates] == ["payments-data-sync"]


def test_a_name_of_two_kinds_is_asked_back(directory: Directory) -> None:
    found = directory.resolve("orders")
    assert isinstance(found, Several)
    assert found.understood_as == "orders"
    assert {_kind(directory, one) for one in found.candidates} == {AssetKind.DATABASE, AssetKind.SERVICE}


@pytest.mark.parametrize(("word", "kind"), [("database", AssetKind.DATABASE), ("service", AssetKind.SERVICE)])
def test_the_kind_word_decides(directory: Directory, word: str, kind: AssetKind) -> None:
    found = directory.resolve(f"who owns the orders {word}?")
    assert isinstance(found, Match)
    known = directory.get(found.asset_id)
    assert known is not None
    assert known.kind is kind


def test_a_kind_may_be_in_the_name_or_beside_it() -> None:
    both = Directory.build([asset("ledger-db", AssetKind.CLOUD_RESOURCE), asset("ledger", AssetKind.DATABASE)])
    found = both.resolve("who owns the ledger database?")
    assert isinstance(found, Several)
    assert [one.name for one in found.candidates] == ["ledger", "ledger-db"]


def test_two_names_in_one_question_are_both_offered(directory: Directory) -> None:
    found = directory.resolve("who owns billing-app and portal?")
    assert isinstance(found, Several)
    assert [one.name for one in found.candidates] == ["billing-app", "portal"]


def test_a_name_comes_before_another_assets_alias() -> None:
    directory = Directory.build([asset("ledger"), asset("books", aliases=("ledger",))])
    found = directory.resolve("ledger")
    assert isinstance(found, Match)
    assert _name(directory, found) == "ledger"


def test_equally_near_names_are_not_guessed_between() -> None:
    directory = Directory.build([asset("quastor"), asset("quastir")])
    found = directory.resolve("quastr")
    assert isinstance(found, Several)
    assert {one.name for one in found.candidates} == {"quastor", "quastir"}


def test_a_plural_is_the_singular_only_where_the_catalog_has_not_both() -> None:
    directory = Directory.build([asset("payment-gateway"), asset("payments-core")])
    assert not isinstance(directory.resolve("payments-gateway"), Match)
    alone = Directory.build([asset("payment-gateway")])
    assert _name(alone, alone.resolve("payments-gateway")) == "payment-gateway"


def test_assets_of_one_name_and_the_same_owners_need_no_choice() -> None:
    fact = OwnershipRecord(id=1, area=Area.ALL, role=Role.OWNER, team_id=7, valid_from=NOON)
    repository = asset("ledger", AssetKind.REPOSITORY, facts=(fact,))
    service = asset("ledger", AssetKind.SERVICE, facts=(fact,))
    directory = Directory.build([repository, service])
    found = directory.resolve("ledger")
    assert isinstance(found, Match)
    assert found.asset_id == service.id
    directory.replace(asset("ledger", AssetKind.REPOSITORY, id=repository.id))
    assert isinstance(directory.resolve("ledger"), Several)


@pytest.mark.parametrize(
    "text", ["", " ", "?!", "who owns", "what is this?", "\u202e\u200b\x00", "<@U123>", ":wave:", "the of and"]
)
def test_nothing_asked_is_nothing_offered(directory: Directory, text: str) -> None:
    found = directory.resolve(text)
    assert isinstance(found, Nearest)
    assert found.candidates == ()


@pytest.mark.parametrize(
    "text", ["a" * 4_000, "payments-db " * 400, "سؤال " * 300, "🔥" * 900, "-" * 4_000, "x/" * 2_000]
)
def test_long_texts_are_cut(directory: Directory, text: str) -> None:
    found = directory.resolve(text)
    assert not isinstance(found, Match) or len(text.split()) > 1
    assert len(found.understood_as) <= 400


def test_the_limit_holds(directory: Directory) -> None:
    found = directory.resolve("checkout billing orders portal", limit=2)
    assert isinstance(found, Nearest)
    assert len(found.candidates) == 2


def test_look_up_by_id_and_reference(directory: Directory) -> None:
    known = directory.by_ref("Database:PAYMENTS-db")
    assert known is not None
    assert known.name == "payments-db"
    assert directory.get(known.id) is known
    assert known.id in directory
    assert directory.by_ref("payments-db") is None
    assert directory.get(-1) is None
    assert len(directory) == len(_CATALOG)


def test_children_are_kept_in_step() -> None:
    system = asset("shop", AssetKind.SYSTEM)
    parts = [asset("cart", parent_id=system.id), asset("wishlist", parent_id=system.id)]
    directory = Directory.build([*parts, system])
    assert directory.children(system.id) == tuple(sorted(one.id for one in parts))
    directory.remove(parts[0].id)
    directory.replace(asset("wishlist", id=parts[1].id))
    assert directory.children(system.id) == ()


def test_a_renamed_asset_answers_to_its_new_name_only() -> None:
    old = asset("ledger")
    directory = Directory.build([old])
    directory.replace(asset("journal", id=old.id))
    assert _name(directory, directory.resolve("journal")) == "journal"
    assert directory.resolve("ledger") == Nearest((), "ledger")
    assert directory.resolve("journla") == Match(old.id, 0.9, ResolutionMethod.TYPO, "journal")


def _kind(directory: Directory, candidate: Candidate) -> AssetKind:
    known = directory.get(candidate.asset_id)
    assert isinstance(known, AssetRecord)
    return known.kind


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("who owns the zeppelin scheduler?", "zeppelin scheduler"),
        ("zeppelin-scheduler", "zeppelin-scheduler"),
        ("who runs the bank of england gateway", "bank england gateway"),
        ("the zeppelin is down, who owns it?", "zeppelin"),
        ("I hate my boss", ""),
        ("my salary is low", ""),
        ("who owns this?", ""),
        ("can you help me?", ""),
    ],
)
def test_what_can_be_a_name_of_a_question_that_is_not_answered(text: str, name: str) -> None:
    directory = Directory.build([asset("checkout")])
    resolution = directory.resolve(text)
    assert isinstance(resolution, Nearest)
    assert directory.name_in(text, resolution.understood_as) == name


@pytest.fixture(scope="module")
def tools() -> Directory:
    names = [
        "boskos",
        "kubelet",
        "headlamp",
        "prow",
        "payments-db",
        "checkout",
        "orders",
        "search-api",
        "subscriptions",
    ]
    return Directory.build([asset(name) for name in names])


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("kubelet is fine but who owns headlamp", "headlamp"),
        ("prow is red. who owns kubelet?", "kubelet"),
        ("not prow, who owns boskos?", "boskos"),
        ("who owns boskos, it's leaking projects", "boskos"),
        ("boskos is leaking again, any idea who looks after it?", "boskos"),
        ("¿quién es el dueño de payments-db?", "payments-db"),
        ("wem gehört payments-db?", "payments-db"),
        ("à qui appartient payments-db ?", "payments-db"),
        ("a qui appartient payments-db", "payments-db"),
        ("chi possiede payments-db", "payments-db"),
        ("payments-db is down, who do I page", "payments-db"),
        ("what team should I talk to about payments-db", "payments-db"),
        ("payments-db の担当は誰ですか", "payments-db"),
        ("кто владелец payments-db", "payments-db"),
        ("who owns payments-db 🔥🔥", "payments-db"),
        ("ping the owners of search-api please, it returns 500 since 9:30", "search-api"),
        ("can you tell me who the owner of payments-db is because the disk is full", "payments-db"),
    ],
)
def test_one_exact_name_in_a_sentence_is_answered(tools: Directory, text: str, name: str) -> None:
    found = tools.resolve(text)
    assert isinstance(found, Match)
    assert found.understood_as == name


@pytest.mark.parametrize(
    "text",
    [
        "who owns nothing-such, it breaks checkout",
        "who owns the checkout cache?",
        "who owns the mirror of search-api?",
        "who owns payments-db 6?",
        "who owns the subscriptions ledger?",
        "who looks after orders-cache next to search-api?",
        "zebra payments-db",
    ],
)
def test_what_may_be_another_thing_is_asked_back(tools: Directory, text: str) -> None:
    assert not isinstance(tools.resolve(text), Match)


def test_two_names_are_two_answers(tools: Directory) -> None:
    found = tools.resolve("qui gère payments-db et search-api ?")
    assert isinstance(found, Several)
    assert {one.name for one in found.candidates} == {"payments-db", "search-api"}


@pytest.mark.parametrize("text", ["thanks", "Thanks!", "hi", "hello", "what can you do"])
def test_small_talk_names_nothing(tools: Directory, text: str) -> None:
    assert tools.resolve(text) == Nearest((), tools.resolve(text).understood_as)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("who owns authz?", ""),
        ("who owns oauth?", ""),
        ("who owns the auths?", "auth"),
        ("who owns gateways?", "gateway"),
        ("who owns gatewayy?", "gateway"),
        ("who owns kafk?", "kafka"),
        ("who owns payments-dbb?", "payments-db"),
    ],
)
def test_a_letter_beside_a_short_name_makes_another_name(text: str, name: str) -> None:
    directory = Directory.build([asset("auth"), asset("gateway"), asset("kafka"), asset("payments-db")])
    assert answer(directory, text) == name
