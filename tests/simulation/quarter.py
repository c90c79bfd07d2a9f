"""A quarter of three teams, to be read: `python -m tests.simulation.quarter --days 120`.

They have what is paid for at a known price and at none, what begins to cost, what is overdue, what ends soon, what is
planned, and a version that nobody knows. One of them takes something over, one gets something from another. Every
message is printed as its reader got it, whatever it was brought up to date to later.
"""

from __future__ import annotations

import argparse
import asyncio
import re
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from bot.services import snapshot as snapshots
from bot.services.eol import answers, delegation, plan_parts
from bot.services.eol.facts import Facts
from bot.store import migrations
from bot.store.db import Database
from tests.conftest import FixedClock
from tests.services.eol_world import Seen, World, made_world

STARTS = date(2026, 11, 2)  #: a Monday
#: When the world is looked at, UTC, and the hour after whose look people answer.
_HOURS, _ANSWERING = (8, 9, 10, 12, 16), 12
_MENTION = re.compile(r"<@(\w+)>")
_DATE = re.compile(r"<!date\^\d+\^[^|]*\|([^>]*)>")


@dataclass
class Quarter:
    """The three teams, and what they do on which day."""

    world: World

    async def begin(self) -> None:
        """Let them have what they have."""
        world = self.world
        self.lena, self.kenji, self.sam = [await world.person(each) for each in ("lena", "kenji", "sam")]
        manager = await world.person("mona")
        self.payments = await world.team("payments", tz="Europe/Berlin", lead=self.lena, manager=manager)
        self.data = await world.team("data", tz="Europe/London", lead=self.kenji, manager=manager)
        self.search = await world.team("search", lead=self.sam)
        owned = (
            ("payments-db", self.payments, "amazon-rds-postgresql", "11.22"),
            ("checkout", self.payments, "nodejs", "20.11.1"),
            ("ledger", self.payments, "php", "8.2.1"),
            ("warehouse", self.data, "mysql", "5.7.44"),
            ("pipeline", self.data, "python", "3.10.4"),
            ("search-api", self.search, "mystery-box", "1.0"),
            ("search-cluster", self.search, "amazon-eks", "1.33"),
            ("session-cache", self.search, "amazon-elasticache-redis", "6.2"),
            ("archive", self.data, "amazon-documentdb", "3.6"),
        )
        self.assets, self.runs = dict[str, int](), dict[str, int]()
        for name, team, product, version in owned:
            self.assets[name] = await world.asset(name, team=team)
            self.runs[name] = await world.run(self.assets[name], version, product=product)
        await world.learn_channels()
        await snapshots.refresh(world.snapshot, world.deps.database)

    @property
    def acts(self) -> dict[date, Callable[[], Awaitable[object]]]:
        """What somebody does on a day, before the daily look."""
        return {
            date(2026, 11, 10): self.payments_offer_their_database,
            date(2026, 11, 11): self.data_accept_it,
            date(2026, 11, 16): self.data_plan_it,
            date(2026, 11, 20): self.payments_plan_the_ledger,
            date(2026, 12, 1): self.search_get_the_ledger,
            date(2026, 12, 10): self.payments_are_compatible,
            date(2026, 12, 12): self.search_keep_the_plan,
            date(2027, 1, 14): self.the_database_is_upgraded,
        }

    async def payments_offer_their_database(self) -> None:
        await delegation.delegate(
            *self._here, reminder_id=await self._reminder("amazon-rds-postgresql"), person_id=self.lena,
            team_id=self.data, reason="You have upgraded three of these this year.",
        )  # fmt: skip

    async def data_accept_it(self) -> None:
        reminder = await self._reminder("amazon-rds-postgresql")
        [offer] = next(each for each in await self.world.reminders() if each.id == reminder).answers
        await delegation.decide(*self._here, answer_id=offer.id, person_id=self.kenji, is_accepted=True)

    async def data_plan_it(self) -> None:
        who = {
            each: person.slack_id for each in (self.lena, self.kenji) if (person := self.world.snapshot.person(each))
        }
        await answers.plan(
            *self._here, reminder_id=await self._reminder("amazon-rds-postgresql"), person_id=self.kenji,
            on=date(2027, 1, 15),
            detail={
                "target": "16", "compatibility": who[self.lena], "compatible_by": "2026-12-15",
                "upgrade": who[self.kenji], "rollback": "errors above 1% for ten minutes", "decider": who[self.kenji],
            },
        )  # fmt: skip

    async def payments_plan_the_ledger(self) -> None:
        reminder = await self._reminder("php")
        await answers.plan(
            *self._here, reminder_id=reminder, person_id=self.lena, on=date(2027, 2, 1), detail={"target": "8.4"}
        )

    async def search_get_the_ledger(self) -> None:
        await self.world.hand_over(self.assets["ledger"], team=self.search)

    async def payments_are_compatible(self) -> None:
        await plan_parts.close(
            *self._here, reminder_id=await self._reminder("amazon-rds-postgresql"), person_id=self.lena
        )

    async def search_keep_the_plan(self) -> None:
        await answers.keep_plan(*self._here, reminder_id=await self._reminder("php"), person_id=self.sam)

    async def the_database_is_upgraded(self) -> None:
        await self.world.stop(self.runs["payments-db"])
        await self.world.run(self.assets["payments-db"], "16.4", product="amazon-rds-postgresql")

    @property
    def _here(self) -> tuple[object, ...]:
        return self.world.deps, self.world.watcher

    async def _reminder(self, product: str) -> int:
        found = [each for each in await self.world.reminders() if each.product == product]
        return max(found, key=lambda each: each.id).id


async def live(folder: Path, days: int) -> list[Seen]:
    """Live through the days, by the hours in which something is said; return every message as it was sent."""
    database, clock = Database(f"sqlite:///{folder / 'baton.sqlite'}"), FixedClock()
    await migrations.upgrade(database)
    async with made_world(database, clock) as world:
        world.facts = Facts()  # type: ignore[assignment]  # the table that ships with Baton
        world.start()
        quarter, seen = Quarter(world), dict[tuple[str, datetime], Seen]()
        await quarter.begin()
        for day in (STARTS + timedelta(number) for number in range(days)):
            for hour in _HOURS:
                await world.go(datetime(day.year, day.month, day.day, hour, tzinfo=UTC), hours=(hour,))
                if hour == _ANSWERING and (act := quarter.acts.get(day)) is not None:
                    await act()
                    await world.arrive()
                for each in world.seen():
                    if (each.channel, each.at) not in seen:  # as it was sent
                        seen[each.channel, each.at] = replace(each, text=_named(each.text, world))
    await database.close()
    return list(seen.values())


def _named(text: str, world: World) -> str:
    """Return a message's text with the handles of the people whom it mentions."""
    return _MENTION.sub(lambda found: f"@{world.slack.workspace.users[found[1]].handle}", text)


def _rows(buttons: Iterable[str]) -> str:
    return " ".join(f"[{each}]" for each in buttons)


def readable(each: Seen) -> str:
    """Return a message as somebody reads it: the day, the place, and its words and buttons."""
    kind = " (reply)" if each.is_reply else ""
    kind += " (shown in the channel, too)" if each.is_broadcast else ""
    text = _DATE.sub(r"\1", each.text)
    beside = f"\n    beside the lines: {_rows(each.beside)}" if each.beside else ""
    buttons = beside + (f"\n    {_rows(each.buttons)}" if each.buttons else "")
    words = "\n    ".join(text.splitlines())
    return f"{each.at:%a %Y-%m-%d} {each.channel}{kind}\n    {words}{buttons}"


def main() -> None:
    """Print the quarter."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=120)
    days = parser.parse_args().days
    with tempfile.TemporaryDirectory() as folder:
        seen = asyncio.run(live(Path(folder), days))
    sys.stdout.write("\n\n".join(map(readable, seen)) + f"\n\n{len(seen)} messages in {days} days\n")


if __name__ == "__main__":
    main()
