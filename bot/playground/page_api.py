"""What a person does on the page: one handler per action, each a JSON POST that calls the simulated Slack."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from aiohttp import web

from bot.playground._state import STATE_KEYS, blocks_of, chosen, find_element
from bot.playground.fake_slack import FakeSlack
from bot.playground.issues import PlaygroundIssues
from bot.playground.records import Json, MessageRef, PlaygroundError, PostedMessage, View, ViewRef

_Action = Callable[[FakeSlack, Json], Awaitable[Json]]
#: Moves the workspace's clock forward by a timedelta.
Mover = Callable[[timedelta], Awaitable[None]]


def _text(body: Json, key: str) -> str:
    value = body.get(key)
    if not isinstance(value, str) or not value:
        raise PlaygroundError(f"The request lacks “{key}”; reload the page.")
    return value


def _optional_text(body: Json, key: str) -> str | None:
    return _text(body, key) if body.get(key) else None


async def _message(fake: FakeSlack, body: Json) -> Json:
    user, channel, text = _text(body, "user"), _text(body, "channel"), _text(body, "text")
    thread_ts = _optional_text(body, "thread_ts")
    if not text.startswith("/"):
        return {"ts": (await fake.post(user, channel, text, thread_ts=thread_ts)).ts}
    if thread_ts:
        raise PlaygroundError("Slash commands do not work in threads: run it in the channel, or mention the app here.")
    await fake.run_command(user, channel, text)
    return {}


async def _shortcut(fake: FakeSlack, body: Json) -> Json:
    user, callback_id = _text(body, "user"), _text(body, "callback_id")
    if body.get("ts"):
        await fake.run_message_shortcut(user, _text(body, "channel"), _text(body, "ts"), callback_id)
    else:
        await fake.run_global_shortcut(user, callback_id)
    return {}


def _container(body: Json) -> MessageRef | ViewRef:
    container = body.get("container")
    if not isinstance(container, dict):
        raise PlaygroundError("The request does not say where the element stands; reload the page.")
    if container.get("kind") == "message":
        return MessageRef(_text(container, "channel"), _text(container, "ts"))
    return ViewRef(_text(container, "id"))


async def _act(fake: FakeSlack, body: Json) -> Json:
    ref, user, block_id = _container(body), _text(body, "user"), _optional_text(body, "block_id")
    _keep_typed(fake, user, ref, body.get("values") or [])
    await fake.act(user, ref, _text(body, "action_id"), block_id=block_id, value=body.get("value"))
    return {}


def _keep_typed(fake: FakeSlack, user: str, ref: MessageRef | ViewRef, fields: list[Json]) -> None:
    """Store the content of inputs in the container's state, which Slack sends with every action."""
    target: PostedMessage | View | None
    if isinstance(ref, MessageRef):
        target = next((m for m in _visible(fake, user, ref.channel) if m.ts == ref.ts), None)
    else:
        target = next((v for v in [*fake.view_stack(user), fake.home(user)] if v and v.id == ref.view_id), None)
    if target is None:
        return
    values = target.payload["state"]["values"] if isinstance(target, View) else target.state.setdefault(user, {})
    for field in fields:
        block, element = find_element(blocks_of(target), _text(field, "action_id"), block_id=field.get("block_id"))
        nothing: Any = [] if STATE_KEYS[element["type"]][0].endswith("s") else None
        value = nothing if field.get("value") is None else field.get("value")
        values.setdefault(block["block_id"], {})[element["action_id"]] = chosen(element, value)


def _visible(fake: FakeSlack, user: str, channel: str) -> list[PostedMessage]:
    stored = fake.workspace.messages.get(channel, {}).values()
    return [message for message in stored if message.ephemeral_for in (None, user)]


async def _submit(fake: FakeSlack, body: Json) -> Json:
    fields = body.get("values")
    if not isinstance(fields, list):
        raise PlaygroundError("The request lacks the form's values; reload the page.")
    values: dict[str, Any] = {
        f"{_text(each, 'block_id')}.{_text(each, 'action_id')}": each.get("value") for each in fields
    }
    await fake.submit_view(_text(body, "user"), _text(body, "view_id"), values)
    return {}


async def _close(fake: FakeSlack, body: Json) -> Json:
    await fake.close_view(_text(body, "user"), _text(body, "view_id"))
    return {}


async def _home(fake: FakeSlack, body: Json) -> Json:
    await fake.open_home(_text(body, "user"))
    return {}


async def _dm(fake: FakeSlack, body: Json) -> Json:
    return {"channel": (await fake.open_dm(_text(body, "user"))).id}


async def _react(fake: FakeSlack, body: Json) -> Json:
    await fake.react(_text(body, "user"), _text(body, "channel"), _text(body, "ts"), _text(body, "emoji").strip(":"))
    return {}


async def _edit(fake: FakeSlack, body: Json) -> Json:
    await fake.edit(_text(body, "user"), _text(body, "channel"), _text(body, "ts"), _text(body, "text"))
    return {}


async def _delete(fake: FakeSlack, body: Json) -> Json:
    await fake.delete(_text(body, "user"), _text(body, "channel"), _text(body, "ts"))
    return {}


def issue_action(issues: PlaygroundIssues) -> _Action:
    """Return the action that closes, reopens or comments on an issue."""

    async def act(_fake: FakeSlack, body: Json) -> Json:
        await issues.act(body)
        return {}

    return act


def clock_action(move: Mover) -> _Action:
    """Return the action that moves the clock by the `hours` of the request."""

    async def action(_fake: FakeSlack, body: Json) -> Json:
        hours = body.get("hours")
        if not isinstance(hours, int) or isinstance(hours, bool):
            raise PlaygroundError("The request does not say by how many hours; reload the page.")
        await move(timedelta(hours=hours))
        return {}

    return action


ACTIONS: dict[str, _Action] = {
    "message": _message,
    "shortcut": _shortcut,
    "act": _act,
    "view/submit": _submit,
    "view/close": _close,
    "home": _home,
    "dm": _dm,
    "react": _react,
    "edit": _edit,
    "delete": _delete,
}


def action_handler(fake: FakeSlack, action: _Action) -> Callable[[web.Request], Awaitable[web.Response]]:
    """Return the aiohttp handler of an action. An impossible action is an ordinary answer: `{"refused": sentence}`."""

    async def handle(request: web.Request) -> web.Response:
        try:
            body = json.loads(await request.read())
        except (ValueError, RecursionError):  # bytes that are no text are a ValueError, too
            return refusal(400, "The request is not JSON.")
        if not isinstance(body, dict):
            return refusal(400, "The request is not a JSON object.")
        try:
            _require_whole_characters(body)
            return web.json_response(await action(fake, body))
        except PlaygroundError as error:
            return web.json_response({"refused": str(error)})

    return handle


def _require_whole_characters(body: Json) -> None:
    """Raise PlaygroundError for half of a surrogate pair anywhere: no UTF-8 holds one, and so no delivery does."""
    try:
        json.dumps(body, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise PlaygroundError("That holds half of a character, which Slack refuses: type it again.") from None


def refusal(status: int, sentence: str) -> web.Response:
    """Return an error answer that the page shows unchanged."""
    return web.json_response({"error": sentence}, status=status)
