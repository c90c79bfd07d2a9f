"""What Baton needs of the world outside, as protocols; the real things and the fakes both fit them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, NewType, Protocol, TypeVar

from bot.domain.tracker import CommentDraft, IssueDraft, TrackedComment, TrackedIssue

_T = TypeVar("_T")
#: A code of ours, among Slack's: a list has no end.
ENDLESS_LIST = "endless_list"


class Clock(Protocol):
    """Tells the time. Nothing else in Baton asks the operating system for it."""

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        return datetime.now(UTC)


#: The body of an acknowledgement, always with status 200: JSON, or empty.
Ack = NewType("Ack", bytes)

Blocks = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class SlackUser:
    """An account as Slack knows it; `email` is empty when Slack does not tell.

    A guest is invited into single channels; a stranger belongs to another organisation and is met in a shared channel.
    """

    id: str
    name: str
    email: str
    timezone: str
    is_active: bool
    is_bot: bool
    is_guest: bool = False
    is_stranger: bool = False


@dataclass(frozen=True, slots=True)
class Identity:
    """Who Baton is in Slack, as the bot token has it. `enterprise_id` is empty outside Enterprise Grid.

    `bot_id` is what messages name it by that have no user. `is_org_wide` is True for the token of an app that is
    installed for a whole enterprise, not for one workspace.
    """

    bot_user_id: str
    team_id: str
    enterprise_id: str
    app_id: str
    bot_id: str
    is_org_wide: bool = False


@dataclass(frozen=True, slots=True)
class ListedChannel:
    """A channel that Baton can see; `name` is without `#`. `is_shared`: other organisations are in it, or invited."""

    id: str
    name: str
    is_shared: bool = False


@dataclass(frozen=True, slots=True)
class Page(Generic[_T]):
    """A part of something that Slack lists. `next_cursor` is where the next part begins, empty after the last."""

    items: Sequence[_T]
    next_cursor: str


@dataclass(frozen=True, slots=True)
class Posted:
    """A message that is in Slack: the id of its conversation (`D…` for a direct message) and its `ts` there."""

    channel: str
    ts: str


class Slack(Protocol):
    """The Web API calls that Baton makes.

    Each raises SlackError with Slack's code, SlackRateLimitedError, or SlackUnreachableError when no answer came.
    """

    async def post_message(
        self,
        channel: str,
        *,
        text: str,
        blocks: Blocks = (),
        thread_ts: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        reply_broadcast: bool = False,
    ) -> Posted:
        """Post and return where it is now. `channel` may be a user id: then it is a direct message.

        `reply_broadcast` shows a reply (`thread_ts`) in the channel as well.
        """
        ...

    async def update_message(self, channel: str, ts: str, *, text: str, blocks: Blocks = ()) -> None:
        """Replace text and blocks of a message of the bot's own; its metadata stays.

        `channel` is the id that was answered when it was posted; a user id is looked up.
        """
        ...

    async def add_reaction(self, channel: str, ts: str, emoji: str) -> None:
        """React to a message; `already_reacted` is the code where the bot has done so. `emoji` is without colons."""
        ...

    async def remove_reaction(self, channel: str, ts: str, emoji: str) -> None:
        """Take a reaction of the bot's own back; `no_reaction` is the code where there is none."""
        ...

    async def scopes(self) -> tuple[str, ...]:
        """Return the scopes that the app was given; empty where Slack does not say."""
        ...

    async def upload_file(
        self, channel: str, *, filename: str, title: str, alt_text: str, content: bytes, comment: str = ""
    ) -> None:
        """Share a file in one message, with `comment` (mrkdwn) as its text.

        Nothing keeps a file from being shared twice, so this is for answers to what somebody has just done.
        """
        ...

    async def bot_user_id(self) -> str:
        """Return the user id of the bot itself; SlackError says that the token is not accepted."""
        ...

    async def is_shared_channel(self, channel_id: str) -> bool:
        """Whether other organisations are in a channel, or invited to it; SlackError when Slack does not tell."""
        ...

    async def listed_channel(self, channel_id: str) -> ListedChannel | None:
        """Return a channel as `channel_pages` would; None for one that they leave out. SlackError as usual."""
        ...

    async def is_public_channel(self, channel_id: str) -> bool:
        """Whether every member of the workspace can read a channel; SlackError when Slack does not tell."""
        ...

    async def respond(self, response_url: str, body: Mapping[str, Any]) -> None:
        """Post through a response URL, which takes five messages within 30 minutes."""
        ...

    async def open_view(self, trigger_id: str, view: Mapping[str, Any]) -> str:
        """Open a modal and return its id. A trigger lives 3 seconds."""
        ...

    async def update_view(self, view_id: str, view: Mapping[str, Any], *, view_hash: str = "") -> str:
        """Show something else in a modal that is open, and return the hash of what it shows.

        With `view_hash` it does so only where the modal still shows what has that hash.
        """
        ...

    async def push_view(self, trigger_id: str, view: Mapping[str, Any]) -> str:
        """Put a modal on top of the one that the trigger comes from, three at most, and return its id."""
        ...

    async def publish_home(self, user_id: str, view: Mapping[str, Any]) -> None:
        """Show a person's Home tab."""
        ...

    async def user(self, user_id: str) -> SlackUser:
        """Look a member up."""
        ...

    def member_pages(self, cursor: str = "") -> AsyncIterator[Page[SlackUser]]:
        """Yield everybody in the workspace, deactivated accounts included, from a cursor on.

        What goes wrong is raised where the next page would come. `invalid_cursor` is the code for one that is too old,
        ENDLESS_LIST for a list that comes back to a page that was read.
        """
        ...

    def channel_pages(self, cursor: str = "") -> AsyncIterator[Page[ListedChannel]]:
        """Yield the channels that Baton can see and that are not archived, as `member_pages` does."""
        ...

    async def user_groups(self) -> dict[str, str]:
        """Return the handles of the enabled user groups by their ids; SlackError where Slack does not list them."""
        ...

    async def thread_start(self, channel: str, thread_ts: str) -> Mapping[str, Any]:
        """Return the message that a thread begins with, as Slack has it; empty when it is gone.

        Slack shows it only where the bot is a member: `not_in_channel`, or `channel_not_found` when it may not know
        that there is such a channel.
        """
        ...

    def thread_pages(self, channel: str, thread_ts: str) -> AsyncIterator[Sequence[Mapping[str, Any]]]:
        """Yield the messages of a thread, the first ahead of the replies, as Slack has them. Raises as `thread_start`.

        `thread_not_found` says that its first message is gone, and every reply with it.
        """
        ...

    async def permalink(self, channel: str, ts: str) -> str:
        """Return the web address of a message."""
        ...

    async def post_ephemeral(
        self, channel: str, user_id: str, *, text: str, blocks: Blocks = (), thread_ts: str | None = None
    ) -> None:
        """Show a message to one person in a conversation, until they start Slack again."""
        ...

    async def find_message(
        self, channel: str, *, key: str, since: datetime, thread_ts: str | None = None
    ) -> Posted | None:
        """Return where the message is that was posted with the metadata key `key` since then, or None.

        `thread_ts` is the thread that it was posted to: a channel's own messages do not include replies.
        """
        ...


class Tracker(Protocol):
    """The place in a tracker where requests become issues: a repository of GitHub's, a project of Jira's.

    Each call raises a TrackerError: TrackerBusyError, TrackerRefusedError, or TrackerUnreachableError when no usable
    answer came.
    """

    name: str  #: as the settings have it: `github`, `jira`
    signature_header: str  #: the header of its webhooks that holds `sha256=` and the HMAC of the body
    delivery_header: str  #: the header of its webhooks by which a repetition is known
    webhook_secret: str  #: what its webhooks are signed with; empty: none are taken

    async def create(self, draft: IssueDraft) -> TrackedIssue:
        """Make an issue. TrackerUnreachableError: it may be there now, and is found by its marker."""
        ...

    async def find(self, marker: str, *, since: datetime) -> TrackedIssue | None:
        """Return the issue with this marker that was made since then; None when there is none."""
        ...

    async def read(self, ref: str) -> TrackedIssue | None:
        """Return an issue; None when it was deleted."""
        ...

    async def is_public(self, ref: str = "") -> bool:
        """Whether people outside the organisation, or everybody in a larger one, can read the issues.

        With `ref` it is about the place where that issue is now.
        """
        ...

    def changed_since(self, since: datetime) -> AsyncIterator[TrackedIssue]:
        """Yield the issues that were changed since then, those of others among them, the oldest change first."""
        ...

    async def comment(self, ref: str, draft: CommentDraft) -> TrackedComment:
        """Comment on an issue. TrackerUnreachableError: it may be there now, and is found by its marker."""
        ...

    def comments(self, ref: str, *, since: datetime) -> AsyncIterator[TrackedComment]:
        """Yield the comments of an issue since then, perhaps older ones too, without those that only some may read."""
        ...

    async def edit_comment(self, ref: str, comment_id: str, draft: CommentDraft) -> None:
        """Let a comment read like this; one that is gone is no error."""
        ...

    async def delete_comment(self, ref: str, comment_id: str) -> None:
        """Delete a comment; one that is gone already is no error."""
        ...

    def named_in(self, payload: Any) -> str:
        """Return the ref of the issue that a webhook's payload is about; empty when it is about none."""
        ...


class Model(Protocol):
    """A language model that may add to the draft of a request. None is asked unless an operator sets one."""

    name: str  #: as the settings have it, and as the form shows it

    async def ask(self, instructions: str, question: str, schema: Mapping[str, Any]) -> object:
        """Return JSON that should be of the JSON Schema `schema`, and may not be. Raises ModelError for no answer."""
        ...
