"""What runs where, as the rules read it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """A source has seen an asset run a product at a version.

    `product` is the source's own word (a product, an engine, an image), `version` as written and empty for one that
    nobody knows, `provider` whose clock counts (empty for the makers' own). `how` is `catalog` or the way it was
    scanned. `has_extended_support` says whether support goes on for money by itself; None where nobody says.
    """

    id: int
    asset_id: int
    product: str
    version: str
    provider: str = ""
    environment: str = ""
    source: str = ""
    how: str = "catalog"
    has_extended_support: bool | None = None
    first_seen_at: datetime
    last_seen_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """A person said which release cycle something is. It holds for these very words: another version is news."""

    id: int
    asset_id: int
    product: str
    version: str
    provider: str
    pinned_product: str
    pinned_cycle: str
    person_id: int
    at: datetime
