"""The buttons of a request, over the wire: what they do, who may press them, and what pressing them twice does."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.blocks.backlog import actions as ids
from bot.errors import UserError
from bot.playground.fake_slack import MessageRef, PostedMessage, ViewRef
from bot.services.backlog import merges
from bot.store import tables
from handlers.backlog.jobs import point_to_buttons
from tests.slack.conftest import Stage
from tests.slack.test_clicks import actions
from tests.slack.test_eol_answers import options_of, posted, team_option
from tests.slack.test_receipts import gone
from tests.slack.test_requests import STORY, element, form, requests, said_in, submit, thread
from tests.slack.test_whoowns import buttons


@pytest.fixture
def devops_team() -> str:
    return "Platform"


def written_on(message: PostedMessage) -> date:
    """The day of a message, by Slack's clock."""
    return datetime.fromtimestamp(float(message.ts), UTC).date()


@dataclass
class Requested:
    """A request whose card is in its thread, and which the DevOps team (Lin, Omar) has heard of."""

    stage: Stage
    root: PostedMessage
    id: int = 1

    def replies(self) -> list[PostedMessage]:
        seen = self.stage.slack.visible_messages("eve", "payments", thread_ts=self.root.ts)
        return [m for m in seen if m.user == self.stage.slack.workspace.bot_user_id and m.ephemeral_for is None]

    @property
    def card(self) -> PostedMessage:
        return self.replies()[0]

    @property
    def triage(self) -> PostedMessage:
        seen = self.stage.slack.visible_messages("lin", "platform")
        return next(m for m in seen if m.text.startswith(f"*#{self.id}*") and "Asked by" in m.text)

    async def press(self, message: PostedMessage, action_id: str, *, user: str, word: str = "") -> None:
        ref = MessageRef(message.channel, message.ts)
        value = f"{word}|{self.id}" if word else None
        await self.stage.slack.act(user, ref, action_id, value=value)
        await self.settle()

    async def settle(self) -> None:
        """Wait for what happens; a channel takes one change a second."""
        await self.stage.settle()
        for _ in range(3):
            await posted(self.stage, "payments")
            self.stage.clock.advance(timedelta(seconds=2))

    async def fill(self, user: str, **values: Any) -> dict[str, str]:
        """Submit the form on top; return what it says is wrong."""
        wrong = await submit(self.stage, user, {f"backlog.{name}": value for name, value in values.items()})
        await self.settle()
        return wrong

    def again(self, message: PostedMessage) -> PostedMessage:
        """A message as it is in Slack now."""
        return self.stage.slack.workspace.messages[message.channel][message.ts]

    def under_triage(self) -> list[str]:
        """What is said to the DevOps team in the thread of its message."""
        triage = self.triage
        return [m.text for m in self.stage.slack.visible_messages("lin", "platform", thread_ts=triage.ts)[1:]]

    def said_to(self, user: str) -> str:
        """The last words that only this person sees, wherever they are."""
        return self.shown_to(user).text

    def shown_to(self, user: str) -> PostedMessage:
        """The last message that only this person sees, wherever it is."""
        mine = self.stage.slack.workspace.user(user).id
        every = self.stage.slack.workspace.messages.values()
        seen = [m for channel in every for m in channel.values() if m.ephemeral_for == mine]
        return max(seen, key=lambda m: float(m.ts))

    def written_to(self, user: str) -> list[str]:
        """The direct messages to somebody."""
        place = self.stage.slack.workspace.im(self.stage.slack.workspace.user(user).id).id
        return [m.text for m in self.stage.slack.visible_messages(user, place)]

    async def row(self, number: int | None = None) -> tables.Request:
        return next(each for each in await requests(self.stage) if each.id == (number or self.id))


@pytest.fixture
async def requested(stage: Stage) -> Requested:
    """Grace has filed what Ada needs."""
    root = await thread(stage, *STORY)
    await form(stage, root)
    assert await submit(stage) == {}
    await posted(stage, "payments")
    return Requested(stage, root)


async def another(stage: Stage) -> Requested:
    """A second request, by somebody of Search."""
    root = await thread(stage, "We need a Redis cluster.", user="solo")
    await form(stage, root, user="solo")
    team = team_option(stage, "solo", ids.TEAM, "Search")
    assert await submit(stage, "solo", {ids.TEAM: team}) == {}
    await posted(stage, "payments")
    return Requested(stage, root, 2)


async def test_whoever_asked_hears_of_the_start_of_what_nobody_had_accepted(requested: Requested) -> None:
    await requested.press(requested.card, ids.FOLLOW, user="eve")
    await requested.press(requested.triage, ids.START, user="omar")
    ada = requested.stage.slack.workspace.user("ada").id
    told = f"<@{ada}> The DevOps team has accepted it and begun: Omar Sol works on it."
    assert requested.replies()[-1].text == told
    assert "begun: Omar Sol works on it." in requested.written_to("eve")[-1]
    assert "Ada Byron is told" in requested.said_to("omar")
    await requested.press(requested.triage, ids.ASK, user="omar")
    assert await requested.fill("omar", words="Which region?") == {}
    await requested.press(requested.triage, ids.START, user="omar")
    assert "asks about" in requested.replies()[-1].text, "of a start of what was taken on before the card alone tells"
    assert "nobody is written to" in requested.said_to("omar")


async def test_from_proposed_to_confirmed(requested: Requested) -> None:
    assert set(buttons(requested.triage)) >= {"Accept", "Start", "Delivered…", "Ask…", "Estimate…"}
    assert "Technologies: Cassandra" in requested.triage.text
    assert "New to the team: " in requested.triage.text
    assert set(buttons(requested.card)) == {"Withdraw…", "Change…", "Follow"}
    await requested.press(requested.triage, ids.ACCEPT, user="lin")
    assert "Accepted" in requested.card.text
    assert "Accepted into the DevOps backlog" in requested.replies()[-1].text
    assert "Accepted" in requested.said_to("lin")
    await requested.press(requested.triage, ids.START, user="omar")
    assert "In progress" in requested.card.text
    assert "with Omar Sol" in requested.card.text
    await requested.press(requested.triage, ids.DELIVER, user="omar")
    assert await requested.fill("omar", words="The keyspace is there", link="https://docs.example.test/x") == {}
    assert "Does it do the job?" in requested.replies()[-1].text
    assert set(buttons(requested.card)) == {"Yes, it does the job", "Not yet…", "Follow"}
    await requested.press(requested.card, ids.NOT_YET, user="grace")
    assert set(await requested.fill("grace")) == {ids.WORDS}, "without words it is not sent"
    assert await requested.fill("grace", words="No backups") == {}
    assert "In progress" in requested.card.text
    await requested.press(requested.triage, ids.DELIVER, user="omar")
    assert "Say what was delivered" in str(await requested.fill("omar"))
    assert await requested.fill("omar", link="https://docs.example.test/x") == {}
    waits = ("needed by", "Without it: 2 people blocked", "Why by then", "Omar Sol worked on it")
    assert all(each in requested.card.text for each in waits)
    await requested.press(requested.card, ids.CONFIRM, user="ada")
    assert "Confirmed" in requested.card.text
    assert not any(each in message.text for each in waits for message in (requested.card, requested.triage))
    await requested.press(requested.card, ids.REOPEN, user="ada")
    await requested.fill("ada", words="It broke")
    assert "Proposed" in requested.card.text
    assert all(each in requested.card.text for each in (*waits[:-1], "with Omar Sol"))


@pytest.mark.parametrize(("pressed", "word"), [(ids.DELIVER, ""), (ids.MORE, ids.ANSWER), (ids.MORE, ids.DECLINE)])
async def test_a_form_in_which_one_of_two_fields_is_enough_says_so(
    requested: Requested, pressed: str, word: str
) -> None:
    await requested.press(requested.triage, pressed, user="omar", word=word)
    said = said_in(requested.stage.slack.view_stack("omar")[-1])
    assert ("Write it, give a link, or both: whoever asked reads it." in said) is (word != ids.DECLINE)


async def test_a_second_delivery_that_names_no_place_keeps_that_of_the_first(requested: Requested) -> None:
    for words, link in (("The keyspace", "https://docs.example.test/x"), ("With backups now", "")):
        await requested.press(requested.triage, ids.DELIVER, user="omar")
        assert await requested.fill("omar", words=words, link=link or None) == {}
        if link:
            await requested.press(requested.card, ids.NOT_YET, user="grace")
            assert await requested.fill("grace", words="No backups") == {}
    assert "> With backups now <https://docs.example.test/x" in requested.card.text
    await requested.press(requested.card, ids.CONFIRM, user="ada")
    assert (await requested.row()).link == "https://docs.example.test/x", "where others find it"


async def test_the_card_says_who_builds_it_and_who_owns_what_it_leaves_behind(requested: Requested) -> None:
    types = {each["type"] for each in (await requested.row()).items}
    assert types == {"infrastructure", "pipeline"}
    said = "The DevOps team builds it. Payments then owns a resource in production and a pipeline."
    assert said in requested.card.text
    assert said in requested.triage.text
    omar = requested.stage.slack.workspace.user("omar").id
    await requested.press(requested.triage, ids.MORE, user="lin", word=ids.ASSIGN)
    assert await requested.fill("lin", assignee=omar) == {}
    await requested.press(requested.triage, ids.DELIVER, user="lin")
    assert await requested.fill("lin", words="Both run") == {}
    await gone(requested.stage, "omar")
    for state, press in (("Delivered", ids.CONFIRM), ("Confirmed", ids.REOPEN)):
        shown = (await requested.stage.ask("/devops show 1", user="eve")).text
        for text in (requested.card.text, requested.triage.text, shown):
            assert state in text
            left = "a resource in production and a pipeline"
            assert f"The DevOps team built it. Payments owns {left} from the handoff on." in text
            assert not re.search("builds|does it|then owns|nobody works", text), text
        await requested.press(requested.card, press, user="ada")
    assert await requested.fill("ada", words="The pipeline is gone") == {}
    assert said in requested.card.text, "it is to be built once more"


async def test_a_question_and_its_answer(requested: Requested) -> None:
    await requested.press(requested.triage, ids.ASK, user="lin")
    assert await requested.fill("lin", words="Which <!channel> region?") == {}
    assert "Lin Wei asks about *#1*: Which" in requested.replies()[-1].text
    await requested.press(requested.card, ids.REPLY, user="ada")
    assert await requested.fill("ada", words="Frankfurt") == {}
    assert "Proposed" in requested.card.text
    under = requested.stage.slack.visible_messages("lin", "platform", thread_ts=requested.triage.ts)
    lin = requested.stage.slack.workspace.user("lin").id
    assert under[-1].text == f"<@{lin}> Ada Byron answered: Which &lt;!channel&gt; region? — Frankfurt"


@pytest.mark.parametrize(("word", "state"), [(ids.ANSWER, "Answered"), (ids.DECLINE, "Declined")])
async def test_closing_it_needs_a_reason(requested: Requested, word: str, state: str) -> None:
    await requested.press(requested.triage, ids.MORE, user="lin", word=word)
    assert set(await requested.fill("lin")) == {ids.WORDS}
    assert await requested.fill("lin", words="There is one: ask the library") == {}
    assert state in requested.card.text
    assert "There is one" in requested.replies()[-1].text
    assert buttons(requested.triage) == {}


async def test_whoever_asked_for_what_is_no_request_hears_why(requested: Requested) -> None:
    await requested.press(requested.triage, ids.MORE, user="lin", word=ids.DISMISS)
    assert (await requested.row()).state == "proposed"
    assert set(await requested.fill("lin")) == {ids.WORDS}
    assert await requested.fill("lin", words="Chatter, with no wish in it") == {}
    assert "Declined" in requested.card.text
    assert "builds it" not in requested.card.text, "nobody does"
    assert "Chatter, with no wish in it" in requested.card.text
    said, way_on = requested.replies()[-1].text.splitlines()
    assert said.endswith("Declined by Lin Wei: Chatter, with no wish in it")
    assert way_on == "Still needed?"
    assert set(buttons(requested.card)) == {"Reopen…", "Follow"}
    assert (await actions(requested.stage))[-1] == "backlog.dismiss"


@pytest.mark.parametrize("word", [ids.DECLINE, ids.ANSWER, ids.DISMISS])
async def test_what_tells_of_an_end_has_the_button_that_opens_it_again_until_somebody_has(
    requested: Requested, word: str
) -> None:
    await requested.press(requested.triage, ids.MORE, user="lin", word=word)
    assert await requested.fill("lin", words="There is one: ask the library") == {}
    said = requested.replies()[-1]
    assert set(buttons(said)) == {"Reopen…"}
    await requested.press(said, ids.REOPEN, user="ada")
    assert await requested.fill("ada", words="That one is another") == {}
    [now] = [each for each in requested.replies() if each.ts == said.ts]
    assert buttons(now) == {}
    assert now.text.endswith("Ada Byron reopened it: That one is another")


async def test_a_new_request_calls_one_person_of_the_devops_team(requested: Requested) -> None:
    people = {name: requested.stage.slack.workspace.user(name).id for name in ("lin", "omar")}
    called = [name for name, slack_id in people.items() if f"<@{slack_id}>" in requested.triage.text]
    assert len(called) == 1


async def test_only_the_devops_team_decides_and_only_the_requesting_team_confirms(requested: Requested) -> None:
    await requested.press(requested.triage, ids.ACCEPT, user="eve")
    assert "members of Platform" in requested.said_to("eve")
    await requested.press(requested.triage, ids.ESTIMATE, user="grace")
    assert requested.stage.slack.view_stack("grace") == [], "the form opens for nobody else"
    await requested.press(requested.card, ids.WITHDRAW, user="eve")
    assert "members of Payments" in requested.said_to("eve")
    assert (await requested.row()).state == "proposed"


async def test_a_step_that_two_take_is_taken_once(requested: Requested) -> None:
    stale = requested.triage
    copy = await requested.stage.baton.context.slack.post_message(stale.channel, text="a copy", blocks=stale.blocks)
    await requested.press(requested.triage, ids.ACCEPT, user="lin")
    copied = next(m for m in requested.stage.slack.visible_messages("omar", "platform") if m.ts == copy.ts)
    await requested.press(copied, ids.ACCEPT, user="omar")
    assert "Done already" in requested.said_to("omar")
    assert (await actions(requested.stage)).count("backlog.accept") == 1


async def test_an_estimate_in_the_wrong_order_is_refused_at_its_field(requested: Requested) -> None:
    await requested.press(requested.triage, ids.ESTIMATE, user="lin")
    assert set(await requested.fill("lin", optimistic="9", likely="4", pessimistic="20")) == {ids.LIKELY}
    assert set(await requested.fill("lin", optimistic="4", likely="9", pessimistic="5")) == {ids.PESSIMISTIC}
    assert await requested.fill("lin", optimistic="4", likely="9", pessimistic="20") == {}
    row = await requested.row()
    assert (row.optimistic_hours, row.likely_hours, row.pessimistic_hours) == (4, 9, 20)
    assert "Change estimate…" in buttons(requested.triage)
    await requested.press(requested.triage, ids.ESTIMATE, user="lin")
    assert await requested.fill("lin", optimistic="4", likely="9", pessimistic="20") == {}
    assert (await actions(requested.stage)).count("backlog.estimate") == 1, "the same once more is no news"


async def test_it_is_assigned_and_snoozed(requested: Requested) -> None:
    stage = requested.stage
    await requested.press(requested.triage, ids.MORE, user="lin", word=ids.ASSIGN)
    assert await requested.fill("lin", assignee=stage.slack.workspace.user("omar").id) == {}
    assert "with Omar Sol" in requested.card.text
    await requested.press(requested.triage, ids.MORE, user="lin", word=ids.SNOOZE)
    assert set(await requested.fill("lin", day="2026-03-03")) == {ids.DAY}
    assert set(await requested.fill("lin", day="2099-01-01")) == {ids.DAY}, "not past the day on which it is needed"
    assert await requested.fill("lin", day="2026-03-10") == {}
    assert str((await requested.row()).snoozed_until) == "2026-03-10"
    assert "snoozed until" in requested.triage.text
    assert requested.card.text.count("2026-03-10") == 1, "said once"
    assert "first answer due" not in requested.card.text, "not before that day"
    await requested.press(requested.triage, ids.MORE, user="lin", word=ids.ASSIGN)
    assert await requested.fill("lin", assignee=stage.slack.workspace.user("omar").id) == {}
    await requested.press(requested.triage, ids.MORE, user="lin", word=ids.SNOOZE)
    assert await requested.fill("lin", day="2026-03-10") == {}
    await requested.press(requested.card, ids.WITHDRAW, user="ada")
    assert await requested.fill("ada") == {}
    assert "snoozed" not in requested.card.text
    assert [each for each in await actions(stage) if each in ("backlog.assign", "backlog.snooze")] == [
        "backlog.assign",
        "backlog.snooze",
    ]


async def test_whoever_is_assigned_is_told_and_is_one_of_the_devops_team(requested: Requested) -> None:
    stage = requested.stage
    omar, eve = (stage.slack.workspace.user(name).id for name in ("omar", "eve"))
    await requested.press(requested.triage, ids.MORE, user="lin", word=ids.ASSIGN)
    assert await requested.fill("lin", assignee=eve) == {ids.ASSIGNEE: "Choose somebody of Platform."}
    assert await requested.fill("lin", assignee=omar) == {}
    assert requested.under_triage()[-1] == f"<@{omar}> Lin Wei assigned this to you."
    before = requested.under_triage()
    await requested.press(requested.triage, ids.MORE, user="lin", word=ids.ASSIGN)
    assert await requested.fill("lin", assignee=stage.slack.workspace.user("lin").id) == {}
    assert requested.under_triage() == [*before, f"<@{omar}> Lin Wei took this off you: Lin Wei works on it now."]
    assert "with Lin Wei" in requested.card.text
    before = requested.under_triage()
    await requested.press(requested.triage, ids.MORE, user="lin", word=ids.ASSIGN)
    assert await requested.fill("lin", assignee=None) == {}
    assert "with Lin Wei" not in requested.card.text
    assert requested.under_triage() == before, "nobody has to be told what they have done"


async def test_a_delivery_that_was_pressed_by_mistake_is_taken_back(requested: Requested) -> None:
    await requested.press(requested.triage, ids.DELIVER, user="omar")
    assert await requested.fill("omar", words="The other one") == {}
    asked = requested.replies()[-1]
    await requested.press(requested.triage, ids.MORE, user="omar", word=ids.RESUME)
    assert (await requested.row()).state == "in_progress"
    assert buttons(requested.again(asked)) == {}
    assert "Omar Sol took it up again." in requested.again(asked).text
    assert "It is in progress again" in requested.said_to("omar")
    await requested.press(requested.triage, ids.DELIVER, user="omar")
    assert await requested.fill("omar", words="This one") == {}
    await requested.press(requested.card, ids.CONFIRM, user="ada")
    assert "Take the delivery back" not in str(requested.triage.blocks), "what is confirmed its team opens again"


async def test_whoever_works_on_it_hears_that_a_colleague_has_ended_it(requested: Requested) -> None:
    omar = requested.stage.slack.workspace.user("omar").id
    await requested.press(requested.triage, ids.MORE, user="lin", word=ids.ASSIGN)
    assert await requested.fill("lin", assignee=omar) == {}
    await requested.press(requested.triage, ids.MORE, user="lin", word=ids.DECLINE)
    assert await requested.fill("lin", words="Ask security") == {}
    assert requested.under_triage()[-1] == f"<@{omar}> Lin Wei declined it."
    await requested.press(requested.card, ids.REOPEN, user="ada")
    assert await requested.fill("ada", words="They sent me here") == {}
    await requested.press(requested.triage, ids.DELIVER, user="omar")
    assert await requested.fill("omar", words="Done") == {}
    assert "opened it again" in requested.under_triage()[-1], "nobody has to be told what they have done"


async def test_whoever_has_duty_is_named_until_the_team_has_answered(requested: Requested) -> None:
    await requested.press(requested.triage, ids.MORE, user="lin", word=ids.ASSIGN)
    assert await requested.fill("lin", assignee=requested.stage.slack.workspace.user("omar").id) == {}
    assert "with Omar Sol" in requested.triage.text
    assert "has duty this week" in requested.triage.text
    await requested.press(requested.triage, ids.ACCEPT, user="omar")
    assert "has duty" not in requested.triage.text


async def test_news_of_the_requesting_team_calls_whoever_waits_for_it(requested: Requested) -> None:
    people = {name: f"<@{requested.stage.slack.workspace.user(name).id}>" for name in ("lin", "omar")}
    [duty] = [mention for mention in people.values() if mention in requested.triage.text]
    await requested.press(requested.triage, ids.DELIVER, user="omar")
    assert await requested.fill("omar", words="It is there") == {}
    await requested.press(requested.card, ids.NOT_YET, user="ada")
    assert await requested.fill("ada", words="No backups") == {}
    assert requested.under_triage()[-1] == f"{people['omar']} Ada Byron says not yet: No backups"
    await requested.press(requested.card, ids.WITHDRAW, user="ada")
    assert await requested.fill("ada") == {}
    assert requested.under_triage()[-1] == "Ada Byron withdrew it.", "nobody has to do anything"
    await requested.press(requested.card, ids.REOPEN, user="ada")
    assert await requested.fill("ada", words="Still needed") == {}
    assert requested.under_triage()[-1] == f"{duty} Ada Byron opened it again: Still needed"
    await requested.press(requested.triage, ids.MORE, user="lin", word=ids.ASSIGN)
    assert await requested.fill("lin", assignee=people["lin"][2:-1]) == {}
    await requested.press(requested.card, ids.WITHDRAW, user="grace")
    assert await requested.fill("grace", words="Not needed") == {}
    said = f"{people['lin']} Grace Marsh withdrew it: Not needed"
    assert requested.under_triage()[-1] == said, "whoever did it, and not whoever needs it"


async def test_only_somebody_of_the_organisation_can_be_chosen(requested: Requested) -> None:
    stage = requested.stage
    stage.slack.add_user("mallory", real_name="Mallory", email="m@elsewhere.test", standing="stranger")
    await requested.press(requested.triage, ids.MORE, user="lin", word=ids.ASSIGN)
    for chosen in (stage.slack.workspace.user("mallory").id, stage.slack.workspace.bot_user_id):
        assert set(await requested.fill("lin", assignee=chosen)) == {ids.ASSIGNEE}
    assert (await requested.row()).assignee_id is None


async def test_a_request_that_has_ended_can_be_reopened_from_its_thread(requested: Requested) -> None:
    await requested.press(requested.card, ids.WITHDRAW, user="grace")
    await requested.fill("grace")
    await form(requested.stage, requested.root, user="ada")
    view = requested.stage.slack.view_stack("ada")[-1]
    await requested.stage.slack.act("ada", ViewRef(view.id), ids.REOPEN)
    await requested.stage.settle()
    assert await requested.fill("ada", words="We need it after all") == {}
    assert "Proposed" in requested.card.text


async def test_a_duplicate_keeps_its_asker_and_can_be_taken_out_again(requested: Requested) -> None:
    other = await another(requested.stage)
    await other.press(other.triage, ids.MORE, user="lin", word=ids.MERGE)
    options = options_of(requested.stage.slack.view_stack("lin")[-1], ids.INTO)
    assert [each["value"] for each in options] == ["1"]
    assert await other.fill("lin", into="1") == {}
    row = await other.row()
    assert (row.state, row.merged_into) == ("merged", 1)
    assert "Part of *#1* *A Cassandra keyspace" in other.card.text
    assert "Also for Search (#2)" in requested.triage.text
    assert "Also for Search (#2)" in requested.card.text
    async with requested.stage.database.reading() as session:
        demands = (await session.execute(select(tables.RequestDemand.request_id))).scalars().all()
    assert sorted(demands) == [1, 2], "each keeps what its own team needs"
    await requested.press(requested.triage, ids.ACCEPT, user="lin")
    assert "which this is part of: Accepted into the DevOps backlog." in other.replies()[-1].text
    assert other.written_to("solo") == [], "who has a thread hears it there"
    await other.press(other.triage, ids.MORE, user="lin", word=ids.UNMERGE)
    row = await other.row()
    assert (row.state, row.merged_into) == ("proposed", None)
    assert "Also for" not in requested.triage.text
    assert (await actions(requested.stage))[-1] == "backlog.unmerge"


async def test_nothing_of_others_becomes_part_of_a_private_request(requested: Requested) -> None:
    stage = requested.stage
    place = stage.slack.workspace.im(stage.slack.workspace.user("solo").id).id
    await stage.slack.run_command("solo", place, "/devops we need a Redis cluster")
    await stage.settle()
    assert await submit(stage, "solo") == {}
    await posted(stage, "platform")
    await another(stage)
    await requested.press(requested.triage, ids.MORE, user="lin", word=ids.MERGE)
    assert [each["value"] for each in options_of(stage.slack.view_stack("lin")[-1], ids.INTO)] == ["3"]
    lin = stage.baton.context.snapshot.person_by_slack_id(stage.slack.workspace.user("lin").id)
    assert lin is not None
    deps, snapshot = stage.baton.context.deps, stage.baton.context.snapshot
    with pytest.raises(UserError, match="#2 is private"):
        await merges.merge(deps, snapshot, request_id=1, into_id=2, person_id=lin.id)
    assert (await requested.row()).state == "proposed"


async def test_whoever_asked_for_a_duplicate_is_told_what_it_is_part_of_and_can_withdraw_it(
    requested: Requested,
) -> None:
    other = await another(requested.stage)
    await other.press(other.triage, ids.MORE, user="lin", word=ids.MERGE)
    assert await other.fill("lin", into="1") == {}
    told = other.replies()[-1]
    solo = requested.stage.slack.workspace.user("solo").id
    assert told.text.startswith(f"<@{solo}> The DevOps team made this part of *#1* ")
    assert (await requested.row(1)).permalink in told.text
    assert set(buttons(told)) == {"Show", "Withdraw…"}
    await other.press(told, ids.SHOW, user="solo")
    assert "*#1*" in requested.said_to("solo")
    assert set(buttons(other.card)) == {"Withdraw…", "Change…", "Follow"}
    assert "Also for Search (#2)" in requested.card.text
    await other.press(told, ids.WITHDRAW, user="solo")
    assert await other.fill("solo", words="It is another cluster") == {}
    row = await other.row()
    assert (row.state, row.merged_into) == ("withdrawn", None)
    assert "Also for" not in requested.card.text
    assert (await requested.row(1)).state == "proposed", "what others need stays as it is"


async def test_a_team_that_asked_twice_counts_once_on_the_card_as_it_does_in_the_rank(stage: Stage) -> None:
    asked = []
    for number, (user, team, people) in enumerate(
        (("grace", "Payments", "13"), ("grace", "Payments", "20"), ("solo", "Search", "12")), 1
    ):
        root = await thread(stage, "We need a Redis cluster.", user=user)
        await form(stage, root, user=user)
        lost = {ids.PEOPLE: people, ids.TIMES: "1", ids.HOURS: "1"}
        assert await submit(stage, user, {ids.TEAM: team_option(stage, user, ids.TEAM, team), **lost}) == {}
        await posted(stage, "payments")
        asked.append(Requested(stage, root, number))
    whole, *parts = asked
    assert "Without it: 13 hours a month lost" in whole.card.text
    for each in parts:
        await each.press(each.triage, ids.MORE, user="lin", word=ids.MERGE)
        assert await each.fill("lin", into="1") == {}
    assert "Without it: 32 hours a month lost" in whole.card.text
    assert "Without it: 20 hours a month lost" in parts[0].card.text, "of its own it says what it said"


async def test_whoever_asked_for_a_duplicate_is_asked_at_delivery_and_can_answer(requested: Requested) -> None:
    other = await another(requested.stage)
    await other.press(other.triage, ids.MORE, user="lin", word=ids.MERGE)
    assert await other.fill("lin", into="1") == {}
    await requested.press(requested.triage, ids.DELIVER, user="lin")
    await requested.fill("lin", words="The cluster is there")
    told = other.replies()[-1]
    assert "Does it do the job?" in told.text
    assert set(buttons(told)) == {"Yes, it does the job", "Not yet…"}
    await requested.press(told, ids.NOT_YET, user="solo")
    assert await requested.fill("solo", words="It has no replicas") == {}
    assert "In progress" in requested.card.text
    await requested.press(requested.card, ids.WITHDRAW, user="solo")
    assert (await requested.row()).state == "in_progress", "only the answer at delivery is theirs"


async def test_who_follows_hears_of_it_until_they_stop(requested: Requested) -> None:
    await requested.press(requested.card, ids.FOLLOW, user="eve")
    assert "You follow *#1*" in requested.said_to("eve")
    assert set(buttons(requested.shown_to("eve"))) == {"Unfollow"}
    await requested.press(requested.card, ids.FOLLOW, user="eve")
    assert (await actions(requested.stage)).count("backlog.follow") == 1
    await requested.press(requested.triage, ids.ACCEPT, user="lin")
    [told] = requested.written_to("eve")
    assert "Accepted" in told
    place = requested.stage.slack.workspace.im(requested.stage.slack.workspace.user("eve").id).id
    [message] = requested.stage.slack.visible_messages("eve", place)
    await requested.press(message, ids.UNFOLLOW, user="eve")
    await requested.press(requested.triage, ids.DELIVER, user="lin")
    assert await requested.fill("lin", words="It is there") == {}
    assert [said for said in requested.written_to("eve") if "Delivered" in said] == []


async def test_withdrawn_by_its_team(requested: Requested) -> None:
    await requested.press(requested.card, ids.WITHDRAW, user="grace")
    assert await requested.fill("grace") == {}
    assert "Withdrawn" in requested.card.text
    assert set(buttons(requested.card)) == {"Reopen…", "Follow"}


async def test_a_request_of_a_list_is_shown_with_the_buttons_that_its_reader_has(requested: Requested) -> None:
    listed = await requested.stage.ask("/devops list", user="lin")
    await requested.press(listed, ids.SHOW, user="lin")
    shown = requested.stage.slack.visible_messages("lin", "general")[-1]
    assert "Accept" in buttons(shown)
    await requested.press(shown, ids.ACCEPT, user="lin")
    again = requested.stage.slack.visible_messages("lin", "general")[-1]
    assert "Accepted" in again.text, "what only its reader sees is drawn afresh"
    mine = await requested.stage.ask("/devops show 1", user="ada")
    assert set(buttons(mine)) == {"Withdraw…", "Change…", "Follow"}


async def test_what_was_said_in_a_thread_is_never_said_in_its_channel(requested: Requested) -> None:
    slack = requested.stage.slack
    before = [m.ts for m in slack.visible_messages("eve", "payments") if m.ts != requested.root.ts]
    for message in slack.visible_messages("eve", "payments", thread_ts=requested.root.ts)[1:]:
        slack.workspace.messages[message.channel].pop(message.ts)
    await slack.delete("ada", "payments", requested.root.ts)
    await requested.press(requested.triage, ids.ACCEPT, user="lin")
    assert [m.ts for m in slack.visible_messages("eve", "payments")] == before
    assert any("Accepted · " in text for text in requested.written_to("ada"))
    assert any("Accepted into the DevOps backlog" in text for text in requested.written_to("ada"))


async def test_whoever_filed_it_is_called_once_its_asker_has_left(requested: Requested) -> None:
    await gone(requested.stage, "ada")
    await requested.press(requested.triage, ids.ACCEPT, user="lin")
    said = requested.replies()[-1].text
    assert said == f"<@{requested.stage.slack.workspace.user('grace').id}> Accepted into the DevOps backlog."


async def test_a_request_of_somebody_who_has_left_is_nobodys_until_a_colleague_starts_it(requested: Requested) -> None:
    await requested.press(requested.triage, ids.MORE, user="lin", word=ids.ASSIGN)
    assert await requested.fill("lin", assignee=requested.stage.slack.workspace.user("omar").id) == {}
    assert "with Omar Sol" in requested.card.text
    await gone(requested.stage, "omar")
    await requested.press(requested.triage, ids.ACCEPT, user="lin")
    assert "nobody works on it: Omar Sol has left" in requested.card.text
    await requested.press(requested.triage, ids.START, user="lin")
    assert "with Lin Wei" in requested.card.text


async def test_what_another_did_meanwhile_is_said_and_not_overwritten(requested: Requested) -> None:
    stage = requested.stage
    await requested.press(requested.triage, ids.ESTIMATE, user="lin")
    await requested.press(requested.triage, ids.ESTIMATE, user="omar")
    assert await requested.fill("omar", optimistic="4", likely="9", pessimistic="20") == {}
    assert await requested.fill("lin", optimistic="1", likely="2", pessimistic="3") == {}
    view = stage.slack.view_stack("lin")[-1]
    assert "Meanwhile Omar Sol estimated it." in said_in(view)
    assert "Work: 4 to 20 hours" in said_in(view)
    assert (await requested.row()).likely_hours == 9
    assert await requested.fill("lin") == {}, "what Lin typed is still there"
    assert (await requested.row()).likely_hours == 2
    assert stage.slack.view_stack("lin") == []


@pytest.mark.parametrize("by_estimator_first", [True, False])
async def test_an_estimate_and_an_acceptance_do_not_get_in_each_others_way(
    requested: Requested, by_estimator_first: bool
) -> None:
    stage = requested.stage
    await requested.press(requested.triage, ids.ESTIMATE, user="lin")
    if by_estimator_first:
        assert await requested.fill("lin", optimistic="1", likely="2", pessimistic="3") == {}
    await requested.press(requested.triage, ids.ACCEPT, user="omar")
    if not by_estimator_first:
        assert await requested.fill("lin", optimistic="1", likely="2", pessimistic="3") == {}
    assert stage.slack.view_stack("lin") == [], "that it is accepted says nothing of the hours"
    row = await requested.row()
    assert (row.state, row.likely_hours) == ("accepted", 2)
    assert "Accepted" in requested.triage.text
    assert "Work: 1 to 3 hours, most likely 2" in requested.triage.text
    assert "Work: 1 to 3 hours, most likely 2" in requested.said_to("lin")


async def test_an_estimate_of_what_others_have_ended_meanwhile_is_not_saved(requested: Requested) -> None:
    await requested.press(requested.triage, ids.ESTIMATE, user="lin")
    await requested.press(requested.triage, ids.MORE, user="omar", word=ids.DECLINE)
    assert await requested.fill("omar", words="No hands") == {}
    errors = await requested.fill("lin", optimistic="1", likely="2", pessimistic="3")
    assert [*errors.values()] == ["Meanwhile Omar Sol declined it. This request is declined, so nothing was changed."]


async def test_a_step_that_another_has_taken_meanwhile_loses_no_words_in_silence(requested: Requested) -> None:
    for user in ("lin", "omar"):
        await requested.press(requested.triage, ids.MORE, user=user, word=ids.DECLINE)
    await requested.press(requested.triage, ids.ASK, user="grace")
    assert await requested.fill("omar", words="No hands") == {}
    errors = await requested.fill("lin", words="It is there already")
    assert errors == {ids.WORDS: "Meanwhile Omar Sol declined it. Yours was not saved."}
    assert (await requested.row()).reason == "No hands"


async def test_a_step_that_is_not_possible_any_more_says_who_has_done_what(requested: Requested) -> None:
    await requested.press(requested.triage, ids.ASK, user="lin")
    await requested.press(requested.card, ids.WITHDRAW, user="grace")
    assert await requested.fill("grace") == {}
    errors = await requested.fill("lin", words="Which region?")
    assert errors[ids.WORDS].startswith("Meanwhile Grace Marsh withdrew it. This request is withdrawn already.")


@pytest.mark.parametrize(
    ("word", "values"),
    [(ids.ASSIGN, {}), (ids.SNOOZE, {"day": "2026-03-10"}), (ids.MERGE, {"into": "2"}), (ids.ANSWER, {"words": "Yes"})],
)
async def test_each_form_says_what_happened_since_it_was_opened(
    requested: Requested, word: str, values: dict[str, str]
) -> None:
    await another(requested.stage)
    await requested.press(requested.triage, ids.MORE, user="lin", word=word)
    await requested.press(requested.triage, ids.ACCEPT, user="omar")
    values = values or {"assignee": requested.stage.slack.workspace.user("lin").id}
    before = (await actions(requested.stage))[-1]
    assert await requested.fill("lin", **values) == {}
    assert "Meanwhile Omar Sol accepted it." in said_in(requested.stage.slack.view_stack("lin")[-1])
    assert (await actions(requested.stage))[-1] == before == "backlog.accept"
    assert await requested.fill("lin") == {}
    assert (await actions(requested.stage))[-1] == f"backlog.{word}"


async def test_a_message_of_batons_own_about_a_request_finds_that_request(requested: Requested) -> None:
    stage, triage = requested.stage, requested.triage
    await stage.slack.run_message_shortcut("lin", triage.channel, triage.ts, ids.MESSAGE_SHORTCUT)
    await stage.settle()
    assert said_in(stage.slack.view_stack("lin")[-1]).startswith("This is *#1* ")
    await stage.slack.react("omar", triage.channel, triage.ts, "devops-request")
    await stage.settle()
    assert requested.said_to("omar").startswith("This is *#1* ")
    reply = await stage.slack.post("lin", "platform", "who takes it on?", thread_ts=triage.ts)
    await stage.say("@baton request", channel="platform", thread_ts=triage.ts, user="lin")
    assert "This is *#1* " in stage.slack.visible_messages("lin", "platform", thread_ts=triage.ts)[-1].text
    await stage.slack.run_message_shortcut("omar", reply.channel, reply.ts, ids.MESSAGE_SHORTCUT)
    await stage.settle()
    assert said_in(stage.slack.view_stack("omar")[-1]).startswith("This is *#1* ")
    assert len(await requests(stage)) == 1


async def test_a_private_request_is_found_by_those_alone_who_may_see_it(stage: Stage) -> None:
    place = stage.slack.workspace.im(stage.slack.workspace.user("solo").id).id
    await stage.slack.run_command("solo", place, "/devops we need a Redis cluster")
    await stage.settle()
    assert await submit(stage, "solo") == {}
    await posted(stage, "platform")
    [triage] = [m for m in stage.slack.visible_messages("lin", "platform") if "private request" in m.text]
    for user, says in (("omar", "This is *#1* "), ("eve", "There is no such request")):
        await stage.slack.run_message_shortcut(user, triage.channel, triage.ts, ids.MESSAGE_SHORTCUT)
        await stage.settle()
        view = stage.slack.view_stack(user)[-1]
        assert said_in(view).startswith(says)
        assert ("Redis" in said_in(view)) == (user == "omar")


async def test_a_question_in_the_thread_has_its_buttons_until_it_is_answered(requested: Requested) -> None:
    await requested.press(requested.triage, ids.ASK, user="lin")
    assert await requested.fill("lin", words="Which region?") == {}
    question = requested.replies()[-1]
    assert list(buttons(question)) == ["Answer…"]
    await requested.press(question, ids.REPLY, user="ada")
    assert await requested.fill("ada", words="Frankfurt") == {}
    assert buttons(requested.again(question)) == {}
    assert "Lin Wei asks about *#1*: Which region?" in requested.again(question).text
    assert "Ada Byron answered the question: Frankfurt" in requested.again(question).text
    await requested.press(requested.triage, ids.DELIVER, user="omar")
    assert await requested.fill("omar", words="The keyspace is there") == {}
    delivery = requested.replies()[-1]
    assert list(buttons(delivery)) == ["Yes, it does the job", "Not yet…"]
    await requested.press(delivery, ids.NOT_YET, user="ada")
    assert await requested.fill("ada", words="No backups") == {}
    assert buttons(requested.again(delivery)) == {}
    assert "Ada Byron sent it back: No backups" in requested.again(delivery).text
    await requested.press(requested.triage, ids.DELIVER, user="omar")
    assert await requested.fill("omar", words="With backups") == {}
    second = requested.replies()[-1]
    await requested.press(second, ids.CONFIRM, user="ada")
    assert "Confirmed" in requested.card.text
    assert buttons(requested.again(second)) == {}
    assert "Ada Byron confirmed it." in requested.again(second).text


async def test_whoever_types_the_answer_into_the_thread_is_shown_the_button_once(requested: Requested) -> None:
    stage = requested.stage
    await requested.press(requested.triage, ids.ASK, user="lin")
    assert await requested.fill("lin", words="Which region?") == {}

    async def look() -> list[PostedMessage]:
        await point_to_buttons(stage.baton.context)
        await requested.settle()
        return [m for m in requested.replies() if "The DevOps team does not see replies here" in m.text]

    assert await look() == [], "what was said before the question is no answer"
    await stage.slack.post("eve", "payments", "No idea.", thread_ts=requested.root.ts)
    assert await look() == [], "nor is what others say"
    await stage.slack.post("ada", "payments", "Frankfurt, please.", thread_ts=requested.root.ts)
    [told] = await look()
    assert told.text.startswith(f"<@{stage.slack.workspace.user('ada').id}>")
    await stage.slack.post("ada", "payments", "Or Dublin.", thread_ts=requested.root.ts)
    assert len(await look()) == 1
    await requested.press(told, ids.REPLY, user="grace")
    assert element(stage.slack.view_stack("grace")[-1], ids.WORDS).get("initial_value") is None, "the words of others"
    await requested.press(told, ids.REPLY, user="ada")
    view = stage.slack.view_stack("ada")[-1]
    assert element(view, ids.WORDS)["initial_value"] == "Frankfurt, please.\nOr Dublin."
    assert await requested.fill("ada") == {}
    assert requested.under_triage()[-1].endswith("Ada Byron answered: Which region?\n— Frankfurt, please.\nOr Dublin.")
    assert requested.again(told).text.startswith("Ada Byron answered the question: Frankfurt"), "no button"
    assert (await requested.row()).state == "proposed"


async def test_a_receipt_says_what_was_done_and_who_hears_of_it(requested: Requested) -> None:
    await requested.press(requested.triage, ids.ASK, user="lin")
    assert await requested.fill("lin", words="Which region?") == {}
    assert requested.said_to("lin").startswith("Your question goes to Ada Byron, and to those who follow it.\n*#1*")
    await requested.press(requested.card, ids.REPLY, user="ada")
    assert await requested.fill("ada", words="Frankfurt") == {}
    assert requested.said_to("ada").startswith("The DevOps team reads your answer under its message.\n*#1*")
    await requested.press(requested.triage, ids.DELIVER, user="lin")
    assert await requested.fill("lin", words="It is there") == {}
    assert requested.said_to("lin").startswith("Ada Byron is asked whether it does the job.\n*#1*")
    await requested.press(requested.card, ids.CONFIRM, user="ada")
    assert requested.said_to("ada").startswith("It is confirmed: the DevOps team's message says so.\n*#1*")
    await requested.press(requested.card, ids.REOPEN, user="grace")
    assert await requested.fill("grace", words="It broke") == {}
    assert requested.said_to("grace").startswith("The DevOps team reads under its message that it is open again.\n")


async def test_the_devops_team_reads_technologies_by_their_names(requested: Requested) -> None:
    assert (await requested.row()).technologies[:2] == ["cassandra", "terraform"]
    [said] = [line for line in requested.triage.text.splitlines() if line.startswith("Technologies: ")]
    assert said == "Technologies: Cassandra, Terraform, Jenkins, Selenium"
    assert "New to the team: Selenium, Cassandra" in requested.triage.text


async def test_a_form_that_is_late_says_how_the_request_stands(requested: Requested) -> None:
    await requested.press(requested.triage, ids.ESTIMATE, user="lin")
    await requested.press(requested.triage, ids.MORE, user="omar", word=ids.DECLINE)
    assert await requested.fill("omar", words="Not ours") == {}
    wrong = await requested.fill("lin", optimistic="1", likely="2", pessimistic="3")
    assert set(wrong.values()) == {"Meanwhile Omar Sol declined it. This request is declined, so nothing was changed."}


async def test_a_teammate_who_answers_in_the_thread_is_shown_the_button(stage: Stage) -> None:
    root = await thread(stage, "We need a Redis cluster.")
    await form(stage, root, user="ada")
    assert await submit(stage, "ada") == {}
    await posted(stage, "payments")
    made = Requested(stage, root)
    await made.press(made.triage, ids.ASK, user="lin")
    assert await made.fill("lin", words="Which region?") == {}
    await stage.slack.post("grace", "payments", "Frankfurt, please.", thread_ts=root.ts)
    await point_to_buttons(stage.baton.context)
    await made.settle()
    told = made.replies()[-1]
    assert told.text.startswith(f"<@{stage.slack.workspace.user('grace').id}>")
    assert list(buttons(told)) == ["Answer…"]


async def test_what_was_typed_into_the_thread_begins_the_form_as_its_author_reads_it(requested: Requested) -> None:
    stage = requested.stage
    await requested.press(requested.triage, ids.ASK, user="lin")
    assert await requested.fill("lin", words="Which region?") == {}
    ada = stage.slack.workspace.user("ada").id
    said = f"1 < 2 <@{ada}> <https://docs.example.test/x|the page>\n- <!subteam^S1|@devops>"
    await stage.slack.post("grace", "payments", said, thread_ts=requested.root.ts)
    await requested.press(requested.replies()[-1], ids.REPLY, user="grace")
    typed = element(stage.slack.view_stack("grace")[-1], ids.WORDS)["initial_value"]
    assert typed == "1 < 2 @Ada Byron https://docs.example.test/x\n- @devops"


async def test_a_slack_that_is_slow_to_show_the_thread_keeps_nobody_from_answering(
    requested: Requested, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = requested.stage
    monkeypatch.setattr("bot.services.backlog.typed_answers._SECONDS", 0.0)
    await requested.press(requested.triage, ids.ASK, user="lin")
    assert await requested.fill("lin", words="Which region?") == {}
    await stage.slack.post("ada", "payments", "Frankfurt.", thread_ts=requested.root.ts)
    question = next(m for m in requested.replies() if "Which region?" in m.text and m is not requested.card)
    await requested.press(question, ids.REPLY, user="ada")
    assert element(stage.slack.view_stack("ada")[-1], ids.WORDS).get("initial_value") is None
    assert await requested.fill("ada", words="Frankfurt") == {}


async def test_no_form_opens_for_what_has_ended_meanwhile(requested: Requested) -> None:
    stale = await requested.stage.ask("/devops show 1", user="omar")
    await requested.press(requested.triage, ids.MORE, user="lin", word=ids.DECLINE)
    assert await requested.fill("lin", words="Not now") == {}
    for word in (ids.ESTIMATE, ids.SNOOZE, ids.ASSIGN):
        pressed = ids.ESTIMATE if word == ids.ESTIMATE else ids.MORE
        await requested.press(stale, pressed, user="omar", word="" if word == ids.ESTIMATE else word)
        assert requested.stage.slack.view_stack("omar") == [], word
        assert requested.said_to("omar") == "This request is declined already. Whoever asked can reopen it."


async def test_whoever_needs_it_hears_that_somebody_else_has_withdrawn_it(requested: Requested) -> None:
    await requested.press(requested.card, ids.WITHDRAW, user="grace")
    assert await requested.fill("grace", words="We use another store") == {}
    ada = requested.stage.slack.workspace.user("ada").id
    assert requested.replies()[-1].text == (f"<@{ada}> Withdrawn by Grace Marsh: We use another store\nStill needed?")
    await requested.press(requested.card, ids.REOPEN, user="ada")
    assert await requested.fill("ada", words="We do not") == {}
    said = len(requested.replies())
    await requested.press(requested.card, ids.WITHDRAW, user="ada")
    assert await requested.fill("ada", words="Now we do") == {}
    assert len(requested.replies()) == said, "nobody is told what they have done themselves"


async def test_whoever_works_on_a_request_hears_what_became_part_of_it(requested: Requested) -> None:
    omar = requested.stage.slack.workspace.user("omar").id
    await requested.press(requested.triage, ids.MORE, user="lin", word=ids.ASSIGN)
    assert await requested.fill("lin", assignee=omar) == {}
    other = await another(requested.stage)
    await other.press(other.triage, ids.MORE, user="lin", word=ids.MERGE)
    assert await other.fill("lin", into="1") == {}
    assert requested.under_triage()[-1] == (f"<@{omar}> *#2* *A Redis cluster* is part of this now, says Lin Wei.")
    await other.press(other.triage, ids.MORE, user="lin", word=ids.UNMERGE)
    assert requested.under_triage()[-1] == "*#2* *A Redis cluster* is no longer part of this."
