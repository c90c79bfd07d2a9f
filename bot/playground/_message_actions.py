"""What people do with words: commands, messages, edits, reactions, shortcuts, joining, opening a DM or the Home tab."""

from __future__ import annotations

import asyncio
import uuid
from typing import Any

from bot.playground import _payloads
from bot.playground._core import NO_ANSWER, Core
from bot.playground._mentions import as_typed, rich_text, tokens_for
from bot.playground._posts import hears, message_subscription
from bot.playground._shapes import message_json, ts_of, with_ids
from bot.playground.records import Channel, Delivery, Json, PlaygroundError, PostedMessage, Upload, User


class Talking(Core):
    """The part of the simulated Slack in which people talk."""

    async def run_command(self, user: str, channel: str, text: str, *, thread_ts: str | None = None) -> Delivery:
        """Type a slash command, such as "/whoowns payments-db". The acknowledgement is shown in the channel.

        Slack's client refuses commands that the manifest does not name, and every command in a thread, with a toast;
        the app is not told.
        """
        person, place = self._present(user, channel)
        command, _, rest = text.strip().partition(" ")
        if not command.startswith("/"):
            raise PlaygroundError("A command begins with a slash.")
        if thread_ts is not None:
            return self._not_sent("command", person, f"{command} is not supported in threads. Sorry!")
        commands = self.workspace.manifest.commands
        if commands is not None and command not in commands:
            return self._not_sent("command", person, f"{command} is not a valid command.")
        if self.workspace.manifest.escapes(command):
            rest = as_typed(rest, self._tokens(labels=True))
        occasion = self._occasion(person, channel=place)
        form = _payloads.command_form(self.workspace, occasion, place, command=command, text=rest.strip())
        delivery = await self._courier.send("command", form)
        reason = "operation_timeout" if delivery.error == "http_timeout" else "dispatch_failed"
        failed = f"{command} failed with the error “{reason}”"
        if self._complain_unless_ok(delivery, person, failed) and delivery.response not in (None, "", {}):
            answer = delivery.response
            body = answer if isinstance(answer, dict) else {"text": str(answer)}
            self._say(body, where=f"ack of {command}", user=person.id, channel=place, sentence=failed)
        return delivery

    async def post(  # noqa: PLR0913 - one part of a message each, all of them by name
        self,
        user: str,
        channel: str,
        text: str,
        *,
        thread_ts: str | None = None,
        blocks: list[Json] | None = None,
        attachments: list[Json] | None = None,
        file: str = "",
        subtype: str | None = None,
        raw: bool = False,
    ) -> PostedMessage:
        """Post a person's message. Returns when the app has answered the events.

        `text` is what the person types: `@handle`, `#channel` and `@group` become mentions and other control characters
        are escaped, as in Slack's client. With `raw` it is used unchanged. The app gets a `message` in every
        conversation that the bot is in, and an `app_mention` if it is mentioned.

        `attachments` and the subtype `bot_message` make it another app's message; `thread_broadcast` also shows a reply
        in the channel, and `me_message` is what `/me` writes. `file` is the name of an attached file.
        """
        person, place = self._present(user, channel)
        if place.is_archived:
            raise PlaygroundError(f"#{place.name} is archived.")
        if place.is_im and self.workspace.manifest.messages_tab_read_only:
            raise PlaygroundError("Sending messages to this app has been turned off.")
        parent = self._seen(place, thread_ts) if thread_ts else None
        wire = text if raw else as_typed(text, self._tokens(labels=False))
        ts = self.workspace.next_ts()
        message = PostedMessage(
            ts,
            place.id,
            person.id,
            wire,
            blocks=with_ids(blocks) if blocks else rich_text(wire, ts[-5:]) if wire else [],
            attachments=attachments or [],
            subtype="file_share" if file else subtype,
            files=[self._attached(file, place)] if file else [],
            broadcast=subtype == "thread_broadcast",
            thread_ts=(parent.thread_ts or parent.ts) if parent else None,
            client_msg_id=str(uuid.uuid4()),
        )
        self.workspace.add_message(message)
        await self._tell_of(message, place)
        return message

    def _attached(self, name: str, place: Channel) -> str:
        workspace = self.workspace
        made = Upload(workspace.next_id("F"), name, 0, b"", completed=True, channels=[place.id])
        made.created = workspace.seconds()
        workspace.files[made.id] = made
        return made.id

    async def _tell_of(self, message: PostedMessage, place: Channel) -> None:
        events = []
        if hears(self.workspace, place):
            events.append(_payloads.message_event(self.workspace, message, place))
        mentioned = f"<@{self.workspace.bot_user_id}" in message.text and not place.is_im and place.bot_is_member
        if mentioned and self.workspace.manifest.subscribes("app_mention"):
            events.append(_payloads.mention_event(self.workspace, message))
        await asyncio.gather(*(self._courier.event(event) for event in events))

    async def edit(self, user: str, channel: str, ts: str, text: str) -> PostedMessage:
        """Edit a person's own message. The app gets `message_changed`."""
        person, place = self._present(user, channel)
        message = self._own(person, place, ts)
        previous = message_json(self.workspace, message)
        message.text = as_typed(text, self._tokens(labels=False))
        message.blocks = rich_text(message.text, ts[-5:])
        message.edited, message.edited_by, message.edited_at = True, person.id, self.workspace.next_ts()
        self.workspace.changed("message", channel=place.id, ts=ts)
        if hears(self.workspace, place):
            await self._courier.event(_payloads.changed_event(self.workspace, message, previous, place))
        return message

    async def delete(self, user: str, channel: str, ts: str) -> None:
        """Delete a person's own message. The app gets `message_deleted`."""
        person, place = self._present(user, channel)
        message = self._own(person, place, ts)
        previous = message_json(self.workspace, message)
        self.workspace.delete_message(message)
        if hears(self.workspace, place):
            await self._courier.event(_payloads.deleted_event(self.workspace, previous, place))

    async def react(self, user: str, channel: str, ts: str, emoji: str) -> Delivery:
        """Add a person's emoji, named without colons. Raises PlaygroundError if it is already there."""
        return await self._react(user, channel, ts, emoji.strip(":"), added=True)

    async def unreact(self, user: str, channel: str, ts: str, emoji: str) -> Delivery:
        """Remove a person's emoji. Raises PlaygroundError if it is not there."""
        return await self._react(user, channel, ts, emoji.strip(":"), added=False)

    async def _react(self, user: str, channel: str, ts: str, emoji: str, *, added: bool) -> Delivery:
        person, place = self._present(user, channel)
        message = self._seen(place, ts)
        users = message.reactions.setdefault(emoji, [])
        if (person.id in users) == added:
            raise PlaygroundError(f"@{person.handle} has {'already' if added else 'not'} reacted with :{emoji}:.")
        if added:
            users.append(person.id)
        else:
            users.remove(person.id)
        message.reactions = {name: who for name, who in message.reactions.items() if who}
        self.workspace.changed("message", channel=place.id, ts=ts)
        kind = "reaction_added" if added else "reaction_removed"
        event = _payloads.reaction_event(self.workspace, kind, message, user=person.id, emoji=emoji)
        return await self.emit(event, channel=place)

    async def run_message_shortcut(self, user: str, channel: str, ts: str, callback_id: str) -> Delivery:
        """Use a message shortcut on a message that is not ephemeral."""
        person, place = self._present(user, channel)
        self._shortcut(callback_id, "message")
        message = self._seen(place, ts)
        occasion = self._occasion(person, channel=place, ts=ts)
        payload = _payloads.message_shortcut(self.workspace, occasion, message, callback_id=callback_id)
        return await self._interact(person, payload)

    async def run_global_shortcut(self, user: str, callback_id: str) -> Delivery:
        """Use a global shortcut."""
        person = self.workspace.user(user)
        self._shortcut(callback_id, "global")
        trigger = self._occasion(person).trigger_id
        payload = _payloads.shortcut(self.workspace, person, callback_id=callback_id, trigger_id=trigger)
        return await self._interact(person, payload)

    def _shortcut(self, callback_id: str, kind: str) -> None:
        shortcuts = self.workspace.manifest.shortcuts
        if shortcuts is not None and shortcuts.get(callback_id) != kind:
            raise PlaygroundError(f"The app has no {kind} shortcut {callback_id}.")

    async def _interact(self, person: User, payload: Json) -> Delivery:
        """Send an interaction whose acknowledgement Slack does not read."""
        delivery = await self._courier.send("interaction", payload)
        if self._complain_unless_ok(delivery, person, NO_ANSWER) and delivery.response not in (None, "", {}, "ok"):
            why = f"invalid_arguments: Slack does not read the body of an ack of {payload['type']}"
            self.workspace.refuse(f"ack of {payload['type']}", [why], {"response": delivery.response})
        return delivery

    async def open_home(self, user: str) -> Delivery:
        """Open the app's Home tab for a person."""
        person = self.workspace.user(user)
        home = self.workspace.homes.get(person.id)
        event = {
            "type": "app_home_opened",
            "user": person.id,
            "channel": self.workspace.im(person.id).id,
            "tab": "home",
            "event_ts": ts_of(self.workspace.now()),
            **({"view": home.payload} if home else {}),
        }
        return await self.emit(event)

    async def open_dm(self, user: str) -> Channel:
        """Open a person's direct message with the bot. The app gets `app_home_opened` with the messages tab."""
        person = self.workspace.user(user)
        place = self.workspace.im(person.id)
        ts = ts_of(self.workspace.now())
        about = {"user": person.id, "channel": place.id, "tab": "messages", "event_ts": ts}
        await self.emit({"type": "app_home_opened", **about})
        return place

    async def join(self, user: str, channel: str, *, inviter: str | None = None) -> Delivery:
        """Let somebody join a channel, or be invited; also the bot (`workspace.bot_user_id`)."""
        person, place = self.workspace.user(user), self.workspace.channel(channel)
        if person.id == self.workspace.bot_user_id:
            place.bot_is_member = True
        else:
            place.members.add(person.id)
        self.workspace.changed("channel", channel=place.id)
        event = {
            "type": "member_joined_channel",
            "user": person.id,
            "channel": place.id,
            "channel_type": "G" if place.is_private else "C",
            "team": self.workspace.team_of(person.id),
            "event_ts": ts_of(self.workspace.now()),
            **({"inviter": self.workspace.user(inviter).id} if inviter else {}),
        }
        return await self.emit(event, channel=place)

    async def emit(self, event: dict[str, Any], *, channel: Channel | None = None) -> Delivery:
        """Send any event, if the app subscribes to it and, if a channel is given, the bot is in it.

        Otherwise return a Delivery of status 0 that says why; it is not kept in `deliveries`.
        """
        kind = event["type"]
        place = channel or (self.workspace.channels.get(event.get("channel", "")) if kind == "message" else None)
        subscription = message_subscription(place) if kind == "message" and place else kind
        if not self.workspace.manifest.subscribes(subscription):
            error = f"not subscribed to {subscription}"
        elif place is not None and not place.bot_is_member:
            error = "the bot is not in the channel"
        else:
            return await self._courier.event(event)
        return Delivery(at=self.workspace.now(), kind="event", payload={"event": event}, error=error)

    def _tokens(self, *, labels: bool) -> Any:
        workspace = self.workspace
        return tokens_for(workspace.users, workspace.channels, workspace.groups, labels=labels)

    def _present(self, user: str, channel: str) -> tuple[User, Channel]:
        """Return the person and the conversation. Raises PlaygroundError unless the person is active and in it."""
        person, place = self.workspace.user(user), self.workspace.channel(channel)
        if person.deleted:
            raise PlaygroundError(f"@{person.handle} is deactivated.")
        if person.id not in place.members:
            raise PlaygroundError(f"@{person.handle} is not in #{place.name}: be somebody who is.")
        return person, place

    def _seen(self, place: Channel, ts: str) -> PostedMessage:
        message = self.workspace.message(place.id, ts)
        if message is None or message.ephemeral_for is not None:
            raise PlaygroundError(f"There is no message {ts} in #{place.name} to do this with.")
        return message

    def _own(self, person: User, place: Channel, ts: str) -> PostedMessage:
        message = self._seen(place, ts)
        if message.user != person.id:
            raise PlaygroundError("Only the author may do this.")
        return message
