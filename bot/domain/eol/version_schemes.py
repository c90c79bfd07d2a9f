"""What is peculiar to single products and no rule finds: Java's old numbers, words for editions, first builds.

The table is `bot/data/version_schemes.yaml`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise

from bot.data import table
from bot.domain.eol.versions import Token, Version

Builds = Mapping[tuple[int, ...], tuple[tuple[tuple[int, ...], str], ...]]


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split("."))


_TABLE = table("version_schemes")
#: Builds of Java by vendor: what they call 1.8 is 8.
JAVA = frozenset(_TABLE["java"].split())
#: Words that may stand before a version and say nothing, folded; for a build of Java, some more.
FILLERS = frozenset(_TABLE["fillers"].split())
JAVA_FILLERS = frozenset(_TABLE["java_fillers"].split())
#: Words that may stand beside a product's name and are not its own, and those of single products.
BESIDE_NAMES = FILLERS | frozenset(_TABLE["beside_names"].split())
#: The same, for words that say nothing without the product's name.
BESIDE_NAMES_ONLY = frozenset(_TABLE["beside_names_only"].split())
OWN_WORDS: Mapping[str, frozenset[str]] = {key: frozenset(words.split()) for key, words in _TABLE["own_words"].items()}
#: What stands before a version and looks like one, by product.
PREFIXES = {key: re.compile(rf"(?:{one})(?=\d)", re.IGNORECASE) for key, one in _TABLE["prefixes"].items()}
_WORDS_OF_OTHERS = {key: one["words"] for one in _TABLE["others"] for key in one["of"].split()}
#: By product: words in a version that say that it is one of another engine, or what a provider makes of this one.
OTHERS: Mapping[str, Mapping[str, str]] = {
    key: _WORDS_OF_OTHERS.get(key, {}) | _TABLE["marks"].get(key, {}) for key in (_WORDS_OF_OTHERS | _TABLE["marks"])
}
#: By product: how versions of another are written that pass for this one's.
WRITTEN = {
    key: {re.compile(pattern, re.IGNORECASE): other for pattern, other in of.items()}
    for key, of in _TABLE["written"].items()
}
#: What others imitate, with a version of it and a name of their own behind that.
IMITATED = frozenset(_TABLE["imitated"].split())
#: What is a version of the kernel beside these systems, and none of theirs.
_KERNELS = frozenset(_TABLE["kernels"]["of"].split())
_KERNEL = re.compile(_TABLE["kernels"]["pattern"], re.IGNORECASE)
#: By product: names of cycles that no source has.
CODENAMES: Mapping[str, Mapping[str, str]] = {
    key: {word: str(cycle) for word, cycle in names.items()} for key, names in _TABLE["codenames"].items()
}
_SERVICE_PACK_IS_MINOR = frozenset(_TABLE["service_pack_is_minor"].split())
#: The first build of each cycle, ascending, by product and family, where a cycle's name does not begin its builds.
FIRST_BUILDS: Mapping[str, Builds] = {
    product: {
        _numbers(family): tuple((_numbers(build), cycle) for build, cycle in firsts.items())
        for family, firsts in families.items()
    }
    for product, families in _TABLE["first_builds"].items()
}


def translate(product_key: str, version: Version) -> Version:
    """Return a version with the words that the names of the product's cycles have."""
    if product_key in _SERVICE_PACK_IS_MINOR:
        return _with_minor_for_service_pack(version)
    words = _TABLE["words"].get(product_key)
    if words is None:
        return version
    translated = tuple(words.get(token, token) if isinstance(token, str) else token for token in version.tokens)
    return Version(translated, translated[: len(version.before_cut)])


def is_kernel(product_key: str, version: str) -> bool:
    """Whether a version beside a system is one of its kernel: the `5.10.0-28-amd64` of Debian."""
    return product_key in _KERNELS and _KERNEL.fullmatch(version.strip()) is not None


def first_build(product_key: str, run: tuple[int, ...]) -> str | None:
    """Return the name of the cycle whose builds `run` is among, None where this is not known."""
    for family, firsts in FIRST_BUILDS.get(product_key, {}).items():
        if run[: len(family)] == family:
            return next((cycle for first, cycle in reversed(firsts) if first <= run), None)
    return None


def _with_minor_for_service_pack(version: Version) -> Version:
    tokens: list[Token] = list(version.tokens)
    for place, (one, two) in enumerate(pairwise(version.tokens)):
        if one == "sp" and isinstance(two, int):
            del tokens[place]
            return Version(tuple(tokens), tuple(tokens))
    return version
