"""Many handoffs at once, as in a reorganisation: planned line by line, and offered once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.domain import ownership as rules
from bot.domain.catalog import Area
from bot.domain.directory import Match, ResolutionMethod, Several
from bot.domain.handoff.bulk import BulkGroup, BulkItem, BulkLine, LeftOut, Load, grouped, loads, system_of
from bot.domain.handoff.handoffs import OPEN, HandoffTerms, ResourceState
from bot.domain.recipients import Told
from bot.domain.records import AssetRecord, PersonRecord, TeamRecord
from bot.domain.rights import Actor, Holders, Right, may
from bot.errors import BatonError, NotFoundError, UserError
from bot.services.deps import Deps
from bot.services.handoff.offers import NewHandoff, offer, owned_by, require_acceptor, require_owned
from bot.services.listings import load_channels
from bot.services.ownership import look_up
from bot.services.portfolio import Portfolios, team_called
from bot.services.snapshot import Snapshot
from bot.services.transfers import Resource
from bot.store import tables
from bot.store.journal import audit

#: Ways of matching that leave no doubt about which asset a list means.
_SURE = frozenset({ResolutionMethod.NAME, ResolutionMethod.ALIAS, ResolutionMethod.FOLDED, ResolutionMethod.ADDRESS})
_UNDER_WAY = OPEN | {ResourceState.DRAFT}


@dataclass(frozen=True, slots=True)
class BulkPlan:
    """What would be offered, one handoff a group, what is left out, and what its receivers would have."""

    groups: tuple[BulkGroup, ...]
    left_out: tuple[LeftOut, ...]
    loads: tuple[Load, ...]


@dataclass(frozen=True, slots=True)
class Offered:
    """A group with the number of its handoff, and where the receiver is told of it."""

    group: BulkGroup
    number: int
    told: Told


@dataclass(frozen=True, slots=True)
class BulkOutcome:
    """What was offered, and what was left out, before or on the way."""

    offered: tuple[Offered, ...]
    left_out: tuple[LeftOut, ...]


class _LeftOutError(Exception):
    """A line that is not offered; the message is why."""

    def __init__(self, reason: str, *, is_offered: bool = False) -> None:
        super().__init__(reason)
        self.is_offered = is_offered


async def plan(deps: Deps, snapshot: Snapshot, lines: Iterable[BulkLine], *, by: PersonRecord | None) -> BulkPlan:
    """Return what a list comes to. Each line is judged by itself; `by` is who would offer it, None in a dry run."""
    finder, before = _Finder(deps, snapshot, by), dict[Resource, BulkLine]()
    items: list[BulkItem] = []
    left_out: list[LeftOut] = []
    async with deps.database.reading() as session:
        for line in lines:
            try:
                found = list(finder.items(line))
                for item in found:
                    await _require_new(session, item, before)
            except (_LeftOutError, BatonError) as error:
                left_out.append(LeftOut(line, str(error), isinstance(error, _LeftOutError) and error.is_offered))
            else:
                before |= {Resource(item.asset.id, item.area): line for item in found}
                items += found
    return BulkPlan(grouped(items, snapshot.asset), tuple(left_out), await _loads(deps, snapshot, items))


async def carry_out(deps: Deps, snapshot: Snapshot, planned: BulkPlan, *, by: PersonRecord) -> BulkOutcome:
    """Offer what was planned, a handoff a group; a group that cannot be offered any more does not end the others.

    A second time nothing is offered again: `plan` leaves out what was.
    """
    await load_channels(deps, snapshot)
    offered: list[Offered] = []
    left_out = list(planned.left_out)
    for group in planned.groups:
        resources = tuple(Resource(item.asset.id, item.area) for item in group.items)
        system = f": {group.system.name}" if group.system is not None else ""
        new = NewHandoff(
            giver_team_id=group.giver.id,
            receiver_team_id=group.receiver.id,
            resources=resources,
            person_id=by.id,
            terms=HandoffTerms(reason=f"Part of a list of handoffs{system}."),
        )
        try:
            begun = await offer(deps, snapshot, new)
        except UserError as error:
            left_out += [LeftOut(item.line, str(error)) for item in group.items]
        else:
            offered.append(Offered(group, begun.card.id, begun.told))
    if offered:
        await _note(deps, offered, by=by)
    return BulkOutcome(tuple(offered), tuple(left_out))


async def lines_of_team(
    deps: Deps, snapshot: Snapshot, *, giver: str, receiver: str, system: str = ""
) -> list[BulkLine]:
    """Return a line for each asset that a team owns a part of, of one system only where that is given.

    Raises NotFoundError for a team or a system that the catalog does not have.
    """
    team, to = team_called(snapshot, giver), team_called(snapshot, receiver)
    only = _Names(snapshot).asset(system) if system else None
    portfolio = await Portfolios(deps, snapshot).current()
    found = []
    for asset in filter(None, map(snapshot.asset, portfolio.of_team(team.id).owned)):
        above = system_of(asset, snapshot.asset)
        if only is None or asset.id == only.id or (above is not None and above.id == only.id):
            found.append(asset)
    return [
        BulkLine(number=number, asset=asset.ref, giver=team.name, receiver=to.name)
        for number, asset in enumerate(found, start=1)
    ]


class _Finder:
    """Finds what the lines of one list mean."""

    def __init__(self, deps: Deps, snapshot: Snapshot, by: PersonRecord | None) -> None:
        self._deps, self._snapshot, self._by = deps, snapshot, by
        self._names = _Names(snapshot)

    def items(self, line: BulkLine) -> Iterator[BulkItem]:
        """Yield what a line comes to. Raises _LeftOutError, or a BatonError, for one that comes to nothing."""
        giver, receiver = (team_called(self._snapshot, name) for name in (line.giver, line.receiver))
        asset = self._names.asset(line.asset)
        self._check_teams(giver, receiver)
        area = _area(line.area)
        for each in [area] if area is not None else self._areas(asset, giver):
            require_owned(self._deps, self._snapshot, Resource(asset.id, each), giver.id)
            yield BulkItem(line, asset, each, giver, receiver)

    def _check_teams(self, giver: TeamRecord, receiver: TeamRecord) -> None:
        if giver.id == receiver.id:
            raise _LeftOutError(f"{receiver.name} has it already.")
        if self._by is not None and not may(Actor(self._by.id), Right.HAND_OVER, Holders((giver,))):
            raise _LeftOutError(f"{self._by.name} is not in {giver.name}, which has to offer it.")
        require_acceptor(self._snapshot, receiver.id, offered_by=self._by.id if self._by is not None else None)

    def _areas(self, asset: AssetRecord, giver: TeamRecord) -> list[Area]:
        areas = [area for _, area in owned_by(self._deps, self._snapshot, giver.id, [asset.id])]
        if not areas:
            verdict = look_up(self._deps, self._snapshot, asset.id)
            disputed = isinstance(verdict, rules.Disputed)
            raise _LeftOutError("who owns it is disputed." if disputed else f"{giver.name} owns no part of it alone.")
        return areas


class _Names:
    """The assets of a catalog by their names, for a list that must not be taken for something like it."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._named: dict[str, list[AssetRecord]] = {}
        for asset in filter(None, map(snapshot.asset, snapshot.directory.ids())):
            self._named.setdefault(asset.name.lower(), []).append(asset)

    def asset(self, text: str) -> AssetRecord:
        """Return the asset that `text` names. Raises NotFoundError if none fits, or several do."""
        directory = self._snapshot.directory
        if (asset := directory.by_ref(text)) is not None:
            return asset
        named = self._named.get(text.lower(), [])
        found = directory.resolve(text) if not named else None
        if isinstance(found, Match) and found.method in _SURE:
            named = [each for each in [directory.get(found.asset_id)] if each is not None]
        elif isinstance(found, Several):
            named = [each for one in found.candidates if (each := directory.get(one.asset_id)) is not None]
        if len(named) == 1:
            return named[0]
        if named:
            refs = ", ".join(sorted(each.ref for each in named)[:5])
            raise NotFoundError(f"Several are called '{text}': write one of {refs}.")
        raise NotFoundError(f"The catalog has no '{text}': write its name or ref as the catalog has it.")


def _area(text: str) -> Area | None:
    try:
        return Area(text.strip().lower().replace(" ", "-")) if text.strip() else None
    except ValueError:
        raise _LeftOutError(f"there is no area '{text}': write one of {', '.join(Area)}.") from None


async def _require_new(session: AsyncSession, item: BulkItem, before: dict[Resource, BulkLine]) -> None:
    """Raise _LeftOutError for what another line has, or a handoff has or had."""
    twin = before.get(Resource(item.asset.id, item.area))
    if twin is not None:
        raise _LeftOutError(f"line {twin.number} has it already.")
    handoff, resource = tables.Handoff, tables.HandoffResource
    query = (
        select(col(handoff.id), col(resource.state), col(resource.moved_at), col(handoff.receiver_team_id))
        .join(handoff, col(handoff.id) == col(resource.handoff_id))
        .where(
            col(resource.asset_id) == item.asset.id,
            col(resource.area) == item.area.value,
            col(handoff.giver_team_id) == item.giver.id,
        )
        .order_by(col(resource.id).desc())
    )
    for number, stored, moved_at, receiver_id in await session.execute(query):
        state = ResourceState(stored)
        is_to_come = state is ResourceState.ACCEPTED and moved_at is None
        if state in _UNDER_WAY or is_to_come:
            raise _LeftOutError(f"it is in handoff #{number} already.", is_offered=True)
        if receiver_id == item.receiver.id and state is not ResourceState.ACCEPTED:
            raise _LeftOutError(
                f"in handoff #{number} it was {state.replace('_', ' ')}: offer it again there.", is_offered=True
            )


async def _loads(deps: Deps, snapshot: Snapshot, items: Sequence[BulkItem]) -> tuple[Load, ...]:
    if not items:
        return ()
    portfolio = await Portfolios(deps, snapshot).current()
    return loads(
        items,
        teams=snapshot.teams(),
        people_of=lambda team: sum(1 for _ in rules.active_members(team, snapshot)),
        owned_by=lambda team: [
            each for each in map(snapshot.asset, portfolio.of_team(team.id).owned) if each is not None
        ],
    )


async def _note(deps: Deps, offered: Sequence[Offered], *, by: PersonRecord) -> None:
    """Put on record that these were offered together, at the command line, in somebody's name."""
    async with deps.database.transaction() as session:
        await audit(
            session,
            at=deps.clock.now(),
            actor="cli",
            action="handoff.bulk",
            subject=f"person:{by.id}",
            detail={"handoffs": [each.number for each in offered]},
        )
