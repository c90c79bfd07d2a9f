"""Several names in one question are several answers, and so are a name and "its queue"."""

from __future__ import annotations

import pytest

from bot.domain.catalog import AssetKind
from bot.domain.directory import Directory, Match, Nearest
from tests.domain.directory_assets import asset

_ORDERS, _MAIL, _CHECKOUT = asset("order-api"), asset("mail"), asset("checkout")
_CATALOG = [
    *(_ORDERS, _MAIL, _CHECKOUT, asset("billing"), asset("login"), asset("search"), asset("search-and-discovery")),
    asset("order-queue", AssetKind.QUEUE, parent_id=_ORDERS.id),
    asset("mail-queue", AssetKind.QUEUE, parent_id=_MAIL.id),
    asset("mail-dlq", AssetKind.QUEUE, parent_id=_MAIL.id),
    asset("checkout-db", AssetKind.DATABASE, parent_id=_CHECKOUT.id),
]


@pytest.fixture(scope="module")
def directory() -> Directory:
    return Directory.build(_CATALOG)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("who owns the order api and its queue", {"order-api", "order-queue"}),
        ("who owns order-api & its queue in production?", {"order-api", "order-queue"}),
        ("who owns order-api and the queue?", {"order-api", "order-queue"}),
        ("who owns the order api along with its queue", {"order-api", "order-queue"}),
        ("who owns the order api as well as its queue, please?", {"order-api", "order-queue"}),
        ("who owns the order api plus its queue", {"order-api", "order-queue"}),
        ("who owns its queue and order-api?", {"order-api", "order-queue"}),
        ("wem gehört order-api und seine queue?", {"order-api", "order-queue"}),
        ("who is on call for checkout and its db?", {"checkout", "checkout-db"}),
        ("who owns checkout and the database behind it?", {"checkout", "checkout-db"}),
        ("who owns mail and its queues?", {"mail", "mail-queue", "mail-dlq"}),
        ("who owns checkout's database and the order api's queue?", {"checkout-db", "order-queue"}),
        ("who owns order-api, its queue and billing?", {"order-api", "order-queue", "billing"}),
        ("who owns checkout, login and billing?", {"checkout", "login", "billing"}),
        ("who owns checkout, billing?", {"checkout", "billing"}),
        ("wer ist zuständig für checkout und billing?", {"checkout", "billing"}),
        ("billing is down, who owns checkout and login?", {"checkout", "login"}),
        ("who owns the order api, its queue and its database?", {"order-api", "order-queue"}),
        ("who looks after checkout and who looks after billing?", {"checkout", "billing"}),
    ],
)
def test_every_name_has_an_answer(directory: Directory, text: str, names: set[str]) -> None:
    found = directory.resolve(text)
    assert not isinstance(found, Match)
    assert {each.name for each in found.candidates} == names


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("who owns search and discovery?", "search-and-discovery"),
        # An area of an asset is no second one
        ("who owns billing and its alerts?", "billing"),
        ("who owns checkout and its deployments?", "checkout"),
        # What else is said names nothing
        ("who owns checkout and why?", "checkout"),
        ("who owns checkout, it's down", "checkout"),
        ("who owns checkout, and its database is slow?", "checkout"),
        ("checkout is down and who owns billing?", "billing"),
    ],
)
def test_one_name_is_one_answer(directory: Directory, text: str, name: str) -> None:
    found = directory.resolve(text)
    assert isinstance(found, Match)
    known = directory.get(found.asset_id)
    assert known is not None
    assert known.name == name
    assert found.area is None


@pytest.mark.parametrize("text", ["who owns billing and its queue?", "who owns billing and frobnicator?"])
def test_what_the_catalog_does_not_have_leaves_the_rest_to_be_offered(directory: Directory, text: str) -> None:
    found = directory.resolve(text)
    assert isinstance(found, Nearest)
    assert [each.name for each in found.candidates] == ["billing"]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("who owns checkout, basket and billing?", ["checkout", "billing"]),
        ("who owns checkout and the basket?", ["checkout"]),
        ("who owns frobnicator and checkout?", ["checkout"]),
        ("owners of checkout, frobnicator and login please", ["checkout", "login"]),
    ],
)
def test_of_a_list_all_that_are_known_are_offered(directory: Directory, text: str, names: list[str]) -> None:
    found = directory.resolve(text)
    assert not isinstance(found, Match)
    assert [each.name for each in found.candidates] == names


@pytest.mark.parametrize(
    "text", ["who owns checkout, folks?", "who owns checkout and please be quick", "who owns checkout and who runs it?"]
)
def test_what_is_no_name_makes_no_list(directory: Directory, text: str) -> None:
    assert isinstance(directory.resolve(text), Match)
