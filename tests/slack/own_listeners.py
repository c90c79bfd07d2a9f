"""Listeners of an organisation's own, as `BATON_LISTENERS` names them. `test_own_listeners.py` has them called."""

from __future__ import annotations

import asyncio
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings

#: What was heard, in order.
HEARD: list[str] = []
#: Set once the lazy listener has spoken.
SERVED = asyncio.Event()


def register(app: AsyncApp) -> AsyncOAuthFlow:
    """Add the listeners to Bolt's app; return the flow whose pages Baton serves."""

    @app.command("/lunch")
    async def on_lunch(ack: Any, command: dict[str, Any]) -> None:
        await ack(f"Lunch: {command['text']}")

    @app.command("/broken")
    async def on_broken(_ack: Any) -> None:
        raise RuntimeError("no table is free")

    async def later(respond: Any, command: dict[str, Any]) -> None:
        await respond(f"Served: {command['text']}")
        SERVED.set()

    app.command("/dinner")(ack=on_lunch, lazy=[later])

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

    @app.view_closed("lunch_form")
    async def on_closed(ack: Any, view: dict[str, Any]) -> None:
        HEARD.append(view["callback_id"])
        await ack()

    @app.event("app_mention")
    async def on_mention(event: dict[str, Any]) -> None:
        HEARD.append(event["text"])

    settings = AsyncOAuthSettings(
        client_id="1.2", client_secret="s", user_scopes=["reminders:write"], state_validation_enabled=False
    )
    return AsyncOAuthFlow(settings=settings)
