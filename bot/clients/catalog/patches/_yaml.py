"""Edits of YAML: Backstage's entities and Baton's own files. JSON is YAML, too.

The parser gives the place of each value, and only these pieces of the text are replaced.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import yaml

from bot.clients.catalog._values import word_in
from bot.clients.catalog._yaml import MAX_DEPTH
from bot.clients.catalog.backstage._annotations import AREA_PREFIX
from bot.clients.catalog.backstage._refs import DEFAULT_NAMESPACE, EntityRef
from bot.clients.catalog.patches._spans import OverlapError, Span, replaced
from bot.domain.catalog import Area, AssetKind
from bot.domain.names import clean
from bot.domain.reconcile.edits import Edited, OwnerEdit, Refusal

#: Words that never need quotation marks.
_PLAIN = re.compile(r"[A-Za-z_][\w./:-]*(?: [\w./-]+)*(?<!:)", re.ASCII)
_ALIAS = re.compile(r"\s*:\s*(?P<alias>\*[^\s,\]}]+)")
_ANCHOR = re.compile(r"&(?P<name>[^\s,\[\]{}]+)\s+")
_ITEM = re.compile(r"[ \t]*-[ \t]+")
_GONE = "the file has no such entry any more."


class _CannotError(Exception):
    """The file does not allow an edit."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """A mapping in a file, and the external id of the asset that it describes."""

    external_id: str
    fields: yaml.MappingNode


#: A place in an entry that gives the owner of an area: a key and its value.
_Place = tuple[yaml.ScalarNode, yaml.Node]


def edit_baton(text: str, edits: Sequence[OwnerEdit]) -> Edited:
    """Return one of Baton's own files with other owners for the assets in `edits`."""
    return _edit(
        text,
        edits,
        entries=_baton_entries,
        places=_baton_places,
        inherits=lambda fields, _: fields,
        helped=_baton_areas,
    )


def edit_backstage(text: str, edits: Sequence[OwnerEdit]) -> Edited:
    """Return a file of Backstage's entities with other owners for those in `edits`."""

    def spec(fields: yaml.MappingNode, _: Area) -> yaml.MappingNode | None:
        return _mapping(fields, "spec")

    return _edit(text, edits, entries=_backstage_entries, places=_backstage_places, inherits=spec)


def _edit(
    text: str,
    edits: Sequence[OwnerEdit],
    *,
    entries: Callable[[Sequence[yaml.Node]], Iterator[_Entry]],
    places: Callable[[yaml.MappingNode, Area], Iterator[_Place]],
    inherits: Callable[[yaml.MappingNode, Area], yaml.MappingNode | None],
    helped: Callable[[yaml.MappingNode, Area], Iterator[yaml.MappingNode]] = lambda *_: iter(()),
) -> Edited:
    """Replace owners.

    `inherits` finds the mapping into which a merge key may bring an owner, `helped` those that may name helpers.
    """
    try:
        found = {each.external_id: each.fields for each in entries(_documents(text))}
    except yaml.YAMLError:
        return Edited(text, tuple(Refusal(one, "the file is not valid YAML: change it by hand.") for one in edits))
    spans: list[Span] = []
    refusals: list[Refusal] = []
    for one in edits:
        try:
            fields = found.get(one.external_id)
            if fields is None:
                raise _CannotError(_GONE)
            new = [span for place in places(fields, one.area) for span in _renamed(text, place, one)]
            if not new:
                new = [_own_owner(text, inherits(fields, one.area), one)]
            new += [span for each in helped(fields, one.area) for span in _without_helper(text, each, one)]
            replaced(text, [*spans, *new])
            spans += new
        except (_CannotError, OverlapError) as error:
            reason = str(error) or "two changes are about the same place: change it by hand."
            refusals.append(Refusal(one, reason))
    return Edited(replaced(text, spans), tuple(refusals))


def _documents(text: str) -> list[yaml.Node]:
    """Return the documents of a file. Raises YAMLError if it cannot be read, or is nested too deeply for a catalog."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise yaml.YAMLError
    return list(yaml.compose_all(text, yaml.CSafeLoader))


def _backstage_entries(documents: Sequence[yaml.Node]) -> Iterator[_Entry]:
    for document in documents:
        listed = _pair(document, "items")
        several = document if isinstance(document, yaml.SequenceNode) else listed[1] if listed is not None else None
        if isinstance(several, yaml.SequenceNode):
            yield from _backstage_entries(several.value)
        metadata = _mapping(document, "metadata")
        if metadata is None or not isinstance(document, yaml.MappingNode):
            continue
        namespace = _text(metadata, "namespace") or DEFAULT_NAMESPACE
        ref = EntityRef(_text(document, "kind").lower(), namespace.lower(), _text(metadata, "name"))
        yield _Entry(str(ref), document)


def _backstage_places(entity: yaml.MappingNode, area: Area) -> Iterator[_Place]:
    if _pair(entity, "relations") is not None:
        raise _CannotError("it is what Backstage's catalog answered: change the file that the catalog reads.")
    if area is Area.ALL:
        yield from _pairs(_mapping(entity, "spec"), "owner".__eq__)
    else:
        metadata = _mapping(entity, "metadata")
        written = f"{AREA_PREFIX}{area.value}"
        yield from _pairs(_mapping(metadata, "annotations"), lambda key: key.lower() == written)


def _baton_entries(documents: Sequence[yaml.Node]) -> Iterator[_Entry]:
    for document in documents:
        pair = _pair(document, "assets")
        for item in pair[1].value if pair is not None and isinstance(pair[1], yaml.SequenceNode) else ():
            if isinstance(item, yaml.MappingNode):
                written = _text(item, "kind")
                kind = (word_in(written, AssetKind) or AssetKind.OTHER) if written else AssetKind.SERVICE
                yield _Entry(_text(item, "id") or f"{kind.value}:{_text(item, 'name')}".lower(), item)


def _baton_places(asset: yaml.MappingNode, area: Area) -> Iterator[_Place]:
    if area is Area.ALL:
        yield from _pairs(asset, "owner".__eq__)
    for key, value in _pairs(_mapping(asset, "owners"), lambda key: word_in(key, Area) is area):
        if isinstance(value, yaml.MappingNode):
            yield from _pairs(value, "owner".__eq__)
        else:
            yield key, value


def _baton_areas(asset: yaml.MappingNode, area: Area) -> Iterator[yaml.MappingNode]:
    """Yield the mappings that may name helpers for an area."""
    if area is Area.ALL:
        yield asset
    for _, value in _pairs(_mapping(asset, "owners"), lambda key: word_in(key, Area) is area):
        if isinstance(value, yaml.MappingNode):
            yield value


def _without_helper(text: str, fields: yaml.MappingNode, one: OwnerEdit) -> Iterator[Span]:
    """Yield the removals after which the receiver, who owns the area now, is not among its helpers."""
    for key, value in _pairs(fields, "secondary".__eq__):
        items: list[yaml.Node] = value.value if isinstance(value, yaml.SequenceNode) else [value]
        named = [isinstance(each, yaml.ScalarNode) and one.names_receiver(clean(each.value)) for each in items]
        if not any(named):
            return
        if _is_alias(key, value):
            raise _CannotError("its helpers stand elsewhere in the file, for others too: change it by hand.")
        if all(named):
            yield _without_pair(text, fields, key, items[-1] if _is_block(value) else value)
        elif isinstance(value, yaml.SequenceNode):
            yield from (_without(text, value, number) for number, is_named in enumerate(named) if is_named)


def _without_pair(text: str, fields: yaml.MappingNode, key: yaml.ScalarNode, last: yaml.Node) -> Span:
    """Return the removal of a key and its value, which ends with `last`."""
    number = next(place for place, (each, _) in enumerate(fields.value) if each is key)
    if fields.flow_style and number + 1 < len(fields.value):
        return _removal(text, key.start_mark.index, fields.value[number + 1][0].start_mark.index)
    if fields.flow_style and number:
        return _removal(text, fields.value[number - 1][1].end_mark.index, last.end_mark.index)
    start = text.rfind("\n", 0, key.start_mark.index) + 1
    if fields.flow_style or text[start : key.start_mark.index].strip():
        raise _CannotError("its helpers are written in an unusual way: change it by hand.")
    return _removal(text, start, text.find("\n", last.end_mark.index) + 1 or len(text))


def _removal(text: str, start: int, end: int) -> Span:
    """Return the removal of a piece that no other entry refers to."""
    for anchor in _ANCHOR.finditer(text, start, end):
        if re.search(rf"\*{re.escape(anchor['name'])}(?![^\s,\]}}])", text):
            raise _CannotError("other entries of the file refer to its helpers: change it by hand.")
    return Span(start, end, "")


def _is_block(value: yaml.Node) -> bool:
    return isinstance(value, yaml.SequenceNode) and not value.flow_style


def _renamed(text: str, place: _Place, one: OwnerEdit) -> Iterator[Span]:
    """Yield the replacements that put the receiver in place of the giver; none if the giver is not there."""
    key, value = place
    if isinstance(value, yaml.ScalarNode):
        if one.names_giver(clean(value.value)):
            yield _scalar(text, value, one.receiver, key=key)
        return
    if not isinstance(value, yaml.SequenceNode):
        raise _CannotError("its owner is written as a mapping: change it by hand.")
    if _is_alias(key, value):
        raise _CannotError("its owners stand elsewhere in the file, for others too: change it by hand.")
    items: list[yaml.Node] = value.value
    is_there = any(isinstance(item, yaml.ScalarNode) and one.names_receiver(clean(item.value)) for item in items)
    for number, item in enumerate(items):
        if not isinstance(item, yaml.ScalarNode) or not one.names_giver(clean(item.value)):
            continue
        if item.start_mark.index < value.start_mark.index:
            raise _CannotError("its owner stands elsewhere in the file, for others too: change it by hand.")
        if is_there:
            yield _without(text, value, number)
        else:
            yield _scalar(text, item, one.receiver)


def _scalar(text: str, node: yaml.ScalarNode, word: str, *, key: yaml.ScalarNode | None = None) -> Span:
    """Return the replacement of a value by `word`, with the same quotation marks."""
    if key is not None and _is_alias(key, node):
        alias = _ALIAS.match(text, key.end_mark.index)
        if alias is None:
            raise _CannotError("its owner stands elsewhere in the file: change it by hand.")
        return Span(*alias.span("alias"), _plain(word))
    start, end = node.start_mark.index, node.end_mark.index
    if anchor := _ANCHOR.match(text, start, end):
        if re.search(rf"\*{re.escape(anchor['name'])}(?![^\s,\]}}])", text):
            raise _CannotError("other entries of the file refer to its owner: change it by hand.")
        start = anchor.end()
    if text[start:end].startswith("!") or node.style in ("|", ">"):
        raise _CannotError("its owner is written in an unusual way: change it by hand.")
    if node.style == "'":
        return Span(start, end, "'" + word.replace("'", "''") + "'")
    if node.style == '"':
        return Span(start, end, json.dumps(word, ensure_ascii=False))
    return Span(start, end, _plain(word))


def _without(text: str, items: yaml.SequenceNode, number: int) -> Span:
    """Return the removal of one item of several."""
    each = items.value
    if items.flow_style:
        if number + 1 < len(each):
            return Span(each[number].start_mark.index, each[number + 1].start_mark.index, "")
        return Span(each[number - 1].end_mark.index, each[number].end_mark.index, "")
    start = text.rfind("\n", 0, each[number].start_mark.index) + 1
    end = text.find("\n", each[number].end_mark.index) + 1 or len(text)
    if not _ITEM.fullmatch(text[start : each[number].start_mark.index]):
        raise _CannotError("its owners are written in an unusual way: change it by hand.")
    return Span(start, end, "")


def _own_owner(text: str, fields: yaml.MappingNode | None, one: OwnerEdit) -> Span:
    """Return a line with an owner for an entry that has its owner from a merge key."""
    nothing = f"it does not name {' or '.join(one.givers)} any more: nothing is to be changed."
    if fields is None or one.area is not Area.ALL or _pair(fields, "<<") is None or _pair(fields, "owner") is not None:
        raise _CannotError(nothing)
    for key, value in fields.value:
        is_short = isinstance(value, yaml.ScalarNode) and key.start_mark.line == value.end_mark.line
        if fields.flow_style or key.value == "<<" or not is_short or _is_alias(key, value):
            continue
        at = value.end_mark.index
        end = re.compile(r"[^\r\n]*").match(text, at)
        line_end = "\r\n" if text.find("\r\n") >= 0 else "\n"
        place = end.end() if end is not None else at
        return Span(place, place, f"{line_end}{' ' * key.start_mark.column}owner: {_plain(one.receiver)}")
    raise _CannotError("its owner stands elsewhere in the file, for others too: change it by hand.")


def _plain(word: str) -> str:
    """Return a value without quotation marks if it needs none."""
    if _PLAIN.fullmatch(word) and yaml.safe_load(word) == word:
        return word
    return json.dumps(word, ensure_ascii=False)


def _is_alias(key: yaml.ScalarNode, value: yaml.Node) -> bool:
    """Tell whether a value is in another place than behind its key."""
    return bool(value.start_mark.index < key.end_mark.index)


def _pairs(fields: yaml.Node | None, is_wanted: Callable[[str], bool]) -> Iterator[_Place]:
    """Yield the wanted keys with their values. If a key occurs twice, the last one counts, as for the reader."""
    if isinstance(fields, yaml.MappingNode):
        for name, value in reversed(fields.value):
            if isinstance(name, yaml.ScalarNode) and is_wanted(name.value):
                yield name, value
                return


def _pair(fields: yaml.Node | None, key: str) -> _Place | None:
    return next(_pairs(fields, key.__eq__), None)


def _mapping(fields: yaml.Node | None, key: str) -> yaml.MappingNode | None:
    pair = _pair(fields, key)
    return pair[1] if pair is not None and isinstance(pair[1], yaml.MappingNode) else None


def _text(fields: yaml.Node, key: str) -> str:
    pair = _pair(fields, key)
    return clean(pair[1].value) if pair is not None and isinstance(pair[1], yaml.ScalarNode) else ""
