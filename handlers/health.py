"""`/baton health`, the buttons beside its actions, and the month's post."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from bot.blocks import health as blocks
from bot.blocks import portfolio as portfolio_blocks
from bot.blocks.health import NextAction, Shown, ShowValue
from bot.blocks.text import Rendered
from bot.blocks.values import parse
from bot.domain.records import TeamRecord
from bot.domain.rights import Right, may
from bot.errors import NotFoundError
from bot.ports import Ack
from bot.services import actors, portfolio
from bot.services.context import Context
from handlers import ownership, pictures, replies
from handlers.backlog import questions as requests
from handlers.eol import questions as eol
from handlers.failures import failure
from handlers.interaction import answer_late, reply
from handlers.payloads import Action, Command
from handlers.routes import Job, Routes
from handlers.teams import team_card


def on_health(command: Command, context: Context, about: str) -> Ack:
    """Count behind the acknowledgement: at 100,000 assets that takes a second or two."""
    if about.casefold() == "picture":
        draw = partial(context.health.picture, context.pictures)
        pictures.begin(context, command, draw, what="health picture")
        return replies.ephemeral(blocks.drawing())
    team = context.snapshot.team_by_name(about.removeprefix("@")) if about else None
    if about and (team is None or team.is_gone):
        return replies.ephemeral(portfolio_blocks.unknown_team(about, portfolio.nearest_teams(context.snapshot, about)))
    answer = _answer(context, command.user_id, team)
    context.background.start(answer_late(context, command, answer), what="health report")
    return replies.nothing()


async def _answer(context: Context, user_id: str, team: TeamRecord | None) -> Rendered:
    """Return the report, or what went wrong, for whoever asked and would wait for it otherwise."""
    try:
        found = await context.health.report(team)
        actions = [_for_reader(context, user_id, each) for each in found.actions]
        return blocks.report(replace(found, actions=actions))
    except Exception as error:  # noqa: BLE001 - the reply boundary
        return failure(error, what="the health report")[1]


def _for_reader(context: Context, user_id: str, action: NextAction) -> NextAction:
    """Return an action as somebody reads it: with the button that they may press."""
    actor = actors.remembered(context.snapshot, user_id)
    held = actors.remembered_holders(context.snapshot, action.teams)
    if not action.teams or may(actor, Right.HAND_OVER, held):
        return action
    return action.for_others()


async def on_show(action: Action, context: Context) -> None:
    """Show to whoever pressed the button what an action is about, beside the report."""
    shown, number = parse(ShowValue, action.value)
    await reply(context, action.response_url, await _shown(context, shown, number, action), thread_ts=action.thread_ts)


async def _shown(context: Context, shown: Shown, number: int, action: Action) -> Rendered:
    match shown:
        case Shown.ASSET:
            return ownership.answer_of_asset(context, number, action.user_id)
        case Shown.REQUEST:
            return await requests.request(context, number, action.user_id)
    team = context.snapshot.team(number)
    if team is None or team.is_gone:
        raise NotFoundError("That team is no longer in the catalog: ask again with `/baton health`.")
    if shown is Shown.TEAM:
        return await team_card(context, team)
    return await eol.answer_of_team(context, team, action.user_id)


async def run(context: Context) -> None:
    """Keep the month's figures, and post the report when it is due."""
    await context.health.run()
    context.drainer.wake()


ROUTES = Routes(actions={blocks.SHOW: on_show}, reading=frozenset({blocks.SHOW}))
JOBS: tuple[Job, ...] = (("health", 1, run),)
