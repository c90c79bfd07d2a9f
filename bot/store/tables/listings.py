"""What Slack lists, and how far Baton has read it."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field

from bot.store.tables._basics import Row, when, words


class SlackListing(Row, table=True):
    """How far one of Slack's listings has been read."""

    __tablename__ = "slack_listings"
    listing: str = Field(primary_key=True)  #: a `bot.services.listings.ListingKind`
    cursor: str = words()  #: where the next page begins; "" for the first page
    began_at: datetime = when()  #: when the reading that the cursor belongs to began
    due_at: datetime = when()  #: the earliest time of the next reading


class SlackChannel(Row, table=True):
    """A channel that Slack lists, so that a team's channel can be found by name without asking Slack."""

    __tablename__ = "slack_channels"
    channel_id: str = Field(primary_key=True)
    name: str = words()
    is_shared: bool = False  #: whether other organisations are in it or invited
    seen_at: datetime = when()
