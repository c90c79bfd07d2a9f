"""What a use case is given."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from bot.ports import Clock
from bot.services.contributors import Belongings, Contributor
from bot.services.profiles import Profiles
from bot.services.refusals import Refusals
from bot.store.db import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class DevopsTeam:
    """The team that takes requests: its name or an alias in the catalog, empty where none was set.

    `triage_channel` is where requests come in; empty for the team's own channel. `weekly_hours` are those that it has
    for requests. It answers a new one within `first_response_hours` of its working time. A sprint has `sprint_weeks`.
    A message with the reaction `emoji` is meant for it; `seen_emoji` and its like show how a thread's request stands.
    `model_channels` are those, besides the public ones, whose threads a language model may read.
    """

    name: str = ""
    triage_channel: str = ""
    weekly_hours: float = 30.0
    first_response_hours: float = 8.0
    sprint_weeks: int = 2
    emoji: str = "devops-request"
    seen_emoji: str = "eyes"
    done_emoji: str = "white_check_mark"
    failed_emoji: str = "x"
    model_channels: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Deps:
    """The database, the clock and the few settings that use cases read.

    `timezone` is that of whoever has none of their own. `platform_channel` is a channel's name or id, empty for none.
    `catalog_admins` are Slack ids. `open_channels` are those shared with other organisations that an administrator has
    opened. `devops` is the team that takes requests. `refusals` are the channels that lately took no message,
    `profiles` the accounts that Slack was lately asked for.
    `contributors` are the nouns that have something to say in the daily pass, and `belongings` those that know what
    comes with an asset to its next owner.
    """

    database: Database
    clock: Clock
    stale_after: timedelta = timedelta(days=180)
    timezone: str = "UTC"
    platform_channel: str = ""
    catalog_admins: frozenset[str] = frozenset()
    open_channels: frozenset[str] = frozenset()
    devops: DevopsTeam = DevopsTeam()
    refusals: Refusals = field(default_factory=Refusals)
    profiles: Profiles = field(default_factory=Profiles, compare=False)
    contributors: list[Contributor[Any]] = field(default_factory=list, compare=False)
    belongings: list[Belongings] = field(default_factory=list, compare=False)
