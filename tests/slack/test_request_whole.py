"""Two teams' requests for the same thing, over the wire: what each of them reads, is asked, and answers for itself."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from bot.blocks.backlog import actions as ids
from bot.blocks.text import day
from bot.playground.fake_slack import PostedMessage, View, ViewRef
from bot.services.backlog import merges
from tests.slack.test_eol_answers import options_of, posted, team_option
from tests.slack.test_request_steps import Requested, another, devops_team, requested
from tests.slack.test_requests import SOON, element, form, initial, said_in, submit, thread
from tests.slack.test_whoowns import buttons

__all__ = ["devops_team", "requested"]

DASHBOARD, ACCESS = "A bounce dashboard", "Read access to the event bucket"
ASKED = ["Yes, it does the job", "Not yet…"]


@dataclass
class InSearch(Requested):
    """A request whose card is in a thread of Search, which asks for a dashboard and for access."""

    def replies(self) -> list[PostedMessage]:
        seen = self.stage.slack.visible_messages("solo", "search", thread_ts=self.root.ts)
        return [m for m in seen if m.user == self.stage.slack.workspace.bot_user_id and m.ephemeral_for is None]

    async def settle(self) -> None:
        await super().settle()
        await posted(self.stage, "search")

    async def merge(self) -> None:
        await self.press(self.triage, ids.MORE, user="lin", word=ids.MERGE)
        assert await self.fill("lin", into="1") == {}

    @property
    def top(self) -> View:
        """The form that Solo has before them."""
        return self.stage.slack.view_stack("solo")[-1]


@pytest.fixture
async def search(requested: Requested) -> InSearch:
    """What Search asks for, beside the request of Payments, which asks for a keyspace and a step."""
    stage = requested.stage
    root = await thread(stage, "We need a bounce dashboard in Grafana, devops please.", channel="search", user="solo")
    await form(stage, root, user="solo", channel="search")
    asked = {ids.TITLE: "Bounces", f"{ids.ITEM}.0": DASHBOARD, ids.ADDED: ACCESS, ids.ADDED_TYPE: "access"}
    assert await submit(stage, "solo", asked | {ids.BLOCKED: "1"}) == {}
    its = InSearch(stage, root, 2)
    await its.settle()
    return its


async def deliver(its: Requested, *there: str, words: str = "It is there", user: str = "omar") -> None:
    await its.press(its.triage, ids.DELIVER, user=user)
    assert await its.fill(user, words=words, **({"there": list(there)} if there else {})) == {}


async def estimate(its: Requested, *hours: str) -> None:
    await its.press(its.triage, ids.ESTIMATE, user="lin")
    assert await its.fill("lin", **dict(zip(("optimistic", "likely", "pessimistic"), hours, strict=True))) == {}


async def why(its: Requested, number: int = 1) -> str:
    return (await its.stage.ask(f"/devops why {number}", user="eve")).text


class TestDuplicateOf:
    async def test_the_likeliest_comes_first_and_each_has_its_team(self, requested: Requested) -> None:
        stage = requested.stage
        await another(stage)
        root = await thread(stage, "We need another Redis cluster.", user="solo")
        await form(stage, root, user="solo")
        assert await submit(stage, "solo", {ids.TITLE: "Another Redis cluster"}) == {}
        await posted(stage, "payments")
        last = Requested(stage, root, 3)
        await last.press(last.triage, ids.MORE, user="lin", word=ids.MERGE)
        options = options_of(stage.slack.view_stack("lin")[-1], ids.INTO)
        assert [each["value"] for each in options] == ["2", "1"], "Redis clusters are alike"
        assert [each["description"]["text"] for each in options] == ["for Search", "for Payments"]


class TestWhy:
    async def test_a_part_of_which_some_is_done_has_numbers_from_before(
        self, requested: Requested, search: InSearch
    ) -> None:
        await deliver(search, "0")
        await search.merge()
        said = await why(requested)
        assert "3 of 4 items still to do." in said
        of_search = [each for each in said.splitlines() if each.startswith("• Search")]
        assert [", as said before 1 of 2 items was done" in each for each in of_search] == [True]
        assert "Payments" in said
        assert said.count("as said before") == 1, "of what Payments asks for nothing is done"


@pytest.fixture
async def part(search: InSearch) -> InSearch:
    """The request of Search, which is part of that of Payments."""
    await search.merge()
    return search


async def items_of(its: Requested) -> list[str]:
    return [each["title"] for each in (await its.row()).items]


class TestDelivery:
    async def test_the_form_has_the_items_of_both_under_their_teams(self, requested: Requested, part: InSearch) -> None:
        await requested.press(requested.triage, ids.DELIVER, user="omar")
        view = part.stage.slack.view_stack("omar")[-1]
        boxes = element(view, ids.THERE)["options"]
        assert [each["text"]["text"] for each in boxes] == [*await items_of(requested), DASHBOARD, ACCESS]
        teams = [each["description"]["text"].partition(" · ")[0] for each in boxes]
        assert teams == ["Payments", "Payments", "Search", "Search"]
        assert len(initial(view, ids.THERE)) == 4, "all are ticked from the start"
        assert "counts as delivered" not in said_in(view)

    async def test_what_is_unticked_is_left_to_do_for_the_part_as_for_the_whole(
        self, requested: Requested, part: InSearch
    ) -> None:
        await deliver(requested, "0", "1", "3")
        for message in (requested.card, requested.triage):
            assert "In progress · 1 of 4 items still to do" in message.text
            assert f"• {DASHBOARD} _(" in message.text
            assert f"• {ACCESS} _(access, done)_" in message.text
        assert "Merged · 1 of 2 items still to do" in part.card.text
        assert f"• {ACCESS} _(access, done)_" in part.card.text
        assert "built it" not in part.card.text
        for command in ("/devops list", "/devops rank"):
            listed = (await part.stage.ask(command, user="eve")).text
            assert "1 of 4 items still to do" in listed
            assert f"*#1* *{DASHBOARD}*" in listed, "a list names what is still to do"
        assert "Merged · 1 of 2 items still to do" in (await part.stage.ask("/devops mine", user="solo")).text
        assert "1 of 4 items still to do." in await why(requested)

    async def test_each_team_is_asked_once_when_all_that_it_asked_for_is_there(
        self, requested: Requested, part: InSearch
    ) -> None:
        await deliver(requested, "0", "1")
        question = "That is all that *Payments* asked for. Does it do the job?"
        assert requested.replies()[-1].text.endswith(question)
        assert list(buttons(requested.replies()[-1])) == ASKED
        assert list(buttons(requested.card))[:2] == ASKED
        heard = part.replies()[-1]
        assert "which this is part of: 2 of 4 are there: " in heard.text
        assert "<@" not in heard.text, "nothing of it is theirs"
        assert "Does it do the job?" not in heard.text
        assert not set(ASKED) & set(buttons(part.card))
        await requested.press(requested.card, ids.CONFIRM, user="ada")
        assert (await requested.row()).state == "in_progress"
        assert "The card says that it does the job for you." in requested.said_to("ada")
        assert next(iter(buttons(requested.card))) == "Not yet…"
        assert not any(set(ASKED) & set(buttons(each)) for each in requested.replies()[1:])
        await deliver(requested, words="The rest")
        assert requested.replies()[-1].text.endswith("Delivered: The rest"), "nobody is asked twice"
        assert (await requested.row()).state == "confirmed"
        asked = part.replies()[-1]
        assert asked.text.endswith("which this is part of: Delivered: The rest\nDoes it do the job?")
        assert list(buttons(asked)) == ASKED
        await part.press(asked, ids.CONFIRM, user="solo")
        assert "Search (#2, does the job)" in requested.card.text
        assert buttons(part.replies()[-1]) == {}
        assert "done)" not in part.card.text

    async def test_a_part_that_has_all_of_its_own_is_asked_before_the_whole(
        self, requested: Requested, part: InSearch
    ) -> None:
        await deliver(requested, "2", "3")
        asked = part.replies()[-1]
        solo = part.stage.slack.workspace.user("solo").id
        assert asked.text.startswith(f"<@{solo}> *#1* ")
        assert asked.text.endswith("That is all that *Search* asked for. Does it do the job?")
        assert list(buttons(asked)) == ASKED
        assert "Merged · all of it is there" in part.card.text
        assert "2 of 4 are there" in requested.replies()[-1].text
        assert "Does it do the job?" not in requested.replies()[-1].text
        await deliver(requested, words="The rest")
        assert part.replies()[-1].text.endswith("which this is part of: Delivered: The rest")
        assert list(buttons(part.again(asked))) == ASKED, "the question still stands"
        assert "Does it do the job?" in requested.replies()[-1].text
        await requested.press(requested.card, ids.CONFIRM, user="ada")
        assert list(buttons(part.again(asked))) == ASKED
        await part.press(part.card, ids.NOT_YET, user="solo")
        assert await part.fill("solo", words="No rights", left=["1"]) == {}
        assert buttons(part.again(asked)) == {}
        assert (await requested.row()).state == "in_progress"
        assert "In progress · 1 of 4 items still to do" in requested.card.text
        await deliver(requested, words="Rights")
        assert "Does it do the job?" in part.replies()[-1].text
        assert "Does it do the job?" not in requested.replies()[-1].text, "Payments has said yes"
        assert (await requested.row()).state == "confirmed"


class TestSentBackInPart:
    async def test_what_one_team_sends_back_of_a_part_calls_nobody_of_the_others(
        self, requested: Requested, part: InSearch
    ) -> None:
        await deliver(requested, "2", "3")
        before = [each.text for each in requested.replies()[1:]]
        await part.press(part.replies()[-1], ids.NOT_YET, user="solo")
        assert await part.fill("solo", words="Empty graphs", left=["0"]) == {}
        assert [each.text for each in requested.replies()[1:]] == before, "the request goes on as it did"
        assert "> Search: Empty graphs" in requested.card.text
        assert requested.under_triage()[-1].startswith("<@U00000004> Solo Singh says not yet: Empty graphs")

    async def test_what_is_all_there_is_listed_without_what_was_done_first(
        self, requested: Requested, part: InSearch
    ) -> None:
        await deliver(requested, "2", "3")
        assert f"• {ACCESS} _(access, done)_" in requested.card.text
        await deliver(requested)
        for each in (requested, part):
            assert f"• {ACCESS} _(access)_" in each.card.text


class TestQuestion:
    """Payments has not answered a question of the DevOps team yet."""

    @pytest.fixture
    async def asked(self, requested: Requested, search: InSearch) -> InSearch:
        await search.merge()
        await requested.press(requested.triage, ids.ASK, user="lin")
        assert await requested.fill("lin", words="Which region?") == {}
        return search

    async def test_another_team_is_asked_for_what_it_has(self, requested: Requested, asked: InSearch) -> None:
        await deliver(requested, "2", "3")
        assert "Needs info" in requested.card.text
        assert "now, which is waiting for an answer." in asked.card.text
        assert "Answer…" in buttons(requested.card)
        assert set(ASKED) <= set(buttons(asked.replies()[-1]))
        await asked.press(asked.replies()[-1], ids.CONFIRM, user="solo")
        assert "(does the job)" in asked.card.text
        assert "Needs info" in requested.card.text

    @pytest.mark.usefixtures("asked")
    async def test_the_team_is_asked_whether_it_does_the_job_after_its_answer(self, requested: Requested) -> None:
        await deliver(requested, "0", "1")
        assert not set(ASKED) & set(buttons(requested.card))
        assert not set(ASKED) & set(buttons(requested.replies()[-1]))
        await requested.press(requested.card, ids.REPLY, user="ada")
        assert await requested.fill("ada", words="Frankfurt") == {}
        assert set(ASKED) <= set(buttons(requested.card))
        await requested.press(requested.card, ids.CONFIRM, user="ada")
        assert "In progress · 2 of 4 items still to do" in requested.card.text


class TestNotYet:
    async def test_the_form_of_a_part_is_that_of_its_own_items_and_numbers(
        self, requested: Requested, part: InSearch
    ) -> None:
        await deliver(requested, "0", "1", "2", "3")
        await part.press(part.replies()[-1], ids.NOT_YET, user="solo")
        boxes = element(part.top, ids.LEFT)
        assert [each["text"]["text"] for each in boxes["options"]] == [DASHBOARD, ACCESS]
        assert "initial_options" not in boxes
        assert element(part.top, ids.REST_BLOCKED)["initial_value"] == "1"
        assert await part.fill("solo", left=["0"], rest_blocked="0") == {}
        for message in (requested.card, requested.triage):
            assert "In progress · 1 of 4 items still to do" in message.text
            assert f"> Search: {DASHBOARD}" in message.text
        assert "Merged · 1 of 2 items still to do" in part.card.text
        assert requested.under_triage()[-1].endswith(f"Solo Singh says not yet: {DASHBOARD}")
        assert f"Solo Singh says that it does not do the job yet: {DASHBOARD}" in requested.replies()[-1].text
        said = await why(requested)
        assert "Search asks for it, says Solo Singh on " in said
        assert said.count("as said before 2 of 2 items were done") == 2, "of Payments: the people who wait, and the day"

    async def test_whoever_speaks_for_a_part_answers_for_it_on_the_card_of_the_whole(
        self, requested: Requested, part: InSearch
    ) -> None:
        await deliver(requested, "0", "1", "2", "3")
        await requested.press(requested.card, ids.NOT_YET, user="solo")
        assert [each["text"]["text"] for each in element(part.top, ids.LEFT)["options"]] == [DASHBOARD, ACCESS]
        assert await part.fill("solo", words="No bounces in it", left=["0"]) == {}
        await deliver(requested, words="Bounces")
        await requested.press(requested.card, ids.CONFIRM, user="solo")
        assert (await part.row()).confirmed_at is not None
        assert (await requested.row()).state == "delivered"

    async def test_what_a_part_says_to_be_missing_leaves_with_it(self, requested: Requested, part: InSearch) -> None:
        await deliver(requested, "0", "1", "2", "3")
        await part.press(part.card, ids.NOT_YET, user="solo")
        assert await part.fill("solo", words="The bounces are missing", left=["0"]) == {}
        for text in (requested.card.text, requested.triage.text, part.card.text):
            assert "The bounces are missing" in text
        await part.press(part.triage, ids.MORE, user="lin", word=ids.UNMERGE)
        for text in (requested.card.text, requested.triage.text, (await part.stage.ask("/devops show 1")).text):
            assert "The bounces are missing" not in text
        assert "> The bounces are missing" in part.card.text
        assert "Proposed · 1 of 2 items still to do" in part.card.text
        assert "Delivered · " in requested.card.text, "nothing of it is left to do"
        assert list(buttons(requested.card))[:2] == ASKED

    async def test_a_part_of_one_item_says_it_in_words(self, requested: Requested) -> None:
        other = await another(requested.stage)
        await other.press(other.triage, ids.MORE, user="lin", word=ids.MERGE)
        assert await other.fill("lin", into="1") == {}
        await deliver(requested, "0", "1", "2")
        await other.press(other.card, ids.NOT_YET, user="solo")
        assert await other.fill("solo", words="No replicas") == {}
        assert "In progress · 1 of 3 items still to do" in requested.card.text


class TestThreads:
    async def test_the_thread_of_a_part_hears_what_that_of_the_whole_does(
        self, requested: Requested, part: InSearch
    ) -> None:
        assert "made this part of" in part.replies()[-1].text
        await requested.press(requested.triage, ids.START, user="omar")
        begun = "The DevOps team has accepted it and begun: Omar Sol works on it."
        assert begun in requested.replies()[-1].text
        assert part.replies()[-1].text.endswith(f"which this is part of: {begun}")
        await deliver(requested, "0", "1", "2", "3", words="All of it")
        for its in (requested, part):
            assert its.replies()[-1].text.endswith("Delivered: All of it\nDoes it do the job?")
            assert list(buttons(its.replies()[-1])) == ASKED
        assert part.written_to("solo") == [], "who has a thread hears it there"
        await requested.press(requested.card, ids.NOT_YET, user="grace")
        assert await requested.fill("grace", words="No backups", left=["0"]) == {}
        assert "Grace Marsh says that it does not do the job yet: No backups" in part.replies()[-1].text
        assert "Merged · all of it is there" in part.card.text
        assert list(buttons(part.card))[:2] == ASKED

    async def test_a_merge_that_moves_the_day_says_why_in_the_thread_of_the_whole(
        self, requested: Requested, search: InSearch
    ) -> None:
        await search.press(search.card, ids.CHANGE, user="solo")
        assert await search.fill("solo", needed_by="2026-03-20") == {}
        before = len(requested.replies())
        await search.merge()
        told = [each.text for each in requested.replies()[before:]]
        assert len(told) == 1
        assert told[0].endswith("2026-03-20> (Search) now: *#2* became part of it.")
        await search.press(search.triage, ids.MORE, user="lin", word=ids.UNMERGE)
        assert requested.replies()[-1].text.endswith("> now: *#2* is no part of it any more.")
        await search.press(search.card, ids.CHANGE, user="solo")
        assert await search.fill("solo", needed_by=None) == {}
        before = len(requested.replies())
        await search.merge()
        assert len(requested.replies()) == before, "its day stays"

    async def test_a_thread_of_both_hears_it_once(self, requested: Requested) -> None:
        stage = requested.stage
        await form(stage, requested.root)
        await stage.slack.act("grace", ViewRef(stage.slack.view_stack("grace")[-1].id), ids.OTHER)
        await stage.settle()
        assert await submit(stage, values={ids.TITLE: "A bucket", ids.ITEM_TYPE: "script"}) == {}
        await posted(stage, "payments")
        second = Requested(stage, requested.root, 2)
        await second.press(second.triage, ids.MORE, user="lin", word=ids.MERGE)
        assert await second.fill("lin", into="1") == {}
        before = len(requested.replies())
        await requested.press(requested.triage, ids.ACCEPT, user="lin")
        assert len(requested.replies()) == before + 1
        await deliver(requested, "0", "1", "2")
        assert len(requested.replies()) == before + 3, "each is asked about its own"

    async def test_what_is_there_already_when_it_is_merged_is_asked_about_at_once(self, requested: Requested) -> None:
        first, *_ = await items_of(requested)
        await deliver(requested, "0")
        root = await thread(requested.stage, "We need a keyspace.", channel="search", user="solo")
        await form(requested.stage, root, user="solo", channel="search")
        assert await submit(requested.stage, "solo", {f"{ids.ITEM}.0": first}) == {}
        its = InSearch(requested.stage, root, 2)
        await its.settle()
        await its.merge()
        assert "made this part of" in its.replies()[-2].text
        assert its.replies()[-1].text.endswith("That is all that *Search* asked for. Does it do the job?")
        await its.press(its.replies()[-1], ids.CONFIRM, user="solo")
        assert "Search (#2, does the job)" in requested.card.text
        assert "In progress · 1 of 2 items still to do" in requested.card.text


class TestLeaving:
    async def test_a_part_that_has_all_of_its_own_is_delivered_once_it_stands_by_itself(
        self, requested: Requested, part: InSearch
    ) -> None:
        await deliver(requested, "2", "3")
        asked = part.replies()[-1]
        await part.press(part.triage, ids.MORE, user="lin", word=ids.UNMERGE)
        assert (await part.row()).state == "delivered"
        assert "items still to do" not in requested.card.text
        await part.press(asked, ids.CONFIRM, user="solo")
        assert (await part.row()).state == "confirmed"
        assert (await requested.row()).state == "in_progress"

    async def test_parts_of_what_is_withdrawn_keep_what_is_there(self, requested: Requested, part: InSearch) -> None:
        await deliver(requested, "2", "3")
        await part.press(part.card, ids.CONFIRM, user="solo")
        await requested.press(requested.card, ids.WITHDRAW, user="grace")
        assert await requested.fill("grace") == {}
        assert (await part.row()).state == "confirmed"

    async def test_what_came_back_is_asked_anew_after_a_delivery_was_taken_back(
        self, requested: Requested, part: InSearch
    ) -> None:
        await deliver(requested, "2", "3")
        await deliver(requested, words="The rest")
        await requested.press(requested.triage, ids.MORE, user="lin", word=ids.RESUME)
        assert "In progress · 2 of 4 items still to do" in requested.card.text
        assert buttons(requested.replies()[-1]) == {}
        assert list(buttons(part.card))[:2] == ASKED, "what was there before is there still"


class TestEstimate:
    async def test_an_estimate_of_all_says_so_until_what_is_left_is_estimated(
        self, requested: Requested, part: InSearch
    ) -> None:
        await estimate(requested, "8", "16", "40")
        assert "Change estimate…" in buttons(requested.triage)
        assert "nobody has estimated" not in await why(requested)
        await deliver(requested, "2", "3")
        assert "estimated before some of it was done" in requested.triage.text
        said = await why(requested)
        assert ", before 2 of 4 items were done, and 4 for triage" in said
        assert "nobody has estimated what is left." in said
        await requested.press(requested.triage, ids.ESTIMATE, user="lin")
        form_ = said_in(part.stage.slack.view_stack("lin")[-1])
        assert "Estimate what is left:" in form_
        assert DASHBOARD not in form_
        assert await requested.fill("lin") == {}, "the same hours are of what is left now"
        assert "Change estimate…" in buttons(requested.triage)
        assert f"Lin Wei on {day(requested.stage.clock.now().date())}, and 4 for triage" in await why(requested)


SECRET = "A dashboard of the layoffs"


class TestPrivately:
    @pytest.fixture
    async def private(self, requested: Requested) -> Requested:
        """What Solo has asked for in a direct message, which is part of the request of Payments."""
        stage = requested.stage
        place = stage.slack.workspace.im(stage.slack.workspace.user("solo").id).id
        await stage.slack.run_command("solo", place, "/devops we need a dashboard")
        await stage.settle()
        team = team_option(stage, "solo", ids.TEAM, "Search")
        assert await submit(stage, "solo", {ids.TEAM: team, f"{ids.ITEM}.0": SECRET}) == {}
        await posted(stage, "platform")
        context, lin = stage.baton.context, stage.slack.workspace.user("lin").id
        by = context.snapshot.person_by_slack_id(lin)
        assert by is not None
        await merges.merge(context.deps, context.snapshot, request_id=2, into_id=1, person_id=by.id)
        return Requested(stage, requested.root, 2)

    async def test_a_private_part_is_asked_in_its_direct_message_and_others_read_nothing_of_it(
        self, requested: Requested, private: Requested
    ) -> None:
        await deliver(requested, "0", "2")
        assert "1 of 3 items still to do" in requested.card.text
        stage = requested.stage
        place = stage.slack.workspace.im(stage.slack.workspace.user("solo").id).id
        card = next(m for m in stage.slack.visible_messages("solo", place) if m.text.startswith("*#2*"))
        told = stage.slack.visible_messages("solo", place, thread_ts=card.ts)[-1]
        assert told.text.endswith("That is all that *Search* asked for. Does it do the job?")
        await deliver(requested, words="The step")
        await private.press(card, ids.NOT_YET, user="solo")
        assert await private.fill("solo", words="No names in it") == {}
        for text in (
            *(each.text for each in requested.replies()),
            requested.triage.text,
            *requested.under_triage(),
            *[(await stage.ask(each, user="eve")).text for each in ("/devops list", "/devops rank", "/devops why 1")],
        ):
            assert SECRET not in text
            assert "Solo" not in text
            assert "Search" not in text
        assert SECRET in (await stage.ask("/devops show 1", user="lin")).text


class TestWhoHasAll:
    async def test_a_team_that_has_all_it_asked_for_loses_nothing_any_more(
        self, requested: Requested, search: InSearch
    ) -> None:
        await search.press(search.card, ids.CHANGE, user="solo")
        assert await search.fill("solo", needed_by="2026-03-20") == {}
        await search.merge()
        assert "3 people blocked" in requested.card.text
        await deliver(requested, "2", "3")
        await search.press(search.card, ids.CONFIRM, user="solo")
        assert "Merged · all of it is there · for Search (does the job)" in search.card.text
        assert "Without it" not in search.card.text
        said = await why(requested)
        assert "• Search has all that it asked for." in said
        assert "Payments: 80 hours a week" in said
        for text in (requested.card.text, (await search.stage.ask("/devops list", user="eve")).text):
            assert "2026-03-20" not in text
            assert f"{SOON}>" in text
        assert "2 people blocked" in requested.card.text
        await requested.press(requested.triage, ids.MORE, user="lin", word=ids.DECLINE)
        assert await requested.fill("lin", words="Not now") == {}
        await requested.press(requested.card, ids.REOPEN, user="ada")
        assert await requested.fill("ada", words="Still") == {}
        assert "Search has all that it asked for." in await why(requested)

    async def test_what_both_ask_for_is_there_for_both(self, requested: Requested) -> None:
        first, *_ = await items_of(requested)
        root = await thread(requested.stage, "We need a keyspace.", channel="search", user="solo")
        await form(requested.stage, root, user="solo", channel="search")
        asked = {f"{ids.ITEM}.0": first, ids.ADDED: ACCESS, ids.ADDED_TYPE: "access"}
        assert await submit(requested.stage, "solo", asked | {ids.BLOCKED: "1"}) == {}
        its = InSearch(requested.stage, root, 2)
        await its.settle()
        await its.merge()
        await deliver(requested, "0")
        assert "In progress · 2 of 3 items still to do" in requested.card.text
        assert "Merged · 1 of 2 items still to do" in its.card.text
        assert "as said before 1 of 2 items was done" in (await why(requested)).partition("• Search")[2]
        await deliver(requested, "1", "2")
        await its.press(its.card, ids.NOT_YET, user="solo")
        assert await its.fill("solo", words="Search cannot reach it", left=["0"]) == {}
        assert "In progress · 1 of 3 items still to do" in requested.card.text
        assert not set(ASKED) & set(buttons(requested.card)), "Payments has not got it either"
