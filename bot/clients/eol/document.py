"""The document of endoflife.date's API v1, `GET /api/v1/products/full`, as products.

Source: https://endoflife.date/docs/api/v1/. Of each pair `isX` and `xFrom`, the date counts; the flag was set when the
site was built, and counts only without a date. Unknown keys are ignored, and a broken product does not affect the
others.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson

from bot.domain.eol.columns import by_labels
from bot.domain.eol.records import Clock, Cycle, Product, Undated
from bot.domain.names import clean
from bot.errors import UnreadableError

#: The document has 2.7 MB; anything much larger is something else.
MAX_BYTES = 64 * 1024 * 1024
_LONGEST_TEXT = 500


@dataclass(frozen=True, slots=True)
class Document:
    """The content of a document, and what was left out of it, in one sentence each."""

    products: tuple[Product, ...]
    problems: tuple[str, ...]


class _BrokenError(Exception):
    """Something does not have the shape that the API describes. The message says what."""


def read(content: bytes | Mapping[str, Any], *, shown: str = "the feed") -> Document:
    """Return the products of a document, given as bytes or as parsed JSON.

    A product or a cycle that cannot be read is left out and becomes a problem. Raise `UnreadableError` if it is not
    such a document at all; `shown` is its name in that error.
    """
    parsed = _parse(content, shown) if isinstance(content, bytes) else content
    listed = parsed.get("result") if isinstance(parsed, Mapping) else None
    if not isinstance(listed, list):
        raise UnreadableError(f"{shown} is not a list of products as endoflife.date publishes it.", path=shown)
    products: dict[str, Product] = {}
    problems: list[str] = []
    for number, one in enumerate(listed, start=1):
        try:
            product = _product(one, problems)
            if product.key in products:
                raise _BrokenError(f"{product.key}: is there twice")
        except _BrokenError as error:
            problems.append(f"product {number} is left out: {error}.")
        else:
            products[product.key] = product
    return Document(tuple(products.values()), tuple(problems))


def _parse(content: bytes, shown: str) -> object:
    if len(content) > MAX_BYTES:
        raise UnreadableError(f"{shown} has more than {MAX_BYTES // 2**20} MiB.", path=shown)
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError:
        raise UnreadableError(f"{shown} is not JSON.", path=shown) from None


def _product(fields: object, problems: list[str]) -> Product:
    if not isinstance(fields, Mapping):
        raise _BrokenError("it is not an object")
    key = _text(fields, "name")
    if not key:
        raise _BrokenError("it has no name")
    releases = fields.get("releases")
    if not isinstance(releases, list):
        raise _BrokenError(f"{key}: has no list of releases")
    cycles: dict[str, Cycle] = {}
    for number, release in enumerate(releases, start=1):
        try:
            cycle = _cycle(release, _text(fields, "label"))
            if cycle.name in cycles:
                raise _BrokenError(f"{cycle.name} is there twice")
        except _BrokenError as error:
            problems.append(f"{key}: release {number} is left out: {error}.")
        else:
            cycles[cycle.name] = cycle
    labels = fields.get("labels")
    product = Product(
        key=key,
        label=_text(fields, "label"),
        aliases=tuple(alias for alias in map(_plain, _list(fields, "aliases")) if alias),
        identifiers=tuple(_text(one, "id") for one in _list(fields, "identifiers") if isinstance(one, Mapping)),
        category=_text(fields, "category"),
        cycles=tuple(cycles.values()),
    )
    named = {name: _text(labels, name) for name in labels} if isinstance(labels, Mapping) else {}
    return by_labels(product, named)


def _cycle(fields: object, product: str) -> Cycle:
    if not isinstance(fields, Mapping):
        raise _BrokenError("it is not an object")
    name = _text(fields, "name")
    if not name:
        raise _BrokenError("it has no name")
    newest = fields.get("latest")
    latest: Mapping[str, Any] = newest if isinstance(newest, Mapping) else {}
    label = _without_name(_text(fields, "label"), product)
    return Cycle(
        name=name,
        codename=_text(fields, "codename"),
        label="" if label == name else label,
        released=_date(fields, "releaseDate"),
        latest=_text(latest, "name"),
        lts=_date(fields, "ltsFrom") or _flag(fields, "isLts") is True,
        eoas=_clock(fields, "isEoas", "eoasFrom"),
        eol=_clock(fields, "isEol", "eolFrom"),
        eoes=_clock(fields, "isEoes", "eoesFrom"),
    )


def _without_name(label: str, product: str) -> str:
    """Return a cycle's label without the end of the product's label, which is shown before it anyway.

    For Microsoft Windows Server, `Windows Server 2016` becomes 2016.
    """
    words, before = label.split(), product.split()
    shared = (size for size in range(min(len(words) - 1, len(before)), 0, -1) if words[:size] == before[-size:])
    return " ".join(words[next(shared, 0) :])


def _clock(fields: Mapping[str, Any], flag: str, since: str) -> Clock:
    """Return a clock: its date if there is one, else what the flag says.

    Null means that there is no such clock, like a missing key.
    """
    day = _date(fields, since)
    if day is not None:
        return day
    said = _flag(fields, flag)
    return Undated.ABSENT if said is None else Undated.ENDED if said else Undated.OPEN


def _date(fields: Mapping[str, Any], key: str) -> date | None:
    value = fields.get(key)
    if value is None:
        return None
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise _BrokenError(f"{key} is not a date") from None


def _flag(fields: Mapping[str, Any], key: str) -> bool | None:
    value = fields.get(key)
    if value is None or isinstance(value, bool):
        return value
    raise _BrokenError(f"{key} is neither true nor false")


def _list(fields: Mapping[str, Any], key: str) -> list[Any]:
    value = fields.get(key)
    return value if isinstance(value, list) else []


def _text(fields: Mapping[str, Any], key: str) -> str:
    return _plain(fields.get(key))


def _plain(value: object) -> str:
    return clean(value[:_LONGEST_TEXT]) if isinstance(value, str) else ""
