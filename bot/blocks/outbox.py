"""What became of a message that could not be posted where it was meant to go, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.blocks.text import MESSAGE_TEXT, Rendered, bold, channel, context, cut_mrkdwn, escape, is_channel_id, mention

#: Why a message stands alone that was meant to be a reply: what it replies to never came to be.
ROOT_FAILED = "root_failed"
#: Attempts that came to nothing, not even to a refusal.
GAVE_UP = "gave_up"
#: An administrator has let go of it.
DROPPED = "dropped"
#: Slack takes no more blocks than this in a message.
_MOST_BLOCKS = 50
#: The note stands on top of what `bot.blocks.text.EDITED_TEXT` allows, below what Slack does.
_LONGEST_NOTE = 450

_INVITE = "Invite Baton there with `/invite @Baton`."
_OTHER_CHANNEL = "Name another channel, or open that one again."
_OTHER_PERSON = "Name somebody else."
_ASK_ADMIN = "Ask a workspace administrator to let Baton post there."
_TELL = "Tell the people who run Baton."
#: Slack's code -> why, and what to do about it.
_WORDS: dict[str, tuple[str, str]] = {
    "account_inactive": ("the account is deactivated", _OTHER_PERSON),
    "access_denied": ("Slack does not let Baton in", _ASK_ADMIN),
    "cannot_dm_bot": ("that is a bot, and bots cannot be written to", _OTHER_PERSON),
    "cannot_reply_to_message": ("the message that it replies to takes no replies", ""),
    "cant_update_message": ("the message there cannot be edited", ""),
    "channel_not_found": (
        "there is no such channel, or it is archived, or private and Baton is not in it",
        "Correct the channel, or open it again, or invite Baton there with `/invite @Baton`.",
    ),
    "edit_window_closed": ("the message there is too old to be edited", ""),
    GAVE_UP: ("all attempts came to nothing", "Look at the log."),
    "invalid_blocks": ("Slack does not accept how the message is built", _TELL),
    "is_archived": ("the channel is archived", _OTHER_CHANNEL),
    "is_inactive": ("the channel is archived or frozen", _OTHER_CHANNEL),
    "message_not_found": ("the message there is gone", ""),
    "messages_tab_disabled": ("direct messages to Baton are turned off", "Turn on the Messages tab of the Slack app."),
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
    "thread_not_found": ("the message that it replies to is gone", ""),
    "user_disabled": ("the account is deactivated", _OTHER_PERSON),
    "user_not_found": ("there is no such person in the workspace", _OTHER_PERSON),
    # What keeps everything from being posted.
    "accesslimited": ("Slack does not accept calls from this network", "Allow this network in Slack's settings."),
    "ekm_access_denied": ("the workspace's administrators have suspended posting", "Ask them to end that."),
    "invalid_auth": ("Slack does not accept the bot token", "Check BATON_SLACK_BOT_TOKEN."),
    "missing_scope": ("the app has not been granted a scope that it needs", "Install the app again; see baton doctor."),
    "not_authed": ("Baton has no bot token", "Set BATON_SLACK_BOT_TOKEN."),
    "token_expired": ("the bot token has expired", "Set a new BATON_SLACK_BOT_TOKEN."),
    "token_revoked": ("the bot token was revoked", "Install the app again and set the new BATON_SLACK_BOT_TOKEN."),
    # What passes.
    "fatal_error": ("Slack had trouble", ""),
    "internal_error": ("Slack had trouble", ""),
    "request_timeout": ("Slack had trouble", ""),
    "service_unavailable": ("Slack had trouble", ""),
    DROPPED: ("it was dropped by an administrator", ""),
}


def why(code: str) -> str:
    """Return why Slack refused a message, as the end of a sentence; a code without words of ours stands for itself."""
    return _WORDS[code][0] if code in _WORDS else f"Slack answered {escape(code, 80)}"


def what_to_do(code: str) -> str:
    """Return the sentence that says what would help; empty where nothing is to be done."""
    return _WORDS[code][1] if code in _WORDS else ""


def moved(message: Rendered, history: Sequence[Mapping[str, str]]) -> Rendered:
    """Return the message with one line of small print: where it could not be posted, why, and what to do.

    `history` holds `channel` (empty when only the thread was at fault) and Slack's `error`, the first one first.
    """
    said = " ".join(_sentence(entry.get("channel", ""), entry.get("error", "")) for entry in history)
    if not said:
        return message
    said = cut_mrkdwn(said, _LONGEST_NOTE)
    text = cut_mrkdwn(f"{cut_mrkdwn(message.text, MESSAGE_TEXT - len(said) - 1)}\n{said}", MESSAGE_TEXT)
    if not message.blocks or len(message.blocks) >= _MOST_BLOCKS:
        return Rendered(text, message.blocks)
    return Rendered(text, [*message.blocks, context(said)])


def delivered(name: str, *, text: str, place: str, refusals: Sequence[Mapping[str, str]]) -> Rendered:
    """Return what whoever caused a message for `name` hears when it is not where they were told.

    `place` is where it is, `refusals` are those of the places before, as in `moved`; empty when it had been lost first.
    """
    where = mention(place) or channel(place)
    if not refusals:
        return _of(f"{_whom(name)} could be told after all: {where} has the message.", text)
    first = refusals[0].get("channel", "")
    meant = f" in {channel(first)}" if is_channel_id(first) or first.startswith("#") else ""
    return _of(f"I told {where} instead of {_whom(name)}{meant}, because {_why_all(refusals)}.", text)


def lost(name: str, *, text: str, codes: Sequence[str], is_unsure: bool) -> Rendered:
    """Return what whoever caused a message for `name` hears when no place took it; `codes` are Slack's refusals."""
    because = _why_all([{"error": code} for code in codes])
    next_step = "talk to them yourself, or ask a catalog admin who looks after this now"
    if is_unsure:
        return _of(f"I do not know whether {_whom(name)} was told, because {because}: {next_step}.", text)
    return _of(f"Nobody could be told for {_whom(name)}, because {because}: {next_step}.", text)


def unanswered(code: str) -> Rendered:
    """Return what whoever asked reads in the place of an answer that Slack refuses, wherever it goes."""
    return Rendered(
        f"I found an answer, but Slack does not take it, because {why(code)}. Try `/whoowns` instead, and give your "
        f"Baton administrator `{escape(code, 60)}`."
    )


def _whom(name: str) -> str:
    return bold(name, 80) if name else "the owner"


def _why_all(refusals: Sequence[Mapping[str, str]]) -> str:
    return " and ".join(dict.fromkeys(why(entry.get("error", "")) for entry in refusals))


def _of(said: str, text: str) -> Rendered:
    """Quote the beginning of the message that this is about."""
    lines = text.splitlines()
    return Rendered(f"{said}\n> {cut_mrkdwn(lines[0], _LONGEST_NOTE)}" if lines else said)


def _sentence(address: str, code: str) -> str:
    if not address:
        return f"This stands alone because {why(code)}."
    named = channel(address) if is_channel_id(address) or address.startswith("#") else ""
    place = f"in {named}" if named else "as a direct message"
    return " ".join(filter(None, (f"This could not be posted {place}: {why(code)}.", what_to_do(code))))
