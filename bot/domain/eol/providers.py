"""Whose clock counts: the products that providers offer of their own, by `bot/data/providers.yaml`.

A managed PostgreSQL ages by its provider's dates. What a provider sells and the table lacks has an unknown clock, not
upstream's.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import MappingProxyType

from bot.data import table

_TABLE = table("providers")
_JAVA_ENGINES = _TABLE["java_engines"].split()


def _routes() -> Iterator[tuple[tuple[str, str], str]]:
    for offer in _TABLE["offers"]:
        for product, engines in offer["products"].items():
            for provider in offer["providers"].split():
                yield from (((provider, engine), product) for engine in engines.split())
    for product, vendors in _TABLE["java_vendors"].items():
        yield from (((vendor, engine), product) for vendor in vendors.split() for engine in _JAVA_ENGINES)


#: Words for a provider that runs what it made itself or what others made, as it is: upstream's clock counts.
SELF_HOSTED = frozenset(_TABLE["self_hosted"].split())
#: Folded provider and engine -> the key of the product whose clock counts, which a table may or may not have.
ROUTES = MappingProxyType(dict(_routes()))
#: Providers that the routes know.
PROVIDERS = frozenset(provider for provider, _ in ROUTES)
#: Every provider by a name that is none of anything else; some have dates that no table has.
NAMED = PROVIDERS | frozenset(_TABLE["without_dates"].split()) | frozenset(_TABLE["lambda"]["providers"].split())
#: Engines that one provider alone has, so that they need no provider.
ALONE = MappingProxyType(_TABLE["alone"])
#: What people write and no source has as an alias, folded.
SYNONYMS = MappingProxyType(_TABLE["synonyms"])
#: Words that may stand in the name of anything, without which it is the same: `Ubuntu Server`.
BESIDE_NAMES = frozenset(_TABLE["beside_names"].split())
#: Words that name no product before their vendor is known, and the products to choose from.
VENDOR_REQUIRED = MappingProxyType(dict.fromkeys(_JAVA_ENGINES, tuple(_TABLE["java_vendors"])))
#: The functions of AWS run engines by its own dates: the engine is a part of the cycle's name.
LAMBDA = tuple(_TABLE["lambda"]["providers"].split())
LAMBDA_PRODUCT = _TABLE["lambda"]["product"]
LAMBDA_ENGINES = frozenset(_TABLE["lambda"]["engines"].split())
#: Products whose first column is the end of support.
FIRST_COLUMN_ENDS = frozenset(_TABLE["first_column_ends"].split())
#: Engines whose servers say in their version what they are.
SELF_NAMED = frozenset(_TABLE["self_named"].split())
#: Engines that somebody sells as a service, folded: with a provider that no route has, their clock is unknown.
SOLD = frozenset(engine for _, engine in ROUTES) | LAMBDA_ENGINES | frozenset(_TABLE["sold"].split())
