"""What a question only describes by what it names (parts, what it talks to), and names in other languages."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.catalog import Area, AssetKind, Role
from bot.domain.directory import Directory, Match, Nearest, Several
from bot.domain.records import AssetRecord, OwnershipRecord
from tests.domain.directory_assets import NOON

ASSETS = [
    AssetRecord(id=1, kind=AssetKind.SERVICE, name="checkout"),
    AssetRecord(id=2, kind=AssetKind.DATABASE, name="aurora-7", parent_id=1),
    AssetRecord(id=3, kind=AssetKind.PIPELINE, name="ship-it", parent_id=1),
    AssetRecord(id=4, kind=AssetKind.SERVICE, name="offers"),
    AssetRecord(id=5, kind=AssetKind.DATABASE, name="offers-db-1", parent_id=4),
    AssetRecord(id=6, kind=AssetKind.DATABASE, name="offers-db-2", parent_id=4),
    AssetRecord(id=7, kind=AssetKind.SERVICE, name="falcon-next"),
    AssetRecord(id=8, kind=AssetKind.SERVICE, name="superset"),
    AssetRecord(id=9, kind=AssetKind.OTHER, name="owners"),
    AssetRecord(id=20, kind=AssetKind.OTHER, name="shop-gateway"),
    AssetRecord(id=21, kind=AssetKind.CLOUD_RESOURCE, name="heron"),
    AssetRecord(id=22, kind=AssetKind.SERVICE, name="pelican"),
    AssetRecord(id=23, kind=AssetKind.REPOSITORY, name="acme/pelican"),
    AssetRecord(id=24, kind=AssetKind.SYSTEM, name="billing"),
    AssetRecord(id=25, kind=AssetKind.SERVICE, name="invoicer", parent_id=24),
    AssetRecord(id=26, kind=AssetKind.DATABASE, name="ledger-7", parent_id=25),
    AssetRecord(id=27, kind=AssetKind.CLOUD_RESOURCE, name="uploads"),
]
DIRECTORY = Directory.build(ASSETS)


@pytest.mark.parametrize(
    ("text", "asset_id"),
    [
        ("the database behind checkout", 2),
        ("who owns checkout's database?", 2),
        ("who owns the checkout database", 2),
        ("deployments of checkout", 3),
        ("who owns monitoring of checkout?", 1),
        ("who owns the database of superset?", 8),
    ],
)
def test_a_part_that_is_an_asset_of_its_own_is_meant_before_the_whole(text: str, asset_id: int) -> None:
    found = DIRECTORY.resolve(text)
    assert isinstance(found, Match)
    assert found.asset_id == asset_id
    assert (found.area is None) is (asset_id in (2, 3))


@pytest.mark.parametrize(
    "text",
    [
        "the queue behind shop-gateway",
        "who owns shop-gateway's queue?",
        "who owns the topic for the shop-gateway",
        "is the cache of shop-gateway owned by web?",
        "shop-gateway is slow, who owns the queue behind it?",
        "shop-gateway is fine but who owns its queue?",
        "the bucket of heron",
        "who owns the cache under heron?",
        "who owns the repo of superset",
        "superset's repository",
    ],
)
def test_the_whole_is_never_answered_as_if_it_were_its_part(text: str) -> None:
    found = DIRECTORY.resolve(text)
    assert isinstance(found, Nearest)
    assert found.candidates[0].name in text


@pytest.mark.parametrize(
    ("text", "asset_id"),
    [
        ("the repo of pelican", 23),
        ("who owns pelican's repo?", 23),
        ("who owns the pelican repo", 23),
        ("pelican repository", 23),
        ("who owns the pelican service?", 22),
        ("who owns the falcon-next repo?", 7),  # the service, for there is no other of the name
        ("the database behind billing", 26),
        ("checkout is down, who owns its database?", 2),
        ("checkout is down, who owns the database behind it?", 2),
        ("checkout is down, who owns it?", 1),
        # What may be called a bucket is one, where it is not said to have one.
        ("who owns the uploads bucket in production?", 27),
        ("who owns the service of superset", 8),
    ],
)
def test_a_part_is_found_wherever_it_hangs(text: str, asset_id: int) -> None:
    found = DIRECTORY.resolve(text)
    assert isinstance(found, Match)
    assert (found.asset_id, found.area) == (asset_id, None)


_THINGS = [
    *("dead letter queue", "load balancer", "alert rules", "load tests", "helm release"),
    *(
        "grafana dashboard",
        "datadog dashboard",
        "terraform code",
        "wiki page",
        "landing page",
        "domain name",
        "data pipeline",
    ),
    *(
        "gitlab runner",
        "email templates",
        "service account",
        "github action",
        "docker image",
        "helm chart",
        "k8s namespace",
    ),
    *(
        "terraform module",
        "stripe integration",
        "on-call rotation",
        "android app",
        "service mesh config",
        "kafka topic",
    ),
]


@pytest.mark.parametrize("thing", _THINGS)
@pytest.mark.parametrize("name", ["superset", "falcon-next"])
@pytest.mark.parametrize(
    "question",
    [
        "who owns the {name} {thing}?",
        "who owns {name}'s {thing}",
        "who maintains the {name} {thing}?",
        "whose is the {name} {thing}?",
        "who do I ask about the {name} {thing}",
        "who is responsible for the {name} {thing}?",
        "who owns the {thing} of {name}",
        "who owns the {thing} for {name}?",
        "who looks after the {thing} behind {name}?",
    ],
)
def test_what_a_thing_has_is_not_answered_with_the_thing(question: str, name: str, thing: str) -> None:
    found = DIRECTORY.resolve(question.format(name=name, thing=thing))
    assert isinstance(found, Nearest | Several)
    assert name in [one.name for one in found.candidates]


@pytest.mark.parametrize(
    ("text", "asset_id", "area"),
    [
        # It is there
        ("who owns the checkout deploy pipeline?", 3, None),
        ("who owns the delivery pipeline of checkout?", 3, None),
        ("who owns checkout's mysql database?", 2, None),
        ("who owns the argo workflow of checkout?", 3, None),
        ("who owns the chart of shop", 31, None),
        ("who owns the shop helm chart", 31, None),
        ("whose is the helm chart for shop?", 31, None),
        # All of it says the area
        ("who owns the superset ci pipeline?", 8, Area.CI_CD),
        ("who owns the deployment pipeline of superset?", 8, Area.CI_CD),
        # What it is, and what it does
        ("who owns superset's db schema", 8, Area.DATABASE),
        ("superset is slow, who owns it?", 8, None),
        ("who owns superset, the config is wrong", 8, None),
        ("falcon-next emits tokens without end, who owns it?", 7, None),
        ("falcon-next evicting keys, who owns it?", 7, None),
        ("who do I ask about falcon-next onboarding?", 7, None),
    ],
)
def test_what_a_thing_has_is_found_by_its_kind_its_name_or_its_area(
    text: str, asset_id: int, area: Area | None
) -> None:
    chart = AssetRecord(id=31, kind=AssetKind.OTHER, name="shop-chart", parent_id=30)
    shop = AssetRecord(id=30, kind=AssetKind.SERVICE, name="shop")
    found = Directory.build([*ASSETS, shop, chart]).resolve(text)
    assert isinstance(found, Match)
    assert (found.asset_id, found.area) == (asset_id, area)


def test_several_parts_are_asked_back() -> None:
    found = DIRECTORY.resolve("the database behind offers")
    assert isinstance(found, Several)
    assert [one.asset_id for one in found.candidates] == [5, 6]


def test_an_asset_that_says_who_owns_the_area_is_answered_itself() -> None:
    fact = OwnershipRecord(area=Area.DATABASE, role=Role.OWNER, team_id=1, valid_from=NOON)
    directory = Directory.build([replace(ASSETS[0], facts=(fact,)), *ASSETS[1:]])
    found = directory.resolve("the database behind checkout")
    assert isinstance(found, Match)
    assert (found.asset_id, found.area) == (1, Area.DATABASE)


_DATABASE = OwnershipRecord(area=Area.DATABASE, role=Role.OWNER, team_id=1, valid_from=NOON)


@pytest.mark.parametrize(
    "text",
    [
        "who owns the superset database?",
        "who owns superset db",
        "the superset database is slow, who owns it?",
        "the superset database is down",
        "who owns the superset database in production?",
    ],
)
def test_the_owner_of_an_assets_database_is_known_where_the_asset_says_so(text: str) -> None:
    found = Directory.build([*ASSETS, replace(ASSETS[7], facts=(_DATABASE,))]).resolve(text)
    assert isinstance(found, Match)
    assert (found.asset_id, found.area) == (8, Area.DATABASE)
    assert isinstance(DIRECTORY.resolve(text), Nearest)


@pytest.mark.parametrize(
    "other",
    [
        AssetRecord(id=31, kind=AssetKind.DATABASE, name="superset-postgres"),
        AssetRecord(id=31, kind=AssetKind.CLOUD_RESOURCE, name="superset-orders-db"),
        AssetRecord(id=31, kind=AssetKind.SERVICE, name="SuperSet"),  # which of the two says nothing of its database
    ],
)
def test_what_else_may_be_its_database_is_asked_about(other: AssetRecord) -> None:
    found = Directory.build([*ASSETS, replace(ASSETS[7], facts=(_DATABASE,)), other]).resolve(
        "who owns the Superset database?"
    )
    assert not isinstance(found, Match)


@pytest.mark.parametrize(
    "text",
    [
        "who owns the thing that superset talks to?",
        "who owns the thing that uses superset?",
        "who owns what superset depends on",
        "superset is slow. who owns the service which falcon-next calls?",
        "who owns everything superset writes to?",
        "who owns the thing superset is running on",
        "who owns what's behind superset?",
        "who owns anything but superset",
        "who owns everything except superset?",
        "who doesn't own superset?",
        "who isn't responsible for superset?",
        "who is not the owner of superset?",
        "who owns services like superset?",
    ],
)
def test_what_is_only_described_is_asked_back_with_what_it_names(text: str) -> None:
    found = DIRECTORY.resolve(text)
    assert isinstance(found, Nearest)
    assert found.candidates
    assert {one.name for one in found.candidates} <= {"superset", "falcon-next"}


@pytest.mark.parametrize(
    ("text", "asset_id"),
    [
        ("falcon-nextの担当者は誰ですか？", 7),
        ("superset 是谁负责的？", 8),
        ("superset의 담당자는 누구예요?", 8),
        ("wer ist für superset zuständig?", 8),
        ("qui s'occupe de superset ?", 8),
        ("kto odpowiada za superset?", 8),
        ("¿quién es el dueño de superset?", 8),
        ("vem är ansvarig för superset?", 8),
    ],
)
def test_a_name_of_one_word_is_found_in_other_languages(text: str, asset_id: int) -> None:
    found = DIRECTORY.resolve(text)
    assert isinstance(found, Match)
    assert found.asset_id == asset_id


@pytest.mark.parametrize("text", ["falcon-next vs superset - who owns which?", "superset versus falcon-next?"])
def test_two_names_that_are_held_against_each_other_are_asked_back(text: str) -> None:
    found = DIRECTORY.resolve(text)
    assert isinstance(found, Several)
    assert sorted(one.asset_id for one in found.candidates) == [7, 8]


def test_an_ordinary_word_that_is_an_asset_stands_beside_what_it_is_for() -> None:
    mail = AssetRecord(id=10, kind=AssetKind.SERVICE, name="mail")
    found = Directory.build([*ASSETS, mail]).resolve("who owns mail for superset?")
    assert isinstance(found, Several)
    assert sorted(one.asset_id for one in found.candidates) == [8, 10]


def test_the_clause_that_asks_may_name_what_is_called_by_a_word_of_questions() -> None:
    found = DIRECTORY.resolve("superset is red. who owns owners?")
    assert isinstance(found, Match)
    assert found.asset_id == 9


@pytest.mark.parametrize("text", ["superset mirror de nada", "what does the superset proxy cost?"])
def test_a_word_of_english_beside_a_name_still_goes_on_with_it(text: str) -> None:
    assert not isinstance(DIRECTORY.resolve(text), Match)
