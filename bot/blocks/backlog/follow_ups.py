"""What Baton comes back to by itself: a line of each, a message about one, and the section of the week's digest."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from bot.blocks.backlog import actions, words
from bot.blocks.backlog.actions import NeedValue, SavingValue
from bot.blocks.lines import Line, listed, replaced, with_also
from bot.blocks.text import Block, Rendered, bold, button, context, day, passage
from bot.blocks.text import date as date_of
from bot.blocks.text import section as block_of
from bot.blocks.values import encode
from bot.domain.backlog.follow_ups import FollowUp, FollowUpKind
from bot.domain.backlog.requests import STATE_WORDS, RequestCard, Step

_HEAD = "*DevOps requests*"
_TO_ESTIMATE = "The first to estimate, by what waiting costs:"
#: Begins the id of a line in a message, by which it is found when what it asks is answered.
_LINE = "backlog.line:"
#: In place of a kind of follow-up, in the id of a line of the DevOps team's alone.
_RISK, _ESTIMATE = "risk", "estimate"
_AT_RISK = "A date is missed unless the work starts soon:"


def line(its: FollowUp) -> Line:
    """Return what is said of one thing among others, with its button, or with all where one is no answer."""
    shown, below = _buttons(its), _buttons(its) if len(_answers(its)) > 1 else ()
    return Line(_said(its), shown[0], command="/devops mine", buttons=below, block_id=_line_id(*its.key))


def follow_up(its: FollowUp, also: Sequence[Line] = ()) -> Rendered:
    """Return the message about one thing, with what is due as well."""
    said, card = _said(its), its.card
    actions_: Block = {"type": "actions", "block_id": _block_id(its.kind.value, card), "elements": _buttons(its)}
    return with_also([said], [block_of(said), actions_], also)


def answered(message: Rendered, kind: str, card: RequestCard) -> Rendered | None:
    """Return the message about one thing with how the request stands in the place of its buttons; None without any.

    What else is in the message stays as it is.
    """
    theirs = [each for each in message.blocks if each.get("block_id") == _block_id(kind, card)]
    if not theirs:
        return None
    standing = f"Settled: {_standing(card)}"
    rest: Block = {"type": "actions", "block_id": f"backlog.settled.{kind}.{card.id}", "elements": [_show(card)]}
    blocks = [new for each in message.blocks for new in ([context(standing), rest] if each in theirs else [each])]
    return Rendered(f"{message.text}\n{standing}", blocks)


def section(
    its: Sequence[FollowUp],
    *,
    to_estimate: Sequence[RequestCard] = (),
    at_risk: Sequence[RequestCard] = (),
    share: int = 1,
) -> Rendered:
    """Return the section of a digest: what is due, and for the DevOps team what to look at in its backlog."""
    told = {each.card.id for each in its}  # a request is named once
    risky = [Line(_dated(each), _show(each), block_id=_line_id(_RISK, str(each.id))) for each in at_risk]
    unknown = [
        Line(_dated(each), _estimate(each), block_id=_line_id(_ESTIMATE, str(each.id)))
        for each in to_estimate
        if each.id not in told
    ]
    then = [(head, lines) for head, lines in ((_AT_RISK, risky), (_TO_ESTIMATE, unknown)) if lines]
    return listed(_HEAD, [line(each) for each in its], share, then)


def named_in(message: Rendered) -> set[int]:
    """Return the requests of which a message has lines."""
    ids = (str(each.get("block_id", "")) for each in message.blocks)
    return {int(each.split(":")[2]) for each in ids if each.startswith(_LINE)}


def lines_redrawn(
    message: Rendered, cards: Mapping[int, RequestCard], asked: Collection[str], saved: Mapping[str, float]
) -> Rendered:
    """Return a message with lines about these requests as they stand now; what is asked still stays, by `asked`.

    That has keys as `FollowUp.key` has their parts; `saved` has the hours a month by the keys of what asked for them.
    """

    def now(block_id: str) -> Line | None:
        key = block_id.removeprefix(_LINE)
        kind, _, rest = key.partition(":")
        card = cards.get(int(rest.partition(":")[0])) if key != block_id else None
        if card is None or key in asked:
            return None
        if kind == _RISK and card.is_open:
            return None
        if kind == _ESTIMATE and card.is_open:
            return None if card.estimate is None else _line(card, block_id, words.effort(card.estimate))
        if key in saved:
            return _saves(card, block_id, saved[key])
        return _line(card, block_id, _standing(card))

    return replaced(message, now)


def _line(card: RequestCard, block_id: str, said: str) -> Line:
    return Line(f"{words.public_name(card)} · {said}", _show(card), block_id=block_id)


def _saves(card: RequestCard, block_id: str, hours: float) -> Line:
    """Return what a delivery saves a team, with what corrects it."""
    team_id, days = map(int, block_id.rsplit(":", 2)[1:])
    value = encode(SavingValue(card.id, team_id, days))
    correct = button("Correct…", actions.SAVING, value, label=_label("Correct the hours that are saved by", card))
    return Line(f"{words.public_name(card)} saves {words.hours(hours)} a month.", correct, block_id=block_id)


def _line_id(*key: str) -> str:
    return f"{_LINE}{':'.join(key)}"


def _standing(card: RequestCard) -> str:
    """Return how a request stands; of a private one nothing else, as with its name."""
    return STATE_WORDS[card.state] if card.is_private else words.standing(card)


def _said(its: FollowUp) -> str:
    name, on = words.public_name(its.card), date_of(its.since) if isinstance(its.since, datetime) else day(its.since)
    match its.kind:
        case FollowUpKind.FIRST_RESPONSE | FollowUpKind.UNANSWERED:
            by = f" · {words.needed_by(its.card.needed_by)}" if its.card.needed_by is not None else ""
            return f"{name} has waited for a first answer since {on}{by}"
        case FollowUpKind.WAKE:
            return f"{name} was snoozed until {on}."
        case FollowUpKind.DATE:
            return f"{name} was needed by {on}. Is it still needed, and until when?"
        case FollowUpKind.BLOCK if its.is_assumed:
            return (
                f"{name} blocks people, and nobody has said until when: I assumed until {on}. "
                "Are they still blocked, and until when?"
            )
        case FollowUpKind.BLOCK:
            return f"{name}: people were to be blocked until {on}. Are they still, and until when?"
        case FollowUpKind.INFO:
            question = "" if its.card.is_private else f"\n{passage(its.card.reason, 1_000, mark='> ')}"
            return f"{name} has waited for your answer since {on}.{question}"
        case FollowUpKind.SAVING:
            team = bold(its.card.team.name, 60) if its.card.team is not None else "you"
            return f"After {its.days} days: how many hours a month does {name} save {team}?"
        case _:
            return f"{name} was delivered on {on}. Does it do the job?"


def _buttons(its: FollowUp) -> list[Block]:
    """Return the buttons that answer it, and the one that shows the request."""
    card, shown = its.card, _answers(its)
    if its.kind is FollowUpKind.DATE and Step.WITHDRAW in card.steps:
        shown.append(button("Not any more…", actions.WITHDRAW, str(card.id), label=_label("Not any more", card)))
    return [*shown, _show(card)]


def _answers(its: FollowUp) -> list[Block]:
    """Return the buttons that answer it, the most likely one first."""
    card = its.card
    number = str(card.id)
    match its.kind:
        case FollowUpKind.DATE | FollowUpKind.BLOCK:
            value = encode(NeedValue(card.id, its.kind.value))
            text = "Still needed, no date" if its.kind is FollowUpKind.DATE else "Not blocked any more"
            return [
                button("New date…", actions.NEED, value, label=_label("New date", card)),
                button(text, actions.NO_DATE, value, label=_label(text, card)),
            ]
        case FollowUpKind.INFO:
            return [button("Answer…", actions.REPLY, number, label=_label("Answer", card), style="primary")]
        case FollowUpKind.DELIVERY | FollowUpKind.UNCONFIRMED:
            yes = "Yes, it does the job"
            return [
                button(yes, actions.CONFIRM, number, label=_label(yes, card), style="primary"),
                button("Not yet…", actions.NOT_YET, number, label=_label("Not yet", card)),
            ]
        case FollowUpKind.SAVING:
            value = encode(SavingValue(card.id, its.team_id or 0, its.days))
            return [button("Hours…", actions.SAVING, value, label=_label("Hours that are saved by", card))]
        case _:
            return []


def _block_id(kind: str, card: RequestCard) -> str:
    return f"backlog.follow_up.{kind}.{card.id}"


def _show(card: RequestCard) -> Block:
    return button("Show", actions.SHOW, str(card.id), label=_label("Show", card))


def _estimate(card: RequestCard) -> Block:
    return button("Estimate…", actions.ESTIMATE, str(card.id), label=_label("Estimate", card))


def _label(text: str, card: RequestCard) -> str:
    return f"{text} #{card.id}"


def _dated(card: RequestCard) -> str:
    """Return a request's name with the day by which it is needed."""
    return (words.public_name(card) if card.is_private else words.listed(card)) + (
        f" · {words.needed_by(card.needed_by, card.needed_for)}" if card.needed_by is not None else ""
    )
