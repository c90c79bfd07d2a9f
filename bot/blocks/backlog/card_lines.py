"""The lines of a request's card: what is asked for, by whom else, and what was said."""

from __future__ import annotations

from dataclasses import replace

from bot.blocks.backlog import savings, words
from bot.blocks.text import date, escape, link, passage, shorten
from bot.domain.backlog.open_items import as_listed
from bot.domain.backlog.requests import ENDED, AskedToo, RequestCard, RequestState, in_sentence
from bot.domain.backlog.savings import UNNAMED

#: Requests that became part of this one, by name; the rest is counted.
_MOST_PARTS = 4
#: Earlier questions, answers and reasons, for whoever asks to see a request.
_MOST_BEFORE = 6
#: How much is shown of what somebody wrote: in a channel's card, where it is the news, and of what was said before.
_LONGEST_POSTED, _LONGEST_SAID, _LONGEST_BEFORE = 600, 2_100, 1_000
#: Characters of one thing that the DevOps team has to know.
_LONGEST_NOTE = 2_400


def body(its: RequestCard) -> list[str]:
    """Return what is asked for, by whom else, what it has saved, and what was said before."""
    has_it = its.state is RequestState.CONFIRMED
    work = [words.work(its)] if its.items and (its.is_awaited or has_it) else []
    library = [f"Library: {link(its.library_link, its.library)}"] if its.library else []
    others = [line for each in its.asked_too[:_MOST_PARTS] for line in words.asked_too(each, details=its.details)]
    if (hidden := len(its.asked_too) - _MOST_PARTS) > 0:
        others.append(f"… and {hidden} more of other teams")
    lines = [*words.about(its), *library, *_parts(its), *words.items(as_listed(its, its.items)), *work, *others]
    return [*lines, *savings.of_request(its.savings), *_before(its)]


def for_all(its: RequestCard) -> RequestCard:
    """Return a request without who has asked for it privately as well, and for what, and with what is long cut."""
    others = (AskedToo(whose="", title="") if each.is_private else each for each in its.asked_too)
    parts = ((number, "" if number in its.private_parts else whose) for number, whose in its.parts)
    missed = (each for each in its.missed if each[0] not in its.private_parts)
    joined = ("" if each in its.unnamed else each for each in its.joined)
    savings_ = (replace(each, team=UNNAMED) if each.team in its.unnamed else each for each in its.savings)
    before = (replace(each, by="") if each.by in its.unnamed else each for each in its.before)
    details = its.details
    if len(details) > _LONGEST_POSTED:
        details = f"{shorten(details, _LONGEST_POSTED)} (/devops show {its.id} has all of it)"
    return replace(
        its,
        asked_too=tuple(others),
        parts=tuple(parts),
        missed=tuple(missed),
        joined=tuple(joined),
        savings=tuple(savings_),
        before=tuple(before),
        details=details,
    )


def _before(its: RequestCard) -> list[str]:
    """Return what was said before the last words, the latest of it."""
    return [f"{date(each.at)}: {passage(words.said(each), _LONGEST_BEFORE)}" for each in its.before[-_MOST_BEFORE:]]


def _parts(its: RequestCard) -> list[str]:
    """Return who else needs it: those whose requests became part of it, and the teams that have joined."""
    named = [
        f"{escape(whose, 30) or 'somebody'} (#{number}{', does the job' if number in its.confirmed_parts else ''})"
        for number, whose in its.parts[:_MOST_PARTS]
    ]
    named += [
        f"{escape(each, 30) or 'somebody'}{' (does the job)' if each in its.joined_confirmed else ''}"
        for each in its.joined[:_MOST_PARTS]
    ]
    more = len(its.parts) + len(its.joined) - len(named)
    return [f"Also for {', '.join(named)}" + (f" and {more} more" if more else "")] if named else []


def about(its: RequestCard) -> list[str]:
    """Return what else the DevOps team has to know."""
    said = {
        "Technologies": ", ".join(its.technologies),
        "New to the team": ", ".join(its.skills_gaps),
        "Stays with the team": "; ".join(its.stays_with_team),
        "Also said": its.details,
    }
    return [f"{label}: {passage(text, _LONGEST_NOTE)}" for label, text in said.items() if text]


def said_last(its: RequestCard) -> list[str]:
    """Return what was said when the request came to stand as it does."""
    said = passage(its.reason, _LONGEST_SAID, mark="> ") if its.reason else ""
    if its.whole is not None:
        return [f"Part of {part_of(its.whole, is_private=its.is_private)}", *([said] if said else [])]
    where = link(its.link, its.link) if its.link else ""
    lines = [f"{said} {where}" if said else f"> {where}"] if said or where else []
    missed = (f"{team}: {words_}" for _, team, words_ in its.missed[:_MOST_PARTS])
    return [*lines, *(passage(each, _LONGEST_POSTED, mark="> ") for each in missed)]


def part_of(whole: RequestCard, *, is_private: bool) -> str:
    """Return which request another is part of, and how it stands; why only where that is no secret."""
    is_known = is_private or not whole.is_private
    name = words.name(whole) if is_known else words.public_name(whole)
    said = f"{name} now, which is {in_sentence(whole.state)}"
    is_told = whole.reason and whole.state in ENDED and is_known
    return f"{said}: {escape(whole.reason, 600)}" if is_told else f"{said}."
