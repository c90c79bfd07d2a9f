"""Peculiarities of single products that no rule finds: Java's old numbers, words for editions, first builds.

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
#: Vendors' builds of Java, which call 8 also 1.8.
JAVA = frozenset(_TABLE["java"].split())
#: Meaningless words before a version, folded; for a build of Java there are some more.
FILLERS = frozenset(_TABLE["fillers"].split())
JAVA_FILLERS = frozenset(_TABLE["java_fillers"].split())
#: Words beside a product's name that do not belong to it, including those of single products.
BESIDE_NAMES = FILLERS | frozenset(_TABLE["beside_names"].split())
#: The same, for words that are meaningless only beside the product's name.
BESIDE_NAMES_ONLY = frozenset(_TABLE["beside_names_only"].split())
OWN_WORDS: Mapping[str, frozenset[str]] = {key: frozenset(words.split()) for key, words in _TABLE["own_words"].items()}
#: Text before a version that looks like one, by product.
PREFIXES = {key: re.compile(rf"(?:{one})(?=\d)", re.IGNORECASE) for key, one in _TABLE["prefixes"].items()}
_WORDS_OF_OTHERS = {key: one["words"] for one in _TABLE["others"] for key in one["of"].split()}
#: By product: words in a version that mean another engine, or a provider's variant of this one.
OTHERS: Mapping[str, Mapping[str, str]] = {
    key: _WORDS_OF_OTHERS.get(key, {}) | _TABLE["marks"].get(key, {}) for key in (_WORDS_OF_OTHERS | _TABLE["marks"])
}
#: By product: the form of versions that look like its own, and the product that they belong to.
WRITTEN = {
    key: {re.compile(pattern, re.IGNORECASE): other for pattern, other in of.items()}
    for key, of in _TABLE["written"].items()
}
#: Products whose protocol others imitate. Those report its version, followed by their own name.
IMITATED = frozenset(_TABLE["imitated"].split())
#: Kernel versions beside these systems, which are not versions of the system.
_KERNELS = frozenset(_TABLE["kernels"]["of"].split())
_KERNEL = re.compile(_TABLE["kernels"]["pattern"], re.IGNORECASE)
#: By product: codenames of cycles that no source has.
CODENAMES: Mapping[str, Mapping[str, str]] = {
    key: {word: str(cycle) for word, cycle in names.items()} for key, names in _TABLE["codenames"].items()
}
_SERVICE_PACK_IS_MINOR = frozenset(_TABLE["service_pack_is_minor"].split())
#: The first build of each cycle, ascending, by product and family, for cycles whose builds do not begin with their
#: name.
FIRST_BUILDS: Mapping[str, Builds] = {
    product: {
        _numbers(family): tuple((_numbers(build), cycle) for build, cycle in firsts.items())
        for family, firsts in families.items()
    }
    for product, families in _TABLE["first_builds"].items()
}


def translate(product_key: str, version: Version) -> Version:
    """Return a version with its words replaced by those in the names of the product's cycles."""
    if product_key in _SERVICE_PACK_IS_MINOR:
        return _with_minor_for_service_pack(version)
    words = _TABLE["words"].get(product_key)
    if words is None:
        return version
    translated = tuple(words.get(token, token) if isinstance(token, str) else token for token in version.tokens)
    return Version(translated, translated[: len(version.before_cut)])


def is_kernel(product_key: str, version: str) -> bool:
    """Whether a version beside a system is that of its kernel: `5.10.0-28-amd64` for Debian."""
    return product_key in _KERNELS and _KERNEL.fullmatch(version.strip()) is not None


def first_build(product_key: str, run: tuple[int, ...]) -> str | None:
    """Return the name of the cycle whose builds contain `run`; None if that is unknown."""
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
