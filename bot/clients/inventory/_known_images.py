"""Images that everybody uses, and the products in them: `bot/data/known_images.yaml`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.data import table

_IMAGES = table("known_images")
#: Operating systems: their tags may be codenames, and a tag of letters is a version.
SYSTEMS = frozenset(_IMAGES["systems"])

_RED_HAT_BASE = re.compile(
    r"(?:(?:ubi|rhel)(?P<namespace>\d{1,2})/)?(?:ubi|rhel)(?P<own>\d{1,2})?(?:-(?:minimal|micro|init))?"
)
_RED_HAT = re.compile(r"(?:ubi|rhel)\d{1,2}/(?P<name>[a-z]+)-(?P<digits>\d{1,4})(?:-[a-z]+)*")
_DISTROLESS = re.compile(
    r"distroless/(?:nodejs(?P<node>\d{1,3})-debian\d+|(?:static|base|base-nossl|cc)-debian(?P<debian>\d+))"
)


@dataclass(frozen=True, slots=True)
class KnownImage:
    """The product in a well-known image; `version` where the image's name, not its tag, says it."""

    product: str
    version: str = ""


def known_image(path: str, *, has_registry: bool) -> KnownImage | None:
    """Return the product in the image at `path`, its name without registry and tag; None for what is not well known.

    A company's mirror keeps the end of a path (`mirror/library/postgres`). A name alone (`postgres`) counts from any
    registry; a name under somebody's own namespace (`shop/postgres`) does not, for its tags may be their own versions.
    """
    parts = path.split("/")
    if len(parts) == 1:
        product = _IMAGES["official"].get(path)
        return KnownImage(product) if product else _by_pattern(path) if has_registry else None
    if parts[-2] == "library" and parts[-1] in _IMAGES["official"]:
        return KnownImage(_IMAGES["official"][parts[-1]])
    for first in range(len(parts) - 1):
        rest = "/".join(parts[first:])
        found = _IMAGES["named"].get(rest)
        known = KnownImage(found) if found else _by_pattern(rest)
        if known:
            return known
    return None


def _by_pattern(path: str) -> KnownImage | None:
    if base := _RED_HAT_BASE.fullmatch(path):
        return KnownImage("rhel", base["own"] or base["namespace"] or "")
    if image := _RED_HAT.fullmatch(path):
        name, digits = image["name"], image["digits"]
        cut = int(_IMAGES["major_digits"].get(name, len(digits)))
        if name in _IMAGES["red_hat"]:
            return KnownImage(_IMAGES["red_hat"][name], ".".join(part for part in (digits[:cut], digits[cut:]) if part))
    if image := _DISTROLESS.fullmatch(path):
        return KnownImage("nodejs", image["node"]) if image["node"] else KnownImage("debian", image["debian"])
    return None
