"""Products, their release cycles, and the clocks of a cycle."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum


class Undated(StrEnum):
    """What is known about a clock without a date."""

    ENDED = "ended"  #: It has ended, on an unknown day.
    OPEN = "open"  #: It has not ended, and no end is announced.
    ABSENT = "absent"  #: The cycle has no such clock.


#: When something ends: its last day, or what is known if there is no date.
Clock = date | Undated


class Phase(StrEnum):
    """The phase of a cycle on a day."""

    ACTIVE = "active"  #: Supported and, as far as is known, actively developed.
    STANDARD = "standard support only"  #: Past the end of active support: security fixes only.
    EXTENDED = "extended"  #: Past the end of standard support, within paid support.
    ENDED = "ended"
    UNKNOWN = "unknown"  #: The facts do not cover standard support.


#: The default unit of a charge.
VCPU_HOUR = "vCPU-hour"


@dataclass(frozen=True, slots=True)
class Charge:
    """What a provider charges on top from a day on, such as 0.10 US dollars per vCPU-hour.

    Prices differ by region; `amount` is that of the provider's cheapest large region, or None if it is not known. With
    the currency `%` it is a percentage of `unit`, such as `the node's price`.
    """

    since: date
    amount: Decimal | None = None
    currency: str = "USD"
    unit: str = VCPU_HOUR


@dataclass(frozen=True, slots=True, kw_only=True)
class Cycle:
    """A release cycle: the versions that share one set of clocks.

    - `name`: unique within its product (`9.6`, `20.04`, `11-24h2-e`).
    - `label`: what people call it; "" if that is the name.
    - `latest`: its newest version; "" if unknown.
    - `lts`: the day from which it is a long-term-support release, or whether it is one.
    - `eoas`, `eol`, `eoes`: the ends of active, standard and paid support. Each date is the last day.
    - `charges`: ordered by day.
    """

    name: str
    codename: str = ""
    label: str = ""
    released: date | None = None
    latest: str = ""
    lts: date | bool = False
    eoas: Clock = Undated.ABSENT
    eol: Clock = Undated.ABSENT
    eoes: Clock = Undated.ABSENT
    charges: tuple[Charge, ...] = ()
    note: str = ""

    @property
    def clocks(self) -> tuple[Clock, Clock, Clock]:
        """The ends of active, standard and extended support."""
        return self.eoas, self.eol, self.eoes


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """A product as one provider offers it: `postgresql` and `amazon-rds-postgresql` are two products.

    `key` is its slug at endoflife.date, if it has one. `identifiers` are purls, CPEs and names at Repology. `cycles`
    are in the order of their source, usually the newest first. `asset_ref` is set for the organisation's own products:
    it is the asset whose versions the catalog lists.
    """

    key: str
    label: str = ""
    aliases: tuple[str, ...] = ()
    identifiers: tuple[str, ...] = ()
    category: str = ""
    cycles: tuple[Cycle, ...] = ()
    note: str = ""
    asset_ref: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderCycle:
    """How long a provider supports one cycle of an engine in one region. Its dates apply there, not the makers'.

    The days are the first and last ones of support, in UTC; None if the provider gives none. Extended support is paid
    support after the standard one.
    """

    provider: str
    engine: str
    cycle: str
    region: str = ""
    standard_until: date | None = None
    extended_from: date | None = None
    extended_until: date | None = None


def phase(cycle: Cycle, day: date) -> Phase:
    """Return the phase of `cycle` on `day`, by its own clocks alone.

    The last day of a clock still counts as supported, as at endoflife.date. A clock that ended on an unknown day counts
    as ended on every day, and one without an announced end as running.
    """
    if cycle.eol is Undated.ABSENT:
        return Phase.UNKNOWN
    if not _has_ended(cycle.eol, day):
        return Phase.STANDARD if _has_ended(cycle.eoas, day) else Phase.ACTIVE
    if cycle.eoes is Undated.ABSENT or _has_ended(cycle.eoes, day):
        return Phase.ENDED
    return Phase.EXTENDED


def _has_ended(clock: Clock, day: date) -> bool:
    return clock is Undated.ENDED if isinstance(clock, Undated) else clock < day
