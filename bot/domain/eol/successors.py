"""Who has what a reminder was about, once it is not its addressee's any more."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.eol.records import Cycle, Product
from bot.domain.eol.responsibility import Addressee
from bot.domain.records import AssetRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Successor:
    """Who has it now, and which assets they have of those that run the release cycle.

    `reminder_id` is the new owner's own open reminder; None where there is none yet.
    """

    product: Product
    cycle: Cycle
    owner: Addressee
    assets: tuple[AssetRecord, ...]
    reminder_id: int | None = None
