"""The organisation's own products, such as a shared library, whose versions the catalog lists.

Their key is the asset's ref (`library:terraform-modules`), which no public product has. A name that means something
public keeps that meaning.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date

from bot.domain.eol.product_table import Table
from bot.domain.eol.records import Cycle, Product, Undated
from bot.domain.eol.versions import tokens


def own_product(
    ref: str, name: str, aliases: Sequence[str], addresses: Iterable[str], versions: Iterable[tuple[str, date | None]]
) -> Product:
    """Return an asset as a product: its versions with the last day of their support, None if no end is announced.

    Package URLs and CPEs among its addresses identify it in bills of materials.
    """
    newest_first = sorted(versions, key=lambda each: [(isinstance(t, int), t) for t in tokens(each[0])], reverse=True)
    return Product(
        key=ref,
        label=name,
        aliases=(name, *aliases),
        identifiers=tuple(each for each in addresses if each.lower().startswith(("pkg:", "cpe:"))),
        category="own",
        cycles=tuple(Cycle(name=version, eol=until or Undated.OPEN) for version, until in newest_first),
        note=f"The catalog says until when its versions are supported ({ref}).",
        asset_ref=ref,
    )


def beside(public: Table, own: Iterable[Product]) -> Table:
    """Return the table with the organisation's own products added, without names that mean something public."""
    kept = [
        replace(
            product,
            aliases=tuple(name for name in product.aliases if not public.means(name)),
            identifiers=tuple(each for each in product.identifiers if not public.means(each)),
        )
        for product in own
        if public.get(product.key) is None
    ]
    labelled = (each if each.label in each.aliases else replace(each, label=each.key) for each in kept)
    return Table((*public.products, *labelled)) if kept else public


def public_names(public: Table, own: Iterable[Product]) -> Iterator[tuple[Product, tuple[str, ...]]]:
    """Yield the organisation's own products that have names which mean something public, with these names."""
    for product in own:
        if taken := tuple(name for name in (*product.aliases, *product.identifiers) if public.means(name)):
            yield product, taken
