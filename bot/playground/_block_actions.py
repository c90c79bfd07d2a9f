"""What people do with blocks (press, choose, type, submit, close), and what an app's answers do to views."""

from __future__ import annotations

from typing import Any

from bot.playground import _payloads
from bot.playground._calls import ApiError
from bot.playground._core import NO_ANSWER
from bot.playground._message_actions import Talking
from bot.playground._methods_views import check, fill, push
from bot.playground._shapes import ts_of
from bot.playground._state import (
    STATE_KEYS,
    Values,
    blocks_of,
    chosen,
    complaints,
    elements,
    find_element,
    initial_values,
)
from bot.playground.records import Delivery, Json, MessageRef, PlaygroundError, PostedMessage, User, View, ViewRef


class Acting(Talking):
    """The part of the simulated Slack in which people use messages, modals and the Home tab."""

    async def act(
        self,
        user: str,
        container: MessageRef | ViewRef,
        action_id: str,
        *,
        block_id: str | None = None,
        value: Any = None,
    ) -> Delivery:
        """Press a button or make a choice. The app gets `block_actions`.

        `value` is the value of an option (a list for several), the id of a person or channel, a date or time in Slack's
        format, or the text of an input with dispatch_action. Raises PlaygroundError for anything that does not exist.
        """
        person = self.workspace.user(user)
        target = self._container(person, container)
        block, element = find_element(blocks_of(target), action_id, block_id=block_id)
        if block["type"] == "input" and not block.get("dispatch_action"):
            raise PlaygroundError(f"{action_id} only counts when the view is submitted: pass it to submit_view.")
        action = self._chosen(person, target, block, element, value)
        if isinstance(target, View):
            trigger = self._occasion(person, view=target.id).trigger_id
            payload = _payloads.view_action(self.workspace, person, target, action=action, trigger_id=trigger)
        else:
            place = self.workspace.channels[target.channel]
            occasion = self._occasion(person, channel=place, ts=target.ts)
            payload = _payloads.message_action(self.workspace, occasion, target, action=action)
        return await self._interact(person, payload)

    def _container(self, person: User, container: MessageRef | ViewRef) -> PostedMessage | View:
        if isinstance(container, ViewRef):
            home = self.workspace.homes.get(person.id)
            if home is not None and home.id == container.view_id:
                return home
            return self._open_view(person, container.view_id)
        _, place = self._present(person.id, container.channel)
        message = self.workspace.message(place.id, container.ts)
        if message is None or message.ephemeral_for not in (None, person.id):
            raise PlaygroundError(f"@{person.handle} sees no message {container.ts} in #{place.name}.")
        return message

    def _open_view(self, person: User, view_id: str) -> View:
        stack = self.workspace.stack(person.id)
        if not stack or stack[-1].id != view_id:
            raise PlaygroundError(f"@{person.handle} does not have the view {view_id} on top.")
        return stack[-1]

    def _chosen(self, person: User, target: PostedMessage | View, block: Json, element: Json, value: Any) -> Json:
        """Return the entry of `actions`, after adding the choice to the container's state."""
        kind = element["type"]
        shown = {"placeholder", "text", "value", "style", "url", "confirm"} | {STATE_KEYS.get(kind, ("", ""))[1]}
        action = {"action_id": element["action_id"], "block_id": block["block_id"]}
        action |= {name: element[name] for name in shown if name in element}
        if kind != "button":
            state = chosen(element, value)
            action |= state
            if kind != "overflow":
                values = self._values(person, target)
                values.setdefault(block["block_id"], {})[element["action_id"]] = state
        return action | {"type": kind, "action_ts": ts_of(self.workspace.now())}

    @staticmethod
    def _values(person: User, target: PostedMessage | View) -> Values:
        if isinstance(target, View):
            values: Values = target.payload["state"]["values"]
            return values
        kept = initial_values(blocks_of(target), kept=target.state.get(person.id))
        target.state[person.id] = kept
        return kept

    async def submit_view(self, user: str, view_id: str, values: dict[str, Any] | None = None) -> Delivery:
        """Fill in and submit the topmost modal. The app's acknowledgement decides what happens to the view.

        `values` maps action_id, block_id or "block_id.action_id" to a value, as for `act`. None leaves an input empty;
        inputs that are not named stay as they are. If Slack's client itself finds an error (required inputs, lengths,
        numbers), nothing reaches the app: the sentences are in `View.errors`, and the Delivery has status 0.
        """
        person = self.workspace.user(user)
        view = self._open_view(person, view_id)
        if view.payload.get("submit") is None:
            raise PlaygroundError("This view has no submit button.")
        for name, value in (values or {}).items():
            self._fill(view, name, value)
        view.errors = complaints(view)
        if view.errors:
            self.workspace.changed("view", user=person.id)
            at = self.workspace.now()
            return Delivery(at=at, kind="interaction", payload={}, error="; ".join(view.errors.values()))
        trigger = self._occasion(person, view=view.id).trigger_id
        payload = _payloads.view_submission(self.workspace, person, view, trigger_id=trigger)
        delivery = await self._courier.send("interaction", payload)
        if self._complain_unless_ok(delivery, person, NO_ANSWER):
            await self._answered(person, view, delivery.response)
        return delivery

    def _fill(self, view: View, name: str, value: Any) -> None:
        matches = [
            (block, element)
            for block, element in elements(view.payload["blocks"])
            if element["type"] in STATE_KEYS
            and name in (element["action_id"], block["block_id"], f"{block['block_id']}.{element['action_id']}")
        ]
        if len(matches) != 1:
            there = ", ".join(element["action_id"] for _, element in elements(view.payload["blocks"]))
            raise PlaygroundError(f"{len(matches)} inputs are called {name}; there is: {there}.")
        block, element = matches[0]
        empty: Any = [] if STATE_KEYS[element["type"]][0].endswith("s") else None
        state = chosen(element, empty if value is None else value)
        view.payload["state"]["values"][block["block_id"]][element["action_id"]] = state

    async def _answered(self, person: User, view: View, answer: Any) -> None:
        """Apply the acknowledgement of a submission to the views. What Slack refuses is refused, with a toast."""
        try:
            if answer in (None, "", {}):
                self._drop(person, view)
            elif not isinstance(answer, dict):
                raise ApiError("invalid_arguments", "the ack of a view_submission must be empty or JSON")
            else:
                await self._respond(person, view, answer)
        except ApiError as error:
            self.workspace.toast(person.id, NO_ANSWER)
            self.workspace.refuse("ack of view_submission", [error.code, *error.messages], {"response": answer})

    def _drop(self, person: User, view: View) -> None:
        # the app may have changed the stack in the meantime: only a view that is still on top closes
        if self.workspace.stack(person.id)[-1:] == [view]:
            self.workspace.drop_views(person.id, 1)

    async def _respond(self, person: User, view: View, answer: Json) -> None:
        action = answer.get("response_action")
        if action == "errors":
            self._show_errors(person, view, answer.get("errors"))
        elif action == "clear":
            closed = self.workspace.drop_views(person.id)
            await self._tell_closed(person, [one for one in closed if one is not view], is_cleared=True)
        elif action in ("update", "push"):
            definition = answer.get("view")
            if not isinstance(definition, dict):
                raise ApiError("invalid_arguments", f"response_action {action} needs a view")
            check(self.workspace, f"ack with {action}", definition)
            if view.id not in self.workspace.views:
                raise ApiError("not_found")
            if action == "push":
                push(self.workspace, view, definition)
            else:
                fill(self.workspace, view, definition)
                self.workspace.changed("view", user=person.id)
        else:
            raise ApiError("invalid_arguments", f"unknown response_action: {action}")

    def _show_errors(self, person: User, view: View, errors: Any) -> None:
        inputs = {block["block_id"] for block in view.payload["blocks"] if block["type"] == "input"}
        if not isinstance(errors, dict) or not errors or not all(isinstance(one, str) for one in errors.values()):
            raise ApiError("invalid_arguments", "errors must name at least one block_id and its sentence")
        if unknown := errors.keys() - inputs:
            raise ApiError("invalid_arguments", f"errors name no input block: {', '.join(sorted(unknown))}")
        view.errors = dict(errors)
        self.workspace.changed("view", user=person.id)

    async def close_view(self, user: str, view_id: str) -> Delivery | None:
        """Close the topmost modal (all of them if it has clear_on_close).

        The app gets `view_closed` only for views with notify_on_close. Return the last such Delivery, or None.
        """
        person = self.workspace.user(user)
        view = self._open_view(person, view_id)
        everything = bool(view.payload["clear_on_close"])
        closed = self.workspace.drop_views(person.id, None if everything else 1)
        return await self._tell_closed(person, closed, is_cleared=everything)

    async def _tell_closed(self, person: User, closed: list[View], *, is_cleared: bool) -> Delivery | None:
        delivery = None
        for view in closed:
            if view.payload["notify_on_close"]:
                payload = _payloads.view_closed(self.workspace, person, view, is_cleared=is_cleared)
                delivery = await self._interact(person, payload)
        return delivery
