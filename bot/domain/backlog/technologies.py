"""Which technologies a text names: the longest spelling of the vocabulary wins, and an ambiguous one needs evidence."""

from __future__ import annotations

import re
from bisect import bisect
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from operator import attrgetter
from typing import Any

from bot.data import table
from bot.domain.backlog.cues import WORDS, alternatives
from bot.domain.names import fold

#: A channel such as `#redis-help` is one word, and so no technology.
_TOKEN = re.compile(r"(?<![\w#])#\w[\w-]*|(?<!\w)\.net\b|[^\W_]+(?:\+\+|#(?!\w))?", re.IGNORECASE)
_VERSION = re.compile(r"v?\d{1,4}(?:\.\d{1,5}){0,3}(?!\s*(?:%|hours?|h\b|min|days?|people|of us|times|x\b))")
#: Stands between two names of a list.
_LISTED = re.compile(
    r"[`'\"]*\s*(?:[,/+&>-]+|,?\s*\b(?:and|or|plus|vs\.?|with|to|than|for|on|in|via|from|into)\b)\s*"
    r"(?:(?:the|a|an|our|maybe)\s+)?[`'\"]*",
    re.IGNORECASE,
)
_CUES = frozenset(WORDS["beside_technologies"].split())
_TECHNICAL = re.compile(rf"\b(?:{'|'.join(WORDS['technical'].split())})\b", re.IGNORECASE)
_IDIOMS = re.compile(alternatives(WORDS["idioms"]), re.IGNORECASE)
_BEFORE_VERBS, _BEFORE_NAMES, _ARTICLES = (
    frozenset(WORDS[key].split()) for key in ("before_verbs", "before_names", "articles")
)


@dataclass(frozen=True, slots=True)
class Technology:
    """An entry of the vocabulary. `ambiguous` spellings mean other things, too; `words` are ordinary words."""

    id: str
    name: str
    type: str
    area: str
    aliases: tuple[str, ...] = ()
    ambiguous: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    lifecycle: str = ""

    @property
    def spellings(self) -> tuple[str, ...]:
        """All that it is called."""
        return (self.id, self.name, *self.aliases, *self.ambiguous, *self.words)


@dataclass(frozen=True, slots=True)
class Mention:
    """A technology named in a text, from `start` to `end`."""

    id: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Token:
    folded: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Found:
    id: str
    said: str
    start: int
    doubt: int = 0  # 0 sure, 1 ambiguous, 2 an ordinary word
    is_sure: bool = True
    is_name: bool = True

    @property
    def end(self) -> int:
        return self.start + len(self.said)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The technologies that Baton knows by name."""

    technologies: tuple[Technology, ...]
    _by_first: dict[str, list[tuple[tuple[str, ...], Technology, int]]] = field(
        default_factory=lambda: defaultdict(list), init=False, repr=False, compare=False
    )
    _by_id: dict[str, Technology] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for one in self.technologies:
            self._by_id[one.id] = one
            ambiguous, words = ({_spelt(each) for each in listed} for listed in (one.ambiguous, one.words))
            for spelling in dict.fromkeys(map(_spelt, one.spellings)):
                if spelling:
                    doubt = 2 if spelling in words else 1 if spelling in ambiguous else 0
                    self._by_first[spelling[0]].append((spelling, one, doubt))
        for entries in self._by_first.values():
            entries.sort(key=lambda entry: (-len(entry[0]), entry[2]))

    def __getitem__(self, key: str) -> Technology:
        return self._by_id[key]

    def find(self, texts: Sequence[str]) -> list[list[Mention]]:
        """Return what each of a thread's texts names. A name that is sure in one of them is meant in all of them."""
        rows = [list(self._candidates(text)) for text in texts]
        found = [one for row in rows for one in row]
        taken = {one.id for one in found if one.is_sure}
        if taken or any(_TECHNICAL.search(text) for text in texts):
            taken |= {one.id for one in found if one.is_name}
        #: "Composer", where Cloud Composer is named.
        short = {fold(one.said.split()[-1]): one.id for one in found if not one.doubt and " " in one.said}
        answers = []
        for text, row in zip(texts, rows, strict=True):
            sure = [one for one in row if not one.doubt]
            taken |= {one.id for one in row if one.doubt == 1 and _is_listed(text, one, sure)}
            whole = text.strip(" .!?,")
            answers.append(
                [
                    Mention(short.get(fold(each.said), each.id) if each.doubt else each.id, each.start, each.end)
                    for each in row
                    if each.id in taken and (each.doubt < 2 or each.is_sure or each.is_name or each.said == whole)
                ]
            )
        return answers

    def _candidates(self, text: str) -> Iterator[_Found]:
        idioms = {at for found in _IDIOMS.finditer(text) for at in range(*found.span())}
        tokens = [_Token(_folded(found[0]), *found.span()) for found in _TOKEN.finditer(text)]
        at = 0
        while at < len(tokens):
            technology, length, doubt = self._longest(tokens, at) or (None, 1, 0)
            behind = self._longest(tokens, at + length - 1) if technology and length > 1 else None
            if behind is not None and behind[1] > 1:
                length, technology = length - 1, None  # "Apache Kafka Connect"
            said = text[tokens[at].start : tokens[at].end]
            # SWIFT is no programming language.
            is_other = technology and said.isupper() and len(said) > 3 and said not in technology.name
            is_other = is_other or tokens[at].start in idioms
            if technology and not (doubt and is_other):
                yield self._judged(text, tokens, at, length, technology, doubt)
            at += length

    def _longest(self, tokens: Sequence[_Token], at: int) -> tuple[Technology, int, int] | None:
        for word in _forms(tokens[at].folded):
            for spelling, technology, doubt in self._by_first.get(word, ()):
                rest = [token.folded for token in tokens[at + 1 : at + len(spelling)]]
                if len(rest) == len(spelling) - 1 and all(
                    wanted in (*_forms(seen), seen.removesuffix("s"))
                    for wanted, seen in zip(spelling[1:], rest, strict=True)
                ):
                    return technology, len(spelling), doubt
        return None

    def _judged(
        self, text: str, tokens: Sequence[_Token], at: int, length: int, technology: Technology, doubt: int
    ) -> _Found:
        start, end = tokens[at].start, tokens[at + length - 1].end
        said, before, after = text[start:end], text[:start], text[end:]
        if doubt == 0:
            return _Found(technology.id, said, start)
        last = tokens[at - 1].folded if at else ""
        # "Vault. We wait for a policy": what the message is about.
        is_whole = doubt == 1 and said[0].isupper() and not before.strip() and after.strip() in ("", ".")
        beside = (*tokens[max(0, at - 2) : at], *tokens[at + length : at + length + 2])
        cues = beside if doubt == 1 else tokens[at + length : at + length + 1]
        has_cue = _VERSION.match(after[:14].lstrip()) or any(token.folded in _CUES for token in cues)
        is_verb = doubt == 2 and last in _BEFORE_VERBS
        is_sure = before[-1:] == "`" or is_whole or bool(has_cue and not is_verb)
        # A capital says little where a sentence begins; no article stands before a name.
        is_within = said[0].isupper() and bool(re.search(r"[\w,)'\"/+]\s*\(?$", before[-12:]))
        is_name = is_within or (said[0].isupper() and doubt == 1 and last not in _ARTICLES)
        is_name = (is_name and len(said) > 1) or (doubt == 1 and last in _BEFORE_NAMES)
        return _Found(technology.id, said, start, doubt, is_sure, is_name)


def _is_listed(text: str, one: _Found, others: Sequence[_Found]) -> bool:
    """Whether a name stands in a list or a comparison with one of the others: "kafka, rabbit or nats"."""
    at = bisect(others, one.start, key=attrgetter("start"))
    # Between it and all others stands the name of one of these two.
    return any(
        _LISTED.fullmatch(text[min(one.end, other.end) : max(one.start, other.start)])
        for other in others[max(0, at - 1) : at + 1]
    )


@lru_cache(maxsize=4096)
def _spelt(name: str) -> tuple[str, ...]:
    return tuple(_folded(found) for found in _TOKEN.findall(name))


def _folded(token: str) -> str:
    return "dotnet" if token.startswith(".") else fold(token)


@lru_cache(maxsize=8192)
def _forms(word: str) -> tuple[str, ...]:
    """Return a word, and what it may be without a plural's s or the digits of a version: `postgres16`."""
    forms = [word]
    if len(word) > 3 and word.endswith("s"):
        forms.append(word[:-1])
    bare = word.rstrip("0123456789")
    if bare != word and len(bare) >= 4:
        forms.append(bare)
    return tuple(forms)


def ids(mentions: Iterable[Mention]) -> list[str]:
    """Return what is named, each once, in order."""
    return list(dict.fromkeys(each.id for each in mentions))


@lru_cache(maxsize=1)
def known() -> Vocabulary:
    """Return the vocabulary that ships with Baton, `bot/data/technologies.yaml`."""
    return Vocabulary(tuple(map(_technology, table("technologies"))))


def _technology(row: dict[str, Any]) -> Technology:
    lists: dict[str, Any] = {key: tuple(row[key]) for key in ("aliases", "ambiguous", "words") if key in row}
    return Technology(**row | lists)
