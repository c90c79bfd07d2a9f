"""The feed of end-of-life dates: whether a new copy replaces the last good one, and how far a copy is trusted."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

import orjson

#: The age of an older copy is shown beside its facts.
SHOWN_AFTER = timedelta(days=1)
#: An older copy does not support an "all clear".
TRUSTED_FOR = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class FeedSummary:
    """The part of a copy that is compared: the numbers of products and release cycles, and a hash of its content."""

    products: int
    cycles: int
    digest: str


@dataclass(frozen=True, slots=True)
class CopyAccepted:
    """The new copy replaces the last one. Without `changed`, it has the same content and only its age is new."""

    changed: bool


@dataclass(frozen=True, slots=True)
class CopyRefused:
    """The last good copy stays in force. `why` is a sentence for the people who run the installation."""

    why: str


class Freshness(StrEnum):
    """How far a copy is trusted: fully, with its age shown, or not for an "all clear"."""

    FRESH = "fresh"
    AGEING = "ageing"
    STALE = "stale"

    @property
    def is_shown(self) -> bool:
        """Whether the copy's age is shown beside its facts."""
        return self is not Freshness.FRESH

    @property
    def may_clear(self) -> bool:
        """Whether the copy supports an "all clear"."""
        return self is not Freshness.STALE


def summarize(result: Sequence[Mapping[str, object]]) -> FeedSummary:
    """Return the summary of a document's `result`: products, each with its `name` and its list of `releases`.

    The digest does not depend on the order of products or keys. The fields around `result` change with every build of
    the feed and are not part of it.
    """
    by_name = sorted(result, key=lambda product: str(product["name"]))
    digest = hashlib.sha256(orjson.dumps(by_name, option=orjson.OPT_SORT_KEYS)).hexdigest()
    cycles = sum(len(releases) for product in result if isinstance(releases := product["releases"], list))
    return FeedSummary(len(result), cycles, digest)


def judge(last: FeedSummary | None, new: FeedSummary) -> CopyAccepted | CopyRefused:
    """Return whether `new` may replace the last good copy (None if there is none yet).

    A copy that has lost more than a tenth of its products or cycles is more likely broken than right.
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


#: The day of the facts that ship with Baton, as given at the top of the files in `bot/data/eol`.
SHIPPED_ON = date(2026, 8, 22)


def freshness(confirmed_at: datetime | None, now: datetime) -> Freshness:
    """Return how far to trust a copy that the feed last gave or confirmed at `confirmed_at` (None if there is no copy).

    A time in the future is as doubtful as one that long ago, because one of the clocks is wrong.
    """
    if confirmed_at is None:
        return Freshness.STALE
    age = abs(now - confirmed_at)
    if age > TRUSTED_FOR:
        return Freshness.STALE
    return Freshness.AGEING if age > SHOWN_AFTER else Freshness.FRESH
