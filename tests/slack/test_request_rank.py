"""`/devops rank` and "Why": the backlog in its order, and the arithmetic in words."""

from __future__ import annotations

import re
from datetime import date

import pytest

from bot.blocks.backlog import actions as ids
from bot.blocks.text import day
from tests.slack.conftest import Stage, read_only
from tests.slack.test_eol import png_size
from tests.slack.test_request_steps import Requested, another, devops_team, requested, written_on
from tests.slack.test_requests import STORY, form, requests, submit, thread
from tests.slack.test_whoowns import buttons

__all__ = ["devops_team", "requested"]


async def test_the_backlog_says_what_waiting_costs_and_why(requested: Requested) -> None:
    second = await another(requested.stage)
    await requested.press(requested.triage, ids.ESTIMATE, user="lin")
    assert await requested.fill("lin", optimistic="10", likely="20", pessimistic="30") == {}
    for said in (requested.said_to("lin"), requested.triage.text, requested.card.text):
        assert "Work: 10 to 30 hours, most likely 20" in said
    ranked = await requested.stage.ask("/devops rank", user="eve")
    first, last = ranked.text.find(f"*#{requested.id}*"), ranked.text.find(f"*#{second.id}*")
    assert 0 < first < last
    assert "work 24 h" in ranked.text
    assert "not estimated" in ranked.text
    await requested.stage.press(ranked, ids.WHY, user="eve", block_id=f"backlog.ranked.{requested.id}")
    said = requested.said_to("eve")
    assert 0 < said.find("Number 1, worth building: people wait for it, and no date is in danger.") < said.index("•")
    assert "estimates Lin Wei" in said
    assert "Payments: 80 hours a week = 2 people × 40 hours, stopped until " in said
    on = day(written_on(requested.root))
    assert f"; taken as guessed, says Grace Marsh in the thread on {on}: 20% counts; adds " in said
    assert (
        "Guessed hours count 20%, estimated 50%, counted 80%, measured all: better numbers from its teams move it up."
        in said
    )
    assert f"(the partner goes live then), says Grace Marsh in the thread on {on}; missing it costs" in said
    assert "says Grace Marsh on" not in said, "she has typed and chosen nothing"
    adds = sum(int(each) for each in re.findall(r"; adds (\d+) h", said))
    assert f"costs {adds} h in all" in said, "who adds up the lines gets the answer"
    assert f"waiting costs {adds} h" in ranked.text, "and that of the list"


async def test_whoever_may_estimate_can_do_so_from_why_nobody_has(requested: Requested) -> None:
    for reader, has_button in (("lin", True), ("eve", False)):
        ranked = await requested.stage.ask("/devops rank", user=reader)
        await requested.stage.press(ranked, ids.WHY, user=reader, block_id=f"backlog.ranked.{requested.id}")
        why = requested.stage.slack.visible_messages(reader, "general")[-1]
        assert "Number 1, not estimated: nobody has said how much work it is" in why.text
        assert ("Estimate…" in buttons(why)) is has_button


async def test_what_somebody_types_or_chooses_is_what_they_say(stage: Stage) -> None:
    await form(stage, await thread(stage, *STORY))
    said = {ids.BLOCKED: "1", ids.SHARE: "slowed", ids.EVIDENCE: "counted", ids.NEEDED_BY: "2026-05-02"}
    assert await submit(stage, values=said) == {}
    ranked = await stage.ask("/devops rank", user="eve")
    await stage.press(ranked, ids.WHY, user="eve", block_id="backlog.ranked.1")
    why = stage.slack.visible_messages("eve", "general")[-1].text
    on = day(stage.clock.now().date())
    assert "Payments: 10 hours a week = 1 person × 40 hours × 25%, slowed until " in why
    assert f"; counted, says Grace Marsh on {on}: 80% counts; adds " in why
    assert f"needs it by {day(date(2026, 5, 2))}, says Grace Marsh on {on};" in why, (
        "the other reason went with its day"
    )


@pytest.mark.parametrize("words", ["why 1", "rank #1", "explain request 1", "why is 1 here?"])
async def test_a_question_behind_the_command_says_why(requested: Requested, words: str) -> None:
    said = await requested.stage.ask(f"/devops {words}", user="eve")
    assert "Number 1, not estimated: nobody has said how much work it is" in said.text
    assert requested.stage.slack.view_stack("eve") == []


async def test_why_asks_of_a_request_that_is_there(requested: Requested) -> None:
    shown, asked = [(await requested.stage.ask(f"/devops {word} 99", user="eve")).text for word in ("show", "why")]
    assert asked == shown
    assert "Did you mean `/devops why 1`?" in (await requested.stage.ask("/devops explian 1", user="eve")).text


async def test_a_mention_that_asks_why_is_told_it(requested: Requested) -> None:
    stage = requested.stage
    asked = await stage.say(f"<@{stage.slack.workspace.bot_user_id}> why is request 1 here?", user="eve")
    [said] = stage.slack.visible_messages("solo", "general", thread_ts=asked.ts)[1:]
    assert "Number 1, not estimated: nobody has said how much work it is" in said.text


async def test_why_a_private_request_stands_where_it_does_only_its_readers_are_told(requested: Requested) -> None:
    stage = requested.stage
    await stage.slack.run_command("solo", stage.slack.workspace.im(stage.slack.workspace.user("solo").id).id, "/devops")
    await stage.settle()
    assert await submit(stage, "solo", {ids.TITLE: "A secret", ids.ITEM_TYPE: "library", ids.BLOCKED: "1"}) == {}
    assert "A secret" in (await stage.ask("/devops why 2", user="solo")).text
    assert "A secret" not in (await stage.ask("/devops why 2", user="eve")).text
    asked = await stage.say(f"<@{stage.slack.workspace.bot_user_id}> why is request 2 here?", user="solo")
    [said] = stage.slack.visible_messages("solo", "general", thread_ts=asked.ts)[1:]
    assert "A secret" not in said.text, "everybody in the channel reads the answer"


async def test_a_picture_of_the_backlog_is_posted_with_its_words_and_without_what_is_private(
    requested: Requested,
) -> None:
    stage = requested.stage
    await stage.slack.run_command("solo", stage.slack.workspace.im(stage.slack.workspace.user("solo").id).id, "/devops")
    await stage.settle()
    said = {ids.TITLE: "A secret", ids.ITEM_TYPE: "library", ids.BLOCKED: "1", ids.EVIDENCE: "measured"}
    assert await submit(stage, "solo", said) == {}
    assert [each.is_private for each in await requests(stage)] == [False, True]
    assert "Missing numbers" not in (await stage.ask("/devops rank", user="lin")).text
    receipt = await stage.ask("/devops picture", user="eve")
    assert "`/devops rank` says the same in words" in receipt.text
    await stage.settle()
    [file_id] = stage.slack.visible_messages("solo", "general")[-1].files
    file = stage.slack.workspace.files[file_id]
    assert png_size(file.content or b"")[0] == 1200
    assert "Missing numbers are private requests. 1 request. 2. #1 " in file.alt_text
    assert "(not estimated): waiting up to" in file.alt_text
    assert "secret" not in file.alt_text


async def test_what_has_ended_has_no_place_any_more(requested: Requested) -> None:
    ranked = await requested.stage.ask("/devops rank", user="eve")
    await requested.press(requested.triage, ids.DELIVER, user="lin")
    assert await requested.fill("lin", words="It is there") == {}
    await requested.stage.press(ranked, ids.WHY, user="eve", block_id=f"backlog.ranked.{requested.id}")
    assert "no place in the backlog" in requested.said_to("eve")
    assert "No request is open" in (await requested.stage.ask("/devops rank", user="eve")).text


@read_only
async def test_a_picture_of_nothing_is_a_sentence(stage: Stage) -> None:
    await stage.ask("/devops picture", user="eve")
    await stage.settle()
    said = stage.slack.visible_messages("eve", "general")[-1]
    assert "there is nothing to draw" in said.text
    assert not said.files
