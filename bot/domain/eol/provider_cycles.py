"""What a provider says of the versions that it runs for others: there its clock counts, not the makers' own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderCycle:
    """How long a provider supports one cycle of one engine in one region.

    The days are the first and the last ones of support, in UTC; None where the provider says none. Extended support is
    what comes after the standard one, for money.
    """

    provider: str
    engine: str
    cycle: str
    region: str = ""
    standard_from: date | None = None
    standard_until: date | None = None
    extended_from: date | None = None
    extended_until: date | None = None
