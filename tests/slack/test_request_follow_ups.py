"""The buttons of what Baton asks by itself, over the wire: a new date, no date, not any more, and what it saves."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise

import pytest
from sqlalchemy import select

from bot.blocks.backlog import actions as ids
from bot.playground.fake_slack import PostedMessage
from bot.store import tables
from tests.slack.conftest import Stage
from tests.slack.test_clicks import actions
from tests.slack.test_eol_answers import posted
from tests.slack.test_request_steps import Requested, another, devops_team
from tests.slack.test_requests import STORY, form, submit, thread
from tests.slack.test_whoowns import buttons

__all__ = ["devops_team"]


@pytest.fixture
async def asked(stage: Stage) -> Requested:
    """A request of Payments, accepted, that is needed by the fifth of March, while it is the third."""
    root = await thread(stage, *STORY)
    await form(stage, root)
    lost = {ids.PEOPLE: "3", ids.TIMES: "4", ids.HOURS: "2"}
    assert await submit(stage, values={ids.NEEDED_BY: "2026-03-05", ids.BLOCKED: "", **lost}) == {}
    await posted(stage, "payments")
    made = Requested(stage, root)
    await made.press(made.triage, ids.ACCEPT, user="lin")
    return made


async def on(asked: Requested, month: int, day: int) -> PostedMessage:
    """Let the daily pass run on a day at noon; return the last message in the team's channel, outside threads."""
    asked.stage.clock.at = datetime(2026, month, day, 12, tzinfo=UTC)
    await asked.stage.baton.context.daily_pass.run()
    asked.stage.baton.context.drainer.wake()
    await asked.settle()
    return [m for m in asked.stage.slack.visible_messages("grace", "payments") if m.ephemeral_for is None][-1]


async def test_an_end_of_a_block_that_nobody_named_is_said_to_be_assumed(asked: Requested) -> None:
    await asked.press(asked.card, ids.CHANGE, user="ada")
    assert await asked.fill("ada", needed_by=None, blocked="2") == {}
    message = await on(asked, 4, 30)
    assert "nobody has said until when: I assumed until <!date^" in message.text
    assert "were to be blocked" not in message.text


async def test_a_date_that_has_passed_is_answered_with_a_new_one_or_with_none(asked: Requested) -> None:
    message = await on(asked, 3, 6)
    assert "Is it still needed, and until when?" in message.text
    assert list(buttons(message)) == ["New date…", "Still needed, no date", "Not any more…", "Show"]
    await asked.press(message, ids.NEED, user="eve")
    assert "members of Payments" in asked.said_to("eve")
    await asked.press(message, ids.NEED, user="ada")
    assert set(await asked.fill("ada", day="2026-03-06")) == {ids.DAY}
    assert await asked.fill("ada", day="2026-03-20") == {}
    assert str((await asked.row()).needed_by) == "2026-03-20"
    told = asked.under_triage()[-1]
    assert told.startswith("Ada Byron changed it: Accepted · for Payments · needed by <!date^"), told
    assert "|2026-03-20>" in told
    assert list(buttons(asked.again(message))) == ["Show"], "it asks nothing any more"
    again = await on(asked, 3, 23)
    assert again.ts != message.ts
    await asked.press(again, ids.NO_DATE, user="grace")
    assert (await asked.row()).needed_by is None
    assert (await actions(asked.stage)).count("backlog.needed_by") == 2
    assert (await on(asked, 3, 27)).ts == again.ts
    shown = (await asked.stage.ask("/devops show 1", user="eve")).text
    assert "Ada Byron changed its date: 5 Mar → 20 Mar" in shown
    assert "Grace Marsh changed its date: 20 Mar → none" in shown


async def test_a_request_that_is_not_needed_any_more_is_withdrawn(asked: Requested) -> None:
    message = await on(asked, 3, 6)
    await asked.press(message, ids.WITHDRAW, user="ada")
    assert await asked.fill("ada") == {}
    assert (await asked.row()).state == "withdrawn"
    settled = asked.again(message)
    assert list(buttons(settled)) == ["Show"]
    assert "Settled: Withdrawn" in settled.text


async def test_what_it_saves_is_a_number_of_hours(asked: Requested) -> None:
    await asked.press(asked.triage, ids.DELIVER, user="lin")
    assert await asked.fill("lin", words="It is there") == {}
    await asked.press(asked.card, ids.CONFIRM, user="ada")
    digest = await on(asked, 4, 7)
    assert "After 30 days: how many hours a month does *#1* " in digest.text
    assert "save *Payments*?" in digest.text
    await asked.press(digest, ids.SAVING, user="grace")
    assert set(await asked.fill("grace", saved="much")) == {ids.SAVED}
    refused = await asked.fill("grace", saved="5000")
    assert refused == {
        ids.SAVED: "A team of 2 cannot be spared more than 173 hours a month, half of its working hours."
    }
    assert await asked.fill("grace", saved="6.5") == {}
    assert "Noted: it saves 6.5 hours a month." in asked.said_to("grace")
    await asked.press(digest, ids.SAVING, user="ada")
    assert await asked.fill("ada", saved="6.5") == {}
    assert (await actions(asked.stage)).count("backlog.saving") == 1, "the same once more is no news"
    async with asked.stage.database.reading() as session:
        [row] = (await session.execute(select(tables.RequestSaving))).scalars()
    assert (row.day, row.hours_a_month) == (30, 6.5)
    ended = await asked.stage.ask("/devops show 1", user="solo")
    assert "Saves Payments after 30 days: 6.5 of 16.8 hours (39%)" in ended.text
    said = (await asked.stage.ask("/devops savings", user="solo")).text
    assert "*Payments*: after 30 days 6.5 of 16.8 hours (39%)" in said
    where_from = "Claimed is 70% of the hours lost that a team named in its request."
    assert where_from in said
    assert where_from in ended.text
    assert "*#1*" in said
    assert not any(name in said for name in ("Ada", "Grace"))


async def test_a_date_that_has_passed_drops_a_request_to_the_end_in_no_night(asked: Requested) -> None:
    """What waiting costs fades over weeks once the date has passed, and the question is asked once."""
    await asked.press(asked.triage, ids.ESTIMATE, user="lin")
    assert await asked.fill("lin", optimistic="4", likely="8", pessimistic="12") == {}
    costs = []
    for day in (5, 6, 7, 8, 12, 16, 20):
        message = await on(asked, 3, day)
        listed = await asked.stage.ask("/devops rank", user="lin")
        assert "Cassandra" in listed.text or "#1" in listed.text
        costs.append(float(listed.text.partition("waiting costs ")[2].partition(" h")[0].replace(",", "")))
        assert (await asked.row()).state == "accepted"
    falls = [before - after for before, after in pairwise(costs)]
    assert 0 <= min(falls) <= max(falls) <= costs[0] / 2, costs
    assert message.ts == (await on(asked, 3, 21)).ts


async def test_what_it_saves_is_asked_once_somebody_has_said_that_it_does_the_job(asked: Requested) -> None:
    await asked.press(asked.triage, ids.DELIVER, user="lin")
    assert await asked.fill("lin", words="It is there") == {}
    await on(asked, 3, 12)
    digest = await on(asked, 4, 7)
    assert "Does it do the job?" in digest.text
    assert "how many hours a month does" not in digest.text
    await asked.press(asked.card, ids.CONFIRM, user="ada")
    later = await on(asked, 4, 14)
    assert later.ts != digest.ts
    assert "how many hours a month does *#1* " in later.text
    assert "Does it do the job?" not in later.text


async def test_the_card_says_who_asked_and_by_when_the_devops_team_answers(stage: Stage) -> None:
    root = await thread(stage, *STORY)
    await form(stage, root)
    assert await submit(stage) == {}
    await posted(stage, "payments")
    made = Requested(stage, root)
    whose = "Asked by Ada Byron, filed by Grace Marsh"
    assert f"{whose} · with the DevOps team, first answer due <!date^" in made.card.text
    assert "|2026-03-03>" in made.card.text, "it was opened at nine, and eight hours are allowed"
    await made.press(made.triage, ids.ACCEPT, user="lin")
    assert whose in made.card.text
    assert "first answer" not in made.card.text


async def test_the_devops_digest_has_dates_and_brings_up_what_nobody_answers_every_week(stage: Stage) -> None:
    root = await thread(stage, *STORY)
    await form(stage, root)
    assert await submit(stage, values={ids.NEEDED_BY: "2026-06-15"}) == {}
    await posted(stage, "platform")
    made = Requested(stage, root)
    await on(made, 3, 5)
    for day in (17, 24):
        await on(made, 3, day)
        said = [m for m in stage.slack.visible_messages("lin", "platform") if m.ephemeral_for is None][-1].text
        assert "has waited for a first answer since" in said
        assert said.count("*#1*") == 1, "a request is named once"
        assert "It is needed" not in said, "the day may be over"
        assert "needed by <!date^" in said
        assert "|2026-06-15>" in said


async def test_a_delivery_that_nobody_confirms_is_asked_for_some_weeks(asked: Requested) -> None:
    await asked.press(asked.triage, ids.DELIVER, user="lin")
    assert await asked.fill("lin", words="It is there") == {}
    for month, day in ((3, 12), (3, 31), (4, 21)):
        said = (await on(asked, month, day)).text
    assert "Does it do the job?" in said
    last = await on(asked, 5, 5)
    assert (await on(asked, 5, 12)).ts == last.ts
    assert (await asked.row()).state == "delivered", "nothing happens by silence"


async def digest_line(asked: Requested, digest: PostedMessage, number: int = 1) -> str:
    """What a digest says of a request now, with its buttons."""
    blocks = asked.again(digest).blocks
    [at] = [n for n, each in enumerate(blocks) if f"*#{number}*" in str(each.get("text"))]
    below = blocks[at + 1].get("elements", []) if blocks[at + 1 :] and blocks[at + 1]["type"] == "actions" else []
    shown = [each["text"]["text"] for each in [*below, *filter(None, [blocks[at].get("accessory")])]]
    assert blocks[at]["text"]["text"] in asked.again(digest).text, "the twin for screen readers says the same"
    return f"{blocks[at]['text']['text']} {shown}"


async def test_a_line_of_the_digest_asks_no_more_what_is_answered(asked: Requested) -> None:
    await asked.press(asked.triage, ids.DELIVER, user="lin")
    assert await asked.fill("lin", words="It is there") == {}
    await on(asked, 3, 12)
    first, second = await on(asked, 3, 31), await on(asked, 4, 7)
    for each in (first, second):
        assert "Does it do the job? ['Yes, it does the job', 'Not yet…', 'Show']" in await digest_line(asked, each)
    await asked.press(second, ids.CONFIRM, user="ada")
    for each in (first, second):
        line = await digest_line(asked, each)
        assert " · Confirmed · for Payments [" in line
        assert line.endswith("['Show']")
        assert "Does it do the job?" not in asked.again(each).text
    third = await on(asked, 4, 14)
    assert "save *Payments*? ['Hours…']" in await digest_line(asked, third)
    await asked.press(third, ids.SAVING, user="grace")
    assert await asked.fill("grace", saved="6.5") == {}
    assert "saves 6.5 hours a month. ['Correct…']" in await digest_line(asked, third)
    await asked.press(third, ids.SAVING, user="grace")
    assert await asked.fill("grace", saved="1") == {}
    assert "saves 1 hour a month." in await digest_line(asked, third)
    await asked.press(asked.card, ids.REOPEN, user="ada")
    assert await asked.fill("ada", words="It broke") == {}
    assert "Proposed · for Payments" in await digest_line(asked, second), "it says how the request stands now"


async def test_a_line_of_the_devops_digest_asks_no_more_what_is_done(stage: Stage) -> None:
    root = await thread(stage, *STORY)
    await form(stage, root)
    assert await submit(stage, values={ids.NEEDED_BY: "2026-06-15"}) == {}
    await posted(stage, "platform")
    made = Requested(stage, root)
    await on(made, 3, 5)

    async def digest(day: int) -> PostedMessage:
        await on(made, 3, day)
        return [m for m in stage.slack.visible_messages("lin", "platform") if m.ephemeral_for is None][-1]

    waits = await digest(17)
    assert "has waited for a first answer" in await digest_line(made, waits)
    await made.press(made.triage, ids.ACCEPT, user="lin")
    assert "has waited" not in await digest_line(made, waits)
    assert "Accepted · for Payments" in await digest_line(made, waits)
    estimates = await digest(24)
    assert "['Estimate…']" in await digest_line(made, estimates)
    await made.press(estimates, ids.ESTIMATE, user="lin")
    assert await made.fill("lin", optimistic="4", likely="8", pessimistic="12") == {}
    line = await digest_line(made, estimates)
    assert line.endswith(" · Work: 4 to 12 hours, most likely 8 ['Show']"), line


@pytest.mark.parametrize("word", [ids.SNOOZE, ids.MERGE])
async def test_what_is_put_off_or_merged_has_not_waited_any_more(stage: Stage, word: str) -> None:
    whole = await thread(stage, "We need a Kafka topic.")
    await form(stage, whole)
    assert await submit(stage) == {}
    root = await thread(stage, *STORY)
    await form(stage, root)
    assert await submit(stage) == {}
    await posted(stage, "payments")
    made = Requested(stage, root, 2)
    await on(made, 3, 5)
    await on(made, 3, 17)
    digest = [m for m in stage.slack.visible_messages("lin", "platform") if m.ephemeral_for is None][-1]
    assert "has waited for a first answer" in await digest_line(made, digest, 2)
    await made.press(made.triage, ids.MORE, user="lin", word=word)
    filled = {"day": "2026-04-01"} if word == ids.SNOOZE else {"into": "1"}
    assert await made.fill("lin", **filled) == {}
    line = await digest_line(made, digest, 2)
    assert ("snoozed until" if word == ids.SNOOZE else "Merged") in line
    assert "has waited for a first answer" in await digest_line(made, digest, 1), "the other one still has"
    if word == ids.MERGE:
        first = Requested(stage, whole)
        await first.press(first.card, ids.WITHDRAW, user="grace")
        assert await first.fill("grace", words="Not needed") == {}
        await stage.arrive()
        assert "Withdrawn" in await digest_line(made, digest, 1)
        assert "Proposed" in await digest_line(made, digest, 2), "what was part of it stands by itself again"


async def test_a_part_that_is_there_is_asked_again_like_any_other(asked: Requested) -> None:
    other = await another(asked.stage)
    await other.press(other.triage, ids.MORE, user="lin", word=ids.MERGE)
    assert await other.fill("lin", into="1") == {}
    await asked.press(asked.triage, ids.DELIVER, user="lin")
    assert await asked.fill("lin", words="It is there") == {}
    await on(asked, 3, 12)
    place = asked.stage.slack.workspace.im(asked.stage.slack.workspace.user("solo").id).id
    reminder = asked.stage.slack.visible_messages("solo", place)[-1]
    assert "Does it do the job?" in reminder.text
    assert "*#2*" in reminder.text
    await other.press(reminder, ids.CONFIRM, user="solo")
    assert "Search (#2, does the job)" in asked.card.text
    assert "Yes, it does the job" not in str(other.again(reminder).blocks)
