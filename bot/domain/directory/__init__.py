"""The directory: finds the asset that a person's text means, in memory, and never a wrong one.

It is on the path of every answer: a literal name costs one look-up, and every later stage uses hashed rows and a
limited number of candidates. What is uncertain is offered, not answered.
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


class Directory(DirectoryIndex):
    """The in-memory index of assets. `replace` and `remove` are the only changes, each complete for one asset.

    A `text` is anything that a person wrote: a name in any spelling, a reference, an address, a path or a question in
    plain words, with or without Slack's markup. No method that takes one raises, and each takes a limited time.
    """

    __slots__ = ()

    def __len__(self) -> int:
        return len(self.assets)

    def __contains__(self, asset_id: int) -> bool:
        return asset_id in self.assets

    @classmethod
    def build(cls, assets: Iterable[AssetRecord]) -> Directory:
        """Return a directory of the assets. If an id occurs twice, the last asset counts."""
        directory = cls()
        directory.assets.update((asset.id, asset) for asset in assets)
        directory.names.fill(directory.enter_all())
        return directory

    def get(self, asset_id: int) -> AssetRecord | None:
        """Return the asset with this id, or None."""
        return self.assets.get(asset_id)

    def ids(self) -> tuple[int, ...]:
        """Return the ids of all current assets."""
        return tuple(self.assets)

    def by_ref(self, ref: str) -> AssetRecord | None:
        """Return the asset with this reference, ignoring case; or None."""
        key = ref.lower()
        return next((asset for each in self.known_as(key) if (asset := self.assets[each]).ref.lower() == key), None)

    resolve = resolve
    literally = literally
    is_in_some_repository = is_in_some_repository
    name_in = staticmethod(name_in)
    asks_owner = staticmethod(asks_owner)
    is_personal = staticmethod(is_personal)

    def is_name(self, text: str) -> bool:
        """Return whether the whole of `text`, as it stands, is a name, a reference or an address of an asset."""
        return self.literally(text, limit=1) is not None

    @staticmethod
    def plain(text: str) -> str:
        """Return the words of `text` without Slack's markup; "" if there are none."""
        return read(text).text

    @staticmethod
    def asks_by_name(text: str) -> bool:
        """Return whether `text` has words other than those of questions."""
        return any(chunk.part is Part.NAME for chunk in read(text).chunks)

    def mentioned(self, *texts: str, limit: int = 10) -> tuple[Match, ...]:
        """Return the assets that a message names, at most `limit`, in order of appearance. Quoted names come first.

        `texts` are the pieces of the message; no name continues from one into the next. The result is precise rather
        than complete: nothing is guessed, and a name that is an ordinary word counts only in quotes or beside a word
        for its kind.
        """
        return mentioned(self, texts, limit=limit)

    def named_in_links(self, *texts: str, limit: int = 10) -> tuple[Match, ...]:
        """Return the assets that only the addresses of links name, at most `limit`, by the same rules."""
        return named_in(self, texts, limit=limit)
