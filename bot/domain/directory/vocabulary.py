"""The words that people put around a name: `bot/data/vocabulary.yaml`, which says what each set is for.

All are compared folded (`names.fold`).
"""

from __future__ import annotations

from types import MappingProxyType

from bot.data import table
from bot.domain.catalog import Area, AssetKind
from bot.domain.names import fold

#: The whole file, for the words that a noun has for itself.
VOCABULARY = table("vocabulary")


def _words(key: str) -> frozenset[str]:
    return frozenset(VOCABULARY[key].split())


def _kinds(text: str) -> frozenset[AssetKind]:
    return frozenset(map(AssetKind, text.split()))


#: Left out of a name's words when its words are compared without their order.
FUNCTION_WORDS = _words("function")
#: Those that names have inside, too: "bank of england".
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
#: They stand before a noun, in whatever language.
ARTICLES = _words("articles")
#: They go on with no name, whatever stands before them.
ADVERBS = _words("adverbs")
FOREIGN_PART_OF_WORDS = _words("foreign_part_of")
ENVIRONMENT_WORDS = _words("environment")
FOREIGN_WORDS = _words("foreign")
FOREIGN_INTERROGATIVES = frozenset(map(fold, _words("foreign_interrogatives")))
FOREIGN_OWNER_WORDS = _words("foreign_owner")
#: What asks where or when something is, and not whose.
FOREIGN_ELSEWHERE = _words("foreign_elsewhere")
#: Without those that are English as well.
FOREIGN_TROUBLE_WORDS = _words("foreign_trouble") - _words("trouble") - _words("common")
FOREIGN_WELL = tuple(map(str.strip, VOCABULARY["foreign_well"].split(";")))
NEGATIONS = _words("negation")
#: Written as names are, and none: "iOS", "week-end".
NO_NAMES = _words("no_names")
FOREIGN_BUT = _words("foreign_but")
FOREIGN_AND = _words("foreign_and")
#: What joins the names of a list.
AND = _words("joins")
#: Apostrophe, colon or hyphen -> what may stand behind it at the end of a name.
ENDINGS = MappingProxyType({mark: frozenset(words.split()) for mark, words in VOCABULARY["endings"].items()})
ELISIONS = _words("elisions")
COMMON_WORDS = _words("common")
#: Those of them that nobody says without meaning something that is called so.
PRODUCT_WORDS = _words("products")
#: An ordinary word of so many letters counts as a name where it is an asset's whole name.
LONG_ENOUGH = 6
#: The kind word that a name may have or lack and still be the same thing's, in whatever spelling.
GENERIC_WORD = "service"

#: Word -> (kinds that it means, kinds that it may be said of when there is none of the first).
KIND_WORDS = MappingProxyType(
    {
        word: (_kinds(row["mean"]), _kinds(f"{row['mean']} {row.get('also', '')}"))
        for row in VOCABULARY["kinds"]
        for word in row["words"].split()
    }
)
#: Word for what hangs on another thing -> the kinds of assets that may be called so all the same.
THING_WORDS = MappingProxyType(
    {word: _kinds(row.get("of", "")) for row in VOCABULARY["things"] for word in map(fold, row["words"].split())}
)
#: Word -> the area that it asks about.
AREA_WORDS = MappingProxyType(
    {word: Area(area) for area, words in VOCABULARY["areas"].items() for word in words.split()}
)
#: What a thing has, where a word says of what sort it is: "the checkout helm chart".
PART_HEADS = _words("part_heads") | frozenset(KIND_WORDS) | frozenset(AREA_WORDS) | frozenset(THING_WORDS)
#: Those of such words that elsewhere say what is wrong, or ask.
PART_SORTS = _words("part_sorts")
#: Meaning -> its words; a meaning is called by the first of them.
SPELLINGS = MappingProxyType({words[0]: tuple(words) for words in map(str.split, VOCABULARY["same"])})
#: Word -> its meaning; a word that is not here means itself.
MEANINGS = MappingProxyType({word: meaning for meaning, words in SPELLINGS.items() for word in words})


def other_numbers(word: str) -> tuple[str, ...]:
    """Return what may be the plural or the singular of a word: `policies` for `policy`, `box` for `boxes`."""
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
    """Whether a word begins what is said of a name that gives trouble: "checkout throws errors"."""
    stems = (word, word.removesuffix("s"), word.removesuffix("es"))
    return any(stem in _TROUBLE or f"{stem}ing" in _TROUBLE or f"{stem[:-1]}ing" in _TROUBLE for stem in stems)
