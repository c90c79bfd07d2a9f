"""Which release cycle a version belongs to. A version that no rule decides is left to a person, and is never supported.

The first rule that decides counts:

- The product is found by provider and engine, then by identifier, name and alias.
- The version is the name, codename or label of a cycle.
- A cycle's name is the longest beginning of the version, in whole numbers.
- If several cycles begin alike, the edition or the first build decides.
- The version is a cycle's latest version.

Any other version is too coarse, older than everything tracked, between two cycles, or newer.
"""

from __future__ import annotations

import re
from bisect import bisect_left

from bot.domain.eol import named_versions, providers, ranges, version_labels, version_schemes, version_words
from bot.domain.eol.cycle_index import CycleIndex, Run, Tokens, without_zeros
from bot.domain.eol.matches import (
    AmbiguousVersion,
    BetweenCycles,
    InCycle,
    Matched,
    MatchMethod,
    Newer,
    UnknownProduct,
    UntrackedOld,
)
from bot.domain.eol.product_table import Table
from bot.domain.eol.records import Undated
from bot.domain.eol.versions import Version, is_prerelease, parse, plain_run, tidy
from bot.domain.names import fold

#: The most answers that a table caches; each takes about 300 bytes.
_KEPT = 30_000
#: The place of an old version, which belongs to no tracked cycle.
_NO_PLACE = -1
#: How a server was built says nothing about its version: `compiled by gcc (Alpine 12.2.1) 12.2.1, 64-bit`.
_COMPILED = re.compile(
    r"(?:,?\s+(?:compiled|built)\s+(?:by|with|using)|\s+\((?:Intel )?X(?:64|86)\))\s.*", re.IGNORECASE | re.DOTALL
)
#: The product that is in the names of operating systems.
_KERNEL = "linux"
#: Words and signs between alternative codenames.
_EITHER = re.compile(r"\b(?:or|and|to)\b|[,/|&]", re.IGNORECASE)


def match(table: Table, *, product: str, version: str, provider: str = "") -> Matched:
    """Return which cycle `version` of `product`, as `provider` offers it, belongs to.

    `product` is what an inventory says: a name, an alias, an engine, a purl or a CPE. `provider` is whose dates apply,
    "" for the maker. The answer does not depend on the order of the table's products, and only `InCycle` may be taken
    as known.
    """
    asked = (product, version, provider)
    answer = table.answers.get(asked)
    if answer is None:
        version = _COMPILED.sub("", version)
        index = table.identify(product, provider)
        if isinstance(index, UnknownProduct) and (engine := providers.engine_of(fold(product), version)):
            index = table.identify(engine, product)
            version = providers.behind(engine, version)
        if isinstance(index, UnknownProduct) and fold(product) in providers.VENDOR_REQUIRED:
            index = table.identify(product, providers.java_vendor_in(version) or provider)
        if isinstance(index, UnknownProduct):
            answer = index
        elif version_words.is_plain(version):  # numbers name no product, and nothing beside them leaves them open
            answer = _match(index, version)
        elif (other := _other(index, version)) is not None:
            answer = match(table, product=other, version=version, provider=provider)
        elif (named := _behind_name(table, index, version)) is not None:
            own = match(table, product=product, version=named, provider=provider) if named else None
            answer = _doubtful(index, ()) if own is None else own
        elif version not in index.named and (labelled := version_labels.read(version, _own_words(index))) is not None:
            said = labelled.version
            answer = _doubtful(index, labelled.numbers)
            if said is not None:
                answer = match(table, product=product, version=said, provider=provider)
        else:
            answer = _unless_open(index, version, _match(index, version))
        if len(table.answers) >= _KEPT:
            table.answers.clear()
        table.answers[asked] = answer
    return answer


def _other(index: CycleIndex, version: str) -> str | None:
    """Return the engine that a version belongs to, if it names another one: 5.5.68-MariaDB."""
    written = version_schemes.WRITTEN.get(index.product.key, {})
    found = next((key for pattern, key in written.items() if pattern.fullmatch(version.strip())), None)
    if found is not None or not index.others:
        return found
    return next((index.others[word] for word in re.findall(r"[a-z]+", version.lower()) if word in index.others), None)


def _behind_name(table: Table, index: CycleIndex, version: str) -> str | None:
    """Return the version behind the product's own name, among versions of other products.

    "" if the only version is another product's; None if there are no names to decide it.
    """
    if version.lower() in index.by_text:
        return None

    own_names = providers.engines_by((index.product.key,)) | {index.prefix}

    def whose(name: str) -> bool | None:
        found = table.identify(name)
        if name in own_names:
            return True
        if name == _KERNEL:
            return None  # the Linux in `CentOS Linux 7 (Core)` is not the kernel
        return None if isinstance(found, UnknownProduct) else found.product.key == index.product.key

    if own := named_versions.own_version(version, whose):
        return own
    return "" if named_versions.is_anothers(version, whose) else None


def _unless_open(index: CycleIndex, version: str, found: Matched) -> Matched:
    """Return the answer, unless the words beside the version leave it open: `16 (planned)`, `12 oder neuer`."""
    if version.lower() in index.by_text:
        return found
    if isinstance(found, UntrackedOld) and version_words.leaves_open(version, _NO_PLACE, _own_words(index)):
        return _doubtful(index, ())  # "ruby 3.0.6" is not an old Rails
    if not isinstance(found, InCycle):
        return found
    place = index.place_of(found)
    if not version_words.leaves_open(index.without_head(version), place, _own_words(index)):
        return found
    return _doubtful(index, tuple(version_words.numbers_in(version)), place)


def _own_words(index: CycleIndex) -> version_words.OwnWords:
    is_imitated = index.product.key in version_schemes.IMITATED
    return version_words.OwnWords(index.words_beside, lambda number: _place_of(index, number), is_imitated)


def _doubtful(index: CycleIndex, numbers: tuple[str, ...], *places: int) -> AmbiguousVersion:
    """Return a choice of the cycles at `places` and those of `numbers`; of all cycles if there are none."""
    named = [_place_of(index, each) for each in numbers]
    chosen = (*places, *(each for each in named if each is not None))
    return index.ambiguous(chosen or range(len(index.product.cycles)), MatchMethod.DOUBT)


def _place_of(index: CycleIndex, number: str) -> int | None:
    found = match_cycle(index, index.prefix + number)
    return index.place_of(found) if isinstance(found, InCycle) else None


def _match(index: CycleIndex, version: str) -> Matched:
    """Return which cycle a version of one product belongs to. If the text alone decides, it is not cut into tokens."""
    named = index.named.get(version)
    if named is not None:
        return named
    ranged = _ranged(index, version)
    if ranged is not None:
        return ranged
    version = index.without_head(version)
    if version_schemes.is_kernel(index.product.key, version):
        return _unreadable(index)
    run = plain_run(version)
    begun = index.beginning(run) if run not in index.contested else None
    if begun is not None:
        return begun
    if not index.prefix or version.lower().startswith(index.prefix):
        return match_cycle(index, version)
    if not version.strip():
        return _unreadable(index)
    joined = match_cycle(index, index.prefix + version)
    # `al2` in `provided.al2`, but also `core3.1` in `dotnetcore3.1`.
    return match_cycle(index, f"{index.prefix}.{version}") if isinstance(joined, AmbiguousVersion) else joined


def match_cycle(index: CycleIndex, text: str) -> Matched:
    """Return which cycle a version of one product belongs to, by all rules."""
    tidied = tidy(text)
    spelt_so = index.by_text.get(tidied.lower(), ())
    if len(spelt_so) == 1:
        return index.sure(spelt_so[0], MatchMethod.CYCLE)
    ranged = _ranged(index, text)
    if ranged is not None:
        return ranged
    version = version_schemes.translate(index.product.key, parse(text))
    if not version.tokens:
        return _unreadable(index)
    named = index.exact.get(version.tokens, ())
    if named and (version.is_whole or any(isinstance(token, str) for token in version.tokens)):
        return _one_of(index, named, version, MatchMethod.CYCLE)
    found = _numbered(index, version) if version.run else _worded(index, version, tidied)
    is_open = isinstance(found, Newer | UntrackedOld) or (
        isinstance(found, AmbiguousVersion) and found.method is MatchMethod.UNREADABLE
    )
    return (_by_codename(index, version) or found) if is_open else found


def _by_codename(index: CycleIndex, version: Version) -> Matched | None:
    """Decide by the only codename anywhere in the text: `ubuntu-2004-focal-v20231101`, the name of a machine image."""
    named = {index.codenames[token] for token in version.tokens if isinstance(token, str) and token in index.codenames}
    return index.sure(named.pop(), MatchMethod.CYCLE) if len(named) == 1 else None


def _ranged(index: CycleIndex, text: str) -> Matched | None:
    """Return the cycles inside a range of versions as a choice (all if it contains none); None if not a range."""
    found = ranges.parse(text)
    if found is None or text.lower() in index.by_text:
        return None
    inside = [place for place, heads in index.heads_by_place.items() if found.holds(heads)]
    if found.is_tentative and (len(inside) < 2 or not _are_cycles(index, found.ends)):
        return None
    return index.ambiguous(inside or range(len(index.product.cycles)), MatchMethod.RANGE)


def _are_cycles(index: CycleIndex, ends: tuple[Run, ...]) -> bool:
    """Whether both ends may be versions of cycles: `17-21` is a range for Java, `8-1108` is a version with a revision.

    An end with several numbers is not one if its first number is higher than any cycle's: the Ubuntu in MySQL's
    `8.0-22.04`.
    """
    highest = index.heads[-1][0] if index.heads else 0
    return all(end[0] <= highest if len(end) > 1 else end in index.groups for end in ends)


def _worded(index: CycleIndex, version: Version, tidied: str) -> Matched:
    """Decide a version that begins with a word: `bookworm-slim`, `python3.9`, `PostgreSQL 11.22`."""
    if _EITHER.search(tidied):
        named = tuple(dict.fromkeys(place for token in version.tokens for place in index.worded.get((token,), ())))
        if len(named) > 1:
            return index.ambiguous(named, MatchMethod.RANGE)  # bullseye or bookworm
    for length in range(len(version.tokens), 0, -1):
        named = index.worded.get(version.tokens[:length], ())
        if named and is_prerelease(version.tokens[length:]) and len(named) == 1 and index.heads_by_place.get(named[0]):
            return _before(index, index.heads_by_place[named[0]][0])  # bookworm/sid
        if named:
            return index.settled(named, MatchMethod.CYCLE)
    bare = index.without_name(tidied) or index.without_words(tidied)
    if bare is not None:
        is_one_word = tidied[: -len(bare)][-1:].isalpha()
        run_together = index.run_together(bare) if is_one_word else None
        if run_together is not None:
            return index.sure(run_together, MatchMethod.CYCLE)
        return match_cycle(index, index.without_head(bare))
    begun = [place for spelt, places in index.worded.items() if _begins(spelt, version.tokens) for place in places]
    return index.ambiguous(begun, MatchMethod.COARSE) if begun else _unreadable(index)


def _numbered(index: CycleIndex, version: Version) -> Matched:
    runs = (
        [(version.run, False)] if version.full_run == version.run else [(version.full_run, True), (version.run, False)]
    )
    for run, is_beyond in runs:
        for length in range(len(run), 0, -1):
            group = index.groups.get(run[:length], ())
            rest = version.tokens[length:]
            # Behind a space, numbers count only if a word confirms them: `8 2` is not 8.2, `11 24H2` is.
            if group and (not is_beyond or any(_named(words, rest) for words, _ in group if words)):
                return _in_group(index, group, version, length)
    # Java 1.5 and later is also 5 and later; 1.4 has no other name.
    if index.is_java and version.run[0] == 1 and len(version.run) > 1 and version.run[1] >= 5:
        return _numbered(index, Version(version.tokens[1:], version.before_cut[1:]))
    return _by_build(index, version) or _coarse(index, version) or _outside(index, version)


def _in_group(index: CycleIndex, group: tuple[tuple[Tokens, int], ...], version: Version, length: int) -> Matched:
    """Decide between cycles whose names begin with the same numbers, the first `length` numbers of the version."""
    rest = version.tokens[length:]
    listed = index.latest.get(version.before_cut, ())
    named = [(len(words), place) for words, place in group if words and _contains(rest, words)]
    if named:
        longest = max(named)[0]
        best = [place for size, place in named if size == longest]
        if listed and best[0] not in listed:
            return index.ambiguous((*best, *listed), MatchMethod.LATEST)  # the facts contradict the name: ask
        return _one_of(index, best, version, MatchMethod.EDITION)
    if version.is_prerelease and not any(version.run[length:]):
        return _listed(index, listed) or _before(index, version.run[:length])
    places = [place for _, place in group]
    begun = [place for words, place in group if words and rest and _begins(words, rest)]
    plain = [place for words, place in group if not words]
    if begun:
        return _one_of(index, begun, version, MatchMethod.COARSE)
    if not plain and (built := _by_build(index, version)) is not None:
        return built  # 6.3.9600 is a build of Windows 8.1, not of 6 SP2
    if len(places) > 1 or not plain:
        return _one_of(index, places, version, MatchMethod.EDITION, plain=plain)
    if listed and plain[0] not in listed:
        return index.ambiguous((*plain, *listed), MatchMethod.LATEST)  # the facts contradict the name: ask
    size, within = index.finer.get(version.run[:length], (0, []))
    # In a line without an end, such as Jenkins' weekly releases, only versions after its newest inner cycle continue.
    is_endless = index.product.cycles[plain[0]].eol is Undated.OPEN and len(version.run) > length
    if size and not listed and (len(version.run) >= size or (is_endless and version.run < within[-1][0])):
        return _between(index, within, version.run, is_prerelease=False)
    return index.sure(plain[0], MatchMethod.PREFIX)


def _one_of(
    index: CycleIndex,
    places: list[int] | tuple[int, ...],
    version: Version,
    method: MatchMethod,
    *,
    plain: list[int] | None = None,
) -> Matched:
    """Decide between cycles that the version's name leaves open: by build or latest version; else ask."""
    if len(places) == 1 and plain is None and method is not MatchMethod.COARSE:
        return index.sure(places[0], method)
    first = index.by_first_build(version.run)
    if first is not None and first in places:
        return index.sure(first, MatchMethod.BUILD)
    listed = [place for place in index.latest.get(version.before_cut, ()) if place in places]
    if len(listed) == 1:
        return index.sure(listed[0], MatchMethod.LATEST)
    if plain and len(plain) == 1 and not listed and index.agree(places):
        return index.sure(plain[0], MatchMethod.PREFIX)
    return index.ambiguous(listed or places, method)


def _by_build(index: CycleIndex, version: Version) -> Matched | None:
    """Decide a version that begins with no cycle's name by known builds and latest versions."""
    first = index.by_first_build(version.run)
    if first is not None:
        return index.sure(first, MatchMethod.BUILD)
    listed = _listed(index, index.latest.get(version.before_cut, ()))
    if listed is not None:
        return listed
    for length in range(len(version.run), 0, -1):
        places = index.builds.get(version.run[:length])
        if places is not None:
            return index.settled(places, MatchMethod.BUILD)
    return None


def _listed(index: CycleIndex, listed: tuple[int, ...]) -> Matched | None:
    return index.settled(listed, MatchMethod.LATEST) if listed else None


def _coarse(index: CycleIndex, version: Version) -> Matched | None:
    """Decide a version that is shorter than the cycles' names: `8` if there are 8.0 and 8.4."""
    size = len(version.run)
    longer = [head for head in index.groups if len(head) > size and head[:size] == version.run]
    if not longer:
        return None
    if version.is_prerelease:
        return _before(index, min(longer))
    places = [place for head in longer for _, place in index.groups[head]]
    if len(longer) == 1 and not any(longer[0][size:]):
        return _in_group(index, index.groups[longer[0]], version, size)
    return index.ambiguous(places, MatchMethod.COARSE)


def _outside(index: CycleIndex, version: Version) -> Matched:
    """Return where a version outside every cycle lies; by build, if cycles are not named after their builds."""
    order: list[tuple[Run, int]]
    if index.latest_runs and len(version.run) >= 3:
        order = [(run, place) for run, place in index.latest_runs]
    else:
        order = [(head, index.groups[head][0][1]) for head in index.heads]
    if not order:
        return _unreadable(index)
    return _between(index, order, version.run, is_prerelease=version.is_prerelease)


def _before(index: CycleIndex, head: Run) -> Matched:
    """Return where a pre-release of the cycle that begins with `head` lies."""
    order = [(one, index.groups[one][0][1]) for one in index.heads]
    return _between(index, order, head, is_prerelease=True)


def _between(index: CycleIndex, order: list[tuple[Run, int]], run: Run, *, is_prerelease: bool) -> Matched:
    cycles, product, feed = index.product.cycles, index.product, index.feed
    at = bisect_left([without_zeros(one) for one, _ in order], without_zeros(run))
    below = cycles[order[at - 1][1]] if at > 0 else None
    above = cycles[order[at][1]] if at < len(order) else None
    if above is None:
        return Newer(product=product, newest=below, feed=feed)
    if below is None and not is_prerelease:
        is_a_version = any(run) and not _has_lost_zero(index, run)
        ended = index.before_all([run, *(head for head, _ in order)], above) if is_a_version else None
        return UntrackedOld(product=product, oldest=above, feed=feed, ended=ended)
    return BetweenCycles(product=product, below=below, above=above, is_prerelease=is_prerelease, feed=feed)


def _has_lost_zero(index: CycleIndex, run: Run) -> bool:
    """Whether a version may be another one that was stored as a number: a spreadsheet turns 1.30 into 1.3."""
    return len(run) == 2 and run[1] > 0 and (run[0], run[1] * 10) in index.groups


def _unreadable(index: CycleIndex) -> Matched:
    """Return all cycles as a choice; for an engine, those of the engine."""
    own = index.heads_by_place if index.prefix else ()
    return index.ambiguous(own or range(len(index.product.cycles)), MatchMethod.UNREADABLE)


def _named(words: Tokens, rest: Tokens) -> bool:
    return _contains(rest, words) or (bool(rest) and _begins(words, rest))


def _begins(whole: Tokens, start: Tokens) -> bool:
    return whole[: len(start)] == start


def _contains(within: Tokens, words: Tokens) -> bool:
    size = len(words)
    return any(within[start : start + size] == words for start in range(len(within) - size + 1))
