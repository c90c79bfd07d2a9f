"""When support ends: the copy of the feed, providers' own dates, and dates that have moved."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Column, Index, LargeBinary, UniqueConstraint
from sqlmodel import Field

from bot.store.tables._basics import Row, when, words


class FeedCopy(Row, table=True):
    """One row: the last good copy of the feed of end-of-life dates, and the result of the last attempt."""

    __tablename__ = "feed_copy"
    id: int = Field(primary_key=True)
    body: bytes = Field(default=b"", sa_column=Column(LargeBinary, nullable=False))  #: zlib; empty if there is no copy
    etag: str = words()
    last_modified: str = words()
    digest: str = words()
    products: int = 0
    cycles: int = 0
    fetched_at: datetime | None = when(nullable=True)  #: when this copy was fetched
    confirmed_at: datetime | None = when(nullable=True)  #: when the feed last gave or confirmed it
    tried_at: datetime | None = when(nullable=True)
    not_before: datetime | None = when(nullable=True)  #: the feed asked for a pause until then
    failure: str = words()  #: why the last attempt failed; "" if it did not


#: The provider of the organisation's own versions, from the catalog. Their `engine` is an asset's ref.
CATALOG = "catalog"


class ProviderDates(Row, table=True):
    """A provider's own dates for the versions that it runs, or an owner's for their library.

    They override the feed.
    """

    __tablename__ = "provider_dates"
    __table_args__ = (UniqueConstraint("provider", "engine", "cycle", "region"),)
    id: int = Field(default=None, primary_key=True)
    provider: str = words()
    engine: str = words()
    cycle: str = words()
    region: str = words()
    standard_until: date | None = None
    extended_from: date | None = None
    extended_until: date | None = None
    seen_at: datetime = when()


class DateChange(Row, table=True):
    """A date of a release cycle has moved. The oldest rows show what was known first."""

    __tablename__ = "date_changes"
    __table_args__ = (Index("ix_date_changes_product_cycle", "product", "cycle"),)
    id: int = Field(default=None, primary_key=True)
    product: str = words()
    cycle: str = words()
    clock: str = words()  #: `eoas`, `eol` or `eoes`
    before: str = words()  #: a day, `open`, `ended` or `absent`
    after: str = words()
    at: datetime = when()
