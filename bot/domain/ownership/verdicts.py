"""The kinds of answer about one asset: a union, because having no owner is an answer too."""

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

    - `holdings`: all facts in force.
    - `owners`: the first of them, which answer the question: the owners of the asked area, or of the whole.
    - `inherited_from`: the parent that they come from, or None.
    - `only_person`: the one person left, or None.
    - `departed`: owners among several who are gone.
    - `drift`: what sources say that have not followed a handoff yet; not part of `holdings`.
    - `given_up`: if the whole was asked for, the areas that nobody owns any more.
    - `left_behind`: if the whole was asked for, owners who are gone and were alone in owning an area; not part of
      `departed`.
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
        """Whether the whole was asked for, and there are only owners of areas other than the whole and the application.

        If the whole or the application has an owner, it comes first.
        """
        return self.area is None and self.holdings[0].fact.area not in (Area.ALL, Area.APPLICATION)

    @property
    def is_split(self) -> bool:
        """Whether different areas have different owners."""
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
        """Whether somebody other than the application's owner holds a part that a provider runs anyway."""
        return self.asset.hosting in (Hosting.MANAGED, Hosting.SERVERLESS) and self.is_split


@value_object(kw_only=True)
class Stale(Owned):
    """The asset has an owner as far as anyone knows, but nobody has confirmed or imported that since `trusted_at`."""

    trusted_at: datetime

    @property
    def is_confirmed(self) -> bool:
        """False: the confirmation is too old."""
        return False


@value_object(kw_only=True)
class Orphaned(Owned):
    """Every owner is gone: the team was dissolved, or the last person left. `departed` lists them all."""

    @property
    def others(self) -> tuple[Holding, ...]:
        """The owners of other areas who are still here."""
        rest = self.holdings[len(self.owners) :]
        return tuple(each for each in rest if each.fact.role is Role.OWNER and each not in self.departed)


@value_object(kw_only=True)
class Disputed:
    """Two sources name different owners for the same area. `claims` are both sides, a person's decision first.

    If one source says that the asset is unowned on purpose, `nobody` is the asset that it says this about: this one, or
    the parent that the contradiction is inherited from. `others` are the remaining facts in force, which nobody
    disputes.
    """

    asset: AssetRecord
    disputed_area: Area
    claims: tuple[Holding, ...]
    area: Area | None = None
    others: tuple[Holding, ...] = ()
    nobody: AssetRecord | None = None


@value_object(kw_only=True)
class Unowned:
    """The catalog knows the asset, but nobody owns it, or not the area asked for (`others` hold other areas).

    `release` says who gave it up, if somebody did.
    """

    asset: AssetRecord
    area: Area | None = None
    others: tuple[Holding, ...] = ()
    release: ReleaseRecord | None = None


@value_object(kw_only=True)
class UnownedOnPurpose:
    """Somebody decided that nobody owns it; `asset.unowned_reason` says why. `others` is what other sources say.

    They name no owner of what was asked, unless somebody preferred the source that says that nobody owns it.
    """

    asset: AssetRecord
    area: Area | None = None
    others: tuple[Holding, ...] = ()


#: Every kind of answer about one asset.
Verdict = Owned | Stale | Orphaned | Disputed | Unowned | UnownedOnPurpose


def all_holdings(verdict: Verdict) -> tuple[Holding, ...]:
    """Return everybody who owns an asset or helps with it; for a disputed one, of both sides."""
    if isinstance(verdict, Disputed):
        return (*verdict.claims, *verdict.others)
    return verdict.holdings if isinstance(verdict, Owned) else ()


def areas_to_choose(verdict: Verdict) -> dict[Area, str]:
    """Return the areas to choose from, with their owners' names, if several teams own something; else nothing."""
    if not isinstance(verdict, Owned) or not verdict.is_split or verdict.area is not None:
        return {}
    found: dict[Area, list[str]] = {}
    for holding in verdict.holdings:
        if holding.fact.role is Role.OWNER:
            found.setdefault(holding.fact.area, []).append(holding.name)
    return {area: ", ".join(dict.fromkeys(names)) for area, names in found.items()}


def claimed_areas(verdict: Verdict) -> tuple[Area, ...]:
    """Return the areas that somebody claims by pressing "We own this" on an answer: those that it names an owner for.

    If it names none, the area that was asked about, or everything that nobody else owns. On an answer about one area,
    no more than that area is claimed.
    """
    if isinstance(verdict, Disputed):
        return (verdict.disputed_area,)
    if isinstance(verdict, Owned) and verdict.area is None:
        areas = dict.fromkeys(holding.fact.area for holding in verdict.owners)
        if any(area in (Area.ALL, Area.APPLICATION) for area in areas):
            return tuple(areas)
    return (verdict.area or Area.ALL,)
