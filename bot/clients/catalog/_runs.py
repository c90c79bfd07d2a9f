"""What runs, as one cell or list item says it: at a version, or at one that nobody has written down."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from bot.clients.catalog._placeholders import NoOwner, no_owner
from bot.clients.eol import starter
from bot.domain.catalog import OwnerRef, Runs
from bot.domain.eol import providers, run_words
from bot.domain.eol.cycle_index import CycleIndex
from bot.domain.eol.matches import InCycle, MatchMethod
from bot.domain.eol.version_matcher import match
from bot.domain.names import clean, fold

_table = lru_cache(maxsize=1)(starter.load)
#: What stands between several that one cell names: `PHP 7.4 + MySQL 5.7`.
_BETWEEN = re.compile(r"\s+(?:[+&/]|and)\s+|\s*[,;]\s+", re.IGNORECASE)
_MOST_WORDS = 8
#: What is said of what cannot be read.
UNREAD = (
    "{} is not a product and a version: it counts as an unknown one; write postgresql@16, or python@3.12 on aws-lambda."
)
#: So much of what cannot be read is kept to name it by.
_LONGEST_UNREAD = 100


def all_runs_in(text: str, environment: str = "", *, is_engine: bool = False) -> tuple[Runs, ...]:
    """Return everything that a text says that runs; nothing only where it says nothing (`n/a`).

    What cannot be read runs all the same, at a version that nobody knows.
    """
    found = runs_in(text, environment, is_engine=is_engine)
    if found is not None:
        return (found,)
    parts = _BETWEEN.split(text)
    if len(parts) > 1 and any(runs_in(part, environment) is not None for part in parts):
        return tuple(dict.fromkeys(each for part in parts for each in all_runs_in(part, environment)))
    said = clean(text)
    return () if not said or no_owner(OwnerRef(said, written=said)) is not None else (_unread(said, environment),)


def runs_in(text: str, environment: str = "", *, is_engine: bool = False) -> Runs | None:
    """Return what a text says that runs; None for a word that may be anything.

    Without a version it is at one that nobody knows, where the name is a known product's or, with `is_engine`, stands
    where only an engine does.
    """
    runs = parse_runs(text, environment) or _codenamed(text, environment) or unversioned(text, environment)
    return runs if runs is None or runs.version or is_engine or is_product(runs) else None


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


def _codenamed(text: str, environment: str) -> Runs | None:
    """Return what is followed by the name of a release: `Debian Buster`, `nodejs@lts/*`; None for any other words."""
    named = run_words.read_product(text)
    said, provider = (named.product, named.provider) if named is not None else (clean(text), "")
    place = named.environment if named is not None else ""
    for product, rest, is_marked in _splits(said, provider):
        found = match(_table(), product=product, version=rest, provider=provider)
        if is_marked or (isinstance(found, InCycle) and found.method is MatchMethod.CYCLE):
            return Runs(product, rest, provider, place or environment)
    return None


def _unread(said: str, environment: str) -> Runs:
    product = next((product for product, _, _ in _splits(said, "")), said[:_LONGEST_UNREAD])
    return Runs(product, "", "", environment)


def _splits(said: str, provider: str) -> Iterator[tuple[str, str, bool]]:
    """Yield the known products that the words begin with, the rest, and whether an @ is between; the longest first."""
    product, at, rest = said.partition("@")
    if at and rest.strip() and is_product(Runs(product.strip(), "", provider)):
        yield product.strip(), rest.strip(), True
    words = said.split()
    for place in range(len(words) - 1 if len(words) <= _MOST_WORDS else 0, 0, -1):
        product = " ".join(words[:place])
        if isinstance(_table().identify(product, provider), CycleIndex):
            yield product, " ".join(words[place:]), False


def is_product(runs: Runs) -> bool:
    """Whether the name is that of something that is known to age, as whoever offers it or as many vendors build it."""
    is_known = isinstance(_table().identify(runs.product, runs.provider), CycleIndex)
    return is_known or fold(runs.product) in providers.SOLD | frozenset(providers.VENDOR_REQUIRED)
