"""The cycles of one product, indexed by everything that a version may mention."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from functools import cached_property
from typing import TypeVar

from bot.domain.eol import version_schemes
from bot.domain.eol.matches import AmbiguousVersion, InCycle, MatchMethod
from bot.domain.eol.records import Cycle, Product, Undated
from bot.domain.eol.versions import Token, clean, leading_numbers, plain_run, tokens
from bot.domain.names import fold

#: What labels add to a name: `12 (Bookworm)`, `26.04 'Resolute Raccoon'`.
_PACK = re.compile(r" SP\d.*")
#: The name in the middle of a label: `2014 'Hekaton' SP3`.
_INNER_NAME = re.compile(r"\s*'[^']*'(?=\s)")
_ADDED = re.compile(r"\s*(?:\(|['\"‘“{]).*", re.DOTALL)
_WORD = re.compile(r"[\W_]*([A-Za-z]+)[\W_]*")
_LEADING_WORDS = re.compile(r"(\D+?)v?(?=\d)", re.IGNORECASE)
#: How many numbers of a latest version identify a build: 10.0.19045 in 10.0.19045.3803.
_BUILD_LENGTH = 3
#: A shorter word is not taken for a codename anywhere in a text.
_CODENAME = 4
_FIRST_YEAR = 1990
_A_YEAR = timedelta(365)

K = TypeVar("K")
Tokens = tuple[Token, ...]
Run = tuple[int, ...]


class CycleIndex:
    """The tables in which a version is looked up. Cycles are indexes into `product.cycles`, which are cheap to compare.

    `groups` maps the numbers at the beginning of a cycle's name to the words that follow and the cycle: 13.0, 13.0-sp1.
    """

    def __init__(self, product: Product, feed: str, prefix: str = "") -> None:
        self.product = product
        self.feed = feed
        #: What precedes every version: the engine, if the names of the cycles begin with it.
        self.prefix = prefix
        self.is_java = product.key in version_schemes.JAVA
        self.by_text: dict[str, tuple[int, ...]] = {}
        self.exact: dict[Tokens, tuple[int, ...]] = {}
        self.worded: dict[Tokens, tuple[int, ...]] = {}
        self.codenames: dict[str, int] = {}
        self.groups: dict[Run, tuple[tuple[Tokens, int], ...]] = {}
        self.latest: dict[Tokens, tuple[int, ...]] = {}
        self.builds: dict[Run, tuple[int, ...]] = {}
        self._results: dict[tuple[int, MatchMethod], InCycle] = {}
        self._by_name = {cycle.name: place for place, cycle in enumerate(product.cycles)}
        self._own = [tokens(cycle.name) for cycle in product.cycles]
        self._heads = [leading_numbers(spelt) for spelt in self._own]
        names = (product.key, product.label, *product.aliases)
        own_fillers = version_schemes.FILLERS | (version_schemes.JAVA_FILLERS if self.is_java else frozenset())
        self._fillers = own_fillers | frozenset(map(fold, names))
        self._words = frozenset(version_schemes.OWN_WORDS.get(product.key, ())) | {
            word for word in (*tokens(" ".join(names)), *self._fillers) if isinstance(word, str)
        }
        self._beside: frozenset[str] | None = None
        self._head = version_schemes.PREFIXES.get(product.key)
        #: Words in a version that mean that it is another engine's.
        self.others = version_schemes.OTHERS.get(product.key, {})
        self._names_with_digits = tuple(name.lower() for name in names if any(c.isdecimal() for c in name))
        self._add_names()
        self._add_other_names()
        self._add_latest()
        #: By the first numbers of a cycle: the cycles inside it, whose versions have one number more than its own.
        self.finer = dict(self._finer())
        #: Names that decide a plain version by themselves: as its beginning, and as all of it.
        self.plain = dict(self._plain())
        self.named = {name: self.sure(self._by_name[name], MatchMethod.CYCLE) for name in self.plain}
        #: Latest versions that begin with another cycle's name.
        self.contested = frozenset(self._contested())

    @cached_property
    def heads(self) -> list[Run]:
        """The numbers at the beginning of cycles' names, in order."""
        return sorted(self.groups, key=without_zeros)

    @cached_property
    def latest_runs(self) -> list[tuple[Run, int]]:
        """The builds in order, if cycles are not named after the beginning of their builds (Windows)."""
        by_build = [(one, places) for one, places in self.latest.items() if self._is_by_build(one, places)]
        if 2 * sum(len(places) for _, places in by_build) <= len(self.product.cycles):
            return []
        return sorted((leading_numbers(one), places[0]) for one, places in by_build)

    def sure(self, place: int, method: MatchMethod) -> InCycle:
        """Return the answer that it is the cycle at `place`: one shared object for all versions with that answer."""
        found = self._results.get((place, method))
        if found is None:
            cycle = self.product.cycles[place]
            found = InCycle(product=self.product, cycle=cycle, method=method, feed=self.feed)
            self._results[place, method] = found
        return found

    def place_of(self, found: InCycle) -> int:
        """Return the place of the cycle of an answer."""
        return self._by_name[found.cycle.name]

    @property
    def words_beside(self) -> frozenset[str]:
        """The product's own words: its names and those of its cycles."""
        if self._beside is None:
            named = [token for spelt in (*self.worded, *self.exact) for token in spelt if isinstance(token, str)]
            self._beside = self._words | self.codenames.keys() | {token for token in named if len(token) > 1}
        return self._beside

    def ambiguous(self, places: Iterable[int], method: MatchMethod) -> AmbiguousVersion:
        """Return the answer that it may be any of the cycles at `places`, in the order of the product."""
        cycles = tuple(self.product.cycles[place] for place in sorted(set(places)))
        return AmbiguousVersion(product=self.product, candidates=cycles, method=method, feed=self.feed)

    def settled(self, places: Sequence[int], method: MatchMethod) -> InCycle | AmbiguousVersion:
        """Return the answer for the cycles at `places`: certain if there is only one, else ambiguous."""
        return self.sure(places[0], method) if len(places) == 1 else self.ambiguous(places, method)

    def agree(self, places: Iterable[int]) -> bool:
        """Return whether all cycles at `places` have the same clocks."""
        return len({self.product.cycles[place].clocks for place in places}) == 1

    def by_first_build(self, run: Run) -> int | None:
        """Return the place of the cycle whose range of builds contains `run`, by the version schemes; else None."""
        name = version_schemes.first_build(self.product.key, run)
        return None if name is None else self._by_name.get(name)

    def _add_names(self) -> None:
        for place, (cycle, spelt) in enumerate(zip(self.product.cycles, self._own, strict=True)):
            _put(self.by_text, cycle.name.lower(), place)
            _put(self.exact, spelt, place)
            if len(spelt) > 1 and spelt[0] in {"r", "v"} and isinstance(spelt[1], int):
                self._add_spelling(place, spelt[1:])  # r580-linux
            else:
                self._add_spelling(place, spelt)
            if len(spelt) > 1 and spelt[-1] == "x":
                self._add_spelling(place, spelt[:-1])  # nodejs18.x

    def _add_other_names(self) -> None:
        """Add codenames and labels that are neither another cycle's own name nor such a name with an addition."""
        own = frozenset(self._own)
        # A year alone may be any of its service packs: "SQL Server 2016" also means one with SP3.
        labels = [_INNER_NAME.sub("", cycle.label) for cycle in self.product.cycles]
        packed = {_PACK.sub("", label) for label in labels if _PACK.search(label)}
        for place, (cycle, label) in enumerate(zip(self.product.cycles, labels, strict=True)):
            if not cycle.codename and (not cycle.label or cycle.label == cycle.name):
                continue
            first = cycle.codename.split(maxsplit=1)[0] if cycle.codename else ""
            if len(first) >= _CODENAME and first.isalpha():
                self.codenames[first.lower()] = place
            for name in dict.fromkeys((cycle.codename, first, cycle.label, label, _ADDED.sub("", label))):
                spelt = tokens(self.without_name(name) or name)
                # `8.2 (Rapid Release)` is not an edition of 8.2, and the `5` in `Kindle 5` is not a version.
                head = leading_numbers(spelt)
                if spelt and spelt not in own and not (head and (not self._heads[place] or head == self._heads[place])):
                    if name not in packed:
                        _put(self.by_text, name.lower(), place)
                        _put(self.exact, spelt, place)
                    self._add_spelling(place, spelt)
        for word, name in version_schemes.CODENAMES.get(self.product.key, {}).items():
            if name in self._by_name:
                _put(self.worded, (word,), self._by_name[name])
                self.codenames[word] = self._by_name[name]

    def _add_spelling(self, place: int, spelt: Tokens) -> None:
        if not spelt:
            return
        head = leading_numbers(spelt)
        if not head:
            _put(self.worded, spelt, place)
            return
        known = self.groups.get(head, ())
        if (spelt[len(head) :], place) not in known:
            self.groups[head] = (*known, (spelt[len(head) :], place))

    def _add_latest(self) -> None:
        worded: dict[tuple[str, ...], list[tuple[Run, Tokens, int]]] = {}
        for place, cycle in enumerate(self.product.cycles):
            cut = clean(cycle.latest) if cycle.latest else ""
            spelt = tokens(cut)
            if not spelt:
                continue
            if isinstance(spelt[0], int):
                _put(self.latest, spelt, place)
                if len(spelt) == _BUILD_LENGTH == len(leading_numbers(spelt)) and self._is_by_build(spelt, (place,)):
                    _put(self.builds, leading_numbers(spelt), place)
                continue
            spelt = tokens(cycle.latest)
            numbers = tuple(token for token in spelt if isinstance(token, int))
            if numbers:
                words = tuple(token for token in spelt if isinstance(token, str))
                worded.setdefault(words, []).append((numbers, spelt, place))
        for same_words in worded.values():
            # Before `Update 5` there was an `Update 4`: only the highest belongs to one cycle alone.
            _, spelt, place = max(same_words)
            _put(self.exact, spelt, place)

    def _is_by_build(self, latest: Tokens, places: tuple[int, ...]) -> bool:
        """Return whether a latest version does not begin with any name of its cycles."""
        heads = [self._heads[place] for place in places]
        return not any(head and latest[: len(head)] == head for head in heads)

    def before_all(self, runs: Iterable[Run], lowest: Cycle) -> Cycle | None:
        """Return a cycle that stands for everything older than the lowest; None if some of that may be supported.

        The lowest cycle must have ended over a year before the newest came out, so that no long-term release before it
        continues. All `runs`, those of the version and of the cycles, must count in the same way: by years, or by
        numbers.
        """
        if self.prefix or self.latest_runs or len({run[0] >= _FIRST_YEAR for run in runs}) != 1:
            return None
        newest = max((each.released for each in self.product.cycles if each.released is not None), default=date.min)
        ends = [clock for clock in (lowest.eol, lowest.eoes) if isinstance(clock, date)]
        is_over = lowest.eol is Undated.ENDED or isinstance(lowest.eol, date)
        if not is_over or any(end + _A_YEAR >= newest for end in ends):
            return None
        label = f"older than {lowest.label or lowest.name}"
        return Cycle(name=f"<{lowest.name}", label=label, eol=Undated.ENDED)

    def run_together(self, digits: str) -> int | None:
        """Return the place of the one cycle that is written without separators in `php82` or `net472`; else None."""
        if not digits.isdecimal() or len(digits) < 2 or any(head[0] == int(digits) for head in self.groups):
            return None
        found = [place for name, place in self._by_name.items() if "." in name and name.replace(".", "") == digits]
        return found[0] if len(found) == 1 else None

    def without_head(self, text: str) -> str:
        """Return a version without a part before it that looks like a version: 5.5.5-10.11.6-MariaDB is 10.11.6."""
        found = self._head.match(text) if self._head is not None else None
        return text if found is None else text[found.end() :]

    def without_words(self, text: str) -> str | None:
        """Return a version without the words before it: `Debian GNU/Linux 11` is 11.

        None if the words are not enough.
        """
        rest, words = text, set[str]()
        beside = version_schemes.BESIDE_NAMES | version_schemes.BESIDE_NAMES_ONLY
        while (found := _WORD.match(rest)) is not None and found[1].lower() in self._words | beside:
            words.add(found[1].lower())
            rest = rest[found.end() :]
        is_named = not words.isdisjoint(self._words - beside) or words.isdisjoint(version_schemes.BESIDE_NAMES_ONLY)
        return rest if words and rest and is_named else None

    def without_name(self, text: str) -> str | None:
        """Return a version without the product's name or a word like `release` before it; None if it has none."""
        found = _LEADING_WORDS.match(text)
        if found is not None and fold(found[1]) in self._fillers:
            return text[found.end() :]
        for name in self._names_with_digits:
            rest = text[len(name) :].lstrip("-_ ")
            if text[: len(name)].lower() == name and len(rest) < len(text) - len(name) and rest[:1].isdecimal():
                return rest
        return None

    def _finer(self) -> Iterator[tuple[Run, tuple[int, list[tuple[Run, int]]]]]:
        """Yield, by first numbers, the length of the versions of cycles within a cycle, and those cycles in order.

        Jenkins 2 is the weekly line (2.578). Its long-term lines are cycles within it (2.541, with 2.541.3). A 2.319.3
        is of such a line too, although that line is not tracked.
        """
        within: dict[Run, list[tuple[Run, int]]] = {}
        for head, members in self.groups.items():
            for length in range(1, len(head)):
                if head[:length] in self.groups:
                    within.setdefault(head[:length], []).append((head, members[0][1]))
        for head, finer in within.items():
            lengths = {self._latest_length(place) for _, place in finer}
            own = {self._latest_length(place) for _, place in self.groups[head]}
            if len(lengths) == len(own) == 1 and 0 < min(own) < min(lengths):
                yield head, (min(lengths), sorted(finer))

    @cached_property
    def heads_by_place(self) -> dict[int, tuple[Run, ...]]:
        """The numbers at the beginning of each cycle's names, for cycles that the prefix leaves."""
        found: dict[int, tuple[Run, ...]] = {}
        for head, members in self.groups.items() if not self.prefix else ():
            for _, place in members:
                found[place] = (*found.get(place, ()), head)
        for spelt, places in self.worded.items() if self.prefix else ():
            head = leading_numbers(spelt[1:])
            if spelt[0] == self.prefix and head:
                for place in places:
                    found[place] = (*found.get(place, ()), head)
        return found

    def _latest_length(self, place: int) -> int:
        return len(leading_numbers(tokens(clean(self.product.cycles[place].latest))))

    def _plain(self) -> Iterator[tuple[str, InCycle]]:
        """Yield the names that decide a plain version by themselves, whatever follows after a dot."""
        cycles = self.product.cycles
        if any(re.search(r"(?<![0-9])0[0-9]", cycle.name) for cycle in cycles):
            return
        alone = {head: group[0][1] for head, group in self.groups.items() if len(group) == 1 and not group[0][0]}
        alone = {head: place for head, place in alone.items() if plain_run(cycles[place].name) == cycles[place].name}
        alone = {head: place for head, place in alone.items() if head not in self.finer}
        open_heads = [head for head in self.groups if head not in alone and head not in self.finer]
        for head, place in alone.items():
            if self._own[place] == head and not any(one[: len(head)] == head for one in open_heads):
                yield cycles[place].name, self.sure(place, MatchMethod.PREFIX)

    def _contested(self) -> Iterator[str]:
        """Yield the numbers of latest versions that begin with another cycle's name."""
        for cycle in self.product.cycles:
            run = plain_run(cycle.latest)
            found = self.beginning(run)
            if found is not None and found.cycle is not cycle:
                listed = self.latest.get(tokens(clean(cycle.latest)), ())
                if all(self.product.cycles[place] is not found.cycle for place in listed):
                    yield run

    def beginning(self, version: str) -> InCycle | None:
        """Return the answer for a plain version: the cycle with the longest name that begins it, in whole numbers."""
        while version:
            found = self.plain.get(version)
            if found is not None:
                return found
            version = version.rpartition(".")[0]
        return None


def _put(into: dict[K, tuple[int, ...]], key: K, place: int) -> None:
    known = into.get(key, ())
    if place not in known:
        into[key] = (*known, place)


def without_zeros(run: Run) -> Run:
    """Return the numbers in a form in which 3 and 3.0 are equal."""
    end = len(run)
    while end and run[end - 1] == 0:
        end -= 1
    return run[:end]
