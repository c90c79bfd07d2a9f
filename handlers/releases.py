"""The menu "⋯" of an answer: "We no longer own it", and "Unowned on purpose"."""

from __future__ import annotations

from datetime import timedelta

from bot.blocks.ownership import AssetForm
from bot.blocks.ownership import releases as blocks
from bot.blocks.recipients import said_to
from bot.blocks.text import Block
from bot.blocks.values import encode, number, parse
from bot.domain.trust import AccountStanding
from bot.errors import NotFoundError, UserError
from bot.services import ownership, people, release, release_expiry
from bot.services.context import Context
from bot.services.matters.admins import meet_admins
from handlers.interaction import decider, open_form, place_of, reply, seen_at, settle, show
from handlers.payloads import Action, Submission
from handlers.routes import Job, Routes

#: The day that the form proposes.
_PROPOSED = timedelta(days=180)


async def on_more(action: Action, context: Context) -> None:
    """Open the form that was chosen."""
    await open_form(context, action, _form(action, context))


async def _form(action: Action, context: Context) -> Block:
    verb, asset_id, area = parse(blocks.MoreValue, action.value)
    metadata = encode(AssetForm(asset_id, area, *seen_at(action), action.response_url))
    if verb == "release":
        await meet_admins(context.deps, context.slack, context.snapshot)
        offer = await release.form(context.deps, context.snapshot, asset_id=asset_id, area=area, asker=action.user_id)
        return blocks.release_view(
            offer.asset, offer.owner, offer.areas, metadata, needs_confirmation=offer.needs_confirmation
        )
    if verb == "unowned":
        asset = ownership.look_up(context.deps, context.snapshot, asset_id).asset
        until = (context.deps.clock.now() + _PROPOSED).date()
        return blocks.unowned_view(asset, metadata, reviewer=action.user_id, until=until)
    raise NotFoundError("That is from another version of Baton: ask again.")


async def on_released(submission: Submission, context: Context) -> None:
    """Give it up, or ask for that to be confirmed, and say so where the answer stood."""
    asset_id, area, *_, response_url = parse(AssetForm, submission.metadata)
    reason = blocks.RELEASE_FORM.read(submission.values)[blocks.RELEASE_REASON_FIELD]
    with blocks.RELEASE_FORM.refusing():
        person_id = await people.identify(context.deps, context.slack, submission.user_id)
        await meet_admins(context.deps, context.slack, context.snapshot)
        done = await release.release(
            context.deps, context.snapshot, asset_id=asset_id, area=area, person_id=person_id, reason=reason
        )
    await settle(context)
    if done.told is None:
        now = ownership.answer_for_asset(context.deps, context.snapshot, asset_id, area=area, asker=submission.user_id)
        said = blocks.released(done.asset, done.areas, done.owner, may_mark=now.frame.may_mark)
    else:
        said = blocks.release_asked(done.asset, done.areas, said_to([done.told]))
    await reply(context, response_url, said)


async def on_marked(submission: Submission, context: Context) -> None:
    """Mark it as unowned on purpose, and say until when."""
    asset_id, *_, response_url = parse(AssetForm, submission.metadata)
    answers = blocks.UNOWNED_FORM.read(submission.values)
    with blocks.UNOWNED_FORM.refusing():
        reviewer = answers.text(blocks.UNOWNED_REVIEWER_FIELD)
        if context.snapshot.standing(reviewer) is not AccountStanding.MEMBER:
            raise UserError("Choose a full member of the workspace as the reviewer.")
        marked = await release.mark_unowned(
            context.deps,
            context.snapshot,
            asset_id=asset_id,
            by=await decider(context, submission.user_id),
            reason=answers[blocks.UNOWNED_REASON_FIELD],
            reviewer_id=await people.identify(context.deps, context.slack, reviewer),
            until=answers[blocks.UNOWNED_UNTIL_FIELD],
        )
    await settle(context)
    await reply(context, response_url, blocks.marked(marked.asset, marked.until, marked.reviewer))


async def on_decision(action: Action, context: Context) -> None:
    """Confirm or refuse a release."""
    by, is_granted = await decider(context, action.user_id), action.action_id == blocks.RELEASE_CONFIRM
    await release.decide(context.deps, context.snapshot, release_id=number(action.value), by=by, is_granted=is_granted)
    await settle(context)


async def on_review(action: Action, context: Context) -> None:
    """Keep it unowned on purpose, or let it be a gap again."""
    by, is_kept = await decider(context, action.user_id), action.action_id == blocks.KEEP_UNOWNED
    done = await release.review(context.deps, context.snapshot, mark_id=number(action.value), by=by, is_kept=is_kept)
    await settle(context)
    asset, until = (done.asset, done.until) if isinstance(done, release.Marked) else (done, None)
    said = blocks.reviewed(asset, context.snapshot.person(by.person_id), until)
    await show(context, place_of(action), said.text)


async def end_unconfirmed(context: Context) -> None:
    """End the requests to give something up that nobody has confirmed in time."""
    await release_expiry.end_unconfirmed(context.deps, context.snapshot, context.times)
    context.drainer.wake()


ROUTES = Routes(
    actions={
        blocks.MORE: on_more,
        **dict.fromkeys((blocks.RELEASE_CONFIRM, blocks.RELEASE_REFUSE), on_decision),
        **dict.fromkeys((blocks.KEEP_UNOWNED, blocks.END_UNOWNED), on_review),
    },
    submissions={blocks.RELEASE_VIEW: on_released, blocks.UNOWNED_VIEW: on_marked},
)
JOBS: tuple[Job, ...] = (("end_unconfirmed_releases", 1, end_unconfirmed),)
