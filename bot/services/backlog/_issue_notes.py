"""What the DevOps team reads where a step in Slack leaves a request's issue behind: Baton changes no issue."""

from __future__ import annotations

from bot.blocks.backlog import tracker_notes as notes
from bot.blocks.backlog import words
from bot.blocks.text import Rendered
from bot.domain.backlog.requests import Step
from bot.domain.backlog.tracker_issues import TRACKER_WORDS
from bot.domain.tracker import IssueStatus
from bot.services import outbox
from bot.services.backlog._cards import RequestAct, tell_devops
from bot.store import tables

#: Steps after which nobody has to work on a request, and those after which somebody has to once more.
_ENDS = frozenset({Step.DELIVER, Step.SUFFICE, Step.ANSWER, Step.DECLINE, Step.DISMISS, Step.MERGE, Step.WITHDRAW})
_GOES_ON = frozenset({Step.NOT_YET, Step.REOPEN, Step.UNMERGE, Step.RESUME})


async def tell_out_of_step(act: RequestAct, step: Step) -> None:
    """Say below the DevOps team's message that the request's issue is still open, or closed, where that is wrong now.

    People who work in the tracker would go on with what nobody needs, or believe done what is not.
    """
    issue = await act.session.get(tables.TrackerIssue, act.subject_id)
    if issue is None or issue.state != "made" or step not in _ENDS | _GOES_ON:
        return
    is_open = issue.status == IssueStatus.OPEN.value
    if step not in (_ENDS if is_open else _GOES_ON):
        await strike(act, issue, asked_to_close=is_open)
        return
    key = f"{_said_at(act, step)}:{int(act.now.timestamp() * 1000)}"
    message = _left(issue, is_open=is_open, still=words.left_to_do(act.card))
    await tell_devops(act.session, act.subject_id, key=key, message=message, at=act.now)


async def strike(act: RequestAct, issue: tables.TrackerIssue, *, asked_to_close: bool) -> None:
    """Strike out what has asked to close the request's issue, or to open it: it is done, or no longer wanted.

    So is what has asked to decide about an issue that was closed without being done.
    """
    dropped = f"backlog.issue:{act.subject_id}:{IssueStatus.DROPPED.value}"
    for key in await outbox.keys_below(act.session, dropped):
        message = notes.issue_dropped(TRACKER_WORDS[issue.tracker], issue.ref, issue.url, act.subject_id)
        await act.revise(key, notes.struck(message))
    for before in _ENDS if asked_to_close else _GOES_ON:
        for key in await outbox.keys_below(act.session, _said_at(act, before)):
            await act.revise(key, notes.struck(_left(issue, is_open=asked_to_close)))


def _left(issue: tables.TrackerIssue, *, is_open: bool, still: str = "") -> Rendered:
    return notes.issue_left(TRACKER_WORDS[issue.tracker], issue.ref, issue.url, is_open=is_open, still=still)


def _said_at(act: RequestAct, step: Step) -> str:
    return f"backlog.issue:{act.subject_id}:{step.value}"
