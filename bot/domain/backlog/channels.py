"""How much Baton says about requests in a channel, as its people have set it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.domain.backlog.requests import RequestStanding, RequestState


class ChannelPosts(StrEnum):
    """What is posted into the threads of a channel from which requests were opened."""

    USUAL = "usual"  #: a message whenever whoever asked has to know something
    CARD = "card"  #: the card alone, which is edited; whoever asked is told in person


@dataclass(frozen=True, slots=True)
class ChannelSettings:
    """What is set for a channel."""

    posts: ChannelPosts = ChannelPosts.USUAL
    has_emoji: bool = False  #: whether a reaction shows how a thread's request stands


class StatusMark(StrEnum):
    """How a request stands, as a reaction on its thread's first message shows it."""

    SEEN = "seen"
    DONE = "done"
    FAILED = "failed"


def status_mark(standing: RequestStanding) -> StatusMark:
    """Return how a request stands in one of three words; what is part of another stands as that does."""
    match (standing.whole or standing).state:
        case RequestState.DELIVERED | RequestState.CONFIRMED | RequestState.ANSWERED:
            return StatusMark.DONE
        case RequestState.DECLINED | RequestState.WITHDRAWN:
            return StatusMark.FAILED
        case _:
            return StatusMark.SEEN
