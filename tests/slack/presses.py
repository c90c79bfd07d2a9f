"""Presses every button that Baton has shown to anybody: as anybody else, once more, and after its subject is gone."""

from __future__ import annotations

import copy
import logging
import re
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import bindparam, func, select

from bot.playground._state import blocks_of, elements
from bot.playground.fake_slack import MessageRef, PostedMessage, View, ViewRef
from bot.store import tables
from tests.slack.conftest import Stage
from tests.slack.test_eol_answers import posted

#: What is typed and chosen in fields that have to be filled, one after the other until the form is taken.
_WORDS = ("Because the audit asks for it", "4", "https://docs.example.test/x", "Ledger", "20", "30")
_DAYS = (10, 20, 3, 40)
_AUDIT = tables.core(tables.AuditEntry).c
_LAST = select(func.max(_AUDIT.id))
_SINCE = select(_AUDIT.action).where(_AUDIT.id > bindparam("last")).order_by(_AUDIT.id)
#: No row of the database has this number.
NOBODY = "999999"


@dataclass(frozen=True)
class Button:
    """Something to press: where it was shown, and the value of a choice."""

    shown: PostedMessage | View
    action_id: str
    block_id: str
    value: str | None
    word: str = ""

    @property
    def name(self) -> str:
        return f"{self.action_id} {self.word}".strip()


@dataclass
class Press:
    """What came of a press or a form: what was written into the audit log, and what whoever pressed read."""

    role: str
    name: str
    changes: list[str]
    said: str
    #: The form that it opened, with the views that lie below it.
    form: View | None = None
    below: list[View] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.role} presses {self.name}: {self.changes}, {self.said[:300]!r}"


@dataclass
class Presses:
    """Presses everything in a workspace. `faults` has a line for whatever went wrong."""

    stage: Stage
    caplog: Any
    #: The forms that everybody may send.
    for_everybody: Container[str] = ()
    made: list[Press] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    submitted: set[str] = field(default_factory=set)
    #: The forms that were opened, each with whoever opened it.
    forms: dict[str, tuple[View, str]] = field(default_factory=dict)
    _known: dict[str, Button] = field(default_factory=dict)
    _opened: list[View] = field(default_factory=list)

    @property
    def pressed(self) -> set[str]:
        return {each.name.split()[0] for each in self.made}

    def buttons(self) -> list[Button]:
        """Every button and choice that has been shown so far, one for each action and word of its value."""
        for shown in [*self._shown()]:
            for block, element in elements(blocks_of(shown)):
                if block["type"] == "input":
                    continue
                for value in _values(element):
                    word = _word(value or element.get("value", ""))
                    made = Button(shown, element["action_id"], block["block_id"], value, word)
                    if made.name not in self._known:
                        self._known[made.name] = replace(made, shown=copy.deepcopy(shown))
        self._opened.clear()
        return list(self._known.values())

    def _shown(self) -> Iterator[PostedMessage | View]:
        """The newest first: what is edited and answered last is what people have before them."""
        workspace = self.stage.slack.workspace
        yield from self._opened
        yield from workspace.views.values()
        yield from workspace.homes.values()
        messages = [each for stored in workspace.messages.values() for each in stored.values()]
        for message in sorted(messages, key=lambda each: float(each.ts), reverse=True):
            if message.user == workspace.bot_user_id and not message.deleted:
                yield message

    def lend(self, shown: PostedMessage | View, role: str) -> MessageRef | ViewRef:
        """Show somebody what another person was shown, or once more what they were shown themselves."""
        workspace = self.stage.slack.workspace
        person = workspace.user(role)
        if isinstance(shown, PostedMessage):
            place = workspace.channels[shown.channel]
            channel = workspace.im(role) if place.is_im else place
            channel.members.add(person.id)
            mine = person.id if shown.ephemeral_for else None
            lent = replace(
                shown,
                ts=workspace.next_ts(),
                channel=channel.id,
                ephemeral_for=mine,
                blocks=copy.deepcopy(shown.blocks),
            )
            workspace.add_message(replace(lent, thread_ts=None))
            return MessageRef(channel.id, lent.ts)
        number = shown.id if shown.user == person.id and shown.type == "modal" else workspace.next_id("V")
        payload = copy.deepcopy(shown.payload) | {"id": number, "root_view_id": number, "previous_view_id": None}
        view = View(number, shown.type, person.id, payload, number)
        workspace.drop_views(person.id)
        if shown.type == "home":
            workspace.homes[person.id] = view
            workspace.views[view.id] = view
        else:
            workspace.push_view(view)
        return ViewRef(number)

    async def press(self, button: Button, role: str) -> Press:
        """Press one button as somebody, and note what came of it."""
        where = self.lend(button.shown, role)
        before = await self._before(role)
        delivery = await self.stage.slack.act(
            role, where, button.action_id, block_id=button.block_id, value=button.value
        )
        made = await self._made(button.name, role, before, delivery)
        self._opened += copy.deepcopy(self.stage.slack.view_stack(role))
        stack = self.stage.slack.view_stack(role)
        if stack and stack[-1].payload.get("submit"):
            *made.below, made.form = copy.deepcopy(stack)
        return made

    async def shortcut(self, callback_id: str, role: str, message: PostedMessage | None) -> Press:
        """Use a shortcut, on a message or without one."""
        self.close(role)
        before, slack = await self._before(role), self.stage.slack
        if message is None:
            delivery = await slack.run_global_shortcut(role, callback_id)
        else:
            delivery = await slack.run_message_shortcut(role, message.channel, message.ts, callback_id)
        return await self._made(callback_id, role, before, delivery)

    async def submit(
        self, form: View, role: str, values: dict[str, Any] | None = None, *, below: Sequence[View] = ()
    ) -> Press:
        """Fill a form that was opened, by somebody else perhaps, until it is taken, and note what came of it."""
        where = self.lend(form, role)
        workspace = self.stage.slack.workspace
        assert isinstance(where, ViewRef)
        top = workspace.views[where.view_id]
        workspace.drop_views(top.user)
        for each in (*(replace(one, user=top.user) for one in copy.deepcopy([*below])), top):
            workspace.push_view(each)
        view, filled = self.stage.slack.view_stack(role)[-1], dict(values or {})
        before, delivery = await self._before(role), None
        for attempt in range(7):
            delivery = await self.stage.slack.submit_view(role, view.id, filled)
            if delivery.status == 200:
                self.submitted.add(form.payload["callback_id"])
            wrong = dict(view.errors)
            if not wrong or values is not None:
                break
            person, today = self.stage.slack.workspace.user("omar").id, self.stage.clock.now().date()
            filled |= {block_id: guess(view, block_id, attempt, person=person, today=today) for block_id in wrong}
        name = f"{form.payload['callback_id']} (form)"
        made = await self._made(name, role, before, delivery, said=" ".join(view.errors.values()))
        made.values = filled
        return made

    async def everything(
        self,
        roles: Sequence[str],
        *,
        only: Container[str],
        reading: Container[str],
        last: Sequence[str],
        most: int = 200,
    ) -> list[Button]:
        """Press every button of these actions as everybody, in this order, and send the forms; return the buttons.

        What only shows something is pressed by the first two and the last of the people, and what ends something comes
        `last` among the buttons, so that the others are pressed while there still is something.
        """
        done: dict[str, Button] = {}
        for _ in range(most):
            new = [each for each in self.buttons() if each.name not in done and each.action_id in only]
            button = min(new, key=lambda each: _place(each, last), default=None)
            if button is None:
                return list(done.values())
            done[button.name] = button
            for role in (*roles[:2], roles[-1]) if button.action_id in reading else roles:
                await self.twice(button, role)
        raise AssertionError(f"more than {most} buttons: {sorted(done)}")

    async def twice(self, button: Button, role: str) -> None:
        """Press a button twice, and where it opens a form, let others send that form, and then whoever opened it."""
        first = await self.press(button, role)
        if first.form is not None:
            await self.form(first.form, role, first.below)
        elif first.changes:
            again = await self.press(button, role)
            if again.changes:
                self.faults.append(f"twice: {again}")
        self.close(role)

    async def form(self, form: View, role: str, below: Sequence[View]) -> None:
        callback = form.payload["callback_id"]
        self.forms[callback] = (form, role)
        self.close(role)
        if callback not in self.submitted:
            for other in () if callback in self.for_everybody else ("gus", "zoe"):
                await self.submit(form, other, below=below)
                self.close(other)
        first = await self.submit(form, role, below=below)
        if first.changes:
            again = await self.submit(form, role, first.values, below=below)
            if again.changes:
                self.faults.append(f"twice: {again}")

    def close(self, role: str) -> None:
        self.stage.slack.workspace.drop_views(self.stage.slack.workspace.user(role).id)

    def _shown_to_all(self) -> int:
        """How many messages Baton has written for everybody."""
        bot = self.stage.slack.workspace.bot_user_id
        stored = self.stage.slack.workspace.messages.values()
        return sum(each.user == bot and not each.ephemeral_for for some in stored for each in some.values())

    async def _before(self, role: str) -> tuple[int, int, int, set[str]]:
        self.caplog.clear()
        async with self.stage.database.connected() as connection:
            last = (await connection.execute(_LAST)).scalar() or 0
        return last, len(self.stage.slack.toasts), self._shown_to_all(), set(self._read_by(role))

    def _read_by(self, role: str) -> Iterator[str]:
        """What somebody alone can read, each with a stamp of when it came."""
        slack = self.stage.slack
        person = slack.workspace.user(role).id
        place = slack.workspace.im(role).id
        for channel, stored in slack.workspace.messages.items():
            for each in stored.values():
                if each.ephemeral_for == person or (channel == place and each.ephemeral_for is None):
                    yield f"{each.ts} {each.edited_at} {each.text}"
        for view in [*slack.view_stack(role), *filter(None, [slack.home(role)])]:
            yield f"{view.id} {view.payload['hash']} {_text(view)}"

    async def _made(
        self, name: str, role: str, before: tuple[int, int, int, set[str]], delivery: Any, said: str = ""
    ) -> Press:
        await self.stage.settle()
        last, toasts, messages, read = before
        async with self.stage.database.connected() as connection:
            found = await connection.execute(_SINCE, {"last": last})
            changes = [each for each in found.scalars() if each != "people.identify"]
        new = [text for text in self._read_by(role) if text not in read]
        made = Press(role, name, changes, said + "\n".join(new))
        self.made.append(made)
        logged = [each for each in self.caplog.records if each.levelno >= logging.ERROR or each.exc_info]
        if logged:
            self.faults.append(f"logged: {made} {[self.caplog.handler.format(each)[-1500:] for each in logged]}")
        if delivery.status not in (200, None) and not said:
            self.faults.append(f"not answered: {made} {delivery.status} {delivery.error}")
        if len(self.stage.slack.toasts) > toasts:
            self.faults.append(f"Slack had to say it: {made} {self.stage.slack.toasts[-1].text}")
        if "Something went wrong" in made.said:
            self.faults.append(f"went wrong: {made}")
        if not made.said.strip() and not changes and self._shown_to_all() == messages:
            self.faults.append(f"silent: {made}")
        if changes:
            await posted(self.stage, "general")
        return made


def guess(view: View, block_id: str, attempt: int, *, person: str, today: date) -> Any:
    """Return what may be filled in at a field of a form, another thing at each attempt."""
    block = next(each for each in view.payload["blocks"] if each.get("block_id") == block_id)
    kind, element = block["element"]["type"], block["element"]
    if kind == "datepicker":
        return (today + timedelta(days=_DAYS[attempt % len(_DAYS)])).isoformat()
    if kind.endswith("users_select"):
        return [person] if kind.startswith("multi") else person
    if "options" in element or "option_groups" in element:
        options = list(_values(element, is_whole=True))
        chosen = options[attempt % len(options)]
        return [chosen] if kind in ("checkboxes", "multi_static_select") else chosen
    return _WORDS[attempt % len(_WORDS)]


def _values(element: dict[str, Any], *, is_whole: bool = False) -> Iterator[str | None]:
    """The values of a menu's choices, one for each word unless all are wanted; None for a button."""
    options = list(element.get("options", ()))
    for group in element.get("option_groups", ()):
        options += group["options"]
    seen = set()
    for option in options:
        if is_whole or _word(option["value"]) not in seen:
            seen.add(_word(option["value"]))
            yield option["value"]
    if not options:
        yield None


def _place(button: Button, last: Sequence[str]) -> int:
    """Where a button comes: before everything that is `last`, or at its place there, by its name or its action."""
    return next((at for at, each in enumerate(last) if each in (button.name, button.action_id)), -1)


def _word(value: str) -> str:
    """The word with which a value begins, such as `decline` of `decline|1|2`; empty for ids."""
    first = value.split("|", maxsplit=1)[0]
    return first if re.fullmatch(r"[a-z_]+", first) else ""


def of_nothing(button: Button) -> Button:
    """The same button, as if it were about what is in no table."""
    shown = copy.deepcopy(button.shown)
    value = button.value
    for block, element in elements(blocks_of(shown)):
        if (element["action_id"], block["block_id"]) != (button.action_id, button.block_id):
            continue
        for each in [element, *element.get("options", ())]:
            if "value" in each:
                changed = re.sub(r"\d+", NOBODY, each["value"])
                value = changed if each["value"] == button.value else value
                each["value"] = changed
    return replace(button, shown=shown, value=value)


def _text(view: View) -> str:
    return " ".join(re.findall(r"'text': '([^']*)'", str(view.payload["blocks"])))
