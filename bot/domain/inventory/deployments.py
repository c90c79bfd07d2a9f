"""What runs where, as the rules read it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

#: What sources call production, in lower case; where none says where something runs, it is taken for that.
PRODUCTION = ("", "live", "prd", "prod", "production")


@dataclass(slots=True, eq=False)
class LastRun:
    """When a source was last read whole. One for all deployments of a source: a reading moves it for all of them."""

    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """What a source has seen running, and when. One import says the same of thousands of assets, which share it.

    `product` is the source's own word (a product, an engine, an image), `version` as written and empty for one that
    nobody knows, `provider` whose clock counts (empty for the makers' own). `how` is `catalog` or the way it was
    scanned. `has_extended_support` says whether support goes on for money by itself; None where nobody says.
    `inside` is the image, or whatever else a bill of materials is about, in which this is a library; empty for what
    runs by itself. `recorded_at` is the last sighting that was written down; `last_run` is there for what an import
    says, which has seen everything again when it finds nothing changed.
    """

    product: str
    version: str
    provider: str = ""
    environment: str = ""
    source: str = ""
    how: str = "catalog"
    inside: str = ""
    has_extended_support: bool | None = None
    first_seen_at: datetime
    recorded_at: datetime
    last_run: LastRun | None = None


@dataclass(frozen=True, slots=True)
class Deployment:
    """A source has seen an asset run a product at a version; `observed` says of each property what it means."""

    id: int
    observed: Observed

    @property
    def product(self) -> str:
        """What runs, in the source's own word."""
        return self.observed.product

    @property
    def version(self) -> str:
        """The version as written; empty for one that nobody knows."""
        return self.observed.version

    @property
    def provider(self) -> str:
        """Whose clock counts; empty for the makers' own."""
        return self.observed.provider

    @property
    def environment(self) -> str:
        """Where it runs, in the source's own word; empty where it does not say."""
        return self.observed.environment

    @property
    def source(self) -> str:
        """The name of the source that has seen it."""
        return self.observed.source

    @property
    def how(self) -> str:
        """`catalog`, or the way it was scanned."""
        return self.observed.how

    @property
    def inside(self) -> str:
        """In what this is a library; empty for what runs by itself."""
        return self.observed.inside

    @property
    def has_extended_support(self) -> bool | None:
        """Whether support goes on for money by itself; None where nobody says."""
        return self.observed.has_extended_support

    @property
    def first_seen_at(self) -> datetime:
        """When it was first seen."""
        return self.observed.first_seen_at

    @property
    def last_seen_at(self) -> datetime:
        """When it was last seen."""
        observed = self.observed
        run = observed.last_run.at if observed.last_run is not None else None
        return observed.recorded_at if run is None else max(run, observed.recorded_at)


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
