"""Packages that are a product, and the operating system that they are built for: `bot/data/known_packages.yaml`."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import parse_qs, unquote

from bot.data import table

_TABLE = table("known_packages")
_SYSTEM_TYPES = frozenset(_TABLE["system_types"].split())
_SYSTEM = tuple((re.compile(pattern), product) for pattern, product in _TABLE["system"].items())
_OTHER = {
    kind: tuple((re.compile(pattern), product) for pattern, product in rules.items())
    for kind, rules in _TABLE["other"].items()
}
_NAMED_TYPES = frozenset(_TABLE["named_types"].split())
#: Ids of operating systems, in lower case -> their products.
SYSTEMS: dict[str, str] = _TABLE["systems"]
_PURL = re.compile(r"pkg:/*(?P<type>[A-Za-z0-9.+-]+)/(?P<path>[^?#]+)(?:\?(?P<qualifiers>[^#]*))?.*", re.DOTALL)
_DISTRO = re.compile(r"(?P<system>[a-z]+(?:[-.][a-z]+)*)-v?(?P<version>\d[\w.]*)")


@lru_cache(maxsize=16_384)
def product_of(purl: str) -> str:
    """Return the name of the product that a package is; "" if it is not a known one."""
    found = _PURL.fullmatch(purl)
    if found is None:
        return ""
    kind = found["type"].lower()
    path = unquote(found["path"].strip("/"))
    at = path.rfind("@")
    path = path[:at] if at > path.rfind("/") + 1 else path
    name = path.rpartition("/")[2].lower()
    if kind in _NAMED_TYPES:
        return name
    rules = _SYSTEM if kind in _SYSTEM_TYPES else _OTHER.get(kind, ())
    asked = name if kind in _SYSTEM_TYPES else path
    return next((product for pattern, product in rules if pattern.fullmatch(asked)), "")


@lru_cache(maxsize=4096)
def system_of(purl: str) -> tuple[str, str]:
    """Return the operating system and version in a package's qualifier `distro`; two empty texts if it has none."""
    found = _PURL.fullmatch(purl)
    distro = parse_qs(found["qualifiers"] or "").get("distro", [""])[0].lower() if found is not None else ""
    named = _DISTRO.fullmatch(distro)
    if named is None or named["system"] not in SYSTEMS:
        return "", ""
    return SYSTEMS[named["system"]], named["version"]
