"""`/baton calendar`: the address of a team's end-of-life dates, and its buttons."""

from __future__ import annotations

from bot.blocks import calendars as blocks
from bot.blocks import portfolio as lists
from bot.blocks.text import Rendered
from bot.blocks.values import parse
from bot.domain.records import TeamRecord
from bot.domain.rights import Right, require
from bot.errors import NotFoundError
from bot.services import actors, people, portfolio
from bot.services.context import Context
from bot.services.eol import calendars
from handlers.interaction import replace_answer
from handlers.payloads import Action

#: Where calendars are, below the address of the web server.
_PATH = "/calendar"


async def answer(context: Context, name: str, user_id: str) -> Rendered:
    """Return the address of a team's calendar, made now, or what is known of the one that the person has."""
    team = _team(context, name, user_id)
    if isinstance(team, Rendered):
        return team
    if not context.public_url:
        return blocks.no_address()
    person_id = await people.identify(context.deps, context.slack, user_id)
    there = await calendars.links_of(context.deps, team.id)
    own = next((link for link in there if link.person_id == person_id), None)
    if own is not None:
        return blocks.existing(team, own.created_at, own.id, others=len(there) - 1)
    return await _new(context, team, person_id)


async def on_renew(action: Action, context: Context) -> None:
    """Make a new address in the place of the presser's own."""
    team, link_id = _value(context, action)
    person_id = await people.identify(context.deps, context.slack, action.user_id)
    await replace_answer(context, action, await _new(context, team, person_id, instead_of=link_id))


async def on_revoke(action: Action, context: Context) -> None:
    """Take one address back."""
    team, link_id = _value(context, action)
    person_id = await people.identify(context.deps, context.slack, action.user_id)
    count = await calendars.revoke(context.deps, team_id=team.id, person_id=person_id, link_id=link_id)
    await replace_answer(context, action, blocks.revoked(team, count))


async def on_revoke_all(action: Action, context: Context) -> None:
    """Take all addresses of the team back."""
    team, _ = _value(context, action)
    person_id = await people.identify(context.deps, context.slack, action.user_id)
    count = await calendars.revoke(context.deps, team_id=team.id, person_id=person_id)
    await replace_answer(context, action, blocks.revoked(team, count))


async def _new(context: Context, team: TeamRecord, person_id: int, *, instead_of: int | None = None) -> Rendered:
    made = calendars.make(context.deps, team_id=team.id, person_id=person_id, instead_of=instead_of)
    token, link = await made
    others = len(await calendars.links_of(context.deps, team.id)) - 1
    return blocks.link(team, f"{context.public_url.rstrip('/')}{_PATH}/{token}.ics", link.id, others=others)


def _team(context: Context, name: str, user_id: str) -> TeamRecord | Rendered:
    """Return the team that is meant, or the answer that asks which. Raises NotAllowedError for a team of others."""
    person = context.snapshot.person_by_slack_id(user_id)
    own = context.snapshot.teams_of(person.id) if person is not None else ()
    if not name:
        if not own:
            return lists.no_team()
        return own[0] if len(own) == 1 else blocks.which_team(own)
    team = context.snapshot.team_by_name(name.lstrip("@#"))
    if team is None or team.is_gone:
        return lists.unknown_team(name, portfolio.nearest_teams(context.snapshot, name))
    held = actors.remembered_holders(context.snapshot, [team])
    require(actors.remembered(context.snapshot, user_id), Right.CALENDAR, held)
    return team


def _value(context: Context, action: Action) -> tuple[TeamRecord, int]:
    team_id, link_id = parse(blocks.LinkValue, action.value)
    team = context.snapshot.team(team_id)
    if team is None or team.is_gone:
        raise NotFoundError("That team is no longer in the catalog: ask again with `/baton calendar NAME`.")
    return team, link_id
