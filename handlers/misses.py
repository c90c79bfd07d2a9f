"""What catalog admins do about names that were asked for in vain."""

from __future__ import annotations

from bot.blocks import misses as blocks
from bot.blocks.text import Block
from bot.domain.catalog import AssetKind
from bot.errors import NotFoundError
from bot.services import missed_names
from bot.services.context import Context
from handlers import home
from handlers.interaction import decider, open_form, settle
from handlers.payloads import Action, Submission
from handlers.routes import Routes


async def on_add(action: Action, context: Context) -> None:
    """Open the form that adds it."""
    await open_form(context, action, _form(action, context))


async def on_alias(action: Action, context: Context) -> None:
    """Open the form that makes it another name of something."""
    await open_form(context, action, _form(action, context))


async def _form(action: Action, context: Context) -> Block:
    name = await missed_names.name_of(context.deps, action.value, slack_id=action.user_id)
    make = blocks.add_view if action.action_id == blocks.ADD else blocks.alias_view
    return make(action.value, name)


async def on_added(submission: Submission, context: Context) -> None:
    """Add it, then show the overview afresh."""
    answers = blocks.ADD_FORM.read(submission.values)
    with blocks.ADD_FORM.refusing():
        try:
            kind = AssetKind(answers.text(blocks.ADD_KIND_FIELD))
        except ValueError:
            raise NotFoundError("Choose what it is.") from None
        by = await decider(context, submission.user_id)
        name = answers[blocks.ADD_NAME_FIELD]
        await missed_names.add(context.deps, context.snapshot, submission.metadata, name=name, kind=kind, by=by)
    await _afresh(context, submission.user_id)


async def on_aliased(submission: Submission, context: Context) -> None:
    """Make it another name, then show the overview afresh."""
    of = blocks.ALIAS_FORM.read(submission.values)[blocks.ALIAS_OF_FIELD]
    with blocks.ALIAS_FORM.refusing():
        by = await decider(context, submission.user_id)
        await missed_names.make_alias(context.deps, context.snapshot, submission.metadata, of=of, by=by)
    await _afresh(context, submission.user_id)


async def on_ignore(action: Action, context: Context) -> None:
    """Leave it off the list, then show the overview afresh."""
    await missed_names.ignore(context.deps, action.value, by=await decider(context, action.user_id))
    await _afresh(context, action.user_id)


async def _afresh(context: Context, user_id: str) -> None:
    await settle(context)
    await home.publish(context, user_id)


ROUTES = Routes(
    actions={blocks.ADD: on_add, blocks.ALIAS: on_alias, blocks.IGNORE: on_ignore},
    submissions={blocks.ADD_VIEW: on_added, blocks.ALIAS_VIEW: on_aliased},
)
