"""Slack's Web API behind the port: one shared session, Slack's error codes turned into our errors."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from types import TracebackType
from typing import Any, Self

import aiohttp
import orjson
from slack_sdk.errors import SlackApiError, SlackRequestError
from slack_sdk.http_retry.async_handler import AsyncRetryHandler
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.clients import slack_retries as retries
from bot.errors import SlackError, SlackRateLimitedError, SlackUnreachableError
from bot.ports import Blocks, Identity, ListedChannel, Page, Posted, SlackUser

#: How long a call may take; Slack answers within seconds or not at all.
_TIMEOUT_SECONDS = 10
#: What Slack recommends at most.
_PAGE = 200
#: No list has more: Slack would be repeating itself.
_MOST_PAGES = 5_000
#: A response URL takes five messages within 30 minutes; these statuses mean that it is used up or was never ours.
_USED_UP = (403, 404)
#: A pause when Slack asks for one without saying how long, and the longest that is believed.
_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 30.0, 3600.0
#: How far Slack's clock may be behind ours when a message is looked for.
_CLOCKS_DIFFER_SECONDS = 60
#: `message_limit_exceeded` is the whole workspace's: its members send too many.
_TOO_MANY = frozenset({"ratelimited", "rate_limited", "message_limit_exceeded"})
#: `alt_txt_too_large` above this: https://docs.slack.dev/reference/methods/files.getUploadURLExternal/
_ALT_TEXT = 1000
#: A file takes longer than a call: a megabyte over a slow line.
_UPLOAD_SECONDS = 60
_CODE = re.compile(r"[a-z][a-z_]{2,60}")
_USER_ID = re.compile(r"[UW][A-Z0-9]{2,}")
_CONVERSATION_ID = re.compile(r"[CGD][A-Z0-9]{2,}")


class SlackClient:
    """The real `bot.ports.Slack`. Open it as an asynchronous context: the session lives inside."""

    def __init__(self, *, token: str, api_url: str) -> None:
        self._token, self._api_url = token, api_url
        self._identity: Identity | None = None

    async def __aenter__(self) -> Self:
        """Open the one session that all calls share."""
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=_TIMEOUT_SECONDS))
        # Answers people, who wait: what passes within seconds is tried again.
        self.web = self._client(retries.for_people(), session=self._session)
        # For those who keep pace themselves and see every 429. Slack may have taken a message whose connection broke;
        # whoever can look for it must not have it sent twice.
        self._once = self._client([], session=self._session)
        self._listing = self._client(retries.for_listings(), session=self._session)
        # Has sessions of its own, since the time that a call may take is the session's.
        self._files = self._client([], timeout=_UPLOAD_SECONDS)
        return self

    def _client(
        self,
        retry_handlers: list[AsyncRetryHandler],
        *,
        session: aiohttp.ClientSession | None = None,
        timeout: int = _TIMEOUT_SECONDS,
    ) -> AsyncWebClient:
        return AsyncWebClient(
            token=self._token, base_url=self._api_url, session=session, timeout=timeout, retry_handlers=retry_handlers
        )

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the session."""
        await self._session.close()

    async def bot_user_id(self) -> str:
        """Return the user id of the bot itself. Raises SlackError when the token is not accepted."""
        return (await self.identity()).bot_user_id

    async def identity(self) -> Identity:
        """Return who the bot is and where. Raises SlackError when the token is not accepted."""
        answer = await _call(self.web.auth_test())
        app_id = str(answer.get("app_id") or "")
        if not app_id:  # Slack tells it of the bot, and mostly leaves it out here
            bot = (await _call(self.web.bots_info(bot=str(answer.get("bot_id") or ""))))["bot"]
            app_id = str(bot.get("app_id") or "")
        self._identity = Identity(
            bot_user_id=str(answer["user_id"]),
            team_id=str(answer["team_id"]),
            enterprise_id=str(answer.get("enterprise_id") or ""),
            app_id=app_id,
            is_org_wide=answer.get("is_enterprise_install") is True,
        )
        return self._identity

    async def socket_url(self, app_token: str) -> str:
        """Return where a connection of Socket Mode is opened. Raises SlackError when the token is not accepted."""
        return str((await _call(self.web.apps_connections_open(app_token=app_token)))["url"])

    async def is_shared_channel(self, channel_id: str) -> bool:
        """Whether other organisations are in a channel, or invited to it."""
        channel = (await _call(self.web.conversations_info(channel=channel_id)))["channel"]
        return _is_shared(channel)

    async def listed_channel(self, channel_id: str) -> ListedChannel | None:
        """Return a channel that Slack lists; None for one that is archived, closed to Baton, or no channel."""
        try:
            channel = (await _call(self.web.conversations_info(channel=channel_id)))["channel"]
        except SlackError as error:
            if error.code == "channel_not_found":
                return None
            raise
        if channel.get("is_archived") or channel.get("is_im") or channel.get("is_mpim"):
            return None
        return _listed(channel)

    async def is_public_channel(self, channel_id: str) -> bool:
        """Whether every member can read a channel: https://docs.slack.dev/reference/objects/conversation-object/"""
        channel = (await _call(self.web.conversations_info(channel=channel_id)))["channel"]
        return channel.get("is_channel") is True and channel.get("is_private") is False

    async def post_message(
        self,
        channel: str,
        *,
        text: str,
        blocks: Blocks = (),
        thread_ts: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        reply_broadcast: bool = False,
    ) -> Posted:
        """Post and return where it is. With `metadata` it is sent once, without it again when the connection breaks."""
        web = self._once if metadata else self.web
        answer = await _call(
            web.chat_postMessage(
                channel=channel,
                text=text,
                blocks=[dict(block) for block in blocks] or None,
                thread_ts=thread_ts,
                metadata=dict(metadata) if metadata else None,
                reply_broadcast=True if reply_broadcast and thread_ts else None,
                unfurl_links=False,
                unfurl_media=False,
            )
        )
        return Posted(str(answer["channel"]), str(answer["ts"]))

    async def update_message(self, channel: str, ts: str, *, text: str, blocks: Blocks = ()) -> None:
        """Replace text and blocks."""
        await _call(
            self._once.chat_update(
                channel=await self._conversation(channel),
                ts=ts,
                text=text,
                # An empty list takes the blocks away; without the field Slack would leave those that were there.
                blocks=[dict(block) for block in blocks],
            )
        )

    async def upload_file(
        self, channel: str, *, filename: str, title: str, alt_text: str, content: bytes, comment: str = ""
    ) -> None:
        """Share a file in one message: https://docs.slack.dev/messaging/working-with-files/#upload"""
        place = await self._conversation(channel)
        try:
            await _call(
                self._files.files_upload_v2(
                    channel=place,
                    filename=filename,
                    title=title,
                    alt_txt=alt_text[:_ALT_TEXT] or None,
                    content=content,
                    initial_comment=comment or None,
                )
            )
        except SlackRequestError as error:
            # The SDK's for bytes that did not arrive; what follows the status names the file.
            raise SlackUnreachableError(str(error).partition(", body")[0]) from error

    async def respond(self, response_url: str, body: Mapping[str, Any]) -> None:
        """Post through a response URL. What everybody sees is sent once: Slack may have it when a connection breaks."""
        is_public = body.get("response_type") == "in_channel"
        webhook = AsyncWebhookClient(
            response_url,
            timeout=_TIMEOUT_SECONDS,
            session=self._session,
            retry_handlers=retries.not_taken() if is_public else retries.for_people(),
        )
        with our_errors():
            answer = await webhook.send_dict(dict(body))
        if answer.status_code in _USED_UP:
            raise SlackError("expired_url")
        if answer.status_code == 429:
            raise SlackRateLimitedError(_pause(answer.headers))
        if answer.status_code >= 500:
            raise SlackUnreachableError(f"status {answer.status_code}")
        # Slack answers "ok", its code, or an object with either, whatever the status.
        code = _refused_with(answer.body)
        if code in _TOO_MANY:
            raise SlackRateLimitedError(_pause(answer.headers))
        if code or answer.status_code >= 400:
            raise SlackError(code or f"status {answer.status_code}")

    async def open_view(self, trigger_id: str, view: Mapping[str, Any]) -> str:
        """Open a modal and return its id."""
        answer = await _call(self.web.views_open(trigger_id=trigger_id, view=dict(view)))
        return str(answer["view"]["id"])

    async def update_view(self, view_id: str, view: Mapping[str, Any], *, view_hash: str = "") -> str:
        """Show something else in an open modal, with a hash only where it shows what has that."""
        answer = await _call(self.web.views_update(view_id=view_id, view=dict(view), hash=view_hash or None))
        return str(answer["view"].get("hash") or "")

    async def push_view(self, trigger_id: str, view: Mapping[str, Any]) -> str:
        """Put a modal on top of another and return its id."""
        answer = await _call(self.web.views_push(trigger_id=trigger_id, view=dict(view)))
        return str(answer["view"]["id"])

    async def publish_home(self, user_id: str, view: Mapping[str, Any]) -> None:
        """Show a person's Home tab."""
        await _call(self.web.views_publish(user_id=user_id, view=dict(view)))

    async def user(self, user_id: str) -> SlackUser:
        """Look a member up."""
        return _user((await _call(self.web.users_info(user=user_id)))["user"], self._identity)

    async def member_pages(self, cursor: str = "") -> AsyncIterator[Page[SlackUser]]:
        """Yield everybody, page by page."""
        async for page in _pages(self._listing.users_list(limit=_PAGE, cursor=cursor)):
            yield Page([_user(member, self._identity) for member in page["members"]], _cursor(page))

    async def channel_pages(self, cursor: str = "") -> AsyncIterator[Page[ListedChannel]]:
        """Yield channels, page by page."""
        async for page in _channels(self._listing, cursor):
            yield page

    async def user_groups(self) -> dict[str, str]:
        """Return the handles of the enabled user groups by their ids."""
        listed = (await _call(self.web.usergroups_list(include_disabled=False)))["usergroups"]
        return {str(each["id"]): str(each["handle"]) for each in listed}

    async def thread_start(self, channel: str, thread_ts: str) -> Mapping[str, Any]:
        """Return the first message of a thread, which Slack lists ahead of the replies."""
        page = await _call(self.web.conversations_replies(channel=channel, ts=thread_ts, limit=1))
        found: Mapping[str, Any] = next((each for each in page["messages"] if each.get("ts") == thread_ts), {})
        return found

    async def thread_pages(self, channel: str, thread_ts: str) -> AsyncIterator[Sequence[Mapping[str, Any]]]:
        """Yield the messages of a thread, page by page."""
        async for page in _pages(self.web.conversations_replies(channel=channel, ts=thread_ts, limit=_PAGE)):
            yield page["messages"]

    async def permalink(self, channel: str, ts: str) -> str:
        """Return the web address of a message."""
        return str((await _call(self.web.chat_getPermalink(channel=channel, message_ts=ts)))["permalink"])

    async def post_ephemeral(
        self, channel: str, user_id: str, *, text: str, blocks: Blocks = (), thread_ts: str | None = None
    ) -> None:
        """Show a message to one person."""
        shown = [dict(block) for block in blocks] or None
        await _call(
            self.web.chat_postEphemeral(channel=channel, user=user_id, text=text, blocks=shown, thread_ts=thread_ts)
        )

    async def find_message(
        self, channel: str, *, key: str, since: datetime, thread_ts: str | None = None
    ) -> Posted | None:
        """Look through the messages of the channel, or of the thread, since then for the one with this key."""
        place = await self._conversation(channel)
        span: dict[str, Any] = {
            "channel": place,
            "oldest": f"{since.timestamp() - _CLOCKS_DIFFER_SECONDS:.6f}",
            "include_all_metadata": True,
            "limit": _PAGE,
        }
        replies, history = self._once.conversations_replies, self._once.conversations_history
        async for page in _pages(replies(ts=thread_ts, **span) if thread_ts else history(**span)):
            for message in page["messages"]:
                payload = (message.get("metadata") or {}).get("event_payload") or {}
                if payload.get("key") == key:
                    return Posted(place, str(message["ts"]))
        return None

    async def _conversation(self, channel: str) -> str:
        """The id of a conversation that may be named as `chat.postMessage` takes it: also by person, or by name."""
        if _USER_ID.fullmatch(channel):
            return str((await _call(self.web.conversations_open(users=[channel])))["channel"]["id"])
        if _CONVERSATION_ID.fullmatch(channel):
            return channel
        async for page in _channels(self._once):
            for each in page.items:
                if each.name == channel.removeprefix("#"):
                    return each.id
        return channel


async def _call(request: Awaitable[Any]) -> Mapping[str, Any]:
    with our_errors():
        data: Mapping[str, Any] = (await request).data
        return data


async def _pages(request: Awaitable[Any]) -> AsyncIterator[Mapping[str, Any]]:
    """Yield the answer to a call, then the pages that follow it, each asked for when it is wanted."""
    left = _MOST_PAGES
    with our_errors():
        async for page in await request:
            yield page.data
            left -= 1
            if not left:
                break


async def _channels(web: AsyncWebClient, cursor: str = "") -> AsyncIterator[Page[ListedChannel]]:
    request = web.conversations_list(
        limit=_PAGE, cursor=cursor, exclude_archived=True, types="public_channel,private_channel"
    )
    async for page in _pages(request):
        yield Page([_listed(each) for each in page["channels"]], _cursor(page))


@contextmanager
def our_errors() -> Iterator[None]:
    """Turn what slack_sdk and the HTTP library raise into errors of ours."""
    try:
        yield
    except SlackApiError as error:
        raise _typed(error) from error
    except (aiohttp.ClientError, TimeoutError, asyncio.IncompleteReadError) as error:
        raise SlackUnreachableError(type(error).__name__) from error
    except AttributeError as error:
        # The SDK's: something between us and Slack answered 200 with what is no JSON object.
        raise SlackUnreachableError("an answer that is not Slack's") from error


def _typed(error: SlackApiError) -> SlackError:
    # When the body cannot be read, the SDK hands over the HTTP library's response instead of its own.
    response = error.response
    data = getattr(response, "data", None)
    status = getattr(response, "status_code", 0) or getattr(response, "status", 0)
    code = str(data.get("error") or "") if isinstance(data, dict) else ""
    if status == 429 or code in _TOO_MANY:
        return SlackRateLimitedError(_pause(response.headers))
    if status >= 500 or not code:
        return SlackUnreachableError(f"status {status}")
    return SlackError(code)


def _refused_with(body: str) -> str:
    """Return the code in what Slack answers at a response URL; empty where it takes the message."""
    try:
        said = orjson.loads(body)
    except orjson.JSONDecodeError:
        said = {"ok": not _CODE.fullmatch(body.strip()), "error": body.strip()}
    if not isinstance(said, dict) or said.get("ok") is not False:
        return ""
    code = str(said.get("error") or "")
    return code if _CODE.fullmatch(code) else "no_code"


def _pause(headers: Mapping[str, str]) -> float:
    """The seconds that `Retry-After` asks for; a moderate pause when it does not say."""
    try:
        return min(max(1.0, float(headers.get("Retry-After", ""))), _LONGEST_PAUSE_SECONDS)
    except ValueError:
        return _PAUSE_SECONDS


def _cursor(page: Mapping[str, Any]) -> str:
    return str((page.get("response_metadata") or {}).get("next_cursor") or "")


def _user(member: Mapping[str, Any], here: Identity | None) -> SlackUser:
    profile = member.get("profile") or {}
    return SlackUser(
        id=str(member["id"]),
        name=str(profile.get("display_name") or profile.get("real_name") or member.get("name") or member["id"]),
        email=_address(profile),
        timezone=str(member.get("tz") or ""),
        is_active=not member.get("deleted", False),
        is_bot=bool(member.get("is_bot")) or member["id"] == "USLACKBOT",
        is_guest=bool(member.get("is_restricted") or member.get("is_ultra_restricted")),
        is_stranger=bool(member.get("is_stranger")) or _is_of_another_workspace(member, here),
        team_id=str(member.get("team_id") or ""),
    )


def _is_of_another_workspace(member: Mapping[str, Any], here: Identity | None) -> bool:
    """Whether an account belongs to a workspace that is not ours, as far as is known which ours is.

    Within an organisation of several workspaces, an account belongs to the organisation.
    """
    team = str(member.get("team_id") or "")
    if here is None or not team or team in (here.team_id, here.enterprise_id):
        return False
    employer = member.get("enterprise_user") or {}
    return not here.enterprise_id or employer.get("enterprise_id") != here.enterprise_id


def _listed(channel: Mapping[str, Any]) -> ListedChannel:
    return ListedChannel(str(channel["id"]), str(channel["name"]), _is_shared(channel))


def _is_shared(channel: Mapping[str, Any]) -> bool:
    """Whether other organisations are in a channel, or are invited."""
    return bool(channel.get("is_ext_shared") or channel.get("is_pending_ext_shared"))


def _address(profile: Mapping[str, Any]) -> str:
    """Return an e-mail address in lower case; empty for one that would only be another's that way.

    The lower case of the Kelvin sign, for one, is a plain k.
    """
    address = str(profile.get("email") or "")
    lowered = address.lower()
    return lowered if lowered.isascii() == address.isascii() else ""
