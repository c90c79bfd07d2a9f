"""What was asked, answered and given as a reason with earlier steps of a request is kept, and shown to whoever asks."""

from __future__ import annotations

from sqlalchemy import select

from bot.blocks.backlog import actions as ids
from bot.store import tables
from tests.slack.conftest import Stage
from tests.slack.test_eol_answers import posted
from tests.slack.test_request_steps import Requested, devops_team, requested
from tests.slack.test_requests import STORY, form, said_in, submit, thread

__all__ = ["devops_team", "requested"]


async def test_earlier_questions_answers_and_reasons_are_shown_with_their_links(requested: Requested) -> None:
    await requested.press(requested.triage, ids.ASK, user="lin")
    assert await requested.fill("lin", words="Is Frankfurt all right?") == {}
    await requested.press(requested.card, ids.REPLY, user="ada")
    assert await requested.fill("ada", words="no") == {}
    first = {"words": "A keyspace", "link": "https://docs.example.com/keyspace"}
    await requested.press(requested.triage, ids.DELIVER, user="lin")
    assert await requested.fill("lin", **first) == {}
    await requested.press(requested.card, ids.NOT_YET, user="grace")
    assert await requested.fill("grace", words="It has no backup") == {}
    shown = (await requested.stage.ask("/devops show 1", user="eve")).text
    said = [line.partition(": ")[2] for line in shown.splitlines() if line.startswith("<!date^")]
    assert said == [
        "Lin Wei asked something: Is Frankfurt all right?",
        "Ada Byron answered the question: no",
        "Lin Wei delivered it: A keyspace https://docs.example.com/keyspace",
    ], "the last words stand on the card"
    assert "> It has no backup" in shown
    assert "Frankfurt" not in requested.card.text, "the card in the thread stays short"


async def test_words_that_were_corrected_are_kept_where_they_can_be_deleted(requested: Requested) -> None:
    title = (await requested.row()).title
    await requested.press(requested.card, ids.CHANGE, user="ada")
    assert await requested.fill("ada", title="A keyspace", people="3", times="4", hours="2.5") == {}
    async with requested.stage.database.reading() as session:
        entry = tables.AuditEntry
        query = select(entry.detail).where(entry.action == "backlog.change")  # type: ignore[call-overload]
        [detail] = (await session.execute(query)).scalars()
    assert detail["lost_people"] == ["0.0", "3.0"]
    assert title not in str(detail), "nothing can be deleted from the audit log"
    shown = (await requested.stage.ask("/devops show 1", user="eve")).text
    was = "A Cassandra keyspace, created by Terraform and 1 more"
    assert f"Ada Byron changed it: title {was} → A keyspace; hours 0 → 30 a month" in shown


async def test_what_people_write_keeps_its_lines_and_is_shown_whole_where_it_is_news(requested: Requested) -> None:
    question = "Which of these?\n\n\n1. eu-west-1\n2. <!channel>\n" + "and why? " * 60
    answer = "The first:\n- it is near\n" + "because of that, " * 50 + "and that is the end"
    await requested.press(requested.triage, ids.ASK, user="lin")
    assert await requested.fill("lin", words=question) == {}
    asked = requested.replies()[-1].text
    assert "Which of these?\n\n1. eu-west-1\n2. &lt;!channel&gt;\nand why?" in asked
    assert "> Which of these?\n>\n> 1. eu-west-1\n> 2. &lt;!channel&gt;" in requested.card.text
    await requested.press(requested.card, ids.REPLY, user="ada")
    assert "\n> 1. eu-west-1\n" in said_in(requested.stage.slack.view_stack("ada")[-1])
    assert await requested.fill("ada", words=answer) == {}
    heard = requested.under_triage()[-1]
    assert "\n— The first:\n- it is near\nbecause" in heard
    assert heard.endswith("and that is the end")
    assert "\n- it is near\n" in (await requested.row()).reason
    shown = (await requested.stage.ask("/devops show 1", user="lin")).text
    assert shown.count("it is near") == shown.count("Which of these?") == 1, "the card says them already"


async def test_what_else_is_said_is_in_slack_to_the_last_word(stage: Stage) -> None:
    details = "Steps:\n1. stop it\n2. start it\n" + "once more, " * 100 + "and that is the end"
    await form(stage, await thread(stage, *STORY), is_whole=True)
    assert await submit(stage, values={ids.DETAILS: details}) == {}
    await posted(stage, "platform")
    triage = next(m for m in stage.slack.visible_messages("lin", "platform") if m.text.startswith("*#1*"))
    assert "Also said: Steps:\n1. stop it\n2. start it\nonce more" in triage.text
    assert "… (/devops show 1 has all of it)" in triage.text
    assert "and that is the end" in (await stage.ask("/devops show 1", user="lin")).text
