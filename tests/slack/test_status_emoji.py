"""In channels that want it, a reaction on a thread's first message shows how its request stands."""

from __future__ import annotations

import asyncio
import copy
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from bot.blocks.backlog import actions as ids
from bot.domain.backlog.requests import Step
from bot.errors import SlackError, SlackRateLimitedError, SlackUnreachableError
from bot.playground.fake_slack import ViewRef
from bot.services.backlog import status_emoji, steps
from bot.store import tables
from handlers.backlog import jobs
from tests import kept
from tests.slack.conftest import Stage
from tests.slack.test_eol_answers import posted
from tests.slack.test_request_channels import change, settings, written_down
from tests.slack.test_request_steps import Requested, another
from tests.slack.test_requests import STORY, form, submit, thread

SEEN, DONE, FAILED = {"eyes"}, {"white_check_mark"}, {"x"}


@pytest.fixture
def devops_team() -> str:
    return "Platform"


async def opened(stage: Stage) -> Requested:
    """A request from a thread."""
    root = await thread(stage, *STORY)
    await form(stage, root)
    assert await submit(stage) == {}
    await posted(stage, "payments")
    return Requested(stage, root)


def reactions(made: Requested) -> set[str]:
    """Baton's reactions on the thread's first message, which people see."""
    found = made.again(made.root).reactions
    assert all(users == [made.stage.slack.workspace.bot_user_id] for users in found.values())
    return set(found)


async def look(stage: Stage, *, after: timedelta = timedelta(minutes=2)) -> None:
    """What the job does every minute."""
    stage.clock.advance(after)
    await jobs.show_status_emoji(stage.baton.context)


async def test_it_is_off_until_the_channels_people_switch_it_on(stage: Stage) -> None:
    made = await opened(stage)
    await made.press(made.triage, ids.ACCEPT, user="lin")
    await look(stage)
    assert reactions(made) == set()
    assert "I do not react to the first message" in (await settings(stage)).text
    assert await change(stage, emoji="on") == {}
    said = (await settings(stage)).text
    assert all(f":{emoji}:" in said for emoji in SEEN | DONE | FAILED)
    assert [detail for _, _, detail in await written_down(stage)] == [{"has_emoji": [False, True]}]
    await look(stage)
    assert reactions(made) == set(), "threads of before are left alone until something happens"
    await made.press(made.triage, ids.START, user="lin")
    assert reactions(made) == SEEN


async def test_what_says_how_another_request_of_the_thread_stands_stays(stage: Stage) -> None:
    assert await change(stage, emoji="on") == {}
    made = await opened(stage)
    await form(stage, made.root)
    await stage.slack.act("grace", ViewRef(stage.slack.view_stack("grace")[-1].id), ids.OTHER)
    await stage.settle()
    assert await submit(stage, values={ids.TITLE: "A bucket", ids.ITEM_TYPE: "infrastructure"}) == {}
    await look(stage)
    await made.press(made.triage, ids.DELIVER, user="lin")
    assert await made.fill("lin", words="The keyspace is there") == {}
    assert reactions(made) == SEEN | DONE, "the second is not done"


async def test_it_follows_the_request_and_the_former_one_goes(stage: Stage) -> None:
    assert await change(stage, emoji="on") == {}
    made = await opened(stage)
    assert reactions(made) == SEEN
    await made.press(made.triage, ids.DELIVER, user="lin")
    assert await made.fill("lin", words="The keyspace is there") == {}
    assert reactions(made) == DONE
    await made.press(made.card, ids.NOT_YET, user="grace")
    assert await made.fill("grace", words="No backups") == {}
    assert reactions(made) == SEEN
    await made.press(made.triage, ids.MORE, user="lin", word="decline")
    assert await made.fill("lin", words="No budget") == {}
    assert reactions(made) == FAILED
    calls = len(reaction_calls(stage))
    await look(stage)
    assert len(reaction_calls(stage)) == calls, "Slack is asked once for each change"


async def test_two_processes_that_look_at_once_ask_slack_once(stage: Stage) -> None:
    assert await change(stage, emoji="on") == {}
    made = await opened(stage)
    await made.press(made.triage, ids.DELIVER, user="lin")
    before = len(reaction_calls(stage))
    async with stage.database.transaction() as session:
        await session.execute(update(tables.RequestReaction).values(state="", emoji=""))
    context = stage.baton.context
    await asyncio.gather(*(status_emoji.show(context.deps, context.slack) for _ in range(2)))
    assert len(reaction_calls(stage)) == before + 1


async def test_what_is_part_of_another_shows_how_that_one_stands(stage: Stage) -> None:
    assert await change(stage, emoji="on") == {}
    made = await opened(stage)
    other = await another(stage)
    await other.press(other.triage, ids.MORE, user="lin", word="merge")
    assert await other.fill("lin", into="1") == {}
    await look(stage)
    assert reactions(other) == SEEN
    await made.press(made.triage, ids.DELIVER, user="lin")
    assert await made.fill("lin", words="The keyspace is there") == {}
    await look(stage)
    assert reactions(other) == DONE


async def test_switched_off_it_goes(stage: Stage) -> None:
    assert await change(stage, emoji="on") == {}
    made = await opened(stage)
    assert await change(stage, emoji="off") == {}
    await look(stage)
    assert reactions(made) == set()


async def test_what_slack_refuses_is_no_error_for_anybody(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    assert await change(stage, emoji="on") == {}
    made = await opened(stage)
    bot = stage.slack.workspace.bot_user_id
    message = made.again(made.root)
    message.reactions.clear()  # an administrator has taken it away
    message.reactions["white_check_mark"] = [bot]  # … and this one was added when its answer was lost
    await made.press(made.triage, ids.DELIVER, user="lin")
    assert await made.fill("lin", words="The keyspace is there") == {}
    assert reactions(made) == DONE
    made.again(made.root).deleted = True
    await made.press(made.triage, ids.MORE, user="lin", word=ids.RESUME)
    assert "In progress" in made.triage.text
    assert [each for each in caplog.records if each.levelname in ("ERROR", "CRITICAL")] == []


async def test_what_an_archived_channel_keeps_goes_when_the_request_moves_on(stage: Stage) -> None:
    assert await change(stage, emoji="on") == {}
    made = await opened(stage)
    channel = stage.slack.workspace.channel("payments")
    channel.is_archived = True
    await made.press(made.triage, ids.DELIVER, user="lin")
    assert await made.fill("lin", words="It is there") == {}
    await look(stage)
    assert reactions(made) == SEEN
    channel.is_archived = False
    await look(stage)
    context = stage.baton.context
    ada = context.snapshot.person_by_slack_id(stage.slack.workspace.user("ada").id)
    assert ada is not None
    its: dict[str, Any] = {"request_id": made.id, "person_id": ada.id, "step": Step.CONFIRM}
    await steps.take(context.deps, context.snapshot, **its)
    await look(stage)
    assert reactions(made) == DONE, "the former one is gone"


@pytest.mark.parametrize("failure", [SlackUnreachableError("TimeoutError"), None], ids=["no answer", "late"])
async def test_where_slack_does_not_say_in_time_what_the_app_may_nothing_is_said_of_it(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, failure: SlackError | None
) -> None:
    async def scopes(_slack: Any) -> tuple[str, ...]:
        if failure is not None:
            raise failure
        await asyncio.Event().wait()
        return ()

    monkeypatch.setattr(type(stage.baton.context.slack), "scopes", scopes)
    monkeypatch.setattr(status_emoji, "_PATIENCE", timedelta(milliseconds=1))
    assert await change(stage, emoji="on") == {}
    assert "A reaction shows" in (said := (await settings(stage)).text)
    assert "reactions:write" not in said


async def test_without_the_scope_everything_else_goes_on(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    less = copy.deepcopy(kept.manifest())
    less["oauth_config"]["scopes"]["bot"].remove("reactions:write")
    stage.slack.install(less)
    assert "reactions:write" not in (await settings(stage)).text
    assert await change(stage, emoji="on") == {}
    mine = [m for m in stage.slack.visible_messages("grace", "payments") if m.ephemeral_for]
    assert "add the scope `reactions:write`" in mine[-1].text, "whoever switches it on is told"
    assert "add the scope `reactions:write`" in (await settings(stage, user="ada")).text
    made = await opened(stage)
    await look(stage)
    assert reactions(made) == set()
    assert "Proposed" in made.card.text
    assert [each for each in caplog.records if each.levelname in ("ERROR", "CRITICAL")] == []


@pytest.mark.parametrize(
    "error",
    [SlackUnreachableError("TimeoutError"), SlackRateLimitedError(90.0), SlackError("fatal_error")],
)
@pytest.mark.parametrize("is_there", [True, False], ids=["taken", "not taken"])
async def test_what_got_no_answer_is_tried_again_and_not_doubled(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, error: SlackError, *, is_there: bool
) -> None:
    slack, add = stage.baton.context.slack, type(stage.baton.context.slack).add_reaction

    async def fail(self: Any, *place: str) -> None:
        if is_there:
            await add(self, *place)
        raise error

    assert await change(stage, emoji="on") == {}
    monkeypatch.setattr(type(slack), "add_reaction", fail)
    made = await opened(stage)
    monkeypatch.setattr(type(slack), "add_reaction", add)
    assert reactions(made) == (SEEN if is_there else set())
    await look(stage, after=timedelta(minutes=3))
    assert reactions(made) == SEEN
    await made.press(made.triage, ids.DELIVER, user="lin")
    assert await made.fill("lin", words="The keyspace is there") == {}
    assert reactions(made) == DONE


def reaction_calls(stage: Stage) -> list[str]:
    """The calls about reactions that Slack has had."""
    return [each.method for each in stage.slack.calls if each.method.startswith("reactions.")]
