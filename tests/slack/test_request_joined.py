"""A team that joins a request, over the wire: what it asked for and by when, and what it hears and answers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.blocks.backlog import actions as ids
from bot.playground.fake_slack import PostedMessage
from bot.services.backlog import merges
from bot.store import tables
from tests.slack.conftest import Stage
from tests.slack.test_eol_answers import posted, team_option
from tests.slack.test_request_reuse import SAME, offered, open_first, rows, search_form, thread_texts
from tests.slack.test_request_steps import Requested
from tests.slack.test_requests import _im as im
from tests.slack.test_requests import form, said_in, submit, thread
from tests.slack.test_whoowns import buttons


@pytest.fixture
def devops_team() -> str:
    return "Platform"


async def joined(stage: Stage, **said: str) -> Requested:
    """Search has joined Payments' request; `root` is the thread of Search."""
    await open_first(stage)
    root = await search_form(stage)
    values = {ids.INSTEAD: next(iter(offered(stage).values()))}
    values |= {f"backlog.{name}": value for name, value in said.items()}
    assert await submit(stage, "solo", values) == {}
    for channel in ("search", "platform", "payments"):
        await posted(stage, channel)
    return Requested(stage, root)


class TestWhatItAskedFor:
    async def test_its_items_words_and_thread_stand_where_the_work_is_read(self, stage: Stage) -> None:
        made = await joined(stage, title="A keyspace for search", details="Twelve nodes, please")
        [demand] = [each for each in await rows(stage, tables.RequestDemand) if each.asked]
        assert demand.asked[0]["permalink"].startswith("https://")
        shown = (await stage.ask("/devops show 1", user="lin")).text
        for text in (made.triage.text, shown):
            assert "*Search* asked for A keyspace for search · <https://" in text
            assert "• A Cassandra keyspace" in text.partition("*Search* asked for")[2]
            assert "Also said: Twelve nodes, please" in text

    async def test_its_only_item_is_not_said_twice(self, stage: Stage) -> None:
        only = "A Cassandra keyspace for the search index"
        its = (await joined(stage, title=only)).triage.text.partition("*Search* asked for ")[2]
        assert its.startswith(f"{only} _(infrastructure)_ · <https://")
        assert its.count(only) == 1

    async def test_what_it_asked_for_in_a_direct_message_is_for_the_devops_team_alone(self, stage: Stage) -> None:
        await open_first(stage)
        root = await thread(stage, SAME, channel=im(stage, "solo"), user="solo")
        await form(stage, root, user="solo", channel=im(stage, "solo"))
        assert await submit(stage, "solo", {ids.INSTEAD: next(iter(offered(stage).values()))}) == {}
        for channel in ("platform", "payments"):
            await posted(stage, channel)
        made = Requested(stage, root)
        assert "asked in a direct message" in made.triage.text
        assert "search index" not in made.triage.text
        assert "search index" in (await stage.ask("/devops show 1", user="lin")).text


class TestByWhen:
    async def test_the_first_day_of_those_who_need_it_counts_everywhere(self, stage: Stage) -> None:
        made = await joined(stage, needed_by="2026-06-15", needed_reason="The auditor comes")
        said = "needed by <!date^"
        listed = (await stage.ask("/devops list", user="lin")).text
        ranked = (await stage.ask("/devops rank", user="lin")).text
        for text in (made.triage.text, listed, ranked):
            assert said in text
            assert "2026-06-15> (Search)" in text
        assert "Why by then: The auditor comes" in made.triage.text
        [told] = made.under_triage()
        assert told.startswith("*Search* needs it as well, by <!date^")
        assert told.endswith("2026-06-15>.")
        assert "2026-06-15> (Search)" in thread_texts(stage, made.root, "search")[1]
        await search_form(stage, user="omar")
        assert "2026-06-15> (Search)" in said_in(stage.slack.view_stack("omar")[-1]), "what one can join, too"

    async def test_the_day_of_a_request_that_was_merged_counts_for_the_whole(self, stage: Stage) -> None:
        await open_first(stage)
        await search_form(stage)
        assert await submit(stage, "solo", {ids.NEEDED_BY: "2026-06-15"}) == {}
        await posted(stage, "platform")
        made = Requested(stage, await thread(stage, "so"), 2)
        await made.press(made.triage, ids.MORE, user="lin", word=ids.MERGE)
        assert await made.fill("lin", into="1") == {}
        await posted(stage, "platform")
        assert "2026-06-15> (Search)" in Requested(stage, made.root).triage.text
        assert "2026-06-15> (Search)" in (await stage.ask("/devops list", user="lin")).text

    async def test_a_team_that_has_joined_answers_for_its_own_day_when_it_has_passed(self, stage: Stage) -> None:
        made = await joined(stage, needed_by="2026-03-05")
        stage.clock.at = datetime(2026, 3, 6, 12, tzinfo=UTC)
        await stage.baton.context.daily_pass.run()
        stage.baton.context.drainer.wake()
        await posted(stage, "search")
        asked = [m for m in stage.slack.visible_messages("solo", "search") if m.ephemeral_for is None][-1]
        assert "Is it still needed, and until when?" in asked.text
        await made.press(asked, ids.NEED, user="solo")
        assert await made.fill("solo", day="2026-03-20") == {}
        assert "2026-03-20> (Search)" in made.triage.text
        assert list(buttons(made.again(asked))) == ["Show"], "it asks nothing any more"


async def delivered(made: Requested) -> None:
    await made.press(made.triage, ids.DELIVER, user="lin")
    assert await made.fill("lin", words="It is there", link="https://git.example.test/keyspace") == {}
    await posted(made.stage, "search")


def here(made: Requested) -> list[PostedMessage]:
    """What Baton says in the thread of Search."""
    seen = made.stage.slack.visible_messages("solo", "search", thread_ts=made.root.ts)
    return [m for m in seen if m.user == made.stage.slack.workspace.bot_user_id and m.ephemeral_for is None]


async def card_of_payments(made: Requested) -> PostedMessage:
    """The card in the thread of Payments, for whom the request is."""
    channel = made.stage.slack.workspace.messages[made.stage.slack.workspace.channel("payments").id]
    return next(m for m in channel.values() if m.text.startswith("*#1*") and "Asked by" in m.text)


async def test_the_form_says_for_whom_it_is_withdrawn(stage: Stage) -> None:
    made = await joined(stage)
    await made.press(here(made)[0], ids.WITHDRAW, user="solo")
    assert "Only your team is taken off it" in said_in(stage.slack.view_stack("solo")[-1])
    await made.press(await card_of_payments(made), ids.WITHDRAW, user="grace")
    said = "It ends for *Search* as well, who are told and can open their own."
    assert said in said_in(stage.slack.view_stack("grace")[-1])


ASKED = ["Yes, it does the job", "Not yet…"]


class TestAnswersForItself:
    async def test_the_yes_of_one_team_leaves_the_question_of_the_other(self, stage: Stage) -> None:
        made = await joined(stage)
        await delivered(made)
        await made.press(await card_of_payments(made), ids.CONFIRM, user="grace")
        await posted(stage, "search")
        assert (await made.row()).state == "confirmed"
        card, *_, asked = here(made)
        assert list(buttons(asked)) == ASKED
        assert list(buttons(card)) == [*ASKED, "Follow", "Open DevOps request"]
        assert "Reopen…" not in buttons(await stage.ask("/devops show 1", user="solo"))
        assert "There is a request already" not in said_in(await form(stage, made.root, user="solo", channel="search"))
        await made.press(asked, ids.CONFIRM, user="solo")
        await posted(stage, "search")
        assert (await made.row()).state == "confirmed"
        assert "Search (does the job)" in made.triage.text
        card, *_, asked = here(made)
        assert buttons(asked) == {}
        assert list(buttons(card)) == ["Not yet…", "Follow", "Open DevOps request"]

    async def test_a_team_says_not_yet_after_the_yes_of_the_other_and_all_hear_of_it(self, stage: Stage) -> None:
        made = await joined(stage)
        await delivered(made)
        payments = await card_of_payments(made)
        await made.press(payments, ids.CONFIRM, user="grace")
        await posted(stage, "search")
        await made.press(here(made)[-1], ids.NOT_YET, user="solo")
        assert await made.fill("solo", words="Search has no rights on it") == {}
        assert (await made.row()).state == "in_progress"
        await posted(stage, "platform")
        heard = stage.slack.visible_messages("grace", "payments", thread_ts=payments.thread_ts)
        assert any("does not do the job yet: Search has no rights on it" in m.text for m in heard)
        under = made.under_triage()
        assert any("Solo Singh says not yet: Search has no rights on it" in each for each in under), under

    async def test_what_was_delivered_stays_with_the_request_after_the_yes(self, stage: Stage) -> None:
        made = await joined(stage)
        await delivered(made)
        await made.press(await card_of_payments(made), ids.CONFIRM, user="grace")
        row = await made.row()
        assert (row.reason, row.link) == ("It is there", "https://git.example.test/keyspace")
        assert "https://git.example.test/keyspace" in (await card_of_payments(made)).text

    async def test_those_who_have_joined_and_followers_hear_of_not_yet_and_of_reopening(self, stage: Stage) -> None:
        made = await joined(stage)
        await stage.press(await card_of_payments(made), ids.FOLLOW, user="eve")
        await delivered(made)
        await made.press(await card_of_payments(made), ids.NOT_YET, user="grace")
        assert await made.fill("grace", words="No backup") == {}
        await posted(stage, "search")
        assert "does not do the job yet: No backup" in here(made)[-1].text
        assert "Grace Marsh says that it does not do the job yet: No backup" in made.written_to("eve")[-1]
        await made.press(made.triage, ids.MORE, user="lin", word=ids.DECLINE)
        assert await made.fill("lin", words="Not ours") == {}
        await made.press(await card_of_payments(made), ids.REOPEN, user="grace")
        assert await made.fill("grace", words="It is yours") == {}
        await posted(stage, "search")
        assert "Opened again by Grace Marsh: It is yours" in here(made)[-1].text
        assert "Opened again by Grace Marsh: It is yours" in made.written_to("eve")[-1]
        assert made.written_to("solo") == [], "who has joined from a thread hears it there"

    async def test_those_who_follow_hear_the_answer_to_a_question_and_are_not_asked_themselves(
        self, stage: Stage
    ) -> None:
        made = await joined(stage)
        await stage.press(await card_of_payments(made), ids.FOLLOW, user="eve")
        await made.press(made.triage, ids.ASK, user="lin")
        assert await made.fill("lin", words="Which region?") == {}
        assert "Estimate…" in buttons(made.triage), "the DevOps team goes on while it waits"
        await made.press(await card_of_payments(made), ids.REPLY, user="grace")
        assert await made.fill("grace", words="Frankfurt") == {}
        for user in ("solo", "eve"):
            assert "The question was answered: Which region? — Frankfurt" in made.written_to(user)[-1]
        await delivered(made)
        assert "Delivered: It is there" in made.written_to("eve")[-1]
        assert "Does it do the job?" not in made.written_to("eve")[-1]
        assert "Does it do the job?" in here(made)[-1].text
        assert "is asked whether it does the job, and so is everybody else who asked for it." in made.said_to("lin")


class TestUnmerged:
    async def merged(self, stage: Stage) -> Requested:
        """The request of Search has become part of that of Payments."""
        await open_first(stage)
        root = await search_form(stage)
        assert await submit(stage, "solo") == {}
        for channel in ("search", "platform"):
            await posted(stage, channel)
        made = Requested(stage, root, 2)
        await made.press(made.triage, ids.MORE, user="lin", word=ids.MERGE)
        assert await made.fill("lin", into="1") == {}
        await posted(stage, "search")
        assert "made this part of" in here(made)[-1].text
        return made

    async def test_the_whole_lists_what_only_its_part_asks_for(self, stage: Stage) -> None:
        made = await self.merged(stage)
        second = "A Jenkins job that loads the snapshots"
        whole = Requested(stage, made.root, 1)
        for on in (await card_of_payments(made), whole.triage):
            assert "*Search* asked for A Cassandra keyspace for the search index _(infrastructure)_" in on.text
        await made.press(here(made)[0], ids.CHANGE, user="solo")
        assert await made.fill("solo", added=second, added_type="pipeline", needed_by="2026-03-20", blocked="1") == {}
        await posted(stage, "platform")
        for on in (await card_of_payments(made), whole.triage):
            assert f"• {second} _(pipeline)_" in on.text
            assert "2026-03-20> (Search)" in on.text
        assert "Solo Singh changed" in whole.under_triage()[-1]
        await made.press(made.triage, ids.MORE, user="lin", word=ids.UNMERGE)
        assert second not in (await card_of_payments(made)).text
        assert second in here(made)[0].text

    async def test_the_form_of_a_merge_shows_what_would_be_listed(self, stage: Stage) -> None:
        await open_first(stage)
        await posted(stage, "platform")
        made = Requested(stage, await search_form(stage), 1)
        await made.press(made.triage, ids.MORE, user="lin", word=ids.MERGE)
        view = stage.slack.view_stack("lin")[-1]
        assert "which lists what only this one asks for:" in said_in(view)
        assert all(f"• {each['title']}" in said_in(view) for each in (await made.row()).items)

    async def test_undoing_a_merge_edits_what_was_said_and_tells_the_asker_once(self, stage: Stage) -> None:
        made = await self.merged(stage)
        await made.press(made.triage, ids.MORE, user="lin", word=ids.UNMERGE)
        await posted(stage, "search")
        card, before, news = here(made)
        solo = stage.slack.workspace.user("solo").id
        assert "stands by itself again" in before.text
        assert f"<@{solo}>" not in before.text
        assert "made this part of" not in before.text
        assert f"<@{solo}> *#2*" in news.text
        assert "Nobody has answered it yet." in news.text
        assert "first answer due" in card.text, "the merge was no answer"
        assert (await made.row()).responded_at is None

    async def test_those_whose_whole_is_withdrawn_hear_that_theirs_stands_by_itself(self, stage: Stage) -> None:
        made = await self.merged(stage)
        await made.press(await card_of_payments(made), ids.WITHDRAW, user="grace")
        assert await made.fill("grace") == {}
        await posted(stage, "search")
        card, before, news = here(made)
        assert "made this part of" not in before.text
        assert "stands by itself again" in news.text
        assert "first answer due" in card.text


async def seen_by_all(requested: Requested) -> str:
    """All that somebody who has nothing to do with a request can read of it."""
    stage = requested.stage
    said = [m.text for m in requested.replies()]
    said += [m.text for m in stage.slack.visible_messages("eve", "platform")]
    said += requested.under_triage()
    for command in ("/devops list", "/devops show 1", "/devops rank"):
        answer = await stage.ask(command, user="eve")
        said.append(answer.text)
        if ids.WHY in str(answer.blocks):
            await requested.press(answer, ids.WHY, user="eve")
            said.append(requested.said_to("eve"))
    return "\n".join(said)


class TestWhoAskedPrivately:
    async def merge_second(self, stage: Stage) -> None:
        lin = stage.baton.context.snapshot.person_by_slack_id(stage.slack.workspace.user("lin").id)
        assert lin is not None
        deps, snapshot = stage.baton.context.deps, stage.baton.context.snapshot
        await merges.merge(deps, snapshot, request_id=2, into_id=1, person_id=lin.id)

    async def ask_privately(self, stage: Stage, words: str, *, is_join: bool = False, **said: str) -> None:
        place = stage.slack.workspace.im(stage.slack.workspace.user("solo").id).id
        await stage.slack.run_command("solo", place, f"/devops {words}")
        await stage.settle()
        values = {ids.TEAM: team_option(stage, "solo", ids.TEAM, "Search"), ids.BLOCKED: "1", **said}
        if is_join:
            values[ids.INSTEAD] = next(iter(offered(stage).values()))
        assert await submit(stage, "solo", values) == {}
        await posted(stage, "platform")

    async def test_nobody_reads_who_corrects_what_they_have_asked_privately(self, stage: Stage) -> None:
        root = await thread(stage, "We need a Redis cluster.")
        await form(stage, root)
        assert await submit(stage) == {}
        await posted(stage, "payments")
        requested = Requested(stage, root)
        await self.ask_privately(stage, "we need a Redis cluster", is_join=True)
        shown = await stage.ask("/devops show 1", user="solo")
        await stage.press(shown, ids.CHANGE, user="solo")
        await stage.settle()
        assert await submit(stage, "solo", {ids.NEEDED_BY: "2026-05-04"}) == {}
        await posted(stage, "platform")
        said = requested.under_triage()[-1]
        assert said.startswith("Somebody changed the date")
        assert "Solo" not in said

    @pytest.mark.parametrize("how", ["merged", "joined"])
    async def test_nobody_reads_their_team_in_the_public_request(self, stage: Stage, how: str) -> None:
        root = await thread(stage, "We need a Redis cluster.")
        await form(stage, root)
        assert await submit(stage, values={ids.NEEDED_BY: "2026-06-15"}) == {}
        await posted(stage, "payments")
        requested = Requested(stage, root)
        secret = {ids.NEEDED_BY: "2026-05-04", ids.NEEDED_REASON: "The Zebra launch"}
        if how == "merged":
            await self.ask_privately(stage, "we need a Redis cluster", **secret)
            await self.merge_second(stage)
        else:
            await self.ask_privately(stage, "we need a Redis cluster", is_join=True, **secret)
        await requested.settle()
        await stage.arrive()
        said = await seen_by_all(requested)
        assert "2026-05-04" in said, "their day counts, and is said"
        assert not [word for word in ("Search", "Solo", "Zebra") if word in said], said
        shown = (await stage.ask("/devops show 1", user="lin", channel="platform")).text
        assert "Search" in shown, "the DevOps team knows for whom it works"
        await requested.press(requested.triage, ids.DELIVER, user="lin")
        assert await requested.fill("lin", words="It is there") == {}
        asked = [m for m in stage.slack.visible_messages("solo", im(stage, "solo")) if ids.NOT_YET in str(m.blocks)][-1]
        await requested.press(asked, ids.NOT_YET, user="solo")
        assert await requested.fill("solo", words="It has no disk") == {}
        said = await seen_by_all(requested)
        assert "omebody says that it does not do the job yet: It has no disk" in said
        assert not [word for word in ("Search", "Solo", "Zebra") if word in said], said
        if how == "joined":
            [card] = [
                m for m in stage.slack.visible_messages("solo", im(stage, "solo")) if ids.WITHDRAW in str(m.blocks)
            ]
            await requested.press(card, ids.WITHDRAW, user="solo")
            assert await requested.fill("solo", words="Zebra is off") == {}
            said = await seen_by_all(requested)
            assert "Somebody left this request." in said
        else:
            await requested.press(requested.triage, ids.ASK, user="lin")
            assert await requested.fill("lin", words="A disk?") == {}
            said = await seen_by_all(requested)
            assert "Somebody sent it back: It has no disk" in said
        assert not [word for word in ("Search", "Solo", "Zebra") if word in said], said

    @pytest.mark.parametrize("how", ["merged", "joined"])
    async def test_what_it_saves_them_is_asked_of_them_alone_and_names_no_team(self, stage: Stage, how: str) -> None:
        root = await thread(stage, "We need a Redis cluster.")
        await form(stage, root)
        lost = {ids.PEOPLE: "1", ids.TIMES: "10", ids.HOURS: "2"}
        assert await submit(stage, values={**lost, ids.BLOCKED: ""}) == {}
        await posted(stage, "payments")
        requested = Requested(stage, root)
        await self.ask_privately(stage, "we need a Redis cluster", is_join=how == "joined", **lost)
        if how == "merged":
            await self.merge_second(stage)
        await requested.press(requested.triage, ids.DELIVER, user="lin")
        assert await requested.fill("lin", words="It is there") == {}
        await requested.press(requested.card, ids.CONFIRM, user="ada")
        stage.clock.advance(timedelta(days=35))
        await stage.baton.context.daily_pass.run()
        await stage.arrive()
        assert [
            m for m in stage.slack.visible_messages("solo", "search") if m.user == stage.slack.workspace.bot_user_id
        ] == []
        asked = [m for m in stage.slack.visible_messages("solo", im(stage, "solo")) if ids.SAVING in str(m.blocks)]
        assert "save *Search*?" in asked[-1].text
        await requested.press(asked[-1], ids.SAVING, user="solo")
        assert await requested.fill("solo", saved="7") == {}
        said = (await stage.ask("/devops savings", user="eve")).text
        assert "Search" not in said
        assert "*Another team*: after 30 days 7 of 14 hours (50%)" in said
        said = (await stage.ask("/devops savings", user="lin", channel="platform")).text
        assert "*Search*: after 30 days 7 of 14 hours (50%)" in said


async def test_the_day_of_another_request_of_the_same_team_is_the_teams_own(stage: Stage) -> None:
    roots = []
    for words, day in (("We need a Redis cluster.", "2026-06-15"), ("We need Redis for carts.", "2026-05-04")):
        roots.append(await thread(stage, words))
        await form(stage, roots[-1])
        assert await submit(stage, values={ids.NEEDED_BY: day}) == {}
        await posted(stage, "payments")
    second = Requested(stage, roots[1], 2)
    await second.press(second.triage, ids.MORE, user="lin", word=ids.MERGE)
    assert await second.fill("lin", into="1") == {}
    text = Requested(stage, roots[0]).card.text
    assert "2026-05-04>" in text
    assert "2026-05-04> by" not in text
