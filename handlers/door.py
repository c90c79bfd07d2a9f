"""The trust boundary: every payload passes `Door.admit` before anything of it is answered."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import Any

from bot.domain.trust import (
    AccountStanding,
    Admission,
    Sender,
    Workspace,
    admission,
    is_addressed,
    may_be_heard,
)
from bot.errors import SlackError
from bot.services.members import Members
from handlers import payloads
from handlers.message_text import mapping, string

log = logging.getLogger(__name__)

#: How long Slack may take to say who somebody is whom nobody here has met; an acknowledgement waits for it.
_PATIENCE_SECONDS = 1.5
#: Shortcuts carry no `api_app_id`; every other payload that Baton listens to does. Of what only an organisation's own
#: listeners know, buttons of attachments and dialogs carry none:
#: https://docs.slack.dev/reference/interaction-payloads/shortcuts-interaction-payload
#: https://docs.slack.dev/tools/bolt-js/reference/interfaces/InteractiveMessage
_DIALOGS = ("dialog_submission", "dialog_cancellation", "dialog_suggestion")
_WITHOUT_APP = ("message_action", "shortcut", "interactive_message", *_DIALOGS)


class Door:
    """Decides what the sender of a payload may do, from what the payload says and who Slack says that it is."""

    def __init__(
        self,
        workspace: Workspace,
        members: Members,
        open_channels: Collection[str],
        is_shared: Callable[[str], bool | None],
    ) -> None:
        self._workspace, self._members, self._open = workspace, members, frozenset(open_channels)
        self._is_shared = is_shared

    def is_ours(self, sender: Sender) -> bool:
        """Whether a payload about somebody or something is meant for this app in this workspace."""
        return is_addressed(sender, self._workspace)

    async def admit(self, sender: Sender) -> Admission:
        """Return what this sender may do; it is closed to whoever cannot be told."""
        sender, standing = await self._known(sender)
        return admission(sender, self._workspace, standing, open_channels=self._open)

    async def lets_hear(self, sender: Sender) -> bool | None:
        """Whether listeners of the organisation's own hear of an event; None when Slack does not say whose it is."""
        sender, standing = await self._known(sender)
        return may_be_heard(sender, self._workspace, standing, open_channels=self._open)

    async def _known(self, sender: Sender) -> tuple[Sender, AccountStanding | None]:
        """Return the sender with what Slack lists of the channel, and what the account is."""
        if sender.is_shared_channel is None or (sender.is_event and not sender.is_shared_channel):
            sender = self._with_what_slack_lists(sender)
        standing = self._members.standing(sender.user_id)
        if standing is None and sender.user_id and is_addressed(sender, self._workspace):
            standing = await self._ask_slack(sender.user_id)
        return sender, standing

    def _with_what_slack_lists(self, sender: Sender) -> Sender:
        """Believe Slack's list of channels where it says more than an event: invitations, for one."""
        listed = self._is_shared(sender.channel_id)
        return replace(sender, is_shared_channel=listed) if listed or sender.is_shared_channel is None else sender

    async def _ask_slack(self, user_id: str) -> AccountStanding | None:
        try:
            return await self._members.learn(user_id, seconds=_PATIENCE_SECONDS)
        except SlackError as error:
            if error.code in ("user_not_found", "user_not_visible"):
                return AccountStanding.STRANGER
            log.warning("Slack did not say who an account is: %s", error)
        return None


def sender_of(body: Mapping[str, Any]) -> Sender:
    """Read where a payload of any kind comes from."""
    if payloads.kind_of(body) == "command":  # all on one level, and asked for most
        keys = ("team_id", "enterprise_id", "api_app_id", "user_id", "channel_id")
        said_there = [said if isinstance(said := body.get(key), str) else "" for key in keys]
        team_id, enterprise_id, app_id, user_id, channel_id = said_there
        return Sender(team_id, enterprise_id, app_id, user_id, (), channel_id, is_shared_channel=False)
    event = mapping(body, "event")
    team, user = mapping(body, "team"), mapping(body, "user")
    user_id = string(body, "user_id") or string(user, "id") or _user_of(event)
    channel = string(body, "channel_id") or string(mapping(body, "channel"), "id") or _channel_of(event)
    # An event of an account says its workspace in up to three places; each has to be ours.
    said = (string(user, "team_id"), string(event, "user_team"), string(event, "source_team"), string(event, "team"))
    return Sender(
        team_id=string(team, "id") or string(body, "team_id"),
        authorized_teams=_authorized(body),
        enterprise_id=string(mapping(body, "enterprise"), "id") or string(body, "enterprise_id"),
        app_id=string(body, "api_app_id"),
        user_id=user_id,
        user_teams=tuple(dict.fromkeys(filter(None, said))),
        channel_id=channel,
        is_shared_channel=_is_shared(body, event),
        is_event=bool(event),
        may_omit_app=string(body, "type") in _WITHOUT_APP,
    )


def _authorized(body: Mapping[str, Any]) -> tuple[str, ...]:
    """Return for which workspaces an event was sent: in a channel that is shared, `team_id` may be another's."""
    said = body.get("authorizations")
    teams = (string(each, "team_id") for each in said if isinstance(each, dict)) if isinstance(said, list) else ()
    return tuple(filter(None, teams))


def _is_shared(body: Mapping[str, Any], event: Mapping[str, Any]) -> bool | None:
    """Whether an event is in a channel that other organisations are in; None for a channel of which it does not say."""
    flags = ("is_ext_shared_channel", "is_pending_ext_shared")
    said = [value for source in (body, event) for name in flags if isinstance(value := source.get(name), bool)]
    if any(said):
        return True
    return None if _channel_of(event)[:1] in ("C", "G") and not said else False


def _user_of(event: Mapping[str, Any]) -> str:
    """Return whose event it is; of a message that was changed or deleted, who wrote it."""
    if user_id := string(event, "user") or string(event, "user_id") or string(mapping(event, "user"), "id"):
        return user_id
    wrote = (string(mapping(event, name), "user") for name in ("message", "previous_message"))
    return string(mapping(event, "assistant_thread"), "user_id") or next(filter(None, wrote), "")


def _channel_of(event: Mapping[str, Any]) -> str:
    """Return where an event is; that of a reaction is its message's, and that of a file has another name."""
    named = string(event, "channel") or string(event, "channel_id") or string(mapping(event, "channel"), "id")
    return named or string(mapping(event, "item"), "channel")
