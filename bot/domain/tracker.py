"""Issues as trackers have them, and as they are to be made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class IssueStatus(StrEnum):
    """Where an issue stands. A dropped one was closed without being done: not planned, or a duplicate."""

    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class TrackedIssue:
    """An issue as the tracker has it. `ref` names it there (`acme/platform#12`, `OPS-7`)."""

    ref: str
    url: str
    status: IssueStatus
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class IssueDraft:
    """An issue that is to be made. `lines` are as people typed them: the client renders them as inert text.

    `marker` stands in the issue, so that it is found again when the tracker's answer was lost.
    """

    marker: str
    title: str
    lines: tuple[str, ...] = ()
    permalink: str = ""
