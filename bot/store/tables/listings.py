"""What Slack lists, and how far it has been read."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field

from bot.store.tables._basics import Row, when, words


class SlackListing(Row, table=True):
    """How far one of Slack's listings has been read."""

    __tablename__ = "slack_listings"
    listing: str = Field(primary_key=True)  #: a `bot.services.listings.ListingKind`
    cursor: str = words()  #: where the next page begins; empty: at the beginning
    began_at: datetime = when()  #: when the reading that the cursor belongs to began
    due_at: datetime = when()  #: not before


class SlackChannel(Row, table=True):
    """A channel that Slack lists, so that a team's channel is found by its name while Slack is not asked."""

    __tablename__ = "slack_channels"
    channel_id: str = Field(primary_key=True)
    name: str = words()
    is_shared: bool = False  #: whether other organisations are in it, or are invited
    seen_at: datetime = when()
