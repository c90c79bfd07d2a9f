"""Use cases of leaving something as it is: one person asks, another one of the team decides."""

from __future__ import annotations

from datetime import date, timedelta

from bot.blocks import eol as blocks
from bot.blocks.eol.answers import REASON
from bot.domain.eol.answers import LONGEST_WAIVER, Answer, AnswerKind
from bot.domain.eol.outcomes import AlreadyStanding, AnswerRecorded, Decided
from bot.domain.names import clean
from bot.domain.recipients import Told
from bot.domain.rights import Right
from bot.errors import NotFoundError, UserError
from bot.services import actors, decisions
from bot.services.deps import Deps
from bot.services.eol._card_answers import CLOSED, ReminderAct, acting, waiver_key
from bot.services.eol.exposure import Watcher
from bot.services.eol.reminder_answers import answer_of
from bot.store import tables

_OVER = "The request is off: another answer was given since, or its day has passed."


async def waive(
    deps: Deps, watcher: Watcher, *, reminder_id: int, person_id: int, until: date, reason: str
) -> AnswerRecorded | AlreadyStanding:
    """Ask to leave something as it is until a day, 180 days ahead at most. It counts once somebody else approves.

    Whoever may answer the reminder may approve: a member, the lead or the manager of the addressee's team, or of the
    one that has taken it over; not the person who asks. Raises UserError without a reason, for a day out of range, and
    where there is nobody else to approve.
    """
    said = clean(reason)[:500]
    async with acting(deps, watcher, reminder_id=reminder_id, person_id=person_id) as act:
        if not said:
            raise UserError("Give a reason for whoever approves.")
        if not act.today < until <= act.today + timedelta(LONGEST_WAIVER):
            last = (act.today + timedelta(LONGEST_WAIVER)).isoformat()
            raise UserError(f"Choose a day from tomorrow until {last}: at most {LONGEST_WAIVER} days.")
        asked = act.card.effect.asked(AnswerKind.WAIVED)
        for known in (asked, act.card.effect.answer):
            is_same = known is not None and known.kind is AnswerKind.WAIVED
            if known is not None and is_same and (known.until, known.detail.get(REASON)) == (until, said):
                is_asked = known.decided_by is None
                return AlreadyStanding(act.card, known, await _ask(act, known) if is_asked else None)
        held = await act.holders(asked_by=person_id)
        if not actors.people_who_may(Right.APPROVE, held):
            raise UserError(
                "A teammate must approve, and your team has nobody else: plan the upgrade, or have somebody added."
            )
        if asked is not None:
            await act.end((AnswerKind.WAIVED,), by=AnswerKind.WAIVED)
        row = await act.add(AnswerKind.WAIVED, until=until, detail={REASON: said})
        await act.note("waive", answer=row.id, until=until.isoformat())
        answer = await answer_of(act.session, row)
        told = await _ask(act, answer)
        return AnswerRecorded(await act.redraw(), answer, told)


async def _ask(act: ReminderAct, answer: Answer) -> Told:
    """Ask whether a waiver is approved; once, unless the question was lost."""
    return await act.reply(waiver_key(answer.id), blocks.waiver_wanted(act.card, answer))


async def decide(deps: Deps, watcher: Watcher, *, answer_id: int, person_id: int, is_granted: bool) -> Decided:
    """Approve or refuse a waiver as somebody else than who asked for it.

    An approved one ends what was answered before. A second decision changes nothing and returns the first. Raises
    NotAllowedError for whoever asked and for those who may not answer, NotFoundError when it is no longer asked.
    """
    async with deps.database.reading() as session:
        asked = await session.get(tables.ReminderAnswer, answer_id)
    if asked is None or asked.kind != AnswerKind.WAIVED:
        raise NotFoundError(CLOSED)
    async with acting(deps, watcher, reminder_id=asked.reminder_id, person_id=person_id) as act:
        row = await act.session.get_one(tables.ReminderAnswer, answer_id)
        held = await act.holders(asked_by=row.person_id)
        right = Right.APPROVE
        if not decisions.decide(act, row, held, right=right, is_granted=is_granted, today=act.today, over=_OVER):
            was_granted = decisions.was_granted(row)
            return Decided(act.card, await answer_of(act.session, row), was_granted, is_new=False)
        if is_granted:
            await act.end(tuple(AnswerKind), by=AnswerKind.WAIVED, but=answer_id)
        answer = await answer_of(act.session, row)
        await act.note("approve" if is_granted else "refuse", answer=answer_id)
        await act.revise(waiver_key(answer_id), blocks.waiver_settled(act.card, answer, is_granted=is_granted))
        return Decided(await act.redraw(), answer, is_granted)
