"""What Slack's refusals of a message mean, and how long to wait before the next attempt.

The codes are those of https://docs.slack.dev/reference/methods/chat.postMessage/ and
https://docs.slack.dev/reference/methods/chat.update/, and those seen in the field that the pages leave out.
"""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

#: What the keys of answers to questions begin with.
ANSWER_PREFIX = "answer:"


class Blame(StrEnum):
    """Whose fault a refusal is, which says what helps."""

    #: The place cannot be posted to for good: try the next one.
    PLACE = "place"
    #: The thread is gone or closed: post it on its own in the same place.
    THREAD = "thread"
    #: The posted message is gone or cannot be edited (any more): post it anew.
    GONE = "gone"
    #: The message itself is not acceptable, wherever it goes: nothing helps but other words.
    MESSAGE = "message"
    #: Baton may do nothing at all, as its token, its scopes or the workspace stand: hold everything.
    ACCESS = "access"
    #: It passes, and Slack did nothing: try again later.
    BUSY = "busy"
    #: It passes, and a part of the work may have been done: look before trying again.
    UNSURE = "unsure"


_PLACE = frozenset(
    {
        "access_denied",
        "cannot_dm_bot",
        "channel_not_found",
        "channel_type_not_supported",
        "invalid_channel",
        "is_archived",
        "is_inactive",
        "messages_tab_disabled",
        "no_permission",
        "not_in_channel",
        "posting_to_channel_denied",
        "restricted_action",
        "restricted_action_read_only_channel",
        "restricted_action_thread_only_channel",
        "slack_connect_canvas_sharing_blocked",
        "slack_connect_file_link_sharing_blocked",
        "slack_connect_lists_sharing_blocked",
        "team_not_found",
        "user_disabled",
        "user_not_found",
        "user_not_visible",
    }
)
_THREAD = frozenset(
    {
        "cannot_reply_to_message",
        "invalid_thread_ts",
        "message_not_found",
        "restricted_action_non_threadable_channel",
        "restricted_action_thread_locked",
        "thread_not_found",
    }
)
_GONE = frozenset(
    {
        "block_mismatch",
        "cant_broadcast_message",
        "cant_update_message",
        "edit_window_closed",
        "message_not_found",
        "streaming_mode_mismatch",
        "thread_not_found",
    }
)
_MESSAGE = frozenset(
    {
        "as_user_not_supported",
        "attachment_payload_limit_exceeded",
        "duplicate_channel_not_found",
        "duplicate_message_not_found",
        "file_not_found",
        "invalid_arg_name",
        "invalid_arguments",
        "invalid_array_arg",
        "invalid_attachments",
        "invalid_blocks",
        "invalid_blocks_format",
        "invalid_charset",
        "invalid_form_data",
        "invalid_json",
        "invalid_metadata_format",
        "invalid_metadata_schema",
        "invalid_post_type",
        "json_not_object",
        "markdown_text_conflict",
        "metadata_must_be_sent_from_app",
        "metadata_too_large",
        "missing_argument",
        "missing_post_type",
        "msg_blocks_too_long",
        "msg_too_long",
        "no_dual_broadcast_content_update",
        "no_text",
        "too_many_attachments",
        "too_many_contact_cards",
    }
)
_ACCESS = frozenset(
    {
        "access_token_expired",
        "accesslimited",
        "account_inactive",
        "deprecated_endpoint",
        "ekm_access_denied",
        "enterprise_is_restricted",
        "invalid_auth",
        "method_deprecated",
        "missing_scope",
        "not_allowed_token_type",
        "not_authed",
        "org_login_required",
        "team_access_not_granted",
        "team_added_to_org",
        "token_expired",
        "token_revoked",
        "two_factor_setup_required",
        "unknown_method",
    }
)
_BUSY = frozenset({"external_channel_migrating", "streaming_state_conflict"})
_UNSURE = frozenset({"fatal_error", "internal_error", "request_timeout", "service_unavailable", "update_failed"})

#: A refusal that passes is given up on after so many attempts, about 17 minutes …
MOST_REFUSALS = 10
#: … and a Slack that cannot be reached, or a channel that is moving, after so many: about a day. Later than that,
#: nobody needs the message.
MOST_ATTEMPTS = 100
_FIRST_RETRY, _LONGEST_RETRY = timedelta(seconds=2), timedelta(minutes=15)
_FIRST_HOLD, _LONGEST_HOLD = timedelta(minutes=1), timedelta(minutes=10)


def blame(code: str, *, is_update: bool = False) -> Blame:
    """Say whose fault Slack's refusal is. A code that nobody has written down yet is taken to be about the place."""
    if code in (_GONE if is_update else _THREAD):
        return Blame.GONE if is_update else Blame.THREAD
    for codes, found in ((_MESSAGE, Blame.MESSAGE), (_ACCESS, Blame.ACCESS), (_BUSY, Blame.BUSY)):
        if code in codes:
            return found
    return Blame.UNSURE if code in _UNSURE else Blame.PLACE


def is_known(code: str) -> bool:
    """Whether Slack documents this code for messages."""
    return any(code in codes for codes in (_PLACE, _THREAD, _GONE, _MESSAGE, _ACCESS, _BUSY, _UNSURE))


def retry_pause(attempts: int, *, jitter: float) -> timedelta:
    """Return how long to wait after so many attempts: 2 s, twice as long each time, at most 15 minutes.

    `jitter`, from 0.0 to 1.0, spreads it by a fifth in either direction, so that what failed together is not tried
    again together.
    """
    return min(_FIRST_RETRY * _doubled(attempts), _LONGEST_RETRY) * (0.8 + 0.4 * jitter)


def hold_pause(holds: int) -> timedelta:
    """Return how long everything is held after the `holds`-th refusal in a row to let Baton in: 1 to 10 minutes."""
    return min(_FIRST_HOLD * _doubled(holds), _LONGEST_HOLD)


def _doubled(times: int) -> int:
    return 1 << min(max(times - 1, 0), 16)
