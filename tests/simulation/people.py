"""What people do in the simulated year: they read their channel, press buttons or not, upgrade or not.

Everything is drawn from what a message is about, so that it is the same in every run.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import select
from sqlmodel import col

from bot.blocks.eol import actions as ids
from bot.blocks.ownership.actions import CLAIM, CLAIM_REASON, CLAIM_TEAM
from bot.domain.eol import InCycle, match
from bot.domain.eol.answers import LONGEST_WAIVER
from bot.domain.inventory.observations import Seen
from bot.playground.fake_slack import FakeSlack, PostedMessage, View
from bot.services.deps import Deps
from bot.services.inventory.deployments import Scan, record
from bot.store import tables
from bot.store.db import Database
from tests.simulation.calendars import calendar
from tests.simulation.hands import Choice, Hands, choices, find, options_of
from tests.simulation.organisation import HOW, SEED, SOURCE, MovingFacts, Organisation, Team

#: What somebody does about something that was said, and how often of a hundred times.
_WEIGHTS = {
    "": 64,
    "acknowledge": 12,
    "plan": 9,
    "snooze": 5,
    "waive": 2.5,
    "done": 2,
    "delegate": 2.5,
    "not_ours": 1.5,
    "wrong_version": 1.5,
}
#: So many things on one card are said to be another version; whoever has more of them leaves it.
_MOST_PINS = 3
_DECISIONS = {
    ids.ACCEPT: (ids.ACCEPT, ids.ACCEPT, ids.DECLINE, ""),
    ids.APPROVE: (ids.APPROVE, ids.APPROVE, ids.APPROVE, ids.REFUSE, ""),
}


@dataclass(frozen=True, slots=True)
class _Task:
    """Something in front of a person's eyes: a reminder, a question or a version in a message.

    `subject` says what it is in words that are the same in every run; `row` is the reminder, or the answer asked about.
    """

    team: Team
    user: str
    message: PostedMessage
    choice: Choice
    subject: str
    row: Any = None


@dataclass(slots=True)
class People:
    """Everybody of the organisation. `upgrades` are still to come, by day: (team, product, cycle)."""

    organisation: Organisation
    database: Database
    deps: Deps
    slack: FakeSlack
    hands: Hands
    facts: MovingFacts
    seen: set[str] = field(default_factory=set)
    read: Counter[str] = field(default_factory=Counter)
    upgrades: dict[date, list[tuple[str, str, str]]] = field(default_factory=dict)

    async def act(self, now: datetime) -> None:
        """Let everybody who is at work read what is new and answer some of it, and carry out the day's upgrades."""
        tasks = await self._tasks([team for team in self.organisation.teams if calendar(team.zone).is_open(now)])
        for task in tasks:
            await self._do(task, now)
        await self._upgrade(self.upgrades.pop(now.date(), []))

    def forget(self) -> None:
        """Lose what only one person saw, as Slack's clients do when they are started anew."""
        for place, messages in self.slack.workspace.messages.items():
            kept = {ts: message for ts, message in messages.items() if message.ephemeral_for is None}
            if len(kept) < len(messages):
                self.slack.workspace.messages[place] = kept

    async def _tasks(self, teams: Sequence[Team]) -> list[_Task]:
        """Return what is new to these teams, in an order that does not depend on the order of the messages."""
        found: list[tuple[Team, str, PostedMessage, Choice]] = []
        for team in teams:
            for user, place in self._places(team):
                new = list(
                    islice(self.slack.workspace.messages.get(place, {}).values(), self.read[f"{user} {place}"], None)
                )
                self.read[f"{user} {place}"] += len(new)
                for message in new:
                    if message.user == self.slack.workspace.bot_user_id:
                        found += [(team, user, message, choice) for choice in choices(message.blocks)]
        rows = await self._rows([choice for *_, choice in found])
        tasks: dict[str, _Task] = {}
        for team, user, message, choice in found:
            row = rows.get((_KINDS.get(choice.action_id, ""), choice.value))
            subject = self._subject(team, user, choice, row)
            if subject and subject not in self.seen:
                tasks.setdefault(subject, _Task(team, user, message, choice, subject, row))
        self.seen |= tasks.keys()
        return [tasks[subject] for subject in sorted(tasks)]

    def _places(self, team: Team) -> list[tuple[str, str]]:
        """Return who of a team reads where: its channel is read by a member, direct messages by the lead."""
        workspace = self.slack.workspace
        places = []
        if team.lead:
            places += [
                (team.lead, channel.id)
                for channel in list(workspace.channels.values())
                if channel.is_im and workspace.user(team.lead).id in channel.members
            ]
        if team.place != team.lead:
            places.append((team.member, workspace.channel(team.place).id))
        return places

    async def _rows(self, pressed: Sequence[Choice]) -> dict[tuple[str, str], Any]:
        """Return what the values of buttons stand for, by kind and value."""
        found: dict[tuple[str, str], Any] = {}
        kinds: dict[str, set[int]] = {}
        for choice in pressed:
            if choice.action_id in _KINDS and choice.value.partition("|")[0].isdecimal():
                kinds.setdefault(_KINDS[choice.action_id], set()).add(int(choice.value.partition("|")[0]))
        async with self.database.reading() as session:
            for kind, numbers in kinds.items():
                table: Any = _TABLES[kind]
                for row in (await session.execute(select(table).where(col(table.id).in_(numbers)))).scalars():
                    found[kind, f"{row.id}|" if kind == "asset" else str(row.id)] = row
            answered = {row.reminder_id for (kind, _), row in found.items() if kind == "answer"}
            query = select(tables.Reminder).where(col(tables.Reminder.id).in_(answered))
            reminders = {row.id: row for row in (await session.execute(query)).scalars()}
        for (kind, value), row in list(found.items()):
            if kind == "answer":
                found[kind, value] = row, reminders[row.reminder_id]
        return found

    def _subject(self, team: Team, user: str, choice: Choice, row: Any) -> str:
        """Return what a choice is about, for those who would care; empty for everybody else."""
        if row is None:
            return ""
        match choice.action_id:
            case ids.OPEN | ids.EXPLAIN:
                told = row.delegated_to or _team_of(row.addressee)
                is_open = row.resolved_at is None and told == team.number
                return f"{user} {_name(row)} {row.deadline} {row.milestone}" if is_open else ""
            case ids.ACCEPT | ids.APPROVE:
                answer, reminder = row
                is_asked = answer.decided_by is None and answer.ended_at is None
                is_ours = choice.action_id == ids.APPROVE or answer.team_id == team.number
                about = f"{user} {choice.action_id} {_name(reminder)} {answer.at}"
                return about if is_asked and is_ours else ""
            case ids.PIN:
                return f"{user} pin {row.asset_id} {row.product} {row.version}"
            case _:
                return f"{user} claim {row.id}"

    async def _do(self, task: _Task, now: datetime) -> None:
        rng = random.Random(f"{SEED} {task.subject}")
        match task.choice.action_id:
            case ids.OPEN | ids.EXPLAIN:
                await self._answer(task, rng, now)
            case ids.ACCEPT | ids.APPROVE:
                await self._decide(task, rng)
            case ids.PIN if rng.random() < 0.2:
                view = await self.hands.form(task.user, task.message, task.choice)
                if view is not None and (offered := options_of(view, ids.PIN_CYCLE)):
                    await self.hands.submit(task.user, view, {ids.PIN_CYCLE: rng.choice(offered)})
            case action if action == CLAIM and rng.random() < 0.5:
                view = await self.hands.form(task.user, task.message, task.choice)
                if view is not None:
                    await self.hands.submit(
                        task.user, view, {CLAIM_TEAM: str(task.team.number), CLAIM_REASON: "We run it"}
                    )

    async def _decide(self, task: _Task, rng: random.Random) -> None:
        """Decide on what somebody asked: a waiver as another person than who asked, where there is one."""
        answer, _ = task.row
        word = rng.choice(_DECISIONS[task.choice.action_id])
        choice = find(task.message, word, task.choice.value) if word else None
        asked_by = self.organisation.handle_of(answer.person_id)
        user = task.user
        if task.choice.action_id == ids.APPROVE and user == asked_by:
            user = task.team.member if user == task.team.lead else task.team.lead
        is_there = (
            user and self.slack.workspace.user(user).id in self.slack.workspace.channels[task.message.channel].members
        )
        if choice is not None and is_there:
            await self.hands.press(user, task.message, choice)

    async def _answer(self, task: _Task, rng: random.Random, now: datetime) -> None:
        row, today = task.row, calendar(task.team.zone).day(now)
        kind = rng.choices(list(_WEIGHTS), weights=list(_WEIGHTS.values()))[0]
        if row.deadline < today and rng.random() < 0.2:
            self._upgrade_in(rng.randrange(1, 20), row, now)
        if not kind:
            return
        card = await self.hands.card(task.user, task.message, int(row.id))
        if card is None:
            return
        if kind == "acknowledge":
            choice = find(card, ids.ACKNOWLEDGE, str(row.id))
        elif kind == "snooze":
            choice = find(card, ids.SNOOZE, f"{rng.choice(ids.SNOOZE_DAYS)}|{row.id}")
        else:
            await self._fill_in(task, card, kind, rng, now)
            return
        if choice is not None:
            await self.hands.press(task.user, card, choice)

    async def _fill_in(self, task: _Task, card: PostedMessage, kind: str, rng: random.Random, now: datetime) -> None:
        """Answer by a form, where there is one on the card."""
        row = task.row
        action_id, value = (ids.PLAN, str(row.id)) if kind == "plan" else (ids.MORE, f"{kind}|{row.id}")
        choice = find(card, action_id, value)
        if choice is None:
            return
        if kind == ids.WRONG_VERSION:
            await self._pin_all(task, card, choice, rng)
            return
        view = await self.hands.form(task.user, card, choice)
        if view is not None:
            await self.hands.submit(task.user, view, self._values(task, kind, view, rng, now))

    def _values(self, task: _Task, kind: str, view: View, rng: random.Random, now: datetime) -> dict[str, Any]:
        """Return what is filled in; whoever plans or is done mostly upgrades, too."""
        today = calendar(task.team.zone).day(now)
        match kind:
            case "plan":
                days = rng.randrange(5, 60)
                if rng.random() < 0.75:
                    self._upgrade_in(days, task.row, now)
                return {ids.PLAN_DAY: (today + timedelta(days)).isoformat()}
            case ids.WAIVE:
                until = today + timedelta(rng.randrange(30, LONGEST_WAIVER))
                return {ids.WAIVE_REASON: "It is switched off before that.", ids.WAIVE_DAY: until.isoformat()}
            case ids.DELEGATE:
                return {ids.DELEGATE_TEAM: rng.choice(options_of(view, ids.DELEGATE_TEAM))}
            case ids.NOT_OURS:
                reason = {ids.NOT_OURS_REASON: "We gave it away long ago."}
                if rng.random() < 0.4:
                    return reason
                return {**reason, ids.NOT_OURS_TEAM: rng.choice(options_of(view, ids.NOT_OURS_TEAM))}
            case _:
                if rng.random() < 0.6:
                    self._upgrade_in(rng.randrange(1, 30), task.row, now)
                return {}

    async def _pin_all(self, task: _Task, card: PostedMessage, choice: Choice, rng: random.Random) -> None:
        """Say of each thing on a card that it is another version: the form takes one at a time."""
        view = await self.hands.form(task.user, card, choice)
        if view is None or not (offered := options_of(view, ids.PIN_CYCLE)):
            return
        cycle, left = rng.choice(offered), options_of(view, ids.PIN_WHAT)
        while view is not None and len(left) <= _MOST_PINS:
            values = {ids.PIN_CYCLE: cycle, **({ids.PIN_WHAT: left[0]} if left else {})}
            if not await self.hands.submit(task.user, view, values):
                return
            if len(left) < 2:
                return
            view = await self.hands.form(task.user, card, choice)
            left = options_of(view, ids.PIN_WHAT) if view is not None else []

    def _upgrade_in(self, days: int, row: tables.Reminder, now: datetime) -> None:
        self.upgrades.setdefault(now.date() + timedelta(days), []).append((row.addressee, row.product, row.cycle))

    async def _upgrade(self, due: Sequence[tuple[str, str, str]]) -> None:
        """Let the source see what these addressees run of these cycles in the newest one."""
        seen: dict[int, list[Seen]] = {}
        async with self.database.reading() as session:
            for addressee, product, cycle in sorted(set(due)):
                found = self.facts.table.get(product)
                team = _team_of(addressee)
                if found is None or team is None:
                    continue
                newest = found.cycles[0].latest or found.cycles[0].name
                query = (
                    select(tables.Deployment)
                    .join(tables.Ownership, col(tables.Ownership.asset_id) == col(tables.Deployment.asset_id))
                    .where(
                        col(tables.Deployment.gone_at).is_(None),
                        col(tables.Deployment.product) == product,
                        col(tables.Ownership.team_id) == team,
                    )
                )
                for row in (await session.execute(query)).scalars():
                    if self._cycle(row) == cycle and row.version != newest:
                        seen[row.asset_id] = [Seen(product=product, version=newest, how=HOW)]
        if seen:
            await record(self.deps, Scan(source=SOURCE, how=HOW, seen=seen), actor=f"scan:{SOURCE}")

    def _cycle(self, row: tables.Deployment) -> str:
        found = match(self.facts.table, product=row.product, version=row.version)
        return found.cycle.name if isinstance(found, InCycle) else ""


#: What the value of a button is the number of.
_KINDS = {
    ids.OPEN: "reminder",
    ids.EXPLAIN: "reminder",
    ids.ACCEPT: "answer",
    ids.APPROVE: "answer",
    ids.PIN: "deployment",
    CLAIM: "asset",
}
_TABLES: dict[str, Any] = {
    "reminder": tables.Reminder,
    "answer": tables.ReminderAnswer,
    "deployment": tables.Deployment,
    "asset": tables.Asset,
}


def _name(row: tables.Reminder) -> str:
    return f"{row.addressee} {row.product} {row.cycle} {row.kind}"


def _team_of(addressee: str) -> int | None:
    return int(addressee.removeprefix("team:")) if addressee.startswith("team:") else None


def hour_of_answers(now: datetime) -> bool:
    """Whether people answer in this hour: some time after each continent's morning."""
    return now.astimezone(UTC).hour in (3, 11, 19)
