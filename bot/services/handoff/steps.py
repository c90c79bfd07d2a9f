"""What people do to a handoff. A step that is taken a second time changes nothing, and says how the handoff stands."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from bot.blocks import handoff as blocks
from bot.blocks.lines import Line
from bot.blocks.text import Rendered
from bot.domain.handoff.due import expired
from bot.domain.handoff.handoffs import MOST_AHEAD, TOO_FAR, TRANSITIONS, HandoffCard, HandoffStep, ResourceState, after
from bot.domain.names import clean
from bot.domain.recipients import Recipient
from bot.errors import NotFoundError, UserError
from bot.services import outbox, routing
from bot.services.deps import Deps
from bot.services.handoff import moves, needs
from bot.services.handoff._cards import (
    HandoffAct,
    acting,
    answers_key,
    came_along,
    card_key,
    comes_along,
    for_team,
    ready,
    resource_of,
    work_of,
)
from bot.services.handoff.needs import Need
from bot.services.snapshot import Snapshot
from bot.services.transfers import Resource
from bot.store import tables

_LONGEST = 500
#: Steps of which the other side hears by a message each though others of the same handoff are still to be answered.
_TOLD_AT_ONCE = frozenset({HandoffStep.DECLINE, HandoffStep.NOT_YET, HandoffStep.REFUSE, HandoffStep.CALL_OFF})
#: What is accepted with all.
_UNTOUCHED = frozenset({ResourceState.OFFERED, ResourceState.SUPPLIED})
_PUT_OFF = "Your team has put that off, until it has what it needs: accept it by itself, with the ⋯ beside it."
_OFFER = "Offer it with its form, which asks on what terms: `/handoff show {}` has the button."
_NO_PART = "That is no part of this handoff any more: look at it with `/handoff list`."
_CHANGED = "The offer has changed since: look at it again with `/handoff show {}`, then answer."


@dataclass(frozen=True, slots=True)
class StepTaken:
    """The handoff as it stands. `is_new` is False when nothing has changed.

    `passed` has a new owner by this step; `along` comes with what was accepted for a later day, a line each.
    """

    card: HandoffCard
    is_new: bool
    passed: tuple[Resource, ...] = ()
    along: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Words:
    """What is said with a step: why it is taken, or what is needed first, from whom, and until when."""

    reason: str = ""
    needs: str = ""
    needs_from: str = ""
    needs_by: date | None = None

    def check(self, step: HandoffStep, *, today: date, loan_until: date | None = None) -> None:
        """Raise UserError for what is missing."""
        if step in (HandoffStep.DECLINE, HandoffStep.CALL_OFF) and not clean(self.reason):
            raise UserError("Give a reason: the other team reads it.")
        if step is not HandoffStep.NOT_YET:
            return
        if not (clean(self.needs) and clean(self.needs_from)):
            raise UserError("Say what it needs, and who sees to it.")
        if self.needs_by is None or self.needs_by < today:
            raise UserError("Choose the day until which it is to be there, today or later.")
        if self.needs_by > today + MOST_AHEAD:
            raise UserError(TOO_FAR)
        if loan_until is not None and self.needs_by >= loan_until:
            raise UserError("The loan is over on that day: choose an earlier one.")

    def stands_in(self, row: tables.HandoffResource) -> bool:
        """Whether a resource waits for just this already."""
        said = (clean(self.needs)[:_LONGEST], clean(self.needs_from)[:_LONGEST], self.needs_by)
        return said == (row.needs, row.needs_from, row.needs_by)


async def take(
    deps: Deps,
    snapshot: Snapshot,
    *,
    handoff_id: int,
    person_id: int,
    step: HandoffStep,
    version: int,
    resource_ids: Collection[int] = (),
    words: Words | None = None,
) -> StepTaken:
    """Take a step with some resources of a handoff, or with all for which it can be taken.

    `version` is that of the offer which the person has seen. Raises NotFoundError for no such handoff or resource,
    NotAllowedError without the right, and UserError for a step that the state does not allow, for an offer that has
    changed, and where ownership cannot pass because the giver is not the owner any more. To offer is no such step:
    `offers.offer_again` looks whether it is under way elsewhere.
    """
    if step is HandoffStep.OFFER:
        raise UserError(_OFFER.format(handoff_id))
    right, said = TRANSITIONS[step].right, words or Words()
    assert right is not None  # noqa: S101 - nobody makes an offer expire
    await ready(deps)
    async with acting(deps, snapshot, handoff_id=handoff_id, person_id=person_id, right=right) as act:
        if version != act.row.version:
            raise UserError(_CHANGED.format(handoff_id))
        rows = _chosen(await act.resources(), step, resource_ids)
        if not rows:
            return StepTaken(act.card, is_new=False)
        today = routing.today_of(deps, snapshot, Recipient(team=act.card.receiver))
        said.check(step, today=today, loan_until=act.row.loan_until)
        rows = [each for each in rows if not (step is HandoffStep.NOT_YET and said.stands_in(each))]
        if not rows:
            return StepTaken(act.card, is_new=False)
        if step in (HandoffStep.ACCEPT, HandoffStep.NOT_YET, HandoffStep.SUPPLY):
            await _require_in_time(act, rows, today=today)
        before = needs.needs_of(snapshot, rows)
        audit_id = await act.note(step.value, resources=[each.id for each in rows], version=version)
        for each in rows:
            _answer(act, each, step, said, today=today)
        passes = step is HandoffStep.ACCEPT and _is_due(act)
        if passes:
            await moves.take_effect(act, rows, audit_id=audit_id)
        has_ended = await act.close_if_answered()
        card = await act.redraw()
        await _tell(act, card, step, rows, before, has_ended=has_ended)
        if passes:
            return StepTaken(card, is_new=True, passed=tuple(map(resource_of, rows)))
        ids = {each.id for each in rows if step is HandoffStep.ACCEPT}
        accepted = [each for each in card.resources if each.id in ids]
        return StepTaken(card, is_new=True, along=await comes_along(act.session, deps, snapshot, accepted))


def require_possible(card: HandoffCard, step: HandoffStep, *, version: int, resource_id: int | None) -> None:
    """Raise, as `take` would, where a step cannot be taken: its form opens for nobody then."""
    if version != card.version:
        raise UserError(_CHANGED.format(card.id))
    chosen = [each for each in card.resources if resource_id in (None, each.id)]
    if not chosen:
        raise NotFoundError(_NO_PART)
    sources = TRANSITIONS[step].sources
    if not any(each.state in sources and each.moved_at is None for each in chosen):
        after(step, chosen[0].state, has_passed=chosen[0].moved_at is not None)


async def came_with(deps: Deps, snapshot: Snapshot, taken: StepTaken) -> Sequence[Line]:
    """Return what has come with what has passed by a step, once memory knows its new owner."""
    return await came_along(deps, snapshot, taken.passed)


def _chosen(
    rows: Sequence[tables.HandoffResource], step: HandoffStep, resource_ids: Collection[int]
) -> list[tables.HandoffResource]:
    """Return the resources that a step changes; none when it was taken before.

    Whoever accepts all leaves out what somebody has put off: that is accepted by itself.
    """
    if not resource_ids:
        sources = _UNTOUCHED if step is HandoffStep.ACCEPT else TRANSITIONS[step].sources
        able = [each for each in rows if ResourceState(each.state) in sources and not each.moved_at]
        if not able and any(each.state == ResourceState.NOT_YET.value for each in rows):
            raise UserError(_PUT_OFF)
        if not able and rows:
            _after(step, rows[0])
        return able
    known = {each.id: each for each in rows}
    if not known.keys() >= set(resource_ids):
        raise NotFoundError(_NO_PART)
    return [known[each] for each in resource_ids if _after(step, known[each]) is not None]


def _after(step: HandoffStep, row: tables.HandoffResource) -> ResourceState | None:
    return after(step, ResourceState(row.state), has_passed=row.moved_at is not None)


async def _require_in_time(act: HandoffAct, rows: Sequence[tables.HandoffResource], *, today: date) -> None:
    """Raise UserError for an offer that is over, though nobody has noted it yet."""
    work = await work_of(act.deps, act.snapshot, Recipient(team=act.card.receiver))
    over = {each.id for each in expired(act.card, today=today, work=work)}
    if any(each.id in over for each in rows):
        raise UserError("The offer has expired: its owner can offer it again.")


def _answer(act: HandoffAct, row: tables.HandoffResource, step: HandoffStep, said: Words, *, today: date) -> None:
    row.state = TRANSITIONS[step].to.value
    row.answered_by, row.answered_at = act.person_id, act.now
    if step is HandoffStep.SUPPLY:  # the receiver goes on reading what that is, and has time from today on
        row.needs_by = today
        return
    row.reason = clean(said.reason)[:_LONGEST]
    is_waiting = step is HandoffStep.NOT_YET
    row.needs = clean(said.needs)[:_LONGEST] if is_waiting else ""
    row.needs_from = clean(said.needs_from)[:_LONGEST] if is_waiting else ""
    row.needs_by = said.needs_by if is_waiting else None


def _is_due(act: HandoffAct) -> bool:
    """Whether what is accepted passes at once, because no later day was agreed."""
    on = act.row.effective_on
    return on is None or on <= routing.today_of(act.deps, act.snapshot, Recipient(team=act.card.receiver))


async def _tell(
    act: HandoffAct,
    card: HandoffCard,
    step: HandoffStep,
    rows: Sequence[tables.HandoffResource],
    before: Sequence[Need],
    *,
    has_ended: bool,
) -> None:
    """Tell whoever offered, or asked, what has become of it, or their team; the receiver, what it loses by it.

    `before` is what these waited for, which whoever was named need not see to any more.
    """
    ids = {each.id for each in rows}
    changed = [each for each in card.resources if each.id in ids]
    stamp = int(act.now.timestamp() * 1000)
    key = f"handoff.news:{card.id}:{step.value}:{rows[0].id}:{stamp}"
    is_givers = TRANSITIONS[step].right is TRANSITIONS[HandoffStep.OFFER].right
    hears, team = (card.starter, card.receiver) if is_givers and card.is_asked else (card.offerer, card.giver)
    if step in (HandoffStep.WITHDRAW, HandoffStep.CALL_OFF):
        receiver, news = Recipient(team=card.receiver), blocks.news(card, changed, for_giver=False)
        await act.send(receiver, f"{key}:receiver", news, parent_key=card_key(card.id))
    if hears is not None and hears.id != act.person_id:
        to = for_team(act.snapshot, hears, team)
        if is_givers:
            await act.send(to, key, blocks.news(card, changed))
        else:
            is_answer = step is not HandoffStep.CALL_OFF
            news = blocks.answered(card, changed) if is_answer else blocks.news(card, changed)
            await _tell_answers(act, card, to, key, news if has_ended or step in _TOLD_AT_ONCE else None)
    now, knows = needs.needs_of(act.snapshot, rows), (act.person_id, hears.id if hears is not None else None)
    await needs.settle(act, card, before, now=now, besides=knows)
    await needs.tell(act, card, now, besides=knows)


async def _tell_answers(act: HandoffAct, card: HandoffCard, to: Recipient, key: str, news: Rendered | None) -> None:
    """Tell whoever offered how all parts stand, in one message that is brought up to date.

    What they should not miss, once they have that message, is told by a message of its own, with nothing else.
    """
    all_of_it = answers_key(card)
    if await outbox.destination(act.session, all_of_it) is None:
        await act.send(to, all_of_it, blocks.answers(card))
    elif news is not None and all_of_it not in await outbox.unsent(act.session, [all_of_it]):
        await act.send(to, key, news)
