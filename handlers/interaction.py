"""Where a button was pressed, and what is shown there: another message in its place, a whisper, a form."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, NamedTuple

from bot.blocks import help as help_blocks
from bot.blocks import home as home_blocks
from bot.blocks.forms import loading_view
from bot.blocks.text import Block, Rendered
from bot.blocks.values import encode, parse
from bot.errors import SlackError
from bot.services import inbound, orphans, owner_questions, people, snapshot
from bot.services.actors import Decider
from bot.services.context import Context
from bot.services.inbound import Interaction
from bot.services.matters import disputes
from handlers.failures import failure
from handlers.payloads import Action, Command
from handlers.private_words import PrivateWords, fill

#: A form that takes longer to make than this is preceded by a loading view: its trigger lives three seconds.
PATIENCE_SECONDS = 1.0


class UnshownError(SlackError):
    """Slack did not take what was to be shown in a place. What was asked for is done, and `message` tells of it."""

    def __init__(self, refusal: SlackError, message: Rendered) -> None:
        super().__init__(refusal.code)
        self.refusal, self.message = refusal, message


@contextmanager
def showing(message: Rendered, *, is_told: bool = True) -> Iterator[None]:
    """Show a message in private to whoever asked if Slack refuses what is shown here.

    Without `is_told`, what is shown does not tell them as much.
    """
    current = inbound.interaction.get()
    if current is not None:
        current.owed = message
    try:
        yield
    except SlackError as error:
        raise UnshownError(error, message) from error
    if current is not None and is_told:
        current.owed, current.is_shown = None, True


class Place(NamedTuple):
    """`kind` is `message` (everybody sees it), `ephemeral` (only whoever asked), `view` (a modal) or empty for neither.

    `thread_ts` is set for a message in a thread; `address` is the response URL, or the modal's id.
    """

    kind: str = ""
    thread_ts: str = ""
    address: str = ""

    def metadata(self, *subject: int | str | None) -> str:
        """Return what a form carries to its submission: what it is about, ids and words, and this place."""
        return encode((encode(subject), *self))


class _Metadata(NamedTuple):
    subject: str
    kind: str = ""
    thread_ts: str = ""
    address: str = ""


async def decider(context: Context, slack_id: str) -> Decider:
    """Return who decides something, as `people.identify` knows them."""
    return Decider(await people.identify(context.deps, context.slack, slack_id), slack_id)


def name_of(context: Context, slack_id: str) -> str:
    """Return the name of somebody by their Slack id; empty for nobody that is known."""
    person = context.snapshot.person_by_slack_id(slack_id)
    return person.name if person is not None else ""


async def person_of(context: Context, slack_id: str) -> int:
    """Return the id of a person, whom memory knows by their account afterwards, too."""
    person_id = await people.identify(context.deps, context.slack, slack_id)
    if context.snapshot.person_by_slack_id(slack_id) is None:
        await snapshot.refresh(context.snapshot, context.deps.database)
    return person_id


async def settle(context: Context) -> None:
    """Send what a decision has left to send, let answers tell of it, and end the questions that it answers."""
    context.drainer.wake()
    await snapshot.refresh(context.snapshot, context.deps.database)
    if await disputes.end_over(context.deps, context.snapshot):
        await snapshot.refresh(context.snapshot, context.deps.database)
    await orphans.follow(context.deps, context.snapshot)
    await owner_questions.end_owned(context.deps, context.snapshot)
    context.drainer.wake()


def place_of(action: Action) -> Place:
    """Return where a button was pressed."""
    if action.response_url:
        return Place("ephemeral" if action.is_ephemeral else "message", action.thread_ts, action.response_url)
    return Place("view", address=action.view_id) if action.view_id else Place()


def seen_at(action: Action) -> tuple[str, str]:
    """Return the channel and the thread where others saw a button pressed; empty where nobody else could."""
    if action.is_ephemeral or not action.message_ts:
        return "", ""
    return action.channel_id, action.thread_ts or action.message_ts


def read_metadata(metadata: str) -> tuple[str, Place]:
    """Return what a form is about, as `bot.blocks.values` reads it, and the place from which it was opened."""
    subject, *place = parse(_Metadata, metadata)
    return subject, Place(*place)


async def show(
    context: Context, place: Place, note: str | Rendered, *, message: Rendered | None = None, view: Block | None = None
) -> None:
    """Show in a place what was done there.

    Where only its reader sees it, the `message` or the `view` takes the place of what was there; everywhere else, and
    without one, they read the `note`.
    """
    said = note if isinstance(note, Rendered) else Rendered(note)
    with showing(message if place.kind == "ephemeral" and message is not None else said):
        if place.kind == "view":
            await context.slack.update_view(place.address, view or home_blocks.notice(said.text))
        elif place.kind == "ephemeral" and message is not None:
            await context.slack.respond(place.address, {"replace_original": True, **message.as_body()})
        elif place.address:
            await context.slack.respond(place.address, ephemeral_body(said, thread_ts=place.thread_ts))


def ephemeral_body(message: Rendered, *, thread_ts: str = "") -> dict[str, object]:
    """Return what a response URL takes for a message that only its receiver sees."""
    body: dict[str, object] = {"response_type": "ephemeral", "replace_original": False, **message.as_body()}
    if thread_ts:
        body["thread_ts"] = thread_ts
    return body


async def replace_answer(context: Context, action: Action, message: Rendered) -> None:
    """Put a message in the place of the one whose button was pressed."""
    with showing(message):
        await context.slack.respond(action.response_url, {"replace_original": True, **message.as_body()})


async def reply(context: Context, response_url: str, message: Rendered, *, thread_ts: str = "") -> None:
    """Show a message to one person through a response URL, beside what is there."""
    with showing(message):
        await context.slack.respond(response_url, ephemeral_body(message, thread_ts=thread_ts))


async def answer_late(context: Context, command: Command, making: Coroutine[Any, Any, Rendered | None]) -> None:
    """Show the answer to a command whose acknowledgement was empty, whatever goes wrong; None if there is no answer."""
    asked = Interaction(command.trigger_id, may_decide=False, user_id=command.user_id)
    words = PrivateWords(context, asked, ":late")
    await words.hold(help_blocks.interrupted())
    task = asyncio.ensure_future(making)
    await words.hold_during(task)
    message = await task
    if message is not None:
        try:
            await context.slack.respond(command.response_url, ephemeral_body(message))
        except SlackError:  # a response URL ends, and breaks
            await words.say(message)
            return
    await words.drop()


async def whisper(context: Context, action: Action, message: Rendered, view: Block) -> None:
    """Show a message to whoever pressed a button, beside the message that has it, or the view where it is in a view."""
    if action.response_url:
        await reply(context, action.response_url, message, thread_ts=action.thread_ts)
    else:
        await show_view(context, action, view)


async def open_form(context: Context, action: Action, making: Coroutine[Any, Any, Block]) -> None:
    """Open a form at once, or a loading view first if the form takes a while to make.

    In a modal it is pushed on top. Errors in making the form are raised, unless the loading view is already open: then
    the view shows them.
    """
    task = asyncio.ensure_future(making)
    await asyncio.wait({task}, timeout=PATIENCE_SECONDS)
    if task.done():
        await show_view(context, action, task.result())
        return
    view_id = await _while_it_is_made(task, show_view(context, action, loading_view()))
    await _fill_later(context, view_id, task, what=action.action_id)


async def open_slowly(
    context: Context,
    trigger_id: str,
    making: Coroutine[Any, Any, Block],
    *,
    what: str,
    then: Callable[[str, str], Awaitable[None]] | None = None,
    below: str = "",
) -> None:
    """Open a loading view at once, and replace it by the form when that has been made.

    `then` is given the view's id and hash when the form is there. `below` is the modal that the trigger comes from,
    empty for none: it stays below.
    """
    task = asyncio.ensure_future(making)
    show_ = context.slack.push_view if below else context.slack.open_view
    view_id = await _while_it_is_made(task, show_(trigger_id, loading_view()))
    await _fill_later(context, view_id, task, then, what=what)


async def _while_it_is_made(making: asyncio.Future[Any], opening: Awaitable[str]) -> str:
    """Return the id of the loading view. If it cannot be opened, making the form is cancelled."""
    with ExitStack() as stack:
        stack.callback(making.cancel)
        view_id = await opening
        stack.pop_all()
    return view_id


async def show_view(context: Context, action: Action, view: Block) -> str:
    """Open a modal, on top of the one that the button is in, if it is in one."""
    if action.view_id:
        return await context.slack.push_view(action.trigger_id, view)
    return await context.slack.open_view(action.trigger_id, view)


async def _fill_later(
    context: Context,
    view_id: str,
    task: asyncio.Task[Block],
    then: Callable[[str, str], Awaitable[None]] | None = None,
    *,
    what: str,
) -> None:
    """Replace the loading view by the form when it has been made; tell whoever waits if that fails."""
    words = PrivateWords(context, inbound.interaction.get() or Interaction("", may_decide=False), ":form")
    await words.hold(help_blocks.no_form())
    context.background.start(_finish(context, view_id, task, words, then), what=what)


async def _finish(
    context: Context,
    view_id: str,
    task: asyncio.Task[Block],
    words: PrivateWords,
    then: Callable[[str, str], Awaitable[None]] | None,
) -> None:
    said = help_blocks.no_form()
    await words.hold_during(task)
    try:
        view = await task
    except Exception as error:  # noqa: BLE001 - the reply boundary
        _, said = failure(error, what="a form")
        view = home_blocks.notice(said.text)
    view_hash = await fill(context, view_id, view, words, said)
    if then is not None and view_hash is not None and task.exception() is None:
        await then(view_id, view_hash)
