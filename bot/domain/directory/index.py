"""The look-up tables of the directory, kept up to date one asset at a time."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeAlias, TypeVar

from bot.domain.catalog import AssetKind
from bot.domain.directory import addresses, forges
from bot.domain.directory.name_index import NameIndex
from bot.domain.directory.paths import Paths
from bot.domain.names import clean, fold, tokens
from bot.domain.records import AssetRecord

#: Only this many words of a name are indexed. Longer names can still be found literally and folded.
MAX_WORDS = 24

K = TypeVar("K")

#: One asset id, or several in ascending order.
Ids: TypeAlias = int | list[int]


class DirectoryIndex:
    """Assets by id, by literal and folded spelling, by words and by path."""

    __slots__ = ("_children", "assets", "folded", "literal", "names", "paths")

    def __init__(self) -> None:
        self.assets: dict[int, AssetRecord] = {}
        #: Names, aliases and addresses in lower case, and references that are not "kind:name" (see `known_as`).
        self.literal: dict[str, Ids] = {}
        #: Names and aliases folded.
        self.folded: dict[str, Ids] = {}
        self.names = NameIndex()
        self.paths = Paths()
        self._children: dict[int, Ids] = {}

    def enter_all(self) -> Iterator[tuple[int, tuple[str, ...], str]]:
        """Enter every asset in every table but that of names; yield each name's asset, words and folded spelling."""
        for asset in self.assets.values():
            if not _has_name_only(asset):
                yield from self._enter(asset)
                continue
            asset_id, own = asset.id, tokens(asset.name)
            for key in _reference_and_name(asset):
                if self.literal.setdefault(key, asset_id) is not asset_id:
                    _put(self.literal, key, asset_id)
            spelt = "".join(own)
            if self.folded.setdefault(spelt, asset_id) is not asset_id:
                _put(self.folded, spelt, asset_id)
            yield asset_id, own, spelt

    def replace(self, asset: AssetRecord) -> None:
        """Add an asset, or replace the one with its id."""
        held = self.assets.get(asset.id)
        if held is not None and _spellings(held) == _spellings(asset) and held.parent_id == asset.parent_id:
            self.assets[asset.id] = asset
            return
        self.remove(asset.id)
        self.assets[asset.id] = asset
        for entry in self._enter(asset):
            self.names.add(*entry)

    def remove(self, asset_id: int) -> None:
        """Remove an asset, if it is there."""
        asset = self.assets.pop(asset_id, None)
        if asset is None:
            return
        for key in _literals(asset):
            _take(self.literal, key, asset_id)
        for name in dict.fromkeys(_named(asset) if asset.path_rule is None else ()):
            words, folded = tokens(name), fold(name)
            _take(self.folded, folded, asset_id)
            self.names.remove(asset_id, words[:MAX_WORDS], folded)
        if asset.path_rule is not None:
            self.paths.remove(asset_id, asset.path_rule)
        if asset.parent_id is not None:
            _take(self._children, asset.parent_id, asset_id)

    def known_as(self, text: str) -> tuple[int, ...]:
        """Return the ids of the assets with this reference, name, alias or address (in lower case), ascending.

        Nearly every reference is a kind and the asset's name, so it is found through the name. Storing the references
        would take as much memory as the names.
        """
        found = as_tuple(self.literal.get(text))
        name = text.partition(":")[2]
        if not name:
            return found
        referred = [one for one in as_tuple(self.literal.get(name)) if _lowered(self.assets[one].ref) == text]
        return tuple(sorted({*found, *referred})) if referred else found

    def children(self, asset_id: int) -> tuple[int, ...]:
        """Return the ids of the assets whose parent this is, ascending."""
        return as_tuple(self._children.get(asset_id))

    def _enter(self, asset: AssetRecord) -> list[tuple[int, tuple[str, ...], str]]:
        """Enter an asset in every table but that of names; return its id, words and folded spelling for that one."""
        asset_id = asset.id
        for key in _literals(asset):
            _put(self.literal, key, asset_id)
        if asset.parent_id is not None:
            _put(self._children, asset.parent_id, asset_id)
        if asset.path_rule is not None:
            # A path in another spelling is another path, so a rule is not found by its folded name.
            self.paths.add(asset_id, asset.path_rule)
            return []
        found: dict[tuple[str, ...], str] = {}
        for name in _named(asset):
            words = tokens(name)
            if words:
                folded = "".join(words) if len(words) > 1 else words[0]
                _put(self.folded, folded if folded != name else name, asset_id)
                found.setdefault(words[:MAX_WORDS], folded)
        return [(asset_id, words, folded) for words, folded in found.items()]


def as_tuple(ids: Ids | None) -> tuple[int, ...]:
    """Return the ids of an entry; none if it is None."""
    if ids is None:
        return ()
    return (ids,) if isinstance(ids, int) else tuple(ids)


def short_name(asset: AssetRecord) -> str:
    """Return what people call a repository (`shop` for `acme/shop`); "" for any other asset."""
    if asset.kind is AssetKind.REPOSITORY and "/" in asset.name:
        return asset.name.rstrip("/").rpartition("/")[2]
    return ""


def _has_name_only(asset: AssetRecord) -> bool:
    """Whether there is only a reference and a name to enter, as for most assets: then there is a faster way."""
    return (
        not asset.aliases
        and not asset.addresses
        and asset.parent_id is None
        and asset.path_rule is None
        and asset.kind is not AssetKind.REPOSITORY
        # Certainly between one word and as many as are indexed.
        and asset.name[:1].isalnum()
        and asset.name.isascii()
        and len(asset.name) < 2 * MAX_WORDS
    )


def _named(asset: AssetRecord) -> Sequence[str]:
    if asset.kind is not AssetKind.REPOSITORY:
        return (asset.name, *asset.aliases)
    return (asset.name, *asset.aliases, *filter(None, (short_name(asset),)))


def _reference_and_name(asset: AssetRecord) -> tuple[str, ...]:
    """Return the name in lower case, and the reference unless `DirectoryIndex.known_as` finds it through the name."""
    name = _lowered(asset.name)
    if not asset.own_ref and name is asset.name:
        return (name,)
    reference = _lowered(asset.ref)
    return (name,) if name and reference.partition(":")[2] == name else (reference, name)


def _literals(asset: AssetRecord) -> Iterable[str]:
    found = {*_reference_and_name(asset), *map(_lowered, _named(asset))}
    if asset.addresses:
        found.update(map(_lowered, asset.addresses))
        for text in asset.addresses:
            found.update(_address_keys(text))
    if asset.kind is AssetKind.REPOSITORY:
        found.add(addresses.repository_key(asset.name))
    found.discard("")
    return found


def _address_keys(text: str) -> tuple[str, ...]:
    file = forges.file_address(text) if "/" in text else None
    if file is None or len(file.paths) > 1 or not file.paths[0]:
        return (addresses.normal(text),)
    folder = forges.folder_key(file.repository, file.paths[0])
    # If the path is in the query, the part before it is the repository's address.
    return (folder,) if file.is_asked else (folder, addresses.normal(text))


def _lowered(text: str) -> str:
    """Return the text cleaned and in lower case: the same object if it already is, because there are so many."""
    if text.islower() and text.isascii() and text.isprintable() and " " not in text:
        return text
    lowered = clean(text).lower()
    return text if lowered == text else lowered


def _spellings(asset: AssetRecord) -> tuple[object, ...]:
    return (asset.own_ref, asset.name, asset.aliases, asset.addresses, asset.path_rule, asset.kind)


def _put(entries: dict[K, Ids], key: K, asset_id: int) -> None:
    held = entries.setdefault(key, asset_id)
    if held is asset_id or held == asset_id:
        return
    if isinstance(held, int):
        entries[key] = sorted((held, asset_id))
    elif held[-1] < asset_id:
        held.append(asset_id)
    elif held[place := bisect_left(held, asset_id)] != asset_id:
        held.insert(place, asset_id)


def _take(entries: dict[K, Ids], key: K, asset_id: int) -> None:
    held = entries.get(key)
    if held is None or held == asset_id:
        entries.pop(key, None)
    elif not isinstance(held, int):
        place = bisect_left(held, asset_id)
        if place < len(held) and held[place] == asset_id:
            del held[place]
        if len(held) == 1:
            entries[key] = held[0]
