"""Finding the CODEOWNERS rule that matches a path, without trying every rule.

A rule is stored under the longest literal beginning of its pattern, or under a name or an ending that every matching
path must have. A path is looked up by its own segments, and only the rules found are matched in full.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, takewhile
from typing import NamedTuple

from bot.domain.catalog import PathRule
from bot.domain.codeowners import compile_gitlab, compile_pattern, is_catch_all, is_valid
from bot.domain.directory.addresses import host_and_path, is_same_host, repository_key
from bot.domain.directory.vocabulary import COMMON_WORDS

_WILD = re.compile(r"[*?\\]")
#: The key of patterns without a literal part.
_ANY = "*"
#: Stands for the whole repository: only a rule for all files matches it.
_NO_FILE = "-"
#: A repository's name has at most this many segments: host, group, subgroup, ... name.
_MOST_IN_NAME = 7
#: How many folders above a checkout a path on somebody's machine may have.
_MOST_ABOVE = 12
#: How many repositories with a matching rule for all files are offered as a choice.
_MOST_OTHERS = 5


@dataclass(frozen=True, slots=True)
class _Rule:
    repository: str
    position: int
    asset_id: int
    pattern: str
    section: str = ""

    def matches(self, path: str) -> bool:
        """Whether a path matches the rule. It is unknown whether a path without an ending is a folder."""
        pattern = _compiled(self.pattern, bool(self.section))
        return pattern.match(path) is not None or pattern.match(path + "/") is not None

    @property
    def is_telling(self) -> bool:
        """Whether a matching path begins like the pattern, which shows that it belongs to this repository."""
        return _key(self.pattern, is_gitlab=bool(self.section)).startswith("/")

    @property
    def names_folders(self) -> bool:
        """Whether its pattern has more than one segment: many repositories have a folder `src`."""
        return "/" in self.pattern.strip("/")


@dataclass(frozen=True, slots=True)
class PathOwners:
    """The assets of the rules that match a path, one for each repository and section that it may be in.

    `is_certain` is False if it may also be in a repository with other rules for it, or with none. `more` is the number
    of other repositories that it may be in, besides those of these assets.
    """

    asset_ids: tuple[int, ...] = ()
    is_certain: bool = True
    more: int = 0


class PathBelow(NamedTuple):
    """The assets of the rules for a path below the folder at `start`, which has the name of their repository.

    It is certain if the folder above has the name of the organisation, or if a rule has two folders of the path.
    """

    start: int
    asset_ids: tuple[int, ...]
    is_sure: bool


class Paths:
    """The rules of all CODEOWNERS files."""

    __slots__ = ("_blanks", "_catch_alls", "_everywhere", "_organisations", "_repositories", "_rules", "_short")

    def __init__(self) -> None:
        #: Repository -> key -> its rules.
        self._rules: dict[str, dict[str, list[_Rule]]] = {}
        #: Key -> the rules of every repository, without those that match every file.
        self._everywhere: dict[str, list[_Rule]] = {}
        #: Repository -> how many rules it has that match every file.
        self._catch_alls: Counter[str] = Counter()
        #: The organisations and groups of repositories with rules -> how many.
        self._organisations: Counter[str] = Counter()
        #: Repository -> how many rules it has.
        self._repositories: dict[str, int] = {}
        #: How many rules have a space in their pattern.
        self._blanks = 0
        #: The last parts of repositories' names ("acme/shop", "shop") -> the repositories.
        self._short: dict[str, set[str]] = {}

    def add(self, asset_id: int, rule: PathRule) -> None:
        """Add a rule. A rule with a pattern that CODEOWNERS does not allow matches nothing."""
        kept = _kept(asset_id, rule)
        if kept is None:
            return
        key = _key(rule.pattern, is_gitlab=bool(rule.section))
        self._rules.setdefault(kept.repository, {}).setdefault(key, []).append(kept)
        self._blanks += " " in rule.pattern
        if is_catch_all(rule.pattern):
            self._catch_alls[kept.repository] += 1
        else:
            self._everywhere.setdefault(key, []).append(kept)
        if kept.repository not in self._repositories:
            self._organisations.update(_organisations(kept.repository))
            for short in _short_names(kept.repository):
                self._short.setdefault(short, set()).add(kept.repository)
        self._repositories[kept.repository] = self._repositories.get(kept.repository, 0) + 1

    def remove(self, asset_id: int, rule: PathRule) -> None:
        """Remove a rule, if it is there."""
        kept = _kept(asset_id, rule)
        if kept is None:
            return
        key = _key(rule.pattern, is_gitlab=bool(rule.section))
        if kept not in self._rules.get(kept.repository, {}).get(key, []):
            return
        _take(self._rules[kept.repository], key, kept)
        self._blanks -= " " in rule.pattern
        _take(self._everywhere, key, kept)
        if is_catch_all(rule.pattern):
            _count_down(self._catch_alls, kept.repository)
        self._repositories[kept.repository] -= 1
        if not self._repositories[kept.repository]:
            del self._repositories[kept.repository], self._rules[kept.repository]
            for each in _organisations(kept.repository):
                _count_down(self._organisations, each)
            for short in _short_names(kept.repository):
                self._short[short].discard(kept.repository)
                if not self._short[short]:
                    del self._short[short]

    @property
    def have_blanks(self) -> bool:
        """Whether a rule has a space in its pattern."""
        return self._blanks > 0

    def repositories(self) -> tuple[str, ...]:
        """Return the repositories that have rules."""
        return tuple(self._repositories)

    def repositories_called(self, name: str) -> tuple[str, ...]:
        """Return the repositories with rules that have this name, in the form of `addresses.repository_key`.

        `github.com/acme/shop` and `acme/shop` name each other, but not `github.com/evil/acme/shop`. If the name has a
        host and there is a repository at that host, repositories without a host are not returned.
        """
        host, path = host_and_path(name)
        named = ((each, *host_and_path(each)) for each in self._short.get(path, ()))
        found = {each: other for each, other, own in named if own == path}
        here = [each for each, other in found.items() if host and other and is_same_host(host, other)]
        return tuple(sorted(here or (each for each, other in found.items() if not (host and other))))

    def repositories_ending(self, name: str) -> tuple[str, ...]:
        """Return the repositories whose names end with this one: `acme/shop` for `shop`."""
        return tuple(sorted(self._short.get(name, ())))

    def is_organisation(self, name: str) -> bool:
        """Whether a repository with rules belongs to an organisation or group of this name (in lower case)."""
        return name in self._organisations

    def owners_in(self, repositories: Iterable[str], path: str) -> tuple[int, ...]:
        """Return the assets of the rules that match a path in these repositories.

        An empty path means the repository itself.
        """
        path = path.strip("/") or _NO_FILE
        found = (_candidates(self._rules[each], path) for each in repositories if each in self._rules)
        return _last_matches(chain.from_iterable(found), path)

    def has_begun(self, repositories: Iterable[str], path: str) -> bool:
        """Whether a rule of these repositories begins like a path, which shows that the folder exists."""
        path = path.strip("/")
        found = (_candidates(self._rules[each], path, anchored=True) for each in repositories if each in self._rules)
        return _has_match(chain.from_iterable(found), path)

    def owners_anywhere(self, path: str) -> PathOwners:
        """Return the assets of the rules that match a path, if the repository is not given."""
        if not self._repositories or not path:
            return PathOwners()
        # "checkout/api" may be two words or a path: it is a path only if a rule begins like it.
        is_file_like = "." in path.rpartition("/")[2] or path.count("/") > 1 or path[0] == "/" or path[-1] == "/"
        path = path.strip("/")
        rules = _candidates(self._everywhere, path, anchored=not is_file_like)
        matching = [rule for rule in rules if rule.matches(path)]
        if told := self._told_below(path, matching):
            return PathOwners(told)
        if len(self._repositories) == 1:
            return self._owners_in_only(path, is_file_like=is_file_like)
        likely = {rule.repository for rule in matching}
        others = [each for each in self._catch_alls if each not in likely]
        below = self.owners_below(path)
        if not matching:
            return PathOwners(below, is_certain=not (others and is_file_like))
        found = self.owners_in(sorted(likely), path) + self.owners_in(others[:_MOST_OTHERS], path)
        is_certain = len(likely) == 1 and not others and not below and all(rule.is_telling for rule in matching)
        more = max(0, len(others) - _MOST_OTHERS)
        return PathOwners(tuple(dict.fromkeys((*found, *below))), is_certain=is_certain, more=more)

    def _owners_in_only(self, path: str, *, is_file_like: bool) -> PathOwners:
        [only] = self._repositories
        if self.has_begun([only], path):
            return PathOwners(self.owners_in([only], path))
        if not is_file_like:
            return PathOwners(self.owners_below(path))
        # "evil/shop/src" may be a path in another repository that is also called shop, and "acme/docs/src" one in this
        # repository, whose organisation was not given.
        whole, *short = _short_names(only)
        _, name, rest = (*path.split("/", 2), "", "")[:3]
        below = self.owners_in([only], rest) if name.lower() == whole else ()
        is_another = any(f"/{name}/" in f"/{path.lower()}/" for name in short) or bool(below)
        found = (*below, *self.owners_in([only], path), *self.owners_below(path))
        return PathOwners(tuple(dict.fromkeys(found)), is_certain=not is_another)

    def _told_below(self, path: str, matching: Iterable[_Rule]) -> tuple[int, ...]:
        """Return the owners of "shop/apps/cart/x.py" in acme/shop if that has a rule for /apps/cart/.

        Empty if the first folder may be a folder of a repository: a rule names it, or it is an ordinary word and so is
        the folder behind it.
        """
        first = path.partition("/")[0]
        repository, rest = self._named_by(first, path, matching)
        begun = self._begun(repository, rest)
        is_told = any(first.lower() not in COMMON_WORDS or rule.names_folders for rule in begun)
        return self.owners_in([repository], rest) if is_told else ()

    def _named_by(self, first: str, path: str, matching: Iterable[_Rule]) -> tuple[str, str]:
        """Return the only repository that a path's first folder names, and the rest; "" if a rule has that folder."""
        rest = path.partition("/")[2]
        named = self._short.get(first.lower(), ())
        if not rest or len(named) != 1 or any(first in rule.pattern.split("/") for rule in matching):
            return "", rest
        return next(iter(named)), rest

    def _begun(self, repository: str, path: str) -> list[_Rule]:
        """Return the rules of a repository that begin like a path."""
        rules = _candidates(self._rules.get(repository, {}), path, anchored=True)
        return [rule for rule in rules if rule.matches(path)]

    def told_within(self, path: str) -> list[PathBelow]:
        """Return what a path on somebody's machine may be: `/home/ann/src/shop/apps/x.py` is apps/x.py in acme/shop.

        Repositories with a rule that begins like the rest of the path come before those that only have the name.
        """
        segments = path.strip("/").split("/")
        begun: list[PathBelow] = []
        called: list[PathBelow] = []
        for start in range(1, min(len(segments) - 1, _MOST_ABOVE)):
            below = "/".join(segments[start:])
            matching = [rule for rule in _candidates(self._everywhere, below) if rule.matches(below)]
            repository, rest = self._named_by(segments[start], below, matching)
            if not (told := self.owners_in([repository], rest)):
                continue
            rules = self._begun(repository, rest)
            has_organisation = "/".join(segments[start - 1 : start + 1]).lower() in self._short
            is_sure = has_organisation or any(rule.names_folders for rule in rules)
            (begun if rules else called).append(PathBelow(start, told, is_sure=bool(rules) and is_sure))
        return begun or called

    def owners_below(self, path: str) -> tuple[int, ...]:
        """Return the owners of a path in repositories whose names end with the path's first folders."""
        segments = path.split("/")
        found: dict[int, None] = {}
        for count in range(1, min(len(segments), _MOST_IN_NAME)):
            named = self._short.get("/".join(segments[:count]).lower(), ())
            found.update(dict.fromkeys(self.owners_in(sorted(named), "/".join(segments[count:]))))
        return tuple(found)


def _has_match(rules: Iterable[_Rule], path: str) -> bool:
    return any(rule.matches(path) for rule in rules)


def _last_matches(rules: Iterable[_Rule], path: str) -> tuple[int, ...]:
    """Return the asset of the last matching rule for each repository and section."""
    best: dict[tuple[str, str], int] = {}
    for rule in sorted(rules, key=lambda each: (each.position, each.asset_id), reverse=True):
        if (rule.repository, rule.section) not in best and rule.matches(path):
            best[rule.repository, rule.section] = rule.asset_id
    return tuple(sorted(best.values()))


def _candidates(rules: dict[str, list[_Rule]], path: str, *, anchored: bool = False) -> Iterator[_Rule]:
    """Yield the rules that may match. Every rule that matches is among them, unless only `anchored` ones are wanted."""
    segments = path.split("/")
    keys = {"/" + "/".join(segments[:count]) for count in range(1, len(segments) + 1)}
    if not anchored:
        keys |= {_ANY, *segments}
        for each in segments:
            keys.update("." + each[place + 1 :] for place, mark in enumerate(each) if mark == ".")
    for key in keys:
        yield from rules.get(key, ())


def _key(pattern: str, *, is_gitlab: bool) -> str:
    """Return what a path needs to match: `/literal/beginning`, a segment's name, `.ending`, or `*` for nothing."""
    segments = pattern.strip("/").split("/")
    is_anchored = pattern.startswith("/") or (len(segments) > 1 and not is_gitlab)
    literal = list(takewhile(lambda each: not _WILD.search(each), segments))
    if is_anchored and literal:
        return "/" + "/".join(literal)
    # Every segment of the pattern without a wildcard is in the path. The longest one is in the fewest paths.
    if named := max((each for each in segments if not _WILD.search(each)), key=len, default=""):
        return named
    endings = [each[1:] for each in segments if each.startswith("*.") and not _WILD.search(each[1:])]
    return max(endings, key=len, default=_ANY)


def _kept(asset_id: int, rule: PathRule) -> _Rule | None:
    if not is_valid(rule):
        return None
    return _Rule(repository_key(rule.repository), rule.position, asset_id, rule.pattern, rule.section.lower())


@lru_cache(maxsize=65_536)
def _compiled(pattern: str, is_gitlab: bool) -> re.Pattern[str]:
    """Compile a pattern when somebody first asks about a path that may match it.

    Compiling takes ten times as long as indexing.
    """
    return compile_gitlab(pattern) if is_gitlab else compile_pattern(pattern)


def _short_names(repository: str) -> list[str]:
    parts = repository.split("/")
    return ["/".join(parts[start:]) for start in range(len(parts))]  # the whole name first


def _organisations(repository: str) -> list[str]:
    """Return the part before a repository's name: `acme` for `acme/shop` and for `github.com/acme/shop`."""
    above = repository.split("/")[:-1]
    return above[1:] if above and "." in above[0] else above


def _count_down(counted: Counter[str], key: str) -> None:
    counted[key] -= 1
    if counted[key] <= 0:
        del counted[key]


def _take(rules: dict[str, list[_Rule]], key: str, rule: _Rule) -> None:
    kept = [other for other in rules.get(key, ()) if other != rule]
    if kept:
        rules[key] = kept
    else:
        rules.pop(key, None)
