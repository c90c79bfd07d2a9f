"""What somebody has typed into a request's thread in answer to a question: it is what they begin with in the form."""

from __future__ import annotations

import asyncio
import logging
import re

from bot.domain.directory.questions import unescaped
from bot.errors import SlackError, UserError
from bot.ports import Slack
from bot.services.backlog import questions, threads
from bot.services.deps import Deps
from bot.services.members import Members
from bot.services.snapshot import Snapshot
from bot.store import tables

log = logging.getLogger(__name__)

#: Nobody waits longer for what they have written themselves.
_SECONDS = 2.0
_PERSON = re.compile(r"<@(\w{1,20})(?:\|[^<>]{0,80})?>")
_NAMED = re.compile(r"<(?:!subteam\^\w{1,20}|#\w{1,20})\|([^<>|]{1,80})>")
_CROWD = re.compile(r"<!(here|channel|everyone)(?:\|[^<>]{0,80})?>")
_LINK = re.compile(r"<((?:https?|mailto):[^<>|\s]{1,2000})(?:\|[^<>]{0,300})?>")


async def typed(
    deps: Deps, snapshot: Snapshot, slack: Slack, members: Members, *, request_id: int, slack_id: str
) -> str:
    """Return what somebody has written below the question that a request waits with, empty for nothing.

    It is empty, too, where Slack does not show the thread soon.
    """
    async with deps.database.reading() as session:
        row = await session.get(tables.Request, request_id)
        asked_at = await questions.asked_at(session, row) if row is not None and row.thread_ts else None
    if row is None or asked_at is None:
        return ""
    try:
        async with asyncio.timeout(_SECONDS):
            said = (await threads.read(slack, members, row.channel_id, row.thread_ts)).messages
    except (TimeoutError, SlackError, UserError) as error:
        log.info("the thread of request %d is not read for an answer: %s", request_id, type(error).__name__)
        return ""
    theirs = [each for each in said if each["user"] == slack_id and float(each["ts"]) > asked_at]
    return "\n".join(filter(None, (as_typed(str(each.get("text") or ""), snapshot) for each in theirs)))


def as_typed(text: str, snapshot: Snapshot) -> str:
    """Return a message of Slack's as its author sees it: names in the place of ids, and no markup."""

    def name(found: re.Match[str]) -> str:
        person = snapshot.person_by_slack_id(found[1])
        return f"@{person.name}" if person is not None else ""

    text = _LINK.sub(r"\1", _CROWD.sub(r"@\1", _NAMED.sub(r"\1", _PERSON.sub(name, text))))
    return unescaped(text).strip()
