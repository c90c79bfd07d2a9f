"""Charges for things of another team that a team shares, such as the database under its application."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from bot.domain.eol.answers import Answer
from bot.domain.eol.charges import charged
from bot.domain.eol.exposure import Exposure, MatchedDeployment, certain_of
from bot.domain.eol.records import Cycle, Product
from bot.domain.eol.responsibility import Addressee, CycleKey
from bot.domain.records import TeamRecord


@dataclass(frozen=True, slots=True)
class SharedCharge:
    """A release cycle that has cost money since `since`. `holder` gets the reminders about it.

    - `runs`: what both teams own.
    - `giver`: who handed it over to the holder, or None.
    - `plan`: the plan for all of it, or None.
    """

    product: Product
    cycle: Cycle
    holder: Addressee
    runs: tuple[MatchedDeployment, ...]
    since: date
    giver: Addressee | None = None
    plan: Answer | None = None

    @property
    def cycle_key(self) -> CycleKey:
        """The owner and the release cycle, as its reminders have them."""
        return (self.giver or self.holder).key, self.product.key, self.cycle.name

    def with_plan(self, plan: Answer | None) -> SharedCharge:
        """Return a copy with a plan, if the plan is about everything that both own."""
        covers = plan is not None and (plan.asset_ids is None or {run.asset.id for run in self.runs} <= plan.asset_ids)
        return replace(self, plan=plan if covers else None)


def shared_charges(
    exposure: Exposure, team: Addressee, takers: Mapping[CycleKey, TeamRecord]
) -> tuple[SharedCharge, ...]:
    """Return what is charged now, if a team owns another area than the one with the end of life.

    `takers` are the teams that have taken release cycles over.
    """
    if team.team is None:
        return ()
    today = exposure.today_of(team)
    found: dict[tuple[str, str, str], SharedCharge] = {}
    for asset_id in sorted(exposure.assets_of(f"also:{team.team.name}")):
        for run in exposure.by_asset.get(asset_id, ()):
            each = _charged(run, today, takers)
            if each is None or each.holder.key == team.key:
                continue
            key = each.holder.key, each.product.key, each.cycle.name
            before = found.get(key)
            found[key] = each if before is None else replace(before, runs=(*before.runs, run))
    return tuple(found.values())


def _charged(run: MatchedDeployment, today: date, takers: Mapping[CycleKey, TeamRecord]) -> SharedCharge | None:
    sure = certain_of(run.matched)
    if sure is None:
        return None
    now = charged(sure.product, sure.cycle, today, [run.goes_on]).now
    if now is None:
        return None
    owner = run.responsible.addressee
    taker = takers.get((owner.key, sure.product.key, sure.cycle.name))
    if taker is None or Addressee(taker).key == owner.key:
        return SharedCharge(sure.product, sure.cycle, owner, (run,), now.since)
    return SharedCharge(sure.product, sure.cycle, Addressee(taker), (run,), now.since, giver=owner)


def sharers(exposure: Exposure, holders: Iterable[str]) -> Iterator[str]:
    """Yield the names of the teams that own another area of something charged now for any of these holders."""
    for key in holders:
        for watch in exposure.by_addressee.get(key, ()):
            today = exposure.today_of(watch.addressee)
            if watch.charged(today).now is not None:
                yield from (name for run in watch.runs for _, name in run.responsible.others)
