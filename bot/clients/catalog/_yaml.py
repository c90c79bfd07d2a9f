"""YAML text to nodes with lines. No tag is obeyed, no value is guessed, and a bad document does not stop the rest.

Events come from libyaml. Scalars stay as written, so that a team called `on` or `123` keeps its name. An alias shares
its node instead of copying it, so that a "billion laughs" costs nothing; merge keys (`<<`) copy, within a limit.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import yaml
from yaml import events as ev

from bot.clients.catalog._nodes import Fields, Items, Node, Text
from bot.clients.catalog._reader import MEBIBYTE, ReadOptions, Sink, SourceFile
from bot.clients.catalog._text import read_text
from bot.clients.catalog._values import is_template, quoted

#: A whole YAML file is held in memory.
_MAX_BYTES = 256 * MEBIBYTE
MAX_DEPTH = 60
#: How many nodes aliases and merge keys may stand for in one document.
_MAX_SHARED = 100_000

_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_START = re.compile(r"^---(?=\s|$)", re.MULTILINE)
_NO_CONTENT = re.compile(r"(?:[ \t]*(?:#.*)?\n|%.*\n)*(?:[ \t]*(?:#.*)?|%.*)")
# Characters that YAML does not allow in a document (YAML 1.2, 5.1), except the mark of undecodable bytes.
_UNPRINTABLE = re.compile("[^\t\n\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def documents(file: SourceFile, sink: Sink, options: ReadOptions) -> Iterator[Node]:
    """Yield the file's non-empty documents. One that cannot be read becomes a problem with its line."""
    text = read_text(file, sink, max_bytes=min(_MAX_BYTES, options.max_file_bytes))
    for first_line, chunk in _split(text):
        try:
            _check_characters(chunk)
            yield from _Composer(file, sink, first_line).compose(chunk)
        except _BadDocumentError as error:
            sink.problem(file.at(first_line + error.line + 1), error.message)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            line = mark.line if mark else 0
            sink.problem(file.at(first_line + line + 1), _explain(chunk, line, error.problem or ""))
        except yaml.YAMLError:
            sink.problem(file.at(first_line + 1), "is not valid YAML; this document is left out.")


def _split(text: str) -> Iterator[tuple[int, str]]:
    """Yield (first line from 0, text) of each document. Comments and directives before `---` belong to what follows."""
    starts = [0, *(match.start() for match in _START.finditer(text)), len(text)]
    line, begin = 0, 0
    for here, after in itertools.pairwise(starts):
        part = text[here:after]
        if after < len(text) and "%" in part and _NO_CONTENT.fullmatch(part.removeprefix("---")):
            continue
        if here == begin or _NO_CONTENT.fullmatch(text[begin:here].removeprefix("---")):
            part = text[begin:after]
        if part.strip():
            yield line, part
        line += text.count("\n", begin, after)
        begin = after


class _BadDocumentError(Exception):
    """A document that is left out. `line` counts from 0 at the document's start."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line
        self.message = message


def _check_characters(chunk: str) -> None:
    if "\ufffd" in chunk:
        raise _BadDocumentError(
            chunk.count("\n", 0, chunk.index("\ufffd")), "holds bytes that are not UTF-8; this document is left out."
        )
    match = _UNPRINTABLE.search(chunk)
    if match:
        line = chunk.count("\n", 0, match.start())
        raise _BadDocumentError(
            line, "holds a control character, which YAML does not allow; this document is left out, remove it."
        )


def _explain(chunk: str, line: int, problem: str) -> str:
    lines = chunk.split("\n")
    here = lines[line] if line < len(lines) else ""
    if is_template(chunk):
        return "looks like a template that has not been filled in; this document is left out, render it first."
    if "\\t" in problem or re.match(r"\s*\t", here):
        return "uses a tab for indentation, which YAML does not allow; this document is left out, use spaces."
    return f"is not valid YAML ({problem}); this document is left out, correct it and import again."


@dataclass(slots=True)
class _Open:
    """A collection that has not ended yet. `key` waits for its value."""

    node: Items | Fields
    key: Text | None = None
    merges: list[Node] = field(default_factory=list)


class _Composer:
    """Makes nodes from one chunk's events."""

    def __init__(self, file: SourceFile, sink: Sink, first_line: int) -> None:
        self._file, self._sink, self._first = file, sink, first_line
        self._anchors: dict[str, Node] = {}
        self._open: list[_Open] = []
        self._shared = 0

    def compose(self, chunk: str) -> Iterator[Node]:
        for event in yaml.parse(chunk, Loader=yaml.CSafeLoader):
            line = event.start_mark.line if event.start_mark else 0
            root: Node | None = None
            if isinstance(event, ev.ScalarEvent):
                is_null = event.implicit[0] and event.value in _NULLS
                text = Text("" if is_null else event.value, self._first + line + 1, is_null)
                root = self._add(text, event.anchor, line)
            elif isinstance(event, ev.MappingStartEvent):
                self._push(Fields(line=self._first + line + 1), event.anchor, line)
            elif isinstance(event, ev.SequenceStartEvent):
                self._push(Items(line=self._first + line + 1), event.anchor, line)
            elif isinstance(event, ev.MappingEndEvent | ev.SequenceEndEvent):
                root = self._pop(line)
            elif isinstance(event, ev.AliasEvent):
                root = self._add(self._resolve(event.anchor or "", line), None, line)
            elif isinstance(event, ev.DocumentStartEvent):
                self._anchors.clear()
                self._shared = 0
            if root is not None and not (isinstance(root, Text) and root.is_null):
                yield root

    def _push(self, node: Items | Fields, anchor: str | None, line: int) -> None:
        if len(self._open) >= MAX_DEPTH:
            raise _BadDocumentError(line, f"nests deeper than {MAX_DEPTH} levels; this document is left out.")
        if anchor:
            self._anchors[anchor] = node
        self._open.append(_Open(node))

    def _pop(self, line: int) -> Node | None:
        done = self._open.pop()
        if isinstance(done.node, Fields):
            for merged in done.merges:
                self._merge(done.node, merged, line)
        return self._add(done.node, None, line)

    def _resolve(self, name: str, line: int) -> Node:
        node = self._anchors.get(name)
        if node is None:
            raise _BadDocumentError(
                line, f"uses the alias {quoted('*' + name)} before it is defined; this document is left out."
            )
        self._count(1, line)
        return node

    def _count(self, nodes: int, line: int) -> None:
        self._shared += nodes
        if self._shared > _MAX_SHARED:
            raise _BadDocumentError(
                line, "repeats aliases or merge keys too often; this document is left out, write it out."
            )

    def _add(self, node: Node, anchor: str | None, line: int) -> Node | None:
        """Put a finished node in its place; return it if it is the document's root."""
        if anchor:
            self._anchors[anchor] = node
        if not self._open:
            return node
        top = self._open[-1]
        if isinstance(top.node, Items):
            top.node.values.append(node)
        elif top.key is None:
            if not isinstance(node, Text):
                raise _BadDocumentError(line, _COMPLEX_KEY)
            top.key = node
        else:
            self._put(top, node)
        return None

    def _put(self, top: _Open, node: Node) -> None:
        key, top.key = top.key, None
        if key is None or not isinstance(top.node, Fields):
            return
        name = key.value
        if name == "<<" and not isinstance(node, Text):
            top.merges.append(node)
            return
        if name in top.node.values:
            first = top.node.line_of(name)
            message = f"key {quoted(name)} is already set on line {first}; the value here is used, remove one of them."
            self._sink.problem(self._file.at(key.line), message)
        top.node.put(name, node, key.line)

    def _merge(self, into: Fields, merged: Node, line: int) -> None:
        for one in merged.values if isinstance(merged, Items) else [merged]:
            if not isinstance(one, Fields) or one is into:
                continue
            self._count(len(one.values), line)
            for name, node in one.values.items():
                if name not in into.values:
                    into.put(name, node, one.line_of(name))


_COMPLEX_KEY = (
    "uses a list or a mapping as a key, as an unquoted {{ }} placeholder does; this document is left out, "
    "render the template or quote the text."
)
