"""The forms that begin a handoff, offer it again, or add evidence."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from bot.blocks import handoff as blocks
from bot.blocks.forms import Form
from bot.blocks.handoff import forms
from bot.blocks.handoff.actions import ChosenResource, HandoffValue, OfferSubject
from bot.blocks.handoff_button import OpenHandoff, Way
from bot.blocks.text import Block, Rendered
from bot.blocks.values import number, parse
from bot.domain.catalog import Area
from bot.domain.handoff.handoffs import HandoffCard
from bot.domain.handoff.readiness import ReadinessItem
from bot.domain.rights import Right
from bot.errors import FieldError, FormError, NotFoundError, UserError
from bot.ports import Ack
from bot.services import portfolio, snapshot
from bot.services.context import Context
from bot.services.handoff import choices, lists, offers, readiness
from bot.services.handoff.lists import InAnotherError
from bot.services.handoff.offers import Begun, NewHandoff
from bot.services.handoff.readiness import NewEvidence
from bot.services.inbound import require_full_member
from bot.services.transfers import Resource
from handlers import replies
from handlers.handoff.gates import able, require_right, who_can
from handlers.interaction import Place, open_form, open_slowly, person_of, place_of, read_metadata, reply, show
from handlers.payloads import Action, Command, Submission


async def on_open(action: Action, context: Context) -> None:
    """Open the form that offers something, or asks for it."""
    about = parse(OpenHandoff, action.value)
    making = partial(_form, context, action.user_id, about, place_of(action))
    await open_form(context, action, or_the_other(context, action.user_id, making))


async def open_typed(command: Command, context: Context, about: OpenHandoff) -> None:
    """Open the form for somebody who has typed the command; a guest is told at once that they only read."""
    require_full_member()
    place = Place("ephemeral", address=command.response_url)
    making = or_the_other(context, command.user_id, partial(_form, context, command.user_id, about, place))
    await open_slowly(context, command.trigger_id, making, what="form of a handoff")


async def on_again(action: Action, context: Context) -> None:
    """Open the form that offers what was asked for, or was not accepted."""
    value = parse(HandoffValue, action.value)

    async def making() -> Block:
        card = await lists.one(context.deps, context.snapshot, value.handoff_id)
        require_right(context, action.user_id, card, Right.HAND_OVER)
        if not (card.is_draft or card.to_offer_again):
            raise offers.nothing_again(card)
        again = card.unanswered if card.is_draft else card.to_offer_again
        await lists.left_of(context.deps, [Resource(each.asset_id, each.area) for each in again], besides=card.id)
        return blocks.again_view(card, place_of(action).metadata(*value))

    await open_form(context, action, or_the_other(context, action.user_id, making))


async def on_evidence(action: Action, context: Context) -> None:
    """Open the form that adds evidence."""
    await open_about(action, context, Right.EVIDENCE, blocks.evidence_view)


async def open_about(action: Action, context: Context, right: Right, view: Callable[[HandoffCard, str], Block]) -> None:
    """Open a form about the handoff that a button names, for somebody who has a right to it."""
    handoff_id = number(action.value)

    async def making() -> Block:
        card = await lists.one(context.deps, context.snapshot, handoff_id)
        require_right(context, action.user_id, card, right)
        return view(card, place_of(action).metadata(handoff_id))

    await open_form(context, action, making())


async def on_offer_submitted(submission: Submission, context: Context) -> Ack:
    """Offer what was ticked."""
    subject, place = read_metadata(submission.metadata)
    giver_id, request_id = parse(OfferSubject, subject)
    said = forms.OFFER.read(submission.values, submission.choices)
    with _refusing(forms.OFFER):
        receiver = portfolio.team_called(context.snapshot, said[forms.RECEIVER])
        library = said.text(forms.LIBRARY)
        new = NewHandoff(
            giver_team_id=giver_id,
            receiver_team_id=receiver.id,
            resources=_resources(said[forms.RESOURCES]),
            person_id=await person_of(context, submission.user_id),
            terms=forms.terms_of(said),
            request_id=request_id,
            library_id=number(library) if library else None,
        )
        begun = await offers.offer(context.deps, context.snapshot, new)
    return await say_begun(context, place, begun)


async def on_ask_submitted(submission: Submission, context: Context) -> Ack:
    """Ask the owner for what was ticked."""
    subject, place = read_metadata(submission.metadata)
    said = forms.ASK.read(submission.values, submission.choices)
    with forms.ASK.refusing():
        new = NewHandoff(
            giver_team_id=parse(OfferSubject, subject).giver_team_id,
            receiver_team_id=said[forms.TEAM],
            resources=_resources(said[forms.RESOURCES]),
            person_id=await person_of(context, submission.user_id),
            terms=forms.terms_of(said),
        )
        begun = await offers.ask(context.deps, context.snapshot, new)
    return await say_begun(context, place, begun)


async def on_again_submitted(submission: Submission, context: Context) -> Ack:
    """Offer it, or offer it again."""
    subject, place = read_metadata(submission.metadata)
    value = parse(HandoffValue, subject)
    said = forms.AGAIN.read(submission.values, submission.choices)
    with _refusing(forms.AGAIN):
        ticked = [number(each) for each in said[forms.RESOURCES]]
        if not ticked:
            raise UserError("Choose what is handed over.")
        begun = await offers.offer_again(
            context.deps,
            context.snapshot,
            handoff_id=value.handoff_id,
            person_id=await person_of(context, submission.user_id),
            version=value.version,
            terms=forms.terms_of(said),
            resource_ids=ticked,
        )
    return await say_begun(context, place, begun)


async def on_evidence_submitted(submission: Submission, context: Context) -> None:
    """Record the evidence, and show the details with it."""
    subject, place = read_metadata(submission.metadata)
    said = forms.EVIDENCE.read(submission.values)
    with _refusing(forms.EVIDENCE):
        shown_by = said.text(forms.PERSON)
        new = NewEvidence(
            item=_item(said.text(forms.ITEM)),
            link=said.text(forms.LINK),
            shown_by=await person_of(context, shown_by) if shown_by else None,
            day=said.get(forms.DAY),
            not_applicable=said.text(forms.NOT_APPLICABLE),
        )
        person_id = await person_of(context, submission.user_id)
        card = await readiness.show(
            context.deps, context.snapshot, handoff_id=number(subject), person_id=person_id, new=new
        )
    context.drainer.wake()
    await show(context, place, "Noted.", view=blocks.details_view(card, able(context, submission.user_id, card)))


async def _form(context: Context, user_id: str, about: OpenHandoff, place: Place) -> Block:
    if context.snapshot.person_by_slack_id(user_id) is None:
        # The catalog may know them by their address: they are matched when they first act.
        await person_of(context, user_id)
    deps, known = context.deps, context.snapshot
    about = choices.for_presser(deps, known, about, user_id)
    if about.way is Way.ASK:
        if about.asset_id is None:
            raise NotFoundError("Name what you ask for, as in `/handoff payments-db`.")
        asks = choices.ask_form(deps, known, slack_id=user_id, asset_id=about.asset_id, area=about.area)
        metadata = place.metadata(*OfferSubject(asks.giver.id))
        choosable = await lists.free(deps, asks.choices)
        return blocks.ask_view(asks.giver, asks.teams, choosable, metadata, about=about)
    current = await context.portfolios.current()
    form = choices.offer_form(deps, known, current, slack_id=user_id, about=about)
    await lists.free(deps, [each for each in form.choices if each[0].id == about.asset_id])  # else it is in another
    return blocks.offer_view(
        form.giver,
        await lists.free(deps, form.choices),
        place.metadata(*OfferSubject(form.giver.id, about.request_id)),
        about=about,
        receivers=form.receivers,
        receiver=form.receiver_id,
        libraries=form.libraries,
        library=form.library_id,
    )


async def or_the_other(context: Context, user_id: str, making: Callable[[], Coroutine[Any, Any, Block]]) -> Block:
    """Return the form, or the handoff in which all is that would be put into a new one.

    `making` begins with this, so that nothing is left over where Slack opens no window for it.
    """
    try:
        return await making()
    except InAnotherError as error:
        shown = await show_one(context, error.handoff_id, user_id)
        return blocks.card_view(shown, is_in_its_place=True)


async def show_one(context: Context, handoff_id: int, user_id: str) -> Rendered:
    """Return a handoff as somebody sees it."""
    return seen_by(context, user_id, await lists.one(context.deps, context.snapshot, handoff_id))


def seen_by(context: Context, user_id: str, card: HandoffCard) -> Rendered:
    """Return a handoff as one person is shown it: with what they may press, or with who can."""
    draw = blocks.asked if card.is_draft else blocks.card
    return draw(card, able(context, user_id, card), who=who_can(context, user_id, card))


def teams_of(context: Context, user_id: str) -> list[int]:
    """Return the ids of somebody's teams."""
    person = context.snapshot.person_by_slack_id(user_id)
    return [team.id for team in context.snapshot.teams_of(person.id)] if person is not None else []


@contextmanager
def _refusing(form: Form) -> Iterator[None]:
    """Say at its field what cannot be, and anything else where the form does."""
    with form.refusing():
        try:
            yield
        except FieldError as error:
            if (at := forms.ASKED_AT[error.field]) not in form.fields:
                raise
            raise FormError({at.block_id: str(error)}) from error


def _resources(ticked: tuple[str, ...]) -> tuple[Resource, ...]:
    found = [parse(ChosenResource, each) for each in ticked]
    try:
        return tuple(Resource(each.asset_id, Area(each.area)) for each in found)
    except ValueError:
        raise NotFoundError("That is from another version of Baton: ask again.") from None


def _item(word: str) -> ReadinessItem:
    try:
        return ReadinessItem(word)
    except ValueError:
        raise UserError("Choose what it shows.") from None


async def say_begun(context: Context, place: Place, begun: Begun) -> Ack:
    """Say to whoever has begun a handoff how it stands, with the buttons that show it and take it back."""
    context.drainer.wake()
    await snapshot.refresh(context.snapshot, context.deps.database)
    message = blocks.begun(begun.card, begun.told)
    return await say(context, place, message)


async def say(context: Context, place: Place, message: Rendered) -> Ack:
    """Say something to whoever has submitted a form, where it was opened; from a modal, in its place."""
    if place.address and place.kind != "view":
        await reply(context, place.address, message, thread_ts=place.thread_ts)
        return replies.nothing()
    return replies.view(blocks.card_view(message))
