"""`/baton …`: help, what a team owns, its calendar, and the health report."""

from __future__ import annotations

from difflib import get_close_matches

from bot.blocks import help as help_blocks
from bot.blocks import portfolio as blocks
from bot.blocks.text import Rendered
from bot.ports import Ack
from bot.services import portfolio
from bot.services.context import Context
from handlers import attestation, health, replies
from handlers.eol import calendars
from handlers.payloads import Command
from handlers.routes import Routes
from handlers.teams import team_card

#: What `/baton` understands.
WORDS = ("help", "team", "health", "calendar", "attest")


async def on_baton(command: Command, context: Context) -> Ack:
    """Answer a word that `/baton` understands, with a name or without, or say what would have worked."""
    word, _, rest = command.text.strip().partition(" ")
    match word.casefold():
        case "" | "help":
            return replies.ephemeral(help_blocks.help_message())
        case "team":
            return replies.ephemeral(await _team(context, rest.strip(), command.user_id))
        case "health":
            return health.on_health(command, context, rest.strip())
        case "attest":
            return replies.ephemeral(await attestation.answer(context, rest.strip()))
        case "calendar":
            return replies.ephemeral(await calendars.answer(context, rest.strip(), command.user_id))
        case other:
            nearest = get_close_matches(other, WORDS, n=1)
            return replies.ephemeral(help_blocks.unknown_word(command.text.strip(), nearest[0] if nearest else ""))


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


ROUTES = Routes(commands={"/baton": on_baton})
