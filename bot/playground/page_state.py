"""What one person sees of the simulated workspace, as JSON for the page. Read-only."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass

from bot.playground.fake_slack import FakeSlack
from bot.playground.records import ApiCall, Channel, Delivery, Json, PostedMessage, Upload, User, View

#: How many messages of a conversation the page gets, newest last, together with their threads' first messages.
MESSAGES_SHOWN = 300
#: How many deliveries the page's "Behind the scenes" shows.
DELIVERIES_SHOWN = 30
TOASTS_SHOWN = 20
_PICTURES = {"png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif"}


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Something for a newcomer to try: the `text` to send, and `why` in a few words."""

    text: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Tour:
    """The stops of the guided tour: the people to play, their channels, and the thread that becomes a request."""

    asker: str  #: who asks who owns something
    owner: str  #: … and who does
    owner_channel: str
    threads: str  #: the channel of the grooming threads
    story: str  #: the `ts` of the thread that becomes a request
    requester: str  #: who began it
    devops: str  #: who accepts the request
    devops_channel: str


def people(fake: FakeSlack) -> list[User]:
    """Return the people whom the page can play: members who are not bots and have not left, by name."""
    users = fake.workspace.users.values()
    return sorted((user for user in users if not user.is_bot and not user.deleted), key=lambda user: user.real_name)


def visible_state(
    fake: FakeSlack,
    user: str,
    *,
    suggestions: Sequence[Suggestion],
    emoji: Sequence[str],
    tour: Tour | None = None,
    has_clock: bool = False,
    moving: Callable[[], float | None] = lambda: None,
) -> Json:
    """Return everything that `user` (an id) sees: users, channels, messages, modals, Home tab, commands, toasts."""
    workspace = fake.workspace
    channels = _channels(fake, user)
    dm = next((channel for channel in channels if channel.is_im), None)
    home = fake.home(user)
    bot = workspace.users[workspace.bot_user_id]
    return {
        "team": {"id": workspace.team_id, "name": workspace.team_name},
        "bot": {"id": bot.id, "handle": bot.handle, "name": workspace.manifest.bot_name or bot.real_name},
        "you": user,
        "now": workspace.now().isoformat(),
        "users": [_user(each) for each in [bot, *people(fake), *_absent(fake)]],
        "groups": [{"id": each.id, "handle": each.handle, "name": each.name} for each in workspace.groups.values()],
        "channels": [_channel(channel, user) for channel in channels if not channel.is_im],
        "archived": [{"id": each.id, "name": each.name} for each in _seen_by(fake, user) if each.is_archived],
        "dm": dm.id if dm else None,
        "messages": {channel.id: _messages(fake, user, channel) for channel in channels},
        "views": [_view(view) for view in fake.view_stack(user)],
        "has_home": workspace.manifest.home_tab,
        "home": _view(home) if home else None,
        **_manifest_lists(workspace.manifest.raw),
        "toasts": _toasts(fake, user),
        "suggestions": [asdict(each) for each in suggestions],
        "emoji": list(emoji),
        "tour": asdict(tour) if tour is not None else None,
        "has_clock": has_clock,
        "clock_progress": moving(),
    }


def _absent(fake: FakeSlack) -> Iterable[User]:
    """Return bots and people who left: they cannot be played, but their names are in old messages."""
    workspace = fake.workspace
    return (u for u in workspace.users.values() if (u.is_bot or u.deleted) and u.id != workspace.bot_user_id)


def _channels(fake: FakeSlack, user: str) -> list[Channel]:
    """Return the public channels, the private ones that this person is in, and the direct message with the bot."""
    seen = (channel for channel in _seen_by(fake, user) if not channel.is_archived)
    return sorted(seen, key=lambda channel: channel.name)


def _seen_by(fake: FakeSlack, user: str) -> Iterable[Channel]:
    """Yield the channels that this person sees. An archived channel is not listed, but its name is in messages.

    A guest sees only the channels that they are in.
    """
    is_guest = fake.workspace.user(user).is_guest
    return (
        each for each in fake.workspace.channels.values() if user in each.members or not (each.is_private or is_guest)
    )


def _fields(record: object, *names: str) -> Json:
    return {name: getattr(record, name) for name in names}


def _user(user: User) -> Json:
    return _fields(user, "id", "handle", "real_name", "tz", "deleted", "is_bot")


def _channel(channel: Channel, user: str) -> Json:
    shown = _fields(channel, "id", "name", "is_private", "topic", "bot_is_member")
    return shown | {"member": user in channel.members}


def _messages(fake: FakeSlack, user: str, channel: Channel) -> list[Json]:
    stored = fake.workspace.messages.get(channel.id, {})
    seen = {ts: each for ts, each in stored.items() if not each.deleted and each.ephemeral_for in (None, user)}
    newest = sorted(seen)[-MESSAGES_SHOWN:]
    parents = {seen[ts].thread_ts for ts in newest}
    kept = sorted({*newest, *(ts for ts in parents if ts in seen)})
    return [_message(seen[ts], fake) for ts in kept]


def _message(message: PostedMessage, fake: FakeSlack) -> Json:
    files = (fake.workspace.files.get(file_id) for file_id in message.files)
    shown = _fields(message, "ts", "channel", "user", "text", "blocks", "attachments", "thread_ts", "broadcast")
    shown |= _fields(message, "edited", "reply_count")
    return shown | {
        "files": [_file(each) for each in files if each],
        "ephemeral": message.ephemeral_for is not None,
        "bot": message.bot_id is not None,
        "reactions": [{"name": name, "users": users} for name, users in message.reactions.items() if users],
    }


def _file(file: Upload) -> Json:
    return {
        "id": file.id,
        "name": file.name,
        "title": file.title or file.name,
        "alt": file.alt_text,
        "is_picture": picture_type(file) is not None,
    }


def picture_type(file: Upload) -> str | None:
    """Return the content type of a picture that the page shows; None for any other file."""
    return _PICTURES.get(file.name.rpartition(".")[2].lower()) if file.completed and file.content else None


def _view(view: View) -> Json:
    keys = ("callback_id", "title", "submit", "close", "blocks", "hash")
    return {"id": view.id, "errors": view.errors, **{key: view.payload.get(key) for key in keys}}


def _manifest_lists(manifest: Json) -> Json:
    features = manifest.get("features", {})
    shortcuts = features.get("shortcuts", [])
    return {
        "commands": [
            {key: command.get(key, "") for key in ("command", "description", "usage_hint")}
            for command in features.get("slash_commands", [])
        ],
        "message_shortcuts": [_shortcut(each) for each in shortcuts if each.get("type") == "message"],
        "global_shortcuts": [_shortcut(each) for each in shortcuts if each.get("type") == "global"],
    }


def _shortcut(shortcut: Json) -> Json:
    return {key: shortcut.get(key, "") for key in ("callback_id", "name", "description")}


def _toasts(fake: FakeSlack, user: str) -> list[Json]:
    own = [toast for toast in fake.toasts if toast.user == user][-TOASTS_SHOWN:]
    return [{"id": f"{toast.user} {toast.at.isoformat()} {toast.text}", "text": toast.text} for toast in own]


def traffic(fake: FakeSlack, index: int) -> Json:
    """One delivery (`index` into `fake.deliveries`; -1 is the newest), the Web API calls that followed it, and the list
    of recent deliveries, newest first. `delivery` is None when there is none with that index.
    """
    deliveries = fake.deliveries
    at = len(deliveries) - 1 if index < 0 else index
    first = max(0, len(deliveries) - DELIVERIES_SHOWN)
    recent = [{"index": n, "title": _title(deliveries[n])} for n in reversed(range(first, len(deliveries)))]
    if not 0 <= at < len(deliveries):
        return {"recent": recent, "delivery": None, "calls": []}
    following = deliveries[at + 1].at if at + 1 < len(deliveries) else None
    chosen = deliveries[at]
    # A call does not name its delivery: the calls from this delivery until the next one are shown with it.
    calls = [call for call in fake.calls if call.at >= chosen.at and (following is None or call.at < following)]
    return {"recent": recent, "delivery": _delivery(chosen, at), "calls": [_call(call) for call in calls[-50:]]}


def _title(delivery: Delivery) -> str:
    payload = delivery.payload
    if delivery.kind == "command":
        return f"{payload.get('command', '')} {payload.get('text', '')}".strip()
    if delivery.kind == "event":
        return f"event {payload.get('event', {}).get('type', '')}"
    actions = payload.get("actions") or [{}]
    what = actions[0].get("action_id") or payload.get("callback_id") or payload.get("view", {}).get("callback_id", "")
    return f"{payload.get('type', 'interaction')} {what}".strip()


def _delivery(delivery: Delivery, index: int) -> Json:
    return _fields(delivery, "kind", "transport", "payload", "seconds", "retry_num") | {
        "index": index,
        "at": delivery.at.isoformat(timespec="milliseconds"),
        "status": delivery.error or delivery.status,
        "answer": delivery.response,
    }


def _call(call: ApiCall) -> Json:
    return _fields(call, "method", "arguments", "response", "http_status")
