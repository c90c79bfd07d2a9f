"""The words that people put around a name. `bot/data/vocabulary.yaml` explains each set.

All words are compared folded (`names.fold`).
"""

from __future__ import annotations

from types import MappingProxyType

from bot.data import table
from bot.domain.catalog import Area, AssetKind
from bot.domain.names import fold

#: The whole file, for nouns that read sets of their own.
VOCABULARY = table("vocabulary")


def _words(key: str) -> frozenset[str]:
    return frozenset(VOCABULARY[key].split())


def _kinds(text: str) -> frozenset[AssetKind]:
    return frozenset(map(AssetKind, text.split()))


#: Ignored when the words of a name are compared in any order.
FUNCTION_WORDS = _words("function")
#: Those that also occur inside names: "bank of england".
JOINING_WORDS = FUNCTION_WORDS - {"my"}
QUESTION_WORDS = _words("question")
DOUBTFUL_WORDS = _words("doubtful")
STATE_WORDS = _words("state")
ACTING_WORDS = _words("acting")
TROUBLE_WORDS = _words("trouble")
_TROUBLE = STATE_WORDS | TROUBLE_WORDS
VERB_PARTICLES = _words("verb_particles")
PREDICATES = _words("predicates")
CORE_QUESTION_WORDS = _words("core_question")
TRAILING_WORDS = _words("trailing")
PART_OF_WORDS = _words("part_of")
#: Words before a noun, in any language.
ARTICLES = _words("articles")
#: Words that never continue a name.
ADVERBS = _words("adverbs")
FOREIGN_PART_OF_WORDS = _words("foreign_part_of")
ENVIRONMENT_WORDS = _words("environment")
FOREIGN_WORDS = _words("foreign")
FOREIGN_INTERROGATIVES = frozenset(map(fold, _words("foreign_interrogatives")))
FOREIGN_OWNER_WORDS = _words("foreign_owner")
#: Words that ask where or when something is, not whose it is.
FOREIGN_ELSEWHERE = _words("foreign_elsewhere")
#: Without words that are also English.
FOREIGN_TROUBLE_WORDS = _words("foreign_trouble") - _words("trouble") - _words("common")
FOREIGN_WELL = tuple(map(str.strip, VOCABULARY["foreign_well"].split(";")))
NEGATIONS = _words("negation")
#: Words that are written like names, but are not: "iOS", "week-end".
NO_NAMES = _words("no_names")
FOREIGN_BUT = _words("foreign_but")
FOREIGN_AND = _words("foreign_and")
#: Words that join the names of a list.
AND = _words("joins")
#: Apostrophe, colon or hyphen -> the endings that can follow it at the end of a name.
ENDINGS = MappingProxyType({mark: frozenset(words.split()) for mark, words in VOCABULARY["endings"].items()})
ELISIONS = _words("elisions")
COMMON_WORDS = _words("common")
#: Those of them that nobody uses without meaning the thing of that name.
PRODUCT_WORDS = _words("products")
#: An ordinary word with at least this many letters counts as a name if it is an asset's whole name.
LONG_ENOUGH = 6
#: A kind word that a name may have or lack and still mean the same thing, in any spelling.
GENERIC_WORD = "service"

#: Word -> (the kinds that it means, the kinds that it can also be used for if there are none of the first).
KIND_WORDS = MappingProxyType(
    {
        word: (_kinds(row["mean"]), _kinds(f"{row['mean']} {row.get('also', '')}"))
        for row in VOCABULARY["kinds"]
        for word in row["words"].split()
    }
)
#: Word for something that belongs to another thing -> the kinds of assets that it can also mean.
THING_WORDS = MappingProxyType(
    {word: _kinds(row.get("of", "")) for row in VOCABULARY["things"] for word in map(fold, row["words"].split())}
)
#: Word -> the area that it asks for.
AREA_WORDS = MappingProxyType(
    {word: Area(area) for area, words in VOCABULARY["areas"].items() for word in words.split()}
)
#: Words for what a thing has, if another word says what sort it is: "the checkout helm chart".
PART_HEADS = _words("part_heads") | frozenset(KIND_WORDS) | frozenset(AREA_WORDS) | frozenset(THING_WORDS)
#: Those sort words that otherwise mean a problem, or ask.
PART_SORTS = _words("part_sorts")
#: Meaning -> its words. The first word is the name of the meaning.
SPELLINGS = MappingProxyType({words[0]: tuple(words) for words in map(str.split, VOCABULARY["same"])})
#: Word -> its meaning. A word that is missing here means itself.
MEANINGS = MappingProxyType({word: meaning for meaning, words in SPELLINGS.items() for word in words})


def other_numbers(word: str) -> tuple[str, ...]:
    """Return possible plurals or singulars of a word: `policies` for `policy`, `box` for `boxes`."""
    found = [word + "s", word + "es"]
    for plural, singular in (("ies", "y"), ("ices", "ex"), ("ices", "ix"), ("es", ""), ("s", "")):
        if word.endswith(plural):
            found.append(word.removesuffix(plural) + singular)
    if word.endswith("y"):
        found.append(word[:-1] + "ies")
    if word.endswith(("ex", "ix")):
        found.append(word[:-2] + "ices")
    return tuple(each for each in dict.fromkeys(found) if len(each) > 1)


def is_trouble(word: str) -> bool:
    """Whether a word begins a statement that the named thing has a problem: "checkout throws errors"."""
    stems = (word, word.removesuffix("s"), word.removesuffix("es"))
    return any(stem in _TROUBLE or f"{stem}ing" in _TROUBLE or f"{stem[:-1]}ing" in _TROUBLE for stem in stems)
