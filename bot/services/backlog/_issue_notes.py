"""What the DevOps team reads where a step in Slack leaves a request's issue behind: Baton changes no issue."""

from __future__ import annotations

from bot.blocks.backlog import tracker_notes as notes
from bot.domain.backlog.requests import Step
from bot.domain.backlog.tracker_issues import TRACKER_WORDS
from bot.domain.tracker import IssueStatus
from bot.services.backlog._cards import RequestAct, tell_devops
from bot.store import tables

#: Steps after which nobody has to work on a request, and those after which somebody has to once more.
_ENDS = frozenset({Step.DELIVER, Step.ANSWER, Step.DECLINE, Step.DISMISS, Step.MERGE, Step.WITHDRAW})
_GOES_ON = frozenset({Step.NOT_YET, Step.REOPEN, Step.UNMERGE, Step.RESUME})


async def tell_out_of_step(act: RequestAct, step: Step) -> None:
    """Say below the DevOps team's message that the request's issue is still open, or closed, where that is wrong now.

    People who work in the tracker would go on with what nobody needs, or believe done what is not.
    """
    issue = await act.session.get(tables.TrackerIssue, act.subject_id)
    if issue is None or issue.state != "made":
        return
    is_open = issue.status == IssueStatus.OPEN.value
    if step not in (_ENDS if is_open else _GOES_ON):
        return
    message = notes.issue_left(TRACKER_WORDS[issue.tracker], issue.ref, issue.url, is_open=is_open)
    key = f"backlog.issue:{act.subject_id}:{step.value}:{int(act.now.timestamp() * 1000)}"
    await tell_devops(act.session, act.subject_id, key=key, message=message, at=act.now)
