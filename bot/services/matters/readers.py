"""What somebody may do about a matter that they are shown in private, by what memory knows; a click checks again."""

from __future__ import annotations

from dataclasses import replace

from bot.blocks.text import mention
from bot.domain.ownership.matters import MatterCard, MatterKind, Reader, decides_alone, may_say
from bot.domain.recipients import Recipient
from bot.domain.rights import Holders, Right, may, why_not
from bot.services import actors
from bot.services.deps import Deps
from bot.services.matters.admins import has_admin
from bot.services.snapshot import Snapshot


def reader(deps: Deps, snapshot: Snapshot, card: MatterCard, slack_id: str) -> Reader:
    """Return what the person with this Slack id may press of a matter, and who may where they may not."""
    person = actors.remembered(snapshot, slack_id)
    admins = tuple(filter(None, (mention(each) for each in sorted(deps.catalog_admins) if each != slack_id)))
    actor = replace(person, is_catalog_admin=slack_id in deps.catalog_admins, admins=admins)
    right, held = _held(snapshot, card)
    refusal = why_not(actor, right, held)
    if card.kind is not MatterKind.DISPUTE:
        return Reader(may_answer=not refusal, refusal=refusal)
    own = frozenset(each.owner.key for each in card.sides if may(person, right, _holders(snapshot, card, each.owner)))
    way, decides = card.way_back, decides_alone(card.way_back, actor)
    teams = [Recipient(team=each) for each in snapshot.teams_of(actor.person_id)] if actor.person_id else []
    is_receiver = way is not None and way.receiver in teams
    return Reader(
        sides=frozenset(
            each.owner.key
            for each in card.sides
            if may_say(each.owner.key, own=own, asked=card.owner.key, is_admin=actor.is_catalog_admin)
            and (way is None or decides or each.owner != way.giver)
        ),
        may_pass_on=bool(own) and not decides and has_admin(deps, snapshot),
        is_giver=way is not None and way.giver in teams and not is_receiver,
        is_receiver=is_receiver,
        refusal=refusal,
    )


def _held(snapshot: Snapshot, card: MatterCard) -> tuple[Right, Holders]:
    """Return the right that is needed to end a matter, and who holds it."""
    if card.is_orphans:
        teams = [card.team] if card.team is not None else []
        return Right.SUCCEED, actors.remembered_holders(snapshot, teams, what=card.asset.name)
    return Right.SETTLE, _holders(snapshot, card, *(each.owner for each in card.sides))


def _holders(snapshot: Snapshot, card: MatterCard, *owners: Recipient) -> Holders:
    return actors.remembered_holders(
        snapshot,
        [each.team for each in owners if each.team is not None],
        people=[each.person for each in owners if each.person is not None],
        what=card.asset.name,
        asked_by=card.claimed_by,
    )
