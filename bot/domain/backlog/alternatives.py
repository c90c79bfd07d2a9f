"""What there is already that a new request may not need: requests like it, and what was delivered before."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from rapidfuzz import fuzz

from bot.domain.backlog.requests import ItemType, RequestCard, RequestState
from bot.domain.names import fold, tokens
from bot.domain.records import AssetRecord

#: How many of each kind are offered.
MOST = 3
#: Deliveries that others can use as well: the DevOps team keeps their code.
_SHARED = frozenset({ItemType.LIBRARY, ItemType.SCRIPT, ItemType.API_SERVICE})
_DONE = frozenset({RequestState.DELIVERED, RequestState.CONFIRMED})
#: Two requests are alike with such a share of technologies in common, or with titles that are so much the same.
_LEAST_TECHNOLOGIES, _LEAST_TITLE = 0.4, 0.8
FILLERS = frozenset(
    [
        "a",
        "an",
        "and",
        "can",
        "for",
        "from",
        "help",
        "in",
        "into",
        "need",
        "needs",
        "new",
        "of",
        "on",
        "our",
        "the",
        "to",
        "us",
        "we",
        "with",
    ]
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a draft is about: its title, the ids of its technologies, and the asset, if it names one.

    `spellings` are other names of the technologies.
    """

    title: str = ""
    technologies: Collection[str] = ()
    spellings: Collection[str] = ()
    asset_id: int | None = None


@dataclass(frozen=True, slots=True)
class Alternatives:
    """What is offered in place of a new request: open ones to join, deliveries and libraries of the catalog to use."""

    requests: tuple[RequestCard, ...] = ()
    delivered: tuple[RequestCard, ...] = ()
    libraries: tuple[AssetRecord, ...] = ()


NO_ALTERNATIVES = Alternatives()


def alike(wanted: Wanted, requests: Iterable[RequestCard]) -> tuple[RequestCard, ...]:
    """Return the requests that are most like it, and never a private one: whoever reads a form must not learn of it."""
    rated = [(_likeness(wanted, each), each) for each in requests if not each.is_private]
    found = sorted((pair for pair in rated if pair[0]), key=lambda pair: (-pair[0], pair[1].id))
    return tuple(each for _, each in found[:MOST])


def likeliest_first(its: RequestCard, others: Iterable[RequestCard]) -> list[RequestCard]:
    """Return requests that one may be a duplicate of, those that are most like it first, then the oldest."""
    wanted = Wanted(its.title, its.technologies, asset_id=its.asset_id)
    return sorted(others, key=lambda each: (-_likeness(wanted, each), each.id))


def delivered(wanted: Wanted, requests: Iterable[RequestCard]) -> tuple[RequestCard, ...]:
    """Return what was delivered for the same technologies and can be used by others, the newest first."""
    ids = _folded(wanted.technologies)
    found = [each for each in requests if is_usable(each) and not each.is_private and ids & _folded(each.technologies)]
    return tuple(sorted(found, key=lambda each: -each.id)[:MOST])


def libraries(wanted: Wanted, assets: Iterable[AssetRecord]) -> tuple[AssetRecord, ...]:
    """Return the libraries that have a technology in their names, such as `cassandra-client`."""
    phrases = [f" {' '.join(tokens(each))} " for each in (*wanted.technologies, *wanted.spellings) if tokens(each)]
    found = [
        each
        for each in assets
        if any(phrase in f" {' '.join(tokens(name))} " for name in (each.name, *each.aliases) for phrase in phrases)
    ]
    return tuple(sorted(found, key=lambda each: (each.name, each.id))[:MOST])


def is_usable(request: RequestCard) -> bool:
    """Whether others can use what was delivered, and get support with it."""
    return request.state in _DONE and any(each.type in _SHARED for each in request.items)


def _likeness(wanted: Wanted, other: RequestCard) -> float:
    """Return how much alike they are, 0 for not at all."""
    mine, theirs = _folded(wanted.technologies), _folded(other.technologies)
    shared = len(mine & theirs) / (len(mine) * len(theirs)) ** 0.5 if mine and theirs else 0.0
    same_asset = wanted.asset_id is not None and wanted.asset_id == other.asset_id
    title = _same_title(wanted.title, other.title)
    if not same_asset and shared < _LEAST_TECHNOLOGIES and title < _LEAST_TITLE:
        return 0.0
    return shared + title + same_asset


def _same_title(one: str, other: str) -> float:
    """Return how much two titles are the same, from 0 to 1. A single word in common is none."""
    mine, theirs = ([word for word in tokens(each) if len(word) > 2 and word not in FILLERS] for each in (one, other))
    if len(mine) < 2 or len(theirs) < 2:
        return 0.0
    return fuzz.token_set_ratio(" ".join(mine), " ".join(theirs)) / 100 if len({*mine} & {*theirs}) > 1 else 0.0


def _folded(names: Iterable[str]) -> frozenset[str]:
    return frozenset(map(fold, names)) - {""}
