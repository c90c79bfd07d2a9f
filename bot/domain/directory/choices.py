"""Choosing the answer among the assets found, by the kind that was asked for and by digits; or offering several."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.domain.catalog import Area, AssetKind
from bot.domain.directory.answers import Candidate, Match, ResolutionMethod, Several
from bot.domain.directory.index import DirectoryIndex, as_tuple, short_name
from bot.domain.directory.questions import Chunk
from bot.domain.directory.readings import Reading
from bot.domain.directory.vocabulary import AREA_WORDS, KIND_WORDS, MEANINGS
from bot.domain.names import fold, tokens
from bot.domain.records import AssetRecord

#: Which kind to answer with if assets share name and owners: these in this order, then the rest.
_KINDS_FIRST = (AssetKind.SYSTEM, AssetKind.SERVICE, AssetKind.WEBSITE, AssetKind.API)

#: The kinds of part that an area of an asset can be.
_KINDS_OF_AREA: Mapping[Area | None, frozenset[AssetKind]] = {
    Area.DATABASE: frozenset({AssetKind.DATABASE}),
    Area.CI_CD: frozenset({AssetKind.PIPELINE}),
    Area.MONITORING: frozenset({AssetKind.DASHBOARD}),
    Area.NETWORKING: frozenset({AssetKind.DOMAIN}),
    Area.CONTAINERS: frozenset({AssetKind.CLUSTER}),
}

#: If more assets than this share a spelling, the rest are left out: the answer is a choice anyway.
_MOST_HOLDERS = 300

#: The confidence of each way of finding an asset, from 0 to 1.
CONFIDENCE = {
    ResolutionMethod.REF: 1.0,
    ResolutionMethod.NAME: 1.0,
    ResolutionMethod.ADDRESS: 1.0,
    ResolutionMethod.ALIAS: 0.99,
    ResolutionMethod.FOLDED: 0.98,
    ResolutionMethod.PATH: 0.97,
    ResolutionMethod.WORDS: 0.95,
    ResolutionMethod.ABBREVIATION: 0.93,
    ResolutionMethod.TYPO: 0.9,
}


@dataclass(frozen=True, slots=True)
class FoundAssets:
    """Assets that fit equally well, and how they were found. `loss` is subtracted from the method's confidence.

    Without `is_certain` they are only offered as a choice, even if there is just one. `more` is how many others fit as
    well.
    """

    asset_ids: Sequence[int]
    method: ResolutionMethod
    loss: float = 0.0
    #: What was understood, if that is not the asset's name: an address or a spelling.
    spelling: str = ""
    is_certain: bool = True
    more: int = 0

    @property
    def confidence(self) -> float:
        """The confidence, from 0 to 1."""
        return round(CONFIDENCE[self.method] - self.loss, 3)


def choose(
    index: DirectoryIndex, finding: FoundAssets, reading: Reading, *, limit: int, text: str = ""
) -> Match | Several | None:
    """Return the answer for some found assets, or None if none of them is of the kinds that were asked for.

    `text` is what was looked for, if that is not the reading's own text.
    """
    finding = _of_that_kind(index, finding, reading)
    names_words = [word for word in reading.beside if word in index.names.token_index]
    if reading.area is not None and names_words:
        return None
    # A thing that has a queue is not a queue, even if it might be called one.
    ids = of_kinds(index, finding.asset_ids, reading.kinds, are_exact=bool(names_words or reading.part))
    if parts := _parts(index, ids or finding.asset_ids, reading, is_of_kind=bool(ids)):
        return _part(index, parts, finding, reading, limit=limit)
    if not ids:
        return None
    if len(ids) > 1 and finding.method is ResolutionMethod.PATH and (sections := _sections(index, ids)):
        name = finding.spelling or index.assets[sections[0]].name
        return Match(sections[0], finding.confidence, finding.method, name, reading.area, tuple(sections[1:]))
    if len(ids) > 1 and (one := _same_owners(index, ids)) is not None:
        ids = [one]
    if len(ids) == 1:
        name = finding.spelling or index.assets[ids[0]].name
        return Match(ids[0], finding.confidence, finding.method, name, reading.area)
    return Several.first(candidates(index, ids, finding.confidence), text or reading.text, reading.area, limit=limit)


def _of_that_kind(index: DirectoryIndex, finding: FoundAssets, reading: Reading) -> FoundAssets:
    """Return assets with the same name that are of the kind asked for, if the found ones are not: "the checkout repo".

    The last part of a repository's name is a name of it, too, and may be the whole name of a service.
    """
    if len(reading.kinds) != 1:
        return finding
    kinds, _ = KIND_WORDS[reading.kinds[0]]
    if any(index.assets[one].kind in kinds for one in finding.asset_ids):
        return finding
    called_so = as_tuple(index.folded.get(reading.folded))[:_MOST_HOLDERS]
    of_kind = [one for one in called_so if index.assets[one].kind in kinds]
    return FoundAssets(of_kind, ResolutionMethod.ALIAS) if of_kind else finding


def _parts(index: DirectoryIndex, ids: Sequence[int], reading: Reading, *, is_of_kind: bool) -> list[int]:
    """Return the parts of an asset that the question means: `checkout-db` for "the database behind checkout".

    Empty if the asset itself is of that kind, or if it has an owner for this area itself.
    """
    if len(ids) != 1 or (reading.kinds and is_of_kind) or len(reading.kinds) > 1:
        return []
    kinds = KIND_WORDS[reading.kinds[0]][0] if reading.kinds else _KINDS_OF_AREA.get(reading.area, frozenset())
    if reading.area is not None and any(fact.area is reading.area for fact in index.assets[ids[0]].facts):
        return []
    return _below(index, ids[0], kinds)


def _below(index: DirectoryIndex, asset_id: int, kinds: Collection[AssetKind]) -> list[int]:
    """Return the parts of an asset that are of these kinds; if there are none, look at the parts of its parts."""
    level, seen = [asset_id], {asset_id}
    while level:
        level = [child for each in level for child in index.children(each) if child not in seen]
        seen.update(level)
        if found := [child for child in level if index.assets[child].kind in kinds]:
            return found[:_MOST_HOLDERS]
        if len(seen) > _MOST_HOLDERS:
            return []
    return []


def parts_of_kind(index: DirectoryIndex, asset_id: int, word: str) -> list[int]:
    """Return the parts of an asset that a word for a kind means, such as its queue."""
    kinds = KIND_WORDS[word][0] if word in KIND_WORDS else _KINDS_OF_AREA.get(AREA_WORDS[word], frozenset())
    return _below(index, asset_id, kinds)


def only_part(index: DirectoryIndex, whole: Match, word: str) -> Match | None:
    """Return the one part of an asset that a word means, by kind or name; None unless there is exactly one."""
    ids = parts_of_kind(index, whole.asset_id, word) if word in KIND_WORDS else []
    ids = ids or [one for one in index.children(whole.asset_id) if says(index.assets[one], word)]
    return replace(whole, asset_id=ids[0], understood_as=index.assets[ids[0]].name) if len(ids) == 1 else None


def _part(
    index: DirectoryIndex, parts: Sequence[int], finding: FoundAssets, reading: Reading, *, limit: int
) -> Match | Several:
    if len(parts) == 1:
        name = index.assets[parts[0]].name
        return Match(parts[0], CONFIDENCE[ResolutionMethod.WORDS], ResolutionMethod.WORDS, name)
    return Several.first(candidates(index, parts, finding.confidence), reading.text, limit=limit)


def candidates(index: DirectoryIndex, ids: Iterable[int], confidence: float) -> tuple[Candidate, ...]:
    """Return the assets as candidates of equal confidence, sorted by name."""
    return tuple(sorted(in_order(index, ids, confidence), key=lambda one: (one.name, one.asset_id)))


def in_order(index: DirectoryIndex, ids: Iterable[int], confidence: float) -> tuple[Candidate, ...]:
    """Return the assets as candidates, in the given order."""
    return tuple(Candidate(asset_id, confidence, index.assets[asset_id].name) for asset_id in ids)


def of_kinds(index: DirectoryIndex, ids: Iterable[int], words: Iterable[str], *, are_exact: bool) -> list[int]:
    """Return the assets that every one of the kind words fits.

    If the words mean a kind first of all, only assets of that kind.

    With `are_exact`, no other assets count.
    """
    kept = list(dict.fromkeys(ids))
    for word in words:
        exact, also = KIND_WORDS[word]
        meant = [one for one in kept if index.assets[one].kind in exact or says(index.assets[one], word)]
        kept = (
            meant if meant or are_exact else [one for one in kept if index.assets[one].kind in also | {AssetKind.OTHER}]
        )
    return kept


def holders(index: DirectoryIndex, ids: Sequence[int], text: str) -> FoundAssets:
    """Return those of the assets that `text` names best, literally: by name, reference, alias or address."""
    key = text.lower()
    ids = ids[:_MOST_HOLDERS]
    assets = [index.assets[one] for one in ids]
    exact = [one.id for one in assets if one.name == text]
    if len(exact) == 1:
        return FoundAssets(exact, ResolutionMethod.NAME)
    if named := [one.id for one in assets if one.name.lower() == key]:
        return FoundAssets(named, ResolutionMethod.NAME)
    if referred := [one.id for one in assets if one.ref.lower() == key]:
        return FoundAssets(referred, ResolutionMethod.REF, spelling=index.assets[referred[0]].ref)
    if aliased := [one.id for one in assets if any(alias.lower() == key for alias in one.aliases)]:
        return FoundAssets(aliased, ResolutionMethod.ALIAS)
    if shortened := [one.id for one in assets if short_name(one).lower() == key]:
        return FoundAssets(shortened, ResolutionMethod.ALIAS)
    return FoundAssets(ids, ResolutionMethod.ADDRESS, spelling=_address(index.assets[ids[0]], text))


def folded_holders(index: DirectoryIndex, ids: Sequence[int], text: str) -> FoundAssets | None:
    """Return those of the assets that `text`, folded, names best, or None if its numbers differ."""
    words, key = tokens(text), fold(text)
    fitting: list[int] = []
    named: list[int] = []
    literal: list[int] = []
    for one in ids[:_MOST_HOLDERS]:
        asset = index.assets[one]
        spellings = [name for name in (asset.name, short_name(asset), *asset.aliases) if fold(name) == key]
        if not any(_same_numbers(words, tokens(name), text) for name in spellings):
            continue
        fitting.append(one)
        if fold(asset.name) == key:
            named.append(one)
            if tokens(asset.name) == words:
                literal.append(one)
    best = literal if len(literal) == 1 else named or fitting
    return FoundAssets(best, ResolutionMethod.FOLDED) if best else None


def run_named(index: DirectoryIndex, run: Sequence[Chunk]) -> FoundAssets | None:
    """Return the assets that a run of chunks names: literally if there are any, or else folded."""
    ids = index.folded.get("".join([chunk.folded for chunk in run]))
    if ids is None:
        return None
    text = " ".join([chunk.text for chunk in run])
    literal = index.known_as(text.lower())
    return holders(index, literal, text) if literal else folded_holders(index, as_tuple(ids), text)


def numbers_of(words: Iterable[str]) -> tuple[str, ...]:
    """Return the runs of digits in the words, in order; abbreviations such as `k8s` have none."""
    return tuple(
        run
        for word in words
        if not word.isalpha() and word not in MEANINGS
        for run in "".join(mark if mark.isdigit() else " " for mark in word).split()
    )


def _same_numbers(words: tuple[str, ...], other: tuple[str, ...], text: str) -> bool:
    """Return whether the numbers are the same, or only run together because the text has no separators."""
    return len(words) == 1 or numbers_of(words) == numbers_of(other) or text.isalnum()


def says(asset: AssetRecord, word: str) -> bool:
    """Return whether the asset's own name contains the kind word: `payments-db` is a database, whatever its kind."""
    meaning = MEANINGS.get(word, word)
    return any(MEANINGS.get(one, one) == meaning for one in tokens(asset.name))


def _same_owners(index: DirectoryIndex, ids: Sequence[int]) -> int | None:
    """Return the asset to answer with if all of them have owners, and the same ones; else None."""
    first = _owners(index.assets[ids[0]])
    if not first or any(_owners(index.assets[one]) != first for one in ids[1:]):
        return None
    return min(ids, key=lambda one: (_rank(index.assets[one].kind), one))


def _sections(index: DirectoryIndex, ids: Sequence[int]) -> list[int]:
    """Return the rules in file order if all of them are in sections of one repository's file; else none."""
    found = []
    for one in ids:
        rule = index.assets[one].path_rule
        if rule is None or not rule.section:
            return []
        found.append((rule.repository.lower(), rule.position, one))
    return [one for _, _, one in sorted(found)] if len({repository for repository, _, _ in found}) == 1 else []


def owners_of(index: DirectoryIndex, ids: Iterable[int]) -> frozenset[tuple[object, ...]]:
    """Return the owners that the facts of all these assets name."""
    owners: frozenset[tuple[object, ...]] = frozenset()
    return owners.union(*(_owners(index.assets[one]) for one in ids))


def _owners(asset: AssetRecord) -> frozenset[tuple[object, ...]]:
    return frozenset((fact.area, fact.role, fact.team_id, fact.person_id) for fact in asset.facts)


def _rank(kind: AssetKind) -> int:
    return _KINDS_FIRST.index(kind) if kind in _KINDS_FIRST else len(_KINDS_FIRST)


def _address(asset: AssetRecord, text: str) -> str:
    """Return the asset's address that `text` is another spelling of, or else `text`."""
    return next((one for one in asset.addresses if one.lower() == text.lower()), text)
