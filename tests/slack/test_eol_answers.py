"""The buttons of a reminder, over the wire: what they do, who may press them, and what pressing them twice does."""

from __future__ import annotations

import asyncio
import copy
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.blocks import eol as blocks
from bot.blocks import handoff_button
from bot.blocks.eol import actions as ids
from bot.domain.eol.reminders import Card
from bot.playground.fake_slack import MessageRef, PostedMessage, View, ViewRef
from bot.services import outbox, snapshot
from bot.services.eol.reminder_store import card_of
from bot.store import tables
from bot.store.journal import next_revision
from handlers import interaction
from tests.slack.conftest import Stage, organisation
from tests.slack.test_clicks import actions
from tests.slack.test_whoowns import buttons

ROOT_KEY = "test.root"


@dataclass
class Reminded:
    """A reminder whose root message is in its team's channel."""

    stage: Stage
    id: int
    channel: str
    ts: str

    @property
    def root(self) -> PostedMessage:
        [found] = [m for m in self.stage.slack.visible_messages("ada", self.channel) if m.ts == self.ts]
        return found

    async def press(self, action_id: str, *, user: str, value: str | None = None, block_id: str | None = None) -> None:
        """Press a button of the root message, and wait for the root to follow."""
        ref = MessageRef(self.root.channel, self.ts)
        await self.stage.slack.act(user, ref, action_id, value=value, block_id=block_id)
        await self.settle()

    async def settle(self) -> None:
        await self.stage.settle()
        await posted(self.stage, self.channel)

    async def form(self, action_id: str, *, user: str, word: str = "") -> View:
        """Open a form by a button, or by a word under "More"."""
        await self.press(action_id, user=user, value=f"{word}|{self.id}" if word else None)
        return self.stage.slack.view_stack(user)[-1]

    async def submit(self, user: str, values: dict[str, Any]) -> dict[str, str]:
        """Submit the form on top; return the errors that it shows."""
        view = self.stage.slack.view_stack(user)[-1]
        delivery = await self.stage.slack.submit_view(user, view.id, values)
        assert delivery.status in (200, None), delivery
        await self.settle()
        return dict(view.errors)

    def said_to(self, user: str, channel: str = "") -> str:
        """The last message that only this person sees."""
        seen = self.stage.slack.visible_messages(user, channel or self.channel)
        mine = [m for m in seen if m.ephemeral_for == self.stage.slack.workspace.user(user).id]
        return mine[-1].text if mine else ""

    def said_in_thread(self, user: str) -> str:
        """The last message in the thread that only this person sees."""
        person = self.stage.slack.workspace.user(user).id
        seen = self.stage.slack.visible_messages(user, self.channel, thread_ts=self.ts)
        return [m for m in seen if m.ephemeral_for == person][-1].text

    def thread(self) -> list[PostedMessage]:
        seen = self.stage.slack.visible_messages("eve", self.channel, thread_ts=self.ts)
        return [m for m in seen[1:] if m.ephemeral_for is None]

    async def answers(self, *, in_force: bool = True) -> list[tables.ReminderAnswer]:
        table = tables.ReminderAnswer
        query = select(table).order_by(table.id)  # type: ignore[arg-type]
        if in_force:
            query = query.where(table.ended_at.is_(None))  # type: ignore[union-attr]
        async with self.stage.database.reading() as session:
            return list((await session.execute(query)).scalars())

    async def row(self) -> tables.Reminder:
        async with self.stage.database.reading() as session:
            return await session.get_one(tables.Reminder, self.id)

    async def close(self) -> None:
        """Close the reminder, as the evidence would."""
        async with self.stage.database.transaction() as session:
            row = await session.get_one(tables.Reminder, self.id)
            row.resolved_at, row.resolution = self.stage.clock.now(), "upgraded"


async def posted(stage: Stage, channel: str) -> list[PostedMessage]:
    """What Baton has posted on its own account in a channel, once everything is in Slack."""
    await stage.arrive()
    bot = stage.slack.workspace.bot_user_id
    return [m for m in stage.slack.visible_messages("ada", channel) if m.user == bot and not m.ephemeral_for]


async def deploy(stage: Stage, asset: str, product: str, *versions: str, provider: str = "") -> None:
    """Let the inventory show that an asset runs something."""
    now = stage.clock.now()
    async with stage.database.transaction() as session:
        source = (await session.execute(select(tables.Source).where(tables.Source.name == "scan"))).scalar()  # type: ignore[arg-type]
        if source is None:
            source = tables.Source(name="scan", last_run_at=now)
            session.add(source)
            await session.flush()
        row = (await session.execute(select(tables.Asset).where(tables.Asset.name == asset))).scalars().first()  # type: ignore[arg-type]
        assert row is not None
        revision = await next_revision(session)
        session.add_all(
            tables.Deployment(
                revision=revision,
                source_id=source.id,
                asset_id=row.id,
                product=product,
                version=version,
                provider=provider,
                environment="production",
                how="catalog",
                first_seen_at=now,
                last_seen_at=now,
            )
            for version in versions
        )
    await snapshot.refresh(stage.baton.context.snapshot, stage.database)


async def remind(stage: Stage, asset: str, *, milestone: int | None = 60, channel: str = "payments") -> Reminded:
    """Open the reminder of what an asset runs and post its root message, as the daily look does."""
    context = stage.baton.context
    watches = await context.watcher.current()
    [watch] = [w for w in watches.by_key.values() if any(run.asset.name == asset for run in w.runs)]
    async with stage.database.transaction() as session:
        row = tables.Reminder(
            addressee=watch.addressee.key,
            product=watch.product.key,
            cycle=watch.cycle.name,
            kind=watch.deadline.kind.value,
            deadline=watch.deadline.on,
            opened_on=stage.clock.now().date(),
            milestone=milestone,
            said_on=stage.clock.now().date(),
            root_key=ROOT_KEY,
        )
        session.add(row)
        await session.flush()
        assert row.id is not None
        card = await card_of(context.deps, context.watcher, session, row.id)
        assert isinstance(card, Card)
        place = stage.slack.workspace.channel(channel).id
        await outbox.enqueue(session, key=ROOT_KEY, channel=place, message=blocks.card(card), at=stage.clock.now())
    [root] = await posted(stage, channel)
    return Reminded(stage, row.id, channel, root.ts)


async def copied(stage: Stage, channel: str, blocks_: list[Any]) -> PostedMessage:
    """Post blocks once more: what somebody presses whose Slack still shows a message as it was."""
    place = stage.slack.workspace.channel(channel).id
    posted = await stage.baton.context.slack.post_message(place, text="a copy", blocks=copy.deepcopy(blocks_))
    return next(m for m in stage.slack.visible_messages("ada", channel) if m.ts == posted.ts)


def options_of(view: View, block_id: str) -> list[dict[str, Any]]:
    """The options of a menu in a form."""
    [block] = [each for each in view.payload["blocks"] if each.get("block_id") == block_id]
    options: list[dict[str, Any]] = block["element"]["options"]
    return options


def team_option(stage: Stage, user: str, block_id: str, name: str) -> str:
    """The value of a team in a menu of the form on top."""
    view = stage.slack.view_stack(user)[-1]
    return str(next(each["value"] for each in options_of(view, block_id) if each["text"]["text"] == name))


def raw_buttons(value: object) -> list[Any]:
    """Buttons that the card of what nobody owns does not have."""
    text = {"type": "plain_text", "text": "Press"}
    made: list[Any] = [
        {"type": "button", "action_id": action_id, "text": text, "value": str(value)}
        for action_id in (ids.ACKNOWLEDGE, ids.PLAN)
    ]
    options = [{"text": text, "value": f"7|{value}"}]
    made.append({"type": "static_select", "action_id": ids.SNOOZE, "placeholder": text, "options": options})
    return [{"type": "actions", "elements": made}]


def pin_button(deployment_id: int) -> dict[str, Any]:
    """The button of a digest's line about a version that nobody knows."""
    text = {"type": "plain_text", "text": "Correct the version"}
    button = {"type": "button", "action_id": ids.PIN, "text": text, "value": str(deployment_id)}
    return {"type": "actions", "elements": [button]}


def open_button(reminded: Reminded) -> list[Any]:
    text = {"type": "plain_text", "text": "Open"}
    button = {"type": "button", "action_id": ids.OPEN, "text": text, "value": str(reminded.id)}
    return [{"type": "actions", "elements": [button]}]


@pytest.fixture
async def reminded(stage: Stage) -> Reminded:
    """Payments hear that Node.js 20 ends on 30 April 2026; it is 3 March."""
    await deploy(stage, "checkout", "nodejs", "20.11.1")
    return await remind(stage, "checkout")


async def test_the_card_says_what_ends_where_and_what_to_do(reminded: Reminded) -> None:
    said = reminded.root.text
    assert "*Node.js 20*: support ends" in said
    assert "2026-04-30>, in 58 days." in said
    assert "*checkout* · 20.11.1 · production" in said
    assert "*Next step:* plan the upgrade to *24*" in said
    assert "dates as of" in said
    assert set(buttons(reminded.root)) == {"Acknowledge", "Plan…", "Hand over", "Explain"}


class TestAcknowledge:
    async def test_it_is_noted_once_and_the_card_says_so(self, reminded: Reminded) -> None:
        await reminded.press(ids.ACKNOWLEDGE, user="grace")
        grace = reminded.stage.slack.workspace.user("grace").id
        assert f"Acknowledged by <@{grace}>" in reminded.root.text
        assert "Acknowledge" not in buttons(reminded.root)
        assert "until 30 days before the deadline" in reminded.said_to("grace")
        [answer] = await reminded.answers()
        assert (answer.kind, answer.milestone, answer.deadline) == ("acknowledged", 60, date(2026, 4, 30))
        assert (await actions(reminded.stage)).count("lifecycle.acknowledge") == 1

    async def test_of_what_is_overdue_it_says_from_when_on_a_digest_has_it_again(self, stage: Stage) -> None:
        stage.clock.advance(timedelta(days=70))
        await deploy(stage, "checkout", "nodejs", "20.11.1")
        reminded = await remind(stage, "checkout", milestone=-7)
        await reminded.press(ids.ACKNOWLEDGE, user="grace")
        said = reminded.said_to("grace")
        assert "until the first digest from <!date^" in said
        assert "|2026-05-14> on." in said

    async def test_once_the_next_milestone_is_said_the_card_does_not_call_it_quiet(self, reminded: Reminded) -> None:
        await reminded.press(ids.ACKNOWLEDGE, user="grace")
        async with reminded.stage.database.transaction() as session:
            await session.execute(update(tables.Reminder).values(milestone=30))
        opened = await copied(reminded.stage, "general", open_button(reminded))
        await reminded.stage.press(opened, ids.OPEN, user="ada")
        card = reminded.stage.slack.visible_messages("ada", "general")[-1]
        assert "Acknowledge" in buttons(card)
        assert "Acknowledged by" in card.text
        assert "reminded again since" in card.text
        assert "quiet until" not in card.text

    async def test_a_second_press_says_what_stands(self, reminded: Reminded) -> None:
        pressed = await reminded.stage.slack.act(
            "grace", MessageRef(reminded.root.channel, reminded.ts), ids.ACKNOWLEDGE
        )
        await reminded.settle()
        await reminded.stage.slack.deliver_again(pressed)  # the same press: nothing happens, and nothing is said
        await reminded.settle()
        assert len(await reminded.answers(in_force=False)) == 1
        again = pressed.payload | {"trigger_id": "another-press"}
        await reminded.stage.slack.deliver_again(replace(pressed, payload=again))
        await reminded.settle()
        assert "stays as it was" in reminded.said_to("grace")
        assert "Acknowledged by" in reminded.said_to("grace")
        assert len(await reminded.answers(in_force=False)) == 1
        assert (await actions(reminded.stage)).count("lifecycle.acknowledge") == 1

    async def test_two_people_at_once_make_one_answer(self, reminded: Reminded) -> None:
        ref = MessageRef(reminded.root.channel, reminded.ts)
        await asyncio.gather(
            *(reminded.stage.slack.act(user, ref, ids.ACKNOWLEDGE) for user in ("ada", "grace", "ada", "grace"))
        )
        await reminded.settle()
        assert len(await reminded.answers(in_force=False)) == 1
        said = [reminded.said_to(user) for user in ("ada", "grace")]
        assert any("stays as it was" in each for each in said)

    async def test_strangers_may_not(self, reminded: Reminded) -> None:
        for user in ("lin", "eve"):
            await reminded.press(ids.ACKNOWLEDGE, user=user)
            assert "Only members of Payments and their leads or managers can answer this" in reminded.said_to(user)
        assert await reminded.answers() == []
        assert "lifecycle.acknowledge" not in await actions(reminded.stage)

    async def test_it_is_checked_at_the_click_who_is_in_the_team(self, reminded: Reminded) -> None:
        left = organisation()
        left.people[1] = type(left.people[1])(
            name="Grace Marsh", email="grace@example.test", teams=(), origin=left.people[1].origin
        )
        await reminded.stage.bring(left)
        await reminded.press(ids.ACKNOWLEDGE, user="grace")
        assert "Only members of Payments" in reminded.said_to("grace")
        assert await reminded.answers() == []

    async def test_a_button_of_what_is_closed_or_gone_says_so(self, reminded: Reminded) -> None:
        await reminded.close()
        await reminded.press(ids.ACKNOWLEDGE, user="grace")
        assert "This is closed" in reminded.said_to("grace")
        async with reminded.stage.database.transaction() as session:
            await session.execute(update(tables.Reminder).values(resolved_at=None, cycle="99"))
        await reminded.press(ids.PLAN, user="grace")
        assert "Nothing ends here any more" in reminded.said_to("grace")
        assert await reminded.answers() == []

    async def test_an_answer_is_over_when_the_date_comes_nearer(self, reminded: Reminded) -> None:
        await reminded.press(ids.ACKNOWLEDGE, user="grace")
        async with reminded.stage.database.transaction() as session:
            later = date(2026, 6, 30)
            await session.execute(update(tables.ReminderAnswer).values(deadline=later))
        opened = await copied(reminded.stage, "general", raw_buttons(reminded.id))
        await reminded.stage.press(opened, ids.ACKNOWLEDGE, user="ada")
        kinds = [(each.kind, each.deadline) for each in await reminded.answers()]
        assert kinds == [("acknowledged", date(2026, 4, 30))]


class TestManager:
    """Lin of Platform manages Payments: may answer their reminders, and does not own what they own."""

    @pytest.fixture
    async def managed(self, reminded: Reminded) -> Reminded:
        catalog = organisation()
        catalog.teams[0] = replace(catalog.teams[0], manager="lin@example.test")
        await reminded.stage.bring(catalog)
        return reminded

    async def test_a_manager_may_acknowledge_and_plan(self, managed: Reminded) -> None:
        await managed.press(ids.ACKNOWLEDGE, user="lin")
        lin = managed.stage.slack.workspace.user("lin").id
        assert f"Acknowledged by <@{lin}>" in managed.root.text
        await managed.form(ids.PLAN, user="lin")
        assert await managed.submit("lin", {ids.PLAN_DAY: "2026-04-01"}) == {}
        assert [each.kind for each in await managed.answers()] == ["planned"]

    async def test_a_manager_may_approve_a_waiver_for_a_team_of_one(self, stage: Stage) -> None:
        catalog = organisation()
        catalog.teams[2] = replace(catalog.teams[2], manager="lin@example.test")
        await stage.bring(catalog)
        await deploy(stage, "search-api", "nodejs", "20.11.1")
        reminded = await remind(stage, "search-api", channel="search")
        await reminded.form(ids.MORE, user="solo", word=ids.WAIVE)
        assert await reminded.submit("solo", {ids.WAIVE_REASON: "why", ids.WAIVE_DAY: "2026-06-01"}) == {}
        await reminded.press(ids.APPROVE, user="lin")
        assert "lifecycle.approve" in await actions(stage)

    async def test_a_manager_may_not_say_what_runs_nor_confirm_nor_claim(self, managed: Reminded) -> None:
        await managed.press(ids.MORE, user="lin", value=f"{ids.WRONG_VERSION}|{managed.id}")
        assert managed.stage.slack.view_stack("lin") == []
        assert "Only members of Payments and their leads can say which version it is" in managed.said_to("lin")
        answer = await managed.stage.ask("/whoowns invoices service", user="grace")
        await managed.stage.press(
            await copied(managed.stage, "general", answer.blocks), "ownership.confirm", user="lin"
        )
        assert "can confirm invoices: ask" in managed.said_to("lin", "general")
        assert not {"lifecycle.pin", "ownership.confirm"} & set(await actions(managed.stage))
        assert "Payments" not in (await managed.stage.ask("/baton team", user="lin")).text

    async def test_a_manager_is_not_shown_what_they_may_not_say(self, managed: Reminded) -> None:
        element = {"type": "button", "action_id": ids.OPEN, "value": str(managed.id)}
        text = {"type": "plain_text", "text": "Open"}
        line = await copied(managed.stage, "general", [{"type": "actions", "elements": [element | {"text": text}]}])
        for user, is_shown in (("lin", False), ("ada", True)):
            await managed.stage.press(line, ids.OPEN, user=user)
            shown = str(managed.stage.slack.visible_messages(user, "general")[-1].blocks)
            assert "Ask for a waiver…" in shown
            assert ("Correct the version…" in shown) is is_shown

    async def test_who_manages_it_is_checked_at_the_click(self, managed: Reminded) -> None:
        await managed.stage.bring(organisation())
        await managed.press(ids.ACKNOWLEDGE, user="lin")
        assert "Only members of Payments and their leads or managers can answer this" in managed.said_to("lin")
        assert await managed.answers() == []


class TestSnooze:
    async def test_it_is_quiet_until_then(self, reminded: Reminded) -> None:
        await reminded.press(ids.SNOOZE, user="ada", value=f"7|{reminded.id}")
        assert "Snoozed by" in reminded.root.text
        assert "2026-03-10" in reminded.root.text
        [answer] = await reminded.answers()
        assert (answer.kind, answer.until) == ("snoozed", date(2026, 3, 10))

    async def test_it_ends_two_weeks_before_the_date_and_another_takes_its_place(self, reminded: Reminded) -> None:
        await reminded.press(ids.SNOOZE, user="ada", value=f"7|{reminded.id}")
        reminded.stage.clock.advance(timedelta(days=30))
        await reminded.press(ids.SNOOZE, user="ada", value=f"30|{reminded.id}")
        assert "because a snooze ends 14 days before the deadline" in reminded.said_to("ada")
        [answer] = await reminded.answers()
        assert answer.until == date(2026, 4, 16)
        await reminded.press(ids.SNOOZE, user="ada", value=f"14|{reminded.id}")
        assert "stays as it was" in reminded.said_to("ada")
        assert len(await reminded.answers(in_force=False)) == 2
        reminded.stage.clock.advance(timedelta(days=20))
        await reminded.press(ids.SNOOZE, user="ada", value=f"7|{reminded.id}")
        assert "Too late to snooze" in reminded.said_to("ada")
        assert (await actions(reminded.stage)).count("lifecycle.snooze") == 2

    async def test_a_plan_is_not_snoozed_away(self, reminded: Reminded) -> None:
        stale = await copied(reminded.stage, "general", reminded.root.blocks)
        await reminded.form(ids.PLAN, user="ada")
        await reminded.submit("ada", {ids.PLAN_DAY: "2026-04-01"})
        await reminded.stage.slack.act(
            "grace", MessageRef(stale.channel, stale.ts), ids.SNOOZE, value=f"7|{reminded.id}"
        )
        await reminded.settle()
        assert "stays as it was" in reminded.said_to("grace", "general")
        assert [each.kind for each in await reminded.answers()] == ["planned"]


class TestPlan:
    async def test_the_form_suggests_the_longest_runway(self, reminded: Reminded) -> None:
        view = await reminded.form(ids.PLAN, user="grace")
        target = next(b["element"] for b in view.payload["blocks"] if b.get("block_id") == ids.PLAN_TARGET)
        assert target["initial_option"]["value"] == "24"
        assert "supported until 2028-04-30" in target["initial_option"]["text"]["text"]
        assert {option["value"] for option in target["options"]} >= {"22", "24", "25"}

    async def test_a_plan_replaces_the_nagging(self, reminded: Reminded) -> None:
        people = reminded.stage.slack.workspace
        await reminded.press(ids.ACKNOWLEDGE, user="ada")
        await reminded.form(ids.PLAN, user="grace")
        values = {
            ids.PLAN_DAY: "2026-04-01",
            ids.PLAN_COMPATIBILITY: people.user("grace").id,
            ids.PLAN_UPGRADE: people.user("ada").id,
            ids.PLAN_ROLLBACK: "errors above 1% <!channel>",
        }
        assert await reminded.submit("grace", values) == {}
        said = reminded.root.text
        assert "*Plan:* upgrade to 24 by" in said
        assert f"Application compatibility: <@{people.user('grace').id}>" in said
        assert f"Upgrade: <@{people.user('ada').id}>" in said
        assert "Roll back when: errors above 1% &lt;!channel&gt;." in said
        assert "Still open: who may decide it." in said
        assert "Change plan…" in buttons(reminded.root)
        assert "Acknowledge" not in buttons(reminded.root)
        assert "No reminder until" in reminded.said_to("grace")
        [answer] = await reminded.answers()
        assert (answer.kind, answer.until) == ("planned", date(2026, 4, 1))
        assert (await actions(reminded.stage)).count("lifecycle.plan") == 1

    async def test_the_same_plan_twice_is_one(self, reminded: Reminded) -> None:
        for _ in range(2):
            await reminded.form(ids.PLAN, user="grace")
            await reminded.submit("grace", {ids.PLAN_DAY: "2026-04-01"})
        assert len(await reminded.answers(in_force=False)) == 1
        await reminded.form(ids.PLAN, user="ada")
        await reminded.submit("ada", {ids.PLAN_DAY: "2026-04-08"})
        assert [(each.kind, each.until) for each in await reminded.answers()] == [("planned", date(2026, 4, 8))]
        assert len(await reminded.answers(in_force=False)) == 2

    async def test_what_two_plan_at_once_is_put_together(self, reminded: Reminded) -> None:
        for user in ("ada", "grace"):
            await reminded.form(ids.PLAN, user=user)
        assert await reminded.submit("ada", {ids.PLAN_DAY: "2026-04-01", ids.PLAN_ROLLBACK: "errors above 1%"}) == {}
        await reminded.submit("grace", {ids.PLAN_DAY: "2026-04-08"})
        [view] = reminded.stage.slack.view_stack("grace")
        assert "Meanwhile it became 1 April 2026. Send again to make it 8 April 2026." in str(view.payload["blocks"])
        assert [each.until for each in await reminded.answers()] == [date(2026, 4, 1)]
        assert await reminded.submit("grace", {ids.PLAN_DAY: "2026-04-08"}) == {}
        [answer] = await reminded.answers()
        assert answer.until == date(2026, 4, 8)
        assert "Roll back when: errors above 1%" in reminded.root.text, "Grace has left it as it was"

    async def test_a_day_that_is_over_is_refused_at_its_field(self, reminded: Reminded) -> None:
        await reminded.form(ids.PLAN, user="grace")
        errors = await reminded.submit("grace", {ids.PLAN_DAY: "2026-03-02"})
        assert "choose today or a later one" in errors[ids.PLAN_DAY]
        assert await reminded.submit("grace", {ids.PLAN_DAY: "2026-03-03"}) == {}

    async def test_a_day_after_the_deadline_is_allowed_and_said(self, reminded: Reminded) -> None:
        await reminded.form(ids.PLAN, user="grace")
        assert await reminded.submit("grace", {ids.PLAN_DAY: "2026-05-30"}) == {}
        assert ":warning: That is 30 days after" in reminded.said_to("grace")
        assert ":warning: That is 30 days after" in reminded.root.text

    async def test_whoever_may_not_answer_gets_no_form_and_a_form_is_checked_again(self, reminded: Reminded) -> None:
        await reminded.press(ids.PLAN, user="lin")
        assert reminded.stage.slack.view_stack("lin") == []
        assert "Only members of Payments" in reminded.said_to("lin")
        await reminded.form(ids.PLAN, user="grace")
        await reminded.close()
        errors = await reminded.submit("grace", {ids.PLAN_DAY: "2026-04-01"})
        assert "This is closed" in errors[ids.PLAN_DAY]

    async def test_a_form_that_takes_a_while_begins_with_a_loading_view(
        self, reminded: Reminded, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(interaction, "PATIENCE_SECONDS", 0)
        view = await reminded.form(ids.PLAN, user="grace")
        assert view.payload["callback_id"] == ids.PLAN_VIEW
        assert await reminded.submit("grace", {ids.PLAN_DAY: "2026-04-01"}) == {}
        view = await reminded.form(ids.PLAN, user="lin")
        assert "Only members of Payments" in str(view.payload["blocks"])


class TestDelegate:
    async def offered(self, reminded: Reminded) -> PostedMessage:
        await reminded.form(ids.MORE, user="grace", word=ids.DELEGATE)
        platform = team_option(reminded.stage, "grace", ids.DELEGATE_TEAM, "Platform")
        assert await reminded.submit("grace", {ids.DELEGATE_TEAM: platform}) == {}
        [offer] = await posted(reminded.stage, "platform")
        return offer

    async def test_nothing_moves_until_the_other_team_accepts(self, reminded: Reminded) -> None:
        offer = await self.offered(reminded)
        assert "asks you to take this over" in offer.text
        assert "to *Platform*, who have not answered yet" in reminded.root.text
        assert (await reminded.row()).delegated_to is None
        await reminded.press(ids.ACKNOWLEDGE, user="ada")
        assert (await reminded.answers())[-1].kind == "acknowledged"
        await reminded.stage.press(offer, ids.ACCEPT, user="lin")
        await reminded.settle()
        [offer] = await posted(reminded.stage, "platform")
        assert "accepted. You get its reminders now" in offer.text
        assert ids.ACCEPT not in buttons(offer).values()
        assert "*Platform* has taken this over" in reminded.root.text
        assert [each.kind for each in await reminded.answers()] == ["delegated"]
        assert "accepted" in reminded.thread()[-1].text
        await reminded.stage.press(reminded.thread()[-1], handoff_button.OPEN, user="ada")
        form = reminded.stage.slack.view_stack("ada")[-1]
        assert "*Payments* offers this" in str(form.payload), "to make it permanent"
        assert set(buttons(reminded.root)) == {"Open", "Explain"}
        assert ":warning:" not in reminded.root.text
        await reminded.stage.press(offer, ids.OPEN, user="omar")
        mine = reminded.stage.slack.visible_messages("omar", "platform")[-1]
        await reminded.stage.press(mine, ids.ACKNOWLEDGE, user="omar")
        await reminded.settle()
        assert "Acknowledged by" in reminded.root.text
        assert [name for name in await actions(reminded.stage) if name.startswith("lifecycle.")] == [
            "lifecycle.delegate",
            "lifecycle.acknowledge",
            "lifecycle.accept",
            "lifecycle.acknowledge",
        ]

    async def test_what_the_first_team_was_told_says_in_the_end_that_it_is_over(self, reminded: Reminded) -> None:
        stage, key = reminded.stage, f"eol:{reminded.id}:root"
        async with stage.database.transaction() as session:
            await session.execute(update(tables.OutboxMessage).values(key=key))
            await session.execute(update(tables.Reminder).values(root_key=key))
        offer = await self.offered(reminded)
        await stage.press(offer, ids.ACCEPT, user="lin")
        async with stage.database.transaction() as session:
            await session.execute(update(tables.Reminder).values(root_key=f"{key}:told to the other team"))
        opened = await copied(stage, "general", open_button(reminded))
        await stage.press(opened, ids.OPEN, user="lin")
        card = stage.slack.visible_messages("lin", "general")[-1]
        await stage.slack.act(
            "lin", MessageRef(card.channel, card.ts), ids.MORE, value=f"{ids.WRONG_VERSION}|{reminded.id}"
        )
        await stage.settle()
        assert await reminded.submit("lin", {ids.PIN_CYCLE: "nodejs|22"}) == {}
        assert "counts as another product or version now" in reminded.root.text

    async def test_only_the_other_team_may_accept_and_once(self, reminded: Reminded) -> None:
        offer = await self.offered(reminded)
        for user in ("grace", "eve"):
            await reminded.stage.press(offer, ids.ACCEPT, user=user)
            assert "Only members of Platform" in reminded.said_to(user, "platform")
        ref = MessageRef(offer.channel, offer.ts)
        await asyncio.gather(*(reminded.stage.slack.act(user, ref, ids.ACCEPT) for user in ("lin", "omar")))
        await reminded.settle()
        said = [reminded.said_to(user, "platform") for user in ("lin", "omar")]
        assert sum(" already." in each for each in said) == 1
        assert (await actions(reminded.stage)).count("lifecycle.accept") == 1

    async def test_a_manager_of_the_other_team_cannot_accept_before_it_is_theirs_and_answers_it_then(
        self, reminded: Reminded
    ) -> None:
        managed = organisation()
        managed.teams[1] = replace(managed.teams[1], manager="solo@example.test")
        await reminded.stage.bring(managed)
        offer = await self.offered(reminded)
        await reminded.stage.press(offer, ids.ACCEPT, user="solo")
        assert "Only members of Platform and their leads can decide that" in reminded.said_to("solo", "platform")
        await reminded.stage.press(offer, ids.ACCEPT, user="lin")
        await reminded.press(ids.ACKNOWLEDGE, user="solo")
        assert "Acknowledged by" in reminded.root.text

    async def test_whoever_offers_cannot_accept_for_another_team_of_theirs(self, reminded: Reminded) -> None:
        both = organisation()
        both.people[2] = type(both.people[2])(
            name="Lin Wei", email="lin@example.test", teams=("Platform", "Payments"), origin=both.people[2].origin
        )
        await reminded.stage.bring(both)
        await reminded.form(ids.MORE, user="lin", word=ids.DELEGATE)
        platform = team_option(reminded.stage, "lin", ids.DELEGATE_TEAM, "Platform")
        await reminded.submit("lin", {ids.DELEGATE_TEAM: platform})
        [offer] = await posted(reminded.stage, "platform")
        await reminded.stage.press(offer, ids.ACCEPT, user="lin")
        assert "a teammate must accept" in reminded.said_to("lin", "platform")
        assert (await reminded.row()).delegated_to is None

    async def test_a_declined_offer_is_told_in_the_thread(self, reminded: Reminded) -> None:
        offer = await self.offered(reminded)
        stale = await copied(reminded.stage, "general", offer.blocks)
        await reminded.stage.press(offer, ids.DECLINE, user="omar")
        await reminded.settle()
        assert "declined" in reminded.thread()[-1].text
        assert "It stays with them" in (await posted(reminded.stage, "platform"))[0].text
        assert "who have not answered yet" not in reminded.root.text
        assert await reminded.answers() == []
        await reminded.stage.press(stale, ids.ACCEPT, user="lin")
        assert "declined" in reminded.said_to("lin", "general")
        assert (await reminded.row()).delegated_to is None

    async def test_a_plan_takes_the_offer_back(self, reminded: Reminded) -> None:
        offer = await self.offered(reminded)
        stale = await copied(reminded.stage, "general", offer.blocks)
        await reminded.form(ids.PLAN, user="ada")
        await reminded.submit("ada", {ids.PLAN_DAY: "2026-04-01"})
        assert (
            "The request is off: *Node.js 20* has been planned since."
            in (await posted(reminded.stage, "platform"))[0].text
        )
        await reminded.stage.press(stale, ids.ACCEPT, user="lin")
        assert "The request is off" in reminded.said_to("lin", "general")

    async def test_the_same_offer_twice_is_one(self, reminded: Reminded) -> None:
        await self.offered(reminded)
        await self.offered(reminded)
        said = reminded.said_to("grace")
        assert "*Platform* has not answered yet. Platform (<#" in said
        assert "already knows." in said
        assert (await actions(reminded.stage)).count("lifecycle.delegate") == 1


class TestNotOurs:
    async def test_the_doubt_is_on_record_and_the_named_team_asked_to_claim(self, reminded: Reminded) -> None:
        stage = reminded.stage
        await reminded.form(ids.MORE, user="grace", word=ids.NOT_OURS)
        search = team_option(stage, "grace", ids.NOT_OURS_TEAM, "Search")
        values = {ids.NOT_OURS_TEAM: search, ids.NOT_OURS_REASON: "moved in May"}
        assert await reminded.submit("grace", values) == {}
        assert "that this is not theirs but Search's: moved in May" in reminded.root.text
        assert "I am telling Search in <#" in reminded.said_to("grace")
        answer = await stage.ask("/whoowns checkout", user="eve")
        assert "doubted this" in answer.text
        assert "moved in May" in answer.text
        [asked] = await posted(stage, "search")
        assert "says that *checkout* is yours, not *Payments*'s" in asked.text
        await stage.press(asked, "ownership.claim", user="solo")
        reason = {"ownership.claim_reason": "We run it"}
        await stage.slack.submit_view("solo", stage.slack.view_stack("solo")[-1].id, reason)
        await stage.settle()
        assert "*Search* asked for it" in (await stage.ask("/whoowns checkout", user="eve")).text
        assert (await actions(stage)).count("lifecycle.not_ours") == 1
        [watch] = (await stage.baton.context.watcher.current()).by_key.values()
        assert watch.addressee.name == "Payments"  # a claim moves nothing, and so no reminder either

    async def test_twice_is_once_and_an_owner_settles_it(self, reminded: Reminded) -> None:
        stage = reminded.stage
        for _ in range(2):
            await reminded.form(ids.MORE, user="grace", word=ids.NOT_OURS)
            await reminded.submit("grace", {})
        assert "stays as it was" in reminded.said_to("grace")
        async with stage.database.reading() as session:
            assert len((await session.execute(select(tables.OwnerDoubt))).all()) == 1
        answer = await stage.ask("/whoowns checkout", user="ada")
        assert "doubted this" in answer.text
        await stage.press(answer, "ownership.confirm", user="ada")
        assert "doubted this" not in (await stage.ask("/whoowns checkout", user="ada")).text

    async def test_the_owner_ends_what_one_of_them_doubted(self, reminded: Reminded) -> None:
        stage = reminded.stage
        await reminded.form(ids.MORE, user="grace", word=ids.NOT_OURS)
        await reminded.submit("grace", {ids.NOT_OURS_REASON: "moved in May"})
        stage.clock.advance(timedelta(days=1))
        await stage.baton.context.daily_pass.run()
        asked = (await posted(stage, "payments"))[-1]
        assert "thinks that *Payments* does not own *checkout*." in asked.text
        await stage.press(asked, "ownership.matter_show", user="ada")
        shown = stage.slack.visible_messages("ada", "payments")[-1]
        await stage.press(shown, "ownership.matter_agree", user="ada")
        assert "*Payments*" not in (await stage.ask("/whoowns checkout", user="eve")).text.splitlines()[0]

    async def test_the_owner_itself_cannot_be_named(self, reminded: Reminded) -> None:
        view = await reminded.form(ids.MORE, user="grace", word=ids.NOT_OURS)
        names = {option["text"]["text"] for option in options_of(view, ids.NOT_OURS_TEAM)}
        assert names == {"Platform", "Search"}


class TestWrongVersion:
    async def test_it_counts_as_what_was_chosen_until_another_version_is_seen(self, reminded: Reminded) -> None:
        stage = reminded.stage
        await reminded.form(ids.MORE, user="grace", word=ids.WRONG_VERSION)
        assert await reminded.submit("grace", {ids.PIN_CYCLE: "nodejs|22"}) == {}
        assert "counts as *Node.js 22* instead of *Node.js 20*" in reminded.said_to("grace")
        watches = await stage.baton.context.watcher.current()
        assert {key[2] for key in watches.by_key} == {"22"}
        assert (await actions(stage)).count("lifecycle.pin") == 1
        assert "what ran it counts as another product or version now" in reminded.root.text
        assert buttons(reminded.root) == {}
        assert (await reminded.row()).resolution == "replaced"
        assert (await actions(stage)).count("lifecycle.resolve") == 1

    async def test_what_remains_of_the_card_is_shown(self, stage: Stage) -> None:
        await deploy(stage, "checkout", "nodejs", "20.11.1", "20.1.0")
        reminded = await remind(stage, "checkout")
        view = await reminded.form(ids.MORE, user="grace", word=ids.WRONG_VERSION)
        which = next(o["value"] for o in options_of(view, ids.PIN_WHAT) if "20.1.0" in o["text"]["text"])
        errors = await reminded.submit("grace", {ids.PIN_WHAT: which, ids.PIN_TYPED: "nodejs nonsense"})
        assert "I do not know “" in errors[ids.PIN_TYPED]
        assert await reminded.submit("grace", {ids.PIN_WHAT: which, ids.PIN_TYPED: "nodejs 22"}) == {}
        assert "20.11.1" in reminded.root.text
        assert "20.1.0" not in reminded.root.text

    async def test_nothing_chosen_is_said_at_the_field_and_the_same_again_changes_nothing(
        self, reminded: Reminded
    ) -> None:
        await reminded.form(ids.MORE, user="grace", word=ids.WRONG_VERSION)
        errors = await reminded.submit("grace", {})
        assert "Choose what it is, or type" in errors[ids.PIN_TYPED]
        assert await reminded.submit("grace", {ids.PIN_TYPED: "20"}) == {}
        assert " already." in reminded.said_to("grace")
        assert "lifecycle.pin" not in await actions(reminded.stage)

    async def test_a_form_that_was_opened_in_time_is_checked_again(self, reminded: Reminded) -> None:
        await reminded.form(ids.MORE, user="grace", word=ids.WRONG_VERSION)
        left = organisation()
        left.people[1] = replace(left.people[1], teams=())
        left.teams[0] = replace(left.teams[0], manager="grace@example.test")
        await reminded.stage.bring(left)
        errors = await reminded.submit("grace", {ids.PIN_CYCLE: "nodejs|22"})
        assert "Only members of Payments and their leads can say which version it is" in str(errors)
        assert "lifecycle.pin" not in await actions(reminded.stage)

    async def test_what_nobody_knows_has_a_form_for_its_owners_only(self, stage: Stage) -> None:
        await deploy(stage, "checkout", "nodejs", "mystery")
        watches = await stage.baton.context.watcher.current()
        [unsure] = watches.unsure["team:1"]
        digest = await copied(stage, "general", [pin_button(unsure.deployment.id)])
        for user, sees_form in (("lin", False), ("eve", False), ("grace", True)):
            await stage.press(digest, ids.PIN, user=user)
            assert bool(stage.slack.view_stack(user)) is sees_form
        assert "Only members of Payments" in stage.slack.visible_messages("eve", "general")[-1].text

    async def test_the_answer_has_the_button_that_its_sentence_asks_for(self, stage: Stage) -> None:
        await deploy(stage, "checkout", "nodejs", "mystery")
        await deploy(stage, "old-cron", "nodejs", "riddle")
        nobodys = await stage.ask("/eol old-cron", user="grace")
        assert "Correct unknown versions at their source:" in nobodys.text, "nobody could press it"
        assert "Correct the version" not in buttons(nobodys)
        answer = await stage.ask("/eol checkout", user="grace")
        assert "Correct unknown versions here or at their source:" in answer.text
        await stage.press(answer, ids.PIN, user="grace")
        view = stage.slack.view_stack("grace")[-1]
        assert "*checkout* · *nodejs mystery production* says the inventory" in str(view.payload["blocks"])
        await stage.slack.submit_view("grace", view.id, {ids.PIN_TYPED: "nodejs 22"})
        await stage.settle()
        assert "unknown" not in (await stage.ask("/eol checkout", user="grace")).text

    async def test_a_team_that_has_taken_one_cycle_over_says_nothing_of_another(self, reminded: Reminded) -> None:
        stage = reminded.stage
        await deploy(stage, "checkout", "postgresql", "12.3")
        async with stage.database.transaction() as session:
            platform = (await session.execute(select(tables.Team.id).where(tables.Team.name == "Platform"))).scalar()  # type: ignore[call-overload]
            await session.execute(update(tables.Reminder).values(delegated_to=platform))
        watches = await stage.baton.context.watcher.current()
        ids_of = {
            one.deployment.observed.product: one.deployment.id for runs in watches.by_asset.values() for one in runs
        }
        for product, sees_form in (("postgresql", False), ("nodejs", True)):
            message = await copied(stage, "general", [pin_button(ids_of[product])])
            await stage.press(message, ids.PIN, user="lin")
            assert bool(stage.slack.view_stack("lin")) is sees_form


class TestWaive:
    async def asked(self, reminded: Reminded, user: str = "grace") -> PostedMessage:
        await reminded.form(ids.MORE, user=user, word=ids.WAIVE)
        values = {ids.WAIVE_REASON: "switched off in May", ids.WAIVE_DAY: "2026-06-01"}
        assert await reminded.submit(user, values) == {}
        return reminded.thread()[-1]

    async def test_somebody_else_of_the_team_approves(self, reminded: Reminded) -> None:
        question = await self.asked(reminded)
        assert "switched off in May" in question.text
        assert "A teammate must approve" in reminded.root.text
        assert "Approve waiver" in buttons(reminded.root)
        await reminded.stage.press(question, ids.APPROVE, user="grace")
        assert "a teammate must decide" in reminded.said_in_thread("grace")
        await reminded.stage.press(question, ids.APPROVE, user="lin")
        assert "Only members of Payments" in reminded.said_in_thread("lin")
        stale = await copied(reminded.stage, "general", question.blocks)
        await reminded.press(ids.APPROVE, user="ada")
        ada = reminded.stage.slack.workspace.user("ada").id
        assert f"approved by <@{ada}>" in reminded.root.text
        assert f"<@{ada}> approved" in reminded.thread()[-1].text
        assert ids.APPROVE not in buttons(reminded.root).values()
        await reminded.stage.press(stale, ids.APPROVE, user="ada")
        assert " already." in reminded.said_to("ada", "general")
        assert [name for name in await actions(reminded.stage) if name.startswith("lifecycle.")] == [
            "lifecycle.waive",
            "lifecycle.approve",
        ]

    async def test_what_is_pressed_in_the_channel_is_answered_there_and_not_in_the_thread(
        self, reminded: Reminded
    ) -> None:
        await self.asked(reminded)
        for user, said in (("grace", "a teammate must decide"), ("lin", "Only members of Payments")):
            await reminded.press(ids.APPROVE, user=user)
            assert said in reminded.said_to(user)
        await reminded.press(ids.EXPLAIN, user="eve")
        assert "Why you are told" in reminded.said_to("eve")
        await reminded.press(ids.ACKNOWLEDGE, user="ada")
        assert "Acknowledged: no reminder of" in reminded.said_to("ada")

    async def test_a_refused_one_changes_nothing(self, reminded: Reminded) -> None:
        await self.asked(reminded)
        await reminded.press(ids.REFUSE, user="ada")
        assert "refused" in reminded.thread()[-1].text
        assert "switched off" not in reminded.root.text
        assert await reminded.answers() == []

    async def test_reason_and_day_are_checked_at_their_fields(self, reminded: Reminded) -> None:
        await reminded.form(ids.MORE, user="grace", word=ids.WAIVE)
        errors = await reminded.submit("grace", {ids.WAIVE_REASON: "  ", ids.WAIVE_DAY: "2026-06-01"})
        assert set(errors) == {ids.WAIVE_REASON}
        for day in ("2026-03-03", "2026-08-31"):
            errors = await reminded.submit("grace", {ids.WAIVE_REASON: "why", ids.WAIVE_DAY: day})
            assert "until 2026-08-30" in errors[ids.WAIVE_DAY]
        assert await reminded.submit("grace", {ids.WAIVE_REASON: "why", ids.WAIVE_DAY: "2026-08-30"}) == {}

    async def test_nobody_else_means_nobody_approves(self, stage: Stage) -> None:
        await deploy(stage, "search-api", "nodejs", "20.11.1")
        reminded = await remind(stage, "search-api", channel="search")
        await reminded.form(ids.MORE, user="solo", word=ids.WAIVE)
        errors = await reminded.submit("solo", {ids.WAIVE_REASON: "why", ids.WAIVE_DAY: "2026-06-01"})
        assert "A teammate must approve" in errors[ids.WAIVE_DAY]


class TestDone:
    async def test_it_is_claimed_and_verifying_until_the_evidence_shows_it(self, reminded: Reminded) -> None:
        for _ in range(2):
            await reminded.form(ids.MORE, user="grace", word=ids.DONE)
            await reminded.submit("grace", {})
        assert "reported it done" in reminded.root.text
        assert "It closes when the inventory shows it." in reminded.root.text
        assert (await reminded.row()).claimed_at is not None
        assert "stays as it was" in reminded.said_to("grace")
        assert (await actions(reminded.stage)).count("lifecycle.done") == 1

    async def test_a_plan_takes_it_back(self, reminded: Reminded) -> None:
        await reminded.form(ids.MORE, user="grace", word=ids.DONE)
        await reminded.submit("grace", {})
        await reminded.form(ids.PLAN, user="ada")
        await reminded.submit("ada", {ids.PLAN_DAY: "2026-04-01"})
        assert (await reminded.row()).claimed_at is None
        assert "reported it done" not in reminded.root.text

    async def test_what_is_closed_meanwhile_is_said_in_the_form(self, reminded: Reminded) -> None:
        await reminded.form(ids.MORE, user="grace", word=ids.DONE)
        await reminded.close()
        await reminded.submit("grace", {})
        assert "This is closed" in str(reminded.stage.slack.view_stack("grace")[-1].payload["blocks"])


class TestOpenAndExplain:
    async def test_open_shows_the_card_to_one_person_and_answers_show_in_it(self, reminded: Reminded) -> None:
        stage = reminded.stage
        digest = await copied(stage, "general", open_button(reminded))
        await stage.press(digest, ids.OPEN, user="grace")
        mine = stage.slack.visible_messages("grace", "general")[-1]
        assert mine.ephemeral_for == stage.slack.workspace.user("grace").id
        assert set(buttons(mine)) == {"Acknowledge", "Plan…", "Hand over", "Explain"}
        await stage.press(mine, ids.ACKNOWLEDGE, user="grace")
        await reminded.settle()
        now = stage.slack.visible_messages("grace", "general")[-1]
        assert now.ts == mine.ts
        assert now.text.startswith("Acknowledged: no reminder of")
        assert "Acknowledged by" in now.text
        assert "Acknowledged by" in reminded.root.text

    async def test_explain_says_what_was_seen_and_by_which_rule(self, reminded: Reminded) -> None:
        await reminded.press(ids.EXPLAIN, user="eve")
        said = reminded.said_to("eve")
        assert "*Payments* owns these" in said
        assert "scan says “nodejs 20.11.1”" in said
        assert "Matched: 20.11.1 belongs to 20." in said
        assert "They have not moved." in said

    async def test_where_there_is_no_message_it_is_a_modal_with_the_same_buttons(self, reminded: Reminded) -> None:
        stage = reminded.stage
        await stage.baton.context.slack.publish_home(
            stage.slack.workspace.user("grace").id, {"type": "home", "blocks": open_button(reminded)}
        )
        home = stage.slack.home("grace")
        assert home is not None
        await stage.slack.act("grace", ViewRef(home.id), ids.OPEN)
        await stage.settle()
        [card] = stage.slack.view_stack("grace")
        await stage.slack.act("grace", ViewRef(card.id), ids.PLAN)
        await stage.settle()
        assert len(stage.slack.view_stack("grace")) == 2
        assert await reminded.submit("grace", {ids.PLAN_DAY: "2026-04-01"}) == {}
        [card] = stage.slack.view_stack("grace")
        assert "*Plan:*" in str(card.payload["blocks"])
        await reminded.close()
        await stage.slack.act("grace", ViewRef(card.id), ids.MORE, value=f"{ids.WAIVE}|{reminded.id}")
        await stage.settle()
        below, notice = stage.slack.view_stack("grace")
        assert below.id == card.id
        assert "This is closed" in str(notice.payload["blocks"])

    async def test_explain_in_a_modal_lies_on_top_of_it(self, reminded: Reminded) -> None:
        stage = reminded.stage
        await stage.baton.context.slack.publish_home(
            stage.slack.workspace.user("grace").id, {"type": "home", "blocks": open_button(reminded)}
        )
        home = stage.slack.home("grace")
        assert home is not None
        await stage.slack.act("grace", ViewRef(home.id), ids.OPEN)
        await stage.settle()
        [card] = stage.slack.view_stack("grace")
        await stage.slack.act("grace", ViewRef(card.id), ids.ACKNOWLEDGE)
        await reminded.settle()
        [card] = stage.slack.view_stack("grace")
        assert "Acknowledged: no reminder of" in str(card.payload["blocks"])
        await stage.slack.act("grace", ViewRef(card.id), ids.EXPLAIN)
        await stage.settle()
        assert "Why you are told" in str(stage.slack.view_stack("grace")[-1].payload["blocks"])


async def test_what_nobody_owns_can_be_claimed_and_nothing_else(stage: Stage) -> None:
    await deploy(stage, "old-cron", "nodejs", "20.11.1")
    reminded = await remind(stage, "old-cron", channel="general")
    assert set(buttons(reminded.root)) == {"We own this", "Explain"}
    assert "Nobody owns these" in reminded.root.text
    for word, press in ((f"7|{reminded.id}", ids.SNOOZE), (None, ids.ACKNOWLEDGE), (None, ids.PLAN)):
        other = await copied(stage, "general", raw_buttons(reminded.id))
        await stage.slack.act("ada", MessageRef(other.channel, other.ts), press, value=word)
        await stage.settle()
        assert "claim it for your team first" in reminded.said_to("ada")
    await reminded.press("ownership.claim", user="solo")
    await stage.slack.submit_view("solo", stage.slack.view_stack("solo")[-1].id, {})
    await stage.settle()
    assert "*Search* owns *old-cron* now." in reminded.said_to("solo")


async def test_what_nobody_owned_leads_to_whoever_has_taken_it(stage: Stage) -> None:
    await deploy(stage, "old-cron", "nodejs", "20.11.1")
    reminded = await remind(stage, "old-cron", channel="general")
    other = await copied(stage, "general", raw_buttons(reminded.id))
    await reminded.press("ownership.claim", user="solo")
    await stage.slack.submit_view("solo", stage.slack.view_stack("solo")[-1].id, {})
    await reminded.settle()
    await stage.press(other, ids.ACKNOWLEDGE, user="solo")
    await stage.settle()
    assert "*Search* has *Node.js 20* on *old-cron* now" in reminded.said_to("solo", "general")


async def test_buttons_of_another_version_say_so(reminded: Reminded) -> None:
    stage = reminded.stage
    for value in ("", "x", "9" * 30, "-1"):
        odd = await copied(stage, "general", raw_buttons(value))
        await stage.press(odd, ids.ACKNOWLEDGE, user="grace")
        said = reminded.said_to("grace", "general")
        assert "another version of Baton" in said
    gone = await copied(stage, "general", raw_buttons(4711))
    await stage.press(gone, ids.ACKNOWLEDGE, user="grace")
    assert "Nothing ends here any more" in reminded.said_to("grace", "general")
