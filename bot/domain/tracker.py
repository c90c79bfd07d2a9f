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


@dataclass(frozen=True, slots=True)
class TrackedComment:
    """A comment as the tracker has it; `text` is what it says. `marker` is that of one that Baton made, or empty."""

    id: str
    author: str
    text: str
    url: str
    at: datetime
    is_from_person: bool = True
    marker: str = ""


@dataclass(frozen=True, slots=True)
class CommentDraft:
    """A comment that is to be made. `permalink` leads to the message; `lines` and `marker` are as of an issue."""

    marker: str
    lines: tuple[str, ...]
    permalink: str
