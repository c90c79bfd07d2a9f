"""What runs, according to one cell or list item: with a version, or with an unknown one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from bot.clients.catalog._placeholders import NoOwner, no_owner
from bot.clients.catalog._values import quoted
from bot.clients.eol import starter
from bot.data import table as data
from bot.domain.catalog import OwnerRef, Runs
from bot.domain.eol import providers, run_words, version_words
from bot.domain.eol.cycle_index import CycleIndex
from bot.domain.eol.matches import InCycle, MatchMethod
from bot.domain.eol.version_matcher import match
from bot.domain.names import clean, fold

_table = lru_cache(maxsize=1)(starter.load)
#: Words and signs between several products in a cell: `PHP 7.4 + MySQL 5.7`, `Postgres 12 und 13`.
_ALSO = "|".join(sorted(map(re.escape, version_words.ALSO), key=len, reverse=True))
_BETWEEN = re.compile(
    rf"\s+(?:{_ALSO}|/)\s+|\s*[,;]\s+|\s+(?:w/|with|mit|avec)\s+(?=[A-Za-z][\w.+#-]*\s+v?\d)", re.IGNORECASE
)
_REMARK = re.compile(r"\([^()]*\)")
#: A version without a product, which belongs to the one before: `13 (staging)` in `Postgres 12 (prod), 13 (staging)`.
_VERSION_ALONE = re.compile(r"v?\d.*", re.IGNORECASE | re.DOTALL)
_JOINED = re.compile(r"[A-Za-z]+\d+")
_AROUND = " ()[]{},;:?!\"'"
_MOST_WORDS = 8
_SHORTEST_NAME = 3
#: The problem for text that cannot be read.
UNREAD = (
    "{} is not a product and a version: it counts as an unknown one; write postgresql@16, or python@3.12 on aws-lambda."
)
#: The problem for text that names nothing, and is not `n/a` either.
UNSAID = "{} does not say what runs, so nothing is recorded; write postgresql@16, or n/a where nothing runs."
_NOTHING_RUNS = frozenset(map(fold, data("version_words")["nothing_runs"].split()))
#: How many characters of unreadable text are kept as its name.
_LONGEST_UNREAD = 100


@dataclass(frozen=True, slots=True)
class Reading:
    """What one text says that runs; nothing for `n/a`. `is_read` is False if a part of it could not be read."""

    text: str
    runs: tuple[Runs, ...]
    is_read: bool = True

    @property
    def problem(self) -> str:
        """The problem of a text that could not be read; "" for any other."""
        return "" if self.is_read else (UNREAD if self.runs else UNSAID).format(quoted(self.text))


def readings_of(texts: Iterable[str], environment: str = "", *, is_engine: bool = False) -> tuple[Reading, ...]:
    """Return what each text of a cell says that runs. A version alone belongs to the product before it.

    Text that cannot be read counts as running, with an unknown version.
    """
    found: list[Reading] = []
    for text in texts:
        before = next((each.runs[-1] for each in reversed(found) if each.runs), None)
        reading = _inherited(text, before, environment) or _reading(text, environment, is_engine=is_engine)
        provider = reading.runs[-1].provider if reading.runs else ""
        if before is not None and provider and not before.provider and _VERSION_ALONE.fullmatch(text.strip()):
            found = [_with_provider(each, before.product, provider) for each in found]  # `Postgres 12 and 13 on RDS`
        found.append(reading)
    return tuple(_beside_provider(found))


def _beside_provider(found: list[Reading]) -> list[Reading]:
    """Return a cell's readings, with the provider for everything that it offers: `Lambda, Node 16`."""
    alone = [each for each in found if _is_provider(each.text)]
    if len(alone) != 1 or len(found) == 1:
        return found
    provider = alone[0].text.strip()
    rest = []
    for each in (one for one in found if one is not alone[0]):
        runs = tuple(
            replace(one, provider=provider) if not one.provider and _is_offered(one.product, provider) else one
            for one in each.runs
        )
        rest.append(replace(each, runs=runs))
    is_meant = any(one.provider == provider for each in rest for one in each.runs)
    return rest if is_meant else found


def _is_offered(product: str, provider: str) -> bool:
    theirs, upstreams = _table().identify(product, provider), _table().identify(product)
    return isinstance(theirs, CycleIndex) and theirs is not upstreams


def _is_provider(text: str) -> bool:
    """Whether a text names a service that runs something, and neither a product nor a whole vendor."""
    word = fold(text)
    is_service = word in providers.PROVIDERS and not providers.is_vendor(word)
    return word in providers.LAMBDA or (is_service and not is_product(Runs(text.strip(), "")))


def _inherited(text: str, before: Runs | None, environment: str) -> Reading | None:
    if before is None or _VERSION_ALONE.fullmatch(text.strip()) is None:
        return None
    runs = runs_in(f"{before.product} {text}", environment)
    is_read = runs is not None
    runs = runs or Runs(before.product, clean(text)[:_LONGEST_UNREAD], "", environment)
    return Reading(text, (runs if runs.provider else replace(runs, provider=before.provider),), is_read)


def _with_provider(reading: Reading, product: str, provider: str) -> Reading:
    runs = (
        replace(each, provider=provider) if each.product == product and not each.provider else each
        for each in reading.runs
    )
    return replace(reading, runs=tuple(runs))


def _reading(text: str, environment: str, *, is_engine: bool) -> Reading:
    upon = _one_upon_another(text, environment)
    if upon:
        return Reading(text, upon)
    found = runs_in(text, environment, is_engine=is_engine)
    if found is not None:
        return Reading(text, (found,))
    parts = _parts(text)
    if len(parts) > 1 and any(runs_in(part, environment) is not None for part in parts):
        inner = readings_of(parts, environment)
        runs = dict.fromkeys(each for reading in inner for each in reading.runs)
        return Reading(text, tuple(runs), all(each.is_read for each in inner))
    said = clean(text)
    named = _named_in(said)
    if named is not None:
        return Reading(text, (Runs(*named, "", environment),), is_read=False)
    if no_owner(OwnerRef(said, written=said)) is not None or not said:
        return Reading(text, (), is_read=fold(said) in _NOTHING_RUNS or not said)
    return Reading(text, (Runs(said[:_LONGEST_UNREAD], "", "", environment),), is_read=False)


def _one_upon_another(text: str, environment: str) -> tuple[Runs, ...]:
    """Return what runs and what it runs on, each with its version: `Django 3.2 on Python 3.8`."""
    first, between, second = text.partition(" on ")
    found = [parse_runs(each, environment) for each in (first, second)] if between else []
    runs = tuple(each for each in found if each is not None and each.version and is_product(each))
    is_provider = len(runs) != 2 or runs[1].provider or fold(runs[1].product) in providers.NAMED
    return () if is_provider else runs


def _parts(text: str) -> list[str]:
    """Return the parts of a text that lists several.

    `12 and later` is one part, and commas in a remark do not count.
    """
    masked = _REMARK.sub(lambda found: "_" * len(found[0]), text)
    parts, start = [], 0
    for found in _BETWEEN.finditer(masked):
        parts.append(text[start : found.start()])
        start = found.end()
    parts.append(text[start:])
    return [] if any(map(version_words.is_no_version, parts)) else parts


def _named_in(said: str) -> tuple[str, str] | None:
    """Return a known product anywhere in a text, and the rest of the text if that may contain a version; else None."""
    words = said.split()
    if len(words) > _MOST_WORDS:
        return None
    for start in range(len(words)):
        for end in range(len(words), start, -1):
            product = " ".join(words[start:end]).strip(_AROUND)
            if fold(product) in providers.OTHERS:
                return None  # Elastic Beanstalk is not a product of Elastic's
            if len(product) >= _SHORTEST_NAME and is_product(Runs(product, "")):
                rest = " ".join((*words[:start], *words[end:])).strip()
                return product, rest[:_LONGEST_UNREAD] if any(map(str.isdigit, rest)) else ""
    return None


def runs_in(text: str, environment: str = "", *, is_engine: bool = False) -> Runs | None:
    """Return what a text says that runs; None for a word that may mean anything.

    Without a version it has an unknown one, if the name is a known product or, with `is_engine`, is in a place for
    engines.
    """
    runs = parse_runs(text, environment) or _codenamed(text, environment) or unversioned(text, environment)
    return runs if runs is None or runs.version or is_engine or is_product(runs) else None


def parse_runs(text: str, environment: str = "") -> Runs | None:
    """Return what `postgresql@11`, `python 3.9` or `PostgreSQL 11.22 on AWS RDS in production` says; else None.

    `environment` is the default if the text does not give one.
    """
    worded = run_words.read(text)
    if worded is None:
        return None
    version = _apart(worded.product, worded.version) if _JOINED.fullmatch(text.strip()) else worded.version
    return Runs(worded.product, version, worded.provider, worded.environment or environment)


def _apart(product: str, digits: str) -> str:
    """Return the version whose numbers are joined to a product: 5.7 in `mysql57`."""
    index = _table().identify(product)
    place = index.run_together(digits) if isinstance(index, CycleIndex) else None
    return index.product.cycles[place].name if isinstance(index, CycleIndex) and place is not None else digits


def unversioned(text: str, environment: str = "", *, version: str = "") -> Runs | None:
    """Return what a cell says that runs, with this version or an unknown one; None if it names nothing."""
    found = run_words.read_product(text)
    if found is None or no_owner(OwnerRef(found.product, written=text)) is NoOwner.NOBODY:
        return None
    known = "" if no_owner(OwnerRef(version, written=version)) is NoOwner.NOBODY else version
    return Runs(found.product, known, found.provider, found.environment or environment)


def _codenamed(text: str, environment: str) -> Runs | None:
    """Return a product followed by a release's name (`Debian Buster`, `nodejs@lts/*`); None for other words."""
    named = run_words.read_product(text)
    said, provider = (named.product, named.provider) if named is not None else (clean(text), "")
    place = named.environment if named is not None else ""
    for product, rest, is_marked in _splits(said, provider):
        found = match(_table(), product=product, version=rest, provider=provider)
        if is_marked or (isinstance(found, InCycle) and found.method is MatchMethod.CYCLE):
            return Runs(product, rest, provider, place or environment)
    return None


def _splits(said: str, provider: str) -> Iterator[tuple[str, str, bool]]:
    """Yield known products at the beginning of the words, the rest, and whether an @ is between; the longest first."""
    product, at, rest = said.partition("@")
    if at and rest.strip() and is_product(Runs(product.strip(), "", provider)):
        yield product.strip(), rest.strip(), True
    words = said.split()
    for place in range(len(words) - 1 if len(words) <= _MOST_WORDS else 0, 0, -1):
        product = " ".join(words[:place])
        if isinstance(_table().identify(product, provider), CycleIndex):
            yield product, " ".join(words[place:]), False


def is_product(runs: Runs) -> bool:
    """Whether the name is that of a product known to have an end of life, of any provider or vendor."""
    is_known = isinstance(_table().identify(runs.product, runs.provider), CycleIndex)
    return is_known or fold(runs.product) in providers.SOLD | frozenset(providers.VENDOR_REQUIRED)
