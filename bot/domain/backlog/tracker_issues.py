"""A request's issue in a tracker: what may stand in it, and what its status means for the request."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from types import MappingProxyType

from bot.domain.backlog.requests import RequestCard, RequestItem, Step
from bot.domain.names import cut
from bot.domain.secrets import redacted
from bot.domain.tracker import CommentDraft, IssueDraft, IssueStatus

#: What trackers are called in messages, by the name that they have in the settings.
TRACKER_WORDS: Mapping[str, str] = MappingProxyType({"github": "GitHub", "jira": "Jira"})
_ADDRESS = re.compile(r"https?://[^\s<>]+")
#: Jira takes 32,767 characters with what it puts around each line, GitHub 65,536.
_LONGEST_TITLE, _LONGEST_TEXT, _MOST_LINES = 150, 20_000, 200
_CUT = "… It is too long for this place. All of it stands in Slack."


def draft(
    card: RequestCard, marker: str, *, is_public: bool, is_from_private_channel: bool, as_of: date
) -> IssueDraft | None:
    """Return the issue of a request; None for a private request, which stays in Slack.

    An issue is never more public than the thread. The words of a private channel go nowhere, the title among them;
    those of teams that have joined are of `card.asked_too`. Where everybody can read the issue, it holds the title and
    the link alone. What was said in the thread is never copied: the link leads there.
    """
    if card.is_private:
        return None
    permalink = card.permalink if _ADDRESS.fullmatch(card.permalink) else ""
    if is_from_private_channel:
        return IssueDraft(marker, f"DevOps request #{card.id}", permalink=permalink)
    title = cut(redacted(card.title), _LONGEST_TITLE)
    if is_public:
        return IssueDraft(marker, title, permalink=permalink)
    as_of_line = f"As of {as_of.isoformat()}: what has changed since stands in Slack."
    return IssueDraft(marker, title, (*_fitting(_lines(card)), as_of_line), permalink)


def comment(author: str, text: str, files: Sequence[str], marker: str, permalink: str) -> CommentDraft:
    """Return what somebody wrote in the thread, and the names of what they attached, as a comment of its issue."""
    attached = [f"Attached in Slack: {each}" for each in files]
    return CommentDraft(marker, (f"{author} in Slack:", *_fitting([*text.splitlines(), *attached])), permalink)


def _fitting(lines: Iterable[str]) -> list[str]:
    """Return what a tracker takes of some lines, without secrets, and that the rest was left out."""
    kept: list[str] = []
    left = _LONGEST_TEXT
    for line in map(redacted, lines):
        if len(kept) == _MOST_LINES or len(line) > left:
            return [*kept, line[:left], _CUT] if len(kept) < _MOST_LINES else [*kept, _CUT]
        kept.append(line)
        left -= len(line)
    return kept


def _lines(card: RequestCard) -> list[str]:
    others = [each for each in card.asked_too if each.title]
    names = list(dict.fromkeys(each.whose for each in others))
    lines = [f"Request #{card.id}" + (f" for {card.team.name}" if card.team is not None else "")]
    if also := [*(f"#{number}" for number, _ in card.parts), *names]:
        lines.append(f"Also for {', '.join(also)}")
    if card.needed_by is not None:
        lines.append(f"Needed by {card.needed_by.isoformat()}{_by_whom(card, names)}")
    lines += _asked(card.items, card.details)
    for each in others:
        lines += [f"{each.whose} asks for {each.title}", *_asked(each.items, each.details)]
    known = {"Technologies": card.technologies, "New to the team": card.skills_gaps}
    return lines + [f"{label}: {', '.join(several)}" for label, several in known.items() if several]


def _by_whom(card: RequestCard, names: Collection[str]) -> str:
    """Return whose day it is, or why its own team has it: the reasons of others may be of a private channel."""
    if card.needed_for:
        return f" by {card.needed_for if card.needed_for in names else 'another team'}"
    return f" ({card.needed_reason})" if card.needed_reason else ""


def _asked(items: Sequence[RequestItem], details: str) -> list[str]:
    kinds = (f"{each.type}, done" if each.is_done else each.type for each in items)
    asked = zip(items, kinds, strict=True)
    lines = [f"- {each.title} ({kind})" + (f": {each.why}" if each.why else "") for each, kind in asked]
    return lines + details.splitlines()


def step_for(before: IssueStatus, now: IssueStatus) -> Step | None:
    """Return the step that a change in the tracker is; None when it is none, or people have to decide.

    Only a change counts: a request that its asker finds not done yet goes on although its issue is closed.
    """
    if before is now or now is IssueStatus.DROPPED:
        return None
    return Step.DELIVER if now is IssueStatus.DONE else Step.RESUME
