"""Bolt carries every payload: over HTTP through `bot.web`, and in Socket Mode through `handlers.sockets`.

Bolt checks the signature and answers `ssl_check`. `FrontDoor` is its next middleware, ahead of authorization: one
dictionary look-up answers what Baton listens to. What Baton does not listen to goes on to Bolt, so that listeners
registered with Bolt itself stay reachable. docs/adr/0007 has the reasons.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Sequence
from importlib import import_module
from inspect import isawaitable
from traceback import extract_tb, walk_tb
from typing import Any

from slack_bolt import BoltResponse
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncAuthorize
from slack_bolt.error import BoltUnhandledRequestError
from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.secrets import redacted
from bot.errors import NotTakenError, SettingsError
from bot.ports import Ack, Identity
from bot.services.background import Background
from handlers.dispatch import Dispatch
from handlers.own_listeners import OwnListeners, hand_on, in_time, kept_to_itself, noted
from handlers.payloads import kind_of, parse
from handlers.routes import Routes

log = logging.getLogger(__name__)
#: Bolt takes its level over: at INFO it would log the bodies of requests whose signature is wrong.
_BOLT_LOG = logging.getLogger("slack_bolt.carrier")
_BOLT_LOG.setLevel(logging.WARNING)
#: The modules of Bolt that call what an organisation has registered.
_THEIRS = ("slack_bolt.listener.", "slack_bolt.middleware.async_custom_middleware")


class FrontDoor(AsyncMiddleware):
    """Answers what Baton listens to; lets everything else go on to Bolt's listeners.

    `prepare` puts into a request what Bolt's listeners are given.
    """

    def __init__(self, dispatch: Dispatch, prepare: Callable[[AsyncBoltRequest], None]) -> None:
        self._dispatch, self._prepare = dispatch, prepare

    async def async_process(
        self,
        *,
        req: AsyncBoltRequest,
        resp: BoltResponse,
        next: Callable[[], Awaitable[BoltResponse]],  # noqa: A002 - Bolt's signature
    ) -> BoltResponse:
        """Answer one payload whose signature Bolt has checked."""
        if req.mode == "http":
            # Only now: what nobody has signed is not parsed.
            try:
                req.body = parse(req.raw_body.encode(), req.content_type or "")
            except ValueError:
                return BoltResponse(status=400, body="The body is not what its content type says.")
        try:
            ack = await self._dispatch.answer(req.body)
        except NotTakenError as error:
            # Slack delivers it again: in Socket Mode, too, where only a 200 is passed on as an acknowledgement.
            return BoltResponse(status=503, body=str(error))
        if ack is not None:
            return _response(ack)
        # Bolt has not read it yet: what is not as it expects would have stopped it before this.
        again = AsyncBoltRequest(body=dict(req.body), headers=req.headers, mode="socket_mode")
        req.context.update(again.context)
        self._prepare(req)
        hand_on(kind_of(req.body))
        await next()
        return resp


class _KnownAs(AsyncAuthorize):
    """Tells Bolt who Baton is, as Slack has said at the start: what came in waits for no second answer."""

    def __init__(self, identity: Identity, token: str | None) -> None:
        self._identity, self._token = identity, token

    async def __call__(self, *, user_id: str | None, **_: object) -> AuthorizeResult:
        """Return it, with whoever a payload is of."""
        return AuthorizeResult(
            enterprise_id=self._identity.enterprise_id or None,
            team_id=self._identity.team_id,
            bot_id=self._identity.bot_id,
            bot_user_id=self._identity.bot_user_id,
            bot_token=self._token,
            user_id=user_id,
        )


class Carrier(AsyncApp):
    """Bolt's app; a payload over which Bolt itself stumbles is logged, and answered as one that nobody knows."""

    def __init__(
        self,
        client: AsyncWebClient,
        dispatch: Dispatch,
        *,
        identity: Identity,
        background: Background,
        signing_secret: str,
    ) -> None:
        self._fallback, self._background = dispatch, background
        token, client.token = client.token, None  # with one, Bolt warns that it does without it
        super().__init__(
            name="baton",  # otherwise Bolt reads the source files of its callers to find one
            logger=_BOLT_LOG,
            client=client,
            signing_secret=signing_secret or None,
            before_authorize=FrontDoor(dispatch, super()._init_context),
            authorize=_KnownAs(identity, token),
            process_before_response=True,
            raise_error_for_unhandled_request=True,
        )
        self._token = client.token = token
        self._async_listener_runner = OwnListeners(self._async_listener_runner, background)

    def _init_context(self, req: AsyncBoltRequest) -> None:
        """Do nothing yet: Bolt makes a client for each request, which costs more than finding an answer.

        `FrontDoor` does it for what goes on to Bolt's listeners.
        """

    def _register_listener(
        self, functions: Any, primary_matcher: Any, matchers: Any, middleware: Any, *more: Any, **rest: Any
    ) -> Any:
        return super()._register_listener(functions, primary_matcher, matchers, noted(middleware), *more, **rest)

    async def async_dispatch(self, req: AsyncBoltRequest) -> BoltResponse:
        """Answer one payload."""
        if self._fallback.has_listeners:
            return await in_time(req, self._answer(req), self._background)
        return await self._answer(req)

    async def _answer(self, req: AsyncBoltRequest) -> BoltResponse:
        try:
            return await super().async_dispatch(req)
        except (SystemExit, asyncio.CancelledError) as error:
            # Bolt lets these out: argparse exits, and what a listener waits for may have been cancelled. Neither is to
            # end Baton, or to leave Slack without an answer; only whoever cancels this task itself ends it.
            current = asyncio.current_task()
            if not _is_of_listener(error) or (current is not None and current.cancelling()):
                raise
            return _response(await self._fallback.broken(req.body, error))
        except Exception as error:  # noqa: BLE001 - the reply boundary of what Baton does not listen to
            log.warning("Bolt could not make sense of a payload: %s", type(error).__name__)
            return _response(await self._fallback.unheard(req.body))


def carrier(
    client: AsyncWebClient, dispatch: Dispatch, *, identity: Identity, background: Background, signing_secret: str
) -> AsyncApp:
    """Return the Bolt app that carries Slack's payloads; what listeners do behind an acknowledgement is `background`.

    In Socket Mode `signing_secret` may be empty: Slack's own side of the connection needs no signature.
    """
    app = Carrier(client, dispatch, identity=identity, background=background, signing_secret=signing_secret)

    @app.error
    async def on_error(error: Exception, body: dict[str, object]) -> BoltResponse:
        if isinstance(error, BoltUnhandledRequestError):
            return kept_to_itself(error, kind_of(body)) or _response(await dispatch.unheard(body))
        if _is_of_listener(error):
            return _response(await dispatch.broken(body, error))
        raise error

    return app


async def add_listeners(app: AsyncApp, name: str) -> AsyncOAuthFlow | None:
    """Let a module of the organisation's own register its listeners with Bolt; return the OAuth flow that it returns.

    Raises SettingsError for what is no such module, and for one that fails.
    """
    try:
        register = import_module(name).register
    except (ImportError, AttributeError, ValueError) as error:
        raise SettingsError(
            f"BATON_LISTENERS is {name!r}, which is no module that has a function `register(app)`: {error}"
        ) from error
    except (Exception, SystemExit) as error:  # whatever a module does when it is imported
        raise _failing(name, error) from error
    try:
        flow = register(app)
        flow = await flow if isawaitable(flow) else flow
    except (Exception, SystemExit) as error:  # likewise
        raise _failing(name, error) from error
    if flow is not None and not isinstance(flow, AsyncOAuthFlow):
        raise SettingsError(
            f"BATON_LISTENERS is {name!r}, whose `register` returns a {type(flow).__name__}: return nothing, or an "
            "AsyncOAuthFlow of Bolt's."
        )
    return flow


async def tried_listeners(name: str, client: AsyncWebClient, routes: Routes) -> tuple[int, list[str]]:
    """Let a module of the organisation's own register with an app that serves nobody.

    Returns how much it registers, and the names among it under which Baton, which listens to `routes`, answers itself.
    Raises SettingsError as `add_listeners` does.
    """
    token, client.token = client.token, None  # as a Carrier does
    app = AsyncApp(name="baton", logger=_BOLT_LOG, client=client, authorize=_nobody)
    client.token = token
    before, taken = _registered(app), dict[str, None]()
    for way, names in _ways(routes).items():
        setattr(app, way, _noting(getattr(app, way), names, taken))
    flow = await add_listeners(app, name)
    return _registered(app) - before + (flow is not None), list(taken)


def _ways(routes: Routes) -> dict[str, Collection[str]]:
    """Return the names that Baton listens to, by Bolt's ways of listening to them."""
    shortcuts = dict.fromkeys(("shortcut", "global_shortcut", "message_shortcut"), routes.shortcuts)
    actions = dict.fromkeys(("action", "block_action"), routes.actions)
    views = dict.fromkeys(("view", "view_submission"), routes.submissions)
    return {"command": routes.commands, "event": routes.changes, **shortcuts, **actions, **views}


def _noting(register: Callable[..., Any], names: Collection[str], taken: dict[str, None]) -> Callable[..., Any]:
    """Return a way of listening that notes which of these names it is used for."""

    def noting(*given: Any, **named: Any) -> Any:
        said = [*given, *named.values()][0]
        asked = said.values() if isinstance(said, dict) else [said]
        taken.update(dict.fromkeys(each for each in asked if isinstance(each, str) and each in names))
        return register(*given, **named)

    return noting


async def _nobody(**_: object) -> AuthorizeResult:
    raise NotImplementedError  # such an app is sent nothing


def _registered(app: AsyncApp) -> int:
    return len(app._async_listeners) + len(app._async_middleware_list)


def _failing(name: str, error: BaseException) -> SettingsError:
    """Return the one sentence about a module that fails: where, and why without what looks like a secret."""
    at = [frame for frame in extract_tb(error.__traceback__) if not frame.filename.startswith("<")][-1]
    why = f"{type(error).__name__}: {redacted(str(error))}"
    return SettingsError(f"BATON_LISTENERS is {name!r}, and this module fails at {at.filename}:{at.lineno}: {why}")


def _is_of_listener(error: BaseException) -> bool:
    """Whether a listener or its middleware has failed, and not Bolt over a payload that is not as it expects."""
    frames = (frame for frame, _ in walk_tb(error.__traceback__))
    return any(frame.f_globals.get("__name__", "").startswith(_THEIRS) for frame in frames)


def _response(ack: Ack) -> BoltResponse:
    headers: dict[str, str | Sequence[str]] = {"content-type": ["application/json"]} if ack else {}
    # Bolt hands a body on as it is: as text it would be decoded here, to be encoded again when it goes out.
    return BoltResponse(status=200, body=ack, headers=headers)  # type: ignore[arg-type]
