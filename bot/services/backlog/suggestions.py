"""What a language model adds to a draft, where an operator has set one: its failure is a line in the log."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from bot.domain.backlog import suggestions
from bot.domain.backlog.requests import RequestItem
from bot.errors import ModelError, SlackError
from bot.ports import Model, Slack
from bot.services.deps import Deps

log = logging.getLogger(__name__)


async def may_read(deps: Deps, slack: Slack, channel_id: str) -> bool:
    """Whether a model may read the threads of a channel: a public one of the organisation's own, or one in the setting.

    A channel of which Slack does not tell is none of these.
    """
    if channel_id in deps.devops.model_channels:
        return True
    try:
        return await slack.is_public_channel(channel_id) and not await slack.is_shared_channel(channel_id)
    except SlackError:
        return False


async def find(
    model: Model, messages: Sequence[Mapping[str, Any]], known: Sequence[RequestItem]
) -> tuple[RequestItem, ...]:
    """Return the items that a model finds in messages, as Slack has them, beside those that are known.

    It reads what a draft reads: neither bots' messages nor quotes, mentions or code.
    """
    from bot.domain.backlog import threads  # noqa: PLC0415 - loaded with the first draft

    said = [each.text for each in threads.read({"messages": list(messages)}).messages]
    if not any(said):
        return ()
    try:
        answer = await model.ask(suggestions.INSTRUCTIONS, suggestions.sent(said, known), suggestions.SCHEMA)
    except ModelError as error:
        log.warning("the model added nothing to a draft: %s", error)
        return ()
    return suggestions.accepted(answer, said, known)
