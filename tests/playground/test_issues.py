"""The playground's own tracker: its issues are made, closed, opened and commented on, and Baton hears of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.domain.backlog.new_request import NewRequest, Origin
from bot.domain.backlog.requests import RequestState, Step
from bot.playground import run
from bot.services import devops_team
from bot.services.backlog import intake, steps
from bot.store import tables
from handlers.backlog import jobs


@pytest.fixture
def is_carrying() -> bool:
    return False


@pytest.fixture
async def playground(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, is_carrying: bool
) -> AsyncIterator[run.Playground]:
    monkeypatch.setenv("BATON_TRACKER_COMMENTS", str(is_carrying).lower())
    async with run.playing(f"sqlite:///{tmp_path / 'playground.sqlite'}") as playground:
        yield playground


async def accepted(playground: run.Playground) -> None:
    """The DevOps team has accepted a request of one of its own, which has its issue."""
    context = playground.baton.context
    team = devops_team.find(context.deps, context.snapshot)
    assert team is not None
    lead = team.member_ids[0]
    its: dict[str, Any] = {"filed_by": lead, "asked_by": lead, "team_id": team.id}
    new = NewRequest(title="A *new* <cluster>", items=(), origin=Origin("form:V1"), **its)
    made = await intake.open_request(context.deps, context.snapshot, new)
    its = {"request_id": made.card.id, "person_id": lead, "step": Step.ACCEPT}
    await steps.take(context.deps, context.snapshot, **its)
    await jobs.send_issues(context)


async def act(playground: run.Playground, **body: Any) -> dict[str, Any]:
    """Press a button of an issue's page."""
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{playground.url}play/issue", json={"number": 1, "status": "", "comment": ""} | body) as answer,
    ):
        shown: dict[str, Any] = await answer.json()
    await playground.baton.context.background.drain(seconds=10)
    return shown


async def page(playground: run.Playground, number: int = 1) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.get(f"{playground.url}issues/{number}") as answer:
        return answer.status, await answer.text()


async def state(playground: run.Playground) -> str:
    async with playground.baton.context.deps.database.reading() as session:
        row = await session.get(tables.Request, 1)
    assert row is not None
    return row.state


async def test_an_issue_is_closed_and_opened_on_its_page(playground: run.Playground, tmp_path: Path) -> None:
    await accepted(playground)
    status, shown = await page(playground)
    assert (status, (await page(playground, 2))[0]) == (200, 404)
    assert "A *new* &lt;cluster&gt;" in shown
    assert "<textarea" not in shown, "no comment is carried"
    assert await act(playground, status="done") == {}
    assert await state(playground) == RequestState.DELIVERED
    assert "Closed as completed" in (await page(playground))[1]
    assert await act(playground, status="open") == {}
    assert await state(playground) == RequestState.IN_PROGRESS
    assert "reload" in (await act(playground, number=7, status="done"))["refused"]
    assert "reload" in (await act(playground))["refused"]


async def test_issues_are_there_again_after_a_new_start(tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path / 'playground.sqlite'}"
    async with run.playing(database) as playground:
        await accepted(playground)
    async with run.playing(database) as playground:
        assert "A *new* &lt;cluster&gt;" in (await page(playground))[1]
        assert await act(playground, status="done") == {}
        assert await state(playground) == RequestState.DELIVERED


@pytest.mark.parametrize("is_carrying", [True])
async def test_comments_are_written_where_they_are_carried(playground: run.Playground) -> None:
    await accepted(playground)
    assert "<textarea" in (await page(playground))[1]
    assert await act(playground, comment="Which <region>?") == {}
    assert "Which &lt;region&gt;?" in (await page(playground))[1]


async def test_a_visitors_own_catalog_has_the_issues_too_and_asks_no_tracker(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "own.yaml").write_text("baton: 1\nteams: [{name: Ops}]\nassets: [{name: shop, owner: Ops}]\n")
    for name, value in {"TRACKER": "jira", "JIRA_SITE": "https://acme.atlassian.net", "JIRA_TOKEN": "t"}.items():
        monkeypatch.setenv(f"BATON_{name}", value)
    async with run.playing(f"sqlite:///{tmp_path / 'own.sqlite'}", catalog=[tmp_path / "own.yaml"]) as own:
        assert own.baton.context.trackers is not None
        assert await own.baton.context.trackers.tracker.read("playground/issues#1") is None
