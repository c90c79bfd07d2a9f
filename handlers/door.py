"""The trust boundary: every payload passes `Door.admit` before anything of it is answered."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection, Mapping
from typing import Any

from bot.domain.trust import Admission, Sender, Standing, Workspace, admission, is_addressed
from bot.errors import SlackError
from bot.services.members import Members

log = logging.getLogger(__name__)

#: How long Slack may take to say who somebody is whom nobody here has met; an acknowledgement waits for it.
_PATIENCE_SECONDS = 1.5


class Door:
    """Decides what the sender of a payload may do, from what the payload says and who Slack says that it is."""

    def __init__(self, workspace: Workspace, members: Members, open_channels: Collection[str]) -> None:
        self._workspace, self._members, self._open = workspace, members, frozenset(open_channels)

    def is_open(self, channel_id: str) -> bool:
        """Whether an administrator has opened this shared channel for reading."""
        return channel_id in self._open

    async def admit(self, sender: Sender) -> Admission:
        """Return what this sender may do; it is closed to whoever cannot be told."""
        standing = self._members.standing(sender.user_id)
        if standing is None and sender.user_id and is_addressed(sender, self._workspace):
            standing = await self._ask_slack(sender.user_id)
        return admission(sender, self._workspace, standing, open_channels=self._open)

    async def _ask_slack(self, user_id: str) -> Standing | None:
        try:
            return await asyncio.wait_for(self._members.learn(user_id), _PATIENCE_SECONDS)
        except TimeoutError:
            log.warning("Slack did not say in time who an account is")
        except SlackError as error:
            if error.code in ("user_not_found", "user_not_visible"):
                return Standing.STRANGER
            log.warning("Slack did not say who an account is: %s", error)
        return None


def sender_of(body: Mapping[str, Any]) -> Sender:
    """Read where a payload of any kind comes from."""
    event, view = _mapping(body, "event"), _mapping(body, "view")
    team, user = _mapping(body, "team"), _mapping(body, "user")
    user_id = (
        _text(body, "user_id") or _text(user, "id") or _text(event, "user") or _text(_mapping(event, "user"), "id")
    )
    channel = _text(body, "channel_id") or _text(_mapping(body, "channel"), "id") or _text(event, "channel")
    # An event of an account says its workspace in up to three places; each has to be ours.
    said = (_text(user, "team_id"), _text(event, "user_team"), _text(event, "source_team"), _text(event, "team"))
    return Sender(
        team_id=_text(team, "id") or _text(body, "team_id") or _text(view, "app_installed_team_id"),
        enterprise_id=_text(_mapping(body, "enterprise"), "id") or _text(body, "enterprise_id"),
        app_id=_text(body, "api_app_id"),
        user_id=user_id,
        user_teams=tuple(dict.fromkeys(filter(None, said))),
        channel_id=channel or _text(_mapping(body, "container"), "channel_id"),
        is_shared_channel=any(
            source.get(name) is True
            for source in (body, event)
            for name in ("is_ext_shared_channel", "is_pending_ext_shared")
        ),
    )


def _text(source: Mapping[str, Any], key: str) -> str:
    value = source.get(key)
    return value[:100] if isinstance(value, str) else ""


def _mapping(source: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = source.get(key)
    return value if isinstance(value, dict) else {}
