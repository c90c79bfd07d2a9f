"""A small app behind the simulated Slack, made to show every block, element and surface on the page."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs

from aiohttp import ClientSession, web
from kitchen_sink import everything, form, home, plain

Json = dict[str, Any]

MANIFEST: Json = {
    "display_information": {"name": "Baton"},
    "features": {
        "bot_user": {"display_name": "Baton"},
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True, "messages_tab_read_only_enabled": False},
        "slash_commands": [
            {"command": "/echo", "description": "Says it back", "usage_hint": "[words]", "should_escape": True},
            {"command": "/everything", "description": "Shows every block"},
            {"command": "/form", "description": "Opens a form", "usage_hint": "[title]"},
            {"command": "/press", "description": "A button for everybody"},
            {"command": "/silent", "description": "Never answers"},
        ],
        "shortcuts": [
            {
                "name": "Open a request",
                "type": "message",
                "callback_id": "open_request",
                "description": "From a message",
            },
            {"name": "New form", "type": "global", "callback_id": "new_form", "description": "From anywhere"},
        ],
    },
    "oauth_config": {
        "scopes": {"bot": ["chat:write", "commands", "app_mentions:read", "im:history", "im:write", "reactions:read"]}
    },
    "settings": {
        "event_subscriptions": {"bot_events": ["app_home_opened", "app_mention", "message.im", "reaction_added"]}
    },
}


class EchoApp:
    """Answers what it gets, and keeps it in `received` (interactions by their type, in order)."""

    def __init__(self, api_url: str, token: str) -> None:
        self._api_url = api_url
        self._token = token
        self._session: ClientSession | None = None
        self.actions: list[Json] = []
        self.submissions: list[Json] = []

    def web_app(self) -> web.Application:
        app = web.Application()
        app.router.add_post("/slack/events", self._on_post)
        return app

    async def close(self) -> None:
        if self._session:
            await self._session.close()

    async def call(self, method: str, **arguments: Any) -> Json:
        """Calls the Web API; a refusal is an error of the test."""
        if self._session is None:
            self._session = ClientSession(headers={"Authorization": f"Bearer {self._token}"})
        async with self._session.post(f"{self._api_url}{method}", json=arguments) as response:
            answer: Json = await response.json()
        assert answer["ok"], (method, answer)
        return answer

    async def _on_post(self, request: web.Request) -> web.Response:
        if request.content_type == "application/json":
            body = await request.json()
            await self._on_event(body.get("event", {}))
            return web.Response()
        fields = {key: values[0] for key, values in parse_qs(await request.text()).items()}
        if "payload" not in fields:
            return await self._on_command(fields)
        payload = json.loads(fields["payload"])
        handle = self._interactions()[payload["type"]]
        return await handle(payload)

    async def _on_event(self, event: Json) -> None:
        if event["type"] == "app_home_opened":
            await self.call("views.publish", user_id=event["user"], view=home(event["user"], presses=0))
        elif event["type"] == "app_mention":
            where = {"channel": event["channel"], "thread_ts": event.get("thread_ts", event["ts"])}
            await self.call("chat.postMessage", **where, text=f"You said: {event['text']}")

    async def _on_command(self, fields: dict[str, str]) -> web.Response:
        text = fields.get("text", "")
        command = fields["command"]
        if command == "/silent":
            return web.Response(status=500)
        if command == "/form":
            await self.call("views.open", trigger_id=fields["trigger_id"], view=form(text or "A form"))
            return web.Response()
        if command == "/press":
            button = {"type": "button", "action_id": "press", "value": "1", "text": plain("Press me")}
            blocks = [{"type": "actions", "block_id": "row", "elements": [button]}]
            return web.json_response({"response_type": "in_channel", "text": "Press it", "blocks": blocks})
        if command == "/everything":
            return web.json_response(
                {"text": "Everything", "blocks": everything(fields["user_id"], fields["channel_id"])}
            )
        return web.json_response({"text": f"You said: {text}"})

    def _interactions(self) -> dict[str, Callable[[Json], Awaitable[web.Response]]]:
        return {
            "block_actions": self._on_action,
            "view_submission": self._on_submission,
            "message_action": self._on_shortcut,
            "shortcut": self._on_shortcut,
            "view_closed": self._on_closed,
        }

    async def _on_action(self, payload: Json) -> web.Response:
        action = payload["actions"][0]
        self.actions.append(payload)
        if action["action_id"] == "press":
            blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": f"Pressed by <@{payload['user']['id']}>"}}]
            where = {"channel": payload["channel"]["id"], "ts": payload["container"]["message_ts"]}
            await self.call("chat.update", **where, text="Pressed", blocks=blocks)
        elif action["action_id"] == "home.press":
            user = payload["user"]["id"]
            await self.call("views.publish", user_id=user, view=home(user, presses=int(action["value"]) + 1))
        elif action["action_id"] == "push":
            await self.call("views.push", trigger_id=payload["trigger_id"], view=form("Second step"))
        elif action["action_id"] == "reveal":
            view = form("A form", revealed=True)
            await self.call("views.update", view_id=payload["view"]["id"], hash=payload["view"]["hash"], view=view)
        return web.Response()

    async def _on_submission(self, payload: Json) -> web.Response:
        self.submissions.append(payload)
        title = payload["view"]["state"]["values"].get("title", {}).get("title", {}).get("value")
        if title == "bad":
            return web.json_response({"response_action": "errors", "errors": {"title": "Not that title, please."}})
        await self.call("chat.postMessage", channel=payload["user"]["id"], text=f"Received: {title}")
        return web.Response()

    async def _on_shortcut(self, payload: Json) -> web.Response:
        about = payload.get("message", {}).get("text", "nothing")
        await self.call("views.open", trigger_id=payload["trigger_id"], view=form("A request", about=about))
        return web.Response()

    async def _on_closed(self, _payload: Json) -> web.Response:
        return web.Response()
