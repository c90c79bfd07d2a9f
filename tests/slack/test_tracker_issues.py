"""What a tracker says of a request's issue, over the wire: webhooks in, messages and buttons out."""

from __future__ import annotations

import aiohttp
import pytest

from bot.blocks.backlog import actions as ids
from tests.slack.conftest import Stage
from tests.slack.test_eol_answers import posted
from tests.slack.test_tracker_comments import accepted, devops_team, more_settings, server
from tests.tracker_servers import GitHubServer, StandIn

__all__ = ["devops_team", "more_settings", "server"]


@pytest.fixture
def is_on() -> bool:
    return False


async def happens_there(stage: Stage, server: StandIn, status: str) -> None:
    """Somebody closes or opens the issue in the tracker, which says so at once."""
    server.change(1, status)
    body, headers = server.webhook(1, delivery=f"{status}-{server.issues[0].changed_at}")
    async with aiohttp.ClientSession() as session:
        address = f"{stage.baton.url}/trackers/{stage.baton.context.trackers.tracker.name}"  # type: ignore[union-attr]
        async with session.post(address, data=body, headers=headers) as answer:
            assert answer.status == 200
    await stage.settle()
    await posted(stage, "payments")


async def test_what_a_tracker_has_done_is_said_of_it_by_name(stage: Stage, server: StandIn) -> None:
    made, name = await accepted(stage), "GitHub" if isinstance(server, GitHubServer) else "Jira"
    await made.press(made.triage, ids.DELIVER, user="lin")
    await happens_there(stage, server, "closed")
    assert set((await made.fill("lin", words="It is there")).values()) == {
        f"Meanwhile {name} delivered it. Yours was not saved."
    }
    await happens_there(stage, server, "open")
    shown = (await stage.ask("/devops show 1", user="lin")).text
    assert f"{name} delivered it: Closed in {name}." in shown


async def test_a_declined_request_whose_issue_is_opened_again_is_reopened_by_those_who_need_it(
    stage: Stage, server: StandIn
) -> None:
    made = await accepted(stage)
    await made.press(made.triage, ids.MORE, user="lin", word=ids.DECLINE)
    assert await made.fill("lin", words="We have no room for it") == {}
    await happens_there(stage, server, "closed")
    said = len(made.replies())
    await happens_there(stage, server, "open")
    [asked] = made.replies()[said:]
    assert asked.text.endswith("and the request is declined. Still needed?")
    assert "Declined" in made.card.text, "a tracker opens nothing that has ended"
    assert "stays declined: those who asked for it are asked whether they still need it." in made.under_triage()[-1]
    await made.press(asked, ids.REOPEN, user="ada")
    assert await made.fill("ada", words="We do") == {}
    assert "Proposed" in made.card.text
    assert "Ada Byron opened it again: We do" in made.under_triage()[-1]
    assert ids.REOPEN not in str(made.again(asked).blocks)
