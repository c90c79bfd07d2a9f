"""Messages beside a card: a delegation is offered, a waiver wants approval, the replies, and a deadline that moved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from bot.blocks.eol import actions, answers, words
from bot.blocks.eol.buttons import MOST_CLAIMS, compatible_button, decision_buttons, offer_buttons, open_button
from bot.blocks.eol.cards import listing
from bot.blocks.ownership.claims import claim_button
from bot.blocks.ownership.words import person
from bot.blocks.text import Block, Rendered, bold, button, context, escape, section
from bot.domain.eol.answers import Answer, AnswerKind
from bot.domain.eol.deadlines import LONG_AGO
from bot.domain.eol.exposure import MatchedDeployment
from bot.domain.eol.plans import Part, UpgradePlan, plan_of
from bot.domain.eol.reminders import Card
from bot.domain.records import AssetRecord, PersonRecord

#: What has become of something whose request is off, by the kind of answer that took its place.
_SINCE = {
    AnswerKind.PLANNED: "been planned",
    AnswerKind.WAIVED: "been waived",
    AnswerKind.DELEGATED: "been taken over",
}

#: What those who gave a reminder away are asked.
_PERMANENT = " Make it permanent? Hand it over."


def offer(card: Card, answer: Answer) -> Rendered:
    """Return the question to another team whether it takes a reminder over."""
    by = answers.who(answer.person, first=True)
    lines = [
        f"{by} from {bold(card.holder.name, 80)} asks you to take this over:{_quoted(answer)}",
        words.headline(card.watch, card.today),
        words.money(card.watch, card.today),
        listing(card.watch.runs, card.today),
        "Accept, and you plan it and get its reminders. The owner stays the same.",
    ]
    text = "\n".join(filter(None, lines))
    value, name = str(answer.id), words.plain_name(card.watch, 45)
    buttons: list[Mapping[str, Any]] = [
        button("Accept", actions.ACCEPT, value, label=f"Accept: {name}", style="primary"),
        button("Decline", actions.DECLINE, value, label=f"Decline: {name}"),
        open_button(card),
    ]
    return Rendered(text, [section(text), {"type": "actions", "elements": buttons}])


def offer_settled(
    card: Card, answer: Answer, *, is_accepted: bool | None, instead: AnswerKind | None = None
) -> Rendered:
    """Return what the question shows once it is answered, or (None) taken back by an answer of the kind `instead`."""
    name = words.name(card.watch.product, card.watch.cycle)
    by = answers.who(answer.person, first=True)
    asked = f"{by} from {bold(card.holder.name, 80)} asked you to take {name} over"
    if is_accepted is None:
        return Rendered(f"{_off(name, answer, instead)} {asked}.")
    if is_accepted:
        accepted = f"{asked}, and {answers.who(answer.decided_by)} accepted. You get its reminders now."
        said = "\n".join(filter(None, (f"{accepted}{_quoted(answer)}", words.charged(card.watch, card.today))))
        return Rendered(said, [section(said), {"type": "actions", "elements": [open_button(card)]}])
    return Rendered(f"{asked}, and {answers.who(answer.decided_by)} declined. It stays with them.")


def asked_no_more(before: Rendered) -> Rendered:
    """Return what that reply reads once nobody has the reminder any more: who accepted it, and no next step."""
    said = before.text.replace(_PERMANENT, "")
    return Rendered(said, [section(said)])


def offer_answered(card: Card, answer: Answer, team: str, *, is_accepted: bool) -> Rendered:
    """Return the reply to those who offered a reminder to `team`."""
    who = f"{answers.who(answer.decided_by, first=True)} from {bold(team, 80)}"
    name = words.name(card.watch.product, card.watch.cycle)
    if is_accepted:
        accepted = f"{who} accepted {name}: {bold(team, 80)} gets its reminders now."
        assets = {run.asset.id for run in card.watch.runs}
        next_step = "" if assets <= dict(card.handoffs).keys() else _PERMANENT
        said = f"{_with_price(accepted, card)}{next_step}"
        steps = offer_buttons(card, assets, words.plain_name(card.watch, 45), answer.team_id)
        return Rendered(said, [section(said), {"type": "actions", "elements": steps}])
    asked = f"{person(answer.person)}, plan" if answer.person is not None else "Plan"
    declined = _with_price(f"{who} declined {name}, so it stays with you.", card)
    said = f"{declined} {asked} it or ask another team."
    return Rendered(said, [section(said), {"type": "actions", "elements": [open_button(card)]}])


def waiver_wanted(card: Card, answer: Answer) -> Rendered:
    """Return the question to the team whether something may be left as it is."""
    until = words.day(answer.until) if answer.until is not None else "further notice"
    name = words.name(card.watch.product, card.watch.cycle)
    asked = f"{answers.who(answer.person, first=True)} asks for a waiver of {name} until {until}."
    text = f"{_with_price(asked, card)}{_quoted(answer)}\nA teammate must approve. Until then I keep reminding you."
    return Rendered(text, [section(text), *decision_buttons(answer.id, words.plain_name(card.watch, 45))])


def waiver_settled(
    card: Card, answer: Answer, *, is_granted: bool | None, instead: AnswerKind | None = None
) -> Rendered:
    """Return what the question shows once it is decided, or (None) taken back by an answer of the kind `instead`."""
    name, by = words.name(card.watch.product, card.watch.cycle), answers.who(answer.person, first=True)
    until = words.day(answer.until) if answer.until is not None else "further notice"
    asked = f"{by} asked for a waiver of {name} until {until}"
    reason = _quoted(answer)
    if is_granted is None:
        return Rendered(f"{_off(name, answer, instead)} {asked}.{reason}")
    verb = "approved" if is_granted else "refused"
    return Rendered(f"{asked}, and {answers.who(answer.decided_by)} {verb} it.{reason}")


def _off(name: str, answer: Answer, instead: AnswerKind | None) -> str:
    """Return that a request is no longer asked, because of an answer of the kind `instead`."""
    is_anew = instead is answer.kind
    happened = "been asked anew" if is_anew else _SINCE.get(instead or AnswerKind.ACKNOWLEDGED, "got another answer")
    return f"The request is off: {name} has {happened} since."


def _quoted(answer: Answer) -> str:
    """Return the reason for a waiver or an offer as a quote on a line of its own; empty for none."""
    reason = escape(answer.detail.get(answers.REASON, ""), 500)
    return f"\n> {reason}" if reason else ""


def claim_wanted(doubter: PersonRecord | None, team: str, assets: Sequence[AssetRecord], reason: str) -> Rendered:
    """Return the note to a team that somebody takes for the owner: `team` is whose the assets are so far."""
    by, names = answers.who(doubter, first=True), words.named(assets)
    head = (
        f"{by} says that {names} is yours, not {bold(team, 80)}'s."
        if len(assets) == 1
        else f"{by} says that these are yours, not {bold(team, 80)}'s: {names}."
    )
    said = escape(reason, 500)
    text = f"{head}\n> {said}" if said else head
    text += "\nNothing has changed. Right? Press *We own this*. If not, tell them."
    claims: list[Block] = [
        {**section(bold(asset.name)), "accessory": claim_button(asset)} for asset in assets[:MOST_CLAIMS]
    ]
    return Rendered(text, [section(text), *claims])


def part_named(card: Card, answer: Answer, slack_id: str) -> Rendered:
    """Return what somebody is told whom a plan names: what they do until when, and whether they may roll back."""
    plan = plan_of(answer)
    assert plan is not None  # noqa: S101 - only plans name somebody
    named = f"{answers.who(answer.person, first=True)} names you in a plan: {_upgrade(card, plan)}."
    lines = [_with_price(named, card)]
    theirs = [part for part in plan.parts if part.owner == slack_id]
    lines += [f"*{answers.PARTS[part.part]}:* you, {_when(part)}." for part in theirs]
    lines += [_others(part) for part in plan.parts if part.owner and part not in theirs]
    if plan.decider == slack_id:
        when = f": {escape(plan.rollback, 300)}" if plan.rollback else ""
        lines.append(f"*You may decide to roll back*{when}.")
    elif rollback := answers.rollback_calmly(plan):
        lines.append(rollback)
    return _to_owner(card, plan, "\n".join(lines), is_first=plan.compatibility.owner == slack_id)


def _others(part: Part) -> str:
    """Return how a part stands that is somebody else's. A direct message calls nobody but whoever reads it."""
    return f"{answers.PARTS[part.part]}: {escape(part.name, 40) or answers.whom(part.owner)}, {_when(part)}."


def _when(part: Part) -> str:
    return f"done {words.day(part.done_on)}" if part.done_on is not None else f"by {words.day(part.on)}"


def part_closed(card: Card, answer: Answer) -> Rendered:
    """Return what whoever upgrades hears once the application is compatible."""
    plan = plan_of(answer)
    assert plan is not None  # noqa: S101 - only plans have parts
    by = answers.calm(plan.compatibility.name) if plan.compatibility.owner else "a teammate"
    lines = [
        f"You can go ahead: {by} says the application is compatible.",
        _with_price(f"Yours: {_upgrade(card, plan)}.", card),
    ]
    lines.append(answers.rollback_calmly(plan))
    return _to_owner(card, plan, "\n".join(filter(None, lines)), is_first=False)


def part_reopened(card: Card, answer: Answer) -> Rendered:
    """Return what whoever upgrades hears when the application is not compatible after all."""
    plan = plan_of(answer)
    assert plan is not None  # noqa: S101 - only plans have parts
    first, by = plan.compatibility, answers.who(answer.person)
    whose = f" {_others(first)}" if first.owner else " Nobody is named for it now."
    lines = [
        f"Wait: {by} changed the plan, and application compatibility is open again.{whose}",
        _with_price(f"Yours: {_upgrade(card, plan)}.", card),
        answers.rollback_calmly(plan),
    ]
    return _to_owner(card, plan, "\n".join(filter(None, lines)), is_first=False)


def part_asked(card: Card, answer: Answer, parts: Sequence[Part]) -> Rendered:
    """Return what the owner of parts of a plan is asked before their day, and of a first part that is late after it.

    Once all of these parts are done, it asks nothing any more.
    """
    plan = plan_of(answer)
    assert plan is not None  # noqa: S101 - only plans have parts
    lines = [f"Your part of {_upgrade(card, plan)}:", words.charged(card.watch, card.today)]
    lines += [
        f"*{answers.PARTS[part.part]}* {_when(part)}{'' if part.done_on else f', {words.away(part.on, card.today)}'}."
        for part in parts
    ]
    if plan.compatibility.owner and plan.compatibility not in parts:
        first = plan.compatibility
        state = f"done {words.day(first.done_on)}" if first.done_on is not None else "not done yet"
        lines.append(f"Application compatibility ({answers.calm(first.name)}): {state}.")
    if plan.upgrade.owner and plan.upgrade not in parts:
        lines.append(_others(plan.upgrade))
    lines.append(answers.rollback_calmly(plan))
    is_own = answer.person is not None and answer.person.slack_id in {part.owner for part in parts}
    to_do = "change the plan" if is_own or answer.person is None else f"tell {answers.who(answer.person)}"
    if any(part.done_on is None for part in parts):
        is_late = any(part.is_late(card.today) for part in parts)
        lines.append(f"Is it done? If not, {to_do}." if is_late else f"Will you make it? If not, {to_do}.")
    return _to_owner(card, plan, "\n".join(filter(None, lines)), is_first=plan.compatibility in parts)


def plan_told(card: Card, answer: Answer) -> Rendered:
    """Return what a team hears that owns another area of what is upgraded."""
    plan = plan_of(answer)
    assert plan is not None  # noqa: S101 - it is said of plans
    said = f"{bold(card.holder.name, 80)} plans {_upgrade(card, plan)}. You own another part of it."
    lines = [_with_price(said, card), answers.plan_in_short(answer, card.today)]
    if not plan.compatibility.owner:
        lines.append("Nobody is named for application compatibility: agree who does it.")
    text = "\n".join(filter(None, lines))
    return Rendered(text, [section(text), {"type": "actions", "elements": [open_button(card)]}])


def _with_price(said: str, card: Card) -> str:
    """Return what is said with what the provider charges on top, where it does."""
    return " ".join(filter(None, (said, words.charged(card.watch, card.today))))


def _upgrade(card: Card, plan: UpgradePlan) -> str:
    name, where = words.name(card.watch.product, card.watch.cycle), words.assets(card.watch.runs)
    to = f" to {escape(plan.target, 80)}" if plan.target else ""
    return f"the upgrade of {name} on {where}{to} by {words.day(plan.upgrade.on)}"


def _to_owner(card: Card, plan: UpgradePlan, text: str, *, is_first: bool) -> Rendered:
    elements = [open_button(card)]
    if is_first and plan.compatibility.done_on is None:
        elements.insert(0, compatible_button(card))
    return Rendered(text, [section(text), {"type": "actions", "elements": elements}])


def joined(card: Card, runs: Sequence[MatchedDeployment]) -> Rendered:
    """Return the reply that says what runs a release cycle now that its answer was not given for."""
    name, what = words.name(card.watch.product, card.watch.cycle), words.assets(runs)
    stands = card.effect.last
    said = _with_price(f"New here: {what} runs {name}, too.", card)
    given = answers.first_line(stands, card) if stands is not None else ""
    said = " ".join(filter(None, [said, given, "This covers it as well: answer again if that does not fit."]))
    return Rendered(said, [section(said), {"type": "actions", "elements": [open_button(card)]}])


def moved(card: Card, *, before: date) -> Rendered:
    """Return the reply that says from which day to which a deadline has moved."""
    watch = card.watch
    way = "later" if watch.deadline.on > before else "earlier"
    days = " to ".join(
        "a day that nobody has written down" if on == LONG_AGO else words.day(on) for on in (before, watch.deadline.on)
    )
    days = f"from {days}"
    said = f"{words.name(watch.product, watch.cycle)}: the deadline moved {way}, {days}."
    return Rendered(said, [context(said)])
