"""The worked story over the wire, from a grooming thread to a delivery that does its job, with an issue in GitHub."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any

import aiohttp
import pytest

from bot.blocks.backlog import actions as ids
from bot.playground.demo import DEMO
from bot.playground.furniture import read_threads
from tests.conftest import FixedClock
from tests.slack.conftest import Stage
from tests.slack.test_request_steps import Requested
from tests.slack.test_requests import asked_for, element, form, submit
from tests.slack.test_whoowns import buttons
from tests.tracker_servers import REPOSITORY, SECRET, TOKEN, GitHubServer

#: Who says in the workspace what a team says in the demo's thread.
_SPEAKERS = {"logistics": ("ada", "grace"), "devops": ("lin",)}


@pytest.fixture
async def github(clock: FixedClock) -> AsyncIterator[GitHubServer]:
    pytest.importorskip("gidgethub", reason="the extra baton[github] is not installed")
    server = GitHubServer(clock)
    async with server.serving():
        yield server


@pytest.fixture
def more_settings(github: GitHubServer) -> Mapping[str, Any]:
    return {
        "devops_team": "Platform",
        "tracker": "github",
        "github_repository": REPOSITORY,
        "github_token": TOKEN,
        "github_webhook_secret": SECRET,
        "github_api_url": github.url,
    }


async def begun(stage: Stage) -> Requested:
    """The demo's story, told in a thread of twelve replies."""
    [story] = [each for each in read_threads(DEMO / "threads.yaml")["threads"] if each.get("is-toured")]
    root = await stage.slack.post("ada", "payments", story["text"])
    for number, reply in enumerate(story["replies"]):
        speakers = _SPEAKERS[reply["by"]]
        await stage.slack.post(speakers[number % len(speakers)], "payments", reply["text"], thread_ts=root.ts)
    assert root.reply_count == 12
    return Requested(stage, root)


async def test_from_a_grooming_thread_to_a_delivery_that_does_the_job(stage: Stage, github: GitHubServer) -> None:
    its = await begun(stage)
    view = await form(stage, its.root, user="grace", is_whole=True)
    chosen = [each["text"]["text"] for each in element(view, ids.GAPS)["initial_options"]]
    assert set(chosen) == {"Cassandra", "Terraform", "CQL", "Selenium", "Jenkins"}
    assert len(asked_for(view)) == 5
    assert its.replies() == [], "nothing is sent before the form is"
    assert await submit(stage, "grace", {ids.BLOCKED: "2"}) == {}  # the team has two people here
    await its.settle()
    assert "Proposed · for Payments" in its.card.text
    assert "A CQL library for shipping-api" in its.card.text

    await its.press(its.triage, ids.ACCEPT, user="lin")
    [issue] = github.issues
    assert "Cassandra" in issue.fields["title"]
    await its.press(its.triage, ids.ESTIMATE, user="lin")
    assert await its.fill("lin", optimistic="30", likely="50", pessimistic="90") == {}
    ranked = await stage.ask("/devops rank", user="grace")
    await stage.press(ranked, ids.WHY, user="grace", block_id="backlog.ranked.1")
    assert "Number 1, " in its.said_to("grace")
    assert "80 hours a week = 2 people × 40 hours, stopped until" in its.said_to("grace")

    github.change(issue.number, "closed")
    body, headers = github.webhook(issue.number)
    reads = github.calls.count(f"GET /repos/{REPOSITORY}/issues/1")
    async with (
        aiohttp.ClientSession() as http,
        http.post(f"{stage.baton.url}/trackers/github", data=body, headers=headers) as answer,
    ):
        assert answer.status == 200
    await its.settle()
    assert github.calls.count(f"GET /repos/{REPOSITORY}/issues/1") == reads + 1, "a webhook is a hint: it is read again"
    assert "Delivered · for Payments" in its.card.text
    assert "Does it do the job?" in its.replies()[-1].text
    assert "Yes, it does the job" in buttons(its.card)

    await its.press(its.card, ids.CONFIRM, user="ada")
    assert "Confirmed · for Payments" in its.card.text
    assert (await its.row()).state == "confirmed"
    assert len(github.issues) == 1
