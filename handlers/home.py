"""What happens when somebody opens the Home tab or presses its buttons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.blocks import home as blocks
from bot.blocks import portfolio as lists
from bot.blocks.backlog import MOST_OF_LANE, MOST_ON_HOME, RequestsOverview
from bot.blocks.handoff import MOST_ON_HOME as MOST_HANDOFFS
from bot.blocks.home import AssetGroup, Listed, Overview
from bot.blocks.portfolio import with_turns
from bot.blocks.text import Block, Rendered
from bot.blocks.values import parse
from bot.domain.eol.reports import Report
from bot.domain.portfolio import Gap, Portfolio
from bot.services import actors, devops_team, misses, ownership, portfolio
from bot.services.backlog import lists as lists_of_requests
from bot.services.context import Context
from bot.services.eol import questions, reports
from bot.services.handoff import lists as handoffs
from handlers.events import EventListener
from handlers.interaction import decider
from handlers.payloads import Action, Event
from handlers.routes import Routes

#: Assets of a list that the overview shows.
_SAMPLE = 5
#: Names asked for in vain that an admin sees at once.
_MOST_MISSED = 8
#: Titles of the lists that concern everybody.
_TITLES = {"unowned": "Nobody owns these", "disputed": "Disputed", "orphaned": "Their owner is gone"}
_MINE = "In your own name"
_OVERVIEW = Listed()


def is_opened(event: Event, _context: Context) -> bool:
    """Whether somebody has opened the Home tab, and not another of the app's."""
    return event.tab == "home" and bool(event.user_id)


async def on_home_opened(event: Event, context: Context) -> None:
    """Show the Home tab to whoever opened it, unless they have pressed one of its buttons in the meantime."""
    if event.at >= context.home_chosen_at.get(event.user_id, 0.0):
        await publish(context, event.user_id)


async def refuse(event: Event, context: Context, message: Rendered) -> None:
    """Say on the Home tab why it shows nothing."""
    await context.slack.publish_home(event.user_id, blocks.refusal(message.text))


async def on_show(action: Action, context: Context) -> None:
    """Show the list that a button names, or the overview again."""
    context.home_chosen_at[action.user_id] = action.at
    await publish(context, action.user_id, parse(Listed, action.value))


async def on_remove_miss(action: Action, context: Context) -> None:
    """Forget a name that was asked for in vain, then show the overview afresh."""
    await misses.remove(context.deps, action.value, by=await decider(context, action.user_id))
    await publish(context, action.user_id)


async def publish(context: Context, user_id: str, listed: Listed = _OVERVIEW) -> None:
    """Publish a person's Home tab: the overview, or the page of a list."""
    if listed.key == blocks.EOL:
        report = await _report(context, user_id)
        view = blocks.eol_listing(report, listed.page) if report else None
    else:
        view = await _listing(context, user_id, listed) if listed.key else None
    await context.slack.publish_home(user_id, view or await _overview(context, user_id))


async def _overview(context: Context, user_id: str) -> Block:
    snapshot, current = context.snapshot, await context.portfolios.current()
    person = snapshot.person_by_slack_id(user_id)
    teams = snapshot.teams_of(person.id) if person is not None else ()
    mine = current.of_person(person.id).owned if person is not None else ()
    attention = [
        replace(_group(context, key, _TITLES[key], _ids(current, key)), paths=current.paths(Gap(key)))
        for key in _TITLES
    ]
    home = Overview(
        teams=[portfolio.team_card(snapshot, current, team) for team in teams],
        mine=_group(context, "mine", _MINE, mine),
        attention=[group for group in attention if group.total],
        eol=await _report(context, user_id),
        requests=await _requests(context, person.id if person is not None else None),
        handoffs=(await handoffs.listed(context.deps, snapshot, [team.id for team in teams]))[:MOST_HANDOFFS],
        missed=await misses.shown_to(context.deps, snapshot, user_id, limit=_MOST_MISSED),
    )
    return blocks.overview(home)


async def _requests(context: Context, person_id: int | None) -> RequestsOverview:
    """Return what somebody and their teams wait for; for the DevOps team its backlog, too."""
    deps, snapshot = context.deps, context.snapshot
    if person_id is None or not devops_team.takes_requests(deps, snapshot):
        return RequestsOverview()
    mine = await lists_of_requests.mine(deps, snapshot, person_id, MOST_ON_HOME, are_over=False)
    if not devops_team.is_member(deps, snapshot, person_id):
        return RequestsOverview(mine=mine)
    return RequestsOverview(
        mine=mine,
        awaiting=await context.backlog.awaiting(person_id, MOST_ON_HOME),
        lanes=await context.backlog.lanes(person_id, MOST_OF_LANE),
    )


async def _report(context: Context, user_id: str) -> Report | None:
    """Return what of a person's teams reaches its end of life; None for somebody in no team."""
    subject = questions.mine(context.snapshot, user_id)
    return await reports.report_of(context.deps, context.watcher, subject) if subject is not None else None


async def _listing(context: Context, user_id: str, listed: Listed) -> Block | None:
    """Return the view of one list; None for a list that is not there, or no longer."""
    snapshot, current = context.snapshot, await context.portfolios.current()
    person = snapshot.person_by_slack_id(user_id)
    ids: Sequence[int]
    if listed.key == "team":
        team = snapshot.team(listed.number)
        if team is None or team.is_gone:
            return None
        share = current.of_team(team.id)
        title, ids = f"What {team.name} owns", (*share.owned, *share.helped)
    elif listed.key == "mine":
        title, ids = _MINE, current.of_person(person.id).owned if person is not None else ()
    elif listed.key in _TITLES:
        title, ids = _TITLES[listed.key], _ids(current, listed.key)
    else:
        return None
    shown = portfolio.page(context.deps, snapshot, ids, listed.page, size=lists.PAGE_SIZE)
    may_claim = bool(ownership.teams_to_claim_for(snapshot, actors.remembered(snapshot, user_id)))
    return blocks.listing(listed, title, shown, may_claim=may_claim)


def _ids(current: Portfolio, key: str) -> Sequence[int]:
    return {"unowned": current.unowned, "disputed": current.disputed, "orphaned": current.orphaned}[key]


def _group(context: Context, key: str, title: str, asset_ids: Sequence[int]) -> AssetGroup:
    first = portfolio.page(context.deps, context.snapshot, asset_ids, 0, size=_SAMPLE).verdicts
    return AssetGroup(key, title, len(asset_ids), first)


ROUTES = Routes(
    actions={**dict.fromkeys(with_turns(blocks.SHOW), on_show), blocks.REMOVE_MISS: on_remove_miss},
    events={"app_home_opened": EventListener(is_opened, on_home_opened, refuse, is_shown=True)},
    reading=frozenset(with_turns(blocks.SHOW)),
)
