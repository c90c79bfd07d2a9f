"""Things that are called after an asset, which the catalog does not have: never answered with who owns that asset."""

from __future__ import annotations

import pytest

from bot.domain.catalog import AssetKind
from bot.domain.directory import Directory, Match
from tests.domain.directory_assets import answer, asset

_TOLL = asset("toll-gate")
_CATALOG = [
    *(_TOLL, asset("ferry"), asset("tug-planner"), asset("edge-proxy"), asset("berth-lib", AssetKind.LIBRARY)),
    *(asset("toll-queue", AssetKind.QUEUE, parent_id=_TOLL.id), asset("lock-cache", AssetKind.CACHE)),
    asset("toll-gate-mirror"),
]


@pytest.fixture(scope="module")
def directory() -> Directory:
    return Directory.build(_CATALOG)


@pytest.mark.parametrize("name", ["tug-planner", "ferry"])
@pytest.mark.parametrize(
    "text",
    [
        "who owns the {} mirror?",
        "who owns {}'s read replica",
        "who has the {} staging replica",
        "kto odpowiada za replikę {}?",
        "whose is the {} cluster",
        "the {} database is full, who do I call?",
        "{} sdk crashes, who has it",
        "who can restart the {} sidecar?",
        "who owns the {} flotilla?",
        "wem gehört der {} Spiegel?",
        "wer betreut die {} Warteschlange?",
        "de {} kopie is traag, wie beheert die?",
        "le miroir {} est en panne, qui appeler ?",
        "¿de quién es la réplica de {}?",
        "¿quién lleva la cola de {}?",
        "di chi è lo specchio di {}?",
        "кто отвечает за зеркало {}?",
        "who owns my-{}?",
        "the-{} is down",
        "who owns the {} flotilla, not the mirror?",
    ],
)
def test_a_noun_beside_a_name_makes_it_another_thing(directory: Directory, text: str, name: str) -> None:
    assert answer(directory, text.format(name)) == ""


@pytest.mark.parametrize(
    ("text", "name"),
    [
        # The noun belongs to the name, says what it is, or is said of a part that the catalog has
        ("who owns the toll-gate mirror?", "toll-gate-mirror"),
        ("who owns the edge-proxy proxy?", "edge-proxy"),
        ("whose is the berth-lib client", "berth-lib"),
        ("who owns the lock-cache cache", "lock-cache"),
        ("the queue behind toll-gate is full, whose is it?", "toll-queue"),
        ("toll-gate's queue is full, whom do I ask?", "toll-queue"),
        # What follows is what is said of it
        ("who owns ferry, it's leaking berths", "ferry"),
        ("deployments of tug-planner", "tug-planner"),
        ("tug-planner calls a database that is gone, who owns tug-planner", "tug-planner"),
        ("who owns tug-planner nowadays", "tug-planner"),
        ("who can restart tug-planner nodes?", "tug-planner"),
        ("the tug-planner api returns 500, who do I tell", "tug-planner"),
        ("who owns tug-planner in production?", "tug-planner"),
        # Who somebody is
        ("¿quién es el jefe de ferry?", "ferry"),
        ("qui est le responsable de tug-planner ?", "tug-planner"),
        ("¿de quién es ferry?", "ferry"),
    ],
)
def test_the_name_is_answered_all_the_same(directory: Directory, text: str, name: str) -> None:
    assert answer(directory, text) == name


def test_a_name_with_an_article_glued_on_is_itself_where_it_is_one() -> None:
    found = Directory.build([asset("my-ferry"), asset("ferry")]).resolve("who owns my-ferry?")
    assert isinstance(found, Match)
    assert found.understood_as == "my-ferry"
