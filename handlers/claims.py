""" "We own this": the button on an answer, its modal, and taking a claim back."""

from __future__ import annotations

from bot.blocks import ownership as blocks
from bot.blocks.home import notice
from bot.blocks.text import Block
from bot.blocks.values import encode, parse
from bot.ports import Ack
from bot.services import claims, ownership, people
from bot.services.claims import AlreadyTheirs, Claimed, ClaimWords, Offered
from bot.services.context import Context
from handlers import home, replies
from handlers.interaction import open_form, person_of, reply, seen_at, settle, showing
from handlers.ownership import show_answer
from handlers.payloads import Action, Submission
from handlers.routes import Routes


async def on_claim(action: Action, context: Context) -> None:
    """Open the modal that asks for which team; a trigger lives three seconds, so little else comes first."""
    await open_form(context, action, _form(action, context))


async def _form(action: Action, context: Context) -> Block:
    asset_id, area = parse(blocks.AssetValue, action.value)
    if context.snapshot.person_by_slack_id(action.user_id) is None:
        # The catalog may know them by their address: they are matched when they first act.
        await person_of(context, action.user_id)
    offer = claims.form(context.deps, context.snapshot, asset_id=asset_id, area=area, asker=action.user_id)
    metadata = encode(blocks.AssetForm(asset_id, offer.area, action.response_url, *seen_at(action)))
    return blocks.claim_view(
        offer.asset,
        offer.owner,
        offer.teams,
        metadata,
        area=offer.area,
        areas=offer.areas,
        decides_heir=offer.decides_heir,
        loan=offer.loan,
    )


async def on_claim_submitted(submission: Submission, context: Context) -> Ack:
    """Record the claim, and say what it came to where the answer stood."""
    form = blocks.CLAIM_FORM if submission.callback_id == blocks.CLAIM_VIEW else blocks.CLAIM_OFFER_FORM
    asset_id, area, response_url, channel_id, thread_ts = parse(blocks.AssetForm, submission.metadata)
    said = form.read(submission.values)
    if form is blocks.CLAIM_OFFER_FORM:
        area = said.get(blocks.CLAIM_AREA_FIELD) or area
    asset = ownership.look_up(context.deps, context.snapshot, asset_id, area=area).asset
    with form.refusing():
        person_id = await people.identify(context.deps, context.slack, submission.user_id)
        outcome = await claims.claim(
            context.deps,
            context.snapshot,
            asset_id=asset_id,
            team_id=said[blocks.CLAIM_TEAM_FIELD],
            person_id=person_id,
            area=area,
            words=ClaimWords(
                slack_id=submission.user_id,
                reason=said.text(blocks.CLAIM_REASON_FIELD),
                channel_id=channel_id,
                thread_ts=thread_ts,
            ),
        )
    await settle(context)
    match outcome:
        case Claimed(team, is_final):
            receipt = blocks.claimed(asset, area, team, is_final=is_final)
        case Offered(team, owners, told):
            receipt = blocks.offered(asset, area, team, owners, [told])
        case AlreadyTheirs(team):
            receipt = blocks.already_theirs(asset, area, team)
    if response_url:
        await reply(context, response_url, receipt)
        return replies.nothing()
    with showing(receipt, is_told=False):
        await home.publish(context, submission.user_id)
    return replies.view(notice(receipt.text)) if isinstance(outcome, Offered) else replies.nothing()


async def on_withdraw(action: Action, context: Context) -> None:
    """Take the claims of the presser's teams back, then show the answer afresh."""
    asset_id, _ = parse(blocks.AssetValue, action.value)
    person_id = await people.identify(context.deps, context.slack, action.user_id)
    await claims.withdraw(context.deps, context.snapshot, asset_id=asset_id, person_id=person_id)
    await settle(context)
    await show_answer(context, action)


ROUTES = Routes(
    actions={blocks.CLAIM: on_claim, blocks.WITHDRAW: on_withdraw},
    submissions={blocks.CLAIM_VIEW: on_claim_submitted, blocks.CLAIM_OFFER_VIEW: on_claim_submitted},
)
