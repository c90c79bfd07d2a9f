"""How much Baton says about requests in a channel, as its people have set it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ChannelPosts(StrEnum):
    """What is posted into the threads of a channel from which requests were opened."""

    USUAL = "usual"  #: a message whenever whoever asked has to know something
    CARD = "card"  #: the card alone, which is edited; whoever asked is told in person


@dataclass(frozen=True, slots=True)
class ChannelSettings:
    """What is set for a channel."""

    posts: ChannelPosts = ChannelPosts.USUAL
