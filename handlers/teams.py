"""What a team or a person owns: its card, and the buttons that show it or turn its pages."""

from __future__ import annotations

from bot.blocks import portfolio as blocks
from bot.blocks.portfolio import with_turns
from bot.blocks.text import Rendered
from bot.blocks.values import parse
from bot.domain.records import PersonRecord, TeamRecord
from bot.errors import NotFoundError
from bot.services import portfolio
from bot.services.context import Context
from handlers.interaction import replace_answer
from handlers.payloads import Action
from handlers.routes import Routes


async def on_team(action: Action, context: Context) -> None:
    """Put a team, or another page of what it owns, in the place of the message whose button was pressed."""
    team_id, page = parse(blocks.TeamPage, action.value)
    team = context.snapshot.team(team_id)
    if team is None or team.is_gone:
        raise NotFoundError("That team is no longer in the catalog: ask again with `/baton team NAME`.")
    await replace_answer(context, action, await team_card(context, team, page))


async def team_card(context: Context, team: TeamRecord, number: int = 0) -> Rendered:
    """Return what a team owns, one page of it."""
    current = await context.portfolios.current()
    card = portfolio.team_card(context.snapshot, current, team)
    listed = (*card.share.gaps, *(each for each in card.share.owned if each not in current.gaps))
    page = portfolio.page(context.deps, context.snapshot, listed, number, size=blocks.PAGE_SIZE)
    return blocks.team_card(card, page)


async def on_person(action: Action, context: Context) -> None:
    """Put a person, or another page of what they own, in the place of the message whose button was pressed."""
    person_id, page = parse(blocks.PersonPage, action.value)
    person = context.snapshot.person(person_id)
    if person is None:
        raise NotFoundError("That person is no longer in the catalog: ask again.")
    await replace_answer(context, action, await person_card(context, person, page))


async def person_card(context: Context, person: PersonRecord, number: int = 0) -> Rendered:
    """Return what a person and their teams own, one page of the person's own."""
    current = await context.portfolios.current()
    owned = current.of_person(person.id).owned
    page = portfolio.page(context.deps, context.snapshot, owned, number, size=blocks.PERSON_PAGE_SIZE)
    return blocks.person_card(portfolio.person_card(context.snapshot, current, person), page)


ROUTES = Routes(
    actions={
        **dict.fromkeys(with_turns(blocks.TEAM), on_team),
        **dict.fromkeys(with_turns(blocks.PERSON), on_person),
    },
    reading=frozenset((*with_turns(blocks.TEAM), *with_turns(blocks.PERSON))),
)
