"""The feed of end-of-life dates: whether a new copy replaces the last good one, and how far a copy is trusted."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

import orjson

#: Older than this, a copy's age is shown beside what it says.
SHOWN_AFTER = timedelta(days=1)
#: Older than this, a copy no longer supports an "all clear".
TRUSTED_FOR = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class FeedSummary:
    """What is compared of a copy: how many products and release cycles it has, and a hash of all that it says."""

    products: int
    cycles: int
    digest: str


@dataclass(frozen=True, slots=True)
class CopyAccepted:
    """The new copy takes the place of the last; without `changed` it says the same, and only its age is new."""

    changed: bool


@dataclass(frozen=True, slots=True)
class CopyRefused:
    """The last good copy stays in force; `why` is a sentence for whoever looks after the installation."""

    why: str


class Freshness(StrEnum):
    """How far a copy is trusted: as it is, with its age shown, or not for an "all clear"."""

    FRESH = "fresh"
    AGEING = "ageing"
    STALE = "stale"

    @property
    def is_shown(self) -> bool:
        """Whether the copy's age is said beside what it says."""
        return self is not Freshness.FRESH

    @property
    def may_clear(self) -> bool:
        """Whether the copy may be the ground for saying that nothing is wrong."""
        return self is not Freshness.STALE


def summarize(result: Sequence[Mapping[str, object]]) -> FeedSummary:
    """Return the summary of a document's `result`: products, each with its `name` and its list of `releases`.

    The digest does not depend on the order of products or keys. What surrounds `result` changes at every build of the
    feed and is not part of it.
    """
    by_name = sorted(result, key=lambda product: str(product["name"]))
    digest = hashlib.sha256(orjson.dumps(by_name, option=orjson.OPT_SORT_KEYS)).hexdigest()
    cycles = sum(len(releases) for product in result if isinstance(releases := product["releases"], list))
    return FeedSummary(len(result), cycles, digest)


def judge(last: FeedSummary | None, new: FeedSummary) -> CopyAccepted | CopyRefused:
    """Return whether `new` may replace the last good copy, None where there is none yet.

    A copy that lost more than a tenth of its products or of its cycles is more likely broken than right.
    """
    for what, count in (("products", new.products), ("release cycles", new.cycles)):
        if count == 0:
            return CopyRefused(f"The new copy has no {what}, so it is not used.")
    if last is None:
        return CopyAccepted(changed=True)
    for what, before, after in (
        ("products", last.products, new.products),
        ("release cycles", last.cycles, new.cycles),
    ):
        if after * 10 < before * 9:
            return CopyRefused(
                f"The new copy has {after:,} {what}, the last good one {before:,}: "
                "more than a tenth is gone, so the last good one stays in force."
            )
    return CopyAccepted(changed=new.digest != last.digest)


#: The day of the facts that ship with Baton, as the files in `bot/data/eol` say at their top.
SHIPPED_ON = date(2026, 8, 22)


def freshness(confirmed_at: datetime | None, now: datetime) -> Freshness:
    """Return how far a copy is trusted that the feed last gave or confirmed at `confirmed_at`; None: there is no copy.

    A time that has not come yet is as doubtful as one as long ago: one of the clocks is wrong.
    """
    if confirmed_at is None:
        return Freshness.STALE
    age = abs(now - confirmed_at)
    if age > TRUSTED_FOR:
        return Freshness.STALE
    return Freshness.AGEING if age > SHOWN_AFTER else Freshness.FRESH
