"""Slack's Web API behind the port: one shared session, and Slack's error codes as Baton's errors."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from types import TracebackType
from typing import Any, Self, TypeVar

import aiohttp
from slack_sdk.errors import SlackRequestError
from slack_sdk.http_retry.async_handler import AsyncRetryHandler
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.clients import slack_answers as answers
from bot.clients import slack_retries as retries
from bot.errors import SlackError, SlackRateLimitedError, SlackUnreachableError
from bot.ports import Blocks, Identity, ListedChannel, Page, Posted, SlackUser

_T = TypeVar("_T")
#: How long a call may take. Slack answers within seconds or not at all.
_TIMEOUT_SECONDS = 10
#: The page size that Slack recommends at most.
_PAGE = 200
#: Slack's codes for a thread whose first message is gone.
_NO_THREAD = frozenset({"thread_not_found", "message_not_found"})
#: A response URL accepts five messages within 30 minutes. These statuses mean that it is used up or never existed.
_USED_UP = (403, 404)
#: How far Slack's clock may be behind ours when Baton looks for a message.
_CLOCKS_DIFFER_SECONDS = 60
#: `alt_txt_too_large` above this: https://docs.slack.dev/reference/methods/files.getUploadURLExternal/
_ALT_TEXT = 1000
#: How long an upload may take: a megabyte over a slow line takes longer than a call.
_UPLOAD_SECONDS = 60
_USER_ID = re.compile(r"[UW][A-Z0-9]{2,}")
_CONVERSATION_ID = re.compile(r"[CGD][A-Z0-9]{2,}")


class SlackClient:
    """The real `bot.ports.Slack`. Use it as an asynchronous context manager, which holds the session."""

    def __init__(self, *, token: str, api_url: str) -> None:
        self._token, self._api_url = token, api_url
        self._identity: Identity | None = None

    async def __aenter__(self) -> Self:
        """Open the session that all calls share."""
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=_TIMEOUT_SECONDS))
        # For answers to people, who wait: problems that pass within seconds are retried.
        self.web = self._client(retries.for_people(), session=self._session)
        # For Bolt, which copies it for lazy listeners. A session cannot be copied, so each call has its own.
        self.for_listeners = self._client(retries.for_people())
        # For callers that keep the pace themselves and see every 429. Slack may have accepted a message whose
        # connection broke; callers that can look for it must not have it sent twice.
        self._once = self._client([], session=self._session)
        self._listing = self._client(retries.for_listings(), session=self._session)
        # Has its own sessions, because the time limit of a call belongs to the session.
        self._files = self._client(retries.for_uploads(), timeout=_UPLOAD_SECONDS)
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
        """Return the user id of the bot. Raises SlackError if the token is not accepted."""
        return (await self.identity()).bot_user_id

    async def identity(self) -> Identity:
        """Return who the bot is, and where. Raises SlackError if the token is not accepted."""
        found = await answers.call(self.web.auth_test(), answers.identity)
        if not found.app_id:  # Slack gives it with the bot, and usually omits it here
            bot = self.web.bots_info(bot=found.bot_id)
            app_id = await answers.call(bot, lambda a: str(a["bot"].get("app_id") or ""))
            found = replace(found, app_id=app_id)
        self._identity = found
        return found

    async def socket_url(self, app_token: str) -> str:
        """Return the address for a Socket Mode connection. Raises SlackError if the token is not accepted."""
        return await answers.call(self.web.apps_connections_open(app_token=app_token), lambda a: str(a["url"]))

    async def is_shared_channel(self, channel_id: str) -> bool:
        """Whether other organisations are in a channel or invited to it."""
        return await self._channel(channel_id, answers.is_shared)

    async def _channel(self, channel_id: str, read: Callable[[Mapping[str, Any]], _T]) -> _T:
        return await answers.call(self.web.conversations_info(channel=channel_id), lambda a: read(a["channel"]))

    async def listed_channel(self, channel_id: str) -> ListedChannel | None:
        """Return a channel that Slack lists; None if it is archived, closed to Baton, or not a channel."""
        try:
            return await self._channel(channel_id, answers.listed_if_open)
        except SlackError as error:
            if error.code == "channel_not_found":
                return None
            raise

    async def is_public_channel(self, channel_id: str) -> bool:
        """Whether every member can read a channel. https://docs.slack.dev/reference/objects/conversation-object/"""
        return await self._channel(
            channel_id, lambda channel: channel.get("is_channel") is True and channel.get("is_private") is False
        )

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
        """Post a message and return where it is.

        With `metadata` it is sent only once; otherwise again if the connection breaks.

        A reply to a deleted message is refused with an error, because Slack accepts it and shows it in the channel.
        """
        web = self._once if metadata else self.web
        posted, is_reply = await answers.call(
            web.chat_postMessage(
                channel=channel,
                text=text,
                blocks=[dict(block) for block in blocks] or None,
                thread_ts=thread_ts,
                metadata=dict(metadata) if metadata else None,
                reply_broadcast=True if reply_broadcast and thread_ts else None,
                unfurl_links=False,
                unfurl_media=False,
            ),
            lambda answer: (answers.posted(answer), answers.is_reply(answer)),
        )
        if thread_ts is not None and not is_reply and await self._is_taken_back(posted):
            raise SlackError("thread_not_found")
        return posted

    async def _is_taken_back(self, posted: Posted) -> bool:
        try:
            await _done(self._once.chat_delete(channel=posted.channel, ts=posted.ts))
        except SlackError:
            return False  # better there than there and somewhere else as well
        return True

    async def update_message(self, channel: str, ts: str, *, text: str, blocks: Blocks = ()) -> None:
        """Replace the text and blocks of a message."""
        await _done(
            self._once.chat_update(
                channel=await self._conversation(channel),
                ts=ts,
                text=text,
                # An empty list removes the blocks; without the field, Slack would keep the old ones.
                blocks=[dict(block) for block in blocks],
            )
        )

    async def add_reaction(self, channel: str, ts: str, emoji: str) -> None:
        """Add a reaction to a message. https://docs.slack.dev/reference/methods/reactions.add/"""
        await _done(self.web.reactions_add(channel=channel, timestamp=ts, name=emoji))

    async def remove_reaction(self, channel: str, ts: str, emoji: str) -> None:
        """Remove a reaction from a message. https://docs.slack.dev/reference/methods/reactions.remove/"""
        await _done(self.web.reactions_remove(channel=channel, timestamp=ts, name=emoji))

    async def scopes(self) -> tuple[str, ...]:
        """Return the scopes that the app was granted. https://docs.slack.dev/reference/methods/auth.test/"""
        with answers.our_errors():
            return answers.scopes((await self.web.auth_test()).headers)

    async def upload_file(
        self, channel: str, *, filename: str, title: str, alt_text: str, content: bytes, comment: str = ""
    ) -> None:
        """Share a file in one message. https://docs.slack.dev/messaging/working-with-files/#upload"""
        place = await self._conversation(channel)
        try:
            await _done(
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
            # The SDK's error for bytes that did not arrive; the text after the status names the file.
            raise SlackUnreachableError(str(error).partition("(")[2].partition(",")[0]) from error

    async def respond(self, response_url: str, body: Mapping[str, Any]) -> None:
        """Post through a response URL.

        A public message is sent only once, because Slack may have it when a connection breaks.
        """
        is_public = body.get("response_type") == "in_channel"
        webhook = AsyncWebhookClient(
            response_url,
            timeout=_TIMEOUT_SECONDS,
            session=self._session,
            retry_handlers=retries.not_taken() if is_public else retries.for_people(),
        )
        with answers.our_errors():
            answer = await webhook.send_dict(dict(body))
        if answer.status_code in _USED_UP:
            raise SlackError("expired_url")
        if answer.status_code == 429:
            raise SlackRateLimitedError(answers.pause(answer.headers))
        if answer.status_code >= 500:
            raise SlackUnreachableError(f"status {answer.status_code}")
        # Slack answers "ok", an error code, or an object with either, with any status.
        code = answers.refused_with(answer.body)
        if code in answers.TOO_MANY:
            raise SlackRateLimitedError(answers.pause(answer.headers))
        if code or answer.status_code >= 400:
            raise SlackError(code or f"status {answer.status_code}")
        if answer.body.lstrip().startswith("<"):  # a page of a proxy in between
            raise SlackUnreachableError("with something that is not Slack's")

    async def open_view(self, trigger_id: str, view: Mapping[str, Any]) -> str:
        """Open a modal and return its id."""
        return await answers.call(self.web.views_open(trigger_id=trigger_id, view=dict(view)), _view_id)

    async def update_view(self, view_id: str, view: Mapping[str, Any], *, view_hash: str = "") -> str:
        """Replace the content of an open modal. With `view_hash`, only if the modal still has that hash."""
        request = self.web.views_update(view_id=view_id, view=dict(view), hash=view_hash or None)
        return await answers.call(request, lambda answer: str(answer["view"].get("hash") or ""))

    async def push_view(self, trigger_id: str, view: Mapping[str, Any]) -> str:
        """Open a modal on top of another one and return its id."""
        return await answers.call(self.web.views_push(trigger_id=trigger_id, view=dict(view)), _view_id)

    async def publish_home(self, user_id: str, view: Mapping[str, Any]) -> None:
        """Show a person's Home tab."""
        await _done(self.web.views_publish(user_id=user_id, view=dict(view)))

    async def user(self, user_id: str) -> SlackUser:
        """Return a member."""
        here = self._identity
        return await answers.call(self.web.users_info(user=user_id), lambda a: answers.user(a["user"], here))

    async def member_pages(self, cursor: str = "") -> AsyncIterator[Page[SlackUser]]:
        """Yield all members, page by page."""
        read = partial(answers.user, here=self._identity)
        request = self._listing.users_list(limit=_PAGE, cursor=cursor)
        async for entries, following in answers.pages(request, "members", cursor=cursor):
            yield Page(answers.each_of(entries, read), following)

    async def channel_pages(self, cursor: str = "") -> AsyncIterator[Page[ListedChannel]]:
        """Yield channels, page by page."""
        async for page in _channels(self._listing, cursor):
            yield page

    async def user_groups(self) -> dict[str, str]:
        """Return the handles of the enabled user groups by id."""
        return await answers.call(
            self.web.usergroups_list(include_disabled=False),
            lambda answer: {str(each["id"]): str(each["handle"]) for each in answer["usergroups"]},
        )

    async def thread_start(self, channel: str, thread_ts: str) -> Mapping[str, Any]:
        """Return the first message of a thread, which Slack lists before the replies."""
        return await answers.call(
            self.web.conversations_replies(channel=channel, ts=thread_ts, limit=1),
            lambda answer: next((each for each in answer["messages"] if each.get("ts") == thread_ts), {}),
        )

    async def thread_pages(self, channel: str, thread_ts: str) -> AsyncIterator[Sequence[Mapping[str, Any]]]:
        """Yield the messages of a thread, page by page."""
        request = self.web.conversations_replies(channel=channel, ts=thread_ts, limit=_PAGE)
        async for messages, _ in answers.pages(request, "messages"):
            yield [each for each in messages if isinstance(each, dict)]

    async def permalink(self, channel: str, ts: str) -> str:
        """Return the web address of a message."""
        request = self.web.chat_getPermalink(channel=channel, message_ts=ts)
        return await answers.call(request, lambda answer: answers.written(answer["permalink"]))

    async def post_ephemeral(
        self, channel: str, user_id: str, *, text: str, blocks: Blocks = (), thread_ts: str | None = None
    ) -> None:
        """Show a message to one person."""
        shown = [dict(block) for block in blocks] or None
        await _done(
            self.web.chat_postEphemeral(channel=channel, user=user_id, text=text, blocks=shown, thread_ts=thread_ts)
        )

    async def find_message(
        self, channel: str, *, key: str, since: datetime, thread_ts: str | None = None
    ) -> Posted | None:
        """Return where the message with this key is, in the channel or thread since `since`; None if it is not there.

        A message that is in the channel because its thread was deleted is removed; then the missing thread is raised as
        an error.
        """
        place = await self._conversation(channel)
        try:
            return await self._found(place, key, since, thread_ts)
        except SlackError as error:
            if thread_ts is None or error.code not in _NO_THREAD:
                raise
            astray = await self._found(place, key, since, None)
            if astray is not None and not await self._is_taken_back(astray):
                return astray
            raise

    async def _found(self, place: str, key: str, since: datetime, thread_ts: str | None) -> Posted | None:
        span: dict[str, Any] = {
            "channel": place,
            "oldest": f"{since.timestamp() - _CLOCKS_DIFFER_SECONDS:.6f}",
            "include_all_metadata": True,
            "limit": _PAGE,
        }
        replies, history = self._once.conversations_replies, self._once.conversations_history
        request = replies(ts=thread_ts, **span) if thread_ts else history(**span)
        async for messages, _ in answers.pages(request, "messages"):
            with answers.understood():
                found = next((each for each in messages if _key_of(each) == key), None)
                if found is not None:
                    return Posted(place, str(found["ts"]))
        return None

    async def _conversation(self, channel: str) -> str:
        """Return the id of a conversation, which may be given as in `chat.postMessage`: also by person or name."""
        if _USER_ID.fullmatch(channel):
            request = self.web.conversations_open(users=[channel])
            return await answers.call(request, lambda answer: answers.written(answer["channel"]["id"]))
        if _CONVERSATION_ID.fullmatch(channel):
            return channel
        async for page in _channels(self._once):
            for each in page.items:
                if each.name == channel.removeprefix("#"):
                    return each.id
        return channel


async def _done(request: Awaitable[Any]) -> None:
    with answers.our_errors():
        await request


def _view_id(answer: Mapping[str, Any]) -> str:
    return answers.written(answer["view"]["id"])


def _key_of(message: Mapping[str, Any]) -> str | None:
    """Return the outbox's key of one of its own messages."""
    payload = (message.get("metadata") or {}).get("event_payload") or {}
    key: str | None = payload.get("key")
    return key


async def _channels(web: AsyncWebClient, cursor: str = "") -> AsyncIterator[Page[ListedChannel]]:
    request = web.conversations_list(
        limit=_PAGE, cursor=cursor, exclude_archived=True, types="public_channel,private_channel"
    )
    async for entries, following in answers.pages(request, "channels", cursor=cursor):
        yield Page(answers.each_of(entries, answers.listed), following)
