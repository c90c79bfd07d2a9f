"""Issues as trackers have them, and as Baton creates them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class IssueStatus(StrEnum):
    """The state of an issue. A dropped one was closed without being done: not planned, or a duplicate."""

    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class TrackedIssue:
    """An issue in the tracker. `ref` is its name there (`acme/platform#12`, `OPS-7`)."""

    ref: str
    url: str
    status: IssueStatus
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class IssueDraft:
    """An issue to create. `lines` are as people typed them; the client renders them as inert text.

    `marker` is in the issue, so that it can be found again if the tracker's answer was lost.
    """

    marker: str
    title: str
    lines: tuple[str, ...] = ()
    permalink: str = ""


@dataclass(frozen=True, slots=True)
class TrackedComment:
    """A comment in the tracker. `text` is its content. `marker` is that of a comment that Baton made, or ""."""

    id: str
    author: str
    text: str
    url: str
    at: datetime
    is_from_person: bool = True
    marker: str = ""


@dataclass(frozen=True, slots=True)
class CommentDraft:
    """A comment to create. `permalink` leads to the message; `lines` and `marker` are as in `IssueDraft`."""

    marker: str
    lines: tuple[str, ...]
    permalink: str
