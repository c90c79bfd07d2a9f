"""Handoffs while everything else changes: teams become one, things come back by other ways, loans are passed on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from bot.blocks.handoff import reminder
from bot.domain.catalog import Area
from bot.domain.handoff.due import DueKind
from bot.domain.handoff.handoffs import HandoffStep, HandoffTerms, ResourceState
from bot.domain.handoff.status import statuses
from bot.domain.ownership import Disputed, Owned
from bot.errors import NotFoundError, UserError
from bot.services import claims
from bot.services.actors import Decider
from bot.services.catalog.report import OutdatedLine
from bot.services.catalog.teams import merge_teams
from bot.services.claims import ClaimWords
from bot.services.daily_pass import DailyPass
from bot.services.handoff import due_days, offers, steps
from bot.services.handoff.contribution import Handoffs
from bot.services.handoff.health import HandoffFigures
from bot.services.handoff.offers import Begun, NewHandoff
from bot.services.matters import answers
from bot.services.ownership import look_up
from bot.services.snapshot import Snapshot, refresh
from bot.services.transfers import Resource
from bot.services.working_times import WorkingTimes
from bot.store import tables
from bot.store.db import Database
from tests.clocks import FixedClock
from tests.postgres_databases import migrated
from tests.services.catalog_world import Said, asset, owner, person, team
from tests.services.test_handoffs import AREAS, PEOPLE, Givers

DATABASE = Resource(1, Area.DATABASE)
LENT_UNTIL = date(2026, 3, 20)


class Three(Givers):
    """Search (Solo) is there as well, and DevOps owns two areas of `orders`, all of `index`, and so its part."""

    async def begin(self) -> None:
        await super().begin()
        await self.bring()
        more = (person(name="Solo", email="solo@example.test"), team("Search", members=("solo@example.test",)))
        await self.load("more", *more)
        await self.remember()

    async def resume(self) -> None:
        """Go on where `begin` has ended, in a store that it has filled."""
        self.claims, self.snapshot = PEOPLE, Snapshot()
        self.clock.advance(timedelta(minutes=3))
        await self.remember()

    async def bring(self, *assets: Said) -> None:
        """Import the file with other assets, or as it was."""
        orders = asset("1", "orders", *(owner("DevOps", area=area) for area in AREAS))
        index = (asset("2", "index", owner("DevOps")), asset("3", "part", parent="service:index"))
        await self.load("backstage", *self.claims, *(assets or (orders, *index)))
        await self.remember()

    async def remember(self) -> None:
        await refresh(self.snapshot, self.database)
        self.teams_by_name = {each.name: each.id for each in self.snapshot.teams()}
        self.people = {row.name: row.id for row in await self.rows(tables.Person)}

    async def pass_on(self, who: str, giver: str, receiver: str, *resources: Resource, **terms: Any) -> int:
        """Offer something, by default the database of `orders`; return the handoff's number."""
        new = NewHandoff(
            giver_team_id=self.teams_by_name[giver],
            receiver_team_id=self.teams_by_name[receiver],
            resources=resources or (DATABASE,),
            person_id=self.people[who],
            terms=HandoffTerms(**terms),
        )
        return (await offers.offer(self.deps, self.snapshot, new)).card.id

    async def move(self, who: str, giver: str, receiver: str, accepts: str, *resources: Resource, **terms: Any) -> None:
        """Offer something, and let somebody accept it a minute later."""
        number = await self.pass_on(who, giver, receiver, *resources, **terms)
        self.clock.advance(timedelta(minutes=1))
        await self.take(accepts, HandoffStep.ACCEPT, number=number)

    async def lend(self, *resources: Resource) -> None:
        await self.move("Omar", "DevOps", "Payments", "Ada", *resources, loan_until=LENT_UNTIL)

    async def again(self, who: str, terms: HandoffTerms | None = None) -> Begun:
        """Offer what was not accepted of the first handoff again."""
        number: dict[str, Any] = {"handoff_id": 1, "version": 1, "person_id": self.people[who]}
        return await offers.offer_again(self.deps, self.snapshot, terms=terms or HandoffTerms(), **number)

    async def on(self, month: int, day: int) -> bool:
        """Let a day come; return whether ownership has changed."""
        self.clock.at = datetime(2026, month, day, 12, tzinfo=UTC)
        return await due_days.run(self.deps, self.snapshot)

    async def said_of_orders(self) -> tuple[set[str], list[tuple[str, bool]]]:
        """Who owns the database of `orders` without dispute; whom files name still, and whether that will be one."""
        await refresh(self.snapshot, self.database)
        verdict = look_up(self.deps, self.snapshot, 1, area=Area.DATABASE)
        assert isinstance(verdict, Owned), verdict
        return {held.name for held in verdict.owners}, [
            (one.holding.name, one.becomes_dispute) for one in verdict.drift
        ]

    async def behind(self, *, tier: int) -> Sequence[OutdatedLine]:
        """Import the file with another tier; return what of the database is not yet updated."""
        owners = (owner("DevOps", area=area) for area in AREAS)
        index = (asset("2", "index", owner("DevOps")), asset("3", "part", parent="service:index"))
        report = await self.load("backstage", *self.claims, asset("1", "orders", *owners, tier=tier), *index)
        return [each for each in report.outdated if each.area == Area.DATABASE]

    async def secondaries(self, area: Area) -> int:
        return sum(each.role == "secondary" and each.area == area for each in await self.facts())

    async def card(self, number: int) -> str:
        """What the card of a handoff says."""
        sent = {row.key: row.body["text"] for row in await self.rows(tables.OutboxMessage)}
        return str(sent[f"handoff.card:{number}"])


async def begun(url: str) -> None:
    """Bring what three teams begin with into the empty database at an address."""
    await migrated(url)
    database = Database(url)
    await Three(database, FixedClock()).begin()
    await database.close()


FILL = begun


@pytest.fixture
async def three(database: Database, clock: Any) -> Three:
    made = Three(database, clock)
    await made.resume()
    return made


@pytest.mark.parametrize("resource", [Resource(2, Area.DATABASE), Resource(3, Area.ALL)], ids=["an area", "a part"])
async def test_a_part_of_what_is_lent_is_handed_on_to_nobody_either(three: Three, resource: Resource) -> None:
    await three.lend(Resource(2, Area.ALL))
    with pytest.raises(UserError, match="DevOps has lent it until 2026-03-20: hand it back in handoff #1, or wait"):
        await three.pass_on("Ada", "Payments", "Search", resource)


async def test_an_area_of_ones_own_is_not_lent_with_the_rest(three: Three) -> None:
    await three.move("Omar", "DevOps", "Payments", "Ada", Resource(2, Area.DATABASE))
    await three.lend(Resource(2, Area.ALL))
    assert await three.pass_on("Ada", "Payments", "Search", Resource(2, Area.DATABASE)) == 3


@pytest.mark.sql
async def test_a_loan_that_came_back_by_a_claim_does_not_return_what_was_given_for_good_since(three: Three) -> None:
    await three.lend()
    claiming: dict[str, Any] = {"team_id": three.teams_by_name["DevOps"], "person_id": three.people["Omar"]}
    words = ClaimWords(reason="We need it again")
    await claims.claim(three.deps, three.snapshot, asset_id=1, area=Area.DATABASE, words=words, **claiming)
    await answers.agree(three.deps, three.snapshot, matter_id=1, by=Decider(three.people["Ada"], ""))
    assert await three.owner_of(Area.DATABASE) == {"DevOps"}
    await three.move("Omar", "DevOps", "Payments", "Ada")
    assert not await three.on(3, 20)
    assert await three.owner_of(Area.DATABASE) == {"Payments"}
    assert "*orders* (the database): returned" in await three.card(1)
    assert await three.pass_on("Ada", "Payments", "Search") == 4, "nothing of it is lent any more"


async def test_what_came_back_by_a_detour_ends_no_later_overlap(three: Three) -> None:
    await three.move("Omar", "DevOps", "Payments", "Ada", overlap_days=10)
    await three.move("Ada", "Payments", "Search", "Solo")
    await three.move("Solo", "Search", "DevOps", "Omar")
    await three.move("Omar", "DevOps", "Payments", "Ada", overlap_days=40)
    assert not await three.on(4, 6)
    assert await three.secondaries(Area.DATABASE) == 1


@pytest.mark.sql
async def test_an_offer_is_over_where_giver_and_receiver_have_become_one_team(three: Three) -> None:
    await three.pass_on("Omar", "DevOps", "Payments")
    await merge_teams(three.deps, name="DevOps", into="Payments", actor="cli")
    with pytest.raises(UserError, match="Payments has it already, so nothing has to change hands"):
        await three.take("Ada", HandoffStep.ACCEPT)
    await due_days.run(three.deps, three.snapshot)
    assert await three.states() == [ResourceState.WITHDRAWN]
    assert "withdrawn: Payments has it already: both are one team now." in await three.card(1)
    assert await three.rows(tables.Drift) == [], "no file is behind"
    with pytest.raises(UserError, match="That team has it already: offer it to another one"):
        await three.again("Omar")


@pytest.mark.sql
async def test_what_is_agreed_for_a_day_is_over_once_its_giver_has_lost_it_and_keeps_nobody_waiting(
    three: Three,
) -> None:
    await three.pass_on("Omar", "DevOps", "Payments", Resource(2, Area.ALL), effective_on=date(2026, 9, 5))
    await three.take("Ada", HandoffStep.ACCEPT)
    await due_days.run(three.deps, three.snapshot)
    assert await three.states() == [ResourceState.ACCEPTED]
    await three.bring(asset("2", "index", owner("Search")))
    assert not await due_days.run(three.deps, three.snapshot)
    assert "*index*: called off: Search owns it now." in await three.card(1)
    told = [row.key for row in await three.rows(tables.OutboxMessage) if "overtaken" in row.key]
    assert len(told) == 2, "both sides, once"
    await three.remember()
    assert statuses(look_up(three.deps, three.snapshot, 2), three.snapshot) == ()
    assert await three.pass_on("Solo", "Search", "Payments", Resource(2, Area.ALL)) == 2


async def test_what_is_agreed_for_a_day_is_over_where_giver_and_receiver_have_become_one_team(three: Three) -> None:
    await three.pass_on("Omar", "DevOps", "Payments", Resource(2, Area.ALL), effective_on=date(2026, 9, 5))
    await three.take("Ada", HandoffStep.ACCEPT)
    await merge_teams(three.deps, name="DevOps", into="Payments", actor="cli")
    await due_days.run(three.deps, three.snapshot)
    assert "called off: Payments has it already: both are one team now." in await three.card(1)


async def test_answers_name_the_team_that_the_receiver_of_an_offer_has_become_a_part_of(three: Three) -> None:
    await three.pass_on("Omar", "DevOps", "Payments", Resource(2, Area.ALL))
    await refresh(three.snapshot, three.database)
    await merge_teams(three.deps, name="Payments", into="Search", actor="cli")
    await refresh(three.snapshot, three.database)
    [said] = statuses(look_up(three.deps, three.snapshot, 2), three.snapshot)
    assert said.receiver.name == "Search"


async def test_what_an_area_has_an_owner_of_its_own_for_does_not_pass_with_the_whole(three: Three) -> None:
    mixed = asset("2", "index", owner("DevOps"), owner("Search", area=Area.DATABASE))
    await three.bring(mixed, asset("3", "part", parent="service:index"))
    await three.pass_on("Omar", "DevOps", "Payments", Resource(2, Area.ALL))
    await three.remember()

    def under_way(asset_id: int, area: Area | None) -> int:
        return len(statuses(look_up(three.deps, three.snapshot, asset_id, area=area), three.snapshot))

    for asset_id in (2, 3):
        assert under_way(asset_id, None) == under_way(asset_id, Area.MONITORING) == 1
        assert under_way(asset_id, Area.DATABASE) == 0, "it is Search's"
    await three.load("csv", asset("index", "index", owner("Payments", area=Area.DATABASE)))
    await three.remember()
    assert under_way(2, Area.DATABASE) == 0, "whoever of the two owns it"


async def test_a_loan_is_over_where_lender_and_borrower_have_become_one_team(three: Three) -> None:
    await three.lend()
    await merge_teams(three.deps, name="DevOps", into="Payments", actor="cli")
    await three.remember()
    assert await three.pass_on("Ada", "Payments", "Search") == 2
    assert not await three.on(3, 12)
    assert await three.owner_of(Area.DATABASE) == {"Payments"}
    assert "returned" in await three.card(1)
    assert not [row.key for row in await three.rows(tables.OutboxMessage) if "not_returned" in row.key]


async def test_what_was_passed_on_or_has_gone_holds_back_no_way_back(three: Three) -> None:
    given = (*(Resource(1, area) for area in AREAS), Resource(2, Area.ALL))
    await three.move("Omar", "DevOps", "Payments", "Ada", *given)
    await three.move("Ada", "Payments", "Search", "Solo")
    await three.bring(asset("1", "orders", *(owner("DevOps", area=area) for area in AREAS)))
    back: dict[str, Any] = {"handoff_id": 1, "person_id": three.people["Grace"], "reason": "No"}
    begun = await offers.hand_back(three.deps, three.snapshot, **back)
    assert [(each.name, each.area) for each in begun.card.resources] == [("orders", Area.MONITORING)]
    await three.take("Omar", HandoffStep.ACCEPT, number=3)
    with pytest.raises(UserError, match="Nothing of this handoff is with the receiver"):
        await offers.hand_back(three.deps, three.snapshot, **back)


async def test_what_is_left_of_a_loan_that_is_over_is_not_offered_for_it_again(three: Three) -> None:
    await three.pass_on("Omar", "DevOps", "Payments", *(Resource(1, area) for area in AREAS), loan_until=LENT_UNTIL)
    await three.take("Ada", HandoffStep.ACCEPT, 1)
    await three.take("Omar", HandoffStep.WITHDRAW, 2)
    await three.on(3, 20)
    with pytest.raises(UserError, match="The loan that the rest was accepted for is over: choose another day"):
        await three.again("Omar", HandoffTerms(loan_until=LENT_UNTIL))
    begun = await three.again("Omar")
    assert (begun.card.id, begun.card.loan_until) == (2, None)


async def test_what_is_lent_is_not_offered_again_to_anybody_else(three: Three) -> None:
    await three.pass_on("Omar", "DevOps", "Search")
    await three.take("Omar", HandoffStep.WITHDRAW)
    await three.move("Omar", "DevOps", "Payments", "Ada")
    await three.move("Ada", "Payments", "DevOps", "Omar", loan_until=LENT_UNTIL)
    with pytest.raises(UserError, match="Payments has lent it until 2026-03-20"):
        await three.again("Omar")


async def test_nothing_is_offered_to_a_team_in_which_nobody_could_accept(three: Three) -> None:
    await three.pass_on("Omar", "DevOps", "Search")
    await three.take("Omar", HandoffStep.WITHDRAW)
    await three.load("more", person(name="Solo", email="solo@example.test"))
    await three.load("less", team("Empty"), team("Alone", members=("omar@example.test",)))
    await refresh(three.snapshot, three.database)
    with pytest.raises(NotFoundError, match="That team is no longer in the catalog"):
        await three.again("Omar")
    await three.remember()
    with pytest.raises(UserError, match="Nobody is in Empty, so nobody could accept it"):
        await three.pass_on("Omar", "DevOps", "Empty")
    with pytest.raises(UserError, match="Alone is only whoever offers it, and another one has to accept"):
        await three.pass_on("Omar", "DevOps", "Alone")


async def test_what_is_waited_for_is_near_enough_to_come(three: Three) -> None:
    await three.pass_on("Omar", "DevOps", "Payments")
    waiting = steps.Words(needs="A runbook", needs_from="Omar", needs_by=date(9999, 12, 31))
    answer: dict[str, Any] = {"handoff_id": 1, "person_id": three.people["Ada"], "step": HandoffStep.NOT_YET}
    with pytest.raises(UserError, match="Choose a day within a year from now"):
        await steps.take(three.deps, three.snapshot, version=1, words=waiting, **answer)
    assert await three.states() == [ResourceState.OFFERED]


async def test_what_is_offered_again_changes_no_figure_of_what_was_accepted_before(three: Three) -> None:
    await three.pass_on("Omar", "DevOps", "Payments", *(Resource(1, area) for area in AREAS))
    await three.on(3, 6)
    await three.take("Ada", HandoffStep.ACCEPT, 1)
    await three.take("Omar", HandoffStep.WITHDRAW, 2)
    await three.on(3, 11)
    await three.again("Omar")
    recorded = (await HandoffFigures(three.deps, three.snapshot).part(None)).recorded[""]
    assert recorded == {"handoffs.accepted": 1, "handoffs.waiting": 1, "handoffs.days": 3}
    await three.on(3, 13)
    await steps.take(
        three.deps,
        three.snapshot,
        handoff_id=1,
        person_id=three.people["Ada"],
        step=HandoffStep.ACCEPT,
        version=2,
    )
    recorded = (await HandoffFigures(three.deps, three.snapshot).part(None)).recorded[""]
    assert recorded == {"handoffs.accepted": 2, "handoffs.waiting": 0, "handoffs.days": 2}


async def test_what_has_left_the_catalog_is_still_called_by_its_name(three: Three) -> None:
    await three.pass_on("Omar", "DevOps", "Payments", Resource(1, Area.DATABASE), Resource(2, Area.ALL))
    await three.bring(asset("9", "other"))
    await due_days.run(three.deps, three.snapshot)
    said = await three.card(1)
    assert "*orders* (the database): withdrawn: it is no longer in the catalog." in said
    assert "*index*: withdrawn: it is no longer in the catalog." in said


async def test_what_ends_by_itself_was_ended_by_nobody(three: Three) -> None:
    await three.pass_on("Omar", "DevOps", "Payments", Resource(2, Area.ALL), effective_on=date(2026, 3, 5))
    await three.take("Ada", HandoffStep.ACCEPT)
    await three.pass_on("Omar", "DevOps", "Payments")
    waiting = steps.Words(needs="A runbook", needs_from="Omar", needs_by=date(2026, 3, 4))
    answer: dict[str, Any] = {"handoff_id": 2, "person_id": three.people["Ada"], "step": HandoffStep.NOT_YET}
    await steps.take(three.deps, three.snapshot, version=1, words=waiting, **answer)
    await three.bring(asset("1", "orders", *(owner("DevOps", area=area) for area in AREAS)), asset("2", "index"))
    await three.on(4, 1)
    assert "*index*: called off: DevOps no longer owns it, and nobody does now." in await three.card(1)
    assert "*orders* (the database): expired: it still needed A runbook from Omar\n" in await three.card(2)


async def told(three: Three) -> list[str]:
    """What has been said of offers that are over, once the daily pass has been through a few days."""
    reminding = DailyPass(three.deps, three.snapshot, WorkingTimes(), [Handoffs(three.deps, three.snapshot)])
    for _ in range(3):
        await reminding.run()
        three.clock.advance(timedelta(days=1))
    said = [str(row.body["text"]) for row in await three.rows(tables.OutboxMessage)]
    return [each for each in said if "has moved" in each or "has not moved" in each]


@pytest.mark.sql
async def test_of_two_parts_that_are_over_at_different_times_both_sides_hear_each_time(three: Three) -> None:
    await three.pass_on("Omar", "DevOps", "Payments", *(Resource(1, area) for area in AREAS))
    waiting = steps.Words(needs="A runbook", needs_from="Omar", needs_by=date(2026, 3, 30))
    answer: dict[str, Any] = {"handoff_id": 1, "person_id": three.people["Ada"], "step": HandoffStep.NOT_YET}
    await steps.take(three.deps, three.snapshot, version=1, words=waiting, resource_ids=[1], **answer)
    await three.on(3, 18)
    first = await told(three)
    assert len(first) == 2
    assert all("nobody answered in time for *orders* (monitoring), so that is over" in each for each in first)
    await three.on(4, 15)
    both = await told(three)
    assert len(both) == 4
    late = "still needed A runbook from Omar, so that is over and has not moved; nobody answered in time for"
    assert all(late in each for each in both[2:])


async def test_of_many_parts_that_are_over_at_once_both_sides_hear_once(three: Three) -> None:
    await three.pass_on("Omar", "DevOps", "Payments", *(Resource(1, area) for area in AREAS), Resource(2, Area.ALL))
    await three.on(3, 18)
    assert len(await told(three)) == 2


async def test_both_sides_hear_why_what_was_accepted_before_the_rest_was_offered_again_does_not_pass(
    three: Three,
) -> None:
    parts = [Resource(1, area) for area in AREAS]
    await three.pass_on("Omar", "DevOps", "Payments", *parts, effective_on=date(2026, 3, 12))
    await three.take("Ada", HandoffStep.ACCEPT, 1)
    await three.take("Omar", HandoffStep.WITHDRAW, 2)
    await three.again("Omar")
    both = (owner("DevOps", area=Area.DATABASE), owner("Search", area=Area.DATABASE))
    await three.bring(asset("1", "orders", *both, owner("DevOps", area=Area.MONITORING)))
    await three.on(3, 12)
    said = await told(three)
    assert len(said) == 2
    assert all("*orders* (the database) has not moved: Search also owns orders" in each for each in said)


@pytest.mark.sql
async def test_a_loan_of_months_is_no_dispute_although_no_file_ever_names_the_borrower(three: Three) -> None:
    await three.move("Omar", "DevOps", "Payments", "Ada", loan_until=date(2026, 6, 1))
    for month, day in ((3, 31), (4, 20), (5, 31)):
        await three.on(month, day)
        assert await three.said_of_orders() == ({"Payments"}, [("DevOps", False)])
        [line] = await three.behind(tier=day % 3 + 1)
        assert (line.owner, line.until) == ("DevOps", None), "it will be the lender's again"
        assert await three.said_of_orders() == ({"Payments"}, [("DevOps", False)])
    await three.on(6, 1)
    assert await three.said_of_orders() == ({"DevOps"}, [])
    assert await three.behind(tier=3) == []


async def test_a_file_that_names_whoever_had_it_before_the_lender_waits_for_the_loan_to_end(three: Three) -> None:
    await three.move("Omar", "DevOps", "Search", "Solo")
    three.clock.advance(timedelta(days=20))
    await three.move("Solo", "Search", "Payments", "Ada", loan_until=date(2026, 6, 1))
    for month, day in ((4, 20), (5, 31)):
        await three.on(month, day)
        [line] = await three.behind(tier=day % 3 + 1)
        assert (line.owner, line.until) == ("DevOps", datetime(2026, 6, 1, tzinfo=UTC))
        assert await three.said_of_orders() == ({"Payments"}, [("DevOps", True)])
    await three.on(6, 1)
    await refresh(three.snapshot, three.database)
    verdict = look_up(three.deps, three.snapshot, 1, area=Area.DATABASE)
    assert isinstance(verdict, Disputed)
    assert {held.name for held in verdict.claims} == {"DevOps", "Search"}


async def test_no_lender_is_told_to_correct_a_file(three: Three) -> None:
    await three.move("Omar", "DevOps", "Payments", "Ada", loan_until=date(2026, 6, 1))
    handoffs = Handoffs(three.deps, three.snapshot)
    for day in range(6, 31):
        await three.on(3, day)
        await DailyPass(three.deps, three.snapshot, WorkingTimes(), [handoffs]).run()
    assert not [row.key for row in await three.rows(tables.OutboxMessage) if "patch" in str(row.body)]


async def test_what_was_offered_anew_before_its_end_was_told_is_shown_there(three: Three) -> None:
    await three.pass_on("Omar", "DevOps", "Payments")
    await three.on(3, 18)
    assert await three.pass_on("Omar", "DevOps", "Search") == 2
    await refresh(three.snapshot, three.database)
    giver = f"team:{three.teams_by_name['DevOps']}"
    async with three.database.reading() as session:
        news = await Handoffs(three.deps, three.snapshot).parts(session, {giver})
    [over] = [each for each in news[giver].found if each.kind is DueKind.EXPIRED]
    said = str(reminder(over, ()).blocks)
    assert "Show handoff #2" in said
    assert "Offer again" not in said
