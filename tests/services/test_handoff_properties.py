"""Handoffs, whatever people, days, imports and crashes do to them, in any order.

Each area always has one owner, undisputed: the one whom the file names, or the last team of which somebody accepted it
who had not offered it. The file is never corrected, and is imported again and again.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from datetime import date, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import event, select
from sqlmodel import col

from bot.domain.catalog import Area, Role
from bot.domain.handoff.handoffs import OPEN, TRANSITIONS, HandoffStep, HandoffTerms, ResourceState
from bot.domain.ownership import EXPECTED_FOR, Disputed, Owned
from bot.errors import UserError
from bot.services.catalog import import_catalog
from bot.services.deps import Deps
from bot.services.handoff import due_days, offers, steps
from bot.services.handoff.offers import NewHandoff
from bot.services.handoff.steps import Words
from bot.services.ownership import look_up
from bot.services.snapshot import Snapshot, refresh
from bot.services.transfers import Resource
from bot.store import migrations, tables
from bot.store.db import Database
from tests.conftest import NIGHT, FixedClock
from tests.services.catalog_world import asset, catalog, owner, person, team

TEAMS = ("devops", "payments", "search")
#: Lin is in two teams, and may accept for one what she has not offered for the other.
MEMBERS = {"devops": ("omar", "lin"), "payments": ("ada", "grace", "lin"), "search": ("solo",)}
PEOPLE = ("omar", "lin", "ada", "grace", "solo", "eve")
#: Who owns what by the file that nobody corrects.
OWNED = {
    ("orders", Area.APPLICATION): "payments",
    ("orders", Area.DATABASE): "devops",
    ("orders", Area.MONITORING): "devops",
    ("index", Area.ALL): "devops",
    ("part", Area.ALL): "devops",  # inherited from `index`
}
THINGS = tuple(OWNED)

people, teams, numbers = st.sampled_from(PEOPLE), st.sampled_from(TEAMS), st.sampled_from([1, 1, 2, 3, 4])
devops_has = st.sampled_from([THINGS[1:3], THINGS[3:4], THINGS[4:5], THINGS[1:5]]).map(list)
chosen = st.lists(st.sampled_from(THINGS), min_size=1, max_size=3, unique=True)
terms = st.tuples(st.sampled_from([0, 0, 2]), st.sampled_from([0, 3]), st.sampled_from([0, 0, 6, 45]))
actions = st.one_of(
    st.tuples(st.just("begin"), st.sampled_from(["offer", "offer", "ask"]), people, teams, teams, chosen, terms),
    *2 * [st.tuples(st.just("step"), numbers, people, st.sampled_from(list(HandoffStep)), st.integers(0, 3))],
    *2 * [st.tuples(st.just("allowed"), numbers, st.none(), st.integers(0, 2), st.integers(0, 3))],
    *3 * [st.tuples(st.just("allowed"), numbers, st.sampled_from(list(HandoffStep)), st.integers(0, 2), st.just(3))],
    *3 * [st.tuples(st.just("allowed"), numbers, st.just(HandoffStep.ACCEPT), st.integers(0, 2), st.integers(0, 3))],
    st.tuples(st.just("allowed"), numbers, st.just(HandoffStep.CALL_OFF), st.integers(0, 2), st.integers(0, 3)),
    st.tuples(st.just("again"), numbers, people, terms),
    st.tuples(st.just("back"), numbers, people),
    st.tuples(st.just("carry_on")),
    st.tuples(st.just("load"), st.integers(1, 4)),
)


class KilledError(BaseException):
    """The process is gone, at this statement."""


class Handoffs(RuleBasedStateMachine):
    """One organisation with its store, and the process that serves it now."""

    template: Path

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = Path(tempfile.mkdtemp(prefix="baton-handoffs-"))
        shutil.copy(self.template, self.folder / "baton.sqlite")
        self.clock = FixedClock()
        self.dies_in = 0  #: the statement, counted from now, at which the process is killed; 0 for none
        self.wait(self.start())

    @initialize(
        which=devops_has, said=terms, giver=st.sampled_from(["omar", "lin"]), taker=st.sampled_from(MEMBERS["payments"])
    )
    def something_is_handed_over(
        self, which: list[tuple[str, Area]], said: tuple[int, int, int], giver: str, taker: str
    ) -> None:
        self.act(("begin", "offer", giver, "devops", "payments", which, said))
        self.act(("step", 1, taker, HandoffStep.ACCEPT, 3))

    def wait(self, what: Coroutine[Any, Any, Any]) -> Any:
        return self.runner.run(what)

    async def start(self) -> None:
        """Start a process: what it knows comes from the store."""
        self.database = Database(f"sqlite:///{self.folder / 'baton.sqlite'}")
        for name in ("before_cursor_execute", "commit"):
            event.listen(self.database.engine.sync_engine, name, self.die)
        self.deps, self.snapshot = Deps(self.database, self.clock), Snapshot()
        await refresh(self.snapshot, self.database)
        self.teams = {each.name: each.id for each in self.snapshot.teams()}
        found = {number: self.snapshot.person(number) for number in range(1, len(PEOPLE) + 1)}
        self.people = {each.name: number for number, each in found.items() if each is not None}
        assets = filter(None, map(self.snapshot.asset, self.snapshot.directory.ids()))
        self.assets = {each.name: each.id for each in assets}

    def die(self, *_: Any) -> None:
        self.dies_in -= 1
        if self.dies_in == 0:
            raise KilledError

    async def survive(self, work: Callable[[], Awaitable[Any]]) -> Any:
        """Do something; should the process be killed, start another one, and do it again, as people would."""
        try:
            return await work()
        except KilledError:
            self.dies_in = 0
            await self.database.close()
            await self.start()
            return await work()

    @rule(action=actions)
    def act(self, action: tuple[Any, ...], *, dies_in: int = 0) -> None:
        self.clock.advance(timedelta(seconds=1))
        its = self.wait(self.possible(action))
        self.dies_in = dies_in
        self.wait(self.survive(lambda: self.do(its)))
        self.dies_in = 0
        self.wait(refresh(self.snapshot, self.database))

    @rule(action=actions, statement=st.integers(1, 40))
    def is_killed_in(self, action: tuple[Any, ...], statement: int) -> None:
        self.act(action, dies_in=statement)

    @rule(action=actions)
    def twice(self, action: tuple[Any, ...]) -> None:
        """What is pressed twice moves nothing the second time."""
        action = self.wait(self.possible(action))
        self.act(action)
        before = self.wait(self.rows(tables.Transfer))
        self.act(action)
        if action[0] == "step":
            assert self.wait(self.rows(tables.Transfer)) == before, action

    @rule(first=actions, second=actions)
    def at_once(self, first: tuple[Any, ...], second: tuple[Any, ...]) -> None:
        async def both() -> None:
            await asyncio.gather(self.do(await self.possible(first)), self.do(await self.possible(second)))

        self.wait(both())
        self.wait(refresh(self.snapshot, self.database))

    @rule(days=st.sampled_from([1, 1, 3, 15]))
    def days_pass(self, days: int) -> None:
        self.clock.advance(timedelta(days=days))
        self.act(("carry_on",))
        self.act(("carry_on",))  # what passes and returns on one day does so one after the other
        self.wait(self.check_days())

    async def check_days(self) -> None:
        """Nothing is left of what was to be over by today."""
        today = self.clock.now().date()
        for row in await self.rows(tables.HandoffResource, col(tables.HandoffResource.overlap_ended_at).is_(None)):
            assert row.overlap_until is None or row.overlap_until >= today
        lent = {each.id for each in await self.rows(tables.Handoff, col(tables.Handoff.loan_until) <= today)}
        for row in await self.rows(tables.HandoffResource, col(tables.HandoffResource.returned_at).is_(None)):
            assert row.moved_at is None or row.handoff_id not in lent

    async def possible(self, action: tuple[Any, ...]) -> tuple[Any, ...]:
        """Return the action, with a step that the handoff allows now and somebody who may take it."""
        kind, *rest = action
        if kind != "allowed":
            return action
        number, which, who, part = rest
        rows = await self.rows(tables.HandoffResource, col(tables.HandoffResource.handoff_id) == number)
        if not rows:
            return ("carry_on",)
        row = rows[part % len(rows)]
        able = [each for each in HandoffStep if ResourceState(row.state) in TRANSITIONS[each].sources]
        step = which if which in able or not able else able[who % len(able)]
        if not able:
            return ("carry_on",)
        [handoff] = await self.rows(tables.Handoff, col(tables.Handoff.id) == number)
        is_givers = TRANSITIONS[step].right is TRANSITIONS[HandoffStep.OFFER].right
        is_givers |= step is HandoffStep.SUPPLY
        is_givers |= step is HandoffStep.CALL_OFF and who % 2 == 0  # either side goes back on it
        team_id = handoff.giver_team_id if is_givers else handoff.receiver_team_id
        members = MEMBERS[next(name for name, each in self.teams.items() if each == team_id)]
        someone = members[who % len(members)]
        if step is HandoffStep.OFFER:
            return "again", number, someone, (0, 0, 0)
        return "step", number, someone, step, part

    async def do(self, action: tuple[Any, ...]) -> None:
        """Do what somebody may be refused: then nothing has changed."""
        kind, *rest = action
        with suppress(UserError):
            await getattr(self, f"do_{kind}")(*rest)

    async def do_begin(
        self,
        way: str,
        who: str,
        giver: str,
        receiver: str,
        which: list[tuple[str, Area]],
        said: tuple[int, int, int],
    ) -> None:
        new = NewHandoff(
            giver_team_id=self.teams[giver],
            receiver_team_id=self.teams[receiver],
            resources=tuple(Resource(self.assets[name], area) for name, area in which),
            person_id=self.people[who],
            terms=self.terms(said),
        )
        await getattr(offers, way)(self.deps, self.snapshot, new)

    async def do_step(self, number: int, who: str, step: HandoffStep, part: int) -> None:
        rows = await self.rows(tables.HandoffResource, col(tables.HandoffResource.handoff_id) == number)
        if TRANSITIONS[step].right is None or not rows:
            return
        [handoff] = await self.rows(tables.Handoff, col(tables.Handoff.id) == number)
        await steps.take(
            self.deps,
            self.snapshot,
            handoff_id=number,
            person_id=self.people[who],
            step=step,
            version=handoff.version,
            resource_ids=() if part == 3 else (rows[part % len(rows)].id,),
            words=Words("Not now", "A runbook", "Omar", self.clock.now().date() + timedelta(2)),
        )

    async def do_again(self, number: int, who: str, said: tuple[int, int, int]) -> None:
        found = await self.rows(tables.Handoff, col(tables.Handoff.id) == number)
        version = found[0].version if found else 1
        await offers.offer_again(
            self.deps,
            self.snapshot,
            handoff_id=number,
            person_id=self.people[who],
            version=version,
            terms=self.terms(said),
        )

    async def do_back(self, number: int, who: str) -> None:
        await offers.hand_back(self.deps, self.snapshot, handoff_id=number, person_id=self.people[who], reason="No")

    async def do_carry_on(self) -> None:
        await due_days.run(self.deps, self.snapshot)

    async def do_load(self, tier: int) -> None:
        await load(self.deps, tier=tier)

    def terms(self, said: tuple[int, int, int]) -> HandoffTerms:
        wait, overlap, loan = said
        today = self.clock.now().date()

        def later(days: int) -> date | None:
            return today + timedelta(days) if days else None

        return HandoffTerms(effective_on=later(wait), overlap_days=overlap, loan_until=later(loan))

    async def rows(self, table: Any, *conditions: Any) -> list[Any]:
        async with self.database.reading() as session:
            query = select(table).where(*conditions).order_by(*tables.core(table).primary_key)
            return list((await session.execute(query)).scalars())

    @invariant()
    def everything_has_one_owner_who_accepted(self) -> None:
        self.wait(self.check())

    async def check(self) -> None:
        expected = {(self.assets[name], area.value): self.teams[whose] for (name, area), whose in OWNED.items()}
        entries = {each.id: each for each in await self.rows(tables.AuditEntry)}
        part, whole = ((self.assets[name], Area.ALL.value) for name in ("part", "index"))
        inherits, moves = True, await self.rows(tables.Transfer)
        for entry, together in groupby(moves, key=lambda each: each.audit_id):
            moved = {(each.asset_id, each.area): each for each in together}
            assert {expected[thing] for thing in moved} == {each.giver_team_id for each in moved.values()}
            self.require_acceptance(next(iter(moved.values())), entries, entries[entry])
            await self.require_no_call_off(set(moved), entries, entries[entry])
            expected |= {thing: each.receiver_team_id for thing, each in moved.items()}
            inherits = inherits and part not in moved
            if inherits:
                expected[part] = expected[whole]
        late = await self.named_for_too_long(moves)
        late |= {part} if whole in late else set()
        for name, area in THINGS:
            verdict = look_up(self.deps, self.snapshot, self.assets[name], area=area)
            if isinstance(verdict, Disputed) and (self.assets[name], area.value) in late:
                # The file has named a giver for too long; whoever accepted it owns it all the same.
                assert expected[self.assets[name], area.value] in {held.fact.team_id for held in verdict.claims}
                continue
            assert isinstance(verdict, Owned), (name, area, verdict)
            primary = {held.fact.team_id for held in verdict.owners if held.fact.area is area}
            assert primary == {expected[self.assets[name], area.value]}, (name, area)
        await self.check_facts(expected, late)

    async def named_for_too_long(self, moves: list[tables.Transfer]) -> set[tuple[int, str]]:
        """Return of what the file has named a giver for too long; while something is lent, no day counts."""
        loans = {each.id for each in await self.rows(tables.Handoff, col(tables.Handoff.loan_until).is_not(None))}
        lent = {
            (each.asset_id, each.area): each.moved_at
            for each in await self.rows(tables.HandoffResource, col(tables.HandoffResource.returned_at).is_(None))
            if each.handoff_id in loans and each.moved_at is not None
        }
        now = self.clock.now()
        things = {(each.asset_id, each.area): each.at + EXPECTED_FOR for each in reversed(moves)}
        return {thing for thing, until in things.items() if min(now, lent.get(thing, now)) >= until}

    async def check_facts(self, expected: dict[tuple[int, str], int], late: set[tuple[int, str]]) -> None:
        facts = await self.rows(tables.Ownership, col(tables.Ownership.valid_to).is_(None))
        for fact in facts:
            if fact.role == Role.OWNER.value and (fact.is_agreed or (fact.asset_id, fact.area) not in late):
                assert expected[fact.asset_id, fact.area] == fact.team_id, "nobody else is an owner of it"
        overlaps = {
            (each.asset_id, each.area)
            for each in await self.rows(tables.HandoffResource)
            if each.moved_at and each.overlap_until and each.overlap_ended_at is None
        }
        secondary = {(each.asset_id, each.area) for each in facts if each.role == Role.SECONDARY.value}
        assert secondary <= overlaps, "an overlap ends by itself"
        under_way = [
            (each.asset_id, each.area)
            for each in await self.rows(tables.HandoffResource)
            if ResourceState(each.state) in OPEN
        ]
        assert len(under_way) == len(set(under_way)), "nothing is offered twice at a time"

    def require_acceptance(self, moved: tables.Transfer, entries: dict[int, Any], entry: Any) -> None:
        """Hold a change of owner against what was offered and accepted before it, as the audit log has it."""
        number = int(entry.subject.removeprefix("handoff:"))
        theirs = [each for each in entries.values() if each.subject == f"handoff:{number}" and each.id <= entry.id]
        accepted = [each for each in theirs if each.action == "handoff.accept"]
        assert accepted, "somebody accepted"
        is_return = entry.action == "handoff.return"
        to = moved.giver_team_id if is_return else moved.receiver_team_id
        members = MEMBERS[next(name for name, each in self.teams.items() if each == to)]
        for one in accepted:
            who = int(one.actor.removeprefix("person:"))
            offered = [each for each in theirs if each.action == "handoff.offer" and each.id < one.id][-1]
            assert next(name for name, each in self.people.items() if each == who) in members, "of the receiving team"
            assert offered.actor != one.actor, "who has not offered it"

    async def require_no_call_off(self, moved: set[tuple[int, str]], entries: dict[int, Any], entry: Any) -> None:
        """Of what passes, nobody has gone back on the acceptance."""
        number = int(entry.subject.removeprefix("handoff:"))
        resources = await self.rows(tables.HandoffResource, col(tables.HandoffResource.handoff_id) == number)
        for row in resources:
            steps_taken = [
                each.action
                for each in entries.values()
                if each.subject == entry.subject
                and each.id <= entry.id
                and each.action in ("handoff.accept", "handoff.call_off")
                and row.id in each.detail["resources"]
            ]
            if (row.asset_id, row.area) in moved:
                assert steps_taken[-1] == "handoff.accept"

    def teardown(self) -> None:
        try:
            self.wait(self.check())
        finally:
            self.wait(self.database.close())
            self.runner.close()
            shutil.rmtree(self.folder)


async def load(deps: Deps, *, tier: int) -> None:
    """Import the file as somebody else edits it: who owns what stays as it was."""
    by_name: dict[str, list[Any]] = {"orders": [], "index": [], "part": []}
    for (name, area), whose in OWNED.items():
        if name != "part":
            by_name[name].append(owner(whose, area=area))
    assets = [
        asset(name, name, *owners, tier=tier, parent="service:index" if name == "part" else None)
        for name, owners in by_name.items()
    ]
    said = catalog(*assets)
    await import_catalog(deps, said, source="file", format_name="codeowners", paths=["x"])


@pytest.fixture(scope="module")
def organisation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The store of an organisation without handoffs."""
    file = tmp_path_factory.mktemp("handoffs") / "baton.sqlite"
    asyncio.run(_make(file))
    return file


async def _make(file: Path) -> None:
    database = Database(f"sqlite:///{file}")
    await migrations.upgrade(database)
    deps = Deps(database, FixedClock())
    claims = [person(name=name, email=f"{name}@example.test") for name in PEOPLE]
    said = catalog(
        *claims,
        *(
            team(name, channel=f"#{name}", members=tuple(f"{each}@example.test" for each in members))
            for name, members in MEMBERS.items()
        ),
    )
    await import_catalog(deps, said, source="people", format_name="backstage", paths=["x"], trust_people=True)
    await load(deps, tier=1)
    await database.close()


def test_handoffs_in_any_order(organisation: Path) -> None:
    kind = type("Handoffs", (Handoffs,), {"template": organisation})
    examples = settings(max_examples=1000 if NIGHT else 6, stateful_step_count=15, deadline=None)
    run_state_machine_as_test(kind, settings=examples)


def test_no_step_offers_what_is_offered_in_another_handoff(organisation: Path) -> None:
    state = type("Handoffs", (Handoffs,), {"template": organisation})()
    which = [("orders", Area.DATABASE), ("orders", Area.MONITORING)]
    state.something_is_handed_over(which=which, taker="ada", said=(2, 0, 0), giver="omar")
    state.act(("step", 1, "omar", HandoffStep.CALL_OFF, 0))
    state.act(("again", 1, "omar", (0, 0, 0)))
    state.act(("step", 1, "omar", HandoffStep.OFFER, 0))
    states = [each.state for each in state.wait(state.rows(tables.HandoffResource))]
    state.teardown()
    assert states == ["called_off", "accepted", "offered"]
