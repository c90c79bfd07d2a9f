"""CycloneDX, the parts that say what runs: https://cyclonedx.org/docs/

Baton walks the files itself. The format's own library takes a millisecond per component to build its model, and rejects
a whole file for one component of a newer kind.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from xml.parsers import expat

from bot.clients.inventory._collector import Collector
from bot.clients.inventory._components import Component, text_of
from bot.errors import UnreadableError

_NAMESPACE = re.compile(r"http://cyclonedx\.org/schema/bom/\d+\.\d+ (?P<name>.+)")
_FIELDS = frozenset({"name", "version", "purl", "cpe", "scope"})
_EXCLUDED = "excluded"
_SUBJECT = "metadata.component"
#: The longest part of a field that is kept. The caller reports that it is too long.
_MAX_FIELD = 10_000
_MAX_DEPTH = 500


def from_json(document: Mapping[str, Any], collector: Collector) -> Iterator[Component]:
    """Yield the components of a document in order, including nested ones, except those marked as not running."""
    # The next one to yield is last.
    waiting = _listed(document, "", collector)
    metadata = document.get("metadata")
    if isinstance(metadata, dict) and metadata.get("component") is not None:
        waiting.append((metadata["component"], _SUBJECT))
    while waiting:
        value, place = waiting.pop()
        if not isinstance(value, dict):
            collector.problem(f"{place} is no component.", is_error=False)
            continue
        yield from _one(value, place, collector)
        waiting.extend(_listed(value, f"{place}.", collector))


def _listed(value: Mapping[str, Any], before: str, collector: Collector) -> list[tuple[Any, str]]:
    components = value.get("components")
    if not isinstance(components, list):
        if components is not None:
            collector.problem(f"{before}components is no list.")
        return []
    return [(each, f"{before}components[{number}]") for number, each in enumerate(components)][::-1]


def _one(value: Mapping[str, Any], place: str, collector: Collector) -> Iterator[Component]:
    name = value.get("name")
    if not isinstance(name, str) or not name.strip():
        collector.problem(f"{place} has no name and is left out.", is_error=False)
    elif value.get("scope") != _EXCLUDED:
        yield Component(
            name=name,
            version=text_of(value.get("version")),
            purl=text_of(value.get("purl")),
            cpe=text_of(value.get("cpe")),
            kind=text_of(value.get("type")),
            place=place,
            is_subject=place == _SUBJECT,
        )


def from_xml(data: bytes, collector: Collector, add: Callable[[Component], None]) -> None:
    """Call `add` with each component of a document when it ends; nested components come before the outer one.

    A document type is refused, because it could make a small file expand into a large one. Raise `UnreadableError`,
    with the line, if the file is not what it claims to be; what came before has been added.
    """
    reader = _XmlReader(collector, add)
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    reader.attach(parser)
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        message = f"is not well-formed XML ({expat.ErrorString(error.code)}); the rest is not read."
        raise UnreadableError(message, path=collector.path, line=error.lineno) from None
    except (LookupError, ValueError):
        message = "is XML in an encoding that is not read; write it as UTF-8."
        raise UnreadableError(message, path=collector.path, line=1) from None


class _Draft:
    """A component that has begun: the depth of its element, its line, and its fields so far."""

    __slots__ = ("depth", "fields", "is_subject", "kind", "line")

    def __init__(self, depth: int, line: int, kind: str, *, is_subject: bool) -> None:
        self.depth, self.line, self.kind, self.is_subject = depth, line, kind, is_subject
        self.fields: dict[str, str] = {}


class _XmlReader:
    """Follows the elements of one document.

    Only elements in the place of a component are components: `pedigree` contains ancestors, and `tools` what made the
    file.
    """

    def __init__(self, collector: Collector, add: Callable[[Component], None]) -> None:
        self._collector, self._add = collector, add
        self._path: list[str] = []
        self._open: list[_Draft] = []

    def attach(self, parser: expat.XMLParserType) -> None:
        self._parser = parser
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        parser.StartDoctypeDeclHandler = self._doctype

    def _fail(self, message: str) -> UnreadableError:
        return UnreadableError(message, path=self._collector.path, line=self._parser.CurrentLineNumber)

    def _doctype(self, *_: object) -> None:
        raise self._fail("declares a document type, which a bill of materials has no use for, and is refused.")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        match = _NAMESPACE.fullmatch(name)
        local = match["name"] if match else ""
        depth = len(self._path)
        if depth == 0 and local != "bom":
            raise self._fail("is XML, but not CycloneDX; write CycloneDX, or SPDX as JSON or tag-value.")
        if depth >= _MAX_DEPTH:
            raise self._fail(f"is nested more than {_MAX_DEPTH} deep, and is refused.")
        is_subject = local == "component" and self._path == ["bom", "metadata"]
        if is_subject or (local == "component" and self._is_list(depth)):
            line = self._parser.CurrentLineNumber
            self._open.append(_Draft(depth, line, attributes.get("type", ""), is_subject=is_subject))
        self._path.append(local)

    def _is_list(self, depth: int) -> bool:
        """Return whether the innermost element is the list of components of the document or of an open component."""
        above = self._open[-1].depth if self._open else 0
        return depth == above + 2 and self._path[-1] == "components"

    def _characters(self, text: str) -> None:
        if self._open and len(self._path) == self._open[-1].depth + 2 and self._path[-1] in _FIELDS:
            fields = self._open[-1].fields
            before = fields.get(self._path[-1], "")
            if len(before) < _MAX_FIELD:
                fields[self._path[-1]] = before + text[:_MAX_FIELD]

    def _end(self, _: str) -> None:
        self._path.pop()
        if not self._open or self._open[-1].depth != len(self._path):
            return
        draft = self._open.pop()
        fields = {name: text.strip() for name, text in draft.fields.items()}
        if not fields.get("name"):
            self._collector.problem("is a component without a name and is left out.", draft.line)
        elif fields.get("scope") != _EXCLUDED:
            self._add(
                Component(
                    name=fields["name"],
                    version=fields.get("version", ""),
                    purl=fields.get("purl", ""),
                    cpe=fields.get("cpe", ""),
                    kind=draft.kind,
                    line=draft.line,
                    is_subject=draft.is_subject,
                )
            )
