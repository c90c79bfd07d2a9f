"""A request's issue in a tracker: what may stand in it, and what its status means for the request."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from bot.domain.backlog.requests import RequestCard, Step
from bot.domain.secrets import redacted
from bot.domain.tracker import IssueDraft, IssueStatus

#: What trackers are called in messages, by the name that they have in the settings.
TRACKER_WORDS: Mapping[str, str] = MappingProxyType({"github": "GitHub", "jira": "Jira"})
_ADDRESS = re.compile(r"https?://[^\s<>]+")
_LONGEST_TITLE, _LONGEST_LINE, _MOST_ITEMS = 150, 500, 40


def draft(card: RequestCard, marker: str, *, is_public: bool, is_from_private_channel: bool) -> IssueDraft | None:
    """Return the issue of a request; None for a private request, which stays in Slack.

    An issue is never more public than the thread. The words of a private channel go nowhere, the title among them.
    Where everybody can read the issue, it holds the title and the link alone. What was said in the thread is never
    copied: the link leads there.
    """
    if card.is_private:
        return None
    permalink = card.permalink if _ADDRESS.fullmatch(card.permalink) else ""
    if is_from_private_channel:
        return IssueDraft(marker, f"DevOps request #{card.id}", permalink=permalink)
    title = redacted(card.title)[:_LONGEST_TITLE]
    if is_public:
        return IssueDraft(marker, title, permalink=permalink)
    return IssueDraft(marker, title, tuple(redacted(each)[:_LONGEST_LINE] for each in _lines(card)), permalink)


def _lines(card: RequestCard) -> list[str]:
    lines = [f"Request #{card.id}" + (f" for {card.team.name}" if card.team is not None else "")]
    if card.needed_by is not None:
        reason = f" ({card.needed_reason})" if card.needed_reason else ""
        lines.append(f"Needed by {card.needed_by.isoformat()}{reason}")
    lines += [f"- {each.title} ({each.type})" + (f": {each.why}" if each.why else "") for each in card.items]
    lines = lines[:_MOST_ITEMS]
    return lines + ([card.details] if card.details else [])


def step_for(before: IssueStatus, now: IssueStatus) -> Step | None:
    """Return the step that a change in the tracker is; None when it is none, or people have to decide.

    Only a change counts: a request that its asker finds not done yet goes on although its issue is closed.
    """
    if before is now or now is IssueStatus.DROPPED:
        return None
    return Step.DELIVER if now is IssueStatus.DONE else Step.RESUME
