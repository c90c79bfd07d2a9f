"""What was answered to a reminder, in sentences."""

from __future__ import annotations

from datetime import date, datetime

from bot.blocks import text
from bot.blocks.eol import words
from bot.blocks.ownership.words import somebody
from bot.blocks.text import bold, escape, link, mention, shorten
from bot.domain.eol.answers import Answer, AnswerKind, State
from bot.domain.eol.plans import TARGET, Part, PlanPart, UpgradePlan, plan_of
from bot.domain.eol.reminders import Card, HelpAsked, Inherited
from bot.domain.eol.terms import missed
from bot.domain.records import PersonRecord

#: Keys of the detail of other answers than plans.
PARTS = {PlanPart.COMPATIBILITY: "Application compatibility", PlanPart.UPGRADE: "Upgrade"}
SHORT_PARTS = {PlanPart.COMPATIBILITY: "application:", PlanPart.UPGRADE: "upgrade:"}
REASON, NOT_OURS, TEAM_NAMED = "reason", "not_ours", "team"


def said(card: Card, *, may_answer: bool = True) -> list[str]:
    """Return what stands: claimed as done, the answers in force, and what has become of them.

    What to do about it is only for whoever `may_answer`.
    """
    lines = _claimed(card, card.reminder.claimed_at) if card.reminder.claimed_at is not None else []
    for answer, state in card.effect.states:
        if not card.effect.is_overtaken(answer):
            lines += _answer(answer, state, card, may_answer=may_answer)
    if card.taker is not None and not any(answer.is_taken_over for answer in card.reminder.answers):
        lines += _taken_over(card)
    if card.reminder.inherited is not None:
        lines += _inherited(card.reminder.inherited, card, may_answer=may_answer)
    if card.effect.moved_from is not None:
        before = words.day(card.effect.moved_from)
        lines.append(f":warning: The deadline was {before} and is earlier now: look again.")
    return lines


def help_asked(asked: HelpAsked) -> str:
    """Return how the request for help with it stands, and where it was delivered."""
    where = f": {link(asked.link, shorten(asked.link, 80))}" if asked.link else ""
    return f"Help from the DevOps team: *#{asked.request_id}*, {asked.state.replace('_', ' ')}{where}."


def sentence(answer: Answer, card: Card) -> str:
    """Return one answer in sentences; empty for one that is over."""
    return " ".join(_answer(answer, card.effect.state(answer), card, may_answer=True))


def first_line(answer: Answer, card: Card) -> str:
    """Return the first of these: what was answered, without what there is to it."""
    return next(iter("\n".join(_answer(answer, card.effect.state(answer), card, may_answer=True)).splitlines()), "")


def short(card: Card) -> str:
    """Return in a few words what stands, for one line of a list; empty when nothing does."""
    if card.reminder.claimed_at is not None:
        return f"reported done, {'not verified' if card.is_verifying else 'but the inventory still shows it'}"
    for answer, state in card.effect.states:
        until = words.day(answer.until) if answer.until is not None else ""
        match answer.kind, state:
            case AnswerKind.PLANNED, _:
                return planned(answer, state, card.today)
            case AnswerKind.SNOOZED, State.HOLDS:
                return f"snoozed until {until}"
            case AnswerKind.WAIVED, State.HOLDS:
                return f"waived until {until}"
            case AnswerKind.WAIVED, State.ASKED:
                return "a waiver awaits approval"
            case AnswerKind.DELEGATED, State.ASKED:
                return "offered to another team"
    found = card.reminder.inherited
    return had_planned(found, card.today) if found is not None else ""


def planned(answer: Answer, state: State | None, today: date) -> str:
    """Return a plan in a few words; one whose day has passed is no plan any more, and says so.

    One that was made before the deadline came nearer stands, and says that.
    """
    target = escape(answer.detail.get(TARGET, ""), 40)
    until = words.day(answer.until) if answer.until is not None else ""
    said = f"planned{f' to {target}' if target else ''} for {until}"
    if answer.is_lapsed_plan(today):
        said = f"was {said}, not done"
    elif state is State.OUTDATED:
        said = f"{said}, before the date moved"
    return f"{said}; {more}" if (more := plan_in_short(answer, today)) else said


def had_planned(found: Inherited, today: date) -> str:
    """Return in a few words what the owner before had planned; empty for anything else that they had answered."""
    answer = found.answer
    if answer.kind is not AnswerKind.PLANNED or answer.until is None:
        return ""
    late = ", not done" if answer.is_lapsed_plan(today) else ""
    return f"{_before(found)} had planned the upgrade{_target(answer)} for {words.day(answer.until)}{late}"


def _before(found: Inherited) -> str:
    return bold(found.owner or "the owner before", 80)


def _target(answer: Answer) -> str:
    target = answer.detail.get(TARGET, "")
    return f" to {escape(target, 80)}" if target else ""


def so_far(card: Card) -> str:
    """Return who has a reminder, and what was answered last, be it over or not; empty when nobody has answered."""
    if card.reminder.claimed_at is not None:
        return " ".join([*_taken_over(card), *_claimed(card, card.reminder.claimed_at)])
    last = next((answer for answer in card.reminder.answers if not answer.is_taken_over), None)
    return " ".join([*_taken_over(card), *([_last(last, card)] if last is not None else [])])


def _taken_over(card: Card) -> list[str]:
    if card.taker is None:
        return []
    accepted = next((answer for answer in card.reminder.answers if answer.is_taken_over), None)
    by = f": {who(accepted.decided_by)} accepted it" if accepted is not None else ""
    has = f"has taken this over {words.given_by(card.giver)}" if card.giver is not None else "has this back"
    return [f"{bold(card.taker.name, 80)} {has}{by}."]


def _inherited(found: Inherited, card: Card, *, may_answer: bool) -> list[str]:
    """Return what the owner before had answered, and what is left of it."""
    if found.answer.until is None:
        return []
    owner, to, until = _before(found), _target(found.answer), words.day(found.answer.until)
    if found.answer.kind is AnswerKind.WAIVED:
        return [f"{owner} had a waiver until {until}. It has ended with the change of owner: ask for your own."]
    if not found.may_be_kept(card.today):
        return [f"{owner} had planned the upgrade{to} by {until}, which has passed."]
    missed_on = missed(card.watch, found.answer.until, card.today)
    late = f" {words.lateness(found.answer.until, missed_on)}" if missed_on is not None else ""
    keep = " *Keep the plan* or make your own." if may_answer else ""
    return [f"{owner} had planned the upgrade{to} by {until}.{late}{keep}"]


def _last(answer: Answer, card: Card) -> str:
    by, until = who(answer.person, first=True), answer.until
    match answer.kind:
        case AnswerKind.ACKNOWLEDGED if answer.detail.get(NOT_OURS):
            return f"{by} said {text.date(answer.at)} that it is not theirs."
        case AnswerKind.PLANNED if until is not None:
            late = " That day has passed." if answer.is_lapsed_plan(card.today) else ""
            return f"{by} planned it for {words.day(until)}.{late}"
        case AnswerKind.SNOOZED if until is not None:
            return f"Snoozed by {who(answer.person)} until {words.day(until)}."
        case AnswerKind.WAIVED if until is not None and answer.decided_by is None:
            return f"{by} asks to leave it as it is until {words.day(until)}, which nobody has approved."
        case AnswerKind.WAIVED if until is not None:
            return f"{by} had it waived until {words.day(until)}."
        case AnswerKind.DELEGATED:
            return f"{by} has offered it to {bold(card.offered_to, 80)}, who have not answered."
        case _:
            return f"Acknowledged by {who(answer.person)} {text.date(answer.at)}."


def who(record: PersonRecord | None, *, first: bool = False) -> str:
    """Return a person, or `somebody` for one who is not known any more; `first` is for the start of a sentence."""
    return somebody(record, first=first)


def whom(said_by: str) -> str:
    """Return whoever a form names: a mention for a Slack id, else the words that were typed."""
    return mention(said_by) or escape(said_by, 120)


def _claimed(card: Card, claimed_at: datetime) -> list[str]:
    claimed = f"{who(card.reminder.claimed_by, first=True)} reported it done {text.date(claimed_at)}"
    if card.is_verifying:
        return [f"{claimed}. It closes when the inventory shows it."]
    return [f":warning: {claimed}, but the inventory still shows it: has its source been read since?"]


def _answer(answer: Answer, state: State, card: Card, *, may_answer: bool) -> list[str]:
    by, at = who(answer.person), text.date(answer.at)
    match answer.kind:
        case AnswerKind.ACKNOWLEDGED if answer.detail.get(NOT_OURS):
            return [_not_ours(answer)]
        case AnswerKind.ACKNOWLEDGED:
            until = "reminded again since" if state is State.OVER else f"quiet until {words.next_said(card)}"
            return [f"Acknowledged by {by} {at}; {until}."]
        case AnswerKind.PLANNED if answer.until is not None:
            return _plan(answer, card, answer.until, may_answer=may_answer)
        case AnswerKind.SNOOZED if answer.until is not None and state is not State.OVER:
            return [f"Snoozed by {by} until {words.day(answer.until)}."]
        case AnswerKind.WAIVED if answer.until is not None and state is not State.OVER:
            return [_waiver(answer, answer.until)]
        case AnswerKind.DELEGATED if answer.decided_by is not None:
            return _taken_over(card)
        case AnswerKind.DELEGATED:
            return [f"Offered by {by} {at} to {bold(card.offered_to, 80)}, who have not answered yet."]
        case _:
            return []


def _not_ours(answer: Answer) -> str:
    line = f"{who(answer.person, first=True)} said {text.date(answer.at)} that this is not theirs"
    named = answer.detail.get(TEAM_NAMED, "")
    if named:
        line += f" but {escape(named, 80)}'s"
    reason = escape(answer.detail.get(REASON, ""), 300)
    said_so = f"{line}: {reason}" if reason else line
    return f"{said_so}\nThe owner stays until somebody claims it or the catalog changes."


def _waiver(answer: Answer, until: date) -> str:
    reason = escape(answer.detail.get(REASON, ""), 300)
    day = words.day(until)
    if answer.decided_by is None:
        return f"{who(answer.person, first=True)} asks for a waiver until {day}: {reason}\nA teammate must approve."
    return f"Waived until {day} (asked by {who(answer.person)}, approved by {who(answer.decided_by)}): {reason}"


def _plan(answer: Answer, card: Card, on: date, *, may_answer: bool) -> list[str]:
    detail = answer.detail
    to = detail.get(TARGET, "")
    is_cycle = any(to == words.cycle_name(cycle) for cycle in card.watch.product.cycles)
    what = f"{'upgrade to ' if is_cycle else ''}{escape(to, 80)}" if to else "to be done"
    is_over = answer.is_lapsed_plan(card.today)
    head = "*Plan that was not kept:*" if is_over else "*Plan:*"
    lines = [f"{head} {what} by {words.day(on)}, says {who(answer.person)}."]
    plan = plan_of(answer)
    assert plan is not None  # noqa: S101 - it has a day
    lines += [_part(part, card.today) for part in plan.parts if part.owner]
    lines.append(_rollback(plan.rollback, plan.decider))
    if (missed_on := missed(card.watch, on, card.today)) is not None:
        lines.append(f":warning: {words.lateness(on, missed_on)}")
    if is_over:
        to_do = ": change the plan, or choose *It is done*" if may_answer else ""
        lines.append(f":warning: That day has passed{to_do}.")
    return lines


def _part(part: Part, today: date) -> str:
    """Return who does a part of an upgrade until when, and whether it is done or late."""
    said = f"{PARTS[part.part]}: {whom(part.owner)}"
    if part.done_on is not None:
        return f"{said}, done {words.day(part.done_on)}."
    if part.is_late(today):
        return f":warning: {said} by {words.day(part.on)}, which has passed: is it done?"
    return f"{said} by {words.day(part.on)}."


def plan_in_short(answer: Answer, today: date) -> str:
    """Return who does what of a plan until when, and the roll-back, on one line that calls nobody."""
    plan = plan_of(answer)
    if plan is None:
        return ""
    said = [
        f"{SHORT_PARTS[part.part]} {calm(part.name)} "
        + (f"done {words.day(part.done_on)}" if part.done_on is not None else f"by {words.day(part.on)}")
        + (" (late)" if part.is_late(today) else "")
        for part in plan.parts
        if part.owner
    ]
    if plan.rollback or plan.decider:
        decides = f"{calm(plan.decider_name)} decides" if plan.decider else ""
        said.append(f"roll back: {', '.join(filter(None, (escape(plan.rollback, 80), decides)))}")
    return "; ".join(said)


def calm(name: str, *, first: bool = False) -> str:
    """Return the name of somebody whom a plan names, without calling them; `first` as in `who`."""
    return escape(name, 40) or somebody(None, first=first)


def rollback_calmly(plan: UpgradePlan) -> str:
    """Return when an upgrade is rolled back and who decides, calling nobody; empty where the plan says neither."""
    when = f"Roll back when: {escape(plan.rollback, 300)}." if plan.rollback else ""
    decides = f"{calm(plan.decider_name, first=True)} may decide to roll back." if plan.decider else ""
    return " ".join(filter(None, (when, decides)))


def _rollback(criteria: str, decider: str) -> str:
    open_points = [] if criteria else ["when to roll back"]
    open_points += [] if decider else ["who may decide it"]
    known = []
    if criteria:
        known.append(f"Roll back when: {escape(criteria, 300)}.")
    if decider:
        known.append(f"{whom(decider)} may decide to roll back.")
    if open_points:
        known.append(f"Still open: {' and '.join(open_points)}.")
    return " ".join(known)
