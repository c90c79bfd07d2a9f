"""Who owns X: the command, the message shortcut, and the buttons of the answer."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

from bot.blocks import help as help_blocks
from bot.blocks import ownership as blocks
from bot.blocks import portfolio as portfolio_blocks
from bot.blocks.handoff_button import handoff_buttons
from bot.blocks.ownership import words as ownership_words
from bot.blocks.request_button import OPEN_TEXT, SUPPORT_TEXT, OpenValue, open_buttons, open_menu
from bot.blocks.text import Rendered, is_channel_id
from bot.blocks.values import encode, parse
from bot.domain.catalog import Area
from bot.domain.directory.courtesies import Courtesy
from bot.domain.directory.references import Refers, references
from bot.domain.ownership import Orphaned, Owned, areas_to_choose
from bot.domain.records import AssetRecord
from bot.errors import SlackError
from bot.ports import Ack
from bot.services import devops_team, history, misses, ownership, people, portfolio, questions
from bot.services.backlog import intake
from bot.services.context import Context
from bot.services.handoff import choices
from bot.services.history import Chronicle, Recalled
from bot.services.matters import doubts
from bot.services.ownership import Answered, Found, Missing, SeveralAssets
from bot.services.questions import (
    Always,
    AskerUnknown,
    Meant,
    NobodyCalled,
    NobodyMeant,
    NoQuestion,
    OnDay,
    PeopleMeant,
    PersonMeant,
    TeamsMeant,
    TeamThings,
)
from handlers import message_text, replies, share
from handlers.interaction import replace_answer, reply, seen_at, settle
from handlers.payloads import Action, Command, Event, Shortcut, Submission
from handlers.routes import Routes
from handlers.teams import person_card, team_card

log = logging.getLogger(__name__)

#: What may come of reading a question.
Understood: TypeAlias = Found | Meant | OnDay | Always

#: How long Slack may take to show the beginning of a thread, or to say what a channel is; somebody waits for it.
_THREAD_SECONDS = _CHANNEL_SECONDS = 5.0
#: What Slack says of conversations that the bot is not in.
_NOT_A_MEMBER = frozenset({"not_in_channel", "channel_not_found"})


def on_whoowns(command: Command, context: Context) -> Ack | Coroutine[Any, Any, Ack]:
    """Answer `/whoowns …` in the acknowledgement itself; only the past and people need more than memory."""
    text = command.text.strip()
    if not text:
        return replies.ephemeral(blocks.question_needed())
    if text == "?":
        return replies.ephemeral(help_blocks.whoowns_help())
    found = ownership.answer(context.deps, context.snapshot, text, asker=command.user_id)
    if isinstance(found, Missing):
        found = replace(found, is_asked=True)  # by the command
    if isinstance(found, Found):
        return replies.ephemeral(_found(context, found, command.user_id, ""))
    if isinstance(found, NoQuestion) and found.courtesy is Courtesy.GREETING:
        return replies.ephemeral(help_blocks.whoowns_help())
    return _more_than_memory(context, text, found, command.user_id)


async def _more_than_memory(context: Context, text: str, found: Meant | OnDay | Always, user_id: str) -> Ack:
    known = await with_references(context, text, found, user_id)
    return replies.ephemeral(await message(context, known, user_id))


async def with_references(context: Context, text: str, found: Understood, user_id: str) -> Understood:
    """Return what a question asks for, once Slack has said what the channel or user group is that it gives by its id.

    A catalog knows both by their names; Slack's own list of channels may be an hour old.
    """
    if not isinstance(found, NobodyMeant):
        return found
    reference = found.reference
    if reference.to is Refers.GROUP and not reference.label:
        text = await context.user_groups.labelled(text)
    elif reference.to is not Refers.CHANNEL or not await _is_new_channel(context, reference.id):
        return found
    return ownership.answer(context.deps, context.snapshot, text, asker=user_id)


async def _is_new_channel(context: Context, channel_id: str) -> bool:
    """Whether Slack lists a channel that Baton has not heard of; from then on it has."""
    if context.snapshot.is_shared(channel_id) is not None:
        return False
    try:
        async with asyncio.timeout(_CHANNEL_SECONDS):
            return await context.listings.meet_channel(channel_id)
    except (SlackError, TimeoutError) as error:
        log.warning("Slack did not say what a channel is: %s", error)
        return False


async def on_who_owns_this(shortcut: Shortcut, context: Context) -> Ack:
    """Answer for every asset that a message names, or else the one that its thread begins with; one person sees it."""
    said = await around(context, shortcut)
    await reply(context, shortcut.response_url, said, thread_ts=shortcut.thread_ts)
    return replies.nothing()


async def around(context: Context, about: Shortcut | Event) -> Rendered:
    """Return the answer for what a message carries, or else the first message of its thread.

    Where neither says a name, the addresses of their links may have one, and at last a team's channel or user group.
    """
    says, thread, user_id = about.says, blocks.Thread.NONE, about.user_id
    found = ownership.answer_for_message(context.deps, context.snapshot, says, asker=user_id)
    if not found and about.thread_ts:
        first, thread = await _thread_start(context, about)
        found = ownership.answer_for_message(context.deps, context.snapshot, first, asker=user_id)
        says = (*says, *first)
    if not found:
        found = ownership.answer_for_message(context.deps, context.snapshot, says, asker=user_id, is_in_links=True)
    if isinstance(found, Answered):
        return _answered(context, found, user_id)
    if not found:
        called = await _teams_called(context, says)
        return await message(context, called, user_id) if called is not None else blocks.mentioned_nothing(thread)
    return blocks.mentioned(found, open_menu(_requests(context, [asset for asset, _ in found], user_id)))


async def _teams_called(context: Context, says: Sequence[str]) -> Meant | None:
    """Return the teams whose channels or user groups a message gives; Slack is asked about one channel that is new."""
    labelled = [await context.user_groups.labelled(piece) for piece in says]
    channels = (each.id for piece in labelled for each in references(piece) if each.to is Refers.CHANNEL)
    unheard = next((each for each in channels if context.snapshot.is_shared(each) is None), None)
    if unheard is not None:
        await _is_new_channel(context, unheard)
    return questions.teams_called(context.snapshot, labelled)


def _requests(context: Context, assets: Sequence[AssetRecord], user_id: str) -> dict[str, OpenValue]:
    """Return what of several assets the DevOps team can be asked to help with, by their names."""
    if devops_team.teams_that_ask(context.deps, context.snapshot, user_id) is None:
        return {}
    found = {}
    for asset in assets[: blocks.MOST_CHOICES]:
        verdict = ownership.look_up(context.deps, context.snapshot, asset.id)
        offer = intake.offer(context.deps, context.snapshot, verdict, user_id)
        area = offer.area if offer is not None and offer.area else Area.ALL.value
        found[f"{asset.name} ({ownership_words.kind(asset)})"] = OpenValue(asset_id=asset.id, area=area)
    return found


async def _thread_start(context: Context, about: Shortcut | Event) -> tuple[tuple[str, ...], blocks.Thread]:
    """Return what the first message of the thread says, and whether Slack showed it."""
    try:
        async with asyncio.timeout(_THREAD_SECONDS):
            first = await context.slack.thread_start(about.channel_id, about.thread_ts)
    except (SlackError, TimeoutError) as error:
        code = error.code if isinstance(error, SlackError) else "timeout"
        log.warning("the beginning of a thread could not be read: %s", code)
        if code not in _NOT_A_MEMBER:
            return (), blocks.Thread.UNREAD
        # Nobody can invite Baton into a conversation between two people.
        return (), blocks.Thread.NOT_A_MEMBER if is_channel_id(about.channel_id) else blocks.Thread.NONE
    return message_text.pieces(first), blocks.Thread.READ


async def on_choose(action: Action, context: Context) -> Ack:
    """Put the answer for the chosen asset in the place of the choices."""
    await show_answer(context, action)
    return replies.nothing()


async def on_confirm(action: Action, context: Context) -> Ack:
    """Confirm the presser's own facts, then show the answer afresh."""
    asset_id, _ = parse(blocks.AssetValue, action.value)
    person_id = await people.identify(context.deps, context.slack, action.user_id)
    await doubts.confirm(context.deps, context.snapshot, asset_id=asset_id, person_id=person_id)
    await settle(context)
    await show_answer(context, action)
    return replies.nothing()


async def show_answer(context: Context, action: Action) -> None:
    """Put the answer for the asset that a button names, as its presser sees it, in the place of the message."""
    asset_id, area = parse(blocks.AssetValue, action.value)
    await replace_answer(context, action, answer_of_asset(context, asset_id, action.user_id, area=area))


def answer_of_asset(context: Context, asset_id: int, user_id: str, *, area: Area | None = None) -> Rendered:
    """Return the answer for an asset as somebody sees it. Raises NotFoundError when it is gone."""
    found = ownership.answer_for_asset(context.deps, context.snapshot, asset_id, area=area, asker=user_id)
    return _answered(context, found, user_id)


async def on_doubt(action: Action, context: Context) -> Ack:
    """Open the "Wrong owner?" modal; a trigger lives three seconds, so nothing else comes first."""
    asset_id, area = parse(blocks.AssetValue, action.value)
    verdict = ownership.look_up(context.deps, context.snapshot, asset_id, area=area)
    owner = ownership.names_of(verdict.owners) if isinstance(verdict, Owned) else ""
    metadata = encode(blocks.AssetForm(asset_id, area, action.response_url, *seen_at(action)))
    teams = doubts.teams_to_name(context.snapshot, verdict)
    areas = areas_to_choose(verdict)
    loan = doubts.loan_asked_about(context.snapshot, verdict)
    is_orphan = isinstance(verdict, Orphaned)
    view = blocks.doubt_view(
        verdict.asset, owner, metadata, area=area, areas=areas, teams=teams, loan=loan, is_orphan=is_orphan
    )
    await context.slack.open_view(action.trigger_id, view)
    return replies.nothing()


async def on_doubt_submitted(submission: Submission, context: Context) -> Ack:
    """Record the doubt, and say what happens next where the answer stood."""
    asset_id, area, response_url, channel_id, thread_ts = parse(blocks.AssetForm, submission.metadata)
    said = blocks.DOUBT_FORM.read(submission.values)
    with blocks.DOUBT_FORM.refusing():
        named = said.text(blocks.DOUBT_TEAM_FIELD)
        team_id = portfolio.team_called(context.snapshot, named).id if named else None
        person_id = await people.identify(context.deps, context.slack, submission.user_id)
        new = doubts.NewDoubt(
            asset_id=asset_id,
            person_id=person_id,
            area=said.get(blocks.DOUBT_AREA_FIELD) or area,
            reason=said.text(blocks.DOUBT_REASON_FIELD),
            team_id=team_id,
            channel_id=channel_id,
            thread_ts=thread_ts,
        )
        told = await doubts.doubt(context.deps, context.snapshot, new)
    await settle(context)
    await reply(context, response_url, blocks.doubt_recorded(told))
    return replies.nothing()


async def on_share(action: Action, context: Context) -> Ack:
    """Post the answer for everyone in the channel, in the thread when the question was asked in one."""
    asset_id, area = parse(blocks.AssetValue, action.value)
    found = ownership.answer_for_asset(context.deps, context.snapshot, asset_id, area=area, shared_by=action.user_id)
    await share.in_channel(context, action, blocks.answer(found.verdict, found.frame))
    return replies.nothing()


async def message(context: Context, found: Understood, user_id: str, *, channel_id: str = "") -> Rendered:
    """Return the answer to a question as a message; what is asked of the past is read from the store.

    `channel_id` is where others can read the question; empty for a command or a direct message.
    """
    match found:
        case OnDay() | Always():
            recalled = await history.recall(context.deps, context.snapshot, found)
            return _found(context, recalled, user_id, channel_id)
        case PersonMeant(person=person):
            return await person_card(context, person)
        case PeopleMeant(people=named):
            return portfolio_blocks.people_choices(named)
        case AskerUnknown():
            return portfolio_blocks.no_team()
        case TeamThings(team):
            return await team_card(context, team)
        case TeamsMeant(teams):
            return portfolio_blocks.team_choices(teams, portfolio_blocks.WHICH_TEAM)
        case NoQuestion():
            return blocks.nothing_asked()
        case NobodyCalled(name, named, teams):
            return portfolio_blocks.nobody_called(name, named, teams)
        case NobodyMeant(reference, is_sure):
            return blocks.unknown_reference(reference, is_sure=is_sure)
        case _:
            return _found(context, found, user_id, channel_id)


def _found(context: Context, found: Found | Recalled | Chronicle, user_id: str, channel_id: str) -> Rendered:
    """Return the answer about an asset, and remember what was asked for in vain."""
    match found:
        case Answered():
            return _answered(context, found, user_id)
        case Recalled(past, understood_as):
            return blocks.recalled(past, understood_as)
        case Chronicle(asset, held, understood_as):
            return blocks.chronicle(asset, held, understood_as)
        case SeveralAssets(choices=choices, left=left, lacks_repository=lacks_repository):
            return blocks.several(choices, left, lacks_repository=lacks_repository)
        case Missing(choices=(), names_nothing=True) if found.asked:
            return blocks.which_thing()
        case Missing(asked=asked, choices=choices, lacks_repository=lacks_repository):
            if found.name:
                remembering = _remember_miss(context, found, user_id, channel_id)
                context.background.start(remembering, what="miss log", is_optional=True)
            return blocks.unknown(choices, asked, lacks_repository=lacks_repository)


def _answered(context: Context, found: Answered, user_id: str) -> Rendered:
    """Return the answer with the next steps of other nouns.

    They ask the DevOps team for help with its area of something, or its library, and begin a handoff of what is split.
    """
    asset, steps = found.verdict.asset, []
    request = intake.offer(context.deps, context.snapshot, found.verdict, user_id)
    if request is not None:
        text = SUPPORT_TEXT if request.library_id is not None else OPEN_TEXT
        steps += open_buttons(request, text, label=asset.name)
    handoff = choices.next_step(context.snapshot, found.verdict, user_id)
    if handoff is not None:
        steps += handoff_buttons(handoff, asset.name)
    return blocks.answer(found.verdict, replace(found.frame, next_steps=steps) if steps else found.frame)


async def _remember_miss(context: Context, found: Missing, user_id: str, channel_id: str) -> None:
    """Count a name that nobody could answer; where Slack does not tell who can read the question, it is private."""
    is_public = False
    if channel_id:
        try:
            is_public = await context.slack.is_public_channel(channel_id)
        except SlackError as error:
            log.warning("Slack did not say whether a channel is public: %s", error)
    await misses.remember(context.deps, found.name, asker=user_id, is_public=is_public, is_asked=found.is_asked)


ROUTES = Routes(
    commands={"/whoowns": on_whoowns},
    actions={
        blocks.CONFIRM: on_confirm,
        blocks.DOUBT: on_doubt,
        blocks.SHARE: on_share,
        blocks.CHOOSE: on_choose,
    },
    submissions={blocks.DOUBT_VIEW: on_doubt_submitted},
    shortcuts={"who_owns_this": on_who_owns_this},
    reading=frozenset({blocks.CHOOSE, blocks.SHARE}),
)
