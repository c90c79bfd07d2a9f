"""Finding the name literally: as the whole text, as an address or path in it, or as a run of its words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.domain.catalog import AssetKind
from bot.domain.directory import addresses
from bot.domain.directory.answers import Match, ResolutionMethod, Several
from bot.domain.directory.choices import FoundAssets, choose, folded_holders, holders
from bot.domain.directory.index import DirectoryIndex, as_tuple
from bot.domain.directory.questions import MAX_LENGTH, Chunk, ParsedQuestion, Part, unescaped
from bot.domain.directory.readings import Reading, as_area, outside
from bot.domain.names import clean, fold

#: A name has at most this many pieces between white space.
_MOST_CHUNKS = 12
#: What names one thing whatever is said around it.
_BEYOND_DOUBT = frozenset({ResolutionMethod.ADDRESS, ResolutionMethod.PATH, ResolutionMethod.REF})


def literally(index: DirectoryIndex, text: str, *, limit: int) -> Match | Several | None:
    """Return the answer if the whole text is a reference, name, alias or address, up to case or up to folding."""
    found = index.known_as(text)
    if not found and len(text) <= MAX_LENGTH:
        text = clean(unescaped(text)).strip()
        found = index.known_as(text.lower())
    if len(found) == 1:
        return _one(index, found[0], text)
    if found:
        return choose(index, holders(index, found, text), Reading(()), limit=limit, text=text)
    if len(text) > MAX_LENGTH:
        return None
    ids = index.folded.get(fold(text))
    finding = None if ids is None else folded_holders(index, as_tuple(ids), text)
    return None if finding is None else choose(index, finding, Reading(()), limit=limit, text=text)


def by_address(index: DirectoryIndex, question: ParsedQuestion, *, limit: int) -> Match | Several | None:
    """Return the answer if the text holds an address or a path that the catalog knows."""
    findings: list[FoundAssets] = []
    beside: list[FoundAssets] = []
    reading = Reading(())
    for text in question.links:
        if (finding := at_address(index, text)) is not None:
            findings.append(finding)
    for place, chunk in enumerate(question.chunks):
        if addresses.may_be_address(chunk.text) and (finding := at_address(index, chunk.text)) is not None:
            around = outside(question, place, place + 1)
            if around is None and finding.method not in _BEYOND_DOUBT:
                beside.append(finding)  # a name with a dot in it is a name: what is around it has to be accounted for
                continue
            findings.append(finding)
            reading = around or reading
    if not findings:
        return None
    findings = _in_named_repositories(index, findings, beside)
    if len(findings) > 1:
        everyone = tuple(dict.fromkeys(one for finding in findings for one in finding.asset_ids))
        findings = [replace(findings[0], asset_ids=everyone)]
    return choose(index, findings[0], reading, limit=limit) or choose(
        index, findings[0], replace(reading, kinds=()), limit=limit
    )


def by_windows(
    index: DirectoryIndex, question: ParsedQuestion, *, is_plain: bool, limit: int
) -> Match | Several | None:
    """Return the answer if a run of the text's words is a name and the words around it only ask for it.

    With `is_plain`, they say nothing at all; without, they ask for an asset of some kind, or for an area of it.
    """
    count = len(question.chunks)
    for length in range(min(count, _MOST_CHUNKS), 0, -1):
        answers: list[Match | Several] = []
        for start in range(count - length + 1):
            finding = run_named(index, question.chunks[start : start + length])
            reading = None if finding is None else outside(question, start, start + length)
            if finding is None or reading is None or reading.is_plain is not is_plain:
                continue
            for one in (reading, as_area(reading)):
                answer = None if one is None else choose(index, finding, one, limit=limit)
                if answer is not None:
                    answers.append(answer)
                    break
        if answers:
            return _only(index, answers, limit=limit)
    return None


def several_named(index: DirectoryIndex, question: ParsedQuestion, *, limit: int) -> Several | None:
    """Return the assets to choose from if the text names several ("orders-db and checkout") and asks only that."""
    if not any(chunk.folded in ("and", "or", "vs") for chunk in question.chunks):
        return None
    found: list[int] = []
    place = 0
    while place < len(question.chunks):
        for length in range(min(_MOST_CHUNKS, len(question.chunks) - place), 0, -1):
            run = question.chunks[place : place + length]
            if run[0].part is not Part.QUESTION and (finding := run_named(index, run)) is not None:
                found += finding.asset_ids
                place += length
                break
        else:
            if question.chunks[place].part is not Part.QUESTION:
                return None
            place += 1
    answer = choose(
        index, FoundAssets(tuple(dict.fromkeys(found)), ResolutionMethod.FOLDED), Reading(question.chunks), limit=limit
    )
    return answer if isinstance(answer, Several) else None


def run_named(index: DirectoryIndex, run: Sequence[Chunk]) -> FoundAssets | None:
    """Return the assets that a run of chunks names, literally or folded."""
    ids = index.folded.get("".join([chunk.folded for chunk in run]))
    return None if ids is None else named(index, as_tuple(ids), " ".join([chunk.text for chunk in run]))


def _only(index: DirectoryIndex, answers: list[Match | Several], *, limit: int) -> Match | Several:
    """Return the one answer, or all of them to choose from where each could be the name of the others' part."""
    if len(answers) == 1:
        return answers[0]
    found = [one for answer in answers for one in assets_of(answer)]
    finding = FoundAssets(tuple(dict.fromkeys(found)), ResolutionMethod.FOLDED)
    return choose(index, finding, Reading(()), limit=limit) or answers[0]


def assets_of(answer: Match | Several) -> list[int]:
    """Return the assets that an answer names."""
    return [answer.asset_id] if isinstance(answer, Match) else [one.asset_id for one in answer.candidates]


def named(index: DirectoryIndex, ids: tuple[int, ...], text: str) -> FoundAssets | None:
    """Return the assets that `text` names literally if there are any, or else those that it names folded."""
    literal = index.known_as(text.lower())
    return holders(index, literal, text) if literal else folded_holders(index, ids, text)


def _one(index: DirectoryIndex, asset_id: int, text: str) -> Match:
    """Return the match for the only asset that has `text` for a reference, name, alias or address."""
    asset = index.assets[asset_id]
    if asset.name == text or asset.name.lower() == text.lower():
        return Match(asset_id, 1.0, ResolutionMethod.NAME, asset.name)
    finding = holders(index, (asset_id,), text)
    return Match(asset_id, finding.confidence, finding.method, finding.spelling or asset.name)


def at_address(index: DirectoryIndex, text: str) -> FoundAssets | None:
    """Return the assets at an address, or at the nearest one above it, or whose rule a path falls under."""
    spellings = addresses.keys(text)
    for key in spellings[:2]:
        if held := index.known_as(key):
            return holders(index, held, key if key != text.lower() else text)
    if (repository := _repository_at(index, text)) is not None:
        return repository
    if "/" in text and (ids := _at_path(index, text)):
        return FoundAssets(ids, ResolutionMethod.PATH)
    for key in spellings[2:]:
        if held := index.known_as(key):
            return FoundAssets(held, ResolutionMethod.ADDRESS, spelling=key)
    return None


def _in_named_repositories(
    index: DirectoryIndex, findings: list[FoundAssets], beside: list[FoundAssets]
) -> list[FoundAssets]:
    """Return only what the paths of "apps/api.py in acme/shop" lead to, in that repository; else `findings`."""
    named = (finding for finding in (*findings, *beside) if finding.method is not ResolutionMethod.PATH)
    ids = [one for finding in named for one in finding.asset_ids]
    repositories = {index.assets[one].name for one in ids if index.assets[one].kind is AssetKind.REPOSITORY}
    kept: list[FoundAssets] = []
    for finding in findings:
        rules = [(one, index.assets[one].path_rule) for one in finding.asset_ids]
        inside = tuple(one for one, rule in rules if rule is not None and rule.repository in repositories)
        if inside and finding.method is ResolutionMethod.PATH:
            kept.append(replace(finding, asset_ids=inside))
    return kept if kept and len(repositories) * len(kept) == 1 else findings


def _repository_at(index: DirectoryIndex, text: str) -> FoundAssets | None:
    """Return the repository that a forge's address names by owner and name, where the catalog has no address of it."""
    host, _, path = addresses.normal(text).partition("/")
    held = index.known_as(path) if "." in host and path.count("/") else ()
    ids = [one for one in held if index.assets[one].kind is AssetKind.REPOSITORY]
    return FoundAssets(tuple(ids), ResolutionMethod.ADDRESS) if ids else None


def _at_path(index: DirectoryIndex, text: str) -> tuple[int, ...]:
    file = addresses.file_address(text)
    if file is not None:
        return index.paths.owners_in(file.repository, file.path)
    if "://" in text or text.startswith("git@"):
        host, _, path = addresses.without_protocol(text).partition("/")
        return index.paths.owners_below(f"{host}/{path}") or index.paths.owners_below(path)
    return index.paths.owners_of(text)
