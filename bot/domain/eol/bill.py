"""What it costs to run past the end of support: things, days, and money per month."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from bot.domain.eol.charges import monthly, running_charge
from bot.domain.eol.exposure import MatchedDeployment, certain_of
from bot.domain.eol.periods import SOON_DAYS
from bot.domain.eol.records import Phase, phase


@dataclass(slots=True)
class Bill:
    """What one team, or everybody, has past the end of support.

    - `past`: things past the end of standard support, for `days` days in total. Each thing counts the days of its
      oldest release.
    - `soon`: things that reach it within 90 days.
    - `unknown`: things whose release nobody knows.
    - `money`: what providers charge per month, by currency, counting each thing as two vCPUs with a standby.
    - `unpriced`: things that are also charged now, at an unknown price.
    - `oldest`: what ended longest ago: for how many days (0 if the day is unknown), and its name.
    - `charged`: things with a known charge; `dearest` is the most expensive one.
    """

    past: int = 0
    days: int = 0
    soon: int = 0
    unknown: int = 0
    money: Counter[str] = field(default_factory=Counter)
    unpriced: int = 0
    oldest: tuple[int, str] = (0, "")
    charged: int = 0
    dearest: tuple[int, str] = (0, "")

    def add(self, runs: Sequence[MatchedDeployment], today: date) -> None:
        """Add one thing with everything that it runs."""
        cycles = [(one, sure.cycle) for one in runs if (sure := certain_of(one.matched)) is not None]
        ended = [cycle for _, cycle in cycles if phase(cycle, today) in (Phase.EXTENDED, Phase.ENDED)]
        ends = [cycle.eol for _, cycle in cycles if isinstance(cycle.eol, date)]
        days = max(((today - end).days for end in ends if end < today), default=0)
        if ended:
            self.past += 1
            self.days += days
            self.oldest = max(self.oldest, (days, runs[0].asset.name))
        self.soon += not ended and any(today <= end <= today + timedelta(SOON_DAYS) for end in ends)
        self.unknown += len(cycles) < len(runs)
        running = (running_charge(cycle, today, has_extended_support=one.goes_on) for one, cycle in cycles)
        charges = [each for each in running if each is not None]
        known = [(charge.currency, int(a_month)) for charge in charges if (a_month := monthly(charge)) is not None]
        for currency, amount in known:
            self.money[currency] += amount
        if known:
            self.charged += 1
            self.dearest = max(self.dearest, (sum(amount for _, amount in known), runs[0].asset.name))
        self.unpriced += any(monthly(each) is None for each in charges)
