"""Who wrote a message in Slack: a person, or something that writes by itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

#: Slack's own account. It has no `bot_id`, and Slack does not call it a bot.
_SLACKBOT = "USLACKBOT"
#: Subtypes of messages that a person writes; the others tell of edits, joins and the like, or are an app's:
#: https://docs.slack.dev/reference/events/message#subtypes
_WRITTEN = ("", "file_share", "thread_broadcast", "me_message")
#: What only messages have that a program wrote, or that nobody is shown.
_AUTOMATIC = ("bot_id", "bot_profile", "app_id", "hidden")


def is_from_person(message: Mapping[str, Any]) -> bool:
    """Whether a person wrote a message. One without an author may be somebody's: exports leave it out."""
    is_automatic = message.get("user") == _SLACKBOT or any(message.get(key) for key in _AUTOMATIC)
    return not is_automatic and (message.get("subtype") or "") in _WRITTEN


def is_bot(account: Mapping[str, Any]) -> bool:
    """Whether an account, as Slack describes it, is no person's."""
    return bool(account.get("is_bot")) or account.get("id") == _SLACKBOT
