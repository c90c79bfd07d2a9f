"""A secret that somebody types into a form of a request, or has written in its thread, is neither kept nor shown."""

from __future__ import annotations

import pytest

from bot.blocks.backlog import actions as ids
from tests.slack.conftest import Stage, read_only
from tests.slack.test_request_steps import Requested, devops_team, requested
from tests.slack.test_requests import STORY, form, requests, submit, thread

__all__ = ["devops_team", "requested"]
pytestmark = read_only
SECRET = "Tr0ub4dor3x"


def shows(stage: Stage, words: str) -> bool:
    every = (m for channel in stage.slack.workspace.messages.values() for m in channel.values())
    return any(words in m.text + str(m.blocks) for m in every)


async def change(asked: Requested, **said: str) -> dict[str, str]:
    await asked.press(asked.card, ids.CHANGE, user="ada")
    return await asked.fill("ada", **said)


@pytest.mark.parametrize("field", ["item.0", "title"])
async def test_a_secret_in_a_field_of_change_is_refused(requested: Requested, field: str) -> None:
    wrong = await change(requested, **{field: f"A job with https://bob:{SECRET}@db.example.test/x"})
    assert wrong
    assert not shows(requested.stage, SECRET)


async def test_a_secret_in_an_item_of_the_first_form_is_refused(stage: Stage) -> None:
    await form(stage, await thread(stage, *STORY))
    assert await submit(stage, values={f"{ids.ITEM}.0": f"A job with https://bob:{SECRET}@db.example.test/x"})
    assert not await requests(stage)


@pytest.mark.parametrize("query", ["access_token=Zm9vYmFyMTIzNDU2Nzg5MA", "csrf-token=Zm9vYmFyMTIzNDU2Nzg5MA"])
async def test_a_secret_in_the_link_of_a_delivery_is_refused(requested: Requested, query: str) -> None:
    await requested.press(requested.triage, ids.DELIVER, user="omar")
    wrong = await requested.fill("omar", words="It is there", link=f"https://x.example.test/?{query}")
    assert wrong
    assert not shows(requested.stage, query)


@pytest.mark.parametrize(
    "said",
    [
        "We need Postgres://bob:Tr0ub4dor3x@db/x in the pipeline.",
        "postgres://bob:Tr0ub4dor3x@db/x has to go into the Jenkins pipeline, we need that.",
        "HTTPS://bob:Tr0ub4dor3x@db.test/x: we need a pipeline for it",
        "We need a pipeline that logs in with password='correct Tr0ub4dor3x staple'.",
    ],
)
async def test_a_secret_of_the_thread_is_not_in_the_draft(stage: Stage, said: str) -> None:
    root = await thread(stage, said)
    view = await form(stage, root, user="ada")
    assert SECRET not in str(view.payload)
