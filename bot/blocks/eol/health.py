"""What end of life says in the health report."""

from __future__ import annotations

from bot.blocks.eol.words import month_sums, span
from bot.blocks.health import Figure, HealthSection, NextAction, Shown, show_button
from bot.blocks.lines import Line
from bot.blocks.text import bold, escape
from bot.domain.eol.bill import Bill
from bot.domain.phrases import counted
from bot.domain.records import TeamRecord

#: Figures that the picture shows over the months.
TRENDS = {"eol.past": "Past end of life"}


def section(bill: Bill) -> HealthSection:
    """Return the line: how much has ended, for how long, and what that costs."""
    figures = [Figure(key="eol.past", value=bill.past, words="past it")]
    if bill.past:
        figures.append(Figure(key="eol.days", value=bill.days, words="days in all"))
    figures += [
        Figure(
            key=f"eol.money.{currency}",
            value=amount,
            lead="about",
            words=f"{escape(currency, 10)} a month (2 vCPUs with a standby each)",
        )
        for currency, amount in sorted(bill.money.items())
    ]
    if bill.unpriced:
        more = "more charged now" if bill.money else "charged now"
        figures.append(Figure(key="eol.unpriced", value=bill.unpriced, words=f"{more}, sum not known"))
    if bill.soon:
        figures.append(Figure(key="eol.soon", value=bill.soon, words="within 90 days"))
    if bill.unknown:
        figures.append(Figure(key="eol.unknown", value=bill.unknown, words="of an unknown version"))
    return HealthSection("End of life", figures)


def recorded(bill: Bill) -> dict[str, int]:
    """Return everything that is kept of a bill."""
    found = {"eol.past": bill.past, "eol.days": bill.days, "eol.soon": bill.soon, "eol.unknown": bill.unknown}
    found["eol.unpriced"] = bill.unpriced
    return found | {f"eol.money.{currency}": amount for currency, amount in bill.money.items()}


def upgrade(team: TeamRecord, bill: Bill) -> NextAction:
    """Return the action of the team that pays most for what has ended, or has most of it."""
    name, count = bold(team.name, 60), counted(bill.past, "thing")
    days, first = bill.oldest
    since = f", begin with {bold(first, 60)} ({span(days)} ago)" if days else f", begin with {bold(first, 60)}"
    money = month_sums(bill.money)
    others = bill.charged - 1
    who = bold(bill.dearest[1], 60) + (f" and {others:,} more" if others > 0 else "")
    costs = f" {who} {'cost' if others > 0 else 'costs'} {money}." if money else ""
    if bill.unpriced:
        several = counted(bill.unpriced, "thing is", "things are")
        costs += f" {several} charged now, {'on top' if money else 'sum not known'}."
    text = f"Have {name} upgrade {count} past end of life{since}.{costs}"
    return NextAction(bill.past, Line(text, show_button("See what ends", Shown.EOL, team.id, label=team.name)))
