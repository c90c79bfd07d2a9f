"""Reading Slack's answers: what was asked for, or Baton's errors in place of those of the libraries."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

import aiohttp
import orjson
from slack_sdk.errors import SlackApiError

from bot.domain.authors import is_bot
from bot.errors import SlackError, SlackRateLimitedError, SlackUnreachableError
from bot.ports import ENDLESS_LIST, Identity, ListedChannel, Posted, SlackUser

log = logging.getLogger(__name__)

_T = TypeVar("_T")
#: No list has more pages than this.
_MOST_PAGES = 5_000
#: The pause if Slack asks for one without saying how long, and the longest one respected.
_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 30.0, 3600.0
#: `message_limit_exceeded` is about the whole workspace: its members send too many messages.
TOO_MANY = frozenset({"ratelimited", "rate_limited", "message_limit_exceeded"})
_CODE = re.compile(r"[a-z][a-z_]{2,60}")
#: The exceptions of reading an answer that is not as Slack documents it.
_MALFORMED = (AttributeError, IndexError, KeyError, TypeError, ValueError)
_NOT_SLACKS = "with something that is not Slack's"


async def call(request: Awaitable[Any], read: Callable[[Mapping[str, Any]], _T]) -> _T:
    """Return what `read` finds in the answer to a call. Raises SlackError, also if it is not there."""
    with our_errors():
        data = (await request).data
    with understood():
        return read(data)


def scopes(headers: Mapping[str, str]) -> tuple[str, ...]:
    """Return the scopes of a token, which Slack sends with each answer; empty if it did not."""
    return tuple(scope.strip() for scope in headers.get("x-oauth-scopes", "").split(",") if scope.strip())


async def pages(request: Awaitable[Any], name: str, *, cursor: str = "") -> AsyncIterator[tuple[list[Any], str]]:
    """Yield the entries of a list page by page, each with the cursor of the next page. `cursor` is where to begin.

    A page is requested when it is needed. Raises SlackError; its code is ENDLESS_LIST for a list that returns to a page
    that was already read.
    """
    with our_errors():
        answer = aiter(await request)
    seen, left = {cursor}, _MOST_PAGES
    while True:
        with our_errors(), understood():  # slack_sdk fails if the cursor is of another type
            page = await anext(answer, None)
            if page is None:
                return
            entries = page.data[name]
            following = str((page.data.get("response_metadata") or {}).get("next_cursor") or "")
        if not isinstance(entries, list):
            raise SlackUnreachableError(_NOT_SLACKS)
        yield entries, following
        left -= 1
        if not left or (following and following in seen):
            raise SlackError(ENDLESS_LIST)
        seen.add(following)


def each_of(entries: Sequence[Any], read: Callable[[Mapping[str, Any]], _T]) -> list[_T]:
    """Return what `read` makes of a list's entries. A malformed entry is skipped and does not affect the others."""
    found = []
    for entry in entries:
        try:
            found.append(read(entry))
        except _MALFORMED as error:
            log.info("an entry of a list of Slack's is none (%s)", type(error).__name__)
    return found


@contextmanager
def understood() -> Iterator[None]:
    """Turn errors from reading an answer that is not as Slack documents it into Baton's errors."""
    try:
        yield
    except _MALFORMED as error:
        raise SlackUnreachableError(_NOT_SLACKS) from error


@contextmanager
def our_errors() -> Iterator[None]:
    """Turn errors of slack_sdk and the HTTP library into Baton's errors."""
    try:
        yield
    except SlackApiError as error:
        raise _typed(error) from error
    except (aiohttp.ClientError, TimeoutError, asyncio.IncompleteReadError) as error:
        raise SlackUnreachableError(type(error).__name__) from error
    except AttributeError as error:
        # The SDK's error: something between us and Slack answered 200 with a body that is not a JSON object.
        raise SlackUnreachableError(_NOT_SLACKS) from error


def _typed(error: SlackApiError) -> SlackError:
    # If the body cannot be read, the SDK passes the HTTP library's response instead of its own.
    response = error.response
    data = getattr(response, "data", None)
    status = getattr(response, "status_code", 0) or getattr(response, "status", 0)
    code = str(data.get("error") or "") if isinstance(data, dict) else ""
    if status == 429 or code in TOO_MANY:
        return SlackRateLimitedError(pause(response.headers))
    if status >= 500 or not code:
        return SlackUnreachableError(f"status {status}" if status >= 300 else _NOT_SLACKS)
    return SlackError(code)


def posted(answer: Mapping[str, Any]) -> Posted:
    """Return where a message is. Raises ValueError if the answer does not say so."""
    return Posted(written(answer["channel"]), written(answer["ts"]))


def is_reply(answer: Mapping[str, Any]) -> bool:
    """Whether a message posted into a thread is in one, as far as Slack says where it is."""
    message = answer.get("message")
    return not isinstance(message, Mapping) or bool(message.get("thread_ts"))


def written(value: Any) -> str:
    """Return an id or another text of an answer. Raises ValueError if there is none."""
    if not isinstance(value, str) or not value:
        raise ValueError("an answer says nothing where a text should be")
    return value


def refused_with(body: str) -> str:
    """Return the error code in Slack's answer at a response URL; "" if it accepted the message."""
    try:
        said = orjson.loads(body)
    except orjson.JSONDecodeError:
        said = {"ok": not _CODE.fullmatch(body.strip()), "error": body.strip()}
    if not isinstance(said, dict) or said.get("ok") is not False:
        return ""
    code = str(said.get("error") or "")
    return code if _CODE.fullmatch(code) else "no_code"


def pause(headers: Mapping[str, str]) -> float:
    """Return the seconds that `Retry-After` asks for, or a moderate pause if it does not say."""
    try:
        return min(max(1.0, float(headers.get("Retry-After", ""))), _LONGEST_PAUSE_SECONDS)
    except ValueError:
        return _PAUSE_SECONDS


def identity(answer: Mapping[str, Any]) -> Identity:
    """Return who the bot is.

    The app is missing if Slack does not give it; an organisation's bot may have no workspace.
    """
    is_org_wide, team_id = answer.get("is_enterprise_install") is True, _text(answer, "team_id")
    return Identity(
        bot_user_id=_required(_text(answer, "user_id")),
        team_id=team_id if is_org_wide else _required(team_id),
        enterprise_id=_text(answer, "enterprise_id"),
        app_id=_text(answer, "app_id"),
        bot_id=_text(answer, "bot_id"),
        is_org_wide=is_org_wide,
    )


def user(member: Mapping[str, Any], here: Identity | None) -> SlackUser:
    """Return an account, as the bot's own workspace sees it."""
    profile, user_id = _mapping(member, "profile"), _id(member)
    return SlackUser(
        id=user_id,
        name=_text(profile, "display_name") or _text(profile, "real_name") or _text(member, "name") or user_id,
        email=_address(profile),
        timezone=_text(member, "tz"),
        is_active=not member.get("deleted", False),
        is_bot=is_bot(member),
        is_guest=bool(member.get("is_restricted") or member.get("is_ultra_restricted")),
        is_stranger=bool(member.get("is_stranger")) or _is_of_another_workspace(member, here),
    )


def _is_of_another_workspace(member: Mapping[str, Any], here: Identity | None) -> bool:
    """Whether an account belongs to another workspace, as far as it is known which one is ours.

    In an organisation with several workspaces, an account belongs to the organisation; `teams` are the workspaces that
    it is in: https://docs.slack.dev/reference/objects/user-object/
    """
    teams = _mapping(member, "enterprise_user").get("teams")
    if here is not None and isinstance(teams, list) and teams and here.team_id not in teams:
        return True
    team = str(member.get("team_id") or "")
    if here is None or not team or team in (here.team_id, here.enterprise_id):
        return False
    employer = _mapping(member, "enterprise_user").get("enterprise_id")
    return not here.enterprise_id or employer != here.enterprise_id


def listed(channel: Mapping[str, Any]) -> ListedChannel:
    """Return a channel."""
    return ListedChannel(_id(channel), _required(_text(channel, "name")), is_shared(channel))


def listed_if_open(channel: Mapping[str, Any]) -> ListedChannel | None:
    """Return a channel; None for an archived one and for a direct message."""
    is_none = channel.get("is_archived") or channel.get("is_im") or channel.get("is_mpim")
    return None if is_none else listed(channel)


def is_shared(channel: Mapping[str, Any]) -> bool:
    """Whether other organisations are in a channel or invited."""
    return bool(channel.get("is_ext_shared") or channel.get("is_pending_ext_shared"))


def _address(profile: Mapping[str, Any]) -> str:
    """Return an e-mail address in lower case; "" if lower case or cleaning would turn it into somebody else's address.

    For example, the lower case of the Kelvin sign is a plain k.
    """
    address = _text(profile, "email")
    lowered = address.lower()
    return lowered if address == profile.get("email") and lowered.isascii() == address.isascii() else ""


def _id(source: Mapping[str, Any]) -> str:
    said = source["id"]
    return _required(said if isinstance(said, str) and said.isascii() and said.isalnum() else "")


def _required(text: str) -> str:
    if not text:
        raise ValueError("missing")
    return text


def _text(source: Mapping[str, Any], key: str) -> str:
    """Return a text without characters that no database accepts: NUL, and halves of surrogate pairs."""
    said = source.get(key)
    return said.replace("\0", "").encode(errors="ignore").decode() if isinstance(said, str) else ""


def _mapping(source: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    said = source.get(key)
    return said if isinstance(said, dict) else {}
