"""Comparing what a source has seen of an asset with what it saw before: added, returned, changed or gone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

#: The `how` of deployments that the catalog claims; the others are those of `scans.How`.
CATALOG = "catalog"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """An asset runs a product at a version, according to one source.

    `product` is the source's own word, `version` is as written ("" if unknown), `provider` is whose dates apply. `how`
    is `catalog` or a `scans.How`. `address` identifies the thing that was seen.
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
        """The properties of the deployment that are not in its key."""
        return self.how, self.address, self.has_extended_support


#: Product, version, provider and environment.
Key = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class Stored:
    """A stored deployment, by its row's id."""

    id: int
    seen: Seen
    is_gone: bool


@dataclass(slots=True)
class Difference:
    """What has to be written for one source and one asset. `same` are the ids of unchanged deployments."""

    new: list[Seen] = field(default_factory=list)
    back: list[tuple[int, Seen]] = field(default_factory=list)
    other: list[tuple[int, Seen]] = field(default_factory=list)
    same: list[int] = field(default_factory=list)
    gone: list[int] = field(default_factory=list)


def compare(stored: Iterable[Stored], seen: Iterable[Seen], *, is_catalog: bool) -> Difference:
    """Return the changes after which only what was `seen` is left of `stored`, for one source and one asset.

    A catalog's claims (`is_catalog`) do not end deployments that were scanned under the same source, and scans do not
    end claimed ones. If two differ only in details, the one with the first address counts.
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
