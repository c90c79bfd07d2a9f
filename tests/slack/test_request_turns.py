"""What a thread takes back or names anew once its request is open, over the wire: it is offered until it was shown."""

from __future__ import annotations

import pytest

from bot.blocks.backlog import actions as ids
from tests.slack.conftest import Stage
from tests.slack.test_eol_answers import posted
from tests.slack.test_request_steps import Requested, devops_team, requested
from tests.slack.test_request_thread_news import MOVED, change, options, say
from tests.slack.test_requests import form, said_in, submit, thread

__all__ = ["devops_team", "requested"]

INSTEAD = "Actually RabbitMQ instead of Kafka."


@pytest.fixture
async def renamed(stage: Stage) -> Requested:
    """A request of two things, of which the thread has named one anew since."""
    asked = await opened(stage, "We need a Kafka topic and a Redis cache.")
    await say(asked, INSTEAD)
    return asked


async def opened(stage: Stage, *texts: str) -> Requested:
    """A request as its thread drafts it."""
    root = await thread(stage, *texts)
    await form(stage, root)
    assert await submit(stage) == {}
    await posted(stage, "payments")
    return Requested(stage, root)


@pytest.mark.parametrize(
    "later", ["The audit was moved to 8 January, so that is when we need the rest.", MOVED, "Hello all."]
)
async def test_one_that_is_taken_back_is_offered_whatever_follows(stage: Stage, later: str) -> None:
    wishes = "We need a Kafka topic in production.\nIt also needs a Redis cache.\nWe also need read access to the logs."
    dropped = "We don't need the read access any more."
    asked = await opened(stage, wishes)
    await say(asked, dropped, later)
    view = await change(asked)
    assert [(each["value"], each["hint"]) for each in options(view, ids.TAKE_OUT)] == [("2", dropped)]
    assert await asked.fill("ada") == {}
    assert options(await change(asked), ids.TAKE_OUT) == []


async def test_one_that_nobody_was_shown_is_offered_after_a_save(requested: Requested) -> None:
    dropped = "Never mind, we no longer need any of this."
    await say(requested, dropped)
    assert options(await change(requested), ids.TAKE_OUT) == [], "then it can be withdrawn"
    assert await requested.fill("ada", title="A keyspace") == {}
    await say(requested, "Sorry, we still need the Jenkins step that runs Selenium tests.")
    view = await change(requested)
    assert [each["value"] for each in options(view, ids.TAKE_OUT)] == ["0"]
    assert await requested.fill("ada") == {}
    assert options(await change(requested), ids.TAKE_OUT) == [], "it was there to tick"


async def test_what_takes_the_place_of_something_is_taken_with_one_tick(renamed: Requested) -> None:
    view = await change(renamed)
    assert "*The thread says more by now:* 1 item of something else." in said_in(view)
    [box] = options(view, ids.TAKE_RENAMED)
    assert (box["text"], box["hint"]) == ("A Kafka topic → A RabbitMQ topic", INSTEAD)
    assert options(view, ids.WISHES) == options(view, ids.TAKE_OUT) == []
    assert await renamed.fill("ada", take_renamed=[box["value"]]) == {}
    row = await renamed.row()
    assert [each["title"] for each in row.items] == ["A RabbitMQ topic", "A Redis cache"]
    assert (row.title, row.technologies) == ("A RabbitMQ topic and 1 more", ["redis", "rabbitmq"])
    assert options(await change(renamed), ids.TAKE_RENAMED) == []


async def test_a_new_name_that_is_left_out_is_not_offered_again(renamed: Requested) -> None:
    await change(renamed)
    assert await renamed.fill("ada") == {}
    assert options(await change(renamed), ids.TAKE_RENAMED) == []


async def test_what_stays_all_the_same_is_known_wherever_it_stands_by_now(stage: Stage) -> None:
    wishes = ("We need a Kafka topic.", "We also need a Redis cache.", "We also need a Jenkins pipeline.")
    asked = await opened(stage, *wishes)
    await change(asked)
    await say(asked, "We don't need the Redis cache any more.")
    assert [each["value"] for each in options(await change(asked, "grace"), ids.TAKE_OUT)] == ["1"]
    assert await asked.fill("ada", **{"item.0": None}) == {}
    assert await asked.fill("grace") == {}
    assert [each["title"] for each in (await asked.row()).items] == ["A Redis cache", "A Jenkins pipeline"]
    assert options(await change(asked), ids.TAKE_OUT) == []
