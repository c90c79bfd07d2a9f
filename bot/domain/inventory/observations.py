"""What a source has seen of an asset against what it saw before: what came, came back, is other, or is gone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

#: How deployments of the catalog's own claims are marked; the other ways are those of `sightings.How`.
CATALOG = "catalog"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """An asset runs a product at a version, as one source has it.

    `product` is the source's own word, `version` as written and empty for one that nobody knows, `provider` whose clock
    counts. `how` is `catalog` or a `sightings.How`; `address` is what identifies the thing that was seen.
    """

    product: str
    version: str
    provider: str = ""
    environment: str = ""
    how: str = CATALOG
    address: str = ""
    has_extended_support: bool | None = None

    @property
    def key(self) -> Key:
        """What makes it one deployment of its source and asset."""
        return self.product, self.version, self.provider, self.environment

    @property
    def details(self) -> tuple[str, str, bool | None]:
        """What is said of the deployment beside its key."""
        return self.how, self.address, self.has_extended_support


#: Product, version, provider and environment.
Key = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class Stored:
    """A deployment as it is stored, by its row's id."""

    id: int
    seen: Seen
    is_gone: bool


@dataclass(slots=True)
class Difference:
    """What has to be written of one source and one asset. `same` holds the ids of those that are as they were."""

    new: list[Seen] = field(default_factory=list)
    back: list[tuple[int, Seen]] = field(default_factory=list)
    other: list[tuple[int, Seen]] = field(default_factory=list)
    same: list[int] = field(default_factory=list)
    gone: list[int] = field(default_factory=list)


def compare(stored: Iterable[Stored], seen: Iterable[Seen], *, is_catalog: bool) -> Difference:
    """Return what has to happen so that exactly what was `seen` is left of `stored`, of one source and one asset.

    A catalog's claims (`is_catalog`) end no deployments that were scanned under the same source, nor scans those that
    are claimed. Of two that differ in details only, the one with the first address counts.
    """
    wanted: dict[Key, Seen] = {}
    for one in sorted(seen, key=lambda one: (one.address, one.how, str(one.has_extended_support))):
        wanted.setdefault(one.key, one)
    found = Difference()
    for row in stored:
        now = wanted.pop(row.seen.key, None)
        is_own = (row.seen.how == CATALOG) == is_catalog
        if now is None:
            if is_own and not row.is_gone:
                found.gone.append(row.id)
        elif row.is_gone:
            found.back.append((row.id, now))
        elif is_own and row.seen.details != now.details:
            found.other.append((row.id, now))
        else:
            found.same.append(row.id)
    found.new.extend(wanted.values())
    return found
