"""Lines about several things in one message, each with a button that opens it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from bot.blocks.text import EDITED_TEXT, POSTED_TEXT, Block, Rendered, context, fitting, section

#: Lines of what is due as well that one message has.
_MOST_ALSO = 10
#: Lines of a section of a digest.
_MOST_LISTED = 10
#: Ends the id of the block with a line's buttons.
BELOW = ".below"
#: Blocks of all lines of a digest: Slack takes 50 of a message, with heads, dividers and what is listed whole.
_MOST_BLOCKS = 36


@dataclass(frozen=True, slots=True)
class Line:
    """What is said of one thing, and the button beside it."""

    text: str
    button: Mapping[str, Any] | None = None
    due: str = "today"  #: when it was due, in words
    command: str = ""  #: the command that shows it, and what else there is of its kind
    buttons: Sequence[Block] = ()  #: those below it, instead of the one beside it, where one is not enough
    block_id: str = ""  #: what it is found by once the message is sent

    @property
    def block(self) -> Block:
        """It as a block."""
        return {**self._named(section(self.text)), **({"accessory": self.button} if self.button is not None else {})}

    @property
    def listed(self) -> list[Block]:
        """It as a message has it that is about several things."""
        below: Block = {"type": "actions", "elements": [*self.buttons]}
        return [self._named(section(self.text)), self._named(below, BELOW)] if self.buttons else [self.block]

    def _named(self, block: Block, suffix: str = "") -> Block:
        return {**block, **({"block_id": f"{self.block_id}{suffix}"} if self.block_id else {})}


def choices(head: str, shown: Sequence[Line], more: str = "") -> Rendered:
    """Return a question back, with the lines to choose from, and a word on those that do not fit."""
    blocks = [section(head), *(part for each in shown for part in each.listed), *([context(more)] if more else [])]
    return Rendered("\n".join([head, *(f"• {each.text}" for each in shown), *([more] if more else [])]), blocks)


def with_also(lines: Sequence[str], blocks: Sequence[Block], also: Sequence[Line]) -> Rendered:
    """Return a message with as many lines of what is due as well as fit into one that can be edited."""
    if not also:
        return Rendered("\n".join(lines), blocks)

    def drawn(most: int) -> Rendered:
        head, shown, rest = f"Also due {also[0].due}:", also[:most], more(also[most:])
        said = [*lines, head, *(f"• {each.text}" for each in shown), *rest]
        parts = [part for each in shown for part in each.listed]
        return Rendered("\n".join(said), [*blocks, context(head), *parts, *map(context, rest)])

    return fitting(drawn, _MOST_ALSO, EDITED_TEXT)


def texts(blocks: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the text twin of what `with_also` adds below a message, line by line."""
    said: list[str] = []
    for each in blocks:
        if each["type"] == "section":
            said.append(f"• {each['text']['text']}")
        elif each["type"] == "context":
            said += [one["text"] for one in each["elements"]]
    return said


def listed(head: str, lines: Sequence[Line], share: int, then: Sequence[tuple[str, Sequence[Line]]] = ()) -> Rendered:
    """Return the section of a digest that has so many: the first lines, how many more there are, and others whole."""

    def draw(most: int) -> Rendered:
        rest = more(lines[most:])
        said = [head, *(f"• {each.text}" for each in lines[:most]), *rest]
        blocks = [section(head), *(part for each in lines[:most] for part in each.listed), *map(context, rest)]
        for title, whole in then:
            said += [title, *(f"• {each.text}" for each in whole)]
            blocks += [context(title), *(each.block for each in whole)]
        return Rendered("\n".join(said), blocks)

    ends = accumulate(len(each.listed) for each in lines)
    room = sum(end <= _MOST_BLOCKS // share for end in ends)
    return fitting(draw, max(1, min(_MOST_LISTED, room)), POSTED_TEXT // share)


def replaced(before: Rendered, now: Callable[[str], Line | None]) -> Rendered:
    """Return a message that was sent with other lines in the place of some, which are named by their block ids.

    `now` is given such an id, and returns None for what stays as it is.
    """
    text, made = before.text, list[Mapping[str, Any]]()
    for each in before.blocks:
        block_id = str(each.get("block_id", ""))
        line = now(block_id.removesuffix(BELOW))
        if line is None:
            made.append(each)
        elif not block_id.endswith(BELOW):
            said = f"• {each['text']['text']}\n"  # the whole line: another may begin with the same words
            text = f"{text}\n".replace(said, f"• {line.text}\n", 1).removesuffix("\n")
            made += line.listed
    return Rendered(text, made)


def more(hidden: Sequence[Line]) -> list[str]:
    """Return the line that counts what does not fit, and names the commands that show it; none without any."""
    commands = " or ".join(f"`{command}`" for command in dict.fromkeys(each.command for each in hidden) if command)
    return [f"… and {len(hidden):,} more{f': {commands}' if commands else ''}"] if hidden else []
