"""What people write about something that runs: `PostgreSQL 11 on AWS RDS`, `Ubuntu 20.04 LTS`.

The table decides which product the words mean. Here, products are only known through what providers sell.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.domain.eol import providers, version_words
from bot.domain.names import clean, fold

_LONGEST = 200
#: The plain form. After an @ there may be a codename (debian@bookworm); after a space there is a number, because words
#: are prose.
_PLAIN = re.compile(
    r"(?P<product>[A-Za-z][\w.+#-]*?)(?:\s*@\s*|\s+(?=v?\d))(?:v(?=\d))?(?P<version>\w[\w.+~-]*)"
    r"(?:\s+on\s+(?P<provider>[\w.-]+))?(?:\s+in\s+(?P<environment>[\w.-]+))?"
)
_MOST_WORDS, _LONGEST_PROVIDER, _LONGEST_PRODUCT = 6, 4, 6
_ENVIRONMENT = re.compile(r"\s+in\s+(?P<environment>[\w.-]+)$|\s*\((?P<remark>[\w-]+)\)$", re.IGNORECASE)
#: Every word of a provider begins with a letter: the `on` in `Ruby on Rails 5.2` does not introduce one.
_PROVIDER = re.compile(
    r"(?:\s+(?:(?:deployed|hosted|managed|run|running)\s+)?(?P<how>on|at|via|in|by)"
    r"\s+(?P<on>[A-Za-z][\w.-]*(?:\s+[A-Za-z][\w.-]*)*)|\s*\((?P<remark>[^()]*)\))$",
    re.IGNORECASE,
)
#: Words before any provider; `in` and `by` only count before a known one.
_AT = frozenset({"on", "at", "via"})
#: Words behind a version's number that belong to it; any other word makes it prose.
_BEHIND = (
    r"(?:LTS|LTSC|(?:with\s|\+\s?)?(?:ESM|ELS|ELTS|ESU|LTSS)|SP\s?\d+|R\d|U\d+|Update\s\d+|GA|Standard|Std|Datacenter|Enterprise|Ent|"
    r"Essentials|Express|Developer|Community|Server|Core|Edition|Cluster|x64|\((?:[^()]++|\([^()]*+\))*+\))"
)
#: Matched possessively: otherwise a text of many dashes could be read in exponentially many ways.
_NUMBER = r"v?\d(?:[\w.+*]|[~-](?=\w))*+"
#: A version, a range of them (`>= 11`), or a codename behind an @.
_VERSION = (
    rf"(?:{_NUMBER}(?:\s+{_BEHIND})*|(?:[<>=!^~≤≥≠]+\s*{_NUMBER}[\s,|&]*)+|{_NUMBER}(?:\s*(?:\|\||-|->)\s*{_NUMBER})+)"
)
_RUN = re.compile(
    r"(?P<product>\.?[A-Za-z][\w.+#/-]*(?:\s+[A-Za-z][\w.+#/-]*)*?)"
    rf"(?:\s*[@:]\s*|\s+(?:version\s+|ver\.?\s+|release\s+)?|\s*(?=[<>=!^~≤≥≠]))(?P<version>{_VERSION})",
    re.IGNORECASE,
)
#: A product's name, without a number at its end.
_PRODUCT = re.compile(r"\.?[A-Za-z][\w.+#/-]*(?:\s+[A-Za-z][\w.+#/-]*)*(?<![.,;:!?])")
#: `python3.8`, `postgresql-11`: one word, only for a known engine, or with a dot.
_JOINED = re.compile(r"(?P<product>[A-Za-z]{3,}|pg)-?(?P<version>\d+(?:\.[\dx]+)*)", re.IGNORECASE)
#: Words that are in no product's name, and make a text prose.
_PROSE = frozenset(
    """a an the we i you they it is are was were be been to from that this these our your their and or but not has have
    had will should must may can about since until before after upgraded running runs uses using need needs""".split()  # noqa: SIM905
)
#: Words beside a provider that mean that the thing is no longer there, or not yet.
_ELSEWHERE = frozenset(
    """away ex former formerly from moved moving migrated migrating no not off old planned to was were""".split()  # noqa: SIM905
)
_LAMBDA = providers.LAMBDA_ENGINES
_ENGINES = providers.SOLD | frozenset(providers.VENDOR_REQUIRED)
#: `net472`: a target of .NET, whose number belongs to its word.
_TARGET = re.compile(r"net[1-4]\d{1,2}", re.IGNORECASE)
#: Meaningless parts between words: `Azure Database for PostgreSQL - Flexible Server`, and what it is compatible with.
_ASIDE = re.compile(r"\s+[-–](?=\s+[A-Za-z])|\s*\(with [A-Za-z]+ compatibility\)", re.IGNORECASE)
#: A runtime of AWS Lambda (`nodejs16.x`, `provided.al2`): the engine and its version in one word.
_RUNTIME = re.compile(
    rf"(?P<product>{'|'.join(sorted(providers.LAMBDA_ENGINES, key=len, reverse=True))})\s*[.-]?"
    r"(?P<version>(?:core)?\d[\w.]*|al\d[\w.]*)",
    re.IGNORECASE,
)
_ENCLOSED = re.compile(r"(?P<by>[A-Za-z][\w. -]*?)\s*\((?P<what>[^()]+)\)")
#: A version in which a server names itself: `5.5.5-10.4.32-MariaDB-log`.
_SELF_NAMED = re.compile(
    rf"v?\d[\w.+~:-]*?-(?P<product>{'|'.join(sorted(providers.SELF_NAMED))})(?![a-z])\S*", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class RunWords:
    """What runs: the words for the product, its version as written, and provider and environment if they are given."""

    product: str
    version: str
    provider: str = ""
    environment: str = ""


def read(text: str) -> RunWords | None:
    """Return what the words say; None if they are not a product and a version."""
    rest = _ASIDE.sub("", clean(text)) if len(text) <= _LONGEST else ""
    plain = _PLAIN.fullmatch(rest)
    if plain is not None and fold(plain["environment"] or "") not in providers.NAMED:
        return RunWords(plain["product"], plain["version"], plain["provider"] or "", plain["environment"] or "")
    whole, environment = _environment(rest)
    named = _SELF_NAMED.fullmatch(whole)
    if named is not None:
        return RunWords(named["product"], whole, environment=environment)
    rest, provider = _split_provider(whole)
    found = _read(rest, provider) if provider else _read(rest, "") or _beside_provider(rest) or _enclosed(rest)
    if found is None:
        return None
    version = re.sub(r"^v(?=\d)", "", found.version, flags=re.IGNORECASE)
    return RunWords(found.product, version, found.provider, environment)


def read_product(text: str) -> RunWords | None:
    """Return a product with an unknown version (`PostgreSQL`, `MySQL on AWS RDS`); None for prose."""
    rest = _ASIDE.sub("", clean(text)) if len(text) <= _LONGEST else ""
    rest, environment = _environment(rest)
    found = _PROVIDER.search(rest)
    provider = (found["on"] or found["remark"]) if found is not None else ""
    if found is not None and found["remark"]:
        provider = _in_remark(provider)
    if not _is_named(provider):
        found, provider = None, ""
    product = rest[: found.start()] if found is not None else rest
    words = product.split()
    is_prose = any(word.lower() in _PROSE for word in words) or version_words.says_otherwise(words[:1])
    if is_prose or len(words) > _LONGEST_PRODUCT or _PRODUCT.fullmatch(product) is None:
        return None
    if not provider:
        product, provider = _inside(words)
    return RunWords(product, "", provider, environment)


def is_elsewhere(text: str) -> bool:
    """Whether words for a place mean that a thing is not there (any more, or yet): `moved from EC2`."""
    words = re.findall(r"[^\W\d_]+", text.lower())
    return not _ELSEWHERE.isdisjoint(words) or version_words.says_otherwise(words)


def _environment(text: str) -> tuple[str, str]:
    """Return the text, and the environment at its end: `in staging`, `(prod)`. `in RDS` gives a provider instead."""
    found = _ENVIRONMENT.search(text)
    if found is None:
        return text, ""
    named, remark = found["environment"], found["remark"]
    is_one = fold(named) not in providers.NAMED if named else remark.lower() in version_words.ENVIRONMENTS
    return (text[: found.start()], named or remark) if is_one else (text, "")


def _read(text: str, provider: str) -> RunWords | None:
    """Return the product and version, with this provider if it is given; None if the words are neither."""
    if fold(provider) in providers.LAMBDA and (runtime := _RUNTIME.fullmatch(text)) is not None:
        return RunWords(runtime["product"], runtime["version"], provider)
    if _TARGET.fullmatch(text) is not None:
        return RunWords("net", text, provider)
    found = _RUN.fullmatch(text) or _joined(text)
    if found is None:
        return None
    product, version = found["product"].strip(), found["version"].strip()
    words = product.split()
    is_prose = any(word.lower() in _PROSE for word in words) or version_words.says_otherwise(words[:1])
    if is_prose or len(words) > _MOST_WORDS:
        return None
    if not provider:
        product, provider = _inside(words)
    return RunWords(product, version, provider)


def _beside_provider(text: str) -> RunWords | None:
    """Read text with the provider before or behind the product: `lambda python3.10`, `postgres 11 rds`."""
    words = text.split()
    for length in range(min(_LONGEST_PROVIDER, len(words) - 1), 0, -1):
        for by, what in ((words[:length], words[length:]), (words[-length:], words[:-length])):
            provider = " ".join(by)
            if fold(provider) not in providers.PROVIDERS and fold(provider) not in providers.LAMBDA:
                continue
            found = _read(" ".join(what), provider)
            if found is not None and _is_offered(provider, found.product):
                return found
    return None


def _enclosed(text: str) -> RunWords | None:
    """Read a product in parentheses behind its provider: `AWS Lambda (Python 3.9)`, `EKS (1.29)`."""
    found = _ENCLOSED.fullmatch(text)
    if found is None or not (_is_named(found["by"]) or fold(found["by"]) in providers.ALONE):
        return None
    beside = _read(found["what"], found["by"])
    return beside or _read(f"{found['by']} {found['what']}", "")


def _is_offered(provider: str, engine: str) -> bool:
    by = fold(provider)
    spellings = map(fold, (engine, *providers.without_words_beside(engine)))
    return any((by, one) in providers.ROUTES or (by in providers.LAMBDA and one in _LAMBDA) for one in spellings)


def _split_provider(text: str) -> tuple[str, str]:
    """Return the text, and the provider at its end: behind `on`, or in parentheses if it is a known one."""
    for found in _PROVIDER.finditer(text):
        before = text[: found.start()]
        if found["on"] and any(map(str.isdigit, before)) and (found["how"].lower() in _AT or _is_named(found["on"])):
            return before, found["on"]
        if found["remark"] and (provider := _in_remark(found["remark"])):
            return before, provider
        if found["remark"] and (split := _split_provider(before))[1]:
            return split
    return text, ""


def _is_named(provider: str) -> bool:
    return fold(provider) in providers.NAMED | providers.SELF_HOSTED


def _in_remark(remark: str) -> str:
    """Return the provider in a remark: `RDS, Multi-AZ`, `hosted on Atlas`; "" for `moved away from RDS`."""
    words = re.findall(r"[\w.-]+", remark)
    if not _ELSEWHERE.isdisjoint(word.lower() for word in words) or version_words.says_otherwise(words):
        return ""
    named = [
        " ".join(words[start : start + length])
        for length in range(min(_LONGEST_PROVIDER, len(words)), 0, -1)
        for start in range(len(words) - length + 1)
    ]
    own = next((each for each in named if fold(each) in providers.SELF_HOSTED), "")
    return own or next((each for each in named if fold(each) in providers.NAMED), "")


def _joined(text: str) -> re.Match[str] | None:
    found = _JOINED.fullmatch(text)
    return found if found is not None and ("." in found["version"] or fold(found["product"]) in _ENGINES) else None


def _inside(words: list[str]) -> tuple[str, str]:
    """Return the product and the provider before or behind it: `AWS RDS PostgreSQL`, `Postgres on RDS`."""
    whole = " ".join(words)
    for place in range(1, len(words)):
        first, second = words[:place], words[place:]
        for by, what in ((first, second), (second, first)):
            provider = " ".join(word for word in by if word.lower() != "on")
            engine = " ".join(word for word in what if word.lower() not in ("for", "on"))
            if _is_offered(provider, engine):
                return engine, provider
    return whole, ""
