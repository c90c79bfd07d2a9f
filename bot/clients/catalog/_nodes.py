"""Values as a file wrote them, each with its line: the YAML formats read their fields from these."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from bot.clients.catalog._reader import Sink, SourceFile
from bot.clients.catalog._values import quoted
from bot.domain.catalog import Origin
from bot.domain.names import clean

#: Longer lists are cut, with a problem: nobody maintains one by hand, and an alias can repeat one at no cost.
MAX_ITEMS = 100_000


@dataclass(slots=True)
class Text:
    """A scalar exactly as written: `yes`, `123` and `2024-01-01` stay text. `is_null` for `null`, `~` and no value."""

    value: str
    line: int | None = None
    is_null: bool = False


@dataclass(slots=True)
class Items:
    """A sequence."""

    values: list[Node] = field(default_factory=list)
    line: int | None = None


@dataclass(slots=True)
class Fields:
    """A mapping. `key_lines` has the lines of keys that are on another line than their value."""

    values: dict[str, Node] = field(default_factory=dict)
    line: int | None = None
    key_lines: dict[str, int | None] | None = None

    def put(self, key: str, value: Node, line: int | None) -> None:
        """Set a key that is on `line`."""
        self.values[key] = value
        if line != value.line:
            self.key_lines = self.key_lines or {}
            self.key_lines[key] = line
        elif self.key_lines:
            self.key_lines.pop(key, None)

    def line_of(self, key: str) -> int | None:
        """Return the line of a key, or the mapping's own if it has no such key."""
        if self.key_lines and key in self.key_lines:
            return self.key_lines[key]
        node = self.values.get(key)
        return self.line if node is None else node.line


Node = Text | Items | Fields

_WORDS = {Text: "text", Items: "a list", Fields: "a mapping"}


def from_plain(value: object) -> Node:
    """Return parsed JSON as nodes without lines. It is iterative, because the file decides the depth."""
    root = Items()
    todo: list[tuple[object, Items | Fields, str]] = [(value, root, "")]
    while todo:
        one, parent, key = todo.pop()
        node: Node
        if isinstance(one, dict):
            node = Fields()
            todo.extend((child, node, str(name)) for name, child in reversed(one.items()))
        elif isinstance(one, list):
            node = Items()
            todo.extend((child, node, "") for child in reversed(one))
        elif isinstance(one, bool):
            node = Text("true" if one else "false")
        else:
            node = Text("" if one is None else str(one), is_null=one is None)
        if isinstance(parent, Fields):
            parent.values[key] = node
        else:
            parent.values.append(node)
    return root.values[0]


@dataclass(frozen=True, slots=True)
class FieldReader:
    """Reads fields of a file's mappings in the expected shape. Anything else becomes a problem and is left out."""

    file: SourceFile
    sink: Sink

    def at(self, line: int | None) -> Origin:
        """Return the place of `line` in the file."""
        return self.file.at(line)

    def problem(self, line: int | None, message: str, *, is_error: bool = True) -> None:
        """Report a problem at `line`."""
        self.sink.problem(self.file.at(line), message, is_error=is_error)

    def text(self, fields: Fields, key: str) -> str:
        """Return the cleaned text under `key`; "" if it is missing, null or not text."""
        node = fields.values.get(key)
        if node is None:
            return ""
        if isinstance(node, Items) and len(node.values) == 1:
            self.problem(
                node.line, f"{quoted(key)} is a list of one where text is expected; its item is used.", is_error=False
            )
            node = node.values[0]
        if isinstance(node, Text):
            return clean(node.value)
        self._wrong(node, key, "text")
        return ""

    def texts(self, fields: Fields, key: str) -> tuple[str, ...]:
        """Return the texts in the list under `key`. A single text counts as a list of one; empty ones are dropped."""
        node = fields.values.get(key)
        if node is None:
            return ()
        if isinstance(node, Fields):
            self._wrong(node, key, "a list")
            return ()
        found = []
        for item in node.values[:MAX_ITEMS] if isinstance(node, Items) else [node]:
            if isinstance(item, Text):
                found.append(clean(item.value))
            else:
                self._wrong(item, key, "a list of texts")
        return tuple(dict.fromkeys(text for text in found if text))

    def fields(self, fields: Fields, key: str) -> Fields:
        """Return the mapping under `key`; an empty one if it is missing, null or something else."""
        node = fields.values.get(key)
        if isinstance(node, Fields):
            return node
        if node is not None and not (isinstance(node, Text) and node.is_null):
            self._wrong(node, key, "a mapping")
        return Fields(line=fields.line)

    def mappings(self, fields: Fields, key: str) -> Iterator[Fields]:
        """Yield the mappings in the list under `key`."""
        node = fields.values.get(key)
        if node is None or (isinstance(node, Text) and node.is_null):
            return
        if not isinstance(node, Items):
            self._wrong(node, key, "a list")
            return
        for item in node.values[:MAX_ITEMS]:
            if isinstance(item, Fields):
                yield item
            else:
                self._wrong(item, key, "a list of mappings")

    def pairs(self, fields: Fields, key: str) -> tuple[tuple[str, str], ...]:
        """Return the key and text pairs of the mapping under `key`, keys cleaned."""
        inner = self.fields(fields, key)
        return tuple((clean(name), self.text(inner, name)) for name in inner.values)

    def known_keys(self, fields: Fields, known: Sequence[str], where: str) -> None:
        """Report each key that is not in `known`, with the nearest one that is."""
        for key in fields.values:
            if key in known:
                continue
            near = difflib.get_close_matches(key[:40].lower().replace("_", "-"), known, n=1, cutoff=0.5)
            hint = f"did you mean {quoted(near[0])}?" if near else f"known are: {', '.join(known)}."
            self.problem(fields.line_of(key), f"{where} has an unknown key {quoted(key)}, which is ignored; {hint}")

    def _wrong(self, node: Node, key: str, wanted: str) -> None:
        have = _WORDS[type(node)]
        self.problem(node.line, f"{quoted(key)} is {have} where {wanted} is expected; it is left out.")
