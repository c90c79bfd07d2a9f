"""The facts in force, of the starter table, the feed and what providers say; and what of them moved."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.eol import Charge, Clock, Cycle, Product, Table, Undated
from bot.domain.eol.composition import Moved, compose, moved
from bot.domain.eol.records import ProviderCycle

CHARGE = Charge(date(2024, 4, 1), Decimal("0.10"))
STARTER = Product(
    key="amazon-rds-postgresql",
    label="RDS",
    note="Standbys count.",
    cycles=(
        Cycle(name="12", eol=date(2025, 2, 28)),
        Cycle(name="11", eol=date(2024, 2, 29), charges=(CHARGE,), note="Dear."),
    ),
)
OTHER = Product(key="tool", label="Tool", cycles=(Cycle(name="1", eol=date(2024, 1, 1)),))


def cycle(table: Table, name: str, product: str = "amazon-rds-postgresql") -> Cycle:
    found = table.get(product)
    assert found is not None
    return next(one for one in found.cycles if one.name == name)


def test_without_a_feed_it_is_the_starter_table() -> None:
    assert compose((STARTER, OTHER), ()).hash == Table((STARTER, OTHER)).hash


def test_the_feed_goes_first_and_keeps_prices_and_notes_that_it_does_not_have() -> None:
    feed = Product(key="amazon-rds-postgresql", cycles=(Cycle(name="11", eol=date(2024, 5, 1)), Cycle(name="18")))
    table = compose((STARTER, OTHER), (feed,))
    later = replace(CHARGE, since=date(2024, 6, 2))  # support that lasts 62 days longer is charged 62 days later
    assert cycle(table, "11") == Cycle(name="11", eol=date(2024, 5, 1), charges=(later,), note="Dear.")
    found = table.get("amazon-rds-postgresql")
    assert found is not None
    assert (found.note, [one.name for one in found.cycles]) == ("Standbys count.", ["11", "18"])
    assert table.get("tool") == OTHER


def priced(eol: Clock, *, since: date = CHARGE.since, **more: Clock) -> Cycle:
    """Return 11 as the table in force has it, where the feed ends its support then and it was charged since `since`."""
    known = Cycle(name="11", eol=date(2024, 2, 29), eoes=date(2027, 3, 31), charges=(replace(CHARGE, since=since),))
    feed = Product(key=STARTER.key, cycles=(Cycle(name="11", eol=eol, **more),))
    return cycle(compose((replace(STARTER, cycles=(known,)),), (feed,)), "11")


def test_a_charge_begins_with_the_end_of_support_whenever_that_is_now() -> None:
    next_day = date(2024, 3, 1)
    for eol in (date(2024, 1, 31), date(2024, 12, 31)):
        assert [each.since for each in priced(eol, since=next_day).charges] == [eol + timedelta(1)]
    assert priced(date(2024, 3, 15)).charges[0].since == CHARGE.since, "a day of its own that the end does not reach"
    assert priced(Undated.OPEN).charges == (), "nothing is charged while support has no end"


def test_the_end_of_what_is_charged_stays_where_the_feed_has_none() -> None:
    assert priced(date(2024, 2, 29)).eoes == date(2027, 3, 31)
    assert priced(date(2024, 2, 29), eoes=date(2028, 1, 1)).eoes == date(2028, 1, 1)


def test_a_provider_that_charges_for_one_release_does_so_for_the_next() -> None:
    new = Cycle(name="18", eol=date(2030, 2, 28), eoes=date(2033, 2, 28))
    table = compose((STARTER, OTHER), (replace(STARTER, cycles=(new,)), replace(OTHER, cycles=(new,))))
    assert cycle(table, "18").charges == (Charge(date(2030, 3, 1)),)
    assert cycle(table, "18", "tool").charges == ()


def test_what_the_feed_renamed_keeps_its_key() -> None:
    renamed = Product(key="the-tool", aliases=("tool", "thing"), cycles=(Cycle(name="1", eol=date(2026, 1, 1)),))
    table = compose((STARTER, OTHER), (renamed,))
    assert cycle(table, "1", "tool").eol == date(2026, 1, 1)
    assert table.get("the-tool") is None
    for name in ("tool", "the-tool", "thing"):
        index = table.identify(name)
        assert getattr(index, "product", None) == table.get("tool")


def test_an_alias_of_two_products_renames_neither() -> None:
    feed = (Product(key="one", aliases=("tool",)), Product(key="two", aliases=("tool",)))
    table = compose((OTHER,), feed)
    assert {product.key for product in table.products} == {"one", "two", "tool"}
    assert table.get("tool") == OTHER


def said(until: date | None, *, region: str = "eu-west-1", engine: str = "postgres") -> ProviderCycle:
    return ProviderCycle(provider="aws-rds", engine=engine, cycle="11", region=region, standard_until=until)


def test_a_provider_that_says_nothing_changes_nothing() -> None:
    assert compose((STARTER,), (), [said(None)]).hash == compose((STARTER,), ()).hash
    assert compose((STARTER,), (), [said(date(2024, 3, 1), engine="nobody")]).hash == compose((STARTER,), ()).hash


@given(st.permutations([date(2024, 3, 1), date(2024, 4, 1), None]))
def test_the_earliest_end_of_all_regions_counts_in_whatever_order(days: list[date | None]) -> None:
    rows = [said(day, region=f"eu-west-{number}") for number, day in enumerate(days)]
    assert cycle(compose((STARTER,), (), rows), "11").eol == date(2024, 3, 1)


def test_what_moved() -> None:
    open_ended = replace(STARTER, cycles=(replace(STARTER.cycles[0], eol=Undated.OPEN, eoes=date(2030, 1, 1)),))
    found = moved(Table((STARTER, OTHER)), Table((open_ended, Product(key="new", cycles=OTHER.cycles))))
    assert found == [
        Moved(product="amazon-rds-postgresql", cycle="12", clock="eol", before=date(2025, 2, 28), after=Undated.OPEN),
        Moved(product="amazon-rds-postgresql", cycle="12", clock="eoes", before=Undated.ABSENT, after=date(2030, 1, 1)),
    ]


def test_nothing_moves_between_a_table_and_itself() -> None:
    assert moved(Table((STARTER, OTHER)), Table((replace(STARTER), OTHER))) == []
