"""Use cases of ownership: find who owns something, confirm it, doubt it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from typing import TypeAlias

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.blocks import ownership as blocks
from bot.blocks.text import Rendered
from bot.blocks.values import encode
from bot.domain import ownership as rules
from bot.domain.catalog import Area, Role
from bot.domain.directory import Match, Nearest, ResolutionMethod, Several
from bot.domain.directory.questions import asks_for_things
from bot.domain.names import clean
from bot.domain.ownership import Holding, Owned, Verdict
from bot.domain.recipients import Recipient, Told
from bot.domain.records import AssetRecord, PersonRecord, TeamRecord
from bot.domain.rights import Actor, Holders, Right, may, require
from bot.errors import NotFoundError
from bot.services import actors, questions, routing
from bot.services.deps import Deps
from bot.services.questions import Always, Meant, Named, OnDay, TeamsMeant, TeamThings
from bot.services.snapshot import Snapshot, refresh_over
from bot.store import tables
from bot.store.journal import audit, lock_catalog, next_revision

#: Ways of matching that leave nothing to explain.
_OUTRIGHT = frozenset({ResolutionMethod.REF, ResolutionMethod.NAME, ResolutionMethod.FOLDED})


@dataclass(frozen=True, slots=True)
class Answered:
    """One asset is meant: what the facts say of it, and what whoever asks is shown.

    `match` says how the question was understood; None where the asset was chosen.
    """

    verdict: Verdict
    frame: blocks.AnswerFrame
    match: Match | None = None


#: Assets to choose from, each with who owns it in short.
Choices: TypeAlias = tuple[tuple[AssetRecord, str], ...]


@dataclass(frozen=True, slots=True)
class SeveralAssets:
    """Several assets fit the question equally well."""

    asked: str
    choices: Choices
    confidence: float


@dataclass(frozen=True, slots=True)
class Missing:
    """The catalog has nothing that fits well enough; `choices` are suggestions, best first, perhaps none.

    `name` is what is counted as asked for in vain; empty for a sentence, and for the name of a team. `team` is the name
    of the team that is called so, empty when there is none. `names_nothing` is True where no word can be a name, as in
    "who owns this?".
    """

    asked: str
    choices: Choices
    confidence: float
    name: str
    team: str
    names_nothing: bool


Found: TypeAlias = Answered | SeveralAssets | Missing


def answer(deps: Deps, snapshot: Snapshot, text: str, *, asker: str = "") -> Found | Meant | OnDay | Always:
    """Answer a question for the person with this Slack id, from memory: everything that is shown is decided here.

    The past is not in memory: what is asked of it is for `bot.services.history.recall`.
    """
    about = questions.read(snapshot, text, now=deps.clock.now())
    found = _found(deps, snapshot, about, asker) if isinstance(about, Named) else about
    team = None
    match found:
        case TeamsMeant(teams=(one,)):
            team = one
        case Missing(team=name) if name:
            team = snapshot.team_by_name(name)
    return TeamThings(team) if team is not None and asks_for_things(text) else found


def find(deps: Deps, snapshot: Snapshot, text: str) -> Found:
    """Answer a question that is known to be about an asset, for nobody in particular."""
    return _found(deps, snapshot, questions.named(snapshot, text), "")


def answer_for_asset(
    deps: Deps, snapshot: Snapshot, asset_id: int, *, area: Area | None, asker: str = "", shared_by: str = ""
) -> Answered:
    """Answer for one asset. Raises NotFoundError when it has left the catalog.

    `shared_by` is whoever shows the answer to everybody.
    """
    verdict = look_up(deps, snapshot, asset_id, area=area)
    if shared_by:
        return Answered(
            verdict, blocks.AnswerFrame(is_shared=True, shared_by=shared_by, confirmed_by=_confirmer(snapshot, verdict))
        )
    return _answered(snapshot, verdict, asker)


def answer_for_message(deps: Deps, snapshot: Snapshot, says: Iterable[str], *, asker: str) -> Answered | Choices:
    """Answer for what the pieces of a message name: for one asset, or as choices; none when they name nothing."""
    named = snapshot.directory.mentioned(*says)
    if len(named) == 1:
        return answer_for_asset(deps, snapshot, named[0].asset_id, area=named[0].area, asker=asker)
    verdicts = [look_up(deps, snapshot, match.asset_id, area=match.area) for match in named]
    return tuple((verdict.asset, _brief(verdict)) for verdict in verdicts)


def _found(deps: Deps, snapshot: Snapshot, named: Named, asker: str) -> Found:
    now, directory, resolution = deps.clock.now(), snapshot.directory, named.resolution
    if isinstance(resolution, Match):
        asset = directory.get(resolution.asset_id)
        if asset is not None:
            asset = _with_sections(snapshot, asset, resolution.also) if resolution.also else asset
            said = rules.verdict(asset, snapshot, now=now, stale_after=deps.stale_after, area=resolution.area)
            return _answered(snapshot, said, asker, resolution)
        resolution = Nearest((), resolution.understood_as, resolution.area)
    asked = resolution.understood_as or directory.plain(named.text)
    assets = filter(None, (directory.get(each.asset_id) for each in resolution.candidates))
    verdicts = (rules.verdict(asset, snapshot, now=now, stale_after=deps.stale_after) for asset in assets)
    choices = tuple((verdict.asset, _brief(verdict)) for verdict in verdicts)
    confidence = max((each.confidence for each in resolution.candidates), default=0.0)
    if isinstance(resolution, Several):
        return SeveralAssets(asked, choices, confidence)
    name = directory.name_in(named.text, resolution.understood_as)
    counted = "" if _team_called(snapshot, name) else name
    team = _team_called(snapshot, asked)
    return Missing(asked, choices, confidence, counted, team, not directory.asks_by_name(name))


def _answered(snapshot: Snapshot, verdict: Verdict, asker: str, match: Match | None = None) -> Answered:
    """Decide what the person with this Slack id may do about an asset, as far as memory knows; a click checks again."""
    actor = actors.remembered(snapshot, asker)
    may_withdraw = _may_withdraw(snapshot, verdict, actor)
    frame = blocks.AnswerFrame(
        understood_as="" if match is None or match.method in _OUTRIGHT else match.understood_as,
        may_confirm=may_confirm(verdict, actor),
        may_claim=not may_withdraw and bool(claimants(snapshot, verdict, actor)),
        may_withdraw=may_withdraw,
        confirmed_by=_confirmer(snapshot, verdict),
    )
    return Answered(verdict, frame, match)


def _with_sections(snapshot: Snapshot, asset: AssetRecord, also: tuple[int, ...]) -> AssetRecord:
    """Return a rule of a CODEOWNERS file with what the rules of its other sections say of the same path."""
    others = [other for other in map(snapshot.asset, also) if other is not None]
    if not others:
        return asset
    return replace(asset, facts=(*asset.facts, *(fact for other in others for fact in other.facts)))


def names_of(holdings: Iterable[Holding]) -> str:
    """Return the owners' names, each once, separated by commas."""
    return ", ".join(dict.fromkeys(holding.name for holding in holdings))


def _brief(verdict: Verdict) -> str:
    if isinstance(verdict, Owned):
        return names_of(verdict.owners)
    return "disputed" if isinstance(verdict, rules.Disputed) else "nobody"


def _team_called(snapshot: Snapshot, name: str) -> str:
    """Return the name of the team that answers to `name`, empty when there is none."""
    team = snapshot.team_by_name(name)
    return team.name if team is not None and not team.is_gone else ""


def look_up(deps: Deps, snapshot: Snapshot, asset_id: int, *, area: Area | None = None) -> Verdict:
    """Return the verdict on one asset as of now. Raises NotFoundError when it has left the catalog."""
    asset = snapshot.asset(asset_id)
    if asset is None:
        raise NotFoundError("That is no longer in the catalog: ask again.")
    return rules.verdict(asset, snapshot, now=deps.clock.now(), stale_after=deps.stale_after, area=area)


def may_confirm(verdict: Verdict, actor: Actor) -> bool:
    """Whether somebody may confirm an answer, as far as memory knows."""
    if not isinstance(verdict, Owned) or isinstance(verdict, rules.Orphaned):
        return False
    teams = tuple(holding.team for holding in verdict.owners if holding.team is not None)
    owners = tuple(holding.person for holding in verdict.owners if holding.person is not None)
    return may(actor, Right.CONFIRM, Holders(teams, owners))


def claimants(snapshot: Snapshot, verdict: Verdict, actor: Actor) -> tuple[TeamRecord, ...]:
    """Return the teams for which somebody may claim an asset, as far as memory knows."""
    return tuple(team for team in teams_to_claim_for(snapshot, actor) if not owns_already(verdict, team.id))


def teams_to_claim_for(snapshot: Snapshot, actor: Actor) -> tuple[TeamRecord, ...]:
    """Return the teams for which somebody may claim what nobody owns, as far as memory knows."""
    teams = snapshot.teams_of(actor.person_id) if actor.person_id is not None else ()
    return tuple(team for team in teams if may(actor, Right.CLAIM, Holders((team,))))


def owns_already(verdict: Verdict, team_id: int) -> bool:
    """Whether a team owns an asset."""
    return isinstance(verdict, Owned) and any(holding.fact.team_id == team_id for holding in verdict.owners)


def _may_withdraw(snapshot: Snapshot, verdict: Verdict, actor: Actor) -> bool:
    """Whether a claim stands that somebody's team has made, as far as memory knows."""
    claims = (snapshot.team(fact.team_id) for fact in verdict.asset.facts if fact.is_human and fact.team_id is not None)
    held = Holders(tuple(team for team in claims if team is not None))
    return bool(held.teams) and may(actor, Right.WITHDRAW, held)


def _confirmer(snapshot: Snapshot, verdict: Verdict) -> PersonRecord | None:
    """Return the person who last confirmed the first owner, if anybody did."""
    if not isinstance(verdict, Owned) or verdict.owners[0].fact.confirmed_by is None:
        return None
    return snapshot.person(verdict.owners[0].fact.confirmed_by)


async def confirm(deps: Deps, snapshot: Snapshot, *, asset_id: int, person_id: int) -> int:
    """Confirm the person's own facts on an asset (or on the parent that answers for it) and settle doubts.

    Returns how many facts were confirmed. Raises NotFoundError when the asset is gone, NotAllowedError when the person
    is no owner of it. Pressing twice confirms once more and harms nothing.
    """
    async with deps.database.transaction() as session:
        asset = await session.get(tables.Asset, asset_id)
        if asset is None or asset.gone_at is not None:
            raise NotFoundError("That is no longer in the catalog: ask again.")
        holder_id = _holder_id(snapshot, asset_id)
        facts = await _facts_of(session, holder_id, person_id=person_id, what=asset.name)
        now = deps.clock.now()
        for fact in facts:
            fact.confirmed_at, fact.confirmed_by = now, person_id
        await session.execute(
            update(tables.OwnerDoubt)
            .where(
                col(tables.OwnerDoubt.asset_id).in_({asset_id, holder_id}), col(tables.OwnerDoubt.settled_at).is_(None)
            )
            .values(settled_at=now)
        )
        await _touch(session, {asset_id, holder_id})
        await audit(
            session,
            at=now,
            actor=f"person:{person_id}",
            action="ownership.confirm",
            subject=f"asset:{holder_id}",
            detail={"facts": [fact.id for fact in facts]},
        )
    return len(facts)


async def doubt(
    deps: Deps, snapshot: Snapshot, *, asset_id: int, area: Area | None, person_id: int, reason: str
) -> tuple[Told, ...]:
    """Record that somebody doubts an asset's owner, and tell the owner once.

    The note goes out with the first doubt after each confirmation; later ones are recorded only. Returns where each
    owner is told, empty when nobody is named as the owner. Raises NotFoundError when the asset is gone.
    """
    now = deps.clock.now()
    async with deps.database.transaction() as session:
        asset = await session.get(tables.Asset, asset_id)
        if asset is None or asset.gone_at is not None:
            raise NotFoundError("That is no longer in the catalog: ask again.")
        connection = await session.connection()
        await lock_catalog(connection)
        await refresh_over(snapshot, connection)  # behind the lock: whoever owns it now is told
        await _touch(session, [asset_id])
        said = look_up(deps, snapshot, asset_id, area=area)
        person = snapshot.person(person_id)
        row = tables.OwnerDoubt(asset_id=asset_id, person_id=person_id, reason=clean(reason)[:500], at=now)
        session.add(row)
        await session.flush()
        await audit(
            session,
            at=now,
            actor=f"person:{person_id}",
            action="ownership.doubt",
            subject=f"asset:{asset_id}",
            detail={"doubt": row.id},
        )
        value = encode(blocks.AssetValue(asset_id, area))
        doubter = person.slack_id if person else ""
        return await tell_owners(
            session,
            deps,
            snapshot,
            claimed_by(said),
            key=lambda held, to: f"ownership.doubt:{asset_id}:{to.key}:{_confirmed_second(held)}",
            message=lambda owner: blocks.doubted(said.asset, owner, doubter, reason, value=value),
            asker_id=doubter,
        )


def _confirmed_second(holding: Holding) -> int:
    return int(holding.fact.confirmed_at.timestamp()) if holding.fact.confirmed_at else 0


def _holder_id(snapshot: Snapshot, asset_id: int) -> int:
    asset: AssetRecord | None = snapshot.asset(asset_id)
    return asset_id if asset is None else rules.holder_of(asset, snapshot).id


async def _facts_of(session: AsyncSession, asset_id: int, *, person_id: int, what: str) -> list[tables.Ownership]:
    """Return the asset's facts in force that the person may confirm. Raises NotAllowedError when there is none."""
    fact = tables.Ownership
    found = await session.execute(select(fact).where(col(fact.asset_id) == asset_id, col(fact.valid_to).is_(None)))
    facts, actor = list(found.scalars()), actors.actor(person_id)
    own = [each for each in facts if each.person_id == person_id]
    owners = [PersonRecord(id=each.person_id, name="") for each in facts if each.person_id is not None]
    held = await actors.holders(session, [each.team_id for each in facts], people=owners, what=what)
    require(actor, Right.CONFIRM, held)
    teams = {team.id for team in held.teams if may(actor, Right.CONFIRM, Holders((team,)))}
    return [each for each in facts if each in own or each.team_id in teams]


async def _touch(session: AsyncSession, asset_ids: Collection[int]) -> None:
    revision = await next_revision(session)
    await session.execute(update(tables.Asset).where(col(tables.Asset.id).in_(asset_ids)).values(revision=revision))


def claimed_by(verdict: Verdict) -> tuple[Holding, ...]:
    """Return those whom a source holds for owners: both sides of a dispute, also of one about whether anybody is."""
    if isinstance(verdict, rules.Disputed):
        return verdict.claims
    if isinstance(verdict, rules.UnownedOnPurpose):
        return tuple(holding for holding in verdict.others if holding.fact.role is Role.OWNER)
    return verdict.owners if isinstance(verdict, Owned) else ()


async def tell_owners(
    session: AsyncSession,
    deps: Deps,
    snapshot: Snapshot,
    holdings: Iterable[Holding],
    *,
    key: Callable[[Holding, Recipient], str],
    message: Callable[[str], Rendered],
    asker_id: str,
) -> tuple[Told, ...]:
    """Send each owner a message, one for however many facts, and return where each goes.

    `key` makes the outbox key of the owner's fact that was confirmed last, `message` the message for their name.
    """
    told: dict[str, Told] = {}
    for holding in sorted(holdings, key=lambda held: held.trusted_at, reverse=True):
        recipient = Recipient(team=holding.team) if holding.team is not None else Recipient(person=holding.person)
        if recipient.key not in told:
            told[recipient.key] = await routing.send(
                session,
                deps,
                snapshot,
                recipient,
                key=key(holding, recipient),
                message=message(recipient.name),
                at=deps.clock.now(),
                asker_id=asker_id,
            )
    return tuple(told.values())
