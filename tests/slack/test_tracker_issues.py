"""What a tracker says of a request's issue, over the wire: webhooks in, messages and buttons out."""

from __future__ import annotations

import aiohttp
import pytest

from bot.blocks.backlog import actions as ids
from bot.playground._state import elements
from bot.playground.fake_slack import PostedMessage
from handlers.backlog import jobs
from tests.slack.conftest import Stage
from tests.slack.test_eol_answers import posted
from tests.slack.test_requests import element
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


async def test_an_issue_that_is_closed_and_opened_again_after_a_part_was_delivered_here(
    stage: Stage, server: StandIn
) -> None:
    made = await accepted(stage)
    first, second = [each["title"] for each in (await made.row()).items]

    def asked() -> list[PostedMessage]:
        return [each for each in made.replies() if "Does it do the job?" in each.text]

    async def boxes() -> list[bool]:
        return [each.get("is_done", False) for each in (await made.row()).items]

    await made.press(made.triage, ids.DELIVER, user="lin")
    assert await made.fill("lin", words="The keyspace", there=["0"]) == {}
    assert (await boxes(), asked()) == ([True, False], [])
    for _ in range(2):
        await happens_there(stage, server, "closed")
    await jobs.reconcile_issues(stage.baton.context)
    await posted(stage, "payments")
    [first_asked] = asked()
    assert {ids.CONFIRM, ids.NOT_YET} <= set(actions_of(first_asked))
    for message in (made.card, made.triage):
        assert "Delivered" in message.text
        assert "still to do" not in message.text
    await happens_there(stage, server, "open")
    assert await boxes() == [True, False]
    for message in (made.card, made.triage):
        assert "In progress · 1 of 2 items still to do" in message.text
        assert f"• {first} _(infrastructure, done)_" in message.text
        assert f"• {second} _(pipeline)_" in message.text
    assert actions_of(made.again(first_asked)) == [], "nobody is asked any more"
    await made.press(made.triage, ids.DELIVER, user="lin")
    assert ids.THERE not in str(stage.slack.view_stack("lin")[-1].payload["blocks"]), "one item is left: it is that"
    await happens_there(stage, server, "closed")
    assert len(asked()) == 2, "it was delivered once more"
    await made.press(asked()[-1], ids.NOT_YET, user="grace")
    assert len(element(stage.slack.view_stack("grace")[-1], ids.LEFT)["options"]) == 2
    assert await made.fill("grace", words="No backups", left=["0"]) == {}
    assert await boxes() == [False, True]
    assert "In progress · 1 of 2 items still to do" in made.card.text


def actions_of(message: PostedMessage) -> list[str]:
    return [str(element["action_id"]) for _, element in elements(message.blocks)]
