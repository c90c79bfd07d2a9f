"""Is it still yours? The buttons of the monthly list, and `/baton attest`."""

from __future__ import annotations

from collections.abc import Collection

from bot.blocks import portfolio as portfolio_blocks
from bot.blocks.ownership import AssetForm, AssetValue
from bot.blocks.ownership import attestation as blocks
from bot.blocks.ownership import releases as release_blocks
from bot.blocks.ownership.actions import ATTEST, NOT_OURS
from bot.blocks.text import Block, Rendered
from bot.blocks.values import encode, number, parse
from bot.services import attestation, people, portfolio, release
from bot.services.context import Context
from handlers.interaction import open_form, reply, seen_at, settle
from handlers.payloads import Action
from handlers.routes import Routes


async def on_attest(action: Action, context: Context) -> None:
    """Confirm all of the list that is still the team's."""
    person_id = await people.identify(context.deps, context.slack, action.user_id)
    names, before = await attestation.confirm_list(
        context.deps, context.snapshot, attestation_id=number(action.value), person_id=person_id
    )
    await settle(context)
    await reply(context, action.response_url, blocks.attested(names, before), thread_ts=action.thread_ts)


async def on_not_ours(action: Action, context: Context) -> None:
    """Open the form that gives one of them up."""
    await open_form(context, action, _form(action, context))


async def _form(action: Action, context: Context) -> Block:
    asset_id, area = parse(AssetValue, action.value)
    offer = await release.form(context.deps, context.snapshot, asset_id=asset_id, area=area, asker=action.user_id)
    metadata = encode(AssetForm(asset_id, area, *seen_at(action), action.response_url))
    return release_blocks.release_view(
        offer.asset, offer.owner, offer.areas, metadata, needs_confirmation=offer.needs_confirmation
    )


async def answer(context: Context, name: str) -> Rendered:
    """Return how far this quarter's confirmations have come, of the team that is named or of all."""
    team = context.snapshot.team_by_name(name.removeprefix("@")) if name else None
    if name and (team is None or team.is_gone):
        return portfolio_blocks.unknown_team(name, portfolio.nearest_teams(context.snapshot, name))
    current = await context.portfolios.current()
    return blocks.campaign(await attestation.campaign(context.deps, context.snapshot, current, team))


def used(context: Context, user_id: str, *, team_id: int | None, asset_ids: Collection[int]) -> None:
    """Take it for a confirmation, behind the acknowledgement, that somebody has acted on a message about these."""
    person = context.snapshot.person_by_slack_id(user_id)
    if person is None or team_id is None or not asset_ids:
        return
    work = attestation.confirm_by_use(
        context.deps, context.snapshot, asset_ids=asset_ids, team_id=team_id, person_id=person.id
    )
    context.background.start(work, what="confirmation by use", is_optional=True)


ROUTES = Routes(actions={ATTEST: on_attest, NOT_OURS: on_not_ours})
