"""Products, their release cycles, and the clocks that run on a cycle."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum


class Undated(StrEnum):
    """What is known of a clock that has no date."""

    ENDED = "ended"  #: It has run out; nobody wrote down when.
    OPEN = "open"  #: It runs, and no end has been announced yet.
    ABSENT = "absent"  #: The cycle has no such clock.


#: When something ends: its last day, or what is known instead of one.
Clock = date | Undated


class Phase(StrEnum):
    """Where a cycle stands in its life on one day."""

    ACTIVE = "active"  #: Supported; as far as known, actively developed.
    STANDARD = "standard support only"  #: Past the end of active support: security fixes only.
    EXTENDED = "extended"  #: Past the end of standard support, within support that is paid for.
    ENDED = "ended"
    UNKNOWN = "unknown"  #: The facts say nothing of standard support.


#: What is charged for unless something else is said.
VCPU_HOUR = "vCPU-hour"


@dataclass(frozen=True, slots=True)
class Charge:
    """What a provider charges on top from a day on, e.g. 0.10 US dollars for each vCPU-hour.

    Prices differ by region; `amount` is that of the provider's cheapest large one, None where nobody has written it
    down. With the currency `%` it is a part of what `unit` says, such as `the node's price`.
    """

    since: date
    amount: Decimal | None = None
    currency: str = "USD"
    unit: str = VCPU_HOUR


@dataclass(frozen=True, slots=True, kw_only=True)
class Cycle:
    """A release cycle: the versions that share one set of clocks.

    `name` is unique within its product (`9.6`, `20.04`, `11-24h2-e`), `label` what people call it, "" where that is the
    name. `latest` is its newest version, "" where none is known. `lts` is the day from which it is a long-term-support
    release, or whether it is one. Clocks: `eoas` ends active support, `eol` standard support, `eoes` the support that
    is paid for; each date is the last day. `charges` are in the order of their days.
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
    """Something that ages, as one provider offers it: `postgresql` and `amazon-rds-postgresql` are two products.

    `key` is the slug at endoflife.date where it has one; `identifiers` are purls, CPEs and names at Repology. `cycles`
    are in the order of their source, the newest first as a rule. `asset_ref` is set for a product of the organisation's
    own: the asset whose versions the catalog lists.
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
    """How long a provider supports one cycle of one engine in one region: there its clock counts, not the makers' own.

    The days are the first and the last ones of support, in UTC; None where the provider says none. Extended support is
    what comes after the standard one, for money.
    """

    provider: str
    engine: str
    cycle: str
    region: str = ""
    standard_until: date | None = None
    extended_from: date | None = None
    extended_until: date | None = None


def phase(cycle: Cycle, day: date) -> Phase:
    """Return where `cycle` stands on `day`, by its own clocks alone.

    The last day of a clock still counts as supported, as at endoflife.date. What ended on an unknown day counts as
    ended on every day, and what has no announced end as running.
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
