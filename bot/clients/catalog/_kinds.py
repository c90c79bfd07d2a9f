"""Maps catalogs' words for what a thing is to Baton's kinds: `bot/data/asset_kinds.yaml`."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from bot.data import table
from bot.domain.catalog import AssetKind, Hosting

_OF_KIND = {"api": AssetKind.API, "system": AssetKind.SYSTEM, "domain": AssetKind.DOMAIN}

_TABLE = table("asset_kinds")
_BY_WORD = {word: AssetKind(kind) for kind, words in _TABLE["kinds"].items() for word in words.split()}
_HOSTING = {word: Hosting(hosting) for hosting, words in _TABLE["hosting"].items() for word in words.split()}


@lru_cache(maxsize=1024)
def kind_of_word(word: str) -> AssetKind:
    """Return the kind that a word means; a service for "", `OTHER` for an unknown word."""
    folded = _folded(word)
    return _BY_WORD.get(folded, AssetKind.OTHER) if folded else AssetKind.SERVICE


def kind_of(kind: str, type_: str) -> tuple[AssetKind, Hosting | None]:
    """Return what a Backstage entity with `kind` (lower case) and `spec.type` is, and its hosting if that tells."""
    word = _folded(type_)
    if kind in _OF_KIND:
        return _OF_KIND[kind], None
    if not word and kind == "component":
        return AssetKind.SERVICE, None
    return _BY_WORD.get(word, AssetKind.OTHER), _HOSTING.get(word)


def _folded(word: str) -> str:
    letters = unicodedata.normalize("NFKD", word.strip().lower())
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return re.sub(r"[_\s'’]+", "-", plain)
