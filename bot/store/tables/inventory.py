"""What runs where."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field

from bot.store.tables._basics import Row, partial_index, when, words


class Deployment(Row, table=True):
    """A source has seen an asset run a product at a version. It gets `gone_at` when the source no longer sees it."""

    __tablename__ = "deployments"
    __table_args__ = (
        UniqueConstraint(
            "source_id", "asset_id", "product", "provider", "environment", "version", name="uq_deployments"
        ),
        Index("ix_deployments_asset_id", "asset_id"),
        partial_index("ix_deployments_gone_at", "gone_at", where="gone_at IS NOT NULL"),
    )
    id: int = Field(default=None, primary_key=True)
    source_id: int = Field(foreign_key="sources.id")
    asset_id: int = Field(foreign_key="assets.id")
    product: str = words()  #: the source's own word: a product, an engine, an image
    version: str = words()  #: as written; "" if unknown
    provider: str = words()  #: whose dates apply; "" for the maker's
    environment: str = words()
    how: str = words()  #: `catalog`, or how it was scanned: `image`, `dockerfile`, `sbom`, `aws-rds`
    address: str = words()  #: identifies the thing that was seen: an image reference, an ARN
    has_extended_support: bool | None = None  #: whether paid support continues automatically; None if not given
    first_seen_at: datetime = when()
    last_seen_at: datetime = when()  #: an import without changes updates the source's `last_run_at` instead
    gone_at: datetime | None = when(nullable=True)
    #: the catalog's revision of the last change other than `last_seen_at`
    revision: int = Field(default=0, index=True, sa_column_kwargs={"server_default": text("0")})


class VersionPin(Row, table=True):
    """A person has said which release cycle something is in, because the rules were uncertain or wrong.

    Pins can end.
    """

    __tablename__ = "version_pins"
    id: int = Field(default=None, primary_key=True)
    asset_id: int = Field(foreign_key="assets.id", index=True)
    product: str = words()  #: the deployment's own words, as in `deployments`
    version: str = words()
    provider: str = words()
    pinned_product: str = words()  #: the key of the product that it is
    pinned_cycle: str = words()
    person_id: int = Field(foreign_key="people.id")
    at: datetime = when()
    ended_at: datetime | None = when(nullable=True)
