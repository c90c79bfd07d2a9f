"""The portfolio of a process: kept up to date by what changes, by time, and by sources that are read again."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bot.domain.catalog import AssetKind
from bot.domain.portfolio import Gap
from bot.domain.records import AssetRecord
from bot.samples.catalog import PAYMENTS, Catalog, fact
from bot.services.deps import Deps
from bot.services.portfolio import Portfolios
from bot.services.snapshot import Snapshot
from bot.store.db import Database
from tests.conftest import FixedClock


async def test_facts_grow_stale_and_are_fresh_again_once_their_source_was_read(
    database: Database, clock: FixedClock
) -> None:
    deps, snapshot, known = Deps(database, clock), Snapshot(), Catalog()
    snapshot.put_people(known.people.values())
    snapshot.put_teams(known.teams.values())
    snapshot.put_sources({"files": clock.now()})
    owner = fact(PAYMENTS, valid_from=clock.now())
    snapshot.put_asset(AssetRecord(id=1, kind=AssetKind.SERVICE, name="a", facts=(owner,)))
    portfolios = Portfolios(deps, snapshot)
    first = await portfolios.current()
    assert first.gaps == {}
    clock.advance(deps.stale_after + timedelta(hours=2))
    assert (await portfolios.current()).gaps == {1: Gap.STALE}
    snapshot.put_sources({"files": clock.now()})
    second = await portfolios.current()
    assert second.gaps == {}
    assert second is first, "it was not made anew"
    snapshot.remove_asset(1)
    assert (await portfolios.current()).of_team(PAYMENTS).owned == ()


async def test_an_update_that_is_broken_off_is_made_up_for(
    database: Database, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    deps, snapshot, known = Deps(database, clock), Snapshot(), Catalog()
    snapshot.put_people(known.people.values())
    snapshot.put_teams(known.teams.values())
    portfolios = Portfolios(deps, snapshot)
    await portfolios.current()
    owner = fact(PAYMENTS, valid_from=clock.now())
    snapshot.put_asset(AssetRecord(id=1, kind=AssetKind.SERVICE, name="a", facts=(owner,)))

    async def broken(_: object) -> int:
        raise asyncio.CancelledError

    with monkeypatch.context() as once:
        once.setattr("bot.services.portfolio.in_slices", broken)
        with pytest.raises(asyncio.CancelledError):
            await portfolios.current()
    assert (await portfolios.current()).of_team(PAYMENTS).owned == (1,)
