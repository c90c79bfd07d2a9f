"""`/baton …`: help, what a team owns, and its calendar."""

from __future__ import annotations

from difflib import get_close_matches

from bot.blocks import help as help_blocks
from bot.blocks import portfolio as blocks
from bot.blocks.portfolio import with_turns
from bot.blocks.text import Rendered
from bot.blocks.values import parse
from bot.domain.records import TeamRecord
from bot.errors import NotFoundError
from bot.ports import Ack
from bot.services import portfolio
from bot.services.context import Context
from handlers import replies
from handlers.eol import calendars
from handlers.interaction import replace_answer
from handlers.payloads import Action, Command
from handlers.routes import Routes

#: What `/baton` understands.
WORDS = ("help", "team", "calendar")


async def on_baton(command: Command, context: Context) -> Ack:
    """Answer `/baton help`, `team [NAME]`, `calendar [NAME]`; anything else with what would have worked."""
    word, _, rest = command.text.strip().partition(" ")
    match word.casefold():
        case "" | "help":
            return replies.ephemeral(help_blocks.help_message())
        case "team":
            return replies.ephemeral(await _team(context, rest.strip(), command.user_id))
        case "calendar":
            return replies.ephemeral(await calendars.answer(context, rest.strip(), command.user_id))
        case other:
            nearest = get_close_matches(other, WORDS, n=1)
            return replies.ephemeral(help_blocks.unknown_word(command.text.strip(), nearest[0] if nearest else ""))


async def on_team(action: Action, context: Context) -> Ack:
    """Put a team, or another page of what it owns, in the place of the message whose button was pressed."""
    team_id, page = parse(blocks.TeamPage, action.value)
    team = context.snapshot.team(team_id)
    if team is None or team.is_gone:
        raise NotFoundError("That team is no longer in the catalog: ask again with `/baton team NAME`.")
    await replace_answer(context, action, await team_card(context, team, page))
    return replies.nothing()


async def _team(context: Context, name: str, user_id: str) -> Rendered:
    if name:
        team = context.snapshot.team_by_name(name.removeprefix("@"))
        if team is None or team.is_gone:
            return blocks.unknown_team(name, portfolio.nearest_teams(context.snapshot, name))
        return await team_card(context, team)
    person = context.snapshot.person_by_slack_id(user_id)
    teams = context.snapshot.teams_of(person.id) if person is not None else ()
    if not teams:
        return blocks.no_team()
    return await team_card(context, teams[0]) if len(teams) == 1 else blocks.team_choices(teams)


async def team_card(context: Context, team: TeamRecord, number: int = 0) -> Rendered:
    """Return what a team owns, one page of it."""
    current = await context.portfolios.current()
    card = portfolio.team_card(context.snapshot, current, team)
    listed = (*card.share.gaps, *(each for each in card.share.owned if each not in current.gaps))
    page = portfolio.page(context.deps, context.snapshot, listed, number, size=blocks.PAGE_SIZE)
    return blocks.team_card(card, page)


ROUTES = Routes(
    commands={"/baton": on_baton},
    actions=dict.fromkeys(with_turns(blocks.TEAM), on_team),
    reading=frozenset(with_turns(blocks.TEAM)),
)
