"""How a source's files have to change to name the current owner of an asset."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.domain.catalog import Area

#: Names that no format reads as a list, a kind or a path.
_PLAIN = re.compile(r"\w[\w .+&()-]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerEdit:
    """In a source's file, the owner of one area of an asset has to be replaced.

    `asset` is the asset's name, `external_id` the source's id for it. `givers` are the spellings by which the file may
    name the former owner, and `receiver` is the name to write instead. If the receiver is already named as a helper,
    that entry is removed; `also_written` are its other spellings.
    """

    asset: str
    external_id: str
    area: Area
    givers: tuple[str, ...]
    receiver: str
    also_written: tuple[str, ...] = ()

    def names_giver(self, written: str) -> bool:
        """Whether a word in a file is one of the giver's spellings."""
        return written.strip().casefold() in {giver.casefold() for giver in self.givers}

    def names_receiver(self, written: str) -> bool:
        """Whether a word in a file is one of the receiver's spellings."""
        return written.strip().casefold() in {each.casefold() for each in (self.receiver, *self.also_written)}


@dataclass(frozen=True, slots=True)
class Refusal:
    """An edit that cannot be made. `reason` is one sentence that says what to do instead."""

    edit: OwnerEdit
    reason: str


@dataclass(frozen=True, slots=True)
class Edited:
    """A file's text after the possible edits, and the edits that were not possible."""

    text: str
    refusals: tuple[Refusal, ...] = ()


def spelling_for(name: str, like: str) -> str:
    """Return how a file that writes one team as `like` would write the team `name`.

    `@acme/devops` gives `@acme/payments`, `group:default/devops` gives `group:default/payments`, `devops` gives the
    name.
    """
    short = "-".join(_words(name))
    head, slash, _ = like.rpartition("/")
    if slash:
        return f"{head}/{short}"
    kind, colon, _ = like.rpartition(":")
    return f"{kind}:{short}" if colon else name if _PLAIN.fullmatch(name) else short


def _words(name: str) -> list[str]:
    """Return a name's words in lower case: `Payments Team` gives `payments`, `team`."""
    return "".join(char if char.isalnum() else " " for char in name.lower()).split()
