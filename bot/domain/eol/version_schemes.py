"""What is peculiar to single products and no rule finds: Java's old numbers, words for editions, first builds.

A new entry wants a reason that the general rules cannot serve, and a test.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from types import MappingProxyType

from bot.domain.eol.versions import Token, Version

#: Builds of Java by vendor: what they call 1.8 is 8.
JAVA = frozenset(
    (
        "alibaba-dragonwell",
        "amazon-corretto",
        "azul-zulu",
        "bellsoft-liberica",
        "eclipse-temurin",
        "ibm-semeru-runtime",
        "microsoft-build-of-openjdk",
        "openjdk-builds-from-oracle",
        "oracle-jdk",
        "redhat-build-of-openjdk",
        "sapmachine",
    )
)
#: Words that may stand before a version and say nothing, folded; for a build of Java, some more.
FILLERS = frozenset({"version", "ver", "release", "rel"})
JAVA_FILLERS = frozenset({"java", "jdk", "jre", "openjdk", "zulu", "openjdkruntimeenvironment"})

#: Words that people write, and those that the names of the cycles have instead.
_WORDS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "windows": {
            "enterprise": "e",
            "education": "e",
            "home": "w",
            "pro": "w",
            "professional": "w",
            "ltsc": "lts",
            "ltsb": "lts",
        }
    }
)
#: Products whose `15 SP4` is their 15.4.
_SERVICE_PACK_IS_MINOR = frozenset({"sles"})

Builds = Mapping[tuple[int, ...], tuple[tuple[tuple[int, ...], str], ...]]


def _of(family: str, *firsts: str) -> tuple[tuple[int, ...], tuple[tuple[tuple[int, ...], str], ...]]:
    """Return a family of builds (`13.0`) and, ascending, the first build of each cycle (`13.0.4001=13.0-sp1`)."""
    read = [(_numbers(build), cycle) for build, _, cycle in (first.partition("=") for first in firsts)]
    return _numbers(family), tuple(read)


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split("."))


#: The first build of each cycle, by family, where the name of a cycle is not the beginning of its builds. From
#: Microsoft's lists of builds of SQL Server, Exchange Server and SharePoint.
FIRST_BUILDS: Mapping[str, Builds] = MappingProxyType(
    {
        "mssqlserver": dict(
            [
                _of(
                    "13.0",
                    "13.0.1601=13.0",
                    "13.0.4001=13.0-sp1",
                    "13.0.5026=13.0-sp2",
                    "13.0.6300=13.0-sp3",
                    "13.0.7000=13.0-sp3-acp",
                ),
                _of("12.0", "12.0.2000=12.0", "12.0.4050=12.0-sp1", "12.0.5000=12.0-sp2", "12.0.6024=12.0-sp3"),
                _of(
                    "11.0",
                    "11.0.2100=11.0",
                    "11.0.3000=11.0-sp1",
                    "11.0.5058=11.0-sp2",
                    "11.0.6020=11.0-sp3",
                    "11.0.7001=11.0-sp4",
                ),
                _of(
                    "10.50",
                    "10.50.1600=10.50-r2",
                    "10.50.2500=10.50-sp1",
                    "10.50.4000=10.50-sp2",
                    "10.50.6000=10.50-sp3",
                ),
                _of(
                    "10.0",
                    "10.0.1600=10.00",
                    "10.0.2531=10.00-sp1",
                    "10.0.4000=10.00-sp2",
                    "10.0.5500=10.00-sp3",
                    "10.0.6000=10.0-sp4",
                ),
                _of(
                    "9.0",
                    "9.0.1399=9.0",
                    "9.0.2047=9.0-sp1",
                    "9.0.3042=9.00-sp2",
                    "9.0.4035=9.00-sp3",
                    "9.0.5000=9.0-sp4",
                ),
            ]
        ),
        "msexchange": dict(
            [
                _of("15.2", "15.2.196=2019", "15.2.2562=subscription"),
                _of("15.1", "15.1.225=2016"),
                _of("15.0", "15.0.516=2013"),
                _of("14", "14.0.639=2010"),
                _of("8", "8.0.685=2007"),
                _of("6.5", "6.5.6944=2003"),
                _of("6.0", "6.0.4417=2000"),
            ]
        ),
        "sharepoint": dict(
            [
                _of("16.0", "16.0.4351=2016", "16.0.10337=2019", "16.0.14326=subscription"),
                _of("15.0", "15.0.4420=2013"),
                _of("14.0", "14.0.4762=2010"),
                _of("12.0", "12.0.4518=2007"),
            ]
        ),
    }
)


def translate(product_key: str, version: Version) -> Version:
    """Return a version with the words that the names of the product's cycles have."""
    if product_key in _SERVICE_PACK_IS_MINOR:
        return _with_minor_for_service_pack(version)
    words = _WORDS.get(product_key)
    if words is None:
        return version
    translated = tuple(words.get(token, token) if isinstance(token, str) else token for token in version.tokens)
    return Version(translated, translated[: len(version.before_cut)])


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
