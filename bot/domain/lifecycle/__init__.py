"""What runs where, when its support ends, and when to say so."""

from __future__ import annotations

from bot.domain.lifecycle.matched import (
    Ambiguous,
    Gap,
    InCycle,
    Matched,
    Method,
    Newer,
    UnknownProduct,
    UntrackedOld,
)
from bot.domain.lifecycle.matching import match
from bot.domain.lifecycle.records import Charge, Clock, Cycle, Phase, Product, Undated, phase
from bot.domain.lifecycle.table import Table

__all__ = [
    "Ambiguous",
    "Charge",
    "Clock",
    "Cycle",
    "Gap",
    "InCycle",
    "Matched",
    "Method",
    "Newer",
    "Phase",
    "Product",
    "Table",
    "Undated",
    "UnknownProduct",
    "UntrackedOld",
    "match",
    "phase",
]
