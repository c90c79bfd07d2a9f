"""Who has the subject of a reminder after its addressee no longer does."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.eol.records import Cycle, Product
from bot.domain.eol.responsibility import Addressee
from bot.domain.records import AssetRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Successor:
    """Who has it now, and which of the assets that run the release cycle they have.

    `reminder_id` is the new owner's own open reminder, or None.
    """

    product: Product
    cycle: Cycle
    owner: Addressee
    assets: tuple[AssetRecord, ...]
    reminder_id: int | None = None
