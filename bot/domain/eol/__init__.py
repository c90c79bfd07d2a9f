"""When the support of what runs ends, and when people are told."""

from __future__ import annotations

from bot.domain.eol.matches import (
    AmbiguousVersion,
    BetweenCycles,
    InCycle,
    Matched,
    MatchMethod,
    Newer,
    UnknownProduct,
    UntrackedOld,
)
from bot.domain.eol.product_table import Table
from bot.domain.eol.records import Charge, Clock, Cycle, Phase, Product, Undated, phase
from bot.domain.eol.version_matcher import match
