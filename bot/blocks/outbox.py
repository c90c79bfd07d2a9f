"""What became of a message that could not be posted where it was meant to go, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.blocks.text import (
    MESSAGE_TEXT,
    MOST_BLOCKS,
    Rendered,
    bold,
    channel,
    context,
    cut_mrkdwn,
    escape,
    is_channel_id,
    mention,
)

#: Why a message stands alone that was meant to be a reply: what it replies to never came to be.
ROOT_FAILED = "root_failed"
#: Attempts that came to nothing, not even to a refusal.
GAVE_UP = "gave_up"
#: An administrator has let go of it.
DROPPED = "dropped"
#: Baton says nothing of its own accord where other organisations are.
SHARED = "shared"
#: The note stands on top of what `bot.blocks.text.EDITED_TEXT` allows, below what Slack does.
_LONGEST_NOTE = 450

_INVITE = "`/invite @Baton` there."
_OTHER_CHANNEL = "Name another channel or unarchive it."
_OTHER_PERSON = "Name somebody else."
_ASK_ADMIN = "Ask a workspace administrator to allow it."
_TELL = "Tell the people who run Baton."
#: Slack's code -> why, and what to do about it.
_WORDS: dict[str, tuple[str, str]] = {
    "account_inactive": ("the account is deactivated", _OTHER_PERSON),
    "access_denied": ("Slack does not let Baton in", _ASK_ADMIN),
    "cannot_dm_bot": ("that account is a bot", _OTHER_PERSON),
    "cannot_reply_to_message": ("the message that it replies to takes no replies", ""),
    "cant_update_message": ("the message there cannot be edited", ""),
    "channel_not_found": (
        "the channel is missing, archived or private",
        "Correct it, unarchive it, or `/invite @Baton` there.",
    ),
    "edit_window_closed": ("the message there is too old to be edited", ""),
    GAVE_UP: ("all attempts failed", "Look at the log."),
    "invalid_blocks": ("Slack rejects its format", _TELL),
    "is_archived": ("the channel is archived", _OTHER_CHANNEL),
    "is_inactive": ("the channel is archived or frozen", _OTHER_CHANNEL),
    "message_not_found": ("the message there is gone", ""),
    "messages_tab_disabled": ("direct messages to Baton are off", "Turn on the app's Messages tab."),
    "msg_too_long": ("the message is too long", _TELL),
    "msg_blocks_too_long": ("the message is too long", _TELL),
    "no_permission": ("Baton is not in the channel", _INVITE),
    "no_text": ("the message is empty", _TELL),
    "not_in_channel": ("Baton is not in the channel", _INVITE),
    "ratelimited": ("Slack asked for a pause", ""),
    "restricted_action": ("only some people may post there", _ASK_ADMIN),
    "restricted_action_read_only_channel": ("only some people may post there", _ASK_ADMIN),
    "restricted_action_thread_only_channel": ("only replies are allowed there", _ASK_ADMIN),
    "restricted_action_non_threadable_channel": ("no threads are allowed there", ""),
    "restricted_action_thread_locked": ("its thread is locked", ""),
    ROOT_FAILED: ("the message that it replies to could not be posted", ""),
    SHARED: ("other organisations are in the channel", "Name another channel, or have an administrator open this one."),
    "thread_not_found": ("the message that it replies to is gone", ""),
    "user_disabled": ("the account is deactivated", _OTHER_PERSON),
    "user_not_found": ("that account is not in the workspace", _OTHER_PERSON),
    # What keeps everything from being posted.
    "accesslimited": ("Slack does not accept calls from this network", "Allow this network in Slack's settings."),
    "ekm_access_denied": ("the workspace's administrators suspended posting", "Ask them to resume it."),
    "invalid_auth": ("Slack does not accept the bot token", "Check BATON_SLACK_BOT_TOKEN."),
    "missing_scope": ("the app lacks a scope", "Reinstall the app; see `baton doctor`."),
    "not_authed": ("Baton has no bot token", "Set BATON_SLACK_BOT_TOKEN."),
    "token_expired": ("the bot token has expired", "Set a new BATON_SLACK_BOT_TOKEN."),
    "token_revoked": ("the bot token was revoked", "Reinstall the app and set the new BATON_SLACK_BOT_TOKEN."),
    # What passes.
    "fatal_error": ("Slack had trouble", ""),
    "internal_error": ("Slack had trouble", ""),
    "request_timeout": ("Slack had trouble", ""),
    "service_unavailable": ("Slack had trouble", ""),
    DROPPED: ("an administrator dropped it", ""),
}
#: The same where Baton speaks for itself.
_MY_WORDS = dict.fromkeys(("not_in_channel", "no_permission"), "I am not a member")


def why(code: str) -> str:
    """Return why Slack refused a message, as the end of a sentence; a code without words of ours stands for itself."""
    return _WORDS[code][0] if code in _WORDS else f"Slack answered {escape(code, 80)}"


def what_to_do(code: str) -> str:
    """Return the sentence that says what would help; empty where nothing is to be done."""
    return _WORDS[code][1] if code in _WORDS else ""


def moved(message: Rendered, history: Sequence[Mapping[str, str]], *, is_answer: bool = False) -> Rendered:
    """Return the message with one line of small print: where it could not be posted, why, and what to do.

    `history` holds `channel` (empty when only the thread was at fault) and Slack's `error`, the first one first. Who
    reads an answer only asked, so they are told of no channel to put right.
    """
    if is_answer and any(entry.get("channel") for entry in history):
        said = "I could not reach you there, so here it is."
    else:
        said = " ".join(_sentence(entry.get("channel", ""), entry.get("error", "")) for entry in history)
    if not said:
        return message
    said = cut_mrkdwn(said, _LONGEST_NOTE)
    text = cut_mrkdwn(f"{cut_mrkdwn(message.text, MESSAGE_TEXT - len(said) - 1)}\n{said}", MESSAGE_TEXT)
    if not message.blocks or len(message.blocks) >= MOST_BLOCKS:
        return Rendered(text, message.blocks)
    return Rendered(text, [*message.blocks, context(said)])


def delivered(name: str, *, text: str, place: str, refusals: Sequence[Mapping[str, str]]) -> Rendered:
    """Return what whoever caused a message for `name` hears when it is not where they were told.

    `place` is where it is, `refusals` are those of the places before, as in `moved`; empty when it had been lost first.
    """
    where = mention(place) or channel(place)
    if not refusals:
        return _of(f"{_whom(name) if name else 'The owner'} has been told now ({where}).", text)
    said = " ".join(f"{_place(entry)}: {_my_why(entry.get('error', ''))}." for entry in refusals)
    return _of(f"I told {where} instead. {said}", text)


def lost(name: str, *, text: str, codes: Sequence[str], is_unsure: bool) -> Rendered:
    """Return what whoever caused a message for `name` hears when no place took it; `codes` are Slack's refusals."""
    because = " and ".join(dict.fromkeys(map(_my_why, codes)))
    next_step = "Talk to them, or ask a catalog admin who owns this now."
    if is_unsure:
        return _of(f"I may not have reached {_whom(name)}: {because}. {next_step}", text)
    whom = f"anybody for {_whom(name)}" if name else "the owner"
    return _of(f"I could not reach {whom}: {because}. {next_step}", text)


def unanswered(code: str) -> Rendered:
    """Return what whoever asked reads in the place of an answer that Slack refuses, wherever it goes."""
    return Rendered(f"Slack refused my answer. Try `/whoowns`, and tell your Baton administrator `{escape(code, 60)}`.")


def _whom(name: str) -> str:
    return bold(name, 80) if name else "the owner"


def _place(entry: Mapping[str, str]) -> str:
    place = entry.get("channel", "")
    shown = channel(place) if is_channel_id(place) or place.startswith("#") else escape(place, 80)
    return mention(place) or shown or "The thread"


def _my_why(code: str) -> str:
    """Return why Slack refused a message, in Slack, where Baton speaks for itself."""
    return _MY_WORDS.get(code) or why(code)


def _of(said: str, text: str) -> Rendered:
    """Quote the beginning of the message that this is about."""
    lines = text.splitlines()
    return Rendered(f"{said}\n> {cut_mrkdwn(lines[0], _LONGEST_NOTE)}" if lines else said)


def _sentence(address: str, code: str) -> str:
    if not address:
        return f"Not in a thread: {why(code)}."
    named = channel(address) if is_channel_id(address) or address.startswith("#") else ""
    place = f"in {named}" if named else "as a direct message"
    return " ".join(filter(None, (f"I could not post this {place}: {_my_why(code)}.", what_to_do(code))))
