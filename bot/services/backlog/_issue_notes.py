"""What the DevOps team reads where a step in Slack leaves a request's issue behind: Baton changes no issue."""

from __future__ import annotations

from bot.blocks.backlog import tracker_notes as notes
from bot.domain.backlog.requests import Step
from bot.domain.backlog.tracker_issues import TRACKER_WORDS
from bot.domain.tracker import IssueStatus
from bot.services import outbox
from bot.services.backlog._cards import RequestAct, tell_devops
from bot.store import tables

#: Steps after which nobody has to work on a request, and those after which somebody has to once more.
_ENDS = frozenset({Step.DELIVER, Step.ANSWER, Step.DECLINE, Step.DISMISS, Step.MERGE, Step.WITHDRAW})
_GOES_ON = frozenset({Step.NOT_YET, Step.REOPEN, Step.UNMERGE, Step.RESUME})


async def tell_out_of_step(act: RequestAct, step: Step) -> None:
    """Say below the DevOps team's message that the request's issue is still open, or closed, where that is wrong now.

    People who work in the tracker would go on with what nobody needs, or believe done what is not. Where it is right
    again, what was said before asks them for nothing any more.
    """
    issue = await act.session.get(tables.TrackerIssue, act.subject_id)
    if issue is None or issue.state != "made" or step not in _ENDS | _GOES_ON:
        return
    is_open = issue.status == IssueStatus.OPEN.value
    if step in (_ENDS if is_open else _GOES_ON):
        message = notes.issue_left(TRACKER_WORDS[issue.tracker], issue.ref, issue.url, is_open=is_open)
        key = f"{_said_at(act, step)}:{int(act.now.timestamp() * 1000)}"
        await tell_devops(act.session, act.subject_id, key=key, message=message, at=act.now)
        return
    settled = notes.issue_settled(TRACKER_WORDS[issue.tracker], issue.ref, issue.url, is_open=is_open)
    for before in _ENDS if is_open else _GOES_ON:
        for key in await outbox.keys_below(act.session, _said_at(act, before)):
            await act.revise(key, settled)


def _said_at(act: RequestAct, step: Step) -> str:
    return f"backlog.issue:{act.subject_id}:{step.value}"
