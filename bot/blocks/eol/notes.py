"""Messages beside a card: a delegation is offered, a waiver wants approval, the replies, and a deadline that moved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from bot.blocks.eol import actions, answers, words
from bot.blocks.eol.buttons import MOST_CLAIMS, decision_buttons, open_button
from bot.blocks.eol.cards import listing
from bot.blocks.ownership.claims import claim_button
from bot.blocks.ownership.words import person
from bot.blocks.text import Block, Rendered, bold, button, context, escape, section
from bot.domain.eol.answers import Answer, AnswerKind
from bot.domain.eol.reminders import Card
from bot.domain.records import AssetRecord, PersonRecord

#: What has become of something whose request is off, by the kind of answer that took its place.
_SINCE = {
    AnswerKind.PLANNED: "been planned",
    AnswerKind.WAIVED: "been waived",
    AnswerKind.DELEGATED: "been taken over",
}


def offer(card: Card, answer: Answer) -> Rendered:
    """Return the question to another team whether it takes a reminder over."""
    by = answers.who(answer.person, first=True)
    text = (
        f"{by} from {bold(card.watch.addressee.name, 80)} asks you to take this over:\n"
        f"{words.headline(card.watch, card.today)}\n{listing(card.watch.runs)}\n"
        "Accept, and you plan it and get its reminders. The owner stays the same."
    )
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
    asked = f"{by} from {bold(card.watch.addressee.name, 80)} asked you to take {name} over"
    if is_accepted is None:
        return Rendered(f"{_off(name, answer, instead)} {asked}.")
    if is_accepted:
        said = f"{asked}, and {answers.who(answer.decided_by)} accepted. You get its reminders now."
        return Rendered(said, [{**section(said), "accessory": open_button(card)}])
    return Rendered(f"{asked}, and {answers.who(answer.decided_by)} declined. It stays with them.")


def offer_answered(card: Card, answer: Answer, team: str, *, is_accepted: bool) -> Rendered:
    """Return the reply to those who offered a reminder to `team`."""
    who = f"{answers.who(answer.decided_by, first=True)} from {bold(team, 80)}"
    name = words.name(card.watch.product, card.watch.cycle)
    if is_accepted:
        return Rendered(f"{who} accepted {name}: {bold(team, 80)} gets its reminders now.")
    asked = f"{person(answer.person)}, plan" if answer.person is not None else "Plan"
    return Rendered(f"{who} declined {name}, so it stays with you. {asked} it or ask another team.")


def waiver_wanted(card: Card, answer: Answer) -> Rendered:
    """Return the question to the team whether something may be left as it is."""
    until = words.day(answer.until) if answer.until is not None else "further notice"
    text = (
        f"{answers.who(answer.person, first=True)} asks for a waiver of "
        f"{words.name(card.watch.product, card.watch.cycle)} until {until}.{_quoted(answer)}\n"
        "A teammate must approve. Until then I keep reminding you."
    )
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
    """Return the reason for a waiver as a quote on a line of its own; empty for none."""
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


def moved(card: Card, *, before: date) -> Rendered:
    """Return the reply that says from which day to which a deadline has moved."""
    watch = card.watch
    way = "later" if watch.deadline.on > before else "earlier"
    days = f"from {words.day(before)} to {words.day(watch.deadline.on)}"
    said = f"{words.name(watch.product, watch.cycle)}: the deadline moved {way}, {days}."
    return Rendered(said, [context(said)])
