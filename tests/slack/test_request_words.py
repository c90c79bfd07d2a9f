"""What was asked, answered and given as a reason with earlier steps of a request is kept, and shown to whoever asks."""

from __future__ import annotations

from sqlalchemy import select

from bot.blocks.backlog import actions as ids
from bot.store import tables
from tests.slack.test_request_steps import Requested, devops_team, requested

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
    assert f"Ada Byron changed it: title: {title} → A keyspace" in shown
