"""Who takes what an owner who is gone has left behind, and who could own what nobody owns."""

from __future__ import annotations

from bot.blocks.ownership import AssetValue
from bot.blocks.ownership import orphans as blocks
from bot.blocks.text import Block
from bot.blocks.values import number, parse
from bot.ports import Ack
from bot.services import orphans, owner_suggestions
from bot.services.context import Context
from handlers import replies
from handlers.interaction import decider, open_form, place_of, read_metadata, settle, show
from handlers.payloads import Action, Submission
from handlers.routes import Job, Routes


async def on_take(action: Action, context: Context) -> Ack:
    """Open the form that asks what a team takes of what an owner left behind."""
    await open_form(context, action, _form(action, context))
    return replies.nothing()


async def _form(action: Action, context: Context) -> Block:
    heir = parse(blocks.Heir, action.value)
    found = await orphans.form(context.deps, context.snapshot, orphan_id=heir.orphan_id, team_id=heir.team_id)
    metadata = place_of(action).metadata(*heir)
    return blocks.take_view(found.gone, found.team, found.left, found.proposed, metadata)


async def on_taken(submission: Submission, context: Context) -> Ack:
    """Let a team have what was chosen; the question says so by itself."""
    subject, place = read_metadata(submission.metadata)
    orphan_id, team_id = parse(blocks.Heir, subject)
    chosen = blocks.TAKE_FORM.read(submission.values, submission.choices)[blocks.TAKEN]
    by = await decider(context, submission.user_id)
    with blocks.TAKE_FORM.refusing():
        taken = await orphans.take(
            context.deps,
            context.snapshot,
            orphan_id=orphan_id,
            team_id=team_id,
            asset_ids=[number(each) for each in chosen],
            by=by,
        )
    await settle(context)
    await show(context, place, blocks.taken(taken.team, taken.assets).text)
    return replies.nothing()


async def on_suggest(action: Action, context: Context) -> Ack:
    """Open the view of who could own an asset."""
    asset_id, area = parse(AssetValue, action.value)
    await open_form(context, action, _view(context, blocks.SuggestedOwner(asset_id, 0, area)))
    return replies.nothing()


async def on_accept(action: Action, context: Context) -> Ack:
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
    return replies.nothing()


async def on_reject(action: Action, context: Context) -> Ack:
    """Remember that a team is no owner, and show who else could be."""
    chosen = parse(blocks.SuggestedOwner, action.value)
    by = await decider(context, action.user_id)
    await owner_suggestions.reject(
        context.deps, context.snapshot, asset_id=chosen.asset_id, team_id=chosen.team_id, by=by
    )
    await context.slack.update_view(action.view_id, await _view(context, chosen))
    return replies.nothing()


async def _view(context: Context, about: blocks.SuggestedOwner) -> Block:
    found = await owner_suggestions.suggested(context.deps, context.snapshot, asset_id=about.asset_id, area=about.area)
    return blocks.suggestions_view(found.asset, found.area, found.suggestions)


async def look(context: Context) -> None:
    """Look for owners who are gone, and ask who takes what they left behind."""
    await orphans.look(context.deps, context.snapshot, context.portfolios, context.times)
    context.drainer.wake()


ROUTES = Routes(
    actions={
        blocks.TAKE: on_take,
        blocks.SUGGEST: on_suggest,
        blocks.ACCEPT: on_accept,
        blocks.REJECT: on_reject,
    },
    submissions={blocks.TAKE_VIEW: on_taken},
    reading=frozenset({blocks.SUGGEST, blocks.TAKE}),
)
JOBS: tuple[Job, ...] = (("look_for_orphans", 1, look),)
