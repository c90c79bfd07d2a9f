"""The thread from which a request is opened: read from Slack, with the words of the workspace's full members alone.

A guest may be a colleague or somebody of a partner: Slack does not tell. What guests write therefore neither decides
what a request asks for, by when and for how many hours, nor is it kept for others to read.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.domain.authors import is_from_person
from bot.domain.backlog import wishes
from bot.domain.backlog.thread_news import written_at
from bot.domain.directory.questions import unescaped
from bot.domain.names import storable
from bot.domain.secrets import redacted
from bot.domain.trust import AccountStanding
from bot.errors import NotFoundError, SlackError, UserError
from bot.ports import Slack
from bot.services.members import Members

log = logging.getLogger(__name__)

NOT_A_MEMBER = "I cannot read the thread: `/invite @Baton` here, then try again."
GONE = "That message is gone. Open a request without it: `/devops`."
SLOW = "Slack was too slow to show me the thread. Try again in a minute, or use `/devops`."
#: What Slack says of a thread whose first message is gone.
_NO_THREAD = frozenset({"thread_not_found", "message_not_found"})
#: How long Slack may take to show a whole thread; somebody looks at a loading view.
_SECONDS = 60.0
#: Messages and characters of a thread that are kept: the first message, and of the others the last ones.
_MOST_MESSAGES, _MOST_CHARACTERS = 2_000, 400_000
#: Those whose words are left out.
_LEFT_OUT = frozenset({AccountStanding.STRANGER, AccountStanding.GUEST})
#: Accounts that nobody has met yet and about which Slack is asked; the words of the rest are left out.
_MOST_UNKNOWN = 20


@dataclass(frozen=True, slots=True)
class ThreadWords:
    """A thread's messages as Slack has them, without bots, guests and outsiders, oldest first.

    `author` is who began it, empty if that is no full member. `outsiders` is whether words were left
    out because guests or people from outside wrote them. `root_ts` is the thread's first message.
    """

    messages: tuple[Mapping[str, Any], ...]
    author: str = ""
    root_ts: str = ""
    outsiders: bool = False
    there: frozenset[str] = frozenset()

    @property
    def read_to(self) -> str:
        """When the newest of the words were written, by Slack's clock; empty without any."""
        return max(map(written_at, self.messages), default="")

    @property
    def said(self) -> str:
        """All that was said, a line or more for each message, without lines that seem to hold a secret."""
        lines = (line for each in self.messages for line in unescaped(str(each.get("text") or "")).split("\n"))
        return storable("\n".join(map(redacted, lines)))[:_MOST_CHARACTERS]


async def read(
    slack: Slack, members: Members, channel: str, thread_ts: str, *, instead: Mapping[str, Any] | None = None
) -> ThreadWords:
    """Return what full members wrote in a thread; any of its messages may be named.

    `instead` is a message that is known already and is all that there is where Baton is not a member: nobody can invite
    it into a conversation between two people. Raises UserError, with the next step, where Slack does not show the
    thread, and NotFoundError where it is gone.
    """
    found: list[Mapping[str, Any]] = []
    there: set[str] = set()
    try:
        async with asyncio.timeout(_SECONDS):
            async for page in slack.thread_pages(channel, thread_ts):
                found += page
                there |= {str(each.get("ts")) for each in page}
                if len(found) > _MOST_MESSAGES:
                    found[1:] = found[-_MOST_MESSAGES + 1 :]
            return replace(await _of_people(members, found), there=frozenset(there))
    except TimeoutError as error:
        raise UserError(SLOW) from error
    except SlackError as error:
        log.warning("a thread could not be read: %s", error.code)
        match error.code:
            case "not_in_channel" | "channel_not_found" if instead is not None:
                return await _of_people(members, [instead])
            case "not_in_channel" | "channel_not_found":
                raise UserError(NOT_A_MEMBER) from error
            case code if code in _NO_THREAD:
                raise NotFoundError(GONE) from error
        raise


def said_by_people(words: ThreadWords, bot_user_id: str) -> list[Mapping[str, Any]]:
    """Return the messages of a thread without those that only call Baton to it, as `@Baton request` does."""
    mention = re.compile(rf"<@{re.escape(bot_user_id)}(\|[^>]*)?>")

    def is_call(message: Mapping[str, Any]) -> bool:
        text = str(message.get("text") or "")
        bare = mention.sub(" ", text).strip()
        return bare != text.strip() and (not bare or (wishes.is_command(bare) and len(bare.split()) <= 3))

    return [each for each in words.messages if not is_call(each)]


async def is_there(slack: Slack, channel: str, thread_ts: str) -> bool:
    """Whether a thread can still be answered in, as far as Slack tells."""
    try:
        await slack.thread_start(channel, thread_ts)
    except SlackError as error:
        return error.code not in _NO_THREAD
    return True


async def _of_people(members: Members, found: Sequence[Mapping[str, Any]]) -> ThreadWords:
    people = [each for each in found if each.get("user") and is_from_person(each)]
    ours = {author for author in {str(each["user"]) for each in people} if members.standing(author) is not None}
    others = {author for author in ours if members.standing(author) in _LEFT_OUT}
    unknown = sorted({str(each["user"]) for each in people} - ours)
    others |= {author for author in unknown[:_MOST_UNKNOWN] if await _is_left_out(members, author)}
    others |= set(unknown[_MOST_UNKNOWN:])
    kept = [each for each in people if each["user"] not in others]
    root = found[0] if found else {}
    author = str(root.get("user") or "") if root in kept else ""
    root_ts = str(root.get("thread_ts") or root.get("ts") or "")
    return ThreadWords(_bounded(kept), author, root_ts, outsiders=len(kept) < len(people))


async def _is_left_out(members: Members, author: str) -> bool:
    """Whether somebody is a guest or from outside; so is whoever Slack does not tell about."""
    try:
        return await members.learn(author) in _LEFT_OUT
    except SlackError:
        return True


def _bounded(messages: Sequence[Mapping[str, Any]]) -> tuple[Mapping[str, Any], ...]:
    """Return the first message and as many of the last ones as are not too long together."""
    left = _MOST_CHARACTERS
    kept: list[Mapping[str, Any]] = []
    for message in [*messages[:1], *reversed(messages[1:])]:
        left -= len(str(message.get("text") or ""))
        if left < 0 and kept:
            break
        kept.append(message)
    return (*kept[:1], *reversed(kept[1:]))
