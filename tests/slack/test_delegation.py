"""A reminder that another team has taken over, over the wire: whoever has it now is named wherever it shows."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest

from bot.blocks import handoff_button
from bot.blocks.eol import actions as ids
from bot.cli.eol import rows
from bot.domain.catalog import Area, AssetKind, Runs, SourceCatalog
from bot.domain.eol.periods import Everything
from bot.domain.eol.subjects import ReportScope
from bot.domain.handoff.handoffs import HandoffStep
from bot.playground.fake_slack import MessageRef, PostedMessage
from bot.services.eol import reports, timelines
from bot.services.eol.questions import Asked
from bot.services.eol.reminder_store import remembered
from tests.slack.conftest import Stage, asset, organisation, read_only, team_owns
from tests.slack.test_calendar import events, path_in
from tests.slack.test_clicks import actions
from tests.slack.test_eol_answers import copied, posted, team_option
from tests.slack.test_handoff import answer
from tests.slack.test_health import report
from tests.slack.test_portfolio import open_home, texts
from tests.slack.test_requests import submit
from tests.slack.test_whoowns import buttons

pytestmark = read_only

#: In March 2026 it costs extra since 2024, and from 1 April twice as much: two deadlines of one release cycle.
RDS_11 = Runs("postgres", "11.22", "aws-rds", "production")


@pytest.fixture
def public_url() -> str:
    return "https://baton.example.test"


@pytest.fixture
def platform_channel() -> str:
    return "general"


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


def catalog() -> SourceCatalog:
    """Platform owns a database that costs extra; every team has a lead."""
    made = organisation()
    made.teams[1] = replace(made.teams[1], lead="omar@example.test")
    made.assets = [
        replace(each, runs=(RDS_11,)) if (each.name, each.kind) == ("invoices", AssetKind.DATABASE) else each
        for each in made.assets
    ]
    return made


@dataclass
class Delegated:
    """Platform's reminders of its database, which Payments may take over."""

    stage: Stage

    async def go(self, until: datetime, *, hours: tuple[int, ...] = (10, 12, 16)) -> None:
        """Move the clock, the daily pass running at these hours of each day."""
        clock = self.stage.clock
        while clock.at < until:
            midnight = clock.at.replace(hour=0, minute=0, second=0, microsecond=0)
            ahead = [midnight + timedelta(days=day, hours=hour) for day in (0, 1) for hour in hours]
            clock.at = min(next(each for each in ahead if each > clock.at), until)
            await self.look()

    async def look(self) -> None:
        await self.stage.baton.context.daily_pass.run()
        await posted(self.stage, "general")

    async def said_in(self, channel: str, *, user: str = "ada") -> list[PostedMessage]:
        await posted(self.stage, "general")
        bot = self.stage.slack.workspace.bot_user_id
        seen = self.stage.slack.visible_messages(user, channel)
        return [each for each in seen if each.user == bot and each.ephemeral_for is None]

    async def offer(self, *, by: str = "lin", to: str = "Payments", reason: str = "") -> PostedMessage:
        """Offer it by the form and return the question to the other team."""
        card = await self.card(by)
        more = f"{ids.DELEGATE}|{await self.reminder_id()}"
        await self.stage.slack.act(by, MessageRef(card.channel, card.ts), ids.MORE, value=more)
        await self.stage.settle()
        team = team_option(self.stage, by, ids.DELEGATE_TEAM, to)
        view = self.stage.slack.view_stack(by)[-1]
        said: dict[str, Any] = {ids.DELEGATE_TEAM: team}
        if reason:
            said[ids.DELEGATE_REASON] = reason
        await self.stage.slack.submit_view(by, view.id, said)
        await self.stage.settle()
        return (await self.said_in(to.lower()))[-1]

    async def card(self, user: str, *, reminder: int = 0) -> PostedMessage:
        """Open the card as anybody does from a line about it."""
        text = {"type": "plain_text", "text": "Open"}
        value = str(reminder or await self.reminder_id())
        element = {"type": "button", "action_id": ids.OPEN, "text": text, "value": value}
        line = await copied(self.stage, "search", [{"type": "actions", "elements": [element]}])
        await self.stage.press(line, ids.OPEN, user=user)
        return self.stage.slack.visible_messages(user, "search")[-1]

    async def reminder_id(self) -> int:
        async with self.stage.database.reading() as session:
            return (await remembered(session))[0].id

    async def accepted(self, *, by: str = "ada") -> PostedMessage:
        question = await self.offer()
        await self.stage.press(question, ids.ACCEPT, user=by)
        await self.stage.settle()
        return question


@pytest.fixture
async def delegated(stage: Stage) -> Delegated:
    """Tuesday 3 March 2026, after the first digest of Platform."""
    await stage.bring(catalog())
    made = Delegated(stage)
    await made.go(datetime(2026, 3, 3, 10, 30, tzinfo=UTC))
    return made


async def test_all_deadlines_of_the_release_cycle_go_to_the_team_that_accepts(delegated: Delegated) -> None:
    await delegated.accepted()
    async with delegated.stage.database.reading() as session:
        found = await remembered(session)
    assert len(found) == 2, "what is charged now, and what it costs from April"
    assert {each.holder for each in found} == {"team:1"}
    assert [name for name in await actions(delegated.stage) if name.startswith("lifecycle.")] == [
        "lifecycle.delegate", "lifecycle.taken_over", "lifecycle.accept",
    ]  # fmt: skip


async def test_eol_of_both_teams_names_whoever_has_it_and_from_whom(delegated: Delegated) -> None:
    stage = delegated.stage
    assert "invoices" not in (await stage.ask("/eol payments")).text
    await delegated.accepted()
    theirs = (await stage.ask("/eol payments")).text
    assert "invoices, from Platform" in theirs
    assert "Payments (from Platform): invoices" in (await stage.ask("/eol platform")).text
    assert "Payments (from Platform): invoices" in (await stage.ask("/eol all")).text
    assert "Payments (from Platform): invoices" in (await stage.ask("/eol postgres 11")).text
    assert "from Platform" not in (await stage.ask("/eol search")).text


async def test_a_team_that_takes_over_what_lies_below_its_own_shares_it_with_nobody(delegated: Delegated) -> None:
    stage = delegated.stage
    made = catalog()
    split = (team_owns("Payments", area=Area.APPLICATION), team_owns("Platform", area=Area.DATABASE))
    made.assets = [replace(each, owners=split) if each.runs == (RDS_11,) else each for each in made.assets]
    await stage.bring(made)
    await stage.baton.context.daily_pass.run()
    assert "invoices (shared with Payments)" in (await stage.ask("/eol platform")).text
    await delegated.accepted()
    theirs = (await stage.ask("/eol payments")).text
    assert "invoices, from Platform" in theirs
    assert "shared with" not in theirs


async def test_the_health_report_counts_it_with_the_team_that_has_it(delegated: Delegated) -> None:
    stage = delegated.stage
    assert "1 past it" in (await report(stage, "platform")).text
    await delegated.accepted()
    assert "none past it" in (await report(stage, "platform")).text
    assert "Have *Payments* upgrade 1 thing past end of life, begin with *invoices*" in (await report(stage)).text
    assert "1 past it" in (await report(stage, "payments")).text


async def test_home_shows_it_to_the_people_who_have_it(delegated: Delegated) -> None:
    await delegated.accepted()
    said = texts(await open_home(delegated.stage, "ada"))
    assert "*Amazon RDS for PostgreSQL 11*" in said
    assert "invoices, from Platform" in said


async def test_the_calendars_of_both_name_whoever_has_it(delegated: Delegated, http: aiohttp.ClientSession) -> None:
    stage = delegated.stage
    await delegated.accepted()
    for user, team in (("ada", "payments"), ("lin", "platform")):
        path = path_in(await stage.ask(f"/baton calendar {team}", user=user))
        [event] = [each for each in await events(http, stage, path) if "PostgreSQL 11" in str(each["SUMMARY"])]
        assert "Whose: Payments, from Platform" in event["DESCRIPTION"]


async def test_the_reports_rows_and_the_timeline_name_whoever_has_it(delegated: Delegated) -> None:
    await delegated.accepted()
    context = delegated.stage.baton.context
    payments = context.snapshot.team_by_name("Payments")
    assert payments is not None
    for scope in (ReportScope(teams=(payments,)), ReportScope()):
        asked = Asked(subject=scope, period=Everything())
        report = await reports.report(context.deps, context.watcher, asked)
        [entry] = [rows.entry(each, report) for each in report.entries if each.giver is not None]
        assert (entry["team"], entry["addressee"], entry["taken_over_from"]) == ("Payments", "Payments", "Platform")
        [row] = [each for each in rows.inventory(report) if each["asset"] == "invoices"]
        assert (row["team"], row["taken_over_from"]) == ("Payments", "Platform")
        picture = await timelines.timeline(context.deps, context.watcher, context.pictures, scope)
        assert "(invoices (from Platform))" in picture.alt_text


async def test_the_card_and_the_digests_of_both_name_whoever_has_it(delegated: Delegated) -> None:
    stage = delegated.stage
    await delegated.accepted()
    card = await delegated.card("ada")
    ada = stage.slack.workspace.user("ada").id
    assert f"*Payments* has taken this over from *Platform*: <@{ada}> accepted it." in card.text
    more = catalog()
    more.assets.append(asset("ledger", runs=(Runs("python", "3.7"),), owners=(team_owns("Platform"),)))
    await stage.bring(more)
    await delegated.go(datetime(2026, 3, 10, 17, 0, tzinfo=UTC))
    mine = [each.text for each in await delegated.said_in("payments") if "*End of life* for *Payments*" in each.text]
    assert len(mine) == 2, "on the day itself, and a week later: what is charged now is not answered by taking it over"
    for digest in mine:
        assert "Charged now: 0.10 USD per vCPU-hour, about 292 USD a month; from <!date^" in digest
        assert "0.20 USD per vCPU-hour. *invoices*, from *Platform*" in digest
    theirs = [each.text for each in await delegated.said_in("platform") if "*End of life* for" in each.text][-1]
    assert "*ledger*" in theirs
    assert "*invoices*" not in theirs
    assert "*Payments* has taken over 1" in theirs


async def test_the_digest_of_who_has_another_area_names_whoever_has_it_and_from_whom(delegated: Delegated) -> None:
    await delegated.accepted()
    shared = catalog()
    owners = (team_owns("Platform", Area.DATABASE), team_owns("Search", Area.APPLICATION))
    shared.assets = [replace(each, owners=owners) if each.runs else each for each in shared.assets]
    await delegated.stage.bring(shared)
    await delegated.go(datetime(2026, 3, 10, 17, 0, tzinfo=UTC))
    said = [each.text for each in await delegated.said_in("search", user="solo")]
    [line] = [line for text in said for line in text.splitlines() if "under your *invoices*" in line]
    assert "(with *Payments*, from *Platform*): charged now" in line


async def test_the_offer_says_why_and_what_it_costs(delegated: Delegated) -> None:
    question = await delegated.offer(reason="You run the <!channel> migrations")
    assert "asks you to take this over:\n> You run the &lt;!channel&gt; migrations" in question.text
    assert "Extended support costs 0.10 USD per vCPU-hour" in question.text
    assert "about 292 USD a month" in question.text
    assert "has not" not in question.text
    await delegated.stage.press(question, ids.ACCEPT, user="ada")
    settled = (await delegated.said_in("payments"))[0]
    assert "accepted. You get its reminders now.\n> You run the" in settled.text
    assert set(buttons(settled)) == {"Open"}, "it is the giver who offers it for good"


async def test_whoever_hears_that_an_offer_was_declined_can_plan_it_from_there(delegated: Delegated) -> None:
    await delegated.stage.press(await delegated.offer(), ids.DECLINE, user="ada")
    await delegated.stage.settle()
    said = next(each for each in await delegated.said_in("platform") if "so it stays with you" in each.text)
    assert "plan it or ask another team" in said.text
    assert list(buttons(said)) == ["Open"]


async def test_what_the_lead_was_told_says_how_it_was_answered(delegated: Delegated) -> None:
    dm = (await delegated.stage.slack.open_dm("omar")).id
    for day in range(4, 31):
        await delegated.go(datetime(2026, 3, day, 17, 0, tzinfo=UTC))
        told = [each for each in await delegated.said_in(dm, user="omar") if each.text.startswith(":warning:")]
        if told:
            break
    assert told[0].text.startswith(":warning: *Platform* has not answered:")
    assert "then this stops" in told[0].text
    card = await delegated.card("lin")
    await delegated.stage.slack.act("lin", MessageRef(card.channel, card.ts), ids.ACKNOWLEDGE)
    await delegated.stage.settle()
    now = (await delegated.said_in(dm, user="omar"))[0]
    assert now.ts == told[0].ts
    assert now.text.startswith(":warning: *Platform* had not answered:")
    assert f"Acknowledged by <@{delegated.stage.slack.workspace.user('lin').id}>" in now.text
    assert "Open" in buttons(now)
    assert "then this stops" not in now.text + str(now.blocks), "what it asked for has been done"


async def test_those_above_hear_that_it_is_open_with_the_team_that_has_it(delegated: Delegated) -> None:
    """A price rises on 1 April; nobody of Payments answers after they have taken it over."""
    await delegated.accepted()
    await delegated.go(datetime(2026, 4, 2, 17, 0, tzinfo=UTC))
    stage, told = delegated.stage, list[str]()
    for channel in stage.slack.workspace.channels.values():
        name = channel.name if not channel.is_im else ""
        if name in ("payments", "platform", "search"):
            continue
        for message in stage.slack.workspace.messages.get(channel.id, {}).values():
            if message.text.startswith(":warning:"):
                told.append(message.text)
    assert told, "somebody above them was told"
    for text in told:
        assert "*Payments* has taken this over from *Platform*" in text
        assert "has not answered" not in text
        assert "Nobody" not in text
        assert "Owner:" not in text
    of_platform = [each.text for each in await delegated.said_in("platform")]
    assert not any("rises" in each and each.startswith(":warning:") for each in of_platform)


async def test_the_next_deadline_of_the_cycle_goes_to_the_team_that_has_it(delegated: Delegated) -> None:
    """After the price has risen, the end of extended support is next: it is not Platform's again."""
    await delegated.accepted()
    await delegated.go(datetime(2026, 4, 8, 17, 0, tzinfo=UTC), hours=(10, 16))
    async with delegated.stage.database.reading() as session:
        found = {each.kind.value: each.holder for each in await remembered(session)}
    assert found == {"price-step": "team:1", "eoes": "team:1"}
    assert (await actions(delegated.stage)).count("lifecycle.taken_over") == 2


async def test_a_plan_holds_for_every_deadline_of_its_release_cycle(delegated: Delegated) -> None:
    """What is charged now and what it costs from April are one upgrade: who has planned it has answered both."""
    stage = delegated.stage
    card = await delegated.card("lin")
    await stage.press(card, ids.PLAN, user="lin")
    view = stage.slack.view_stack("lin")[-1]
    await stage.slack.submit_view("lin", view.id, {ids.PLAN_DAY: "2026-05-20"})
    await stage.settle()
    async with stage.database.reading() as session:
        first, second = await remembered(session)
    assert ([each.is_shared for each in first.answers], [each.is_shared for each in second.answers]) == (
        [False],
        [True],
    )
    before = len(await delegated.said_in("platform"))
    await delegated.go(datetime(2026, 5, 8, 17, 0, tzinfo=UTC), hours=(10, 16))
    assert len(await delegated.said_in("platform")) == before, "neither is said again before the week of the plan"
    assert not [each for each in await delegated.said_in("general") if each.text.startswith(":warning:")]
    stale = await stage.ask("/eol platform", user="lin")
    assert "planned to 18 for <!date^" in stale.text
    again = await delegated.card("lin", reminder=second.id)
    assert "*Plan:* upgrade to 18 by" in again.text
    await stage.press(again, ids.PLAN, user="lin")
    view = stage.slack.view_stack("lin")[-1]
    await stage.slack.submit_view("lin", view.id, {ids.PLAN_DAY: "2026-06-20"})
    await stage.settle()
    async with stage.database.reading() as session:
        found = await remembered(session)
    days = {answer.until.isoformat() for each in found for answer in each.answers if answer.until is not None}
    assert days == {"2026-06-20"}, "the changed plan takes the place of the first, whichever deadline it is changed at"


async def test_it_can_be_given_back_and_is_named_as_the_owners_again(delegated: Delegated) -> None:
    stage = delegated.stage
    await delegated.accepted()
    back = await delegated.offer(by="ada", to="Platform")
    assert "from *Payments* asks you to take this over" in back.text
    await stage.press(back, ids.ACCEPT, user="omar")
    await stage.settle()
    assert "from Platform" not in (await stage.ask("/eol all")).text
    assert "Platform: invoices" in (await stage.ask("/eol all")).text
    assert "Extended support" not in (await stage.ask("/eol payments")).text


async def permanent(delegated: Delegated) -> PostedMessage:
    """What Platform reads of who has accepted."""
    [said] = [each for each in await every(delegated.stage, "platform") if "from *Payments* accepted" in each.text]
    return said


async def every(stage: Stage, channel: str) -> list[PostedMessage]:
    """Return everything in a channel and its threads."""
    await posted(stage, "general")
    return [*stage.slack.workspace.messages[stage.slack.workspace.channel(channel).id].values()]


@pytest.mark.parametrize("way", ["handed over", "upgraded"])
async def test_it_is_not_asked_to_be_made_permanent_once_it_is_over(delegated: Delegated, way: str) -> None:
    stage = delegated.stage
    await delegated.accepted()
    said = await permanent(delegated)
    assert said.text.endswith("Make it permanent? Hand it over.")
    assert "Hand over" in buttons(said)
    if way == "upgraded":
        made = catalog()
        new = Runs("postgres", "16.4", "aws-rds", "production")
        made.assets = [replace(each, runs=(new,)) if each.runs else each for each in made.assets]
        await stage.bring(made)
    else:
        await stage.press(said, handoff_button.OPEN, user="lin")
        assert await submit(stage, "lin", {}) == {}
        await answer(stage, HandoffStep.ACCEPT, "invoices")
    await delegated.go(datetime(2026, 3, 5, 12, tzinfo=UTC))
    over = await permanent(delegated)
    assert over.text == said.text.removesuffix(" Make it permanent? Hand it over.")
    assert not buttons(over)


async def test_what_is_given_back_is_not_asked_to_be_made_permanent(delegated: Delegated) -> None:
    await delegated.accepted()
    assert "Hand over" in buttons(await permanent(delegated))
    back = await delegated.offer(by="ada", to="Platform")
    await delegated.stage.press(back, ids.ACCEPT, user="lin")
    assert "Hand over" not in buttons(await permanent(delegated))


async def test_it_can_be_made_permanent_while_another_deadline_of_it_counts(delegated: Delegated) -> None:
    await delegated.accepted()
    await delegated.go(datetime(2026, 4, 3, 12, tzinfo=UTC), hours=(12,))
    assert "lifecycle.resolve" in await actions(delegated.stage), "the price has risen"
    assert "Hand over" in buttons(await permanent(delegated))
