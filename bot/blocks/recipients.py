"""Where a message goes, in words for whoever caused it."""

from __future__ import annotations

from collections.abc import Sequence

from bot.blocks.text import channel, escape
from bot.domain.recipients import Told, Via

#: Recipients that a receipt names one by one.
_MOST = 4


def said_to(told: Sequence[Told]) -> str:
    """Return a sentence for each recipient that says where they are told, or why nobody is."""
    if not told:
        return "The catalog names no owner to tell: ask a catalog admin who it could be."
    more = len(told) - _MOST
    return " ".join([*map(_sentence, told[:_MOST]), *([f"… and {more} more."] if more > 0 else [])])


def _sentence(told: Told) -> str:
    if not told.name and not told.is_team and told.via in (Via.OWN, Via.PLATFORM):  # everybody was to be told
        return f"I am asking in {channel(told.place)}."
    name, place = escape(told.name, 80) or "the owner", channel(told.place)
    if told.via is Via.NOWHERE:
        return _nobody(told, name)
    if not told.is_new:
        where = escape(told.person, 80) if told.person else place
        who = name if where == name else f"{name} ({where})"
        return f"{who} already knows."
    lack = f"{name} has {_lack(told)}."
    match told.via:
        case Via.OWN:
            return f"I am telling {name} in {place}." if place and not told.person else f"I am telling {name}."
        case Via.PERSON:
            return f"{lack} I am telling {escape(told.person, 80)}."
        case Via.PLATFORM:
            return f"{lack} I am asking in {place}."
        case Via.MEMBER:
            return f"{lack} I am telling {escape(told.person, 80)} from the team."
    if told.person:
        whom = f"{escape(told.person, 80)} for {name}" if told.person != told.name else name
        return f"I am trying {whom}. Slack took no message there lately. If it takes none now, I will tell you."
    return f"I am trying {place} for {name}. I may be unable to post there. If so, I will tell you."


def _nobody(told: Told, name: str) -> str:
    next_step = "Talk to them, or ask a catalog admin to name a channel."
    if not told.is_team:
        next_step = "Ask a catalog admin to name another owner."
    return f"I can tell nobody: {name} has {_lack(told)}. {next_step}"


def _lack(told: Told) -> str:
    if not told.is_team:
        return "no active account in Slack"
    if told.via in (Via.PLATFORM, Via.MEMBER, Via.NOWHERE):
        return "no open channel or lead in Slack"
    return "no open channel in Slack"
