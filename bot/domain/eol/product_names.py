"""From an inventory's name for a product to the product whose dates apply. Similar names are only suggested."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import unquote

from rapidfuzz import fuzz, process

from bot.domain.eol import providers
from bot.domain.eol.records import Product
from bot.domain.names import fold

_LONGEST = 300
_SUGGESTIONS = 5
#: The lowest similarity, of 100, at which a name is suggested.
_LIKENESS = 75.0
#: Shorter names are similar to too many others.
_SHORTEST = 3
#: An image with a path, with or without registry, tag and digest.
_IMAGE = re.compile(
    r"(?:(?:[\w-]+\.)+[\w-]+(?::\d+)?/|[\w-]+:\d+/|localhost/)?(?P<path>[a-z0-9][\w.-]*(?:/[\w.-]+)+)(?:[:@].*)?"
)


@dataclass(frozen=True, slots=True)
class Named:
    """The product that a name stands for, or products that it may mean. `prefix` is put before its versions."""

    product: Product | None = None
    prefix: str = ""
    suggestions: tuple[Product, ...] = ()


class Names:
    """The keys, names, aliases and identifiers of products. A name that several products share names none of them.

    The organisation's own products are kept apart, because public names are looked up first.
    """

    def __init__(self, products: Sequence[Product]) -> None:
        """Index `products`. Raises ValueError if two have the same key."""
        self.by_key = {product.key: product for product in products}
        if len(self.by_key) != len(products):
            raise ValueError("two products have the same key")
        self._own: dict[str, tuple[Product, ...]] = {each.key: (each,) for each in products if each.asset_ref}
        for product in filter(lambda each: each.asset_ref, products):
            for name in dict.fromkeys(map(_own_name, product.aliases)):
                self._own[name] = (*self._own.get(name, ()), product)
        self._names: dict[str, tuple[Product, ...]] = {}
        # A key takes precedence over an alias, an alias over a label.
        spellings = [(each, ((each.key,), each.aliases, (each.label,))) for each in products if not each.asset_ref]
        for strength in range(3):
            new: dict[str, tuple[Product, ...]] = {}
            for product, names in spellings:
                for name in dict.fromkeys(map(fold, names[strength])):
                    if name and name not in self._names:
                        new[name] = (*new.get(name, ()), product)
            self._names |= new

    @cached_property
    def _identifiers(self) -> dict[str, tuple[Product, ...]]:
        """The products by the forms in which their purls and CPEs are looked up."""
        found: dict[str, tuple[Product, ...]] = {}
        for product in self.by_key.values():
            for form in dict.fromkeys(form for one in product.identifiers for form in _forms(one)):
                found[form] = (*found.get(form, ()), product)
        return found

    def by_identifier(self, text: str) -> tuple[Product, ...]:
        """Return the products that a purl or a CPE stands for, ignoring its version."""
        return next((self._identifiers[form] for form in _forms(text) if form in self._identifiers), ())

    def by_name(self, folded: str) -> tuple[Product, ...]:
        """Return the products with a folded name."""
        return self._names.get(folded, ())

    def own(self, written: str) -> tuple[Product, ...]:
        """Return the organisation's own products with a key, or with a name in any spelling."""
        return self._own.get(written.strip()) or self._own.get(_own_name(written), ())

    def known(self, keys: Iterable[str]) -> tuple[Product, ...]:
        """Return the existing products among `keys`."""
        return tuple(self.by_key[key] for key in keys if key in self.by_key)

    def alike(self, folded: str) -> tuple[Product, ...]:
        """Return the products with the names most similar to a folded one, best first."""
        if len(folded) < _SHORTEST:
            return ()
        known = self._names | self._own
        near = process.extract(folded, list(known), scorer=fuzz.ratio, score_cutoff=_LIKENESS, limit=None)
        scores = {name: score for name, score, _ in near}
        for name in known:
            if min(len(name), len(folded)) > _SHORTEST and (name in folded or folded in name):
                part = 100.0 * min(len(name), len(folded)) / max(len(name), len(folded))
                scores[name] = max(scores.get(name, 0.0), part)
        ranked = sorted(scores, key=lambda name: (-scores[name], name))
        return _suggested(product for name in ranked for product in known[name])


def _own_name(text: str) -> str:
    """Return a name with each part of its path folded: `bitnami/redis` is an image and not called bitnami-redis."""
    return "/".join(map(fold, text.strip().split("/")))


def identify(names: Names, product: str, provider: str) -> Named:
    """Return the product that `product` means when `provider` offers it.

    Provider and engine are tried first, then identifiers, then key, alias and label. What a provider sells has the
    provider's dates. If those are not known, the maker's product is only suggested.
    """
    asked, by = fold(product[:_LONGEST]), fold(provider[:_LONGEST])
    named = _by_identifier_or_name(names, product[:_LONGEST], asked) or names.own(product[:_LONGEST])
    if not named and asked not in providers.ALONE and (parts := providers.parts_of(product[:_LONGEST])) is not None:
        engine, service = parts
        if providers.is_same(by, service, engine):
            return identify(names, engine, service)
    engines = {asked, *(fold(one) for found in named for one in (found.key, *found.aliases))}
    if by in providers.LAMBDA and providers.LAMBDA_PRODUCT in names.by_key:
        engine = asked if asked in providers.LAMBDA_ENGINES else min(engines & providers.LAMBDA_ENGINES, default="")
        if engine:
            return Named(names.by_key[providers.LAMBDA_PRODUCT], engine)
    route = next((providers.ROUTES[by, engine] for engine in sorted(engines) if (by, engine) in providers.ROUTES), None)
    if route is None and asked in providers.ALONE and (not by or by in providers.PROVIDERS):
        route = providers.ALONE[asked]
    if route is None:
        route = _offer_named(names, by, engines)
    if route is not None:
        if route in names.by_key:
            return Named(names.by_key[route])
        return Named(suggestions=_suggested(named, names.alike(fold(route))))
    if len(named) == 1 and (_is_upstream(by) or not engines & providers.SOLD or _is_its_own(named[0], by)):
        return Named(named[0])
    if asked in providers.VENDOR_REQUIRED:
        return Named(suggestions=names.known(providers.VENDOR_REQUIRED[asked]))
    return Named(suggestions=_suggested(named, () if named else names.alike(asked)))


def _offer_named(names: Names, provider: str, engines: set[str]) -> str | None:
    """Return the product given in place of a provider (`PostgreSQL on Azure Database for PostgreSQL`), or None."""
    offered = {key for (_, engine), key in providers.ROUTES.items() if engine in engines}
    named = [product.key for product in names.by_name(provider) if product.key in offered]
    return named[0] if len(named) == 1 else None


def _by_identifier_or_name(names: Names, written: str, asked: str) -> tuple[Product, ...]:
    text = written.strip()
    if text.lower().startswith(("pkg:", "cpe:")):
        return names.by_identifier(text)
    found = names.by_name(asked)
    if found or asked in providers.OTHERS:
        return found
    if asked in providers.SYNONYMS:
        return names.known((providers.SYNONYMS[asked],))
    image = _IMAGE.fullmatch(text.lower())
    if image is not None:
        return names.by_identifier(f"pkg:docker/{image['path']}")
    shorter = [fold(each) for each in providers.without_words_beside(text)]
    if not providers.OTHERS.isdisjoint(shorter):
        return ()
    return next(filter(None, map(names.by_name, shorter)), ())


def _is_upstream(provider: str) -> bool:
    return not provider or provider in providers.SELF_HOSTED


def _is_its_own(product: Product, provider: str) -> bool:
    """Return whether a product is the provider's own: `amazon-rds-postgresql` for `aws-rds`."""
    return any(by == provider and key == product.key for (by, _), key in providers.ROUTES.items())


def _suggested(*groups: Iterable[Product]) -> tuple[Product, ...]:
    unique = {product.key: product for group in groups for product in group}
    return tuple(unique.values())[:_SUGGESTIONS]


def _forms(identifier: str) -> Iterator[str]:
    """Yield the forms in which a purl or CPE is looked up, without its version; none for other text."""
    text = identifier.strip().lower()
    if text.startswith("pkg:"):
        kind, _, path = text[4:].lstrip("/").partition("/")
        path = unquote(path.partition("#")[0].partition("?")[0])
        at = path.rfind("@")
        path = (path[:at] if at > path.rfind("/") + 1 else path).strip("/")
        if kind == "docker" and "/" not in path:
            path = f"library/{path}"
        if path:
            yield f"pkg:{kind}/{path}"
    elif text.startswith("cpe:"):
        parts = text.removeprefix("cpe:2.3:").removeprefix("cpe:/").split(":")
        if len(parts) >= 3 and all(parts[:3]):
            yield "cpe:" + ":".join(parts[:3])
