"""What the parts of the simulated Slack share: its workspace, its courier, its Web API, and the rules of an ack."""

from __future__ import annotations

from bot.playground._posts import bot_message, post
from bot.playground._sockets import Sockets
from bot.playground.delivery import PayloadCourier
from bot.playground.records import Channel, Delivery, DeliveryKind, Json, Occasion, PostedMessage, User
from bot.playground.refusals import refuse_message, refuse_size
from bot.playground.web_api import WebApi
from bot.playground.workspace import SimulatedWorkspace

#: What Slack's client says if an app does not answer a click or a submission.
NO_ANSWER = "We had some trouble connecting. Try again?"


class Core:
    """The state of `fake_slack.FakeSlack`. Its mixins add what people do and see."""

    workspace: SimulatedWorkspace
    api: WebApi
    #: Whether the app is told of its own actions, as in Slack.
    echo: bool
    _courier: PayloadCourier
    _sockets: Sockets
    #: The address of this server, with a slash at its end; "" before `start`.
    base_url: str

    def _occasion(
        self, user: User, *, channel: Channel | None = None, ts: str | None = None, view: str = ""
    ) -> Occasion:
        """Return a trigger for something that this person just did, and a response_url if it was in a conversation."""
        trigger = self.workspace.issue_trigger(user.id, view_id=view or None)
        if channel is None:
            return Occasion(user, trigger)
        issued = self.workspace.issue_response_url(user.id, channel.id, ts=ts)
        return Occasion(user, trigger, f"{self.base_url}response/{issued.token}")

    def _not_sent(self, kind: DeliveryKind, user: User, sentence: str) -> Delivery:
        """Return the Delivery for something that Slack's own client refuses before it reaches the app."""
        self.workspace.toast(user.id, sentence)
        at = self.workspace.now()
        return Delivery(at=at, kind=kind, payload={}, error=sentence)

    def _complain_unless_ok(self, delivery: Delivery, user: User, sentence: str) -> bool:
        if not delivery.ok:
            self.workspace.toast(user.id, sentence)
        return delivery.ok

    def _say(
        self, body: Json, *, where: str, user: str, channel: Channel, sentence: str = NO_ANSWER
    ) -> PostedMessage | None:
        """Show a message from an ack or a response_url. What Slack refuses is refused, with a toast."""
        found = [*map(str, refuse_message(body) + refuse_size(body, "response_url"))]
        response_type = body.get("response_type", "ephemeral")
        if response_type not in ("ephemeral", "in_channel"):
            found = [*found, f"invalid_arguments: response_type must not be {response_type}"]
        if found:
            self.workspace.refuse(where, found, body)
            self.workspace.toast(user, sentence)
            return None
        self.workspace.note_pings(where, body)
        only_for = user if response_type == "ephemeral" else None
        message = bot_message(self.workspace, channel.id, body, ephemeral_for=only_for)
        return post(self.workspace, self._courier, message, echo=self.echo)
