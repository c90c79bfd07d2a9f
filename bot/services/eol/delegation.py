"""Use cases of handing a reminder to another team: one offers it, a member of the other accepts or declines."""

from __future__ import annotations

from bot.blocks import eol as blocks
from bot.blocks.eol.answers import REASON
from bot.blocks.text import escape
from bot.domain.eol.answers import AnswerKind
from bot.domain.eol.outcomes import Decided, Offered
from bot.domain.eol.responsibility import Addressee
from bot.domain.names import clean
from bot.domain.rights import Right
from bot.errors import NotFoundError, UserError
from bot.services import actors, decisions, routing
from bot.services.deps import Deps
from bot.services.eol._card_answers import CLOSED, ReminderAct, acting, offer_key
from bot.services.eol.exposure import Watcher
from bot.services.eol.message_updates import accepted_key, end_questions
from bot.services.eol.reminder_answers import answer_of
from bot.store import tables

_OVER = "The request is off: they have given another answer since."


async def delegate(
    deps: Deps, watcher: Watcher, *, reminder_id: int, person_id: int, team_id: int, reason: str = ""
) -> Offered:
    """Ask another team to take a reminder over, and say why. Nothing moves until one of its people accepts.

    An offer to somebody else that is still open is taken back; the same one again is sent only if it was lost. Raises
    UserError for a team that has it already or cannot be told, NotFoundError for one that is gone.
    """
    async with acting(deps, watcher, reminder_id=reminder_id, person_id=person_id) as act:
        team = watcher.snapshot.team(team_id)
        if team is None or team.is_gone:
            raise NotFoundError("That team is no longer in the catalog: choose another.")
        if act.card.holder.key == Addressee(team).key:
            raise UserError(f"{escape(team.name, 80)} has it already: choose another team.")
        asked = act.card.effect.asked(AnswerKind.DELEGATED)
        if asked is not None and asked.team_id == team_id:
            told = await act.send(Addressee(team), offer_key(asked.id), blocks.offer(act.card, asked))
            return Offered(act.card, team.name, told, is_new=False)
        if not routing.places(deps, watcher.snapshot, Addressee(team)):
            raise UserError(f"{escape(team.name, 80)} has no channel, lead or member that I can ask: talk to them.")
        if asked is not None:
            await act.end((AnswerKind.DELEGATED,), by=AnswerKind.DELEGATED)
        said = clean(reason)[:500]
        row = await act.add(AnswerKind.DELEGATED, team_id=team_id, detail={REASON: said} if said else None)
        await act.note("delegate", answer=row.id, team=team_id)
        answer = await answer_of(act.session, row)
        told = await act.send(Addressee(team), offer_key(answer.id), blocks.offer(act.card, answer))
        return Offered(await act.redraw(), team.name, told)


async def decide(deps: Deps, watcher: Watcher, *, answer_id: int, person_id: int, is_accepted: bool) -> Decided:
    """Accept or decline an offer as one of the team that it was made to; whoever made it cannot accept it.

    Accepting ends what was answered before, of every deadline of the release cycle: whoever plans the upgrade has all
    of them. Declining tells those who offered. A second decision changes nothing and returns the first. Raises
    NotAllowedError for everybody else, NotFoundError when it is no longer offered.
    """
    async with deps.database.reading() as session:
        offered = await session.get(tables.ReminderAnswer, answer_id)
    if offered is None or offered.kind != AnswerKind.DELEGATED or offered.team_id is None:
        raise NotFoundError(CLOSED)
    team = watcher.snapshot.team(offered.team_id)
    name = team.name if team is not None else ""
    async with acting(deps, watcher, reminder_id=offered.reminder_id, person_id=person_id, right=None) as act:
        row = await act.session.get_one(tables.ReminderAnswer, answer_id)
        asked = await actors.holders(act.session, [offered.team_id], asked_by=row.person_id)
        act.require(Right.DECLINE, asked)
        right = Right.ACCEPT if is_accepted else Right.DECLINE
        if not decisions.decide(act, row, asked, right=right, is_granted=is_accepted, today=act.today, over=_OVER):
            was_accepted = decisions.was_granted(row)
            return Decided(act.card, await answer_of(act.session, row), was_accepted, is_new=False)
        if is_accepted:
            await _hand_over(act, row)
            async for other in act.others_of_cycle():
                await _hand_over(other, await _copied(other, row))
                await other.note("taken_over", team=row.team_id, accepted=answer_id)
                await other.redraw()
        return await _tell(act, row, name, is_accepted=is_accepted)


async def _hand_over(act: ReminderAct, accepted: tables.ReminderAnswer) -> None:
    """Let the team that has accepted have a reminder, and end what was answered before."""
    act.row.delegated_to = accepted.team_id
    # Those above the new team have heard of nothing yet; their team has just answered what is owed.
    act.row.owed = act.row.lead_told = act.row.manager_told = None
    await act.end(tuple(AnswerKind), by=AnswerKind.DELEGATED, but=accepted.id)


async def _copied(act: ReminderAct, accepted: tables.ReminderAnswer) -> tables.ReminderAnswer:
    """Note on another deadline of the release cycle that it was accepted with the first."""
    row = await act.add(AnswerKind.DELEGATED, team_id=accepted.team_id)
    row.person_id, row.at = accepted.person_id, accepted.at
    row.decided_by, row.decided_at = accepted.decided_by, accepted.decided_at
    return row


async def _tell(act: ReminderAct, row: tables.ReminderAnswer, team: str, *, is_accepted: bool) -> Decided:
    """Write it down, and let both sides see what came of the offer."""
    answer = await answer_of(act.session, row)
    await act.note("accept" if is_accepted else "decline", answer=answer.id, team=row.team_id)
    await act.revise(offer_key(answer.id), blocks.offer_settled(act.card, answer, is_accepted=is_accepted))
    message = blocks.offer_answered(act.card, answer, team, is_accepted=is_accepted)
    key = accepted_key(answer.id) if is_accepted else f"lifecycle.offer-declined:{answer.id}"
    told = await act.reply(key, message)
    if is_accepted:
        await end_questions(act.session, act.card.reminder, act.now, but=answer.id)
    return Decided(await act.redraw(), answer, is_accepted, told=told)
