"""Listeners of an organisation's own, as `BATON_LISTENERS` names them. `test_own_listeners.py` has them called."""

from __future__ import annotations

import asyncio
import sys
from typing import Any

from slack_bolt import BoltResponse
from slack_bolt.async_app import AsyncApp
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings

#: What was heard, in order.
HEARD: list[str] = []
#: What slow listeners wait for; each test has one of its own.
GO = asyncio.Event()


def register(app: AsyncApp) -> AsyncOAuthFlow:
    """Add the listeners to Bolt's app; return the flow whose pages Baton serves."""

    @app.command("/lunch")
    async def on_lunch(ack: Any, command: dict[str, Any]) -> None:
        await ack(f"Lunch: {command['text']}")

    @app.command("/broken")
    async def on_broken(_ack: Any) -> None:
        raise RuntimeError("no table is free")

    app.command("/dinner")(ack=on_lunch, lazy=[_served])

    @app.command("/slow")
    async def on_slow(ack: Any, command: dict[str, Any]) -> None:
        if command["text"] == "first":
            await ack("It takes a while.")
        await GO.wait()
        await ack("It took a while.")
        HEARD.append("slow")

    @app.middleware
    async def on_everything(body: dict[str, Any], next: Any) -> None:  # noqa: A002 - Bolt's name
        if body.get("text") == "raw":
            raise RuntimeError("no raw fish")
        if body.get("text") == "--help":
            sys.exit("usage: /lunch")
        if "slowly" in body.get("text", body.get("event", {}).get("text", "")):
            await GO.wait()
        await next()

    @app.message("brunch")
    async def on_brunch() -> None:
        await GO.wait()
        HEARD.append("brunch")

    @app.message("lunch")
    async def on_message(event: dict[str, Any]) -> None:
        HEARD.append(event["text"])

    @app.event("assistant_thread_started")
    @app.event("file_shared")
    @app.event("message")
    async def on_other(event: dict[str, Any]) -> None:
        HEARD.append(event.get("subtype") or event["type"])

    @app.event("reaction_removed")
    async def on_removed(event: dict[str, Any]) -> None:
        HEARD.append(event["reaction"])

    @app.event("reaction_added")
    async def on_added(event: dict[str, Any]) -> None:
        HEARD.append(event["reaction"])

    @app.event("user_profile_changed")
    async def on_profile(event: dict[str, Any]) -> None:
        HEARD.append(event["user"]["id"])

    @app.attachment_action("lunch_menu")
    @app.dialog_submission("lunch_dialog")
    async def on_old(ack: Any, body: dict[str, Any]) -> None:
        HEARD.append(body["type"])
        await ack()

    @app.view_closed("lunch_form")
    async def on_closed(ack: Any, view: dict[str, Any]) -> None:
        HEARD.append(view["callback_id"])
        await ack()

    @app.event("app_mention")
    async def on_mention(event: dict[str, Any]) -> None:
        HEARD.append(event["text"])

    _register_tea(app)
    _register_endings(app)
    _register_gate(app)
    settings = AsyncOAuthSettings(
        client_id="1.2", client_secret="s", user_scopes=["reminders:write"], state_validation_enabled=False
    )
    return AsyncOAuthFlow(settings=settings)


async def _served(respond: Any, command: dict[str, Any]) -> None:
    await respond(f"Served: {command['text']}")
    HEARD.append(f"served {command['text']}")
    if command["text"] == "nothing":
        raise RuntimeError("the kitchen is closed")
    if command["text"] == "the end":
        sys.exit("the kitchen is on fire")


def _register_tea(app: AsyncApp) -> None:
    async def is_for_later(body: dict[str, Any]) -> bool:
        if is_it := body.get("text") == "later":
            await GO.wait()
        return is_it

    @app.command("/tea", matchers=[is_for_later])
    async def on_tea(ack: Any) -> None:
        HEARD.append("tea")
        await ack("Tea.")


def _register_endings(app: AsyncApp) -> None:
    """Add listeners that end in ways in which Bolt does not expect them to."""

    @app.command("/end")
    async def on_end(ack: Any, command: dict[str, Any]) -> None:
        if command["text"] == "exit":
            sys.exit("a guest has left")
        if command["text"] == "cancelled":
            raise asyncio.CancelledError("an order was taken back")
        HEARD.append(command["text"])
        if command["text"] == "half":
            await ack("Half a \ud83c.")

    @app.action("end")
    async def on_end_pressed() -> None:
        HEARD.append("end pressed")


def _register_gate(app: AsyncApp) -> None:
    """Add middleware that lets some payloads go no further."""

    @app.middleware
    async def gate(body: dict[str, Any], ack: Any, next: Any) -> BoltResponse | None:  # noqa: A002 - Bolt's name
        match body.get("text", body.get("event", {}).get("text")):
            case "refused":
                return BoltResponse(status=401, body="Ask at the bar.")
            case "acknowledged":
                await ack("It is closed.")
            case "ignored":
                pass
            case _:
                await next()
        return None

    async def members_only(ack: Any, respond: Any, command: dict[str, Any]) -> None:
        if command["text"] == "politely":
            await ack("For members.")
        elif command["text"] == "later":
            await respond("For members only.")

    app.command("/bar", middleware=[members_only])(_served)
