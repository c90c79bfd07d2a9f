"""The values that the simulated workspace stores and shows.

They are plain data; the rules are in `workspace`, `refusals` and `web_api`. Times are aware datetimes of the
workspace's clock. `ts` are Slack's timestamps ("1700000000.000100"), which are also the ids of messages.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from bot.errors import UserError

Json = dict[str, Any]
DeliveryKind = Literal["event", "command", "interaction"]


class PlaygroundError(UserError):
    """The request is not possible in this workspace: there is no such person, message, button or view."""


@dataclass(slots=True)
class User:
    """A member of the workspace. Bot users are members, too."""

    id: str
    handle: str
    real_name: str
    email: str | None = None
    tz: str = "Europe/London"
    deleted: bool = False
    is_bot: bool = False
    is_guest: bool = False
    is_stranger: bool = False  #: of another organisation
    #: The account's workspace; "" for this one.
    team_id: str = ""


@dataclass(slots=True)
class Channel:
    """A conversation: a public or private channel, or a direct message between one person and the bot (`is_im`)."""

    id: str
    name: str
    is_private: bool = False
    is_im: bool = False
    members: set[str] = field(default_factory=set)
    bot_is_member: bool = False
    is_ext_shared: bool = False  #: another organisation is in it
    is_pending_ext_shared: bool = False  #: another organisation is invited to it
    is_archived: bool = False
    topic: str = ""
    #: Seconds since the epoch.
    created: int = 0

    @property
    def kind(self) -> Literal["channel", "group", "im"]:
        """Slack's word for it in `channel_type` and in the names of events (`message.channels` …)."""
        if self.is_im:
            return "im"
        return "group" if self.is_private else "channel"


@dataclass(slots=True)
class UserGroup:
    """A user group ("subteam"). `date_delete` is 0 while it is enabled, else the second in which it was disabled."""

    id: str
    handle: str
    name: str
    users: list[str] = field(default_factory=list)
    date_delete: int = 0
    date_create: int = 0


@dataclass(slots=True)
class PostedMessage:
    """One message. `thread_ts` is None outside threads, and equals `ts` on a first message with replies."""

    ts: str
    channel: str
    user: str
    text: str
    blocks: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    thread_ts: str | None = None
    #: The only person who sees it; None if everybody in the conversation does.
    ephemeral_for: str | None = None
    bot_id: str | None = None
    edited: bool = False
    #: When it was last edited and by whom; "" while `edited` is False.
    edited_at: str = ""
    edited_by: str = ""
    deleted: bool = False
    metadata: Json | None = None
    reply_count: int = 0
    reply_users: list[str] = field(default_factory=list)
    latest_reply: str | None = None
    client_msg_id: str | None = None
    subtype: str | None = None
    #: A reply that is also shown in the conversation.
    broadcast: bool = False
    #: emoji name -> ids of the people who reacted, in order.
    reactions: dict[str, list[str]] = field(default_factory=dict)
    #: ids of uploaded files.
    files: list[str] = field(default_factory=list)
    #: What each person has chosen in it: user id -> block_id -> action_id -> state.
    state: dict[str, dict[str, dict[str, Json]]] = field(default_factory=dict)


@dataclass(slots=True)
class View:
    """A modal or a Home tab. `payload` is the view as Slack returns it; `errors` is block_id -> sentence."""

    id: str
    type: str
    user: str
    payload: Json
    root_view_id: str
    previous_view_id: str | None = None
    errors: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MessageRef:
    """Identifies a message that a person acts on."""

    channel: str
    ts: str


@dataclass(frozen=True, slots=True)
class ViewRef:
    """Identifies a modal or a Home tab that a person acts on."""

    view_id: str


@dataclass(frozen=True, slots=True)
class ApiCall:
    """One call of the Web API. `arguments` do not contain the token."""

    at: datetime
    method: str
    arguments: Json
    response: Json
    http_status: int


@dataclass(frozen=True, slots=True)
class Delivery:
    """One attempt to send a payload to the app.

    `headers` exclude the signature. `status` is the HTTP status, 200 for a Socket Mode ack, and 0 if there was no
    answer; `error` then says why (`http_timeout`, `connection_failed`, `not_connected`, or the sentence with which
    Slack's own client refused it). `response` is the parsed body: a dict, a text, or None.
    """

    at: datetime
    kind: DeliveryKind
    payload: Json
    headers: dict[str, str] = field(default_factory=dict)
    status: int = 0
    response: Any = None
    seconds: float = 0.0
    retry_num: int = 0
    transport: Literal["http", "socket", "none"] = "none"
    error: str | None = None

    @property
    def ok(self) -> bool:
        """Whether the app acknowledged it."""
        return 200 <= self.status < 300


@dataclass(frozen=True, slots=True)
class Toast:
    """A message of Slack's own client to a person: a command that timed out, a button without an answer."""

    at: datetime
    user: str
    text: str


@dataclass(frozen=True, slots=True)
class PageChange:
    """A change that a page may have to redraw. `user` is None if it concerns everybody."""

    kind: str
    user: str | None = None
    channel: str | None = None
    ts: str | None = None


@dataclass(frozen=True, slots=True)
class RefusedContent:
    """Content that Slack would have refused, and the reasons.

    `where` is a method name or, for example, "command ack".
    """

    at: datetime
    where: str
    messages: list[str]
    payload: Json


@dataclass(frozen=True, slots=True)
class CrowdMention:
    """A mention of a whole channel or user group in a message of the bot."""

    at: datetime
    where: str
    mention: str
    text: str


@dataclass(slots=True)
class Trigger:
    """A `trigger_id`: opens one view, for one person, within three seconds."""

    id: str
    user: str
    at: datetime
    view_id: str | None = None
    used: bool = False


@dataclass(slots=True)
class ResponseUrl:
    """A `response_url`: five uses within thirty minutes. `ts` is the message it came from; None for a command."""

    token: str
    user: str
    channel: str
    at: datetime
    ts: str | None = None
    uses: int = 0


@dataclass(frozen=True, slots=True)
class Occasion:
    """Something that somebody just did, with what the app can answer it with. `response_url` is "" if there is none."""

    user: User
    trigger_id: str
    response_url: str = ""


@dataclass(slots=True)
class Upload:
    """A file on its way, or shared. `content` is None until the bytes have been posted."""

    id: str
    name: str
    length: int
    content: bytes | None = None
    title: str = ""
    alt_text: str = ""
    completed: bool = False
    channels: list[str] = field(default_factory=list)
    created: int = 0
