"""What hands do in the simulated Slack: press what a message has, fill in what opens, press again after a failure."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.blocks.eol import actions as ids
from bot.playground.fake_slack import Delivery, FakeSlack, MessageRef, PostedMessage, View
from bot.playground.records import PlaygroundError

#: So often somebody presses who gets no answer.
_PATIENCE = 5


@dataclass(frozen=True, slots=True)
class Choice:
    """A button, or an option of a menu, as a message has it."""

    block_id: str
    action_id: str
    value: str
    is_option: bool = False


def choices(blocks: Sequence[Mapping[str, Any]]) -> Iterator[Choice]:
    """Yield all that can be pressed in these blocks."""
    for block in blocks:
        accessory = block.get("accessory")
        for element in (*block.get("elements", ()), *([accessory] if accessory else ())):
            if "action_id" not in element:
                continue
            if element["type"] == "button":
                yield Choice(block["block_id"], element["action_id"], element.get("value", ""))
            for option in element.get("options", ()):
                yield Choice(block["block_id"], element["action_id"], option["value"], is_option=True)


def find(message: PostedMessage, action_id: str, value: str) -> Choice | None:
    """Return the button or option with this value; None where the message has none."""
    return next((each for each in choices(message.blocks) if (each.action_id, each.value) == (action_id, value)), None)


def options_of(view: View, block_id: str) -> list[str]:
    """Return the values that a menu of a form offers; empty where the form has no such menu."""
    for block in view.payload["blocks"]:
        if block.get("block_id") == block_id:
            return [option["value"] for option in block["element"].get("options", ())]
    return []


@dataclass(slots=True)
class Hands:
    """Presses as people's clients do: signed requests to the app, which may be killed over any of them.

    `settled` brings the app up again where it is down, and waits for what it does behind its acknowledgements.
    `pressing` is told of each request before it is sent.
    """

    slack: FakeSlack
    settled: Callable[[], Awaitable[None]]
    pressing: Callable[[], None]

    async def press(self, user: str, message: PostedMessage, choice: Choice) -> None:
        """Press a button, or choose an option."""
        ref, value = MessageRef(message.channel, message.ts), choice.value if choice.is_option else None
        await self._deliver(lambda: self.slack.act(user, ref, choice.action_id, block_id=choice.block_id, value=value))

    async def card(self, user: str, message: PostedMessage, reminder: int) -> PostedMessage | None:
        """Return a message with all the buttons of a reminder: this one, or what its "Open" shows to the person.

        None where nothing can be opened any more.
        """
        if find(message, ids.MORE, f"{ids.DONE}|{reminder}") is not None:
            return message
        opening = find(message, ids.OPEN, str(reminder))
        if opening is None:
            return None
        for _ in range(_PATIENCE):
            before = len(self.slack.workspace.messages[message.channel])
            await self.press(user, message, opening)
            await self.settled()
            new = list(self.slack.workspace.messages[message.channel].values())[before:]
            person = self.slack.workspace.user(user).id
            shown = [each for each in new if each.ephemeral_for == person]
            if shown:
                return shown[-1] if find(shown[-1], ids.EXPLAIN, str(reminder)) is not None else None
        raise AssertionError(f"{user} presses Open, and nothing comes")

    async def form(self, user: str, message: PostedMessage, choice: Choice) -> View | None:
        """Return the form that a button opens; None where it says something else instead."""
        for _ in range(_PATIENCE):
            self.slack.workspace.drop_views(self.slack.workspace.user(user).id)
            await self.press(user, message, choice)
            stack = self.slack.view_stack(user)
            if stack and not stack[-1].payload["callback_id"]:  # it says that it is being made
                await self.settled()
            if not stack or stack[-1].payload.get("submit") is not None:
                return stack[-1] if stack else None
        raise AssertionError(f"{user} presses {choice.action_id}, and nothing comes")

    async def submit(self, user: str, view: View, values: Mapping[str, Any]) -> bool:
        """Submit a form and close what is open; return whether it was taken without an error at a field."""
        await self._deliver(lambda: self.slack.submit_view(user, view.id, dict(values)))
        self.slack.workspace.drop_views(self.slack.workspace.user(user).id)
        return not view.errors

    async def _deliver(self, sending: Callable[[], Awaitable[Delivery]]) -> None:
        for attempt in range(_PATIENCE):
            self.pressing()
            try:
                delivery = await sending()
            except PlaygroundError:
                # The app was killed over the press after it had taken it, and the message has other buttons by now.
                if attempt:
                    return
                raise
            assert delivery.transport != "none", delivery.error  # the client itself would not have sent that
            if delivery.ok:
                return
            await self.settled()
        raise AssertionError("pressed again and again, and the app never answers")
