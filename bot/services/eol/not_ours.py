"""Use case of "Not ours": the doubt goes on record with the assets, and whoever is named is asked to claim them."""

from __future__ import annotations

from collections.abc import Collection

from bot.blocks import eol as blocks
from bot.blocks.eol.answers import NOT_OURS, REASON, TEAM_NAMED
from bot.domain.eol.answers import AnswerKind
from bot.domain.eol.outcomes import AlreadyStanding, Doubted
from bot.domain.eol.responsibility import Addressee
from bot.domain.names import clean
from bot.domain.recipients import Told
from bot.domain.records import AssetRecord, TeamRecord
from bot.errors import NotFoundError, UserError
from bot.services.deps import Deps
from bot.services.eol._card_answers import ReminderAct, acting
from bot.services.eol.exposure import Watcher
from bot.services.matters.doubts import add_own_doubts


async def not_ours(
    deps: Deps,
    watcher: Watcher,
    *,
    reminder_id: int,
    person_id: int,
    reason: str = "",
    asset_ids: Collection[int] = (),
    team_id: int | None = None,
) -> Doubted | AlreadyStanding:
    """Put on record that assets of a reminder (none given: all of them) are not their owner's.

    Every answer about them shows the doubt until an owner confirms them or they get another owner; `team_id`, who is
    said to own them, is asked to claim them, and the owner, in the daily pass, whether they own them. Nothing moves by
    itself: the reminder is quiet until its next milestone, as if acknowledged. The same again changes nothing.
    Raises UserError when the team is the owner itself, NotFoundError when it or the assets are not there any more.
    """
    said = clean(reason)[:500]
    async with acting(deps, watcher, reminder_id=reminder_id, person_id=person_id) as act:
        team = _named(act, team_id)
        assets = _assets(act, asset_ids)
        ids = ",".join(str(asset.id) for asset in assets)
        detail = {NOT_OURS: ids, REASON: said, TEAM_NAMED: team.name if team is not None else ""}
        detail = {key: value for key, value in detail.items() if value}
        stands = act.card.effect.answer
        if stands is not None and stands.detail == detail:
            told = await _ask(act, stands.id, team, assets, said) if team is not None else None
            return AlreadyStanding(act.card, stands, told)
        await act.end(tuple(AnswerKind), by=AnswerKind.ACKNOWLEDGED)
        seen = act.card.effect.current
        row = await act.add(AnswerKind.ACKNOWLEDGED, milestone=seen.days, detail=detail)
        await add_own_doubts(
            act.session,
            deps,
            act.snapshot,
            asset_ids=[asset.id for asset in assets],
            owner=act.card.watch.addressee,
            person_id=person_id,
            reason=said,
            team_id=team_id,
        )
        await act.note("not_ours", answer=row.id, assets=[asset.id for asset in assets], team=team_id)
        told = await _ask(act, row.id, team, assets, said) if team is not None else None
        return Doubted(await act.redraw(), tuple(asset.name for asset in assets), told)


def _named(act: ReminderAct, team_id: int | None) -> TeamRecord | None:
    if team_id is None:
        return None
    team = act.snapshot.team(team_id)
    if team is None or team.is_gone:
        raise NotFoundError("That team is no longer in the catalog: choose another, or none.")
    if act.card.watch.addressee.team is not None and act.card.watch.addressee.team.id == team_id:
        raise UserError("The catalog names that team already: choose another, or none.")
    return team


def _assets(act: ReminderAct, asset_ids: Collection[int]) -> list[AssetRecord]:
    mine = {one.asset.id: one.asset for one in act.card.watch.runs}
    wanted = [asset for asset_id, asset in mine.items() if not asset_ids or asset_id in asset_ids]
    if not wanted:
        raise NotFoundError("That is no longer part of this.")
    return wanted


async def _ask(
    act: ReminderAct, answer_id: int | None, team: TeamRecord, assets: Collection[AssetRecord], reason: str
) -> Told:
    """Ask the team that is said to be the owner to claim the assets; once, unless that was lost."""
    doubter = act.snapshot.person(act.person_id)
    message = blocks.claim_wanted(doubter, act.card.watch.addressee.name, list(assets), reason)
    return await act.send(Addressee(team), f"lifecycle.claim-wanted:{answer_id}", message)
