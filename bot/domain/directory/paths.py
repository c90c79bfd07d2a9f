"""Which rule of a CODEOWNERS file a path falls under, without trying every rule.

A rule is kept under the longest literal beginning of its pattern, or under a name or an ending that every path it
matches must have, so that a path is looked up by its own segments; only what is found is matched in full.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

from bot.domain.catalog import PathRule
from bot.domain.codeowners import compile_gitlab, compile_pattern, is_catch_all, is_valid
from bot.domain.directory.addresses import normal

_WILD = re.compile(r"[*?\\]")
_MAX_SEGMENTS = 24
#: Host, group, subgroup, ... name.
_MAX_REPOSITORY = 6
#: A key under which more rules stand than this is read in part only.
_MAX_RULES = 2_000
#: A pattern that has no literal part stands under this key.
_ANY = "*"
#: Stands for a repository as a whole: only a rule for all files matches it.
_NO_FILE = "-"


@dataclass(frozen=True, slots=True)
class _Rule:
    repository: str
    position: int
    asset_id: int
    pattern: str
    section: str = ""

    def matches(self, path: str) -> bool:
        """Whether a path falls under the rule. Whether one without an ending is a folder cannot be seen."""
        pattern = _compiled(self.pattern, bool(self.section))
        return pattern.match(path) is not None or pattern.match(path + "/") is not None


class Paths:
    """The rules of all CODEOWNERS files."""

    __slots__ = ("_everywhere", "_repositories", "_rules", "_short")

    def __init__(self) -> None:
        #: Repository -> key -> its rules.
        self._rules: dict[str, dict[str, list[_Rule]]] = {}
        #: Key -> the rules of every repository, without those that match every file.
        self._everywhere: dict[str, list[_Rule]] = {}
        #: Repository -> how many rules it has.
        self._repositories: dict[str, int] = {}
        #: The ends of repositories' names ("acme/shop", "shop") -> the repositories.
        self._short: dict[str, set[str]] = {}

    def add(self, asset_id: int, rule: PathRule) -> None:
        """Add a rule; one whose pattern CODEOWNERS does not allow matches nothing."""
        kept = _kept(asset_id, rule)
        if kept is None:
            return
        key = _key(rule)
        self._rules.setdefault(kept.repository, {}).setdefault(key, []).append(kept)
        if not is_catch_all(rule.pattern):
            self._everywhere.setdefault(key, []).append(kept)
        self._repositories[kept.repository] = self._repositories.get(kept.repository, 0) + 1
        for short in _short_names(kept.repository):
            self._short.setdefault(short, set()).add(kept.repository)

    def remove(self, asset_id: int, rule: PathRule) -> None:
        """Remove a rule, if it is there."""
        kept = _kept(asset_id, rule)
        if kept is None:
            return
        key = _key(rule)
        if kept not in self._rules.get(kept.repository, {}).get(key, []):
            return
        _take(self._rules[kept.repository], key, kept)
        _take(self._everywhere, key, kept)
        self._repositories[kept.repository] -= 1
        if not self._repositories[kept.repository]:
            del self._repositories[kept.repository], self._rules[kept.repository]
            for short in _short_names(kept.repository):
                self._short[short].discard(kept.repository)
                if not self._short[short]:
                    del self._short[short]

    def owners_in(self, repository: str, path: str) -> tuple[int, ...]:
        """Return the assets of the rules that `path` falls under in a repository, as `addresses.normal` writes it.

        Rules may know the repository by the end of that, without the host. An empty path means the repository itself.
        """
        for name in _short_names(repository)[:-1]:
            if named := self._short.get(name):
                return self._in(named, path.strip("/") or _NO_FILE)
        return ()

    def owners_below(self, path: str) -> tuple[int, ...]:
        """Return the same for a path that begins with a repository's name, none if it does not."""
        segments = path.strip("/").split("/")
        for count in range(min(len(segments), _MAX_REPOSITORY), 0, -1):
            if named := self._short.get("/".join(segments[:count]).lower()):
                return self._in(named, "/".join(segments[count:]) or _NO_FILE)
        return ()

    def owners_of(self, path: str) -> tuple[int, ...]:
        """Return the assets of the rules that a path may fall under: one for each repository and section it may be in.

        The path may begin with a repository's name; if not, every repository is asked, and rules for all files count
        only if it is the only one.
        """
        if not self._repositories or not path:
            return ()
        if found := self.owners_below(path):
            return found
        # "checkout/api" may be two words as well as a path: only a rule that begins so makes it one.
        is_file_like = "." in path.rpartition("/")[2] or path.count("/") > 1 or path[0] == "/" or path[-1] == "/"
        path = path.strip("/")
        if len(self._repositories) == 1 and is_file_like:
            return self._in(self._repositories, path)
        return _last_matches(_candidates(self._everywhere, path, anchored=not is_file_like), path)

    def _in(self, repositories: Iterable[str], path: str) -> tuple[int, ...]:
        found = (_candidates(self._rules[each], path) for each in sorted(repositories)[:_MAX_RULES])
        return _last_matches(chain.from_iterable(found), path)


def _last_matches(rules: Iterable[_Rule], path: str) -> tuple[int, ...]:
    """Return the asset of the last rule that matches, for each repository and section."""
    best: dict[tuple[str, str], int] = {}
    for rule in sorted(rules, key=lambda each: (each.position, each.asset_id), reverse=True):
        if (rule.repository, rule.section) not in best and rule.matches(path):
            best[rule.repository, rule.section] = rule.asset_id
    return tuple(sorted(best.values()))


def _candidates(rules: dict[str, list[_Rule]], path: str, *, anchored: bool = False) -> Iterator[_Rule]:
    segments = path.split("/")[:_MAX_SEGMENTS]
    keys = {"/" + "/".join(segments[:count]) for count in range(1, len(segments) + 1)}
    if not anchored:
        last = segments[-1]
        keys |= {_ANY, *segments, *("." + last[place + 1 :] for place, mark in enumerate(last) if mark == ".")}
    for key in keys:
        yield from rules.get(key, ())[:_MAX_RULES]


def _key(rule: PathRule) -> str:
    """Return what a path needs to match: `/literal/beginning`, a segment's name, `.ending`, or `*` for nothing."""
    body = rule.pattern.rstrip("/")
    if rule.section and not body.startswith("/"):
        body = body.rpartition("/")[2]  # GitLab anchors only what begins with a slash
    if "/" in body:
        literal: list[str] = []
        for segment in body.lstrip("/").split("/"):
            if _WILD.search(segment):
                break
            literal.append(segment)
        return "/" + "/".join(literal) if literal else _ANY
    if not _WILD.search(body):
        return body
    if body.startswith("*.") and not _WILD.search(body[1:]):
        return body[1:]
    return _ANY


def _kept(asset_id: int, rule: PathRule) -> _Rule | None:
    if not is_valid(rule):
        return None
    return _Rule(normal(rule.repository), rule.position, asset_id, rule.pattern, rule.section.lower())


@lru_cache(maxsize=65_536)
def _compiled(pattern: str, is_gitlab: bool) -> re.Pattern[str]:
    """Compile a pattern once somebody asks about a path that may fall under it: that takes ten times its indexing."""
    return compile_gitlab(pattern) if is_gitlab else compile_pattern(pattern)


def _short_names(repository: str) -> list[str]:
    parts = repository.split("/")
    return ["/".join(parts[start:]) for start in range(len(parts))]  # the whole first


def _take(rules: dict[str, list[_Rule]], key: str, rule: _Rule) -> None:
    kept = [other for other in rules.get(key, ()) if other != rule]
    if kept:
        rules[key] = kept
    else:
        rules.pop(key, None)
