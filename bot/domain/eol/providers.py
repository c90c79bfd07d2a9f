"""Whose dates apply: the products that providers offer as their own, from `bot/data/providers.yaml`.

A managed PostgreSQL has its provider's dates. If a provider sells something that the table lacks, the dates are unknown
and not those of its makers.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Set
from functools import cache
from itertools import combinations
from types import MappingProxyType

from bot.data import table
from bot.domain.names import fold

_TABLE = table("providers")
_JAVA_ENGINES = _TABLE["java_engines"].split()
_MOST_BESIDE = 4
_MOST_IN_NAME = 6
_BETWEEN = frozenset({"for", "on", "by", "with", "the"})
_BEFORE_NUMBER = re.compile(r"(?P<engine>[A-Za-z][A-Za-z. ]*?)[\s_.-]*\d")
#: Names of companies that occur in versions of Java but do not say who built it.
_NO_BUILDS = frozenset({"oracle", "eclipse", "ibm", "amazon", "sap", "alibaba", "azul"})
_VENDOR = re.compile(r"^(?:amazon|aws|azure|gcp|google(?:cloud(?=$))?|heroku$|alibaba(?:cloud)?|aliyun|digitalocean)")


_SPELT_OUT = {vendor: names.split() for vendor, names in _TABLE["spelt_out"].items()}


def _routes() -> Iterator[tuple[tuple[str, str], str]]:
    for offer in _TABLE["offers"]:
        for product, engines in offer["products"].items():
            names = offer["providers"].split()
            for provider in (*names, *(other for name in names for other in _SPELT_OUT.get(name, ()))):
                yield from (((provider, engine), product) for engine in engines.split())
    for product, vendors in _TABLE["java_vendors"].items():
        yield from (((vendor, engine), product) for vendor in vendors.split() for engine in _JAVA_ENGINES)


#: Words for a provider that runs its own or other software unchanged: the makers' dates apply.
SELF_HOSTED = frozenset(_TABLE["self_hosted"].split())
#: Words for your own machine, whoever rents it out.
_MACHINES = frozenset(_TABLE["machines"].split())
#: Folded provider and engine -> the key of the product whose dates apply. A table may not have that product.
ROUTES = MappingProxyType(dict(_routes()))
#: Providers that the routes know.
PROVIDERS = frozenset(provider for provider, _ in ROUTES)
#: Every provider name that means nothing else. Some have dates that no table has.
NAMED = PROVIDERS | frozenset(_TABLE["without_dates"].split()) | frozenset(_TABLE["lambda"]["providers"].split())
#: Engines of a single provider, which therefore need no provider.
ALONE = MappingProxyType(_TABLE["alone"])
#: Names that people write and no source has as an alias, folded.
SYNONYMS = MappingProxyType(_TABLE["synonyms"])
#: Folded names of things that are named after a product but are another one.
OTHERS = frozenset(_TABLE["others"].split())
#: Words that a name may have without changing its meaning: `Ubuntu Server`.
BESIDE_NAMES = frozenset(_TABLE["beside_names"].split())
#: Folded words for a service with several engines -> each engine with the versions that only it has there.
_BY_VERSION: dict[str, tuple[tuple[str, re.Pattern[str]], ...]] = {
    service: tuple((engine, re.compile(rf"v?(?:{versions})(?![\d])", re.IGNORECASE)) for engine, versions in of.items())
    for services, of in _TABLE["by_version"].items()
    for service in services.split()
}
#: Words that name no product until their vendor is known -> the products to choose from.
VENDOR_REQUIRED = MappingProxyType(dict.fromkeys(_JAVA_ENGINES, tuple(_TABLE["java_vendors"])))
#: AWS runs functions with its own dates: the engine is a part of the cycle's name.
LAMBDA = tuple(_TABLE["lambda"]["providers"].split())
LAMBDA_PRODUCT = _TABLE["lambda"]["product"]
LAMBDA_ENGINES = frozenset(_TABLE["lambda"]["engines"].split())
#: Products whose first column means the end of support.
FIRST_COLUMN_ENDS = frozenset(_TABLE["first_column_ends"].split())
#: Engines whose servers name themselves in their version.
SELF_NAMED = frozenset(_TABLE["self_named"].split())
#: Engines that are sold as a service, folded: with a provider that has no route, their dates are unknown.
SOLD = frozenset(engine for _, engine in ROUTES) | LAMBDA_ENGINES | frozenset(_TABLE["sold"].split())


def engine_of(service: str, version: str) -> str:
    """Return which engine of a service with several engines a version identifies, by its number or name; else ""."""
    found: list[str] = [engine for engine, of in _BY_VERSION.get(service, ()) if of.match(version.strip())]
    if len(found) == 1:
        return found[0]
    named = _BEFORE_NUMBER.match(version.strip())
    engine: str = fold(named["engine"]) if named is not None else ""
    return engine if _runs(service, engine) else ""


def behind(engine: str, version: str) -> str:
    """Return the text behind an engine's name in a version: `16.x` of `Node.js 16.x`."""
    found = _BEFORE_NUMBER.match(version.strip())
    return (
        version.strip()[found.end("engine") :].lstrip(" _.-") if found and fold(found["engine"]) == engine else version
    )


def parts_of(name: str) -> tuple[str, str] | None:
    """Return the folded engine and provider in a name such as `ElastiCache for Redis`; None if it has not both."""
    words = [word for word in re.findall(r"[\w.+#-]+", name) if word.lower() not in _BETWEEN]
    for cut in range(1, len(words) if len(words) <= _MOST_IN_NAME else 0):
        first, second = fold(" ".join(words[:cut])), fold(" ".join(words[cut:]))
        for service, engine in ((first, second), (second, first)):
            if _runs(service, engine):
                return engine, service
    return None


def is_same(provider: str, service: str, engine: str) -> bool:
    """Whether an engine has the same dates with both, such as with AWS and with ElastiCache."""
    return provider in ("", service) or ROUTES.get((provider, engine), "") == ROUTES.get((service, engine))


def java_vendor_in(version: str) -> str:
    """Return who built a Java, if its version says so: `OpenJDK Runtime Environment Temurin-17.0.9+9`."""
    words = {fold(word) for word in re.findall(r"[A-Za-z]+(?:[ _]Hat)?", version)} - _NO_BUILDS
    found: dict[str, str] = {ROUTES[word, "java"]: word for word in words if (word, "java") in ROUTES}
    return next(iter(found.values())) if len(found) == 1 else ""


def _runs(service: str, engine: str) -> bool:
    return (service, engine) in ROUTES or (service in LAMBDA and engine in LAMBDA_ENGINES)


def without_words_beside(name: str) -> Iterator[str]:
    """Yield a name without meaningless words (`Debian GNU/Linux`), leaving out as few as possible first."""
    words = re.split(r"[\s/]+", name.strip())
    beside = [place for place, word in enumerate(words) if word.lower() in BESIDE_NAMES]
    if not 0 < len(beside) < len(words) or len(beside) > _MOST_BESIDE:
        return
    for count in range(1, len(beside) + 1):
        for left_out in combinations(beside, count):
            yield " ".join(word for place, word in enumerate(words) if place not in left_out)


def engines_by(keys: Collection[str]) -> frozenset[str]:
    """Return the folded engines that providers offer as any of these products."""
    return frozenset().union(*(_engines_by_product().get(key, ()) for key in keys))


@cache
def _engines_by_product() -> Mapping[str, Set[str]]:
    found: dict[str, set[str]] = {}
    for (_, engine), key in ROUTES.items():
        found.setdefault(key, set()).add(engine)
    return found


def is_machine(text: str) -> bool:
    """Whether a text names a machine, so that what runs on it is self-managed: `EC2 instance`, `VM (on-prem)`."""
    words = re.findall(r"[\w-]+", text)
    return any(
        fold(" ".join(words[start : start + length])) in _MACHINES for start in range(len(words)) for length in (1, 2)
    )


def sells(text: str) -> bool:
    """Whether a text names somebody who sells other makers' software, or begins with a vendor: `Azure App Service`."""
    words = re.findall(r"[\w-]+", text)
    return any(fold(word) in NAMED or _VENDOR.match(fold(word)) is not None for word in words) or fold(text) in NAMED


def begins_with_vendor(text: str) -> bool:
    """Whether a text begins with a vendor's name: `Azure Database for PostgreSQL flexible server`."""
    first, _, rest = text.strip().partition(" ")
    return bool(rest) and (fold(first) == "google" or is_vendor(fold(first)))


def is_vendor(provider: str) -> bool:
    """Whether a folded provider is a whole vendor, who may also just rent out the machine."""
    is_spelt_out = any(provider in names for names in _SPELT_OUT.values())
    return bool(provider) and (is_spelt_out or not _VENDOR.sub("", provider))


def engines_of(service: str) -> frozenset[str]:
    """Return the products of a service by folded words for it (`awsrds`, `cloudsql`); none for a whole vendor."""
    own = "" if is_vendor(service) else _VENDOR.sub("", service)
    offered = {key for (by, _), key in ROUTES.items() if by == service and own in fold(key)} if own else set()
    return frozenset(offered)
