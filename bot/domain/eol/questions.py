"""Reading a question about end of life: the words for its subject, and the period.

The catalog and the facts decide what the words mean; nothing here knows a name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from bot.domain.directory.questions import read
from bot.domain.directory.vocabulary import VOCABULARY
from bot.domain.eol.periods import Everything, Period, split_period, words_of


class NamedKind(StrEnum):
    """What the words are said to name."""

    ANY = ""
    TEAM = "team"
    ASSET = "asset"
    PRODUCT = "product"


@dataclass(frozen=True, slots=True, kw_only=True)
class EolQuestion:
    """A question about end of life.

    - `about`: the words that name its subject; empty if there are none.
    - `phrase`: the same with the small words between them ("ruby on rails").
    - `is_everybody`: it asks for every team.
    - `is_mine`: it asks for the asker's own things.
    - `person`: the Slack id of another person whose things it asks for.
    - `only_unknown`: it asks for unknown versions.
    - `needs_product`: it is about end of life only if its words name a product ("which postgres 11 do we still run?").
    """

    about: str = ""
    phrase: str = field(default="", compare=False)
    kind: NamedKind = NamedKind.ANY
    period: Period = field(default_factory=Everything)
    is_everybody: bool = False
    is_mine: bool = False
    person: str = ""
    only_unknown: bool = False
    needs_product: bool = False


def parse_command(text: str, *, today: date) -> EolQuestion:
    """Return the question in the text of `/eol`, which is always about end of life."""
    return _question(text, today, needs_product=False)


def parse(text: str, *, today: date) -> EolQuestion | None:
    """Return the question about end of life in a sentence; None if it asks something else.

    A question about who owns something is never about end of life, whatever else it says.
    """
    said = read(text).text
    if _OWNERSHIP.search(said) is not None:
        return None
    if _ABOUT.search(said) is not None or _WHEN.search(said) is not None:
        return _question(text, today, needs_product=False)
    if _RUNS.search(said) is not None:
        return _question(text, today, needs_product=True)
    return None


def _question(text: str, today: date, *, needs_product: bool) -> EolQuestion:
    without, period = split_period(read(text).text, today=today)
    rest = _ABOUT.sub(" ", _HOW_LONG.sub(" ", without))
    person = _PERSON.search(text)
    words = rest.split()
    kind = NamedKind.ANY
    if words and words[0].lower() in _KINDS and len(words) > 1:
        kind, words = _KINDS[words[0].lower()], words[1:]
    folded = [word.lower() for word in words]
    is_unknown = bool(words) and kind is NamedKind.ANY and any(word in _UNKNOWN for word in folded)
    left = _UNKNOWN | _EVERYBODY if kind is NamedKind.ANY else frozenset()
    places = [
        place
        for place, low in enumerate(folded)
        if kind is not NamedKind.ANY or (low not in left and (low not in _FILLERS or _is_go(folded, place)))
    ]
    about = [words[place] for place in places]
    return EolQuestion(
        about=" ".join(about),
        phrase=" ".join(words[places[0] : places[-1] + 1]) if places else "",
        kind=kind if about else NamedKind.ANY,
        period=period,
        is_everybody=not about and any(word in _EVERYBODY for word in folded),
        is_mine=any(word in _MINE for word in folded),
        person=person[1] if person is not None else "",
        only_unknown=is_unknown,
        needs_product=needs_product,
    )


def _is_go(words: list[str], place: int) -> bool:
    """Whether the word means the language: `go 1.21`, or just `go`."""
    return words[place] == "go" and (
        len(words) == 1 or any(word[:1].isdigit() for word in words[place + 1 : place + 2])
    )


_ABOUT = words_of(
    r"end(?:s|ed|ing)?[\s-]+of[\s-]+(?:its[\s-]+|their[\s-]+)?(?:life|lives|support|service|maintenance)|eols?|eosl?"
    r"|out[\s-]+of[\s-]+support|(?:no\s+longer|not|un)[\s-]*supported|past\s+support"
    r"|(?:support|maintenance)\s+(?:ends?|ending|ended|expires|runs\s+out|over)|loses?\s+support|losing\s+support"
    r"|expir(?:es?|ed|ing|y)|overdue|deprecated|out[\s-]+of[\s-]+date|outdated"
    r"|still\s+(?:in\s+)?support(?:ed)?|supported(?=\W*$)"
)
#: "When does payments-db end?", "when do we have to upgrade postgres 11?", "what needs to be upgraded?"
_WHEN = words_of(
    r"when\b.{1,200}?\bends?(?=\W*$)"
    r"|(?:when|what|which|anything|do|does)\b.{0,200}?\b(?:needs?|have|has|must|should)\s+(?:to\s+)?(?:be\s+)?upgrad(?:e|ed|ing)"
)
_HOW_LONG = words_of(r"(?:for\s+)?how\s+(?:much\s+)?long(?:er)?")
_PERSON = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>")
_OWNERSHIP = words_of(
    r"owners?|ownership|whose|belongs?(?:\s+to)?|responsible|accountable|maintainers?|in\s+charge|on[\s-]?call"
    r"|look(?:s|ing|ed)?\s+after|(?:who|whom|which\s+teams?|what\s+teams?)\s+(?:(?:\w+\s+)?)"
    r"(?:owns?|owned|owning|handles?|manages?|maintains?|supports?)"
    r"|who\s+runs?|who\s+is\s+(?:running|behind)"
)
#: "Which postgres 11 do we still run?", "what still uses python 3.8?", "where does redis 5 run?"
_RUNS = words_of(
    r"(?:which|what|where|who|how\s+many|how\s+much|do|does|are|is|can|may|any|anyone|anybody|anything)\b.{0,200}?"
    r"\b(?:runs?|running|still\s+(?:uses?|using|has|have|on|depends?|in\s+use))"
)
_KINDS = {
    "team": NamedKind.TEAM,
    "squad": NamedKind.TEAM,
    "asset": NamedKind.ASSET,
    "service": NamedKind.ASSET,
    "product": NamedKind.PRODUCT,
    "technology": NamedKind.PRODUCT,
}
_UNKNOWN, _EVERYBODY, _MINE, _FILLERS = (
    frozenset(VOCABULARY["eol"][key].split()) for key in ("unknown", "everybody", "mine", "fillers")
)
