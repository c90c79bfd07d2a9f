"""What a use case is given."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from bot.ports import Clock
from bot.services.contributors import Contributor
from bot.services.refusals import Refusals
from bot.store.db import Database


@dataclass(frozen=True, slots=True)
class Deps:
    """The database, the clock and the few settings that use cases read.

    `timezone` is that of whoever has none of their own. `platform_channel` is a channel's name or id, empty for none.
    `catalog_admins` are Slack ids. `open_channels` are those shared with other organisations that an administrator has
    opened. `refusals` are the channels that lately took no message. `contributors` are the nouns that have something to
    say in the daily pass.
    """

    database: Database
    clock: Clock
    stale_after: timedelta = timedelta(days=180)
    timezone: str = "UTC"
    platform_channel: str = ""
    catalog_admins: frozenset[str] = frozenset()
    open_channels: frozenset[str] = frozenset()
    refusals: Refusals = field(default_factory=Refusals)
    contributors: list[Contributor[Any]] = field(default_factory=list, compare=False)
