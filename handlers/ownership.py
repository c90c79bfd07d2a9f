"""Who owns X: the command, the message shortcut, and the buttons of the answer."""

from __future__ import annotations

import asyncio
import logging

from bot.blocks import help as help_blocks
from bot.blocks import ownership as blocks
from bot.blocks import portfolio as portfolio_blocks
from bot.blocks.text import Rendered, is_channel_id
from bot.blocks.values import encode, parse
from bot.domain.catalog import Area
from bot.domain.directory import Match
from bot.domain.directory.questions import asks_for_things
from bot.domain.ownership import Disputed, Owned, Verdict
from bot.domain.records import TeamRecord
from bot.errors import SlackError
from bot.ports import Ack
from bot.services import claims, history, misses, ownership, people, portfolio, references, snapshot
from bot.services.context import Context
from bot.services.history import Always, Chronicle, OnDay, Recalled
from bot.services.ownership import Answered, Found, Missing, SeveralAssets
from bot.services.references import Meant, NobodyMeant, PersonMeant, TeamsMeant
from handlers import message_text, replies, share
from handlers.baton import team_card
from handlers.interaction import ephemeral_body, replace_answer
from handlers.payloads import Action, Command, Event, Shortcut, Submission
from handlers.routes import Routes

log = logging.getLogger(__name__)

#: How long Slack may take to show the beginning of a thread; somebody waits for the answer.
_THREAD_SECONDS = 5.0
#: What Slack says of conversations that the bot is not in.
_NOT_A_MEMBER = frozenset({"not_in_channel", "channel_not_found"})


def whoowns_from_memory(command: Command, context: Context) -> Ack | None:
    """Answer `/whoowns …` in the acknowledgement itself; None for the few questions that need more than memory."""
    text = command.text.strip()
    if text.casefold() in ("", "help"):
        return replies.ephemeral(help_blocks.whoowns_help() if text else blocks.question_needed())
    if _beyond_memory(context, text) is not None:
        return None
    found = _find(context, text)
    if _team_whose_things(context, text, found) is not None:
        return None
    return replies.ephemeral(_found_message(context, found, command.user_id, ""))


async def on_whoowns(command: Command, context: Context) -> Ack:
    """Answer a `/whoowns …` that needs more than memory."""
    return replies.ephemeral(await answer(context, command.text.strip(), command.user_id))


async def on_who_owns_this(shortcut: Shortcut, context: Context) -> Ack:
    """Answer for every asset that a message names, or else the one that its thread begins with; one person sees it."""
    message = await _mentioned(context, shortcut)
    await context.slack.respond(shortcut.response_url, ephemeral_body(message, thread_ts=shortcut.thread_ts))
    return replies.nothing()


async def answer_around(context: Context, text: str, event: Event) -> Rendered | None:
    """Answer a question that points at something ("who owns this?") by what its message carries, or its thread.

    None for one that names what it asks about, and for one that has nothing around it.
    """
    if not (event.says or event.thread_ts) or _names_something(context, text):
        return None
    return await _mentioned(context, event)


def _names_something(context: Context, text: str) -> bool:
    """Whether a question has words in it that can be a name, or is answered as it stands."""
    if _beyond_memory(context, text) is not None:
        return True
    found = _missing(context, text)
    return found is None or context.snapshot.directory.asks_by_name(found.name)


async def _mentioned(context: Context, about: Shortcut | Event) -> Rendered:
    """Return the answer for what a message names, or else the first message of its thread."""
    directory, thread = context.snapshot.directory, blocks.Thread.NONE
    named = directory.mentioned(*about.says)
    if not named and about.thread_ts:
        said, thread = await _thread_start(context, about)
        named = directory.mentioned(*said)
    return _named(context, named, about.user_id) if named else blocks.mentioned_nothing(thread)


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
    asset_id, area = parse(blocks.AssetValue, action.value)
    message = asset_answer(context, asset_id, action.user_id, area=area)
    await replace_answer(context, action, message)
    return replies.nothing()


async def on_confirm(action: Action, context: Context) -> Ack:
    """Confirm the presser's own facts, then show the answer afresh."""
    asset_id, area = parse(blocks.AssetValue, action.value)
    person_id = await people.identify(context.deps, context.slack, action.user_id)
    await ownership.confirm(context.deps, context.snapshot, asset_id=asset_id, person_id=person_id)
    await snapshot.refresh(context.snapshot, context.deps.database)
    await replace_answer(context, action, asset_answer(context, asset_id, action.user_id, area=area))
    return replies.nothing()


async def on_doubt(action: Action, context: Context) -> Ack:
    """Open the "Wrong owner?" modal; a trigger lives three seconds, so nothing else comes first."""
    asset_id, area = parse(blocks.AssetValue, action.value)
    verdict = look_up(context, asset_id, area)
    owner = ownership.names_of(verdict.owners) if isinstance(verdict, Owned) else ""
    view = blocks.doubt_view(verdict.asset, owner, encode(blocks.AssetForm(asset_id, area, action.response_url)))
    await context.slack.open_view(action.trigger_id, view)
    return replies.nothing()


async def on_doubt_submitted(submission: Submission, context: Context) -> Ack:
    """Record the doubt, and say what happens next where the answer stood."""
    asset_id, area, response_url = parse(blocks.AssetForm, submission.metadata)
    reason = blocks.DOUBT_FORM.read(submission.values).text(blocks.DOUBT_REASON_FIELD)
    with blocks.DOUBT_FORM.refusing():
        person_id = await people.identify(context.deps, context.slack, submission.user_id)
        told = await ownership.doubt(
            context.deps, context.snapshot, asset_id=asset_id, area=area, person_id=person_id, reason=reason
        )
    context.drainer.wake()
    await snapshot.refresh(context.snapshot, context.deps.database)
    await context.slack.respond(response_url, ephemeral_body(blocks.doubt_recorded(told)))
    return replies.nothing()


async def on_share(action: Action, context: Context) -> Ack:
    """Post the answer for everyone in the channel, in the thread when the question was asked in one."""
    asset_id, area = parse(blocks.AssetValue, action.value)
    message = _render(
        context, look_up(context, asset_id, area), blocks.AnswerFrame(is_shared=True, shared_by=action.user_id)
    )
    await share.in_channel(context, action, message)
    return replies.nothing()


def named_in_vain(context: Context, text: str) -> str:
    """Return the words of a question that name nothing in the catalog; empty where it names something."""
    if _beyond_memory(context, text) is not None:
        return ""
    found = _missing(context, text)
    return found.asked if found is not None else ""


def _missing(context: Context, text: str) -> Missing | None:
    found = _find(context, text)
    return found if isinstance(found, Missing) else None


async def answer(context: Context, text: str, user_id: str, *, channel_id: str = "") -> Rendered:
    """Answer a question for one person: from memory, or from the store when it is about the past.

    `channel_id` is where others can read the question; empty for a command or a direct message.
    """
    match _beyond_memory(context, text):
        case None:
            here = _find(context, text)
            team = _team_whose_things(context, text, here)
            return await team_card(context, team) if team else _found_message(context, here, user_id, channel_id)
        case OnDay() | Always() as past:
            found = await history.recall(context.deps, context.snapshot, past)
        case meant:
            return await _referred(context, meant, text)
    if isinstance(found, Recalled):
        return blocks.recalled(found.past, found.understood_as)
    if isinstance(found, Chronicle):
        return blocks.chronicle(found.asset, found.held, found.understood_as)
    return _found_message(context, found, user_id, channel_id)


def _beyond_memory(context: Context, text: str) -> OnDay | Always | Meant | None:
    """Return what a question is about when its answer is not held in memory: the past, a team or a person."""
    past = history.about_the_past(context.snapshot, text, now=context.deps.clock.now())
    return references.meant(context.snapshot, text) if past is None else past


def _find(context: Context, text: str) -> Found:
    deps = context.deps
    return ownership.find(context.snapshot, text, now=deps.clock.now(), stale_after=deps.stale_after)


def _team_whose_things(context: Context, text: str, found: Found) -> TeamRecord | None:
    """Return the team that a question like "what does Payments own?" asks about; None for any other question."""
    if not isinstance(found, Missing) or not asks_for_things(text):
        return None
    team = context.snapshot.team_by_name(found.asked)
    return team if team is not None and not team.is_gone else None


def _found_message(context: Context, found: Found, user_id: str, channel_id: str) -> Rendered:
    """Return the answer, and remember what was asked for in vain."""
    if isinstance(found, Missing) and found.name and not _team_called(context, found.name):
        remembering = _remember_miss(context, found.name, user_id, channel_id)
        context.background.start(remembering, what="miss log", is_optional=True)
    return _render_found(context, found, user_id)


async def _remember_miss(context: Context, asked: str, user_id: str, channel_id: str) -> None:
    """Count a name that nobody could answer; where Slack does not tell who can read the question, it is private."""
    is_public = False
    if channel_id:
        try:
            is_public = await context.slack.is_public_channel(channel_id)
        except SlackError as error:
            log.warning("Slack did not say whether a channel is public: %s", error)
    await misses.remember(context.deps, asked, asker=user_id, is_public=is_public)


async def _referred(context: Context, meant: Meant, text: str) -> Rendered:
    """Return the answer about the team or the person that a question refers to."""
    match meant:
        case TeamsMeant(teams=(team,)) if asks_for_things(text):
            return await team_card(context, team)
        case TeamsMeant(teams=(team,)):
            return blocks.unknown((), team.name, team=team.name)
        case TeamsMeant(teams=teams):
            return portfolio_blocks.team_choices(teams, "Which of these teams do you mean?")
        case PersonMeant(person=person):
            owned = (await context.portfolios.current()).of_person(person.id).owned
            page = portfolio.page(context.deps, context.snapshot, owned, 0, size=portfolio_blocks.PAGE_SIZE)
            return portfolio_blocks.person_card(person, context.snapshot.teams_of(person.id), page, len(owned))
        case NobodyMeant(reference=reference):
            return blocks.unknown_reference(reference)


def asset_answer(context: Context, asset_id: int, user_id: str, *, area: Area | None) -> Rendered:
    """Return the answer for one asset as this person sees it."""
    verdict = look_up(context, asset_id, area)
    return _render(context, verdict, _frame(context, verdict, user_id))


def _render_found(context: Context, found: Found, user_id: str) -> Rendered:
    if isinstance(found, Answered):
        understood = ownership.worth_saying(found.match)
        return _render(context, found.verdict, _frame(context, found.verdict, user_id, understood_as=understood))
    choices = found.choices if isinstance(found, SeveralAssets) else found.nearest
    named = [(verdict.asset, _brief(verdict)) for _, verdict in choices]
    if isinstance(found, SeveralAssets):
        return blocks.several(named, found.asked)
    return blocks.unknown(named, found.asked, team=_team_called(context, found.asked))


def _team_called(context: Context, name: str) -> str:
    """Return the name of the team that answers to `name`, empty when there is none."""
    team = context.snapshot.team_by_name(name)
    return team.name if team is not None and not team.is_gone else ""


def _frame(context: Context, verdict: Verdict, user_id: str, *, understood_as: str = "") -> blocks.AnswerFrame:
    may_withdraw = claims.may_withdraw(context.snapshot, verdict, user_id)
    return blocks.AnswerFrame(
        understood_as=understood_as,
        may_confirm=ownership.confirmable(context.snapshot, verdict, user_id),
        may_claim=not may_withdraw and bool(claims.claimants(context.snapshot, verdict, user_id)),
        may_withdraw=may_withdraw,
    )


def _render(context: Context, verdict: Verdict, frame: blocks.AnswerFrame) -> Rendered:
    return blocks.answer(verdict, frame, confirmed_by=ownership.confirmer(context.snapshot, verdict))


def look_up(context: Context, asset_id: int, area: Area | None) -> Verdict:
    """Return the verdict on one asset as of now. Raises NotFoundError when it has left the catalog."""
    deps = context.deps
    return ownership.look_up(context.snapshot, asset_id, now=deps.clock.now(), stale_after=deps.stale_after, area=area)


def _named(context: Context, named: tuple[Match, ...], user_id: str) -> Rendered:
    if len(named) == 1:
        return asset_answer(context, named[0].asset_id, user_id, area=named[0].area)
    verdicts = [look_up(context, match.asset_id, match.area) for match in named]
    return blocks.mentioned([(verdict.asset, _brief(verdict)) for verdict in verdicts])


def _brief(verdict: Verdict) -> str:
    if isinstance(verdict, Owned):
        return ownership.names_of(verdict.owners)
    return "disputed" if isinstance(verdict, Disputed) else "nobody"


ROUTES = Routes(
    from_memory={"/whoowns": whoowns_from_memory},
    commands={"/whoowns": on_whoowns},
    actions={
        blocks.CONFIRM: on_confirm,
        blocks.DOUBT: on_doubt,
        blocks.SHARE: on_share,
        blocks.CHOOSE: on_choose,
    },
    submissions={blocks.DOUBT_VIEW: on_doubt_submitted},
    shortcuts={"who_owns_this": on_who_owns_this},
    reading=frozenset({blocks.CHOOSE}),
)
