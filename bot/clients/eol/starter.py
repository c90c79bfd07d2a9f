"""The starter table that ships with Baton: what an ordinary company runs, for use before the feed was first read.

`bot/data/eol/*.yaml` explains the lines. A mistake in these files is Baton's own, so it is an error.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from importlib import resources

from bot.domain.eol.columns import by_labels
from bot.domain.eol.product_table import Table
from bot.domain.eol.records import VCPU_HOUR, Charge, Clock, Cycle, Product, Undated
from bot.errors import UnreadableError

_FOLDER = "data/eol"
_CLOCKS = ("eoas", "eol", "eoes")


def load() -> Table:
    """Return the starter table. Raise `UnreadableError` if the installation lacks it or it is damaged."""
    return Table(products())


def products() -> tuple[Product, ...]:
    """Return the products of the starter table, in the order of its files."""
    folder = resources.files("bot").joinpath(_FOLDER)
    files = sorted((file for file in folder.iterdir() if file.name.endswith(".yaml")), key=lambda file: file.name)
    if not files:
        raise UnreadableError("The starter table is missing: install Baton again.", path=_FOLDER)
    return tuple(product for file in files for product in read(file.read_text(encoding="utf-8"), shown=file.name))


def read(text: str, *, shown: str) -> Iterator[Product]:
    """Yield the products in one file's text. Raise `UnreadableError` if it is malformed."""
    import yaml  # noqa: PLC0415 - costs start-up time, needed only here

    # Every scalar is read as text, by the parser in C: the values are days and names, which YAML would try to
    # interpret.
    try:
        parsed = yaml.load(text, Loader=yaml.CBaseLoader)  # noqa: S506 - makes nothing but texts, lists and mappings
    except yaml.YAMLError as error:
        raise UnreadableError(f"{shown} is not YAML: {error}", path=shown) from None
    for key, fields in parsed.items():
        try:
            yield _product(key, fields)
        except (AttributeError, KeyError, TypeError, ValueError, ArithmeticError) as error:
            raise UnreadableError(f"{shown}: {key} cannot be read: {error}.", path=shown) from error


def _product(key: str, fields: Mapping[str, object]) -> Product:
    unknown = set(fields) - {"label", "aliases", "identifiers", "category", "note", "cycles"}
    if unknown:
        raise ValueError(f"unknown key {min(unknown)}")
    cycles = fields["cycles"]
    if not isinstance(cycles, dict):
        raise TypeError("its cycles are no mapping")
    product = Product(
        key=key,
        label=str(fields["label"]),
        aliases=_texts(fields.get("aliases", [])),
        identifiers=_texts(fields.get("identifiers", [])),
        category=str(fields["category"]),
        note=str(fields.get("note", "")),
        cycles=tuple(_cycle(name, line) for name, line in cycles.items()),
    )
    return by_labels(product, {})


def _cycle(name: str, line: str) -> Cycle:
    """Return the cycle in a line such as `released 2023-09-14, lts yes, eol 2028-11-09`."""
    said: dict[str, str] = {}
    charges: list[Charge] = []
    for part in line.split(","):
        word, _, value = part.strip().partition(" ")
        if word == "charge":
            charges.append(_charge(value))
        elif word in said or not value:
            raise ValueError(f"{name} says {word} twice, or nothing of it")
        else:
            said[word] = value
    released, lts = said.pop("released", None), said.pop("lts", None)
    clocks: dict[str, Clock] = {clock: _clock(said.pop(clock)) for clock in _CLOCKS if clock in said}
    texts = {word: said.pop(word) for word in ("codename", "label", "latest") if word in said}
    if said:
        raise ValueError(f"{name} says {min(said)}, which is unknown")
    return Cycle(
        name=name,
        released=None if released is None else date.fromisoformat(released),
        lts=lts == "yes" or (lts is not None and date.fromisoformat(lts)),
        charges=tuple(charges),
        codename=texts.get("codename", ""),
        label=texts.get("label", ""),
        latest=texts.get("latest", ""),
        eoas=clocks.get("eoas", Undated.ABSENT),
        eol=clocks.get("eol", Undated.ABSENT),
        eoes=clocks.get("eoes", Undated.ABSENT),
    )


def _charge(written: str) -> Charge:
    """Return the charge in a line such as `2026-03-01 0.10 cluster-hour` or `2026-02-01 80% the node's price`."""
    if "%" in written:
        since, amount, unit = written.split(maxsplit=2)
        return Charge(date.fromisoformat(since), Decimal(amount.removesuffix("%")), "%", unit)
    since, amount, *rest = written.split(maxsplit=2)
    known = None if amount == "?" else Decimal(amount)
    return Charge(date.fromisoformat(since), known, unit=rest[0] if rest else VCPU_HOUR)


def _clock(written: str) -> Clock:
    return Undated(written) if written in {Undated.ENDED, Undated.OPEN} else date.fromisoformat(written)


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise TypeError("aliases and identifiers are lists")
    return tuple(str(one) for one in value)
