"""People who claim, doubt, dispute, delegate, hand over, give up and leave.

`python -m tests.simulation.ownership --days 120`: nobody presses anything in the last `--quiet-days` of them.

They press what they see at random, over signed HTTP, while the working process is killed now and then. Each day the
store is held to the rules; at the end, when nobody has pressed anything for weeks, nothing may be open with nobody who
could end it.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import select
from sqlmodel import col

from bot.blocks.eol import actions as reminders
from bot.clients.catalog import ReadOptions, read
from bot.playground.fake_slack import Delivery, FakeSlack, MessageRef, PostedMessage, View
from bot.playground.records import PlaygroundError
from bot.services.catalog import import_catalog
from bot.services.deps import Deps
from bot.store import migrations, tables
from bot.store.db import Database
from bot.web import SLACK_PATH
from tests.conftest import lasting_port
from tests.simulation import ownership_rules as rules
from tests.simulation.clock import SharedClock
from tests.simulation.hands import Choice, choices
from tests.simulation.life import Worker
from tests.simulation.organisation import PLATFORM, STARTS
from tests.slack.presses import guess

_MANIFEST = Path(__file__).resolve().parents[2] / "app.yaml"
_TOKEN, _SECRET = "xoxb-simulation", "secret-of-the-simulation"
_TEAMS = ("devops", "payments", "search", "orders", "data")
_PEOPLE = {f"{kind}-{team}": team for team in _TEAMS for kind in ("ann", "ben", "cleo")}
_ADMIN = "admin"
_ASSETS = 30
_HOURS = (0, 7, 9, 10, 13, 16)
_ACTS_AT = 11
_SATURDAY = 5
_PER_DAY = 8
#: So many of the newest messages somebody looks at in a channel.
_READ = 8
_AREAS = ("database", "ci-cd", "monitoring")
#: What some things run: its support has ended, or ends soon.
_RUNS = ("postgresql@12 on aws-rds in production", "python@3.9", "nodejs@20", "debian@bullseye")
#: How likely somebody who sees a reminder passes it on, or answers whoever passes one on.
_DELEGATES = 0.3
_ANSWERS = (reminders.ACCEPT, reminders.DECLINE)
#: The buttons of everything but reminders.
_ABOUT_OWNERS = ("ownership.", "handoff.", "orphan")
_PATIENCE = 6
#: For so many days at the end nobody presses anything.
QUIET_DAYS = 60
#: How likely the process is killed over a press.
KILL_CHANCE = 0.08


@dataclass(slots=True)
class Lived:
    """What came of it: what people did by the audit log's names, which rules were broken, how often it was killed."""

    done: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)
    messages: int = 0
    kills: int = 0


def catalog(rng: random.Random, *, changed: int = 0) -> str:
    """Return the organisation's file; with `changed` so many things in it have another owner than before."""
    assets = []
    for number in range(_ASSETS):
        owner = _TEAMS[number % len(_TEAMS)]
        if number < changed:
            owner = rng.choice(_TEAMS)
        entry: dict[str, Any] = {"name": f"thing-{number}", "kind": "service", "tier": 1 + number % 4}
        if number % 7 != 6:
            entry["owner"] = owner
        if number % 2 == 0:
            entry["runs"] = [_RUNS[number // 2 % len(_RUNS)]]
        if number % 3 == 0:
            entry["owners"] = [{"team": "devops", "area": _AREAS[number % 3]}]
        assets.append(entry)
    teams = [
        {
            "name": team,
            "channel": f"#{team}",
            "members": [f"{each}@example.test" for each in _PEOPLE if _PEOPLE[each] == team],
            "lead": f"ann-{team}@example.test",
        }
        for team in _TEAMS
    ]
    people = [{"name": each, "email": f"{each}@example.test"} for each in (*_PEOPLE, _ADMIN)]
    return yaml.safe_dump({"baton": 1, "teams": teams, "people": people, "assets": assets})


@dataclass(slots=True)
class _Crowd:
    """Everybody who may press something. What they do depends only on the seed and on what they see."""

    slack: FakeSlack
    worker: Worker
    rng: random.Random
    lived: Lived
    kill_chance: float = 0.0

    async def act(self, now: datetime) -> None:
        """Let some people do something: ask and press a button of the answer, or press one that they find."""
        for _ in range(_PER_DAY):
            user = self.rng.choice([*_PEOPLE, _ADMIN])
            if self.slack.workspace.user(user).deleted:
                continue
            if self.rng.random() < 0.45:
                word = self.rng.choice(("/whoowns", "/whoowns", "/whoowns", "/handoff"))
                text = f"{word} thing-{self.rng.randrange(_ASSETS)}"
                await self._deliver(lambda user=user, text=text: self.slack.run_command(user, "general", text))
                await self.worker.through("wait")
                await self._forms(user, now)
            await self._press_one(user, now)
            await self.worker.through("answered")

    async def _press_one(self, user: str, now: datetime) -> None:
        found = [(message, choice) for message in self._seen(user) for choice in choices(message.blocks)]
        pressable = [each for each in found if each[1].action_id.startswith(_ABOUT_OWNERS)]
        passing_on = [each for each in found if _passes_on(each[1])]
        if passing_on and self.rng.random() < _DELEGATES:
            pressable = [each for each in passing_on if each[1].action_id in _ANSWERS] or passing_on
        if not pressable:
            return
        message, choice = self.rng.choice(pressable)
        value = choice.value if choice.is_option else None
        ref = MessageRef(message.channel, message.ts)
        await self._deliver(lambda: self.slack.act(user, ref, choice.action_id, block_id=choice.block_id, value=value))
        await self.worker.through("wait")
        await self._forms(user, now)

    async def unnamed(self, database: Database) -> list[str]:
        """Return who has taken something over and is not named with it where everybody looks."""
        found = []
        for taker, owner in await rules.taken_over(database):
            user = next((each for each, team in _PEOPLE.items() if team == taker and self._is_here(each)), _ADMIN)
            await self.slack.run_command(user, "general", f"/eol {taker}")
            await self.slack.open_home(user)
            await self.worker.through("wait")
            said = [each for each in self.slack.visible_messages(user, "general") if each.ephemeral_for][-1].text
            home = self.slack.home(user) if user != _ADMIN else None
            for place, text in (("/eol", said), ("Home", str(home.payload) if home is not None else said)):
                if f"from {owner}" not in text.replace("*", ""):
                    found.append(f"{place} of {taker} does not say what it has from {owner}: {text[:2000]}")
        return found

    def _is_here(self, user: str) -> bool:
        return not self.slack.workspace.user(user).deleted

    def _seen(self, user: str) -> Iterator[PostedMessage]:
        workspace = self.slack.workspace
        person = workspace.user(user).id
        for channel in list(workspace.channels.values()):
            if person in channel.members:
                shown = [
                    each
                    for each in workspace.messages.get(channel.id, {}).values()
                    if each.user == workspace.bot_user_id and each.ephemeral_for in (None, person) and not each.deleted
                ]
                yield from shown[-_READ:]

    async def _forms(self, user: str, now: datetime) -> None:
        """Fill in whatever is open, until it is taken or there are no ideas left."""
        stack = self.slack.view_stack(user)
        if stack and stack[-1].payload.get("submit") is not None:
            view, filled = stack[-1], self._first_ideas(stack[-1], now)
            for attempt in range(_PATIENCE):
                values = dict(filled)
                sent = await self._deliver(lambda values=values: self.slack.submit_view(user, view.id, values))
                wrong = [each for each in view.errors if _is_field(view, each)]
                if not sent:  # Slack's own client takes something for no valid value
                    wrong = list(filled)
                if not wrong:
                    break
                filled |= {each: self._idea(view, each, attempt, now) for each in wrong}
            await self.worker.through("wait")
        self.slack.workspace.drop_views(self.slack.workspace.user(user).id)

    def _first_ideas(self, view: View, now: datetime) -> dict[str, Any]:
        blocks = [each for each in view.payload["blocks"] if each["type"] == "input"]
        wanted = [each for each in blocks if not each.get("optional") or self.rng.random() < 0.25]
        return {each["block_id"]: self._idea(view, each["block_id"], self.rng.randrange(4), now) for each in wanted}

    def _idea(self, view: View, block_id: str, attempt: int, now: datetime) -> Any:
        person = self.slack.workspace.user(self.rng.choice([*_PEOPLE])).id
        return guess(view, block_id, attempt, person=person, today=now.date())

    async def _deliver(self, sending: Any) -> bool:
        """Send something until Baton has taken it; return False for what no client sends."""
        for attempt in range(_PATIENCE):
            if self.rng.random() < self.kill_chance:
                self.lived.kills += 1
                asyncio.get_running_loop().call_later(self.rng.random() * 0.03, self.worker.kill)
            try:
                delivery: Delivery = await sending()
            except PlaygroundError:
                if attempt:  # what it was pressed on has changed over the press before
                    return True
                raise
            if delivery.transport == "none":
                return False
            if delivery.ok:
                return True
            await self.worker.through("wait")
        raise AssertionError("pressed again and again, and the app never answers")


def _passes_on(choice: Choice) -> bool:
    """Whether a choice hands a reminder to another team, answers that, or shows the reminder with its choices."""
    if choice.action_id == reminders.MORE:
        return choice.value.startswith(reminders.DELEGATE)
    return choice.action_id in (reminders.OPEN, *_ANSWERS)


def _is_field(view: View, block_id: str) -> bool:
    return any(each.get("block_id") == block_id and each["type"] == "input" for each in view.payload["blocks"])


async def live(
    folder: Path, *, days: int, kill_chance: float = KILL_CHANCE, seed: int = 1, quiet_days: int = QUIET_DAYS
) -> Lived:
    """Go through the days, the last `quiet_days` of them without anybody doing anything.

    What is still open is only held to the rules when the quiet days are long enough for it to end.
    """
    rng, lived, clock = random.Random(f"ownership {seed}"), Lived(), SharedClock(folder / "clock")
    clock.set(STARTS)
    url = f"sqlite:///{folder / 'baton.sqlite'}"
    database, slack, port = Database(url), _slack(clock), lasting_port()
    await migrations.upgrade(database)
    await slack.start()
    _furnish(slack)
    slack.connect_http(f"http://127.0.0.1:{port}{SLACK_PATH}")
    worker = Worker(
        url, slack.api_url, _TOKEN, _SECRET, str(port), str(folder / "clock"), "1", slack.workspace.user(_ADMIN).id
    )
    await _bring(database, clock, folder, catalog(rng))
    crowd = _Crowd(slack, worker, rng, lived, kill_chance)
    before = await rules.owned(database)
    try:
        for number in range(days):
            midnight = STARTS.replace(hour=0, minute=0) + timedelta(number)
            for hour in _HOURS:
                clock.set(midnight + timedelta(hours=hour))
                await worker.through("hour_of_all")
                if hour == 10 and number < days - quiet_days:
                    clock.set(midnight + timedelta(hours=_ACTS_AT))
                    await crowd.act(clock.now())
            if midnight.weekday() < _SATURDAY:  # what changes hands on a weekend is told, and closed, on Monday
                lived.broken += [f"day {number}: {each}" for each in await crowd.unnamed(database)]
            if number < days - quiet_days and number % 9 == 8:
                await _bring(database, clock, folder, catalog(rng, changed=rng.choice((0, 0, 2))))
            if number in (25, 50):
                slack.workspace.user(rng.choice([*_PEOPLE])).deleted = True
            after = await rules.owned(database)
            lived.broken += [f"day {number}: {each}" for each in await rules.problems(database, before, after)]
            before = after
    finally:
        await worker.end()
        await slack.stop()
    lived.broken += await rules.lost_or_doubled(database, slack, clock.now())
    if quiet_days >= QUIET_DAYS:
        lived.broken += await rules.still_open(database, slack, clock.now())
    lived.messages = sum(len(each) for each in slack.workspace.messages.values())
    async with database.reading() as session:
        lived.done = Counter((await session.execute(select(col(tables.AuditEntry.action)))).scalars())
    await database.close()
    clock.close()
    return lived


def _slack(clock: SharedClock) -> FakeSlack:
    return FakeSlack(
        signing_secret=_SECRET, bot_token=_TOKEN, app_token="", clock=clock.now, echo=False,
        monotonic=lambda: clock.now().timestamp(),
    )  # fmt: skip


def _furnish(slack: FakeSlack) -> None:
    slack.install(yaml.load(_MANIFEST.read_text(), Loader=yaml.CSafeLoader))
    for handle in (*_PEOPLE, _ADMIN):
        slack.add_user(handle, real_name=handle, email=f"{handle}@example.test", tz="Etc/UTC")
    for team in _TEAMS:
        slack.add_channel(team, members=[each for each in _PEOPLE if _PEOPLE[each] == team], bot_is_member=True)
    slack.add_channel("general", members=[*_PEOPLE, _ADMIN], bot_is_member=True)
    slack.add_channel(PLATFORM, members=[_ADMIN, "ann-devops"], bot_is_member=True, channel_id="C0PLATFORM")


async def _bring(database: Database, clock: SharedClock, folder: Path, text: str) -> None:
    """Import the organisation's file, as the job at night does."""
    file = folder / "catalog.yaml"
    file.write_text(text, encoding="utf-8")
    said = read("baton", [file], options=ReadOptions())
    await import_catalog(
        Deps(database, clock), said, source="baton", format_name="baton", paths=[str(file)], trust_people=True
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Live through it and print what people did; exit with 1 when a rule was broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=120)
    parser.add_argument("--quiet-days", type=int, default=QUIET_DAYS)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--no-kills", action="store_true")
    options = parser.parse_args(arguments)
    chance = 0.0 if options.no_kills else KILL_CHANCE
    if options.days <= options.quiet_days:
        parser.error("in so few days nobody would do anything: give fewer --quiet-days")
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        lived = asyncio.run(
            live(Path(folder), days=options.days, quiet_days=options.quiet_days, kill_chance=chance, seed=options.seed)
        )
    print(
        f"{options.days} days, {lived.messages:,} messages, killed {lived.kills} times; "
        f"{len(lived.broken)} rules broken"
    )
    print("done " + ", ".join(f"{action} {count:,}" for action, count in sorted(lived.done.items())))
    print(f"{time.monotonic() - began:.0f} s")
    for each in lived.broken[:50]:
        print(f"BROKEN {each}")
    sys.exit(1 if lived.broken else 0)


if __name__ == "__main__":
    main()
