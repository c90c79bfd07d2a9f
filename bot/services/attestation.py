"""Use cases of attestation: a team confirms a list at once, whoever acts on a message confirms by use, a campaign."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import UTC, date, datetime, time

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.blocks.ownership import attestation as blocks
from bot.blocks.ownership.attestation import Campaign, ConfirmedPart, TeamProgress
from bot.blocks.text import Rendered
from bot.domain.catalog import Role
from bot.domain.names import fold
from bot.domain.ownership import Disputed
from bot.domain.ownership import attestation as rules
from bot.domain.portfolio import Portfolio
from bot.domain.records import AssetRecord, PersonRecord, TeamRecord
from bot.domain.rights import Holders, Right, may, require
from bot.errors import NotFoundError
from bot.services import actors, daily_limit, outbox
from bot.services.deps import Deps
from bot.services.ownership import look_up
from bot.services.slices import in_slices
from bot.services.snapshot import Snapshot
from bot.store import tables
from bot.store.journal import audit, lock_catalog, touch_assets

#: Assets that one answer confirms by use.
_MOST_USED = 200


async def confirm_list(
    deps: Deps, snapshot: Snapshot, *, attestation_id: int, person_id: int
) -> tuple[tuple[ConfirmedPart, ...], PersonRecord | None]:
    """Confirm what a list names and the team still owns; return that, or who had confirmed the list before.

    The list says so from then on, in place of its buttons.

    Raises NotAllowedError for anybody but the team's people, NotFoundError for no such list.
    """
    now = deps.clock.now()
    async with deps.database.transaction() as session:
        await lock_catalog(await session.connection())
        row = await session.get(tables.Attestation, attestation_id)
        held = await actors.holders(session, [row.team_id] if row is not None else [], what="this")
        if row is None or not held.teams:
            raise NotFoundError("That list is no longer there: the next digest has another.")
        require(actors.actor(person_id), Right.CONFIRM, held)
        if row.answered_by is not None:
            return (), snapshot.person(row.answered_by)
        confirmed = await _confirm(session, deps, snapshot, row.asset_ids, row.team_id, person_id, now)
        row.answered_at, row.answered_by = now, person_id
        await audit(
            session,
            now,
            person_id,
            "ownership.attest",
            f"attestation:{attestation_id}",
            {"team": row.team_id, "assets": sorted(confirmed)},
        )
        wanted = (snapshot.asset(each) for each in row.asset_ids if each in confirmed)
        parts = tuple((asset, rules.areas_of(asset, row.team_id)) for asset in wanted if asset is not None)
        await _redraw(session, row, blocks.attested(parts), snapshot.person(person_id), now)
    return parts, None


async def _redraw(
    session: AsyncSession, row: tables.Attestation, answer: Rendered, by: PersonRecord | None, now: datetime
) -> None:
    """Let the digest that has the list say what came of it."""
    key = f"{daily_limit.DIGEST}team:{row.team_id}:{row.asked_on}"
    await outbox.redraw(session, [key], lambda _, before: blocks.answered(before, row.id, answer, by), at=now)


async def confirm_by_use(
    deps: Deps, snapshot: Snapshot, *, asset_ids: Collection[int], team_id: int | None, person_id: int
) -> None:
    """Take it for a confirmation that one of a team's people has acted on a message about what the team owns.

    Whoever could not confirm it confirms nothing by use either.
    """
    team = snapshot.team(team_id)
    if team is None or not may(actors.actor(person_id), Right.CONFIRM, Holders((team,))):
        return
    now, some = deps.clock.now(), sorted(asset_ids)[:_MOST_USED]
    async with deps.database.transaction() as session:
        await lock_catalog(await session.connection())
        confirmed = await _confirm(session, deps, snapshot, some, team.id, person_id, now)
        if confirmed:
            await audit(
                session, now, person_id, "ownership.confirm_by_use", f"team:{team.id}", {"assets": sorted(confirmed)}
            )


async def campaign(deps: Deps, snapshot: Snapshot, portfolio: Portfolio, team: TeamRecord | None = None) -> Campaign:
    """Return how far this quarter has come, of one team or of all; a slice of the work at a time."""
    today = deps.clock.now().date()
    start = rules.quarter_of(today)
    made: list[TeamProgress] = []
    said: list[datetime] = []
    await in_slices(_standings(snapshot, portfolio, team, start, made, said))
    made.sort(key=lambda each: (each.confirmed - each.total, fold(each.team.name)))
    return Campaign(start, made, rules.burn_up(said, start=start, today=today))


def _standings(
    snapshot: Snapshot,
    portfolio: Portfolio,
    team: TeamRecord | None,
    start: date,
    made: list[TeamProgress],
    said: list[datetime],
) -> Iterator[None]:
    since = datetime.combine(start, time(), UTC)
    ids = [team.id] if team is not None else [number for is_team, number in portfolio.owners() if is_team]
    for team_id in ids:
        found = snapshot.team(team_id)
        assets = list[AssetRecord](filter(None, map(snapshot.asset, portfolio.of_team(team_id).owned)))
        stands = rules.standing(assets, team_id, since=since)
        if found is not None and not found.is_gone and stands.total:
            made.append(TeamProgress(found, len(stands.confirmed_at), stands.total, stands.missing))
            said += stands.confirmed_at
        yield


async def _confirm(
    session: AsyncSession,
    deps: Deps,
    snapshot: Snapshot,
    asset_ids: Collection[int],
    team_id: int,
    person_id: int,
    now: datetime,
) -> set[int]:
    """Confirm the team's own facts of these assets; return those that had any.

    What is doubted or disputed is asked by itself.
    """
    known = [each for each in asset_ids if snapshot.asset(each) is not None]
    asset_ids = [each for each in known if not isinstance(look_up(deps, snapshot, each), Disputed)]
    fact, doubt = tables.Ownership, tables.OwnerDoubt
    doubted = select(col(doubt.asset_id)).where(col(doubt.asset_id).in_(asset_ids), col(doubt.settled_at).is_(None))
    found = await session.execute(
        select(fact).where(
            col(fact.asset_id).in_(asset_ids),
            col(fact.asset_id).not_in(doubted),
            col(fact.team_id) == team_id,
            col(fact.role) == Role.OWNER.value,
            col(fact.valid_to).is_(None),
        )
    )
    confirmed = set()
    for row in found.scalars():
        row.confirmed_at, row.confirmed_by = now, person_id
        confirmed.add(row.asset_id)
    if confirmed:
        await touch_assets(session, confirmed)
    return confirmed
