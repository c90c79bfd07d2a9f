"""Which requests, deliveries and libraries are offered in place of a new request."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.domain.backlog.alternatives import Wanted, alike, delivered, libraries, likeliest_first
from bot.domain.backlog.requests import ItemType, RequestCard, RequestItem, RequestStanding, RequestState
from bot.domain.catalog import AssetKind
from bot.domain.records import AssetRecord, PersonRecord

NOW = datetime(2026, 11, 2, tzinfo=UTC)
ADA = PersonRecord(id=1, name="Ada")


def card(number: int, title: str, *technologies: str, kind: ItemType = ItemType.LIBRARY, **rest: object) -> RequestCard:
    standing = RequestStanding(RequestState.PROPOSED, RequestState.PROPOSED, NOW)
    made = RequestCard(
        id=number,
        title=title,
        items=(RequestItem(kind, title),),
        standing=standing,
        steps=frozenset(),
        asker=ADA,
        filer=ADA,
        technologies=technologies,
    )
    return replace(made, **rest)  # type: ignore[arg-type]


DONE = RequestStanding(RequestState.DELIVERED, RequestState.ACCEPTED, NOW)


@pytest.mark.parametrize(
    ("title", "technologies", "is_alike"),
    [
        ("A keyspace", ("cassandra",), True),
        ("A keyspace", ("Cassandra", "terraform", "jenkins"), True),
        ("A keyspace", ("redis",), False),
        ("Access to the billing bucket", (), True),
        ("Access to the staging cluster", (), False),
        ("Access", (), False),
        ("", (), False),
    ],
)
def test_requests_are_alike_by_technology_or_by_words(
    title: str, technologies: tuple[str, ...], is_alike: bool
) -> None:
    wanted = Wanted("We need access to the billing bucket", ("cassandra",))
    assert bool(alike(wanted, [card(1, title, *technologies)])) is is_alike


def test_a_duplicate_of_what_is_most_like_it_comes_first_and_none_is_left_out() -> None:
    its = card(9, "We need access to the billing bucket", "cassandra")
    other, same_technology, same_words, both = (
        card(1, "Backups"),
        card(2, "A keyspace", "cassandra", "terraform", "jenkins"),
        card(3, "Access to the billing bucket", is_private=True),
        card(4, "Access to the billing bucket", "cassandra"),
    )
    found = likeliest_first(its, [other, same_technology, same_words, both, replace(other, id=0)])
    assert [each.id for each in found] == [4, 3, 2, 0, 1]


def test_the_same_asset_is_alike_and_only_when_it_is_named() -> None:
    its = card(1, "Backups", asset_id=7)
    assert alike(Wanted("Upgrade", asset_id=7), [its]) == (its,)
    assert alike(Wanted("Upgrade", asset_id=8), [its]) == ()
    assert alike(Wanted("Upgrade"), [card(1, "Backups")]) == ()


def test_the_three_most_alike_are_offered_the_most_alike_first_and_no_private_one() -> None:
    wanted = Wanted("Cassandra keyspace", ("cassandra",))
    less = [card(number, "Something else", "cassandra", "redis") for number in (1, 2, 3)]
    best, private = (
        card(4, "Cassandra keyspace", "cassandra"),
        card(5, "Cassandra keyspace", "cassandra", is_private=True),
    )
    assert alike(wanted, [*less, best, private]) == (best, *less[:2])


def test_only_finished_code_that_others_can_use_is_offered_and_no_private_one() -> None:
    wanted = Wanted("A client", ("cassandra",))
    usable = card(1, "Client", "cassandra", standing=DONE)
    others = [
        card(2, "Client", "cassandra"),
        card(3, "Keyspace", "cassandra", kind=ItemType.INFRASTRUCTURE, standing=DONE),
        card(4, "Client", "redis", standing=DONE),
        card(5, "Client", "cassandra", standing=DONE, is_private=True),
    ]
    assert delivered(wanted, [usable, *others]) == (usable,)


@pytest.mark.parametrize(
    ("name", "is_offered"), [("cassandra-client", True), ("pg_helpers", True), ("go-page", False), ("ledger", False)]
)
def test_a_library_is_offered_for_a_technology_in_its_name(name: str, is_offered: bool) -> None:
    wanted = Wanted("", ("cassandra", "postgresql"), ("Cassandra", "PostgreSQL", "pg"))
    library = AssetRecord(id=1, kind=AssetKind.LIBRARY, name=name)
    assert bool(libraries(wanted, [library])) is is_offered
