"""Backstage: `catalog-info.yaml` files, and JSON from its API (`/entities/by-query`, a list, or one entity)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from bot.clients.catalog._json import BadJSONError, events, items, open_json
from bot.clients.catalog._nodes import FieldReader, Fields, Items, Node, from_plain
from bot.clients.catalog._reader import Format, ReadOptions, Sink, SourceFile, peek
from bot.clients.catalog._text import check_size
from bot.clients.catalog._yaml import documents
from bot.clients.catalog.backstage._entity import EntityReader
from bot.domain.catalog import Origin
from bot.errors import UnreadableError

_YAML = re.compile(rb"^(?:\xef\xbb\xbf)?\s*['\"]?apiVersion['\"]?:\s*['\"]?backstage\.io/", re.MULTILINE)
_JSON = re.compile(rb"\"apiVersion\"\s*:\s*\"backstage\.io/")


def _matches(path: Path) -> bool:
    suffix = path.suffix.lower()
    if suffix in {".yaml", ".yml"}:
        return _YAML.search(peek(path)) is not None
    return suffix == ".json" and _JSON.search(peek(path)) is not None


def _read_file(file: SourceFile, sink: Sink, options: ReadOptions) -> None:
    entities = EntityReader(FieldReader(file, sink), options)
    start = peek(file.path).lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n")[:1]
    is_json = start in (b"{", b"[") and file.path.suffix.lower() not in {".yaml", ".yml"}
    for document in _json_entities(file, options) if is_json else documents(file, sink, options):
        for entity in _unwrap(document):
            if isinstance(entity, Fields):
                entities.read(entity)
            else:
                sink.problem(
                    Origin(file.shown, entity.line),
                    "is not a Backstage entity: a mapping with 'kind' and 'metadata' is expected.",
                )


def _unwrap(document: Node) -> Iterator[Node]:
    """Yield the entities of a document: the document itself, the items of a list, or those under `items`."""
    if isinstance(document, Items):
        yield from document.values
    elif (
        isinstance(document, Fields)
        and "kind" not in document.values
        and isinstance(document.values.get("items"), Items)
    ):
        yield from _unwrap(document.values["items"])
    else:
        yield document


def _json_entities(file: SourceFile, options: ReadOptions) -> Iterator[Node]:
    """Yield the entities of a JSON file one by one, so that the dump of a large catalog is not held in memory."""
    check_size(file, options.max_file_bytes)
    try:
        with open_json(file.path) as stream:
            prefix = _prefix(stream)
        with open_json(file.path) as stream:
            for entity in items(stream, prefix):
                yield from_plain(entity)
    except BadJSONError as error:
        raise UnreadableError(str(error), path=file.shown) from None


def _prefix(stream: BinaryIO) -> str:
    """Return where the entities are: in a list, under `items`, or "" if the whole text is one."""
    for prefix, event, value in events(stream):
        if prefix == "" and event == "start_array":
            return "item"
        if prefix == "" and event == "map_key" and value in {"items", "kind"}:
            return "items.item" if value == "items" else ""
    return ""


FORMAT = Format(
    name="backstage",
    summary="Backstage entities: catalog-info.yaml files, or JSON from /entities/by-query",
    matches=_matches,
    read_file=_read_file,
    reads_beside=False,
)
