"""What runs, as one cell or list item says it: at a version, or at one that nobody has written down."""

from __future__ import annotations

from functools import lru_cache

from bot.clients.catalog._placeholders import NoOwner, no_owner
from bot.clients.eol import starter
from bot.domain.catalog import OwnerRef, Runs
from bot.domain.eol import providers, run_words
from bot.domain.eol.cycle_index import CycleIndex
from bot.domain.names import fold

_table = lru_cache(maxsize=1)(starter.load)


def runs_in(text: str, environment: str = "", *, is_engine: bool = False) -> Runs | None:
    """Return what a text says that runs; None for a word that may be anything.

    Without a version it is at one that nobody knows, where the name is a known product's or, with `is_engine`, stands
    where only an engine does.
    """
    runs = parse_runs(text, environment) or unversioned(text, environment)
    return runs if runs is None or runs.version or is_engine or _is_product(runs) else None


def parse_runs(text: str, environment: str = "") -> Runs | None:
    """Return what `postgresql@11`, `python 3.9` or `PostgreSQL 11.22 on AWS RDS in production` says, else None.

    `environment` is where it runs unless it says so itself.
    """
    worded = run_words.read(text)
    if worded is None:
        return None
    return Runs(worded.product, worded.version, worded.provider, worded.environment or environment)


def unversioned(text: str, environment: str = "", *, version: str = "") -> Runs | None:
    """Return what a cell names that runs, at this version or one that nobody knows; None for what names nothing."""
    found = run_words.read_product(text)
    if found is None or no_owner(OwnerRef(found.product, written=text)) is NoOwner.NOBODY:
        return None
    known = "" if no_owner(OwnerRef(version, written=version)) is NoOwner.NOBODY else version
    return Runs(found.product, known, found.provider, found.environment or environment)


def _is_product(runs: Runs) -> bool:
    """Whether the name is that of something that is known to age, as whoever offers it or as many vendors build it."""
    is_known = isinstance(_table().identify(runs.product, runs.provider), CycleIndex)
    return is_known or fold(runs.product) in providers.SOLD | frozenset(providers.VENDOR_REQUIRED)
