"""The inventory with its deadlines as fields, for `--json` and for spreadsheets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bot.cli.eol.match import STATUS, plain_clock
from bot.domain.eol.exposure import MatchedDeployment, certain_of
from bot.domain.eol.matches import AmbiguousVersion, UnknownProduct
from bot.domain.eol.records import Charge, Cycle
from bot.domain.eol.reports import Entry, Report

#: The columns of the inventory, in their order.
COLUMNS = (
    "team", "asset", "ref", "kind", "tier", "environment", "product", "version", "provider", "status", "urgency",
    "release_product", "release_cycle", "deadline_kind", "deadline", "days", "eoas", "eol", "eoes", "charge",
    "answer", "answer_until", "source", "first_seen", "last_seen",
)  # fmt: skip


def entry(each: Entry, report: Report) -> dict[str, Any]:
    """Return a deadline of somebody's, with what has it."""
    watch = each.watch
    return {
        "status": each.urgency.value,
        "addressee": watch.addressee.name or None,
        "team": watch.addressee.team.name if watch.addressee.team is not None else None,
        "product": watch.product.key,
        "product_label": watch.product.label or watch.product.key,
        "cycle": watch.cycle.name,
        "kind": watch.deadline.kind.value,
        "deadline": watch.deadline.on.isoformat(),
        "days": (watch.deadline.on - report.today).days,
        "is_past": each.is_past,
        "charge": _charge(each.charge),
        "next_charge": _charge(each.next_charge),
        "next_charge_from": each.next_charge.since.isoformat() if each.next_charge is not None else None,
        "answer": _answer(each),
        "answer_until": each.quiet_until.isoformat() if each.quiet_until is not None else None,
        "assets": [_run(one) for one in watch.runs],
    }


def unsure(one: MatchedDeployment) -> dict[str, Any]:
    """Return a deployment whose version nobody knows."""
    found = one.matched
    candidates = [cycle.name for cycle in found.candidates] if isinstance(found, AmbiguousVersion) else []
    suggestions = [product.key for product in found.suggestions] if isinstance(found, UnknownProduct) else []
    return {
        **_run(one),
        "addressee": one.responsible.addressee.name or None,
        "product": one.deployment.product,
        "provider": one.deployment.provider or None,
        "status": STATUS[type(found)],
        "candidates": candidates,
        "suggestions": suggestions,
        "source": one.deployment.source,
    }


def inventory(report: Report) -> Iterator[dict[str, Any]]:
    """Yield a row for each deployment and deadline: `COLUMNS`, with None for what is not known."""
    for each in report.entries:
        for one in each.watch.runs:
            yield _row(one, each, report)
    for one in (*report.unsure, *report.undated):
        yield _row(one, None, report)


def _row(one: MatchedDeployment, each: Entry | None, report: Report) -> dict[str, Any]:
    certain, seen = certain_of(one.matched), one.deployment
    deadline = each.watch.deadline if each is not None else None
    cycle = certain.cycle if certain is not None else None
    return {
        "team": one.responsible.addressee.name or None,
        "asset": one.asset.name,
        "ref": one.asset.ref,
        "kind": one.asset.kind.value,
        "tier": one.asset.tier,
        "environment": seen.environment or None,
        "product": seen.product,
        "version": seen.version or None,
        "provider": seen.provider or None,
        "status": STATUS[type(one.matched)],
        "urgency": each.urgency.value if each is not None else ("no end announced" if cycle is not None else "unknown"),
        "release_product": certain.product.key if certain is not None else None,
        "release_cycle": cycle.name if cycle is not None else None,
        "deadline_kind": deadline.kind.value if deadline is not None else None,
        "deadline": deadline.on if deadline is not None else None,
        "days": (deadline.on - report.today).days if deadline is not None else None,
        **_clocks(cycle),
        "charge": _charge(each.charge) if each is not None else None,
        "answer": _answer(each) if each is not None else None,
        "answer_until": each.quiet_until if each is not None else None,
        "source": seen.source,
        "first_seen": seen.first_seen_at.date(),
        "last_seen": seen.last_seen_at.date(),
    }


def _run(one: MatchedDeployment) -> dict[str, Any]:
    return {
        "asset": one.asset.name,
        "ref": one.asset.ref,
        "tier": one.asset.tier,
        "version": one.deployment.version or None,
        "environment": one.deployment.environment or None,
    }


def _clocks(cycle: Cycle | None) -> dict[str, str | None]:
    names = ("eoas", "eol", "eoes")
    return {name: plain_clock(getattr(cycle, name)) if cycle is not None else None for name in names}


def _charge(charge: Charge | None) -> str | None:
    return f"{charge.amount} {charge.currency} per {charge.unit}" if charge is not None else None


def _answer(each: Entry) -> str | None:
    """Return what was answered last: `planned`, `snoozed`, `waived`, `acknowledged`, `claimed`; None for nothing."""
    reminder = each.reminder
    if reminder is None:
        return None
    if reminder.claimed_at is not None:
        return "claimed"
    last = each.effect.last if each.effect is not None else None
    return last.kind.value if last is not None else None
