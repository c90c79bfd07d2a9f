"""What the forms of handoffs offer to choose, and which handoff an answer suggests."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from bot.blocks.handoff_button import OpenHandoff, Way
from bot.domain import ownership as rules
from bot.domain.catalog import Area, AssetKind, Role
from bot.domain.handoff.family import left_behind
from bot.domain.handoff.status import records
from bot.domain.ownership import Disputed, Orphaned, Owned, Verdict, loans_of, taken_by
from bot.domain.portfolio import Portfolio
from bot.domain.records import AssetRecord, HandoffStage, TeamRecord
from bot.domain.rights import Actor, Holders, Right, may, require
from bot.errors import UserError
from bot.services import actors, inbound
from bot.services.deps import Deps
from bot.services.handoff.lists import InAnotherError
from bot.services.handoff.offers import owned_by
from bot.services.ownership import look_up
from bot.services.snapshot import Snapshot

#: What a form offers to tick at most.
_MOST = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferForm:
    """What a giver can hand over; `receiver_id` is the team that it most likely goes to.

    `library_id` is the one of `libraries` that most likely stays, because what is handed over was delivered with it.
    """

    giver: TeamRecord
    choices: list[tuple[AssetRecord, Area]]
    receivers: list[TeamRecord]
    receiver_id: int | None = None
    libraries: tuple[AssetRecord, ...] = ()
    library_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AskForm:
    """What another team has, and for which teams somebody may ask for it."""

    giver: TeamRecord
    teams: tuple[TeamRecord, ...]
    choices: list[tuple[AssetRecord, Area]]


def next_step(snapshot: Snapshot, verdict: Verdict, slack_id: str) -> OpenHandoff | None:
    """Return the handoff that somebody's team could begin with an asset that is split; None for all others.

    Whoever has the whole, or the application, asks for the rest; whoever has a part offers it to them.
    """
    if not isinstance(verdict, Owned) or not verdict.is_split or isinstance(verdict, Orphaned):
        return None
    person = snapshot.person_by_slack_id(slack_id)
    mine = {team.id for team in snapshot.teams_of(person.id)} if person is not None and person.is_active else set()
    owners = [held.fact.team_id for held in verdict.holdings if held.fact.role is Role.OWNER]
    if inbound.is_guest() or not mine & set(owners):
        return None
    main = _main(verdict)
    way = Way.ASK if main in mine and not mine >= set(owners) else Way.OFFER
    to = mine if way is Way.ASK else {main}
    able = (
        taken_by(verdict.asset, snapshot, held.fact.area, giver_id=held.fact.team_id, to=to) is None
        for held in verdict.holdings
        if held.fact.role is Role.OWNER
        and (held.fact.team_id in mine) is (way is Way.OFFER)
        and held not in verdict.left_behind  # nobody is there to offer it
    )
    return OpenHandoff(way, verdict.asset.id, main if way is Way.OFFER else None) if any(able) else None


def way_for(deps: Deps, snapshot: Snapshot, asset_id: int, slack_id: str) -> OpenHandoff:
    """Return what somebody does who names an asset: they offer it where it is their team's, else they ask for it."""
    suggested = next_step(snapshot, look_up(deps, snapshot, asset_id), slack_id)
    if suggested is not None:
        return suggested
    is_theirs = any(owned_by(deps, snapshot, team.id, [asset_id]) for team in _teams(snapshot, slack_id))
    return OpenHandoff(Way.OFFER if is_theirs else Way.ASK, asset_id)


def to_answer(snapshot: Snapshot, asset_id: int, slack_id: str) -> int | None:
    """Return the handoff of an asset, by its number, that somebody's team is asked to answer; None for no such one."""
    asset, teams = snapshot.asset(asset_id), {team.id for team in _teams(snapshot, slack_id)}
    for each in asset.matters.handoffs if asset is not None else ():
        asked = {HandoffStage.ASKED: each.giver_team_id, HandoffStage.OFFERED: each.receiver_team_id}.get(each.stage)
        if asked in teams:
            return each.number
    return None


def to_show(deps: Deps, snapshot: Snapshot, asset_id: int, slack_id: str) -> int | None:
    """Return the handoff that somebody who names an asset is shown, by its number; None where they can begin one.

    It is one that their team is asked to answer or, where there is nothing else to begin, one that it has asked for.
    """
    if (number := to_answer(snapshot, asset_id, slack_id)) is not None:
        return number
    if next_step(snapshot, look_up(deps, snapshot, asset_id), slack_id) is not None:
        return None
    asset, teams = snapshot.asset(asset_id), {team.id for team in _teams(snapshot, slack_id)}
    asked = (each for each in (asset.matters.handoffs if asset is not None else ()) if each.stage is HandoffStage.ASKED)
    return next((each.number for each in asked if each.receiver_team_id in teams), None)


def for_presser(deps: Deps, snapshot: Snapshot, about: OpenHandoff, slack_id: str) -> OpenHandoff:
    """Return what somebody begins with a button that both teams read: whoever is to receive it asks for it.

    Raises InAnotherError where they are asked to answer a handoff of it.
    """
    teams = {team.id for team in _teams(snapshot, slack_id)}
    if about.way is not Way.OFFER or about.asset_id is None or about.receiver_team_id not in teams:
        return about
    is_both = any(owned_by(deps, snapshot, each, [about.asset_id]) for each in teams - {about.receiver_team_id})
    if (number := to_answer(snapshot, about.asset_id, slack_id)) is not None:
        raise InAnotherError(number)
    return about if is_both else OpenHandoff(Way.ASK, about.asset_id, area=about.area)


def offer_form(deps: Deps, snapshot: Snapshot, portfolio: Portfolio, *, slack_id: str, about: OpenHandoff) -> OfferForm:
    """Return what the form of an offer shows: with an asset, it and what belongs together with it.

    Raises NotAllowedError for somebody whose teams do not own it, UserError for teams without anything to offer.
    """
    actor, teams = actors.remembered(snapshot, slack_id), _teams(snapshot, slack_id)
    asked = [about.asset_id] if about.asset_id is not None else []
    owners = [each for each in teams if owned_by(deps, snapshot, each.id, asked)]
    library_id = _library_of(snapshot, about)
    # A request may be about what is its team's already, or a shared library: what was delivered is something else then.
    if about.asset_id is None or library_id is not None or (about.request_id is not None and not owners):
        require(actor, Right.HAND_OVER, actors.remembered_holders(snapshot, teams))
        all_of = (_all_of(deps, snapshot, portfolio, team, but=library_id) for team in owners or teams)
        found = next(filter(None, all_of), None)
        if found is None:
            raise UserError("Your teams own nothing that could be handed over: name it, as in `/handoff payments-db`.")
    else:
        givers = [team for team in teams if team.id != about.receiver_team_id]
        found = _of_asset(deps, snapshot, portfolio, givers, actor, about.asset_id)
    giver, choices = found
    libraries = (asset for asset, _ in _owned(deps, snapshot, portfolio, giver) if asset.kind is AssetKind.LIBRARY)
    lender = _lender(deps, snapshot, about, giver)
    return OfferForm(
        giver=giver,
        choices=_unlent(snapshot, giver, choices, to=[lender.id] if lender is not None else ()),
        receivers=[lender] if lender is not None else sorted(snapshot.teams(), key=lambda team: team.name),
        receiver_id=(lender.id if lender is not None else None)
        or about.receiver_team_id
        or _likely_receiver(deps, snapshot, about, giver),
        libraries=tuple({asset.id: asset for asset in libraries}.values()),
        library_id=library_id,
    )


def _lender(deps: Deps, snapshot: Snapshot, about: OpenHandoff, giver: TeamRecord) -> TeamRecord | None:
    """Return the team that has lent the giver what is offered, which alone can have it; None for what is its own."""
    under_way = records(look_up(deps, snapshot, about.asset_id)) if about.asset_id is not None else ()
    lent = (each for each in under_way if each.stage is HandoffStage.LENT and each.receiver_team_id == giver.id)
    teams = (snapshot.team(each.giver_team_id) for each in lent if about.area in (None, each.area))
    return next((team for team in teams if rules.has_somebody(team, snapshot)), None)


def _library_of(snapshot: Snapshot, about: OpenHandoff) -> int | None:
    """Return the shared library that a request is about: its users ask for help with it, and it stays where it is."""
    asset = snapshot.asset(about.asset_id) if about.asset_id is not None and about.request_id is not None else None
    return asset.id if asset is not None and asset.kind is AssetKind.LIBRARY else None


def _likely_receiver(deps: Deps, snapshot: Snapshot, about: OpenHandoff, giver: TeamRecord) -> int | None:
    """Return the team that has the whole or the application of what is offered, or else of what that is a part of."""
    asset = snapshot.asset(about.asset_id) if about.asset_id is not None else None
    of_these = (asset.id, asset.parent_id) if asset is not None else ()
    found = (_main(look_up(deps, snapshot, each)) for each in of_these if each is not None)
    return next((each for each in found if each not in (None, giver.id)), None)


def ask_form(deps: Deps, snapshot: Snapshot, *, slack_id: str, asset_id: int, area: Area | None = None) -> AskForm:
    """Return what the form shows that asks for a handoff; of what was handed over and is disputed, that `area`.

    Raises NotAllowedError for somebody in no team, UserError where no other team owns anything of it alone, and
    InAnotherError where all that it has is lent to it by others.
    """
    actor, teams = actors.remembered(snapshot, slack_id), _teams(snapshot, slack_id)
    mine = tuple(team for team in teams if may(actor, Right.PUT_OFF, Holders((team,))))
    if not mine:
        require(actor, Right.CLAIM)
    if (back := _handed_over(look_up(deps, snapshot, asset_id, area=area), mine)) is not None:
        return back
    verdict = look_up(deps, snapshot, asset_id)
    main, own = _main(verdict), {team.id for team in mine}
    held = verdict.holdings if isinstance(verdict, Owned) else ()
    others = dict.fromkeys(each.team for each in held if each.fact.role is Role.OWNER and each.team is not None)
    givers = sorted(
        (each for each in others if each.id not in own and not each.is_gone), key=lambda team: team.id == main
    )
    found = [
        AskForm(giver=giver, teams=mine, choices=choices)
        for giver in givers
        if (choices := owned_by(deps, snapshot, giver.id, [asset_id]))
    ]
    for form in found:
        if any(taken_by(asset, snapshot, area, giver_id=form.giver.id, to=own) is None for asset, area in form.choices):
            return replace(form, choices=_unlent(snapshot, form.giver, form.choices, to=own))
    if found:  # what it is in is said where the form would open
        return replace(found[0], choices=_unlent(snapshot, found[0].giver, found[0].choices, to=own))
    raise UserError("No other team owns it alone, so there is nobody to ask: claim it with `/whoowns`.")


def _unlent(
    snapshot: Snapshot, giver: TeamRecord, choices: list[tuple[AssetRecord, Area]], *, to: Collection[int]
) -> list[tuple[AssetRecord, Area]]:
    """Return what of these a team can give to others, that is without what is lent to it by any team but `to`.

    Raises InAnotherError, with the loan, where that is nothing.
    """
    loans = {
        (asset.id, area): [
            each
            for each in loans_of(asset, snapshot, area, borrower_id=giver.id)
            if each.giver_team_id not in to and rules.has_somebody(snapshot.team(each.giver_team_id), snapshot)
        ]
        for asset, area in choices
    }
    left = [(asset, area) for asset, area in choices if not loans[asset.id, area]]
    if choices and not left:
        raise InAnotherError(next(filter(None, loans.values()))[0].number)
    return left


def _handed_over(verdict: Verdict, mine: tuple[TeamRecord, ...]) -> AskForm | None:
    """Return the form for what one of these teams handed over, where only a file that names it disputes that."""
    if not isinstance(verdict, Disputed) or verdict.nobody is not None:
        return None
    has = [each for each in verdict.claims if each.fact.is_agreed and each.team is not None]
    giver = has[0].team if has else None
    others = {each.fact.team_id for each in verdict.claims if giver is None or each.fact.team_id != giver.id}
    teams = tuple(team for team in mine if {team.id} == others)
    if giver is None or not teams:
        return None
    return AskForm(giver=giver, teams=teams, choices=[(verdict.asset, verdict.disputed_area)])


def _main(verdict: Verdict) -> int | None:
    """Return the team that has the whole of an asset, or its application."""
    if not isinstance(verdict, Owned):
        return None
    whole = (Area.ALL, Area.APPLICATION)
    return next((held.fact.team_id for held in verdict.owners if held.fact.area in whole), None)


def _teams(snapshot: Snapshot, slack_id: str) -> list[TeamRecord]:
    person = snapshot.person_by_slack_id(slack_id)
    return list(snapshot.teams_of(person.id)) if person is not None and person.is_active else []


def _owned(deps: Deps, snapshot: Snapshot, portfolio: Portfolio, team: TeamRecord) -> list[tuple[AssetRecord, Area]]:
    return owned_by(deps, snapshot, team.id, portfolio.of_team(team.id).owned[:_MOST])


def _all_of(
    deps: Deps, snapshot: Snapshot, portfolio: Portfolio, team: TeamRecord, *, but: int | None = None
) -> tuple[TeamRecord, list[tuple[AssetRecord, Area]]] | None:
    owned = [each for each in _owned(deps, snapshot, portfolio, team) if each[0].id != but]
    return (team, owned[:_MOST]) if owned else None


def _of_asset(
    deps: Deps,
    snapshot: Snapshot,
    portfolio: Portfolio,
    teams: list[TeamRecord],
    actor: Actor,
    asset_id: int,
) -> tuple[TeamRecord, list[tuple[AssetRecord, Area]]]:
    verdict = look_up(deps, snapshot, asset_id)
    held = verdict.holdings if isinstance(verdict, Owned) else ()
    owners = tuple(each.team for each in held if each.team is not None and each.fact.role is Role.OWNER)
    require(actor, Right.HAND_OVER, actors.remembered_holders(snapshot, owners, what=verdict.asset.name))
    for team in teams:
        if own := owned_by(deps, snapshot, team.id, [asset_id]):
            others = dict.fromkeys(asset for asset, _ in _owned(deps, snapshot, portfolio, team))
            family = left_behind([verdict.asset], others)
            return team, [*own, *owned_by(deps, snapshot, team.id, [asset.id for asset in family])][:_MOST]
    raise UserError("Your team does not own a part of it alone, so it cannot be handed over: look with `/whoowns`.")
