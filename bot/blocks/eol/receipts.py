"""What whoever answered a reminder is told at once, visible to nobody else."""

from __future__ import annotations

from datetime import timedelta

from bot.blocks.eol import answers, words
from bot.blocks.recipients import said_to
from bot.blocks.text import Rendered, bold, escape
from bot.domain.eol.answers import PLAN_CHECK, SNOOZE_ENDS, Answer, AnswerKind
from bot.domain.eol.outcomes import (
    AlreadyStanding,
    AnswerRecorded,
    Decided,
    Doubted,
    Offered,
    Outcome,
    PartClosed,
    Pinned,
)
from bot.domain.eol.plans import plan_of
from bot.domain.eol.reminders import Card
from bot.domain.eol.terms import missed
from bot.domain.recipients import Told


def receipt(outcome: Outcome) -> Rendered:
    """Return what an answer came to."""
    match outcome:
        case AnswerRecorded(card, answer, told):
            return Rendered(_with(_recorded(card, answer), told))
        case PartClosed():
            return Rendered(_closed(outcome))
        case AlreadyStanding(card, answer, told):
            return Rendered(_with(_standing(card, answer), told))
        case Pinned():
            return Rendered(_pinned(outcome))
        case Doubted():
            return Rendered(_doubted(outcome))
        case Offered():
            return Rendered(_offered(outcome))
        case Decided():
            return Rendered(_decided(outcome))


def _with(said: str, told: Told | None) -> str:
    return f"{said} {said_to([told])}" if told is not None else said


def _recorded(card: Card, answer: Answer | None) -> str:
    name = words.name(card.watch.product, card.watch.cycle)
    if answer is None:
        return f"Noted: {name} is reported done. It closes when the inventory shows it."
    match answer.kind:
        case AnswerKind.ACKNOWLEDGED:
            return f"Acknowledged: no reminder of {name} until {words.next_said(card)}. A plan keeps it quiet longer."
        case AnswerKind.PLANNED if answer.until is not None:
            return _planned(card, answer)
        case AnswerKind.SNOOZED if answer.until is not None:
            cut = answer.until == card.watch.deadline.on - timedelta(SNOOZE_ENDS)
            why = f", because a snooze ends {SNOOZE_ENDS} days before the deadline" if cut else ""
            return f"Snoozed: no reminder of {name} until {words.day(answer.until)}{why}."
        case AnswerKind.WAIVED if answer.until is not None:
            return (
                f"Asked: a teammate must approve the waiver of {name} until {words.day(answer.until)}. "
                "I keep reminding you until somebody does."
            )
        case _:
            return f"Noted: {name}."


def _closed(outcome: PartClosed) -> str:
    """Return what whoever closed the first part of a plan is told."""
    plan = plan_of(outcome.answer)
    assert plan is not None  # noqa: S101 - only plans have parts
    name, upgrade = words.name(outcome.card.watch.product, outcome.card.watch.cycle), plan.upgrade
    said = "Noted: the application is compatible."
    if outcome.is_told:
        return f"{said} I am telling {answers.calm(upgrade.name)}, who upgrades {name} by {words.day(upgrade.on)}."
    return f"{said} The upgrade of {name} is planned for {words.day(upgrade.on)}."


def _planned(card: Card, answer: Answer) -> str:
    assert answer.until is not None  # noqa: S101 - a plan has a day
    check = answer.until - timedelta(PLAN_CHECK)
    name = words.name(card.watch.product, card.watch.cycle)
    quiet = f" No reminder until {words.day(check)}." if check > card.today else ""
    is_compatible = (plan := plan_of(answer)) is not None and plan.compatibility.done_on is not None
    noted = "Noted: the application is compatible. " if is_compatible else ""
    said = f"{noted}Planned: {name} by {words.day(answer.until)}.{quiet} It closes when the inventory shows it."
    if (missed_on := missed(card.watch, answer.until, card.today)) is not None:
        late = words.lateness(answer.until, missed_on).removesuffix(".")
        cost = words.money(card.watch, missed_on + timedelta(1))
        said += f"\n:warning: {late}: {cost or 'until then it has no support or security fixes.'}"
    return said


def _standing(card: Card, answer: Answer | None) -> str:
    name = words.name(card.watch.product, card.watch.cycle)
    stands = answers.sentence(answer, card) if answer is not None else " ".join(answers.said(card)[:1])
    return f"{name} stays as it was. {stands}" if stands else f"{name} stays as it was."


def _pinned(outcome: Pinned) -> str:
    what = f"{bold(outcome.asset, 80)} {escape(outcome.version, 60)}".strip()
    now = bold(f"{outcome.product} {outcome.cycle}")
    if not outcome.is_new:
        return f"{what} counts as {now} already."
    was = f" instead of {bold(outcome.was)}" if outcome.was else ""
    return f"{what} counts as {now}{was} until another version is seen."


def _doubted(outcome: Doubted) -> str:
    count = len(outcome.assets)
    what = bold(outcome.assets[0], 80) if count == 1 else f"{count:,} assets"
    told = (
        said_to([outcome.told])
        if outcome.told is not None
        else "You named no team: ask a catalog admin, or correct the catalog."
    )
    return (
        f"Noted: your doubt about the owner of {what} shows on every answer. {told} "
        f"It stays with you until it is claimed. No reminder until {words.next_said(outcome.card)}."
    )


def _offered(outcome: Offered) -> str:
    team = bold(outcome.team, 80)
    if not outcome.is_new:
        return f"{team} has not answered yet. {said_to([outcome.told])}"
    return f"{said_to([outcome.told])} It stays with you until {team} accepts."


def _decided(outcome: Decided) -> str:
    answer, card = outcome.answer, outcome.card
    name, by = words.name(card.watch.product, card.watch.cycle), answers.who(answer.decided_by, first=True)
    if answer.kind is AnswerKind.DELEGATED:
        if not outcome.is_new:
            verb = "accepted" if outcome.is_granted else "declined"
            return f"{by} has {verb} {name} already."
        said = (
            f"{name} is with your team now: plan it, or choose another answer."
            if outcome.is_granted
            else f"Declined: {name} stays where it was."
        )
        return _with(said, outcome.told)
    verb = "approved" if outcome.is_granted else "refused"
    if not outcome.is_new:
        return f"{by} has {verb} the waiver of {name} already."
    until = f" until {words.day(answer.until)}" if outcome.is_granted and answer.until is not None else ""
    return f"You {verb} the waiver of {name}{until}."
