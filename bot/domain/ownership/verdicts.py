"""What can be said of one asset: a union, because no owner is not a missing owner."""

from __future__ import annotations

from datetime import datetime

from bot.domain.catalog import Area, Hosting, Role
from bot.domain.ownership.drift import Drift
from bot.domain.ownership.holdings import Holding
from bot.domain.records import AssetRecord, PersonRecord, ReleaseRecord
from bot.domain.value_object import value_object


@value_object(kw_only=True)
class Owned:
    """The asset has an owner for what was asked.

    `holdings` are all facts in force, and `owners` the first of them: those of the asked area, or of the whole, who
    answer the question. `inherited_from` is the parent that they come from, `only_person` the one person left,
    `departed` those among several owners who are gone. `drift` is what sources say that have not followed a handoff
    yet; it is none of `holdings`. `given_up` says which areas nobody owns any more, where the whole was asked for, and
    `left_behind` are then those who are gone and alone owned an area; they are none of `departed`.
    """

    asset: AssetRecord
    holdings: tuple[Holding, ...]
    owners: tuple[Holding, ...]
    area: Area | None = None
    inherited_from: AssetRecord | None = None
    only_person: PersonRecord | None = None
    departed: tuple[Holding, ...] = ()
    drift: tuple[Drift, ...] = ()
    given_up: tuple[ReleaseRecord, ...] = ()
    left_behind: tuple[Holding, ...] = ()

    @property
    def is_partial(self) -> bool:
        """Whether the whole was asked for, and nobody owns more than other areas than the application.

        The owners of the whole or of the application come first where there are any.
        """
        return self.area is None and self.holdings[0].fact.area not in (Area.ALL, Area.APPLICATION)

    @property
    def is_split(self) -> bool:
        """Whether different owners hold different areas."""
        if len(self.holdings) < 2:
            return False
        held: dict[Area, set[tuple[int | None, int | None]]] = {}
        for each in self.holdings:
            fact = each.fact
            if fact.role is Role.OWNER:
                held.setdefault(fact.area, set()).add((fact.team_id, fact.person_id))
        return len(held) > 1 and len(set(map(frozenset, held.values()))) > 1

    @property
    def is_confirmed(self) -> bool:
        """Whether a person has confirmed every owner that answers."""
        return None not in [holding.fact.confirmed_at for holding in self.owners]

    @property
    def should_hand_off(self) -> bool:
        """Whether somebody else than the application's owner holds a part of what a provider runs anyway."""
        return self.asset.hosting in (Hosting.MANAGED, Hosting.SERVERLESS) and self.is_split


@value_object(kw_only=True)
class Stale(Owned):
    """Owned as far as anyone knows, but nobody has confirmed or imported it since `trusted_at`."""

    trusted_at: datetime

    @property
    def is_confirmed(self) -> bool:
        """False: whatever was confirmed has grown old."""
        return False


@value_object(kw_only=True)
class Orphaned(Owned):
    """Every owner is gone: the team was dissolved, or the last person left. `departed` are all who are."""

    @property
    def others(self) -> tuple[Holding, ...]:
        """The owners of other areas than the one that was asked for, or the application, who are still there."""
        rest = self.holdings[len(self.owners) :]
        return tuple(each for each in rest if each.fact.role is Role.OWNER and each not in self.departed)


@value_object(kw_only=True)
class Disputed:
    """Two sources name different owners for the same area; `claims` are both sides, a person's decision first.

    `nobody` is set when a source says instead that nobody owns it on purpose: the asset that it says so of, which is
    this one or the parent that hands the contradiction down.
    `others` are the remaining facts in force: what nobody disputes is known all the same.
    """

    asset: AssetRecord
    disputed_area: Area
    claims: tuple[Holding, ...]
    area: Area | None = None
    others: tuple[Holding, ...] = ()
    nobody: AssetRecord | None = None


@value_object(kw_only=True)
class Unowned:
    """The catalog knows the asset, and nobody owns it, or not the area asked for (`others` hold other areas).

    `release` says who gave it up, where somebody did.
    """

    asset: AssetRecord
    area: Area | None = None
    others: tuple[Holding, ...] = ()
    release: ReleaseRecord | None = None


@value_object(kw_only=True)
class UnownedOnPurpose:
    """Somebody decided that nobody owns it; `asset.unowned_reason` says why. `others` is what other sources say.

    Others name no owner of what was asked, unless somebody preferred the source that says that nobody owns it.
    """

    asset: AssetRecord
    area: Area | None = None
    others: tuple[Holding, ...] = ()


#: What can be said of one asset.
Verdict = Owned | Stale | Orphaned | Disputed | Unowned | UnownedOnPurpose


def all_holdings(verdict: Verdict) -> tuple[Holding, ...]:
    """Return who has an asset or helps with it, of a disputed one by whatever side."""
    if isinstance(verdict, Disputed):
        return (*verdict.claims, *verdict.others)
    return verdict.holdings if isinstance(verdict, Owned) else ()


def areas_to_choose(verdict: Verdict) -> dict[Area, str]:
    """Return the areas of which one can be meant where several teams own something, with their owners; else none."""
    if not isinstance(verdict, Owned) or not verdict.is_split or verdict.area is not None:
        return {}
    found: dict[Area, list[str]] = {}
    for holding in verdict.holdings:
        if holding.fact.role is Role.OWNER:
            found.setdefault(holding.fact.area, []).append(holding.name)
    return {area: ", ".join(dict.fromkeys(names)) for area, names in found.items()}


def claimed_areas(verdict: Verdict) -> tuple[Area, ...]:
    """Return the areas that somebody claims who says "we own this" to an answer: those that it names an owner for.

    Where it names none, the area that was asked about, or everything that nobody else owns. Whoever asked about one
    area claims no more than that.
    """
    if isinstance(verdict, Disputed):
        return (verdict.disputed_area,)
    if isinstance(verdict, Owned) and verdict.area is None:
        areas = dict.fromkeys(holding.fact.area for holding in verdict.owners)
        if any(area in (Area.ALL, Area.APPLICATION) for area in areas):
            return tuple(areas)
    return (verdict.area or Area.ALL,)
