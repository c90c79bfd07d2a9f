"""A small Slack of this suite's own: just enough of the Web API for Baton to live on, and faults that can be switched.

It shares no code with the playground's simulated Slack, so a misunderstanding there cannot hide here.
"""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

TEAM, APP, BOT_USER, BOT = "T1", "A1", "UBATON", "B1"
BOT_TOKEN = "xoxb-small-slack-0000-token"


@dataclass(frozen=True)
class Call:
    """One request to the small Slack. `path` is a method's name, or `response/…` for a response URL."""

    path: str
    arguments: dict[str, Any]


@dataclass
class Fault:
    """What happens instead of an answer: `status`, `refuse`, `hang`, `drop`, `take_and_drop`, `html`, or `answer`.

    `times` is how often; None means until it is taken away. `hang` goes on to answer after `seconds`. `html` is the
    answer of something between Baton and Slack, `answer` one that has `body` in it and nothing else.
    """

    kind: str
    times: int | None = 1
    status: int = 500
    code: str = ""
    seconds: float = 0
    retry_after: int = 1  #: what a 429 asks for, in seconds
    body: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class SmallSlack:
    """Serves on loopback at `port` (0: any) between `start` and `stop`."""

    port: int = 0
    users: dict[str, dict[str, Any]] = field(default_factory=dict)
    hidden: set[str] = field(default_factory=set)  #: known to users.info, not listed by users.list
    channels: dict[str, dict[str, Any]] = field(default_factory=dict)
    groups: dict[str, str] = field(default_factory=dict)  #: the handles of user groups by their ids
    calls: list[Call] = field(default_factory=list)
    posts: list[dict[str, Any]] = field(default_factory=list)  #: every message that was taken
    faults: dict[str, list[Fault]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._runner: web.AppRunner | None = None
        self._numbers = itertools.count(1)
        self._stopping = asyncio.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        app = web.Application(client_max_size=8 * 1024 * 1024)
        self.add_routes(app)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1, handle_signals=False)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port).start()
        self.port = self._runner.addresses[0][1]

    def add_routes(self, app: web.Application) -> None:
        app.router.add_route("*", "/api/{method}", self._on_method)
        app.router.add_post("/response/{number}", self._on_response_url)

    def token_for(self, _method: str) -> str:
        return BOT_TOKEN

    async def stop(self) -> None:
        self._stopping.set()
        if self._runner is not None:
            await self._runner.cleanup()

    def add_user(self, user_id: str, *, is_listed: bool = True, **rest: Any) -> None:
        handle = user_id[1:].lower()
        profile = {"real_name": handle.title(), "display_name": handle, "email": f"{handle}@example.test"}
        basics = {"id": user_id, "team_id": TEAM, "name": handle, "deleted": False, "is_bot": False, "tz": "UTC"}
        self.users[user_id] = basics | {"profile": profile} | rest
        if not is_listed:
            self.hidden.add(user_id)

    def add_channel(self, channel_id: str, name: str, **rest: Any) -> None:
        basics = {"id": channel_id, "name": name, "is_channel": True, "is_member": True, "is_archived": False}
        self.channels[channel_id] = basics | rest

    def fault(self, path: str, kind: str, **options: Any) -> None:
        """Let calls of a method go wrong; `*` means every method, `response` every response URL."""
        self.faults.setdefault(path, []).append(Fault(kind, **options))

    def heal(self) -> None:
        self.faults.clear()

    def response_url(self) -> str:
        return f"{self.url}/response/{next(self._numbers)}"

    def said_at(self, response_url: str) -> list[dict[str, Any]]:
        path = response_url.removeprefix(self.url + "/")
        return [call.arguments for call in self.calls if call.path == path]

    def called(self, path: str) -> list[dict[str, Any]]:
        return [call.arguments for call in self.calls if call.path == path]

    def everything(self) -> str:
        """All that Baton ever sent here, as one text."""
        return json.dumps([call.arguments for call in self.calls], ensure_ascii=False)

    def _next_fault(self, path: str) -> Fault | None:
        for name in (path, "*"):
            waiting = self.faults.get(name)
            if not waiting:
                continue
            first = waiting[0]
            if first.times is not None:
                first.times -= 1
                if first.times <= 0:
                    waiting.pop(0)
            return first
        return None

    async def _on_response_url(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        broken = await self._go_wrong(request, self._next_fault("response"))
        if broken is not None:
            return broken
        self.calls.append(Call(f"response/{request.match_info['number']}", body))
        return web.Response(text="ok")

    async def _on_method(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        arguments = await _arguments(request)
        fault = self._next_fault(method)
        if fault is not None and fault.kind == "take_and_drop":
            self.calls.append(Call(method, arguments))
            self._answer(method, arguments)
        broken = await self._go_wrong(request, fault)
        if broken is not None:
            return broken
        self.calls.append(Call(method, arguments))
        if request.headers.get("Authorization") != f"Bearer {self.token_for(method)}":
            return web.json_response({"ok": False, "error": "invalid_auth"})
        return web.json_response(self._answer(method, arguments), headers={"x-oauth-scopes": "chat:write"})

    async def _go_wrong(self, request: web.Request, fault: Fault | None) -> web.StreamResponse | None:
        """Carry a fault out; None where the call is answered after all."""
        if fault is None:
            return None
        if fault.kind == "hang":
            try:
                await asyncio.wait_for(self._stopping.wait(), fault.seconds)
            except TimeoutError:
                return None
        if fault.kind == "answer":
            return web.json_response({"ok": True, **fault.body})
        if fault.kind == "html":
            return web.Response(text="<html>A proxy says hello.</html>", content_type="text/html")
        if fault.kind == "refuse":
            return web.json_response({"ok": False, "error": fault.code})
        if fault.kind == "status":
            headers = {"Retry-After": str(fault.retry_after)} if fault.status == 429 else {}
            return web.Response(status=fault.status, headers=headers, text="{}", content_type="application/json")
        if request.transport is not None:
            request.transport.abort()
        return web.Response(status=500)

    def _answer(self, method: str, arguments: dict[str, Any]) -> dict[str, Any]:
        known = getattr(self, "_" + method.replace(".", "_"), None)
        return {"ok": False, "error": "unknown_method"} if known is None else known(arguments)

    def _auth_test(self, _arguments: dict[str, Any]) -> dict[str, Any]:
        return {"ok": True, "url": "https://small.example.test/", "team": "Small", "user": "baton",
                "team_id": TEAM, "user_id": BOT_USER, "bot_id": BOT,
                "is_enterprise_install": False}  # fmt: skip

    def _bots_info(self, arguments: dict[str, Any]) -> dict[str, Any]:
        if arguments.get("bot") != BOT:
            return {"ok": False, "error": "bot_not_found"}
        return {"ok": True, "bot": {"id": BOT, "app_id": APP, "user_id": BOT_USER, "name": "baton", "deleted": False}}

    def _users_info(self, arguments: dict[str, Any]) -> dict[str, Any]:
        user = self.users.get(arguments.get("user", ""))
        return {"ok": True, "user": user} if user else {"ok": False, "error": "user_not_found"}

    def _users_list(self, _arguments: dict[str, Any]) -> dict[str, Any]:
        listed = [user for key, user in self.users.items() if key not in self.hidden]
        return {"ok": True, "members": listed, "response_metadata": {"next_cursor": ""}}

    def _conversations_list(self, arguments: dict[str, Any]) -> dict[str, Any]:
        is_open_only = str(arguments.get("exclude_archived")).lower() in ("true", "1")
        listed = [each for each in self.channels.values() if not (is_open_only and each["is_archived"])]
        return {"ok": True, "channels": listed, "response_metadata": {"next_cursor": ""}}

    def _conversations_info(self, arguments: dict[str, Any]) -> dict[str, Any]:
        channel = self.channels.get(arguments.get("channel", ""))
        return {"ok": True, "channel": channel} if channel else {"ok": False, "error": "channel_not_found"}

    def _usergroups_list(self, _arguments: dict[str, Any]) -> dict[str, Any]:
        return {"ok": True, "usergroups": [{"id": key, "handle": handle} for key, handle in self.groups.items()]}

    def _conversations_open(self, arguments: dict[str, Any]) -> dict[str, Any]:
        users = arguments.get("users", "")
        first = users[0] if isinstance(users, list) else str(users).strip('[]"').split(",")[0]
        return {"ok": True, "channel": {"id": f"D{first}"}}

    def _conversations_history(self, arguments: dict[str, Any]) -> dict[str, Any]:
        found = [post for post in self.posts if post["channel"] == arguments.get("channel")]
        return {"ok": True, "messages": found, "has_more": False, "response_metadata": {"next_cursor": ""}}

    def _conversations_replies(self, arguments: dict[str, Any]) -> dict[str, Any]:
        found = [post for post in self.posts if post.get("thread_ts") == arguments.get("ts")]
        return {"ok": True, "messages": found, "has_more": False, "response_metadata": {"next_cursor": ""}}

    def _chat_postMessage(self, arguments: dict[str, Any]) -> dict[str, Any]:  # noqa: N802 - Slack's name
        channel = arguments.get("channel", "")
        if self.users.get(channel, {}).get("deleted"):
            return {"ok": False, "error": "account_inactive"}
        if channel.startswith("#"):
            channel = next((key for key, each in self.channels.items() if each["name"] == channel[1:]), channel)
        elif channel.startswith("U"):
            channel = f"D{channel}"
        if self.channels.get(channel, {}).get("is_archived"):
            return {"ok": False, "error": "is_archived"}
        post = {**arguments, "channel": channel, "ts": f"1800000000.{next(self._numbers):06d}", "bot_id": BOT}
        self.posts.append(post)
        return {"ok": True, "channel": channel, "ts": post["ts"], "message": post}

    def _chat_update(self, arguments: dict[str, Any]) -> dict[str, Any]:
        return {"ok": True, "channel": arguments.get("channel"), "ts": arguments.get("ts")}

    def _view(self, arguments: dict[str, Any]) -> dict[str, Any]:
        number = f"V{next(self._numbers)}"
        return {"ok": True, "view": {"id": arguments.get("view_id") or number, "hash": number}}

    _views_open = _views_push = _views_update = _views_publish = _view


async def _arguments(request: web.Request) -> dict[str, Any]:
    if request.content_type == "application/json":
        sent = await request.json()
        return sent if isinstance(sent, dict) else {}
    read = dict(request.query)
    for key, value in (await request.post()).items():
        read[key] = str(value)
    arguments: dict[str, Any] = {}
    for key, value in read.items():
        try:
            arguments[key] = json.loads(value) if value[:1] in "[{" else value
        except ValueError:
            arguments[key] = value
    return arguments
