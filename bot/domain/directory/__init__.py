"""The directory: what a person writes, resolved to an asset in memory, and never to a wrong one.

Written for the answer path: a literal name costs one look-up; every later stage works over hashed rows and bounded
candidates. What is not sure is offered, not answered.
"""

from __future__ import annotations

from collections.abc import Iterable

from bot.domain.directory.answers import Candidate, Match, Nearest, Resolution, ResolutionMethod, Several
from bot.domain.directory.index import DirectoryIndex
from bot.domain.directory.link_addresses import named_in
from bot.domain.directory.mentions import mentioned
from bot.domain.directory.missed_names import asks_owner, is_personal
from bot.domain.directory.places import literally
from bot.domain.directory.questions import Part, name_in, read
from bot.domain.directory.repositories import is_in_some_repository
from bot.domain.directory.resolver import resolve
from bot.domain.records import AssetRecord

__all__ = ["Candidate", "Directory", "Match", "Nearest", "Resolution", "ResolutionMethod", "Several"]


class Directory:
    """The in-memory index over assets. Changed only by `replace` and `remove`, each whole for one asset."""

    __slots__ = ("_index",)

    def __init__(self) -> None:
        self._index = DirectoryIndex()

    def __len__(self) -> int:
        return len(self._index.assets)

    def __contains__(self, asset_id: int) -> bool:
        return asset_id in self._index.assets

    @classmethod
    def build(cls, assets: Iterable[AssetRecord]) -> Directory:
        """Return a directory of the assets; the last one counts where an id comes twice."""
        directory = cls()
        directory._index.fill(assets)
        return directory

    def replace(self, asset: AssetRecord) -> None:
        """Add an asset, or put it in the place of the one with its id."""
        self._index.replace(asset)

    def remove(self, asset_id: int) -> None:
        """Remove an asset; nothing happens if there is none with that id."""
        self._index.remove(asset_id)

    def get(self, asset_id: int) -> AssetRecord | None:
        """Return the asset with this id, or None."""
        return self._index.assets.get(asset_id)

    def ids(self) -> tuple[int, ...]:
        """Return the ids of all assets as they are at this moment."""
        return tuple(self._index.assets)

    def by_ref(self, ref: str) -> AssetRecord | None:
        """Return the asset with this reference, up to case, or None."""
        key = ref.lower()
        for asset_id in self._index.known_as(key):
            asset = self._index.assets[asset_id]
            if asset.ref.lower() == key:
                return asset
        return None

    def children(self, asset_id: int) -> tuple[int, ...]:
        """Return the ids of the assets whose parent this is, ascending."""
        return self._index.children(asset_id)

    def resolve(self, text: str, *, limit: int = 5) -> Resolution:
        """Return the asset that `text` means, or the several it may mean, or at most `limit` names nearest to it.

        `text` is whatever a person wrote: a name however spelt, a reference, an address, a path, a question in plain
        words, with Slack's markup or without. Never raises; takes bounded time whatever the text.
        """
        return resolve(self._index, text, limit=limit)

    def literally(self, text: str, *, limit: int = 5) -> Match | Several | None:
        """Return what `resolve` does where the whole of `text` is a name, a reference or an address; None elsewhere."""
        return literally(self._index, text, limit=limit)

    def is_name(self, text: str) -> bool:
        """Return whether the whole of `text`, as it stands, is a name, a reference or an address of an asset."""
        return literally(self._index, text, limit=1) is not None

    def is_in_some_repository(self, text: str) -> bool:
        """Return whether `text` is a path that any repository may have, and does not say in which it is."""
        return is_in_some_repository(self._index, text)

    @staticmethod
    def plain(text: str) -> str:
        """Return the words of `text` without Slack's markup; empty where it has none."""
        return read(text).text

    @staticmethod
    def asks_by_name(text: str) -> bool:
        """Return whether `text` has words beside those that questions are made of."""
        return any(chunk.part is Part.NAME for chunk in read(text).chunks)

    @staticmethod
    def name_in(text: str, understood_as: str) -> str:
        """Return what `text` was understood to ask for, if that can be a name; empty if it is a sentence."""
        return name_in(text, understood_as)

    @staticmethod
    def asks_owner(text: str) -> bool:
        """Return whether `text` asks whose something is, and does not only name it."""
        return asks_owner(text)

    @staticmethod
    def is_personal(text: str, name: str) -> bool:
        """Return whether `text` says that the `name` in it is of one person's matters."""
        return is_personal(text, name)

    def mentioned(self, *texts: str, limit: int = 10) -> tuple[Match, ...]:
        """Return the assets that a message names, at most `limit`, in the order in which it names them.

        `texts` are what it says, piece by piece: no name reaches from one into the next. Quoted names come first.
        Precise rather than complete: nothing is guessed, and a name that is an ordinary word counts only in quotes or
        beside a word for its kind.
        """
        return mentioned(self._index, texts, limit=limit)

    def named_in_links(self, *texts: str, limit: int = 10) -> tuple[Match, ...]:
        """Return the assets that only the addresses of links name, at most `limit`, under the same rules."""
        return named_in(self._index, texts, limit=limit)
