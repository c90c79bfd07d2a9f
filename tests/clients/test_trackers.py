"""The clients of trackers against stand-ins: what is sent, what is found, and what their failures are taken for."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from bot.clients.trackers import jira
from bot.clients.trackers._answers import error_for
from bot.domain.tracker import IssueDraft, IssueStatus
from bot.errors import TrackerBusyError, TrackerError, TrackerRefusedError, TrackerUnreachableError
from bot.ports import Tracker
from tests.conftest import FixedClock
from tests.tracker_servers import TOKEN, Answer, GitHubServer, JiraServer, StandIn

MARKER = "baton-0123456789abcdef"
DRAFT = IssueDraft(MARKER, "Cassandra", ("- a keyspace", "@acme/everybody closes #1"), "https://acme.slack.com/p1")


def github() -> Any:
    return pytest.importorskip(
        "bot.clients.trackers.github", exc_type=ImportError, reason="the extra baton[github] is not installed"
    )


@pytest.fixture(params=["github", "jira"])
def server(request: pytest.FixtureRequest, clock: FixedClock) -> StandIn:
    if request.param == "jira":
        return JiraServer(clock)
    github()
    return GitHubServer(clock)


@pytest.fixture
async def tracker(server: StandIn) -> AsyncIterator[Tracker]:
    async with server.serving() as tracker:
        yield tracker


async def test_an_issue_is_made_read_and_found(server: StandIn, tracker: Tracker, clock: FixedClock) -> None:
    made = await tracker.create(DRAFT)
    assert (made.ref, made.status, made.changed_at) == (server.ref(1), IssueStatus.OPEN, clock.now())
    assert await tracker.read(made.ref) == made
    assert await tracker.find(MARKER, since=clock.now() - timedelta(minutes=10)) == made
    assert await tracker.find("baton-another", since=clock.now() - timedelta(minutes=10)) is None


async def test_an_issue_is_found_behind_pages_of_others(server: StandIn, tracker: Tracker, clock: FixedClock) -> None:
    server.page_size = 2
    await tracker.create(DRAFT)
    for number in range(5):
        clock.advance(timedelta(seconds=1))
        await tracker.create(IssueDraft(f"baton-{number}", "Another"))
    found = await tracker.find(MARKER, since=clock.now() - timedelta(minutes=10))
    assert found is not None
    assert found.ref == server.ref(1)
    changed = [each.ref async for each in tracker.changed_since(clock.now() - timedelta(minutes=10))]
    assert changed == [server.ref(number) for number in range(1, 7)]


@pytest.mark.parametrize("is_public", [True, False])
async def test_whether_everybody_can_read_the_issues(server: StandIn, tracker: Tracker, is_public: bool) -> None:
    server.is_public = is_public
    assert await tracker.is_public() is is_public


async def test_an_internal_repository_counts_as_public(clock: FixedClock) -> None:
    github()
    server = GitHubServer(clock)
    server.down = Answer(200, body=b'{"private": true, "visibility": "internal"}')
    async with server.serving() as tracker:
        assert await tracker.is_public()


async def test_a_deleted_issue_is_none_and_one_that_is_not_shown_is_a_refusal(
    server: StandIn, tracker: Tracker
) -> None:
    await tracker.create(DRAFT)
    server.issues[0].is_deleted = True
    assert await tracker.read(server.ref(1)) is None
    server.down = Answer(404)
    with pytest.raises(TrackerRefusedError):
        await tracker.read(server.ref(1))


@pytest.mark.parametrize("body", [b"<html>", b"[]", b"{}", b'{"fields": 7, "key": "OPS-1"}', b"\xff", b""])
async def test_an_answer_of_another_shape_is_none(server: StandIn, tracker: Tracker, body: bytes) -> None:
    server.down = Answer(200, body=body)
    with pytest.raises(TrackerUnreachableError):
        await tracker.read(server.ref(1))


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, TrackerRefusedError),
        (401, TrackerRefusedError),
        (410, TrackerRefusedError),
        (422, TrackerRefusedError),
        (429, TrackerBusyError),
        (500, TrackerUnreachableError),
        (503, TrackerUnreachableError),
        (520, TrackerUnreachableError),  # of a proxy's own, and of nobody's list
    ],
)
async def test_statuses(server: StandIn, tracker: Tracker, status: int, kind: type[TrackerError]) -> None:
    server.down = Answer(status, message=f"{TOKEN} <!channel>")
    with pytest.raises(kind) as caught:
        await tracker.create(DRAFT)
    assert TOKEN not in str(caught.value)
    assert "channel" not in str(caught.value)


async def test_nobody_at_the_address(server: StandIn) -> None:
    async with server.serving():
        pass
    async with server.connected() as tracker:
        with pytest.raises(TrackerUnreachableError, match="cannot be reached"):
            await tracker.create(DRAFT)


def test_a_limit_that_is_used_up_lasts_until_it_begins_anew() -> None:
    for headers, least, most in (
        ({"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "99999999999"}, 86_400, 86_400),
        ({"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1"}, 60, 60),
        ({"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "soon"}, 60, 60),
        ({"X-RateLimit-Remaining": "0", "Retry-After": "7"}, 7, 7),
    ):
        error = error_for("GitHub", 403, headers)
        assert isinstance(error, TrackerBusyError)
        assert error.retry_after_seconds is not None
        assert least <= error.retry_after_seconds <= most
    assert isinstance(error_for("GitHub", 403, {"X-RateLimit-Remaining": "7"}), TrackerRefusedError)


@pytest.mark.parametrize("typed", ["@acme/everybody #1", "```\n@acme/everybody", "````text", "<!-- -->", "a\n~~~\n#2"])
def test_what_is_typed_stays_in_the_code_block_on_github(typed: str) -> None:
    body = github().body(IssueDraft(MARKER, "A title", ("first", typed), "https://acme.slack.com/p1"))
    fence = body.split("text\n")[0]
    inside = body[len(fence) + len("text\n") :].split(f"\n{fence}\n")[0]
    assert set(fence) == {"`"}
    assert inside == f"first\n{typed}"
    assert body.endswith(f"The request in Slack: <https://acme.slack.com/p1>\n\n<!-- {MARKER} -->")


def test_what_is_typed_is_text_at_jira() -> None:
    content = jira.description(DRAFT)["content"]
    texts = [node for paragraph in content for node in paragraph["content"]]
    assert [node["text"] for node in texts] == [*DRAFT.lines, "The request in Slack"]
    assert [node.get("marks") for node in texts[:2]] == [None, None]


async def test_a_link_that_jira_does_not_take_is_no_failure(clock: FixedClock) -> None:
    server = JiraServer(clock)
    async with server.serving() as tracker:
        await tracker.create(DRAFT)
        assert server.links == {MARKER: {"url": DRAFT.permalink, "title": "The request in Slack"}}
        server.refuses_links = True
        assert (await tracker.create(IssueDraft("baton-2", "B", permalink=DRAFT.permalink))).ref == "OPS-2"


@pytest.mark.parametrize("status", [403, 404, 429])
async def test_an_issue_that_jira_has_made_is_made_whether_it_can_be_read_or_not(
    clock: FixedClock, status: int
) -> None:
    server = JiraServer(clock)
    server.unread = Answer(status, {"Retry-After": "5"} if status == 429 else {})
    async with server.serving() as tracker:
        made = await tracker.create(DRAFT)
    assert (made.ref, made.status) == ("OPS-1", IssueStatus.OPEN)


async def test_jira_is_asked_for_minutes_because_dates_have_a_time_zone(clock: FixedClock) -> None:
    server = JiraServer(clock)
    async with server.serving() as tracker:
        assert [each async for each in tracker.changed_since(clock.now() - timedelta(minutes=70))] == []
    assert server.queries == ['project = "OPS" AND updated >= "-70m" ORDER BY updated ASC']


def test_a_webhook_names_its_issue(server: StandIn) -> None:
    odd: list[Any] = [[], 7, None, {"issue": {}}, {"issue": {"number": "1", "key": 1}}, {"zen": "x"}]
    odd.append({"changelog": {"items": [{"field": "Key"}]}})
    kind: Any = jira.JiraTracker if isinstance(server, JiraServer) else github().GitHubTracker
    tracker = kind.__new__(kind)
    tracker._repository = "acme/platform"
    assert [tracker.named_in(each) for each in odd] == [""] * len(odd)
