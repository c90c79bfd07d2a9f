"""The things that a thread asks for, how surely it does, and when two of them are one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Set
from dataclasses import dataclass, field, replace
from enum import IntEnum

from rapidfuzz import fuzz

from bot.domain.backlog.cues import patterns
from bot.domain.backlog.item_types import CHANGES
from bot.domain.backlog.requests import ItemType
from bot.domain.backlog.threads import Sentence

_SAID = patterns("wishes")
#: What a team calls its own things.
_NAME = re.compile(r"(?<![\w-])[a-z][a-z0-9]*(?:[-_][a-z0-9]+)+(?![\w-])")
_TITLE = 90
_MOST = 50
_LONGEST_QUOTE = 600
#: Titles of which the shorter one's words stand in the longer one are alike.
_ALIKE = 85


#: What somebody does, rather than a thing.
HELP = (ItemType.SUPPORT, ItemType.COACHING)


class Strength(IntEnum):
    """How surely a thing is asked for: proposed, implied by what has to be, in a list, in words, or agreed to."""

    NAMED = 1
    IMPLIED = 2
    LISTED = 3
    ASKED = 4
    AGREED = 5


@dataclass(frozen=True, slots=True)
class Need:
    """A thing that is asked for. `strength` says how surely it is."""

    kind: ItemType
    title: str
    quote: str
    sentence: Sentence
    strength: Strength
    technologies: tuple[str, ...] = ()
    #: What the next sentence names, if it names none itself.
    near: tuple[str, ...] = ()
    nouns: frozenset[str] = frozenset()
    weight: int = 0
    #: All of the list, where its parts are one thing: what it is called then.
    span: str = ""

    def shares(self, words: Set[str], technologies: Set[str]) -> bool:
        """Whether it is about one of these nouns or technologies."""
        return bool(self.nouns & words or technologies & set(self.technologies))


@dataclass(slots=True)
class Needs:
    """What was found on the way through a thread."""

    needs: list[Need] = field(default_factory=list)
    stays: list[tuple[str, Sentence]] = field(default_factory=list)
    asked_in: set[int] = field(default_factory=set)
    #: Sentences that are no wish, whatever they sound like: "please ping me", "Ann does that".
    errands: set[int] = field(default_factory=set)
    #: Technologies of what was taken back.
    dropped: set[str] = field(default_factory=set)
    likely: tuple[Need, ...] = ()
    withdrawn_at: int | None = None
    #: Where something was last asked for, and how surely.
    last_ask: int = -9
    last_strength: Strength = Strength.NAMED
    #: The place of the message that answers what is needed.
    answers: int = -1

    def merge(self, need: Need, *, within: int | None) -> None:
        """Add a need, or make it one with the need that it repeats."""
        for at, known in enumerate(self.needs):
            if not is_same(known, need, in_one_list=within == known.sentence.at):
                continue
            keep, other = (need, known) if need.strength > known.strength else (known, need)
            quote = together(keep.quote, other.quote)
            is_list = known.sentence is need.sentence
            self.needs[at] = replace(
                keep,
                span=_spanned(need.sentence.text, known.span or known.title, need.title) if is_list else keep.span,
                quote=quote,
                technologies=tuple(dict.fromkeys((*keep.technologies, *other.technologies))),
                nouns=keep.nouns | other.nouns,
                strength=max(keep.strength, other.strength),
            )
            return
        if len(self.needs) < _MOST:
            self.needs.append(need)

    def take_back(self, gone: Iterable[Need], at: int) -> None:
        """Take needs back, in the sentence at that place; with the last of them the thread asks for nothing."""
        for each in gone:
            self.drop(each)
        if not self.needs:
            self.withdrawn_at = at

    def drop(self, need: Need) -> None:
        """Take a need back, and remember its technologies: they are offered no more."""
        self.needs.remove(need)
        self.dropped.update(need.technologies)


def is_same(known: Need, need: Need, *, in_one_list: bool) -> bool:
    """Whether two needs are one thing said twice: of one kind, about one technology, and not added to each other."""
    is_shared = bool(known.nouns & need.nouns)
    if known.kind is not need.kind:
        return not in_one_list and fuzz.token_set_ratio(known.title, need.title) >= _ALIKE
    are_other = known.technologies and need.technologies and not set(known.technologies) & set(need.technologies)
    if in_one_list:
        is_new = need.weight > 1 and known.technologies and not need.technologies and _SAID["anew"].match(need.title)
        return (is_shared or (len(need.title.split()) < 4 and not is_new)) and not are_other
    if known.sentence.is_bullet and need.sentence.is_bullet:
        return known.title == need.title
    is_added = bool(_SAID["adds"].search(need.sentence.text))
    if is_added and set(need.technologies) - set(known.technologies):
        return False
    if CHANGES.match(need.title) and set(_NAME.findall(need.title)).difference(_NAME.findall(known.quote)):
        return False  # "Upgrade payments-db" is another thing than a topic for orders
    is_anew = min(known.weight, need.weight) > 1 and _SAID["anew"].match(need.title)
    return is_shared or not (are_other or is_anew or is_added)


def _spanned(text: str, first: str, last: str) -> str:
    """Return the words of a sentence from one title to the other, or the first title where it is not so."""
    lower = text.lower()
    start, end = lower.find(first.lower()), lower.find(last.lower())
    return f"{first}{text[start + len(first) : end + len(last)]}" if 0 <= start < end else first


def together(quote: str, more: str) -> str:
    """Return both quotes, each once; a wish that is repeated all the time need not be quoted each time."""
    if more in quote or len(quote) > _LONGEST_QUOTE:
        return quote
    return more if quote in more else f"{quote} {more}"


def title(text: str) -> str:
    """Return the words of a wish as a title, without what leads to it."""
    cut = _SAID["subordinate"].sub("", _SAID["who_can"].sub("", text.strip()))
    said = _SAID["predicate"].search(cut)
    if said is not None and not _SAID["which_one"].search(cut[: said.start()]):
        cut = cut[: said.start()]
    bare = _SAID["lead"].sub("", cut).strip(" .,:;?!-(") or cut.strip() or text
    short = bare if len(bare) <= _TITLE else bare[: _TITLE - 1].rsplit(" ", 1)[0] + "…"
    return short[:1].upper() + short[1:]
