"""What runs where, in the form that the rules read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

#: Names of production in sources, in lower case. A deployment without an environment counts as production.
PRODUCTION = ("", "live", "prd", "prod", "production")


@dataclass(slots=True, eq=False)
class LastRun:
    """When a source was last read completely.

    All deployments of a source share one object, so that one change moves them all.
    """

    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """What a source has seen running, and when. Thousands of assets of one import may share one of these.

    - `product`: the source's own word: a product, an engine, an image.
    - `version`: as written; "" if unknown.
    - `provider`: whose dates apply; "" for the maker's.
    - `how`: `catalog`, or the kind of scan.
    - `has_extended_support`: whether paid support continues automatically; None if no source says.
    - `inside`: the image (or other subject of a bill of materials) in which this is a library; "" if it runs by itself.
    - `recorded_at`: the last sighting that was stored.
    - `last_run`: set for imports. An import that finds nothing changed has seen everything again.
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
    """What an asset runs according to a source: `observed` says what, and how the source knows."""

    id: int
    observed: Observed

    @property
    def last_seen_at(self) -> datetime:
        """When it was last seen."""
        observed = self.observed
        run = observed.last_run.at if observed.last_run is not None else None
        return observed.recorded_at if run is None else max(run, observed.recorded_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """A person has said which release cycle something is in.

    It applies to this exact version text; another version is new.
    """

    id: int
    asset_id: int
    product: str
    version: str
    provider: str
    pinned_product: str
    pinned_cycle: str
    person_id: int
    at: datetime
