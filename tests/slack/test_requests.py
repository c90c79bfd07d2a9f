"""Opening a request, over the wire: from a thread, by a command, by the emoji; and what happens when it goes wrong."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from bot.blocks.backlog import actions as ids
from bot.blocks.eol import actions as eol_ids
from bot.blocks.request_button import OPEN
from bot.playground.fake_slack import PostedMessage, View, ViewRef
from bot.store import tables
from handlers.backlog.jobs import forget_deleted_words, redraw_changed
from tests.slack.conftest import Stage, asset, organisation, read_only, team_owns
from tests.slack.test_clicks import actions
from tests.slack.test_eol_answers import deploy, posted, remind
from tests.slack.test_whoowns import buttons

SHORTCUT = ids.MESSAGE_SHORTCUT
#: The simulated Slack stamps messages with the present, from which dates count.
SOON = (datetime.now(UTC) + timedelta(days=60)).date().isoformat()
STORY = (
    "The new feature in checkout needs a time-series store: we need a Cassandra keyspace, created by Terraform.",
    "And we need a Jenkins step that runs Selenium tests. Nobody here has ever used Selenium or Cassandra.",
    f"Without it two of us are blocked. We need it by {SOON}, the partner goes live then.",
)


@pytest.fixture
def devops_team() -> str:
    return "Platform"


async def thread(stage: Stage, *texts: str, channel: str = "payments", user: str = "ada") -> PostedMessage:
    """A thread that somebody begins and Grace goes on with; returns its first message."""
    first, *rest = texts
    root = await stage.slack.post(user, channel, first)
    for text in rest:
        await stage.slack.post("grace", channel, text, thread_ts=root.ts)
    return root


async def form(
    stage: Stage, root: PostedMessage, *, user: str = "grace", channel: str = "payments", is_whole: bool = False
) -> View:
    """The view that the shortcut opens on a message, once it has been filled; with `is_whole` all of its fields."""
    await stage.slack.run_message_shortcut(user, channel, root.ts, SHORTCUT)
    await stage.settle()
    return await whole(stage, user) if is_whole else stage.slack.view_stack(user)[-1]


async def whole(stage: Stage, user: str = "grace") -> View:
    """The form on top with all of its fields."""
    view = stage.slack.view_stack(user)[-1]
    await stage.slack.act(user, ViewRef(view.id), ids.REST)
    await stage.settle()
    return stage.slack.view_stack(user)[-1]


def asked_for(view: View) -> list[str]:
    """The items that a form asks for."""
    shown = [each for each in view.payload["blocks"] if each.get("block_id", "").startswith(f"{ids.ITEM}.")]
    return [each["element"]["initial_value"] for each in shown]


async def submit(stage: Stage, user: str = "grace", values: Mapping[str, Any] | None = None) -> dict[str, str]:
    """Submit the view on top, with all of its fields where some are asked for; return what it says is wrong."""
    view = stage.slack.view_stack(user)[-1]
    shown = {str(each.get("block_id")) for each in view.payload["blocks"]}
    if ids.REST in shown and not set(values or {}) <= shown:
        view = await whole(stage, user)
    delivery = await stage.slack.submit_view(user, view.id, dict(values or {}))
    assert delivery.status in (200, None, 0), delivery
    await stage.settle()
    return dict(view.errors)


async def requests(stage: Stage) -> list[tables.Request]:
    async with stage.database.reading() as session:
        return list((await session.execute(select(tables.Request).order_by(tables.Request.id))).scalars())  # type: ignore[arg-type]


def said_in(view: View) -> str:
    """What a view says, without its fields."""
    return "\n".join(each["text"]["text"] for each in view.payload["blocks"] if each["type"] == "section")


def element(view: View, block_id: str) -> dict[str, Any]:
    [found] = [each for each in view.payload["blocks"] if each.get("block_id") == block_id]
    made: dict[str, Any] = found["element"]
    return made


def initial(view: View, block_id: str) -> list[str]:
    """The texts of the boxes that are ticked from the start."""
    return [each["text"]["text"] for each in element(view, block_id).get("initial_options", ())]


class TestFromAThread:
    async def test_the_form_is_filled_from_the_thread_and_nothing_is_made_before_submit(self, stage: Stage) -> None:
        root = await thread(stage, *STORY)
        view = await form(stage, root, is_whole=True)
        assert view.payload["title"]["text"] == "Open DevOps request"
        assert "*Platform*" in said_in(view)
        assert {"Cassandra", "Terraform", "Jenkins", "Selenium"} <= set(initial(view, ids.TECHNOLOGIES))
        assert {"Cassandra", "Selenium"} <= set(initial(view, ids.GAPS))
        assert len(asked_for(view)) >= 2
        assert element(view, ids.TEAM)["initial_option"]["text"]["text"] == "Payments"
        assert element(view, ids.ASKED_BY)["initial_user"] == stage.slack.workspace.user("ada").id
        assert element(view, ids.NEEDED_BY)["initial_date"] == SOON
        assert element(view, ids.BLOCKED)["initial_value"] == "2"
        assert await requests(stage) == []

    async def test_a_loading_view_opens_before_the_thread_is_read(self, stage: Stage) -> None:
        root = await thread(stage, *STORY)
        await form(stage, root)
        calls = [call.method for call in stage.slack.calls]
        assert calls.index("views.open") < calls.index("views.update")
        opened = next(call for call in stage.slack.calls if call.method == "views.open")
        assert "One moment" in str(opened.arguments)

    async def test_what_is_submitted_stands_in_the_thread_and_before_the_devops_team(self, stage: Stage) -> None:
        root = await thread(stage, *STORY)
        await form(stage, root)
        assert await submit(stage, values={ids.PEOPLE: "3", ids.TIMES: "4", ids.HOURS: "2.5"}) == {}
        assert stage.slack.view_stack("grace") == []
        [row] = await requests(stage)
        assert row.source_key == f"thread:{root.channel}:{root.ts}"
        assert row.copied.startswith("The new feature in checkout")
        assert row.items[0]["quote"]
        assert row.permalink.startswith("https://")
        async with stage.database.reading() as session:
            [demand] = (await session.execute(select(tables.RequestDemand))).scalars()
            names = dict((await session.execute(select(tables.Person.id, tables.Person.name))).all())  # type: ignore[call-overload]
        assert (demand.lost_people * demand.lost_times * demand.lost_hours, demand.blocked_people, demand.evidence) == (
            30,
            2,
            "",
        )
        assert (names[row.asked_by], names[row.filed_by]) == ("Ada Byron", "Grace Marsh")
        await posted(stage, "payments")
        [card] = [m for m in stage.slack.visible_messages("eve", "payments", thread_ts=root.ts) if "Proposed" in m.text]
        assert "for Payments" in card.text
        assert "Without it: 30 hours a month lost, 2 people blocked" in card.text
        [triage] = [m for m in stage.slack.visible_messages("lin", "platform") if "Asked by" in m.text]
        assert "Accept" in buttons(triage)

    async def test_what_has_no_words_and_no_tick_is_not_asked_for(self, stage: Stage) -> None:
        root = await thread(stage, *STORY)
        view = await form(stage, root)
        assert len(asked_for(view)) == 2
        values = {f"{ids.ITEM}.1": None, ids.TECHNOLOGIES: [], ids.OTHER_TECHNOLOGIES: "kdb+, q"}
        assert await submit(stage, values=values) == {}
        [row] = await requests(stage)
        assert len(row.items) == 1
        assert row.technologies == ["kdb+", "q"]

    async def test_one_thread_makes_one_request_and_the_second_sees_the_first(self, stage: Stage) -> None:
        root = await thread(stage, *STORY)
        await form(stage, root, user="grace")
        await form(stage, root, user="ada")
        await submit(stage, "grace")
        await submit(stage, "ada")
        assert len(await requests(stage)) == 1
        shown = stage.slack.view_stack("ada")[-1]
        assert "There is a request already: *#1*" in said_in(shown)
        assert "There is a request already: *#1*" in said_in(await form(stage, root, user="eve"))

    async def test_submitted_twice_at_once_and_delivered_twice_it_is_made_once(self, stage: Stage) -> None:
        root = await thread(stage, *STORY)
        view = await form(stage, root)
        first = await stage.slack.submit_view("grace", view.id)
        again = {**first.payload, "trigger_id": "another.press.of.the.same.form"}
        await asyncio.gather(
            *(stage.slack.deliver_again(replace(first, payload=each)) for each in (first.payload, again))
        )
        await stage.settle()
        assert len(await requests(stage)) == 1

    async def test_any_reply_opens_the_request_of_its_thread(self, stage: Stage) -> None:
        root = await thread(stage, *STORY)
        reply = stage.slack.visible_messages("grace", "payments", thread_ts=root.ts)[-1]
        await form(stage, reply)
        await submit(stage)
        [row] = await requests(stage)
        assert row.thread_ts == root.ts

    async def test_what_the_team_turned_down_is_not_asked_for(self, stage: Stage) -> None:
        root = await thread(
            stage,
            "Should we ask for a dedicated Redis?",
            "nah, our TTL is wrong",
            "And Grafana access for Lena?",
            "yes",
        )
        view = await form(stage, root)
        assert asked_for(view) == ["Grafana access for Lena"]

    async def test_a_thread_of_a_thousand_replies_is_read_to_its_end(self, stage: Stage) -> None:
        root = await stage.slack.post("ada", "payments", STORY[0])
        for number in range(998):
            message = PostedMessage(
                stage.slack.workspace.next_ts(), root.channel, root.user, f"chatter {number}", thread_ts=root.ts
            )
            stage.slack.workspace.add_message(message)
        await stage.slack.post("grace", "payments", STORY[2], thread_ts=root.ts)
        view = await form(stage, root)
        assert element(view, ids.NEEDED_BY)["initial_date"] == SOON
        assert [call.method for call in stage.slack.calls].count("conversations.replies") == 5

    async def test_words_of_people_from_outside_are_left_out(self, stage: Stage) -> None:
        stage.slack.add_user("mallory", real_name="Mallory", email="m@elsewhere.test", standing="stranger")
        stage.slack.workspace.channel("payments").members.add(stage.slack.workspace.user("mallory").id)
        root = await thread(stage, *STORY)
        await stage.slack.post("mallory", "payments", "We also need a MongoDB cluster.", thread_ts=root.ts)
        view = await form(stage, root)
        assert "MongoDB" not in str(view.payload)
        assert "from outside your organisation are left out" in said_in(view)
        await submit(stage)
        [row] = await requests(stage)
        assert "MongoDB" not in row.copied

    async def test_words_of_guests_decide_nothing_and_are_not_kept(self, stage: Stage) -> None:
        guest = stage.slack.add_user("guest", real_name="Guest", email="guest@example.test", standing="guest")
        stage.slack.workspace.channel("payments").members.add(guest.id)
        root = await thread(stage, STORY[0])
        words = f"We also need a MongoDB cluster by {SOON}. It costs us 3 hours a week, and 2 of us are blocked."
        await stage.slack.post("guest", "payments", words, thread_ts=root.ts)
        view = await form(stage, root, is_whole=True)
        assert "MongoDB" not in str(view.payload)
        assert "Messages of guests and from outside your organisation are left out." in said_in(view)
        assert "initial_date" not in element(view, ids.NEEDED_BY)
        assert "initial_value" not in element(view, ids.HOURS)
        assert await submit(stage) == {}
        [row] = await requests(stage)
        assert row.copied == STORY[0]

    async def test_a_thread_that_a_guest_began_is_opened_for_whoever_presses(self, stage: Stage) -> None:
        guest = stage.slack.add_user("guest", real_name="Guest", email="guest@example.test", standing="guest")
        stage.slack.workspace.channel("payments").members.add(guest.id)
        root = await thread(stage, "We need a MongoDB cluster.", "We need a Kafka topic.", user="guest")
        view = await form(stage, root, is_whole=True)
        assert "MongoDB" not in str(view.payload)
        assert asked_for(view) == ["A Kafka topic"]
        assert element(view, ids.ASKED_BY)["initial_user"] == stage.slack.workspace.user("grace").id
        errors = await submit(stage, values={ids.ASKED_BY: guest.id})
        assert errors == {ids.ASKED_BY: "Guests decide nothing: choose a full member who can answer for it."}

    async def test_words_are_forgotten_when_their_author_deletes_them(self, stage: Stage) -> None:
        root = await thread(stage, *STORY)
        taken_back = await stage.slack.post(
            "ada", "payments", "We also need an S3 bucket, made by Terraform.", thread_ts=root.ts
        )
        await form(stage, root)
        assert await submit(stage) == {}
        await forget_deleted_words(stage.baton.context)
        [before] = await requests(stage)
        assert "bucket" in before.copied
        assert [each for each in before.items if "bucket" in each["quote"]]
        await stage.slack.delete("ada", "payments", taken_back.ts)
        await forget_deleted_words(stage.baton.context)
        [row] = await requests(stage)
        assert "bucket" not in row.copied
        assert STORY[0] in row.copied
        assert not [each for each in row.items if "bucket" in each["quote"]]
        assert [each["title"] for each in row.items] == [each["title"] for each in before.items]
        assert (await actions(stage))[-1] == "backlog.forget"

    async def test_all_words_of_a_thread_that_is_gone_are_forgotten(self, stage: Stage) -> None:
        root = await stage.slack.post("grace", "payments", STORY[0])
        await form(stage, root)
        assert await submit(stage) == {}
        [before] = await requests(stage)
        assert before.copied == STORY[0]
        await posted(stage, "payments")
        for reply in stage.slack.visible_messages("grace", "payments", thread_ts=root.ts)[1:]:
            stage.slack.workspace.messages[reply.channel].pop(reply.ts)
        await stage.slack.delete("grace", "payments", root.ts)
        await forget_deleted_words(stage.baton.context)
        [row] = await requests(stage)
        assert (row.copied, row.stays_with_team, {each["quote"] for each in row.items} - {""}) == ("", [], set())

    async def test_no_card_stands_where_people_from_outside_read_it(self, stage: Stage) -> None:
        stage.slack.add_channel("partners", members=["ada", "grace"], bot_is_member=True, is_ext_shared=True)
        root = await thread(stage, *STORY, channel="partners", user="grace")
        await form(stage, root, channel="partners")
        assert await submit(stage) == {}
        await posted(stage, "partners")
        assert len(stage.slack.visible_messages("grace", "partners", thread_ts=root.ts)) == len(STORY)
        assert any("Proposed" in m.text for m in stage.slack.visible_messages("grace", _im(stage, "grace")))

    async def test_in_a_private_channel_words_are_kept_only_with_a_tick(self, stage: Stage) -> None:
        stage.slack.add_channel("secret", members=["ada", "grace"], private=True, bot_is_member=True)
        root = await thread(stage, *STORY, "Changing the application is ours.", channel="secret")
        view = await form(stage, root, channel="secret", is_whole=True)
        assert initial(view, ids.COPY) == []
        await submit(stage)
        [row] = await requests(stage)
        assert (row.copied, {each["quote"] for each in row.items}, row.stays_with_team) == ("", {""}, [])
        assert "Stays with you: " in said_in(view)
        assert row.permalink


class TestBadInput:
    async def test_where_baton_is_not_a_member_it_says_how_to_invite_it(self, stage: Stage) -> None:
        stage.slack.add_channel("quiet", members=["ada", "grace"])
        root = await thread(stage, *STORY, channel="quiet")
        view = await form(stage, root, channel="quiet")
        assert "`/invite @Baton`" in said_in(view)

    async def test_a_thread_without_words_of_people_opens_an_empty_form(self, stage: Stage) -> None:
        root = await stage.slack.post("ada", "payments", "deploy failed", subtype="bot_message")
        stage.slack.workspace.message(root.channel, root.ts).bot_id = "B0123"  # type: ignore[union-attr]
        view = await form(stage, root)
        assert "no words of your colleagues" in said_in(view)
        errors = await submit(stage, values={ids.TITLE: "A bucket for backups"})
        assert errors == {ids.ITEM_TYPE: "Please complete this required field."}
        assert await submit(stage, values={ids.ITEM_TYPE: "infrastructure"}) == {}
        [row] = await requests(stage)
        assert row.items == [{"type": "infrastructure", "title": "A bucket for backups", "why": "", "quote": ""}]

    @read_only
    @pytest.mark.parametrize("text", [":tada:", "x" * 39_000, "<!channel> & <@U1> " * 300, "&" * 4000])
    async def test_odd_threads_open_a_form(self, stage: Stage, text: str) -> None:
        root = await stage.slack.post("ada", "payments", text, raw=True)
        view = await form(stage, root)
        assert view.payload["title"]["text"] == "Open DevOps request"

    async def test_a_thread_that_is_deleted_while_the_form_is_open_loses_nothing(self, stage: Stage) -> None:
        root = await stage.slack.post("grace", "payments", STORY[0])
        await form(stage, root)
        await stage.slack.delete("grace", "payments", root.ts)
        assert await submit(stage) == {}
        [row] = await requests(stage)
        assert row.copied == ""
        await posted(stage, "payments")
        assert stage.slack.visible_messages("grace", "payments") == [], "no card stands in the channel"
        assert any("Proposed" in m.text for m in stage.slack.visible_messages("grace", _im(stage, "grace")))

    async def test_what_is_wrong_is_said_at_its_field(self, stage: Stage) -> None:
        root = await thread(stage, *STORY)
        await form(stage, root)
        wrong = {ids.NEEDED_BY: "2026-03-02", ids.PEOPLE: "9", ids.TIMES: "60", ids.HOURS: "8", ids.BLOCKED: "7"}
        errors = await submit(stage, values=wrong)
        assert set(errors) == {ids.NEEDED_BY, ids.HOURS, ids.BLOCKED}
        assert "4,320 hours a month in all, over half of a team of 2: at most 173 can be lost" in errors[ids.HOURS]
        assert await requests(stage) == []

    async def test_a_technology_that_is_a_mention_pings_nobody(self, stage: Stage) -> None:
        root = await thread(stage, *STORY)
        await form(stage, root)
        await submit(stage, values={ids.TITLE: "<!channel> now", ids.OTHER_TECHNOLOGIES: "<!channel>"})
        await posted(stage, "payments")
        [row] = await requests(stage)
        assert "<!channel>" in row.technologies

    async def test_guests_are_told_that_they_only_read(self, stage: Stage) -> None:
        stage.slack.add_user("guest", real_name="Guest", email="guest@example.test", standing="guest")
        stage.slack.workspace.channel("payments").members.add(stage.slack.workspace.user("guest").id)
        root = await thread(stage, *STORY)
        await stage.slack.run_message_shortcut("guest", "payments", root.ts, SHORTCUT)
        await stage.settle()
        assert stage.slack.view_stack("guest") == []
        assert "Guests" in stage.slack.visible_messages("guest", "payments")[-1].text

    @pytest.mark.parametrize("how", ["emoji", "mention"])
    async def test_a_guest_is_offered_no_button_that_they_cannot_use(self, stage: Stage, how: str) -> None:
        stage.slack.add_user("guest", real_name="Guest", email="guest@example.test", standing="guest")
        stage.slack.workspace.channel("payments").members.add(stage.slack.workspace.user("guest").id)
        root = await thread(stage, *STORY)
        if how == "emoji":
            await stage.slack.react("guest", "payments", root.ts, "devops-request")
        else:
            bot = stage.slack.workspace.bot_user_id
            await stage.say(f"<@{bot}> request", user="guest", channel="payments", thread_ts=root.ts)
        await stage.settle()
        await stage.arrive()
        said = [each.text for each in stage.slack.workspace.messages[root.channel].values()]
        assert any("only full members can change something" in each for each in said)
        assert not any("Open a request" in each for each in said)

    async def test_a_guest_reads_of_a_request_and_is_offered_neither_to_follow_nor_to_open_one(
        self, stage: Stage
    ) -> None:
        stage.slack.add_user("guest", real_name="Guest", email="guest@example.test", standing="guest")
        stage.slack.workspace.channel("payments").members.add(stage.slack.workspace.user("guest").id)
        empty = await stage.ask("/devops rank", user="guest", channel="payments")
        assert empty.text == "No request is open."
        empty = await stage.ask("/devops mine", user="guest", channel="payments")
        assert empty.text == "You and your teams have no requests, and you work on none."
        root = await thread(stage, *STORY)
        await form(stage, root)
        assert await submit(stage) == {}
        await stage.slack.react("guest", "payments", root.ts, "devops-request")
        await stage.settle()
        await stage.arrive()
        seen = stage.slack.visible_messages("guest", "payments", thread_ts=root.ts)
        [answer] = [each for each in seen if "There is a request already: *#1*" in each.text]
        assert list(buttons(answer)) == ["Show"]

    async def test_a_guest_reads_whom_to_ask(self, stage: Stage) -> None:
        stage.slack.add_user("guest", real_name="Guest", email="guest@example.test", standing="guest")
        stage.slack.workspace.channel("payments").members.add(stage.slack.workspace.user("guest").id)
        refused = await stage.ask("/devops a new database", user="guest", channel="payments")
        assert refused.text.endswith("only full members can change something: ask one of them to do it.")


def _im(stage: Stage, user: str) -> str:
    return stage.slack.workspace.im(stage.slack.workspace.user(user).id).id


class TestWithoutADevopsTeam:
    @pytest.fixture
    def devops_team(self) -> str:
        return ""

    async def test_it_says_what_is_missing(self, stage: Stage) -> None:
        root = await thread(stage, *STORY)
        assert "BATON_DEVOPS_TEAM" in said_in(await form(stage, root))

    async def test_a_mention_that_asks_is_answered_as_any_other(self, stage: Stage) -> None:
        message = await stage.say("@baton can you fix checkout?", channel="general")
        answer = stage.slack.visible_messages("grace", "general", thread_ts=message.ts)[-1]
        assert answer.text.startswith("I know nothing called *can you fix checkout*. Did you mean one of these?")
        assert "*checkout* · service · Payments" in answer.text


class TestElsewhere:
    async def test_a_command_opens_the_form_with_its_words(self, stage: Stage) -> None:
        await stage.slack.run_command("grace", "general", "/devops we need a Redis cluster by 2026-04-01")
        await stage.settle()
        view = await whole(stage)
        assert initial(view, ids.TECHNOLOGIES) == ["Redis"]
        assert element(view, ids.NEEDED_BY)["initial_date"] == "2026-04-01"
        first = await stage.slack.submit_view("grace", view.id)
        assert "Opened *#1*" in said_in(stage.slack.view_stack("grace")[-1])
        again = {**first.payload, "trigger_id": "another.press.of.the.same.form"}
        await stage.slack.deliver_again(replace(first, payload=again))
        await stage.settle()
        [row] = await requests(stage)
        assert (row.source_key, row.is_private, row.channel_id) == (f"form:{view.id}", False, "")
        await posted(stage, "platform")
        assert any("#1" in m.text for m in stage.slack.visible_messages("grace", _im(stage, "grace")))

    async def test_in_a_direct_message_it_is_private(self, stage: Stage) -> None:
        await stage.slack.run_command("grace", _im(stage, "grace"), "/devops we need a Redis cluster")
        await stage.settle()
        alone = "Only whoever asks for it and *Platform* see it"
        assert f"{alone}." in said_in(stage.slack.view_stack("grace")[-1])
        await submit(stage)
        [row] = await requests(stage)
        assert row.is_private
        assert "private" in (await stage.ask("/devops show 1", user="grace")).text.splitlines()[1]
        assert "#1" in (await stage.ask("/devops mine", user="grace")).text
        assert "#1" in (await stage.ask("/devops list", user="lin")).text
        assert "#1" not in (await stage.ask("/devops list", user="eve")).text
        assert "no such request" in (await stage.ask("/devops show 1", user="eve")).text

    async def test_of_a_private_one_the_triage_channel_reads_only_the_number(self, stage: Stage) -> None:
        await stage.slack.run_command("grace", _im(stage, "grace"), "/devops we need a Redis cluster")
        await stage.settle()
        await submit(stage)
        await posted(stage, "platform")
        [told] = [m for m in stage.slack.visible_messages("eve", "platform") if "#1" in m.text]
        assert "Redis" not in str((told.text, told.blocks))
        for user, expected in (("lin", "Redis"), ("eve", "no such request")):
            await stage.press(told, ids.SHOW, user=user)
            shown = stage.slack.visible_messages(user, "platform")[-1]
            assert expected in shown.text
        await stage.press(stage.slack.visible_messages("lin", "platform")[-1], ids.ACCEPT, user="lin")
        await posted(stage, "platform")
        assert "Redis" not in str([(m.text, m.blocks) for m in stage.slack.visible_messages("eve", "platform")])

    async def test_a_need_in_a_direct_message_is_offered_as_a_request(self, stage: Stage) -> None:
        said = "we need access to the salary dashboard, two of us, please by 11 December"
        await stage.say(said, channel=_im(stage, "grace"))
        offer = stage.slack.visible_messages("grace", _im(stage, "grace"))[-1]
        assert "Open DevOps request" in buttons(offer)

    async def test_words_in_a_direct_message_open_a_private_one_in_their_thread(self, stage: Stage) -> None:
        message = await stage.say("Please set up a Redis cluster for us.", channel=_im(stage, "grace"))
        offer = stage.slack.visible_messages("grace", _im(stage, "grace"))[-1]
        await stage.press(offer, OPEN, user="grace")
        assert await submit(stage) == {}
        [row] = await requests(stage)
        assert (row.is_private, row.copied, row.thread_ts) == (True, "", message.ts)
        assert row.permalink
        assert row.permalink not in (await stage.ask("/devops show 1", user="lin")).text, "they cannot open it"
        await posted(stage, "platform")
        seen = stage.slack.visible_messages("grace", _im(stage, "grace"), thread_ts=message.ts)
        assert any("Proposed" in m.text for m in seen)

    async def test_between_two_people_the_form_is_filled_from_the_one_message(self, stage: Stage) -> None:
        stage.slack.add_channel("two", members=["ada", "grace"], private=True, channel_id="D0PRIVATE1")
        root = await stage.slack.post("ada", "D0PRIVATE1", "we need a Redis cluster")
        view = await form(stage, root, channel="D0PRIVATE1", is_whole=True)
        assert initial(view, ids.TECHNOLOGIES) == ["Redis"]
        assert await submit(stage) == {}
        [row] = await requests(stage)
        assert row.is_private
        await posted(stage, "platform")
        assert any("Proposed" in m.text for m in stage.slack.visible_messages("ada", _im(stage, "ada")))

    async def test_the_global_shortcut_opens_an_empty_form(self, stage: Stage) -> None:
        await stage.slack.run_global_shortcut("grace", ids.GLOBAL_SHORTCUT)
        await stage.settle()
        view = stage.slack.view_stack("grace")[-1]
        assert "initial_value" not in element(view, ids.TITLE)
        assert element(view, ids.TEAM)["initial_option"]["text"]["text"] == "Payments"

    @pytest.mark.parametrize(
        "words",
        [
            "@baton request",
            "@baton please upgrade payments-db to PostgreSQL 16 before March",
            "@baton who can upgrade payments-db for us?",
            "@baton can somebody from devops help with the Jenkins pipeline?",
        ],
    )
    async def test_a_mention_that_asks_is_answered_with_a_button(self, stage: Stage, words: str) -> None:
        root = await thread(stage, STORY[0])
        await stage.say(words, channel="payments", thread_ts=root.ts)
        offer = stage.slack.visible_messages("grace", "payments", thread_ts=root.ts)[-1]
        assert buttons(offer) == {"Open DevOps request": OPEN}
        await stage.press(offer, OPEN, user="ada")
        view = await whole(stage, "ada")
        assert "Cassandra" in initial(view, ids.TECHNOLOGIES)
        await submit(stage, "ada")
        [row] = await requests(stage)
        assert row.thread_ts == root.ts

    async def test_what_only_calls_baton_is_no_part_of_the_draft(self, stage: Stage) -> None:
        message = await stage.say("@baton request", channel="payments")
        await stage.press(stage.slack.visible_messages("grace", "payments", thread_ts=message.ts)[-1], OPEN)
        assert "no words of your colleagues" in said_in(stage.slack.view_stack("grace")[-1])

    @read_only
    @pytest.mark.parametrize(
        "words", ["@baton who owns checkout?", "@baton can you tell me who owns checkout?", "@baton checkout please"]
    )
    async def test_a_question_about_an_owner_stays_one(self, stage: Stage, words: str) -> None:
        message = await stage.say(words, channel="general")
        answer = stage.slack.visible_messages("grace", "general", thread_ts=message.ts)[-1]
        assert "owns *checkout*" in answer.text

    @pytest.mark.parametrize("in_thread", [False, True])
    async def test_the_emoji_is_answered_with_a_button_that_one_person_sees(
        self, stage: Stage, in_thread: bool
    ) -> None:
        root = await thread(stage, *(STORY if in_thread else STORY[:1]))
        await stage.slack.react("grace", "payments", root.ts, "devops-request")
        await stage.settle()
        seen = stage.slack.visible_messages("grace", "payments", thread_ts=root.ts if in_thread else None)
        offer = seen[-1]
        assert offer.ephemeral_for == stage.slack.workspace.user("grace").id
        await stage.press(offer, OPEN, user="grace")
        await submit(stage)
        assert [row.thread_ts for row in await requests(stage)] == [root.ts]
        await stage.slack.react("ada", "payments", root.ts, "devops-request")
        await stage.settle()
        mine = stage.slack.workspace.user("ada").id
        told = [m for m in stage.slack.workspace.messages[root.channel].values() if m.ephemeral_for == mine]
        assert "There is a request already: *#1*" in told[-1].text

    async def test_another_emoji_says_nothing(self, stage: Stage) -> None:
        root = await thread(stage, *STORY)
        before = len(stage.slack.calls)
        await stage.slack.react("grace", "payments", root.ts, "eyes")
        await stage.settle()
        assert len(stage.slack.calls) == before

    async def test_help_and_empty_lists_say_what_to_do(self, stage: Stage) -> None:
        for words in ("help", "?"):
            assert "`/devops list`" in (await stage.ask(f"/devops {words}")).text
        for number in ("7", "#99", "0", "99999999999999999999"):
            assert (await stage.ask(f"/devops show {number}")).text.startswith("There is no such request")
        assert "Open one: `/devops`" in (await stage.ask("/devops list")).text
        assert "have no requests" in (await stage.ask("/devops mine")).text
        assert "no such request" in (await stage.ask("/devops show 12")).text

    async def test_a_split_answer_offers_to_ask_for_the_area_of_the_devops_team(self, stage: Stage) -> None:
        answer = await stage.ask("/whoowns payments-db", user="grace")
        await stage.press(answer, OPEN, user="grace")
        view = stage.slack.view_stack("grace")[-1]
        assert element(view, ids.TITLE)["initial_value"] == "Help with the database of payments-db"
        assert await submit(stage, values={ids.ITEM_TYPE: "support"}) == {}
        [row] = await requests(stage)
        async with stage.database.reading() as session:
            about = await session.get_one(tables.Asset, row.asset_id)
        assert (about.name, row.area) == ("payments-db", "database")

    @read_only
    @pytest.mark.parametrize(
        ("user", "name"),
        [("lin", "payments-db"), ("grace", "search-api"), ("grace", "old-cron"), ("grace", "sandbox")],
    )
    async def test_no_other_answer_does(self, stage: Stage, user: str, name: str) -> None:
        assert "Open DevOps request" not in buttons(await stage.ask(f"/whoowns {name}", user=user))


class TestHelpWithAReminder:
    async def test_a_reminder_makes_one_request_with_its_date_and_its_team(self, stage: Stage) -> None:
        await deploy(stage, "checkout", "nodejs", "20.11.1")
        reminded = await remind(stage, "checkout")
        await reminded.press(OPEN, user="grace")
        view = stage.slack.view_stack("grace")[-1]
        assert asked_for(view) == ["Upgrade Node.js 20 to 24 (checkout)"]
        assert element(view, ids.NEEDED_BY)["initial_date"] == "2026-04-30"
        assert element(view, ids.TEAM)["initial_option"]["text"]["text"] == "Payments"
        assert await submit(stage) == {}
        [row] = await requests(stage)
        assert (row.reminder_id, row.source_key) == (reminded.id, f"reminder:{reminded.id}")
        await reminded.press(OPEN, user="ada")
        assert "There is a request already: *#1*" in said_in(stage.slack.view_stack("ada")[-1])

    async def test_help_with_what_is_overdue_says_since_when(self, stage: Stage) -> None:
        await deploy(stage, "checkout", "nodejs", "16.20.2")
        reminded = await remind(stage, "checkout")
        await reminded.press(OPEN, user="grace")
        assert "Also said: Overdue since 2023-09-11." in said_in(stage.slack.view_stack("grace")[-1])

    async def test_help_with_what_ended_nobody_knows_when_names_no_day(self, stage: Stage) -> None:
        await deploy(stage, "checkout", "jenkins", "2.319.3-lts-jdk11")
        reminded = await remind(stage, "checkout")
        await reminded.press(OPEN, user="grace")
        said = said_in(stage.slack.view_stack("grace")[-1])
        assert said.endswith("Also said: Overdue.")

    async def test_a_reminder_shows_how_its_request_stands(self, stage: Stage) -> None:
        await deploy(stage, "checkout", "nodejs", "20.11.1")
        reminded = await remind(stage, "checkout")
        await reminded.press(OPEN, user="grace")
        assert await submit(stage) == {}
        await posted(stage, "payments")
        assert "Help from the DevOps team: *#1*, proposed" in reminded.root.text
        assert "Show #1" in buttons(reminded.root)
        assert "Need help?" not in buttons(reminded.root)
        triage = next(m for m in stage.slack.visible_messages("lin", "platform") if "Asked by" in m.text)
        await stage.press(triage, ids.DELIVER, user="lin")
        assert await submit(stage, "lin", {ids.LINK: "https://docs.example.test/node"}) == {}
        await posted(stage, "payments")
        assert "*#1*, delivered: <https://docs.example.test/node" in reminded.root.text
        await reminded.press(OPEN, user="ada")
        assert "There is a request already: *#1*" in said_in(stage.slack.view_stack("ada")[-1])

    async def test_what_a_tracker_has_changed_is_shown_within_the_hour(self, stage: Stage) -> None:
        await deploy(stage, "checkout", "nodejs", "20.11.1")
        reminded = await remind(stage, "checkout")
        await reminded.press(OPEN, user="grace")
        assert await submit(stage) == {}
        async with stage.database.transaction() as session:
            row = await session.get_one(tables.Request, 1)
            row.state, row.state_at = "delivered", stage.clock.now()
        await redraw_changed(stage.baton.context)
        await posted(stage, "payments")
        assert "Help from the DevOps team: *#1*, delivered" in reminded.root.text

    async def test_a_plan_may_open_its_request(self, stage: Stage) -> None:
        await deploy(stage, "checkout", "nodejs", "20.11.1")
        reminded = await remind(stage, "checkout")
        await reminded.press(eol_ids.PLAN, user="grace")
        values = {eol_ids.PLAN_DAY: "2026-04-10", eol_ids.PLAN_HELP: ["help"]}
        assert await submit(stage, values=values) == {}
        view = stage.slack.view_stack("grace")[-1]
        assert asked_for(view) == ["Upgrade Node.js 20 to 24 (checkout)"]
        assert element(view, ids.NEEDED_BY)["initial_date"] == "2026-04-10"
        assert await submit(stage) == {}
        [row] = await requests(stage)
        assert row.reminder_id == reminded.id
        await posted(stage, "payments")
        assert "Help from the DevOps team: *#1*" in reminded.root.text
        assert "2026-04-10" in reminded.root.text
        await reminded.press(eol_ids.PLAN, user="grace")
        view = stage.slack.view_stack("grace")[-1]
        assert all(each.get("block_id") != eol_ids.PLAN_HELP for each in view.payload["blocks"])

    async def test_the_devops_team_is_not_offered_its_own_help(self, stage: Stage) -> None:
        catalog = organisation()
        catalog.assets.append(asset("base-image", owners=(team_owns("Platform"),)))
        await stage.bring(catalog)
        await deploy(stage, "base-image", "nodejs", "20.11.1")
        reminded = await remind(stage, "base-image", channel="platform")
        assert "Plan…" in buttons(reminded.root)
        assert "Need help?" not in buttons(reminded.root)


class TestTheForm:
    async def test_what_must_be_decided_is_asked_first_and_the_rest_is_said_and_sent_as_it_was_filled_in(
        self, stage: Stage
    ) -> None:
        view = await form(stage, await thread(stage, *STORY))
        asked = [each["block_id"] for each in view.payload["blocks"] if each["type"] == "input"]
        items = [f"{ids.ITEM}.0", f"{ids.ITEM}.1"]
        assert asked == [ids.TITLE, *items, ids.ADDED, ids.ITEMS, ids.TEAM, ids.NEEDED_BY]
        assert "Blocked: 2" in said_in(view)
        assert "Cassandra" in said_in(view)
        assert "DevOps keeps a copy" in said_in(view)
        assert await submit(stage) == {}
        [row] = await requests(stage)
        assert {"cassandra", "selenium"} <= set(row.skills_gaps)
        assert row.copied
        async with stage.database.reading() as session:
            [demand] = (await session.execute(select(tables.RequestDemand))).scalars()
        assert demand.blocked_people == 2

    async def test_it_says_who_builds_each_kind_and_who_owns_what_that_leaves(self, stage: Stage) -> None:
        asked = await form(stage, await thread(stage, *STORY))
        built = (
            "*Who builds it, and who owns it then*\n"
            "• *Platform* builds all of it\n"
            "• The team that needs it owns, from the handoff on: a resource in production and a pipeline\n"
            "• If you add what is offered: "
            "the team also owns an environment, and *Platform* also owns a shared library and a script"
        )
        assert [each["text"]["text"] for each in asked.payload["blocks"] if each.get("block_id") == ids.WORK] == [built]
        shown = [str(each.get("block_id")) for each in asked.payload["blocks"]]
        assert shown.index(f"{ids.ITEM}.0") < shown.index(ids.WORK) < shown.index(ids.TEAM), "below what is asked for"
        kinds_can_be_changed = said_in(await whole(stage))
        assert "• Nothing is left to own of: access, coaching and support" in kinds_can_be_changed
        assert kinds_can_be_changed.count("*Who builds it, and who owns it then, depending on its kind*") == 1
        assert kinds_can_be_changed.count("*Who builds it") == 1

    async def test_it_says_so_before_a_kind_is_chosen(self, stage: Stage) -> None:
        await stage.slack.run_global_shortcut("grace", ids.GLOBAL_SHORTCUT)
        await stage.settle()
        said = said_in(stage.slack.view_stack("grace")[-1])
        assert "• *Platform* goes on to own: a shared library, a script and a service with an API" in said

    async def test_work_on_what_is_there_changes_no_owner(self, stage: Stage) -> None:
        answer = await stage.ask("/whoowns payments-db")
        await stage.press(answer, OPEN)
        said = said_in(stage.slack.view_stack("grace")[-1])
        assert "• *Platform* does all of it\n• Who owns *payments-db* changes only with a handoff" in said
        assert "from the handoff on" not in said
        assert "from the handoff on" not in said_in(await whole(stage))

    async def test_the_words_of_an_item_can_be_changed_and_its_kind_and_quote_stay(self, stage: Stage) -> None:
        view = await form(stage, await thread(stage, *STORY))
        asked = asked_for(view)
        assert await submit(stage, values={f"{ids.ITEM}.0": "A keyspace <for> metrics"}) == {}
        [row] = await requests(stage)
        assert [each["title"] for each in row.items] == ["A keyspace <for> metrics", *asked[1:]]
        assert (row.items[0]["type"], bool(row.items[0]["quote"])) == ("infrastructure", True)

    async def test_the_kind_of_an_item_follows_its_words(self, stage: Stage) -> None:
        await form(stage, await thread(stage, *STORY))
        assert await submit(stage, values={f"{ids.ITEM}.0": "Read access to the dashboards"}) == {}
        [row] = await requests(stage)
        assert [each["type"] for each in row.items] == ["access", "pipeline"]

    async def test_the_kinds_that_can_be_chosen_follow_the_words_and_what_is_chosen_counts(self, stage: Stage) -> None:
        view = await form(stage, await thread(stage, *STORY))
        typed = {f"{ids.ITEM}.0": "Read access to the dashboards", f"{ids.ITEM}.1": "Read access to the builds"}
        for block_id, value in typed.items():
            stage.slack._fill(view, block_id, value)
        kind = element(await whole(stage), f"{ids.ITEM_KIND}.0")
        assert kind["initial_option"]["value"] == "access"
        assert await submit(stage, values={f"{ids.ITEM_KIND}.1": "pipeline"}) == {}
        [row] = await requests(stage)
        assert [each["type"] for each in row.items] == ["access", "pipeline"]

    async def test_what_was_typed_stays_when_the_rest_is_shown(self, stage: Stage) -> None:
        view = await form(stage, await thread(stage, *STORY))
        typed = {ids.TITLE: "Metrics", f"{ids.ITEM}.0": "A keyspace", f"{ids.ITEM}.1": None}
        for block_id, value in typed.items():
            stage.slack._fill(view, block_id, value)
        await whole(stage)
        assert await submit(stage, values={ids.BLOCKED: "1"}) == {}
        [row] = await requests(stage)
        assert (row.title, [each["title"] for each in row.items]) == ("Metrics", ["A keyspace"])

    async def test_what_is_wrong_with_a_field_that_is_not_shown_is_said_beside_one_that_is(self, stage: Stage) -> None:
        await form(stage, await thread(stage, STORY[0], "Without it seven of us are blocked."))
        errors = await submit(stage)
        assert set(errors) == {ids.TEAM}
        assert "How many people are blocked?: The team has" in errors[ids.TEAM]
        assert await submit(stage, values={ids.BLOCKED: "2"}) == {}

    async def test_a_day_that_is_over_is_asked_for_anew(self, stage: Stage) -> None:
        root = await thread(stage, *STORY)
        stage.clock.advance(datetime.now(UTC) + timedelta(days=90) - stage.clock.now())
        view = await form(stage, root)
        assert "initial_date" not in element(view, ids.NEEDED_BY)
        assert f"{SOON}>, the day that the thread names, is over: by when is it needed now?" in said_in(view)
        assert await submit(stage) == {}
        [row] = await requests(stage)
        assert (row.needed_by, row.needed_reason) == (None, "")

    async def test_a_form_without_a_single_item_says_so_beside_the_first(self, stage: Stage) -> None:
        await form(stage, await thread(stage, *STORY))
        errors = await submit(stage, values={f"{ids.ITEM}.0": None, f"{ids.ITEM}.1": None})
        assert errors == {f"{ids.ITEM}.0": "Choose at least one thing, or a kind for the title."}
        assert await submit(stage, values={ids.ITEM_TYPE: "coaching"}) == {}
        [row] = await requests(stage)
        assert [each["type"] for each in row.items] == ["coaching"]

    async def test_a_thread_that_asks_for_nothing_is_said_to(self, stage: Stage) -> None:
        said = "I found nothing in this thread to ask DevOps for: say what you need."
        story = ("Story: the button is misaligned on Safari.", "I fix that tomorrow.")
        assert said in said_in(await form(stage, await thread(stage, *story)))
        assert said not in said_in(await form(stage, await thread(stage, *STORY)))
        assert said not in said_in(await form(stage, await thread(stage, ":tada:"))), "that has no words at all"

    @pytest.mark.parametrize("words", ["me neither", "Lunch at noon?"])
    async def test_words_that_say_nothing_are_not_what_is_needed(self, stage: Stage, words: str) -> None:
        view = await form(stage, await thread(stage, words))
        [asked] = [each for each in view.payload["blocks"] if each.get("block_id") == ids.TITLE]
        assert "initial_value" not in asked["element"]
        assert asked["hint"]["text"] == "In a few words, such as “a Kafka topic for orders”"

    async def test_hours_of_the_team_are_not_said_to_be_one_person_s(self, stage: Stage) -> None:
        view = await form(stage, await thread(stage, "We need a script for it. We lose six hours a week to it."))
        assert "Lost without it: 6 hours, 4.33 times a month\n" in said_in(view)
        view = await form(stage, await thread(stage, "We need a runner. Two of us lose three hours a week each."))
        assert "Lost without it: 2 people, 4.33 times a month, 3 hours each\n" in said_in(view)

    async def test_how_much_of_what_is_lost_counts_is_said_and_what_raises_it(self, stage: Stage) -> None:
        view = await form(stage, await thread(stage, "We need a runner. Two of us lose three hours a week each."))
        said = (
            "How you know: a guess, of which 20% counts in the backlog; "
            "say under *More…* if it is estimated (50%), counted (80%) or measured (100%)"
        )
        assert said in said_in(view)
        choices = element(await whole(stage), ids.EVIDENCE)["options"]
        assert [each["text"]["text"] for each in choices][1:] == [
            "Counted for a while: 80% of the hours count",
            "Estimated: 50% of the hours count",
            "A guess: 20% of the hours count",
        ]
        view = await form(stage, await thread(stage, "Please set up a bucket for invoices, devops."))
        assert "How you know" not in said_in(view), "nothing is lost that could be known"

    async def test_one_more_thing_is_asked_for_before_the_rest_is_shown(self, stage: Stage) -> None:
        view = await form(stage, await thread(stage, *STORY))
        drafted = asked_for(view)
        assert await submit(stage, values={ids.ADDED: "A library that reads the keyspace"}) == {}
        [row] = await requests(stage)
        assert [each["title"] for each in row.items] == [*drafted, "A library that reads the keyspace"]
        assert row.items[-1]["type"] == "library"

    async def test_the_kind_of_one_more_thing_can_be_chosen(self, stage: Stage) -> None:
        await form(stage, await thread(stage, *STORY))
        assert await submit(stage, values={ids.ADDED: "Two days with us", ids.ADDED_TYPE: "coaching"}) == {}
        [row] = await requests(stage)
        assert (row.items[-1]["title"], row.items[-1]["type"]) == ("Two days with us", "coaching")


class TestHowOften:
    """Hours without how often they are lost: the form asks for it in place, and loses nothing that was said."""

    SAID = "Rotating the certificates costs us 6 hours every time. We need a script from devops that rotates them."

    async def test_the_question_of_the_form_is_its_field(self, stage: Stage) -> None:
        root = await thread(stage, self.SAID)
        view = await form(stage, root)
        [asked] = [each for each in view.payload["blocks"] if each.get("block_id") == ids.TIMES]
        assert asked["label"]["text"] == "How many times a month does it take 6 hours?"
        assert asked["optional"] is False, "it is not sent without"
        assert "Lost without it: 6 hours\n" in said_in(view)
        assert "How many times" not in said_in(view), "it is asked once"
        assert set(await submit(stage)) == {ids.TIMES}
        assert await requests(stage) == []
        assert await submit(stage, values={ids.TIMES: "2"}) == {}
        await posted(stage, "payments")
        [card] = [m for m in stage.slack.visible_messages("eve", "payments", thread_ts=root.ts) if "*#1*" in m.text]
        assert "12 hours a month lost" in card.text

    async def test_the_field_stays_where_it_is_when_the_rest_is_shown(self, stage: Stage) -> None:
        view = await form(stage, await thread(stage, self.SAID), is_whole=True)
        shown = [each.get("block_id") for each in view.payload["blocks"]]
        assert shown.count(ids.TIMES) == 1
        assert await submit(stage, values={ids.TIMES: "0"}) == {}, "it does not come again"

    @pytest.mark.parametrize(
        ("typed", "field"),
        [
            ({ids.PEOPLE: "3", ids.HOURS: "2"}, ids.TIMES),
            ({ids.TIMES: "3", ids.HOURS: "2"}, ids.PEOPLE),
            ({ids.PEOPLE: "3", ids.TIMES: "2"}, ids.HOURS),
        ],
    )
    async def test_half_filled_hours_are_refused_at_the_empty_field(
        self, stage: Stage, typed: dict[str, str], field: str
    ) -> None:
        await form(stage, await thread(stage, *STORY))
        assert set(await submit(stage, values=typed)) == {field}
        assert await requests(stage) == []


class TestTypedBehindTheCommand:
    @pytest.mark.parametrize("by", ["", f" before {SOON}"])
    @read_only
    async def test_what_is_typed_is_asked_for_with_a_date_and_without(self, stage: Stage, by: str) -> None:
        await stage.slack.run_command("grace", "general", f"/devops A CQL library for the search service{by}")
        await stage.settle()
        view = await whole(stage)
        assert len(asked_for(view)) == 1
        assert "CQL library" in asked_for(view)[0]
        assert initial(view, ids.TECHNOLOGIES) == ["CQL"]
        assert element(view, ids.TITLE)["initial_value"].startswith("A CQL library")

    async def test_what_no_rule_reads_is_an_item_as_it_was_typed(self, stage: Stage) -> None:
        await stage.slack.run_command("grace", "general", "/devops publish the docs on each release")
        await stage.settle()
        assert await submit(stage, user="grace") == {}
        [row] = await requests(stage)
        assert [each["title"] for each in row.items] == ["Publish the docs on each release"]


async def test_tomorrow_is_that_of_whoever_wrote_it(stage: Stage) -> None:
    """The two are 26 hours apart, so that it is never the same day for both."""
    zones = {"Grace Marsh": "Pacific/Kiritimati", "Solo Singh": "Etc/GMT+12"}
    catalog = organisation()
    catalog.people = [replace(each, timezone=zones.get(each.name, "")) for each in catalog.people]
    await stage.bring(catalog)
    for user, name in (("grace", "Grace Marsh"), ("solo", "Solo Singh")):
        root = await thread(stage, "We need a Redis cluster by tomorrow.", user=user)
        tomorrow = datetime.fromtimestamp(float(root.ts), ZoneInfo(zones[name])).date() + timedelta(1)
        assert element(await form(stage, root, user=user), ids.NEEDED_BY)["initial_date"] == tomorrow.isoformat()
    await stage.slack.run_command("solo", "payments", "/devops a Redis cluster by tomorrow")
    await stage.settle()
    tomorrow = stage.clock.now().astimezone(ZoneInfo(zones["Solo Singh"])).date() + timedelta(1)
    view = stage.slack.view_stack("solo")[-1]
    assert element(view, ids.NEEDED_BY)["initial_date"] == tomorrow.isoformat()


@read_only
async def test_a_command_that_is_mistyped_is_answered_and_opens_no_form(stage: Stage) -> None:
    said = await stage.ask("/devops lst")
    assert said.text.startswith("I do not know `/devops lst`. Did you mean `/devops list`?")
    assert stage.slack.view_stack("grace") == []
    assert list(buttons(said)) == ["Open DevOps request"]
    await stage.press(said, OPEN, user="grace")
    assert element(stage.slack.view_stack("grace")[-1], ids.TITLE).get("initial_value", "") == ""


@read_only
@pytest.mark.parametrize("words", ["new", "request", "open a request"])
async def test_words_that_ask_for_the_form_are_no_title(stage: Stage, words: str) -> None:
    await stage.slack.run_command("grace", "general", f"/devops {words}")
    await stage.settle()
    assert element(stage.slack.view_stack("grace")[-1], ids.TITLE).get("initial_value", "") == ""
