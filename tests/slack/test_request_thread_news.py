"""What is said in a thread after its request was opened, over the wire: nothing is lost or doubled."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.blocks.backlog import actions as ids
from bot.domain.backlog.prefills import MOST_ITEMS
from bot.playground.fake_slack import View, ViewRef
from bot.store import tables
from tests.slack.conftest import Stage
from tests.slack.test_eol_answers import posted
from tests.slack.test_request_joined import joined
from tests.slack.test_request_reuse import offered, open_first, rows
from tests.slack.test_request_steps import Requested, devops_team, requested
from tests.slack.test_requests import (
    STORY,
    asked_for,
    element,
    form,
    initial,
    requests,
    said_in,
    submit,
    thread,
    whole,
)
from tests.slack.test_requests import _im as im
from tests.slack.test_whoowns import buttons

__all__ = ["devops_team", "requested"]

LATER = (datetime.now(UTC) + timedelta(days=40)).date()
WISH = "We also need a Kafka topic in staging."
MOVED = f"Sorry, we need it by {LATER.isoformat()} now."
BLOCKED = "Now both of us are at half speed. It costs us 5 hours a week."
ELSE = "Ask for something else"


async def say(asked: Requested, *texts: str, user: str = "ada") -> None:
    for text in texts:
        await asked.stage.slack.post(user, "payments", text, thread_ts=asked.root.ts)


async def change(asked: Requested, user: str = "ada") -> View:
    """The form behind *Change…* on the card."""
    await asked.press(asked.card, ids.CHANGE, user=user)
    return asked.stage.slack.view_stack(user)[-1]


async def gone(asked: Requested, place: int, how: str, text: str = "") -> None:
    """A message of the thread has other words, or is not there any more."""
    slack = asked.stage.slack
    message = slack.visible_messages("grace", "payments", thread_ts=asked.root.ts)[place]
    if how == "edited":
        await slack.edit("grace", "payments", message.ts, text)
    else:
        await slack.delete("grace", "payments", message.ts)


def options(view: View, block_id: str) -> list[dict[str, str]]:
    """The boxes of a field: text, hint and value; nothing where it is not asked."""
    found = [each for each in view.payload["blocks"] if each.get("block_id") == block_id]
    return [
        {"text": one["text"]["text"], "hint": one.get("description", {}).get("text", ""), "value": one["value"]}
        for each in found
        for one in each["element"]["options"]
    ]


def label(view: View, block_id: str) -> str:
    return str(next(each for each in view.payload["blocks"] if each.get("block_id") == block_id)["label"]["text"])


async def something_else(stage: Stage, user: str = "ada") -> View:
    """The form behind *Ask for something else* in the view on top."""
    view = stage.slack.view_stack(user)[-1]
    await stage.slack.act(user, ViewRef(view.id), ids.OTHER)
    await stage.settle()
    return stage.slack.view_stack(user)[-1]


class TestChange:
    async def test_what_the_thread_says_since_stands_beside_what_the_request_has(self, requested: Requested) -> None:
        await say(requested, WISH, MOVED, BLOCKED)
        view = await change(requested)
        said = "*The thread says more by now:* 1 more item, other hours, who is blocked and another day. Tick what"
        assert said in said_in(view)
        [wish] = options(view, ids.WISHES)
        assert (wish["text"], wish["hint"]) == ("A Kafka topic in staging", f"infrastructure: {WISH}")
        assert initial(view, ids.WISHES) == [], "a draft is not always right, and others work on it"
        assert label(view, ids.TAKE_DAY) == f"The thread says {LATER.day} {LATER:%B %Y} now"
        assert options(view, ids.TAKE_DAY)[0]["hint"] == MOVED
        assert label(view, ids.TAKE_BLOCKED) == "The thread says now: 2 people blocked, half of their work"
        assert label(view, ids.TAKE_HOURS) == "The thread says now: 5 hours, 4.33 times a month"
        assert element(view, ids.NEEDED_BY)["initial_date"] != LATER.isoformat(), "nothing is overwritten"
        assert element(view, ids.BLOCKED)["initial_value"] == "2"
        assert await requested.fill("ada", title="A keyspace") == {}
        row = await requested.row()
        assert (len(row.items), str(row.needed_by) == LATER.isoformat()) == (2, False), "nothing is taken unticked"

    async def test_a_tick_takes_each_of_them(self, requested: Requested) -> None:
        await say(requested, WISH, MOVED, BLOCKED)
        view = await change(requested)
        ticks = {each: [options(view, f"backlog.{each}")[0]["value"]] for each in ("wishes", "take_day")}
        ticks |= {each: [options(view, f"backlog.{each}")[0]["value"]] for each in ("take_hours", "take_blocked")}
        assert await requested.fill("ada", **ticks) == {}
        row = await requested.row()
        assert [each["title"] for each in row.items][2:] == ["A Kafka topic in staging"]
        assert [each["type"] for each in row.items][2:] == ["infrastructure"]
        assert str(row.needed_by) == LATER.isoformat()
        assert "Without it: 21.6 hours a month lost, 2 people blocked half of the time" in requested.card.text
        assert "• A Kafka topic in staging" in requested.card.text

    async def test_what_was_there_to_tick_is_not_offered_again(self, requested: Requested) -> None:
        await say(requested, WISH, MOVED)
        await change(requested)
        assert await requested.fill("ada") == {}
        view = await change(requested)
        assert (options(view, ids.WISHES), options(view, ids.TAKE_DAY)) == ([], [])
        await say(requested, "And we need an S3 bucket for the backups.")
        assert [each["text"] for each in options(await change(requested), ids.WISHES)] == [
            "An S3 bucket for the backups"
        ]

    async def test_no_wish_is_one_too_many(self, requested: Requested) -> None:
        names = "RabbitMQ Redis MongoDB Elasticsearch MinIO Grafana Vault MySQL Keycloak SonarQube ClickHouse Memcached"
        await say(requested, *(f"We also need a {each} in staging." for each in names.split()))
        held = len((await requested.row()).items)
        view = await change(requested)
        offered = [each["value"] for each in options(view, ids.WISHES)]
        assert len(offered) > 12 - held
        assert await requested.fill("ada", wishes=offered) == {}
        await say(requested, "We also need a Nexus repository in staging.")
        assert [each["text"] for each in options(await change(requested), ids.WISHES)] == [
            "A Nexus repository in staging"
        ]

    async def test_a_form_holds_as_many_things_as_there_is_room_for(self, stage: Stage) -> None:
        names = (
            "RabbitMQ Redis MongoDB Elasticsearch MinIO Grafana Vault MySQL Keycloak SonarQube ClickHouse Memcached "
            "Kafka Cassandra Nexus Prometheus Airflow Solr Neo4j InfluxDB CouchDB Harbor Jaeger"
        )
        root = await thread(stage, *(f"We also need a {each} in staging." for each in names.split()))
        view = await form(stage, root)
        assert len(asked_for(view)) == MOST_ITEMS
        assert await submit(stage) == {}
        await posted(stage, "payments")
        assert len((await Requested(stage, root).row()).items) == MOST_ITEMS

    async def test_what_is_said_while_the_form_is_open_is_offered_afterwards(self, stage: Stage) -> None:
        root = await thread(stage, *STORY)
        await form(stage, root)
        await stage.slack.post("ada", "payments", WISH, thread_ts=root.ts)
        assert await submit(stage) == {}
        await posted(stage, "payments")
        view = await change(Requested(stage, root))
        assert [each["text"] for each in options(view, ids.WISHES)] == ["A Kafka topic in staging"]

    async def test_what_somebody_has_put_in_their_own_words_stays_while_nobody_says_more(
        self, requested: Requested
    ) -> None:
        await change(requested)
        mine = {"item.0": "A keyspace with backups", "needed_by": LATER.isoformat(), "blocked": "1"}
        assert await requested.fill("ada", **mine) == {}
        await say(requested, "Thank you all, great.")
        view = await change(requested)
        assert asked_for(view)[0] == "A keyspace with backups"
        assert element(view, ids.NEEDED_BY)["initial_date"] == LATER.isoformat()
        assert "The thread says more" not in said_in(view)
        fields = (ids.WISHES, ids.TAKE_DAY, ids.TAKE_HOURS, ids.TAKE_BLOCKED)
        assert [options(view, each) for each in fields] == [[], [], [], []]

    async def test_a_day_that_is_taken_back_can_be_taken_away(self, requested: Requested) -> None:
        await say(requested, "No hurry any more.")
        view = await change(requested)
        assert label(view, ids.TAKE_DAY) == "The thread names no day any more"
        assert await requested.fill("ada", take_day=[options(view, ids.TAKE_DAY)[0]["value"]]) == {}
        row = await requested.row()
        assert (row.needed_by, row.needed_reason) == (None, "")

    async def test_a_thread_that_takes_everything_back_leads_to_the_withdrawal(self, requested: Requested) -> None:
        await say(requested, "Never mind, we no longer need any of this.")
        view = await change(requested)
        assert "The thread sounds as if nobody needs it any more" in said_in(view)
        assert options(view, ids.TAKE_DAY) == []

    @pytest.mark.parametrize(
        ("said", "typed", "reason"),
        [
            (f"We need it by {LATER.isoformat()} now, the audit begins then.", {}, "the audit begins then"),
            (f"We need it by {LATER.isoformat()} now.", {}, ""),
            (f"We need it by {LATER.isoformat()} now, the partner goes live then.", {}, "the partner goes live then"),
            (MOVED, {"needed_reason": "The audit"}, "The audit"),
        ],
    )
    async def test_the_reason_comes_with_the_day(
        self, requested: Requested, said: str, typed: dict[str, str], reason: str
    ) -> None:
        assert (await requested.row()).needed_reason
        await say(requested, said)
        view = await change(requested)
        assert await requested.fill("ada", **typed, take_day=[options(view, ids.TAKE_DAY)[0]["value"]]) == {}
        row = await requested.row()
        assert (str(row.needed_by), row.needed_reason) == (LATER.isoformat(), reason)

    async def test_one_wish_that_is_taken_back_can_be_taken_out(self, requested: Requested) -> None:
        dropped = "We don't need the Cassandra keyspace any more."
        await say(requested, "Hello all.", dropped, "Thank you.")
        view = await change(requested)
        first, second = asked_for(view)
        assert "*The thread says more by now:* 1 item taken back." in said_in(view)
        assert options(view, ids.TAKE_OUT) == [{"text": first[:75], "hint": dropped, "value": "0"}]
        assert initial(view, ids.TAKE_OUT) == []
        assert await requested.fill("ada", take_out=["0"]) == {}
        assert [each["title"] for each in (await requested.row()).items] == [second]

    async def test_one_that_stays_all_the_same_is_not_asked_about_again(self, requested: Requested) -> None:
        await say(requested, "We don't need the Cassandra keyspace any more.")
        await change(requested)
        assert await requested.fill("ada") == {}
        assert options(await change(requested), ids.TAKE_OUT) == []
        assert len((await requested.row()).items) == 2

    @pytest.mark.parametrize("how", ["edited", "deleted"])
    async def test_a_wish_whose_words_are_gone_can_be_taken_out(self, requested: Requested, how: str) -> None:
        await gone(requested, 1, how, "Jenkins is fine.")
        view = await change(requested)
        [box] = options(view, ids.TAKE_OUT)
        assert (box["value"], box["hint"]) == ("1", "The words that asked for it are gone.")
        assert await requested.fill("ada") == {}
        view = await change(requested)
        assert options(view, ids.TAKE_OUT) == [], "what is left out is not offered again"

    @pytest.mark.parametrize("how", ["edited", "deleted"])
    async def test_a_day_whose_words_are_gone_can_be_taken_away(self, requested: Requested, how: str) -> None:
        await gone(requested, 2, how, "Without it two of us are blocked.")
        view = await change(requested)
        assert label(view, ids.TAKE_DAY) == "The thread names no day any more"
        assert await requested.fill("ada", take_day=[options(view, ids.TAKE_DAY)[0]["value"]]) == {}
        assert (await requested.row()).needed_by is None
        assert options(await change(requested), ids.TAKE_DAY) == []

    async def test_a_day_that_stays_though_its_words_are_gone_is_not_asked_about_again(
        self, requested: Requested
    ) -> None:
        await gone(requested, 2, "deleted")
        await change(requested)
        assert await requested.fill("ada") == {}
        assert options(await change(requested), ids.TAKE_DAY) == []
        assert (await requested.row()).needed_by is not None

    async def test_a_message_that_is_edited_says_it_anew(self, requested: Requested) -> None:
        last = requested.stage.slack.visible_messages("grace", "payments", thread_ts=requested.root.ts)[2]
        await requested.stage.slack.edit("grace", "payments", last.ts, f"We need it by {LATER.isoformat()}.")
        view = await change(requested)
        assert options(view, ids.TAKE_DAY)[0]["value"] == f"{LATER.isoformat()}|"
        assert options(view, ids.WISHES) == []

    async def test_a_wish_of_a_guest_is_not_offered(self, requested: Requested) -> None:
        stage = requested.stage
        guest = stage.slack.add_user("guest", real_name="Guest", email="guest@example.test", standing="guest")
        stage.slack.workspace.channel("payments").members.add(guest.id)
        await say(requested, "We also need a MongoDB cluster.", user="guest")
        assert options(await change(requested), ids.WISHES) == []

    async def test_the_shortcut_opens_it_at_once_for_those_who_may(self, requested: Requested) -> None:
        await say(requested, WISH)
        view = await form(requested.stage, requested.root, user="ada")
        assert "There is a request already: *#1*" in said_in(view)
        [wish] = options(view, ids.WISHES)
        assert await requested.fill("ada", wishes=[wish["value"]]) == {}
        assert len((await requested.row()).items) == 3

    async def test_who_may_not_change_it_reads_whom_to_tell(self, requested: Requested) -> None:
        view = await form(requested.stage, requested.root, user="eve")
        assert "There is a request already: *#1*" in said_in(view)
        assert "Something to add? Tell Ada Byron or Payments, who can change it." in said_in(view)
        assert {ids.FOLLOW, ids.OTHER} == _pressable(view)

    async def test_of_a_private_channel_nothing_is_read_for_somebody_elsewhere(self, stage: Stage) -> None:
        stage.slack.add_channel("secret", members=["ada", "grace"], private=True, bot_is_member=True)
        root = await thread(stage, *STORY, channel="secret")
        await form(stage, root, channel="secret")
        assert await submit(stage) == {}
        await stage.slack.post("ada", "secret", WISH, thread_ts=root.ts)
        await posted(stage, "secret")
        shown = await stage.ask("/devops show 1", user="ada", channel="payments")
        await stage.press(shown, ids.CHANGE, user="ada")
        assert "Kafka" not in str(stage.slack.view_stack("ada")[-1].payload)
        view = await form(stage, root, user="ada", channel="secret")
        assert [each["text"] for each in options(view, ids.WISHES)] == ["A Kafka topic in staging"]

    async def test_where_the_thread_is_not_shown_it_can_be_changed_all_the_same(self, requested: Requested) -> None:
        requested.stage.slack.api.failures["conversations.replies"] = ["fatal_error"] * 3
        view = await change(requested)
        assert options(view, ids.WISHES) == []
        assert await requested.fill("ada", title="A keyspace") == {}

    async def test_a_team_that_has_joined_takes_what_its_own_thread_says(self, stage: Stage) -> None:
        made = await joined(stage)
        await stage.slack.post("solo", "search", f"{WISH} {MOVED}", thread_ts=made.root.ts)
        view = await form(stage, made.root, user="solo", channel="search")
        assert "Your thread asks for more by now" in said_in(view)
        assert "• A Kafka topic in staging" in said_in(view)
        assert options(view, ids.WISHES) == [], "the items are not theirs"
        assert await made.fill("solo", take_day=[options(view, ids.TAKE_DAY)[0]["value"]]) == {}
        assert {str(each.needed_by) for each in await rows(stage, tables.RequestDemand)} == {
            "None",
            LATER.isoformat(),
        }


def _pressable(view: View) -> set[str]:
    blocks = view.payload["blocks"]
    found = [one for each in blocks for one in (*each.get("elements", ()), each.get("accessory", {}))]
    return {str(each["action_id"]) for each in found if each}


class TestSomethingElse:
    async def test_it_opens_another_request_with_what_the_first_does_not_hold(self, requested: Requested) -> None:
        stage = requested.stage
        await say(requested, "Unrelated: can devops give us read access to the Grafana dashboards?")
        await form(stage, requested.root, user="ada")
        view = await something_else(stage)
        assert "*#1* *A Cassandra keyspace" in said_in(view)
        assert asked_for(view) == ["Read access to the Grafana dashboards"]
        assert "initial_date" not in element(view, ids.NEEDED_BY), "that day is the first one's"
        view = await whole(stage, "ada")
        assert initial(view, ids.TECHNOLOGIES) == ["Grafana"]
        assert "initial_value" not in element(view, ids.BLOCKED)
        assert await submit(stage, "ada") == {}
        assert stage.slack.view_stack("ada") == [], "what lies below shows how it was"
        await posted(stage, "payments")
        first, second = await requests(stage)
        assert second.source_key == f"{first.source_key}:1"
        assert (second.thread_ts, len(second.items)) == (requested.root.ts, 1)
        cards = [each for each in requested.replies() if "Asked by" in each.text]
        assert [each.text[:4] for each in cards] == ["*#1*", "*#2*"]

    async def test_its_own_requests_are_not_offered_to_join(self, requested: Requested) -> None:
        await say(requested, "Unrelated: can devops give us read access to the Cassandra nodes?")
        await form(requested.stage, requested.root, user="ada")
        assert asked_for(await something_else(requested.stage)) == ["Read access to the Cassandra nodes"]
        assert offered(requested.stage, "ada") == {}

    async def test_where_nothing_is_left_the_form_is_empty_and_says_so(self, requested: Requested) -> None:
        await form(requested.stage, requested.root, user="eve")
        view = await something_else(requested.stage, "eve")
        assert "I found nothing more in this thread" in said_in(view)
        assert asked_for(view) == []
        assert "initial_value" not in element(view, ids.TITLE)

    async def test_two_people_make_one_and_the_second_sees_it(self, requested: Requested) -> None:
        stage = requested.stage
        for user in ("ada", "eve"):
            await form(stage, requested.root, user=user)
            await something_else(stage, user)
        said = {ids.TITLE: "A bucket for backups", ids.ITEM_TYPE: "infrastructure"}
        view = stage.slack.view_stack("ada")[-1]
        first = await stage.slack.submit_view("ada", view.id, said)
        await stage.settle()
        again = {**first.payload, "trigger_id": "another.press.of.the.same.form"}
        await asyncio.gather(*(stage.slack.deliver_again(replace(first, payload=each)) for each in (again, again)))
        assert await submit(stage, "eve", said) == {}
        assert len(await requests(stage)) == 2
        shown = stage.slack.view_stack("eve")[-1]
        assert "There is a request already: *#2*" in said_in(shown)
        await something_else(stage, "eve")
        assert await submit(stage, "eve", {**said, ids.TITLE: "A queue"}) == {}
        assert len(await requests(stage)) == 3, "a third has its turn"

    async def test_a_thread_with_two_shows_both(self, requested: Requested) -> None:
        stage = requested.stage
        await form(stage, requested.root, user="ada")
        await something_else(stage)
        assert await submit(stage, "ada", {ids.TITLE: "A bucket", ids.ITEM_TYPE: "infrastructure"}) == {}
        await posted(stage, "payments")
        view = await form(stage, requested.root, user="ada")
        assert "There is a request already: *#1*" in said_in(view)
        assert "And *#2* *A bucket*" in said_in(view)
        card = next(each for each in requested.replies() if each.text.startswith("*#2*"))
        view = await form(stage, card, user="ada")
        assert view.payload["callback_id"] == ids.CHANGE_VIEW
        assert "There is a request already: *#2*" in said_in(view), "the card is about that one"

    async def test_the_answer_to_a_mention_offers_it(self, requested: Requested) -> None:
        stage = requested.stage
        await stage.say("@baton request", user="eve", channel="payments", thread_ts=requested.root.ts)
        answer = requested.replies()[-1]
        assert list(buttons(answer)) == ["Show", "Follow", ELSE]
        await stage.press(answer, ids.OTHER, user="eve")
        assert "for something else: *#1*" in said_in(stage.slack.view_stack("eve")[-1])

    async def test_it_can_join_another_request_and_ask_for_more_after_that(self, stage: Stage) -> None:
        await open_first(stage)
        root = await thread(stage, "We need a GitHub runner.", channel="search", user="solo")
        await form(stage, root, user="solo", channel="search")
        assert await submit(stage, "solo") == {}
        await stage.slack.post("solo", "search", "We also need a Cassandra keyspace.", thread_ts=root.ts)
        await form(stage, root, user="solo", channel="search")
        await something_else(stage, "solo")
        assert await submit(stage, "solo", {ids.INSTEAD: next(iter(offered(stage).values()))}) == {}
        assert len(await requests(stage)) == 2
        view = await form(stage, root, user="eve", channel="search")
        assert "There is a request already: *#1*" in said_in(view)
        assert "And *#2*" in said_in(view)
        await something_else(stage, "eve")
        assert await submit(stage, "eve", {ids.TITLE: "A bucket", ids.ITEM_TYPE: "infrastructure"}) == {}
        assert len(await requests(stage)) == 3


class TestEnded:
    async def ended(self, asked: Requested) -> None:
        await asked.press(asked.triage, ids.MORE, user="lin", word=ids.DECLINE)
        assert await asked.fill("lin", words="Not ours") == {}

    async def test_a_thread_whose_request_has_ended_opens_a_new_one_and_says_so(self, requested: Requested) -> None:
        stage = requested.stage
        await self.ended(requested)
        view = await form(stage, requested.root, user="ada")
        said = "of this thread is declined: this opens a new one. Still the same? Reopen it."
        assert said in said_in(view)
        assert ids.REOPEN in _pressable(view)
        assert len(asked_for(view)) == 2, "what was declined may be asked for anew"
        assert await submit(stage, "ada") == {}
        assert len(await requests(stage)) == 2
        assert "There is a request already: *#2*" in said_in(await form(stage, requested.root, user="eve"))

    async def test_what_was_confirmed_is_not_asked_for_again(self, requested: Requested) -> None:
        stage = requested.stage
        await requested.press(requested.triage, ids.DELIVER, user="lin")
        assert await requested.fill("lin", words="It is there") == {}
        assert "There is a request already: *#1*" in said_in(await form(stage, requested.root, user="ada"))
        await requested.press(requested.card, ids.CONFIRM, user="ada")
        await say(requested, WISH)
        view = await form(stage, requested.root, user="ada")
        assert asked_for(view) == ["A Kafka topic in staging"]
        assert "of this thread is confirmed: this opens a new one." in said_in(view)

    async def test_its_card_is_still_about_itself(self, requested: Requested) -> None:
        await self.ended(requested)
        view = await form(requested.stage, requested.card, user="ada")
        assert "This is *#1*" in said_in(view)
        assert {ids.REOPEN, ids.OTHER} <= _pressable(view)

    @pytest.mark.parametrize("how", ["emoji", "mention"])
    async def test_the_emoji_and_a_mention_say_so_too(self, requested: Requested, how: str) -> None:
        stage, root = requested.stage, requested.root
        await self.ended(requested)
        if how == "emoji":
            await stage.slack.react("eve", "payments", root.ts, "devops-request")
        else:
            await stage.say("@baton request", user="eve", channel="payments", thread_ts=root.ts)
        await stage.settle()
        every = [each for channel in stage.slack.workspace.messages.values() for each in channel.values()]
        said = [each.text for each in every if "of this thread is declined: this would be a new one." in each.text]
        assert len(said) == 1


async def test_in_a_direct_message_its_own_thread_is_read(stage: Stage) -> None:
    root = await stage.slack.post("grace", im(stage, "grace"), "Please set up a Redis cluster for us.")
    await form(stage, root, channel=im(stage, "grace"))
    assert await submit(stage) == {}
    await stage.slack.post("grace", im(stage, "grace"), WISH, thread_ts=root.ts)
    view = await form(stage, root, channel=im(stage, "grace"))
    assert [each["text"] for each in options(view, ids.WISHES)] == ["A Kafka topic in staging"]
