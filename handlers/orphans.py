"""Who takes what an owner who is gone has left behind, and who could own what nobody owns."""

from __future__ import annotations

from bot.blocks.ownership import AssetValue
from bot.blocks.ownership import orphans as blocks
from bot.blocks.recipients import said_to
from bot.blocks.text import Block
from bot.blocks.values import number, parse
from bot.services import orphan_heirs, orphans, owner_suggestions
from bot.services.context import Context
from bot.services.matters.admins import meet_admins
from handlers.interaction import decider, open_form, place_of, read_metadata, settle, show
from handlers.payloads import Action, Submission
from handlers.routes import Job, Routes


async def on_take(action: Action, context: Context) -> None:
    """Open the form that asks what a team takes of what an owner left behind."""
    await open_form(context, action, _form(action, context))


async def _form(action: Action, context: Context) -> Block:
    heir, by = parse(blocks.Heir, action.value), await decider(context, action.user_id)
    await meet_admins(context.deps, context.slack, context.snapshot)
    found = await orphan_heirs.form(context.deps, context.snapshot, heir, by=by)
    metadata = place_of(action).metadata(*heir)
    return blocks.take_view(found.gone, found.team, found.left, found.proposed, metadata, decider=found.decider)


async def on_taken(submission: Submission, context: Context) -> None:
    """Give a team what was chosen, or ask its lead; the question is redrawn."""
    subject, place = read_metadata(submission.metadata)
    is_asked = submission.callback_id == blocks.ASK_VIEW
    form, use = (blocks.ASK_FORM, orphan_heirs.ask) if is_asked else (blocks.TAKE_FORM, orphan_heirs.take)
    chosen = [number(each) for each in form.read(submission.values, submission.choices)[blocks.TAKEN]]
    heir, by = parse(blocks.Heir, subject), await decider(context, submission.user_id)
    with form.refusing():
        done = await use(context.deps, context.snapshot, heir, asset_ids=chosen, by=by)
    await settle(context)
    said = blocks.taken(done.team, done.assets)
    if isinstance(done, orphan_heirs.Asked):
        said = blocks.heir_told(done.team, done.assets, said_to([done.told]))
    await show(context, place, said.text)


async def on_refuse(action: Action, context: Context) -> None:
    """Remember that a team does not take what it was asked about; the question is redrawn."""
    heir, by = parse(blocks.Heir, action.value), await decider(context, action.user_id)
    await orphan_heirs.decline(context.deps, context.snapshot, heir, by=by)
    await settle(context)


async def on_suggest(action: Action, context: Context) -> None:
    """Open the view of who could own an asset."""
    asset_id, area = parse(AssetValue, action.value)
    await open_form(context, action, _view(context, blocks.SuggestedOwner(asset_id, 0, area), action.user_id))


async def on_accept(action: Action, context: Context) -> None:
    """Let a team own an asset that nobody owns."""
    chosen = parse(blocks.SuggestedOwner, action.value)
    taken = await owner_suggestions.accept(
        context.deps,
        context.snapshot,
        asset_id=chosen.asset_id,
        area=chosen.area,
        team_id=chosen.team_id,
        by=await decider(context, action.user_id),
    )
    await settle(context)
    await show(context, place_of(action), blocks.accepted(taken.team, taken.asset, chosen.area).text)


async def on_reject(action: Action, context: Context) -> None:
    """Remember that a team is no owner, and show who else could be."""
    chosen = parse(blocks.SuggestedOwner, action.value)
    by = await decider(context, action.user_id)
    await owner_suggestions.reject(
        context.deps, context.snapshot, asset_id=chosen.asset_id, team_id=chosen.team_id, by=by
    )
    await context.slack.update_view(action.view_id, await _view(context, chosen, action.user_id))


async def _view(context: Context, about: blocks.SuggestedOwner, user_id: str) -> Block:
    found = await owner_suggestions.suggested(
        context.deps, context.snapshot, asset_id=about.asset_id, area=about.area, asker=user_id
    )
    return blocks.suggestions_view(
        found.asset, found.area, found.suggestions, takers=found.takers, refusers=found.refusers
    )


async def look(context: Context) -> None:
    """Look for owners who are gone, and ask who takes what they left behind."""
    await orphans.look(context.deps, context.snapshot, context.portfolios, context.times)
    context.drainer.wake()


ROUTES = Routes(
    actions={
        blocks.TAKE: on_take,
        blocks.REFUSE: on_refuse,
        blocks.SUGGEST: on_suggest,
        blocks.ACCEPT: on_accept,
        blocks.REJECT: on_reject,
    },
    submissions={blocks.TAKE_VIEW: on_taken, blocks.ASK_VIEW: on_taken},
    reading=frozenset({blocks.SUGGEST, blocks.TAKE}),
)
JOBS: tuple[Job, ...] = (("look_for_orphans", 1, look),)
