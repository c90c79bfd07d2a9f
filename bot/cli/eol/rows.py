"""The inventory with its deadlines as fields, for `--json` and for spreadsheets."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from bot.cli.eol.match import STATUS, plain_clock
from bot.domain.eol.charges import NOTHING, Charged, price
from bot.domain.eol.deadlines import LONG_AGO
from bot.domain.eol.exposure import MatchedDeployment, certain_of
from bot.domain.eol.matches import AmbiguousVersion, UnknownProduct
from bot.domain.eol.milestones import Deadline
from bot.domain.eol.plans import plan_of
from bot.domain.eol.records import Cycle
from bot.domain.eol.reports import Entry, Report

#: The answer for a plan whose day has passed.
LAPSED = "plan not kept"
#: The columns of the inventory, in order.
COLUMNS = (
    "team", "taken_over_from", "asset", "ref", "kind", "tier", "environment", "product", "version", "provider",
    "status", "urgency",
    "release_product", "release_cycle", "deadline_kind", "deadline", "days", "eoas", "eol", "eoes", "charge",
    "next_charge", "next_charge_from",
    "answer", "answer_until", "plan_target", "compatibility_owner", "compatibility_day", "compatibility_done",
    "upgrade_owner", "upgrade_day", "rollback", "rollback_decider", "source", "first_seen", "last_seen", "image",
)  # fmt: skip


def entry(each: Entry, report: Report) -> dict[str, Any]:
    """Return one of somebody's deadlines, with the things that it is about."""
    watch = each.watch
    return {
        "status": each.urgency.value,
        "addressee": each.holder.name or None,
        "team": each.holder.team.name if each.holder.team is not None else None,
        "taken_over_from": _giver(each),
        "product": watch.product.key,
        "product_label": watch.product.label or watch.product.key,
        "cycle": watch.cycle.name,
        "kind": watch.deadline.kind.value,
        "deadline": on.isoformat() if (on := _day(watch.deadline)) is not None else None,
        "days": (on - report.today).days if on is not None else None,
        "is_past": each.is_past,
        **{key: _plain(value) for key, value in _charges(each.charged).items()},
        "answer": _answer(each, report.today),
        "answer_until": each.quiet_until.isoformat() if each.quiet_until is not None else None,
        "plan": plan if any((plan := _plan(each)).values()) else None,
        "assets": [_run(one) for one in watch.runs],
    }


def unsure(one: MatchedDeployment) -> dict[str, Any]:
    """Return a deployment with an unknown version."""
    found = one.matched
    candidates = [cycle.name for cycle in found.candidates] if isinstance(found, AmbiguousVersion) else []
    suggestions = [product.key for product in found.suggestions] if isinstance(found, UnknownProduct) else []
    return {
        **_run(one),
        "addressee": one.responsible.addressee.name or None,
        "product": one.deployment.observed.product,
        "provider": one.deployment.observed.provider or None,
        "status": STATUS[type(found)],
        "candidates": candidates,
        "suggestions": suggestions,
        "source": one.deployment.observed.source,
    }


def inventory(report: Report) -> Iterator[dict[str, Any]]:
    """Yield a row of `COLUMNS` for each deployment and deadline. Unknown values are None."""
    for each in report.entries:
        for one in each.watch.runs:
            yield _row(one, each, report)
    for one in (*report.unsure, *report.undated):
        yield _row(one, None, report)


def _row(one: MatchedDeployment, each: Entry | None, report: Report) -> dict[str, Any]:
    certain, seen = certain_of(one.matched), one.deployment
    deadline = each.watch.deadline if each is not None else None
    on = _day(deadline) if deadline is not None else None
    cycle = certain.cycle if certain is not None else None
    return {
        "team": (one.responsible.addressee if each is None else each.holder).name or None,
        "taken_over_from": _giver(each) if each is not None else None,
        "asset": one.asset.name,
        "ref": one.asset.ref,
        "kind": one.asset.kind.value,
        "tier": one.asset.tier,
        "environment": seen.observed.environment or None,
        "product": seen.observed.product,
        "version": seen.observed.version or None,
        "provider": seen.observed.provider or None,
        "status": STATUS[type(one.matched)],
        "urgency": each.urgency.value if each is not None else ("no end announced" if cycle is not None else "unknown"),
        "release_product": certain.product.key if certain is not None else None,
        "release_cycle": cycle.name if cycle is not None else None,
        "deadline_kind": deadline.kind.value if deadline is not None else None,
        "deadline": on,
        "days": (on - report.today).days if on is not None else None,
        **_clocks(cycle),
        **_charges(each.charged_for(one, report.today) if each is not None else NOTHING),
        "answer": _answer(each, report.today) if each is not None else None,
        "answer_until": each.quiet_until if each is not None else None,
        **_plan(each),
        "source": seen.observed.source,
        "first_seen": seen.observed.first_seen_at.date(),
        "last_seen": seen.last_seen_at.date(),
        "image": seen.observed.inside or None,
    }


def _day(deadline: Deadline) -> date | None:
    """Return the day of a deadline; None if it ended on an unknown day."""
    return None if deadline.on == LONG_AGO else deadline.on


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _run(one: MatchedDeployment) -> dict[str, Any]:
    return {
        "asset": one.asset.name,
        "ref": one.asset.ref,
        "tier": one.asset.tier,
        "version": one.deployment.observed.version or None,
        "environment": one.deployment.observed.environment or None,
        "image": one.deployment.observed.inside or None,
    }


def _clocks(cycle: Cycle | None) -> dict[str, str | None]:
    names = ("eoas", "eol", "eoes")
    return {name: plain_clock(getattr(cycle, name)) if cycle is not None else None for name in names}


def _plan(each: Entry | None) -> dict[str, str | None]:
    """Return the parts of the current plan. Missing values are None."""
    last = each.effect.last if each is not None and each.effect is not None else None
    plan = plan_of(last) if last is not None else None
    found: dict[str, str | None] = dict.fromkeys(COLUMNS[COLUMNS.index("plan_target") : COLUMNS.index("source")])
    if plan is None:
        return found
    first, upgrade = plan.parts
    said = {
        "plan_target": plan.target,
        "compatibility_owner": first.name or first.owner,
        "compatibility_day": first.on.isoformat() if first.owner else "",
        "compatibility_done": first.done_on.isoformat() if first.done_on is not None else "",
        "upgrade_owner": upgrade.name or upgrade.owner,
        "upgrade_day": upgrade.on.isoformat(),
        "rollback": plan.rollback,
        "rollback_decider": plan.decider_name or plan.decider,
    }
    return found | {key: value or None for key, value in said.items()}


def _giver(each: Entry) -> str | None:
    return each.giver.name if each.giver is not None else None


def _charges(charged: Charged) -> dict[str, Any]:
    """Return what is charged now and next in words, and from when."""
    now, later = charged.now, charged.next
    return {
        "charge": price(now) if now is not None else None,
        "next_charge": price(later) if later is not None else None,
        "next_charge_from": later.since if later is not None else None,
    }


def _answer(each: Entry, today: date) -> str | None:
    """Return the last answer; None if there is none.

    It is `planned`, `plan not kept` once its day has passed, `snoozed`, `waived`, `acknowledged` or `claimed`.
    """
    reminder = each.reminder
    if reminder is None:
        return None
    if reminder.claimed_at is not None:
        return "claimed"
    last = each.effect.last if each.effect is not None else None
    if last is not None and last.is_lapsed_plan(today):
        return LAPSED
    return last.kind.value if last is not None else None
