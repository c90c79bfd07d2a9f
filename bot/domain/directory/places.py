"""Finding a name literally: as the whole text, as an address or path in it, or as a run of its words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from bot.domain.catalog import Area, AssetKind
from bot.domain.directory import addresses, forges
from bot.domain.directory.answers import Match, Nearest, Resolution, ResolutionMethod, Several
from bot.domain.directory.choices import FoundAssets, candidates, choose, folded_holders, holders, in_order, run_named
from bot.domain.directory.index import DirectoryIndex, as_tuple
from bot.domain.directory.placed_paths import PLACING_WORDS, in_named_repository
from bot.domain.directory.questions import MAX_LENGTH, Chunk, ParsedQuestion, Part, unescaped
from bot.domain.directory.readings import Reading, as_area, outside
from bot.domain.directory.repositories import at_path, repository_called
from bot.domain.directory.vocabulary import ENVIRONMENT_WORDS
from bot.domain.directory.word_matches import says_whose_database
from bot.domain.names import clean, fold

#: How many pieces between white space a name can have.
_MOST_CHUNKS = 12
#: How many words are joined to find a path with spaces.
_MOST_JOINED = 6
#: An ending like that of a file.
_FILE_NAME = re.compile(r"\w\.\w{1,5}$")
_BETWEEN_NAMES = frozenset({"and", "or", "vs", "versus"})
_JOINING = PLACING_WORDS | _BETWEEN_NAMES
_PATH_WITH_BLANKS = re.compile(r"[^\s:]+/[^\s:]* (?:[^:]* )?(?:[^\s:]*/[^\s:]*|[^\s/:]+\.\w{1,12})")
#: Cloud resources that are known by name alone, unique in an account or in the world.
_IN_CLOUD = re.compile(
    r"(?:(?:s3[an]?|gs)://|https?://(?:s3[.-][\w.-]*amazonaws\.com|s3\.amazonaws\.com|storage(?:\.cloud)?\.google(?:apis)?\.com)/)"
    r"(?P<bucket>[\w.-]+)(?:/\S*)?"
    r"|https?://(?P<host>[\w.-]+?)\.(?:s3[.-](?:[\w-]+\.)*amazonaws|storage\.googleapis)\.com(?:/\S*)?"
    r"|https?://(?P<account>[a-z0-9]{3,24})\.(?:blob|dfs|file|table|queue)\.core\.windows\.net(?:/\S*)?"
    r"|/aws/lambda/(?P<function>[\w-]+)(?:/\S*)?"
    r"|/aws/rds/(?:instance|cluster)/(?P<database>[\w-]+)(?:/\S*)?|/aws/eks/(?P<cluster>[\w-]+)(?:/\S*)?"
)
_KEPT = {
    "bucket": AssetKind.STORAGE,
    "host": AssetKind.STORAGE,
    "account": AssetKind.STORAGE,
    "function": AssetKind.FUNCTION,
    "database": AssetKind.DATABASE,
    "cluster": AssetKind.CLUSTER,
}
#: Methods that identify one thing whatever the text around it says.
_BEYOND_DOUBT = frozenset({ResolutionMethod.ADDRESS, ResolutionMethod.PATH, ResolutionMethod.REF})


#: The prefix of a rule's reference, which imports and `--json` show: `path:acme/shop:/api/` asks for `acme/shop:/api/`.
_OF_A_PATH = re.compile(rf"^{AssetKind.PATH.value}:", re.IGNORECASE)


def literally(index: DirectoryIndex, text: str, *, limit: int = 5) -> Match | Several | None:
    """Return the answer if the whole text is a reference, name, alias or address, ignoring case or folded."""
    found = _but_paths(index, index.known_as(text))
    if not found and len(text) <= MAX_LENGTH:
        text = clean(unescaped(text)).strip()
        found = _but_paths(index, index.known_as(text.lower()))
    if len(found) == 1:
        asset = index.assets[found[0]]
        if asset.name == text or asset.name.lower() == text.lower():
            return Match(asset.id, 1.0, ResolutionMethod.NAME, asset.name)
        only = holders(index, found, text)
        return Match(asset.id, only.confidence, only.method, only.spelling or asset.name)
    if found:
        return choose(index, holders(index, found, text), Reading(()), limit=limit, text=text)
    if len(text) > MAX_LENGTH:
        return None
    ids = index.folded.get(fold(text))
    finding = None if ids is None else folded_holders(index, as_tuple(ids), text)
    return None if finding is None else choose(index, finding, Reading(()), limit=limit, text=text)


def by_address(index: DirectoryIndex, question: ParsedQuestion, *, limit: int) -> Resolution | None:
    """Return the answer if the text contains an address or a path that the catalog knows.

    A named repository limits the answer: a path in it that the catalog does not know is unknown. Text that may be one
    path with spaces is read that way if a rule has such a path; if that decides the answer, Baton asks back.
    """
    if index.paths.have_blanks and any(map(_is_piece, question.chunks)):
        for run in _with_a_run_joined(question):
            as_one = _by_address(index, run, limit=limit)
            if isinstance(as_one, Match) and _has_blank(index, as_one):
                return as_one
    found = _by_address(index, question, limit=limit)
    joined = _with_blanks(index, question)
    as_one = _by_address(index, joined, limit=limit) if joined != question else None
    if not isinstance(as_one, Match) or as_one.method is not ResolutionMethod.PATH:
        return found
    if isinstance(found, Match) and found.asset_id != as_one.asset_id:
        return Several(candidates(index, (as_one.asset_id, found.asset_id), found.confidence), question.text)
    return found


def _with_blanks(index: DirectoryIndex, question: ParsedQuestion) -> ParsedQuestion:
    """Return a question with the words between two pieces of a path joined to it: `web/my folder/index.html`."""
    chunks, place = question.chunks, 0
    if not any(map(_is_piece, chunks)):
        return question
    made: list[Chunk] = []
    while place < len(chunks):
        last = place
        if _is_piece(chunks[place]) and _FILE_NAME.search(chunks[place].text) is None:
            for end in range(place + 1, len(chunks)):
                before = chunks[end - 1]
                if _joins(chunks[end]) or before.has_comma or before.is_quoted or chunks[end].is_quoted:
                    break
                is_end = _is_piece(chunks[end]) or _FILE_NAME.search(chunks[end].text) is not None
                if is_end and repository_called(index, chunks[end].text) is None:
                    last = end
        text = " ".join(chunk.text for chunk in chunks[place : last + 1])
        made.append(chunks[place] if last == place else Chunk(text, fold(text), (), Part.NAME, is_quoted=True))
        place = last + 1
    return replace(question, chunks=tuple(made))


def _with_a_run_joined(question: ParsedQuestion) -> Iterator[ParsedQuestion]:
    """Yield a question with each run of words joined in turn, the longest first: any word may be part of a path."""
    chunks = question.chunks
    for length in range(min(_MOST_JOINED, len(chunks)), 1, -1):
        for start in range(len(chunks) - length + 1):
            run = chunks[start : start + length]
            if len({chunk.is_quoted for chunk in run}) > 1 or any(chunk.has_comma for chunk in run[:-1]):
                continue
            text = " ".join(chunk.text for chunk in run)
            joined = Chunk(text, fold(text), (), Part.NAME, is_quoted=True)
            yield replace(question, chunks=(*chunks[:start], joined, *chunks[start + length :]))


def _has_blank(index: DirectoryIndex, found: Match) -> bool:
    """Whether a path was matched by a rule with a space in it."""
    rule = index.assets[found.asset_id].path_rule
    return found.method is ResolutionMethod.PATH and rule is not None and " " in rule.pattern


def _is_piece(chunk: Chunk) -> bool:
    return chunk.part is Part.NAME and "/" in chunk.text and not chunk.is_quoted


def _by_address(index: DirectoryIndex, question: ParsedQuestion, *, limit: int) -> Resolution | None:
    if (finding := in_named_repository(index, question)) is not None:
        return _answered(index, finding, Reading(()), question.text, limit=limit)
    if _PATH_WITH_BLANKS.fullmatch(question.text) and not any(map(_joins, question.chunks)):
        finding = at_path(index, question.text)
        if finding is not None and finding.method is ResolutionMethod.PATH and finding.asset_ids:
            return _answered(index, finding, Reading(()), question.text, limit=limit)
    findings: list[FoundAssets] = []
    reading = Reading(())
    named = by_windows(index, question, is_plain=True, limit=limit) if question.links else None
    for text in question.links:
        if (finding := at_address(index, text)) is None or (named is not None and _is_only_above(finding, text)):
            continue  # "[payments-db](https://wiki.example.com/pay)" is not about the wiki
        findings.append(finding)
    if findings and named is not None:
        findings.append(FoundAssets(assets_of(named), ResolutionMethod.NAME))
    for place, chunk in enumerate(question.chunks):
        if addresses.may_be_address(chunk.text) and (finding := at_address(index, chunk.text)) is not None:
            around = outside(question, place, place + 1)
            if around is None and finding.method not in _BEYOND_DOUBT:
                continue  # a name with a dot is a name, so the words around it have to be considered
            findings.append(finding)
            reading = around or reading
    if not findings:
        return None
    if len(findings) > 1:
        everyone = tuple(dict.fromkeys(one for finding in findings for one in finding.asset_ids))
        is_certain = all(finding.is_certain for finding in findings)
        findings = [replace(findings[0], asset_ids=everyone, is_certain=is_certain)]
    return _answered(index, findings[0], reading, question.text, limit=limit)


def _is_only_above(finding: FoundAssets, address: str) -> bool:
    """Whether only a host or folder above an address is known, and not the address itself."""
    is_address = finding.method is ResolutionMethod.ADDRESS and bool(finding.spelling)
    return is_address and addresses.normal(finding.spelling) != addresses.normal(address)


def _joins(chunk: Chunk) -> bool:
    """Whether a word connects two things, or asks for one."""
    return chunk.part is Part.QUESTION or chunk.folded in _JOINING


def _answered(
    index: DirectoryIndex, finding: FoundAssets, reading: Reading, text: str, *, limit: int
) -> Resolution | None:
    """Return the answer for a finding; if it is not certain, only a choice."""
    if not finding.asset_ids:
        return Nearest((), text)
    answer = choose(index, finding, reading, limit=limit)
    if answer is None and not reading.part:
        answer = choose(index, finding, replace(reading, kinds=()), limit=limit)
    if finding.is_certain or answer is None:
        return answer
    offered = in_order(index, finding.asset_ids, finding.confidence)
    if len(offered) < 2:
        return Nearest(offered, text)
    several = Several.first(offered, text, limit=limit)
    return replace(several, left=several.left + finding.more)


def by_windows(
    index: DirectoryIndex, question: ParsedQuestion, *, is_plain: bool, limit: int
) -> Match | Several | None:
    """Return the answer if a run of the text's words is a name, and the words around it only ask for it.

    With `is_plain`, those words say nothing at all. Otherwise they ask for a kind of asset, or for an area.
    """
    folded = [chunk.folded for chunk in question.chunks]
    count = len(folded)
    for length in range(min(count, _MOST_CHUNKS), 0, -1):
        answers: list[Match | Several] = []
        for start in range(count - length + 1):
            if "".join(folded[start : start + length]) not in index.folded:
                continue
            finding = run_named(index, question.chunks[start : start + length])
            reading = None if finding is None else outside(question, start, start + length)
            if finding is None or reading is None or reading.is_plain is not is_plain:
                continue
            for one in (reading, _about_area(index, finding, reading)):
                answer = None if one is None else choose(index, finding, one, limit=limit)
                if answer is not None:
                    answers.append(answer)
                    break
        if answers:
            return _only(index, answers, limit=limit)
    return None


def _about_area(index: DirectoryIndex, finding: FoundAssets, reading: Reading) -> Reading | None:
    """Return the reading that asks for an area of the found assets; None if there is none.

    A database is a thing of its own, unless the found asset has an owner for its database and no other has that name.
    """
    about = as_area(reading)
    if about is None or about.area is not Area.DATABASE:
        return about
    return about if says_whose_database(index, finding.asset_ids, reading.words) else None


def several_named(index: DirectoryIndex, question: ParsedQuestion, *, limit: int) -> Several | None:
    """Return a choice of assets if the text names several ("orders-db and checkout") and asks nothing else."""
    if not any(chunk.folded in _BETWEEN_NAMES for chunk in question.chunks):
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
            if question.chunks[place].part is not Part.QUESTION and question.chunks[place].folded not in _BETWEEN_NAMES:
                return None
            place += 1
    answer = choose(
        index, FoundAssets(tuple(dict.fromkeys(found)), ResolutionMethod.FOLDED), Reading(question.chunks), limit=limit
    )
    return answer if isinstance(answer, Several) else None


def _only(index: DirectoryIndex, answers: list[Match | Several], *, limit: int) -> Match | Several:
    """Return the one answer, or all of them as a choice if each may be the name of a part of the others."""
    if len(answers) == 1:
        return answers[0]
    found = [one for answer in answers for one in assets_of(answer)]
    finding = FoundAssets(tuple(dict.fromkeys(found)), ResolutionMethod.FOLDED)
    return choose(index, finding, Reading(()), limit=limit) or answers[0]


def assets_of(answer: Match | Several) -> list[int]:
    """Return the ids of the assets in an answer."""
    return [answer.asset_id] if isinstance(answer, Match) else [one.asset_id for one in answer.candidates]


def at_address(index: DirectoryIndex, text: str) -> FoundAssets | None:
    """Return the assets at an address or at the nearest one above it, or the assets of the rules that match a path."""
    if (kept := _kept_by_cloud(index, text)) is not None:
        return kept
    spellings = addresses.keys(text)
    file = forges.file_address(text)
    # If the path is in the query, the address is the repository's.
    for key in spellings[: 1 if file is not None and file.is_asked else 2]:
        if held := _but_paths(index, index.known_as(key)):
            return holders(index, held, key if key != text.lower() else text)
    if "/" in text and (found := at_path(index, _OF_A_PATH.sub("", text))) is not None:
        return found
    for key in spellings[2:]:
        if held := index.known_as(key):
            return FoundAssets(held, ResolutionMethod.ADDRESS, spelling=key)
    return _host_called(index, addresses.normal(text).partition("/")[0])


def _host_called(index: DirectoryIndex, host: str) -> FoundAssets | None:
    """Return the asset that a host is named after, in a domain of the catalog: `checkout.prod.example.com`."""
    label, *rest = host.split(".")
    while rest and rest[0] in ENVIRONMENT_WORDS:
        rest = rest[1:]
    domain = ".".join(rest)
    if not any(index.assets[one].kind is AssetKind.DOMAIN for one in index.known_as(domain)):
        return None
    held = [one for one in as_tuple(index.folded.get(fold(label))) if index.assets[one].kind is not AssetKind.DOMAIN]
    found = folded_holders(index, _but_paths(index, tuple(held)), label) if held else None
    return None if found is None else replace(found, method=ResolutionMethod.ADDRESS, spelling=label)


def _kept_by_cloud(index: DirectoryIndex, text: str) -> FoundAssets | None:
    """Return the bucket of `s3://bucket/key`, or the function, database or cluster of a log group."""
    found = _IN_CLOUD.fullmatch(text)
    if found is None:
        return None
    kind, name = next((_KEPT[key], name) for key, name in found.groupdict().items() if name)
    held = as_tuple(index.folded.get(fold(name)))
    named = folded_holders(index, [one for one in held if index.assets[one].kind is kind], name)
    return None if named is None else replace(named, method=ResolutionMethod.ADDRESS, spelling=name)


def _but_paths(index: DirectoryIndex, ids: tuple[int, ...]) -> tuple[int, ...]:
    """Return the assets without rules that name a file or folder: the last matching rule decides who owns that."""
    return tuple([one for one in ids if (rule := index.assets[one].path_rule) is None or _is_wild(rule.pattern)])


def _is_wild(pattern: str) -> bool:
    return any(mark in pattern for mark in "*?\\") or "/" not in pattern.rstrip("/")
