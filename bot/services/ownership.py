"""Use cases of ownership: find who owns something, and what whoever asks may do about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TypeAlias

from bot.blocks import ownership as blocks
from bot.domain import ownership as rules
from bot.domain.catalog import Area, Role
from bot.domain.directory import Match, Nearest, ResolutionMethod, Several
from bot.domain.handoff.status import statuses
from bot.domain.ownership import Holding, Owned, Unowned, Verdict
from bot.domain.ownership.matters import Loan
from bot.domain.recipients import Recipient
from bot.domain.records import AssetRecord, ClaimRecord, HandoffRecord, TeamRecord
from bot.domain.rights import Actor, Holders, Right, may
from bot.domain.value_object import value_object
from bot.errors import NotFoundError
from bot.services import actors, questions
from bot.services.deps import Deps
from bot.services.questions import (
    Always,
    Meant,
    Named,
    OnDay,
    TeamsMeant,
    TeamThings,
    owner_at,
    owner_called,
    team_said,
)
from bot.services.snapshot import Snapshot

#: Ways of matching that leave nothing to explain.
_OUTRIGHT = frozenset({ResolutionMethod.REF, ResolutionMethod.NAME, ResolutionMethod.FOLDED})


@value_object()
class Answered:
    """One asset is meant: what the facts say of it, and what whoever asks is shown.

    `match` says how the question was understood; None where the asset was chosen.
    """

    verdict: Verdict
    frame: blocks.AnswerFrame
    match: Match | None = None


#: Assets to choose from, each with who owns it in short.
#: A message is no longer than that many names.
_MOST_NAMED = 1_000
Choices: TypeAlias = tuple[tuple[AssetRecord, str], ...]


@dataclass(frozen=True, slots=True)
class SeveralAssets:
    """Several assets fit the question equally well; `left` more than there are to choose from.

    `lacks_repository` is True for a path that any repository may have, where none is named.
    """

    asked: str
    choices: Choices
    confidence: float
    left: int = 0
    lacks_repository: bool = False


@dataclass(frozen=True, slots=True)
class Missing:
    """The catalog has nothing that fits well enough; `choices` are suggestions, best first, perhaps none.

    `name` is what may be counted as asked for in vain; empty for a sentence, and for what is one person's. `is_asked`
    tells whether its owner was asked for in words. `names_nothing` is True where no word can be a name, as in "who owns
    this?", and `lacks_repository` for a path that any repository may have, where none is named.
    """

    asked: str
    choices: Choices
    confidence: float
    name: str
    names_nothing: bool
    is_asked: bool = False
    lacks_repository: bool = False


Found: TypeAlias = Answered | SeveralAssets | Missing


def answer(deps: Deps, snapshot: Snapshot, text: str, *, asker: str = "") -> Found | Meant | OnDay | Always:
    """Answer a question for the person with this Slack id, from memory: everything that is shown is decided here.

    The past is not in memory: what is asked of it is for `bot.services.history.recall`.
    """
    about = questions.read(snapshot, text, now=deps.clock.now(), asker=asker)
    if isinstance(about, Named) and about.is_literal:
        return _found(deps, snapshot, about, asker)
    found = _found(deps, snapshot, about, asker) if isinstance(about, Named) else about
    match found:
        case TeamsMeant(teams=(team,)):
            return TeamThings(team)
        case Missing(asked=name) if (meant := owner_at(snapshot, name)) is not None:
            return meant
        case Missing(asked=name) if name and (known := owner_called(snapshot, name)) is not None:
            return known
        case Answered() | Missing() if (said := team_said(snapshot, text)) is not None:
            if isinstance(found, Missing) or not _is_of(found.verdict, said):  # the growth team, and a service Growth
                return TeamThings(said)
    return found


def _is_of(verdict: Verdict, team: TeamRecord) -> bool:
    return isinstance(verdict, Owned) and any(each.team == team for each in verdict.owners)


def find(deps: Deps, snapshot: Snapshot, text: str) -> Found:
    """Answer a question that is known to be about an asset, for nobody in particular."""
    return _found(deps, snapshot, questions.named(snapshot, text), "")


def answer_for_asset(
    deps: Deps, snapshot: Snapshot, asset_id: int, *, area: Area | None, asker: str = "", shared_by: str = ""
) -> Answered:
    """Answer for one asset. Raises NotFoundError when it has left the catalog.

    `shared_by` is whoever shows the answer to everybody.
    """
    found = _answered(deps, snapshot, look_up(deps, snapshot, asset_id, area=area), asker)
    return replace(found, frame=replace(found.frame, is_shared=True, shared_by=shared_by)) if shared_by else found


def answer_for_message(
    deps: Deps, snapshot: Snapshot, says: Iterable[str], *, asker: str, is_in_links: bool = False
) -> Answered | Choices:
    """Answer for what the pieces of a message name: for one asset, or as choices; none when they name nothing.

    With `is_in_links`, for what only the addresses of their links name.
    """
    read = snapshot.directory.named_in_links if is_in_links else snapshot.directory.mentioned
    named = read(*says, limit=_MOST_NAMED)
    if len(named) == 1 and (asset := snapshot.asset(named[0].asset_id)) is not None:
        return _answered(deps, snapshot, _verdict(deps, snapshot, asset, named[0]), asker)
    verdicts = [look_up(deps, snapshot, match.asset_id, area=match.area) for match in named[: blocks.MOST_CHOICES]]
    rest = filter(None, (snapshot.asset(match.asset_id) for match in named[blocks.MOST_CHOICES :]))
    return (*((verdict.asset, _brief(verdict)) for verdict in verdicts), *((asset, "") for asset in rest))


def _found(deps: Deps, snapshot: Snapshot, named: Named, asker: str) -> Found:
    directory, resolution = snapshot.directory, named.resolution
    if isinstance(resolution, Match):
        asset = snapshot.asset(resolution.asset_id)
        if asset is not None:
            return _answered(deps, snapshot, _verdict(deps, snapshot, asset, resolution), asker, resolution)
        resolution = Nearest((), resolution.understood_as)
    asked = resolution.understood_as or directory.plain(named.text)
    assets = filter(None, (snapshot.asset(each.asset_id) for each in resolution.candidates))
    now = deps.clock.now()
    verdicts = (rules.verdict(asset, snapshot, now=now, stale_after=deps.stale_after) for asset in assets)
    choices = tuple((verdict.asset, _brief(verdict)) for verdict in verdicts)
    confidence = max((each.confidence for each in resolution.candidates), default=0.0)
    lacks_repository = directory.is_in_some_repository(asked)
    if isinstance(resolution, Several):
        return SeveralAssets(asked, choices, confidence, resolution.left, lacks_repository)
    name = directory.name_in(named.text, resolution.understood_as)
    kept = "" if directory.is_personal(named.text, name) else name
    is_asked = directory.asks_owner(named.text)
    return Missing(asked, choices, confidence, kept, not directory.asks_by_name(name), is_asked, lacks_repository)


def _verdict(deps: Deps, snapshot: Snapshot, asset: AssetRecord, match: Match) -> Verdict:
    """Return what is said of an asset as it was found: with what the other sections of its file say, too."""
    asset = _with_sections(snapshot, asset, match.also) if match.also else asset
    return rules.verdict(asset, snapshot, now=deps.clock.now(), stale_after=deps.stale_after, area=match.area)


def _answered(deps: Deps, snapshot: Snapshot, verdict: Verdict, asker: str, match: Match | None = None) -> Answered:
    """Decide what the person with this Slack id may do about an asset, as far as memory knows; a click checks again."""
    actor, claims = actors.remembered(snapshot, asker), verdict.asset.matters.claims
    may_withdraw, is_owner = _may_withdraw(snapshot, verdict, actor), may_confirm(verdict, actor)
    owned = verdict if isinstance(verdict, Owned) else None
    given_up, left = (owned.given_up, owned.left_behind) if owned is not None else ((), ())
    held = owned.holdings if owned is not None else ()
    # The part that nobody owns, where others own the rest.
    free = given_up[0].areas[0] if given_up else left[0].fact.area if left else None
    may_claim = any(free or not owns_already(verdict, team.id) for team in teams_to_claim_for(snapshot, actor))
    frame = blocks.AnswerFrame(
        understood_as="" if match is None or match.method in _OUTRIGHT else match.understood_as,
        may_confirm=is_owner,
        may_claim=may_claim and not may_withdraw,
        claims=free,
        may_withdraw=may_withdraw,
        # The same people may confirm it and give it up; what is inherited is given up where it comes from.
        may_release=is_owner and isinstance(verdict, Owned) and verdict.inherited_from is None,
        may_end=isinstance(verdict, rules.Disputed) and _may_end(deps, verdict, actor, asker),
        claim_to_answer=_claim_to_answer(deps, snapshot, verdict, actor, asker) if claims else None,
        is_guest=actor.is_guest,
        may_mark=isinstance(verdict, Unowned) and _may_mark(deps, snapshot, verdict, actor, asker),
        confirmers={who.id: who for each in held if (who := snapshot.person(each.fact.confirmed_by)) is not None},
        asked_by=tuple([team for each in claims if (team := snapshot.team(each.team_id)) is not None]),
        loan=_loan(snapshot, verdict, claims[0]) if claims else None,
        handoffs=statuses(verdict, snapshot),
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


def look_up(deps: Deps, snapshot: Snapshot, asset_id: int, *, area: Area | None = None) -> Verdict:
    """Return the verdict on one asset as of now. Raises NotFoundError when it has left the catalog."""
    asset = snapshot.asset(asset_id)
    if asset is None:
        raise NotFoundError("That is no longer in the catalog: ask again.")
    return rules.verdict(asset, snapshot, now=deps.clock.now(), stale_after=deps.stale_after, area=area)


def look_up_free(deps: Deps, snapshot: Snapshot, asset_id: int, *, area: Area | None = None) -> Verdict:
    """Return what `look_up` does, but that the rest of an asset is nobody's where its owner gave it up.

    Whoever owns a part of it stands for the whole in an answer, and nobody has to agree when somebody takes the rest.
    """
    said = look_up(deps, snapshot, asset_id, area=area)
    is_whole = area is None or area is Area.ALL
    if is_whole and isinstance(said, Owned) and any(Area.ALL in each.areas for each in said.given_up):
        return Unowned(asset=said.asset, others=said.holdings, release=said.given_up[0])
    return said


def may_confirm(verdict: Verdict, actor: Actor) -> bool:
    """Whether somebody may confirm an answer, as far as memory knows: as an owner of the area, or a part of a whole."""
    if not isinstance(verdict, Owned) or isinstance(verdict, rules.Orphaned):
        return False
    owned = verdict.holdings if verdict.area is None else verdict.owners
    owners = [holding.owner for holding in owned if holding.fact.role is Role.OWNER]
    return may(actor, Right.CONFIRM, Holders.of(*owners))


def claimants(snapshot: Snapshot, verdict: Verdict, actor: Actor) -> tuple[TeamRecord, ...]:
    """Return the teams for which somebody may claim an asset, as far as memory knows."""
    return tuple([team for team in teams_to_claim_for(snapshot, actor) if not owns_already(verdict, team.id)])


def teams_to_claim_for(snapshot: Snapshot, actor: Actor) -> tuple[TeamRecord, ...]:
    """Return the teams for which somebody may claim what nobody owns, as far as memory knows."""
    teams = snapshot.teams_of(actor.person_id) if actor.person_id is not None else ()
    return tuple([team for team in teams if may(actor, Right.CLAIM, Holders((team,)))])


def owns_already(verdict: Verdict, team_id: int) -> bool:
    """Whether a team owns an asset, or is a side of the dispute about which of several owns it."""
    if isinstance(verdict, rules.Disputed) and verdict.nobody is None:
        return any(holding.fact.team_id == team_id for holding in verdict.claims)
    return isinstance(verdict, Owned) and team_id in [holding.fact.team_id for holding in verdict.owners]


def _may_withdraw(snapshot: Snapshot, verdict: Verdict, actor: Actor) -> bool:
    """Whether a claim stands, or waits for its answer, that somebody's team has made, as far as memory knows."""
    claims = [fact.team_id for fact in verdict.asset.facts if fact.is_human and not fact.is_agreed]
    claims += [claim.team_id for claim in verdict.asset.matters.claims]
    if not claims:
        return False
    teams = tuple(team for team in map(snapshot.team, claims) if team is not None)
    return bool(teams) and may(actor, Right.WITHDRAW, Holders(teams))


def _may_mark(deps: Deps, snapshot: Snapshot, verdict: Unowned, actor: Actor, asker: str) -> bool:
    """Whether somebody may say that nobody owns it on purpose, as far as memory knows."""
    teams = tuple(team for team in map(snapshot.team, given_up_by(verdict.asset)) if team is not None)
    actor = replace(actor, is_catalog_admin=asker in deps.catalog_admins)
    return not verdict.others and may(actor, Right.MARK_UNOWNED, Holders(teams))


def _claim_to_answer(deps: Deps, snapshot: Snapshot, verdict: Verdict, actor: Actor, asker: str) -> int | None:
    """Return the first claim, by its matter's id, that somebody may answer, as far as memory knows; None for none."""
    decider = replace(actor, is_catalog_admin=asker in deps.catalog_admins)
    for claim in verdict.asset.matters.claims:
        team = snapshot.team(claim.team_id)
        said = look_up(deps, snapshot, verdict.asset.id, area=claim.area)
        if isinstance(said, rules.Orphaned):
            right, held = Right.SUCCEED, Holders((team,) if team is not None else ())
        else:
            owners = [each for each in claimed_by(said) if each.fact.team_id != claim.team_id]
            loans = [lent_by(snapshot, each, claim.team_id, said) for each in owners]
            answerers = (each.owner if loan is None else loan.lender for each, loan in zip(owners, loans, strict=True))
            right, held = Right.SETTLE, replace(Holders.of(*answerers), asked_by=claim.person_id)
        if may(decider, right, held):
            return claim.matter_id
    return None


def _may_end(deps: Deps, verdict: rules.Disputed, actor: Actor, asker: str) -> bool:
    """Whether somebody is of a side of a dispute, or decides for all, as far as memory knows."""
    owners = (each.owner for each in verdict.claims)
    return may(replace(actor, is_catalog_admin=asker in deps.catalog_admins), Right.SETTLE, Holders.of(*owners))


def given_up_by(asset: AssetRecord) -> list[int]:
    """Return the ids of the teams that have given up an asset, or a part of it."""
    releases = asset.nobody.releases if asset.nobody is not None else ()
    return [each.team_id for each in releases if each.team_id is not None]


def _loan(snapshot: Snapshot, verdict: Verdict, first: ClaimRecord) -> HandoffRecord | None:
    """Return the loan of what a team claims, so that nobody can answer that before its end."""
    borrowers = [each.fact.team_id for each in claimed_by(verdict)]
    loans = [
        loan for each in borrowers for loan in rules.loans_of(verdict.asset, snapshot, first.area, borrower_id=each)
    ]
    return next((each for each in loans if each.giver_team_id != first.team_id), None)


def claimed_by(verdict: Verdict) -> tuple[Holding, ...]:
    """Return those whom a source holds for owners: both sides of a dispute, also of one about whether anybody is."""
    if isinstance(verdict, rules.Disputed):
        return verdict.claims
    if isinstance(verdict, rules.UnownedOnPurpose):
        return tuple(holding for holding in verdict.others if holding.fact.role is Role.OWNER)
    return verdict.owners if isinstance(verdict, Owned) else ()


def lent_by(snapshot: Snapshot, held: Holding, team_id: int | None, verdict: Verdict) -> Loan | None:
    """Return the loan by which its owner has it from another team than `team_id`; None if there is none.

    What a team has lent itself is the borrower's to answer for.
    """
    for each in rules.loans_of(verdict.asset, snapshot, held.fact.area, borrower_id=held.fact.team_id):
        lender = snapshot.team(each.giver_team_id)
        if each.on is not None and each.giver_team_id != team_id and rules.has_somebody(lender, snapshot):
            return Loan(handoff_id=each.number, lender=Recipient(team=lender), borrower=held.name, until=each.on)
    return None
