"""The simulated Web API over HTTP: tokens, scopes, rate limits, arguments. The methods are in `_methods_*`."""

from __future__ import annotations

from typing import Any

import orjson
from aiohttp import web

from bot.playground import _methods_chat, _methods_conversations, _methods_files, _methods_people, _methods_views
from bot.playground._calls import ApiError, ApiMethod, CallContext, needs_scope, read_arguments
from bot.playground._rates import RateLimits
from bot.playground.records import ApiCall, Json
from bot.playground.workspace import keep

METHODS: dict[str, ApiMethod] = {
    **_methods_people.METHODS,
    **_methods_chat.METHODS,
    **_methods_conversations.METHODS,
    **_methods_views.METHODS,
    **_methods_files.METHODS,
}


class WebApi:
    """Answers `POST|GET /api/<method>` and records every call in `log`."""

    def __init__(self, context: CallContext, *, bot_token: str, app_token: str, rates: RateLimits | None) -> None:
        self.context = context
        self._tokens = {bot_token: "bot", app_token: "app"}
        self._rates = rates
        self.log: list[ApiCall] = []
        #: method -> the error codes of its next calls, in order, with which a test makes Slack fail.
        self.failures: dict[str, list[str]] = {}

    async def handle(self, request: web.Request) -> web.Response:
        """Handle one call. As with Slack, the HTTP status is 200 for every answer, or 429 after too many calls."""
        name = request.match_info["method"]
        given: Json = {}
        headers = {}
        status = 200
        try:
            given = await _given(request)
            answer = {"ok": True, **self._run(name, _token(request, given), given)}
            if name == "auth.test":
                headers["x-oauth-scopes"] = ",".join(sorted(self.context.workspace.manifest.scopes or ()))
        except ApiError as error:
            answer = error.answer()
            if error.code == "ratelimited":
                status = 429
                headers["Retry-After"] = str(answer.pop("retry_after"))
        given.pop("token", None)
        keep(self.log, ApiCall(self.context.workspace.now(), name, given, answer, status))
        return web.Response(body=orjson.dumps(answer), status=status, headers=headers, content_type="application/json")

    def _run(self, name: str, token: str, given: Json) -> Json:
        declared = METHODS.get(name)
        if declared is None:
            raise ApiError("unknown_method", req_method=name)
        self._authorise(declared, token)
        if planned := self.failures.get(name):
            raise self._planned(planned.pop(0))
        if self._rates is not None:
            wait = self._rates.wait_seconds(name, declared.tier, given.get("channel"))
            if wait:
                raise ApiError("ratelimited", retry_after=wait)
        return declared.run(self.context, read_arguments(declared, given))

    def _authorise(self, declared: ApiMethod, token: str) -> None:
        if not token:
            raise ApiError("not_authed")
        kind = self._tokens.get(token)
        if kind is None:
            raise ApiError("invalid_auth")
        if kind != declared.caller:
            raise ApiError("not_allowed_token_type")
        if declared.scope is not None:
            needs_scope(self.context, declared.scope)

    @staticmethod
    def _planned(code: str) -> ApiError:
        return ApiError(code, retry_after=1) if code == "ratelimited" else ApiError(code)


def _token(request: web.Request, given: Json) -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else str(given.get("token") or "")


async def _given(request: web.Request) -> Json:
    """Return the arguments of a call, from its query and its body. Raises ApiError for an unreadable body."""
    given: Json = dict(request.query)
    if request.method != "POST":
        return given
    if request.content_type == "application/json":
        body = await request.read()
        try:
            parsed: Any = orjson.loads(body) if body else {}
        except orjson.JSONDecodeError:
            raise ApiError("invalid_json") from None
        if not isinstance(parsed, dict):
            raise ApiError("json_not_object")
        return given | parsed
    if request.content_type in ("application/x-www-form-urlencoded", "multipart/form-data", "application/octet-stream"):
        return given | {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
    raise ApiError("invalid_post_type")
