"""All products and their cycles, indexed: the facts against which versions are matched."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import orjson

from bot.domain.eol import providers
from bot.domain.eol.cycle_index import CycleIndex
from bot.domain.eol.matches import Matched, UnknownProduct
from bot.domain.eol.product_names import Names, identify
from bot.domain.eol.records import Product
from bot.domain.names import fold

#: How many pairs of product and provider are cached.
_KEPT = 10_000


class Table:
    """An immutable set of products. `hash` depends on the content only, not on the order of the products."""

    __slots__ = ("_identified", "_indexes", "_names", "answers", "hash", "products")

    def __init__(self, products: Iterable[Product]) -> None:
        """Index `products`. Raises ValueError if two have the same key."""
        self.products = tuple(sorted(products, key=lambda product: product.key))
        self.hash = hashlib.sha256(orjson.dumps(self.products, default=str)).hexdigest()[:16]
        #: Cached answers by product, version and provider, because inventories repeat themselves; `match` fills it.
        self.answers: dict[tuple[str, str, str], Matched] = {}
        self._names = Names(self.products)
        self._indexes: dict[tuple[str, str], CycleIndex] = {}
        self._identified: dict[tuple[str, str], CycleIndex | UnknownProduct] = {}

    def __len__(self) -> int:
        return len(self.products)

    def get(self, key: str) -> Product | None:
        """Return the product with a key, or None."""
        return self._names.by_key.get(key)

    def index(self, product: Product, prefix: str = "") -> CycleIndex:
        """Return the cycles of a product of this table, indexed on first use. `prefix` is put before each version."""
        found = self._indexes.get((product.key, prefix))
        if found is None:
            found = self._indexes[product.key, prefix] = CycleIndex(product, self.hash, prefix)
        return found

    def means(self, name: str) -> bool:
        """Whether a name or an identifier means one or more products, including those of a provider or vendor."""
        folded = fold(name)
        return (
            isinstance(self.identify(name), CycleIndex)
            or bool(self._names.by_name(folded) or self._names.by_identifier(name))
            or folded in providers.SOLD | providers.NAMED | frozenset(providers.VENDOR_REQUIRED)
            or bool(providers.engines_of(folded))
        )

    def identify(self, product: str, provider: str = "") -> CycleIndex | UnknownProduct:
        """Return the cycles of what `product` means when `provider` offers it, or the products that it may mean."""
        known = self._identified.get((product, provider))
        if known is not None:
            return known
        named = identify(self._names, product, provider)
        found: CycleIndex | UnknownProduct
        if named.product is not None:
            found = self.index(named.product, named.prefix)
        else:
            found = UnknownProduct(suggestions=named.suggestions, feed=self.hash)
        if len(self._identified) >= _KEPT:
            self._identified.clear()
        self._identified[product, provider] = found
        return found
