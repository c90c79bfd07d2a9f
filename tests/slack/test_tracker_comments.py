"""Comments between a request's thread and its issue, over the wire: once, with names and links, never in circles."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
from pydantic import SecretStr
from sqlalchemy import delete, update
from sqlmodel import col

from bot.blocks.backlog import actions as ids
from bot.playground.fake_slack import PostedMessage
from bot.store import tables
from handlers.backlog import jobs
from tests.conftest import FixedClock
from tests.slack.conftest import Stage
from tests.slack.test_changes import happens
from tests.slack.test_eol_answers import posted
from tests.slack.test_request_channels import change
from tests.slack.test_request_steps import Requested
from tests.slack.test_requests import STORY, form, submit, thread
from tests.tracker_servers import REPOSITORY, SECRET, TOKEN, Answer, GitHubServer, JiraServer, StandIn

SAID = "The *keyspace* has to live in <https://eu.example.test|Frankfurt>, @here & soon"


@pytest.fixture
def devops_team() -> str:
    return "Platform"


@pytest.fixture(params=["github", "jira"])
async def server(request: pytest.FixtureRequest, clock: FixedClock) -> AsyncIterator[StandIn]:
    if request.param == "github":
        pytest.importorskip("gidgethub", reason="the extra baton[github] is not installed")
    made = GitHubServer(clock) if request.param == "github" else JiraServer(clock)
    async with made.serving():
        yield made


@pytest.fixture
def is_on() -> bool:
    return True


@pytest.fixture
def more_settings(devops_team: str, server: StandIn, *, is_on: bool) -> Mapping[str, Any]:
    secret = SecretStr(SECRET)
    where: dict[str, Any] = {
        "tracker": "github",
        "github_repository": REPOSITORY,
        "github_token": SecretStr(TOKEN),
        "github_webhook_secret": secret,
        "github_api_url": server.url,
    }
    if isinstance(server, JiraServer):
        where = {
            "tracker": "jira",
            "jira_site": server.url,
            "jira_project": "OPS",
            "jira_email": "bot@acme.example",
            "jira_token": SecretStr(TOKEN),
            "jira_webhook_secret": secret,
        }
    return {"devops_team": devops_team, "tracker_comments": is_on, **where}


async def accepted(stage: Stage, *, channel: str = "payments", **values: Any) -> Requested:
    """A request that has its issue."""
    stage.clock.at = datetime.now(UTC) + timedelta(hours=1)  # what is said now comes before the issue
    root = await thread(stage, *STORY, channel=channel)
    await form(stage, root, channel=channel)
    assert await submit(stage, values=values) == {}
    made = Requested(stage, root)
    await posted(stage, channel)
    await made.press(made.triage, ids.ACCEPT, user="lin")
    await jobs.send_issues(stage.baton.context)
    await posted(stage, "platform")
    stage.clock.advance(timedelta(minutes=1))
    return made


async def reply(made: Requested, text: str = SAID, *, user: str = "grace", channel: str = "payments") -> PostedMessage:
    """Somebody replies in the thread, and Baton looks into it."""
    message = await say(made, text, user=user, channel=channel)
    await look(made.stage)
    return message


async def say(made: Requested, text: str = SAID, *, user: str = "grace", channel: str = "payments") -> PostedMessage:
    """Somebody replies in the thread, now by the test's clock."""
    workspace = made.stage.slack.workspace
    workspace._last_ts = max(workspace._last_ts, int(made.stage.clock.now().timestamp() * 1_000_000))
    return await made.stage.slack.post(user, channel, text, thread_ts=made.root.ts)


async def edit(made: Requested, message: PostedMessage, text: str) -> None:
    """Grace edits her reply some minutes later, and Baton looks into the thread."""
    made.stage.clock.advance(timedelta(minutes=5))
    workspace = made.stage.slack.workspace
    workspace._last_ts = max(workspace._last_ts, int(made.stage.clock.now().timestamp() * 1_000_000))
    await made.stage.slack.edit("grace", "payments", message.ts, text)
    await look(made.stage)


async def look(stage: Stage, *, after: timedelta = timedelta(minutes=10)) -> None:
    stage.clock.advance(after)
    await jobs.carry_comments(stage.baton.context)


async def hour(stage: Stage) -> None:
    stage.clock.advance(timedelta(hours=1))
    await jobs.reconcile_issues(stage.baton.context)
    await posted(stage, "payments")


def replies(made: Requested) -> list[str]:
    """What the thread has of comments."""
    return [each.text for each in made.replies() if "commented on" in each.text]


async def test_a_reply_becomes_a_comment_once_with_name_and_link(
    stage: Stage, server: StandIn, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="bot")
    made = await accepted(stage)
    message = await reply(made)
    [comment] = server.comments
    shown = json.dumps(comment.body)
    assert "Grace Marsh" in shown
    assert "Frankfurt" not in shown, "the address of a link is what is copied"
    assert "https://eu.example.test" in shown
    assert f"/p{message.ts.replace('.', '')}" in shown
    assert STORY[1] not in shown, "what was said before the issue was made stays in Slack"
    await look(stage)
    await hour(stage)
    assert len(server.comments) == 1
    assert replies(made) == [], "what Baton wrote does not come back"
    assert "Frankfurt" not in caplog.text
    assert "eu.example.test" not in caplog.text


async def test_comments_are_made_a_second_apart(stage: Stage, server: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    made, pauses = await accepted(stage), list[float]()

    async def pause(seconds: float) -> None:
        pauses.append(seconds)

    assert stage.baton.context.trackers is not None
    monkeypatch.setattr(stage.baton.context.trackers.comments, "_pause", pause)
    await say(made)
    await say(made, "And by Friday")
    await look(stage)
    assert (len(server.comments), pauses) == (2, [1.0, 1.0])


async def test_a_comment_becomes_a_reply_once_with_name_and_link(stage: Stage, server: StandIn) -> None:
    made = await accepted(stage)
    server.say("mia", "Which <region>?\n@channel decides")
    await hour(stage)
    [said] = replies(made)
    assert said.startswith("*mia* commented on <http")
    assert server.ref(1) in said
    assert "> Which &lt;region&gt;?\n> @channel decides" in said
    await hour(stage)
    assert len(replies(made)) == 1
    await look(stage)
    assert len(server.comments) == 1, "a reply of Baton's is no person's"


@pytest.mark.sql
async def test_a_comment_with_what_no_database_stores_becomes_a_reply(stage: Stage, server: StandIn) -> None:
    made = await accepted(stage)
    server.say("Jo\x00e", "The keyspace\x00 is up \ud83d")
    await hour(stage)
    [said] = replies(made)
    assert "Joe" in said
    assert "The keyspace is up" in said


@pytest.mark.parametrize("server", ["jira"], indirect=True)
@pytest.mark.parametrize("moment", ["1" + "0" * 30, "-1" + "0" * 17, "soon"])
async def test_a_comment_that_cannot_be_read_holds_up_nothing(
    stage: Stage, server: StandIn, caplog: pytest.LogCaptureFixture, moment: str
) -> None:
    made = await accepted(stage)
    server.commented(1, {"type": "doc", "content": [{"type": "date", "attrs": {"timestamp": moment}}]}, author="Ada")
    server.change(1, "closed")
    await hour(stage)
    assert replies(made) == []
    assert "the comments on request 1 are asked for again in an hour: Jira" in caplog.text


async def test_a_comment_that_holds_a_secret_stays_in_the_tracker(stage: Stage, server: StandIn) -> None:
    made = await accepted(stage)
    server.say("mia", "Use ghp_16C7e42F292c6912E7710c838347Ae178B4a until Friday")
    await hour(stage)
    [said] = replies(made)
    assert server.ref(1) in said
    assert "ghp_" not in said
    assert "(looks like a secret)" in said


async def test_a_webhook_is_heard_at_once(stage: Stage, server: StandIn) -> None:
    made = await accepted(stage)
    server.say("mia", "Which region?")
    body, headers = server.webhook(1)
    async with aiohttp.ClientSession() as session:
        name = "jira" if isinstance(server, JiraServer) else "github"
        async with session.post(f"{stage.baton.url}/trackers/{name}", data=body, headers=headers) as response:
            assert response.status == 200
    await stage.settle()
    await posted(stage, "payments")
    assert len(replies(made)) == 1


async def test_what_bots_and_people_from_outside_say_stays_where_it_is(stage: Stage, server: StandIn) -> None:
    made = await accepted(stage)
    stage.slack.add_user("mallory", real_name="Mallory", email="m@elsewhere.test", standing="stranger")
    await stage.slack.join("mallory", "payments")
    await reply(made, user="mallory")
    await reply(made, f"<@{stage.slack.workspace.bot_user_id}> when is #1 done?")
    server.say("ci", "Build passed", is_bot=True)
    await hour(stage)
    assert [each.author for each in server.comments] == ["ci"]
    assert replies(made) == []


async def test_what_only_some_may_read_in_the_tracker_stays_there(stage: Stage, server: StandIn) -> None:
    if not isinstance(server, JiraServer):
        pytest.skip("GitHub has no such comments")
    made = await accepted(stage)
    server.say("mia", "Between us", is_internal=True)
    await hour(stage)
    assert replies(made) == []


async def test_nothing_is_carried_where_everybody_can_read_the_issue(stage: Stage, server: StandIn) -> None:
    made = await accepted(stage)
    server.is_public = True
    await reply(made)
    server.say("stranger", "Buy this")
    await hour(stage)
    assert [each.author for each in server.comments] == ["stranger"]
    assert replies(made) == []


async def test_nothing_is_carried_where_people_from_outside_read_the_thread(stage: Stage, server: StandIn) -> None:
    made = await accepted(stage)
    channel = stage.slack.workspace.channel("payments")
    channel.is_ext_shared = True
    await happens(stage, "channel_shared", channel=channel.id, connected_team_id="T0PARTNER")
    await reply(made)
    server.say("mia", "Which region?")
    await hour(stage)
    assert [each.author for each in server.comments] == ["mia"]
    assert replies(made) == []


async def test_nothing_is_carried_of_a_private_request(stage: Stage, server: StandIn) -> None:
    made = await accepted(stage)
    async with stage.database.transaction() as session:
        await session.execute(update(tables.Request).values(is_private=True))
    await reply(made)
    server.say("mia", "Which region?")
    await hour(stage)
    assert [each.author for each in server.comments] == ["mia"]
    assert replies(made) == []


async def test_a_comment_stays_one_reply_when_the_outbox_has_forgotten_it(stage: Stage, server: StandIn) -> None:
    made = await accepted(stage)
    server.say("mia", "Which region?")
    await hour(stage)
    async with stage.database.transaction() as session:
        await session.execute(delete(tables.OutboxMessage).where(col(tables.OutboxMessage.key).contains(".comment:")))
    server.say("mia", "And how large?")
    await hour(stage)
    assert len(replies(made)) == 2


async def test_two_processes_that_look_at_once_comment_once(stage: Stage, server: StandIn) -> None:
    made = await accepted(stage)
    await look(stage)
    await say(made)
    stage.clock.advance(timedelta(minutes=10))
    await asyncio.gather(*(jobs.carry_comments(stage.baton.context) for _ in range(2)))
    assert len(server.comments) == 1


async def test_without_the_tick_no_word_of_the_thread_leaves_it(stage: Stage, server: StandIn) -> None:
    made = await accepted(stage, **{ids.COPY: []})
    await reply(made)
    assert server.comments == []
    server.say("mia", "Which region?")
    await hour(stage)
    assert len(replies(made)) == 1


@pytest.mark.parametrize("is_ticked", [True, False])
async def test_of_a_private_channel_only_with_the_tick(stage: Stage, server: StandIn, *, is_ticked: bool) -> None:
    stage.slack.add_channel("secret", members=["ada", "grace"], private=True, bot_is_member=True)
    made = await accepted(stage, channel="secret", **{ids.COPY: ["copy"] if is_ticked else []})
    await reply(made, channel="secret")
    assert len(server.comments) == is_ticked


async def test_a_channel_that_wants_the_card_alone_has_no_comments(stage: Stage, server: StandIn) -> None:
    made = await accepted(stage)
    assert await change(stage, posts="card") == {}
    server.say("mia", "Which region?")
    await hour(stage)
    assert await change(stage, posts="usual") == {}
    await hour(stage)
    assert replies(made) == []


async def test_deleting_the_message_takes_the_comment_back(stage: Stage, server: StandIn) -> None:
    made = await accepted(stage)
    first, second = await reply(made), await reply(made, "And in Paris")
    assert len(server.comments) == 2
    await stage.slack.delete("grace", "payments", first.ts)
    await look(stage)
    [left] = server.comments
    assert "And in Paris" in json.dumps(left.body)
    await stage.slack.delete("grace", "payments", second.ts)
    server.comments.clear()  # somebody has deleted the comment as well
    await look(stage)
    await look(stage)
    assert server.comments == []


@pytest.mark.parametrize(
    ("planned", "pause"),
    [("lost", 10), (Answer(503), 10), (Answer(429, {"Retry-After": "1200"}), 30), (Answer(403), 60)],
    ids=["lost", "down", "busy", "refused"],
)
async def test_a_comment_is_made_once_whatever_the_tracker_does(
    stage: Stage, server: StandIn, planned: Any, pause: int
) -> None:
    made = await accepted(stage)
    server.comment_plan = [planned]
    await reply(made)
    there = 1 if planned == "lost" else 0
    assert len(server.comments) == there
    if pause > 10:
        calls = len(server.calls)
        await look(stage)
        assert len(server.calls) == calls, "the tracker has asked for a pause"
    await look(stage, after=timedelta(minutes=pause))
    assert len(server.comments) == 1
    await look(stage)
    await hour(stage)
    assert len(server.comments) == 1
    assert replies(made) == []


async def test_a_comment_whose_answer_was_lost_does_not_come_back_before_it_is_found(
    stage: Stage, server: StandIn
) -> None:
    made = await accepted(stage)
    server.comment_plan = ["lost"]
    await reply(made)
    await hour(stage)
    assert (len(server.comments), replies(made)) == (1, [])


async def test_what_the_tracker_never_takes_is_said_once_and_holds_up_nothing(stage: Stage, server: StandIn) -> None:
    made = await accepted(stage)
    server.comment_plan = [Answer(422)]
    await reply(made)
    await reply(made, "And in Paris")
    assert ["And in Paris" in json.dumps(each.body) for each in server.comments] == [True]
    await posted(stage, "platform")
    [said] = [each for each in made.under_triage() if "is not in" in each]
    assert "A reply in the thread" in said
    assert "422" in said


async def test_a_refusal_is_said_once_and_other_threads_go_on(stage: Stage, server: StandIn) -> None:
    made = await accepted(stage)
    server.comment_plan = [Answer(403)] * 2
    await reply(made)
    await look(stage, after=timedelta(hours=1))
    await posted(stage, "platform")
    [said] = [each for each in made.under_triage() if "do not reach" in each]
    assert server.ref(1) in said
    assert "every hour" in said
    await look(stage)
    assert server.comments == []
    await look(stage, after=timedelta(hours=1))
    assert len(server.comments) == 1


async def test_an_edited_reply_is_edited_in_the_issue(stage: Stage, server: StandIn) -> None:
    made = await accepted(stage)
    message = await reply(made)
    await edit(made, message, "In Oslo, not where I said")
    [comment] = server.comments
    assert "In Oslo" in json.dumps(comment.body)
    assert "eu.example.test" not in json.dumps(comment.body)
    assert f"/p{message.ts.replace('.', '')}" in json.dumps(comment.body)
    await hour(stage)
    assert replies(made) == [], "what Baton has edited is still its own"
    calls = len(server.calls)
    await look(stage)
    assert len(server.calls) == calls, "once is enough"
    server.comments.clear()  # somebody has deleted it there
    await edit(made, message, "In Bergen")
    assert server.comments == []


async def test_an_edit_waits_for_a_tracker_that_is_down(stage: Stage, server: StandIn) -> None:
    made = await accepted(stage)
    message = await reply(made)
    server.comment_plan = [Answer(503)]
    await edit(made, message, "In Oslo")
    await look(stage)
    assert ["In Oslo" in json.dumps(each.body) for each in server.comments] == [True]


async def test_what_is_edited_or_deleted_in_the_issue_is_so_in_the_thread(stage: Stage, server: StandIn) -> None:
    made = await accepted(stage)
    its, other = server.say("mia", "The password is hunter2"), server.say("mia", "Which region?")
    await hour(stage)
    its.body = server.written("Sorry, wrong window")
    server.issues[0].changed_at = stage.clock.now()
    await hour(stage)
    said = [("wrong window" in each, "hunter2" in each) for each in replies(made)]
    assert said == [(True, False), (False, False)], "in the order in which they were written"
    server.comments.remove(its)
    server.issues[0].changed_at = stage.clock.now()
    await hour(stage)
    said = [each.text for each in made.replies() if "omment" in each.text]
    assert [("was deleted" in each, "wrong window" in each) for each in said] == [(True, False), (False, False)]
    stage.clock.advance(timedelta(days=15))
    server.comments.remove(other)
    server.say("mia", "Anybody?")
    await hour(stage)
    assert sum("Which region?" in each for each in replies(made)) == 1, "what is older than that is not looked at"


@pytest.mark.parametrize("planned", ["lost", Answer(503)], ids=["lost", "down"])
async def test_what_is_deleted_while_its_answer_is_lost_is_not_in_the_issue(
    stage: Stage, server: StandIn, planned: Any
) -> None:
    made = await accepted(stage)
    server.comment_plan = [planned]
    message = await reply(made)
    await stage.slack.delete("grace", "payments", message.ts)
    await look(stage)
    assert server.comments == []
    assert sum(call.startswith("DELETE") for call in server.calls) == (planned == "lost"), "nothing else is deleted"
    calls = len(server.calls)
    await look(stage)
    assert len(server.calls) == calls, "nobody looks for it again"


async def test_a_deletion_that_the_tracker_refuses_is_said(stage: Stage, server: StandIn) -> None:
    made = await accepted(stage)
    message = await reply(made)
    server.refuses_deletions = True
    await stage.slack.delete("grace", "payments", message.ts)
    for _ in range(2):
        await look(stage)
    await posted(stage, "platform")
    assert ["Delete it there" in each for each in made.under_triage() if "comment" in each] == [True]


async def test_a_long_reply_is_cut_to_what_every_tracker_takes_and_says_so(stage: Stage, server: StandIn) -> None:
    made = await accepted(stage)
    for text in ("x" * 39_000, "\n".join(["a line"] * 1_000), "z" * 19_990):
        await reply(made, text)
    cut = [json.dumps(each.body) for each in server.comments]
    assert all(len(each) < 32_767 for each in cut)
    assert ["All of it stands in Slack" in each for each in cut] == [True, True, False]
    assert "z" * 19_990 in cut[-1]


async def test_a_crowd_is_named_and_nothing_is_not_carried(stage: Stage, server: StandIn) -> None:
    made = await accepted(stage)
    await say(made, "   ")
    await reply(made, "<!here|here> and <!channel>: soon")
    assert ["@here and @channel: soon" in json.dumps(each.body) for each in server.comments] == [True]


async def test_a_file_is_named(stage: Stage, server: StandIn) -> None:
    made = await accepted(stage)
    workspace = stage.slack.workspace
    workspace._last_ts = max(workspace._last_ts, int(stage.clock.now().timestamp() * 1_000_000))
    await stage.slack.post("grace", "payments", "", thread_ts=made.root.ts, file="plan.txt")
    await look(stage)
    assert ["plan.txt" in json.dumps(each.body) for each in server.comments] == [True]


async def test_a_person_s_copy_of_a_comment_of_baton_s_is_a_person_s(stage: Stage, server: StandIn) -> None:
    made = await accepted(stage)
    await reply(made)
    server.commented(1, server.comments[0].body, author="mia")
    await hour(stage)
    assert len(replies(made)) == 1


@pytest.mark.parametrize(
    ("written", "said"),
    [("Done.\n<!-- a bot's\nown notes -->\nSee the page.", "Done."), ("<!-- nothing else -->", "(no words)")],
)
async def test_what_github_shows_to_nobody_is_not_carried(
    stage: Stage, server: StandIn, written: str, said: str
) -> None:
    if isinstance(server, JiraServer):
        pytest.skip("Jira hides nothing in a comment")
    made = await accepted(stage)
    server.commented(1, written, author="mia")
    await hour(stage)
    [carried] = replies(made)
    assert said in carried
    assert "own notes" not in carried
    assert "nothing else" not in carried


async def test_nothing_is_carried_to_a_project_that_everybody_can_read(stage: Stage, server: StandIn) -> None:
    if not isinstance(server, JiraServer):
        pytest.skip("GitHub moves no issue from a private repository to a public one")
    made = await accepted(stage)
    server.public_projects = {"WEB"}
    body, headers = server.move(1, "WEB-9")
    async with aiohttp.ClientSession() as session:
        await session.post(f"{stage.baton.url}/trackers/jira", data=body, headers=headers)
    await stage.settle()
    await reply(made)
    assert server.comments == []


async def test_threads_of_requests_that_have_long_ended_are_looked_into_once_a_day(
    stage: Stage, server: StandIn
) -> None:
    made = await accepted(stage)
    message = await reply(made)
    await made.press(made.triage, ids.MORE, user="lin", word="decline")
    assert await made.fill("lin", words="No budget") == {}
    await look(stage, after=timedelta(days=15))
    await stage.slack.delete("grace", "payments", message.ts)
    await look(stage)
    assert len(server.comments) == 1
    await look(stage, after=timedelta(days=1))
    assert server.comments == []


class TestOff:
    @pytest.fixture
    def is_on(self) -> bool:
        return False

    async def test_nothing_is_carried_unless_it_is_switched_on(self, stage: Stage, server: StandIn) -> None:
        made = await accepted(stage)
        await reply(made)
        server.say("mia", "Which region?")
        await hour(stage)
        assert [each.author for each in server.comments] == ["mia"]
        assert replies(made) == []
