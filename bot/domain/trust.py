"""The trust boundary: whether a payload is meant for this workspace, and what its sender may do.

The fields and their meaning: https://docs.slack.dev/apis/slack-connect/
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.value_object import value_object


class AccountStanding(StrEnum):
    """What an account is in the workspace."""

    MEMBER = "member"
    #: `is_restricted` or `is_ultra_restricted`: invited to single channels.
    GUEST = "guest"
    #: An account of another workspace, seen in a shared channel.
    STRANGER = "stranger"
    BOT = "bot"
    #: Deactivated.
    GONE = "gone"


class Admission(StrEnum):
    """What a sender may do."""

    #: Ask and decide.
    DECIDE = "decide"
    #: Ask, but change nothing.
    READ = "read"
    #: Nothing: the sender, or the place of the answer, is outside the organisation.
    OUTSIDE = "outside"
    #: Nothing here: a member, in a channel in which people from outside would read the answer.
    SHARED = "shared"
    #: Nothing at the moment: Slack did not say who it is.
    UNKNOWN = "unknown"
    #: Nothing, without an answer: another bot.
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class Workspace:
    """The workspace and the app that Baton serves. `enterprise_id` is "" outside Enterprise Grid."""

    team_id: str
    enterprise_id: str
    app_id: str


@value_object()
class Sender:
    """What a payload says about where it comes from; text is "" if the payload does not say.

    `team_id`, `enterprise_id` and `app_id` are those that the payload is addressed to, `user_teams` the workspaces of
    the person. `may_omit_app` is whether Slack leaves the app out of payloads of this kind. `is_shared_channel` is
    whether it is an event in a channel that other organisations are in, or are invited to, and where they would read
    the answer; None if an event in a channel does not say.
    """

    team_id: str
    enterprise_id: str
    app_id: str
    user_id: str
    user_teams: tuple[str, ...]
    channel_id: str
    is_shared_channel: bool | None
    is_event: bool = False
    #: For an event: the workspaces that it was sent for.
    authorized_teams: tuple[str, ...] = ()
    may_omit_app: bool = False


def is_addressed(sender: Sender, workspace: Workspace) -> bool:
    """Whether a payload is meant for this app in this workspace. One that does not say is not.

    Payloads of an installation for a whole enterprise may leave the workspace out, but Baton does not run as one.
    """
    if sender.app_id != workspace.app_id and (sender.app_id or not sender.may_omit_app):
        return False
    if sender.authorized_teams and workspace.team_id not in sender.authorized_teams:
        return False  # Slack sent it for another workspace that has installed the app
    if sender.is_shared_channel and sender.authorized_teams:
        return True  # another organisation's channel: the envelope names that one, `user_team` the author's
    if sender.enterprise_id and sender.enterprise_id != workspace.enterprise_id:
        return False
    return sender.team_id == workspace.team_id


def admission(
    sender: Sender, workspace: Workspace, standing: AccountStanding | None, *, open_channels: Collection[str]
) -> Admission:
    """Return what the sender of a payload may do. `standing` is None if Slack could not be asked.

    An administrator has opened the `open_channels` for reading: outsiders may ask there, and so may members, whose
    answers outsiders will see.
    """
    if not is_addressed(sender, workspace):
        return Admission.OUTSIDE
    if standing is AccountStanding.BOT:
        return Admission.SILENT
    ours = {workspace.team_id, workspace.enterprise_id}
    is_outsider = standing is AccountStanding.STRANGER or not ours.issuperset(sender.user_teams)
    if is_outsider:
        return Admission.READ if sender.channel_id in open_channels else Admission.OUTSIDE
    if standing is None:
        return Admission.UNKNOWN
    if standing is AccountStanding.GONE:
        return Admission.OUTSIDE
    if sender.is_shared_channel is not False and sender.channel_id not in open_channels:
        return Admission.SHARED
    return Admission.READ if standing is AccountStanding.GUEST else Admission.DECIDE


def may_be_heard(
    sender: Sender, workspace: Workspace, standing: AccountStanding | None, *, open_channels: Collection[str]
) -> bool | None:
    """Whether the organisation's own listeners get an event; None if Slack could not be asked who caused it.

    They get alert bots' messages and events that nobody caused, but nothing from where other organisations are.
    """
    if standing is AccountStanding.BOT or not sender.user_id:
        standing = AccountStanding.GUEST
    admitted = admission(sender, workspace, standing, open_channels=open_channels)
    return None if admitted is Admission.UNKNOWN else admitted in (Admission.DECIDE, Admission.READ)
