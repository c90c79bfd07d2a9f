"""Terraform's JSON to resources, one at a time, keeping only what was asked for.

There are three shapes: a state as `terraform show -json` writes it (`values`), a plan (`planned_values`), and the raw
`.tfstate` of version 4. All of them hold secrets in plain text, so a value is kept only if its name is on the caller's
list, and no error contains text from the file. https://developer.hashicorp.com/terraform/internals/json-format
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import ijson  # type: ignore[import-untyped]

from bot.clients.catalog._json import Event

#: The deepest nesting of modules.
_MAX_MODULES = 100
#: Amazon allows at most 64 KB for a definition of containers.
_MOST_JSON = 1 << 17
_MODULE = ".child_modules.item"
#: The paths of the resources in a state or a plan, and of the instances in a raw state.
_RESOURCE = re.compile(r"(?:planned_)?values\.root_module(?:\.child_modules\.item)*\.resources\.item")
_RAW, _INSTANCE = "resources.item", "resources.item.instances.item"


@dataclass(slots=True)
class Resource:
    """One instance of a resource: its address in the configuration, and its wanted attributes.

    `values` is keyed by attribute name; nested ones by their path, joined with dots (`build_config.runtime`).
    `own_tags` are the keys of `tags` that the resource itself is known to set; the rest may be a provider's defaults.
    """

    address: str = ""
    type: str = ""
    mode: str = ""
    is_deposed: bool = False
    values: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    own_tags: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which attributes to keep: top-level `names`, `nested` ones by path, and tags whose key `tag` accepts.

    `tag_maps` are the attributes with tags, the most important first; those in blocks by dotted path. For `lists`,
    which are among the nested ones, all blocks count, one value per line: a pod has several containers.
    """

    names: frozenset[str]
    nested: Mapping[str, tuple[str, ...]]
    tag_maps: tuple[str, ...]
    tag: Callable[[str], bool]
    lists: frozenset[str] = frozenset()


#: `team:payments`, for providers whose tags are words.
_WORDED = re.compile(r"(?P<key>[\w.-]{1,60})\s*[:=]\s*(?P<value>[^\s:=][^:=]{0,200})")


class BadShapeError(Exception):
    """The JSON is not Terraform's. The message completes "this file ..." and quotes nothing."""


def resources(events: Iterator[Event], wanted: Wanted, *, note: Callable[[str], None]) -> Iterator[Resource]:
    """Yield the resources in the file's order. `note` gets a sentence if the file is less than a state.

    Raise `BadShapeError` if the file has none of the three shapes.
    """
    if next(events, ("", "", None))[1] != "start_map":
        raise BadShapeError("is not a Terraform state; write it with 'terraform show -json'.")
    is_known = is_raw = False
    for prefix, event, value in events:
        if prefix == "" and event == "map_key":
            is_known = is_known or value in {"values", "planned_values"}
            if value == "planned_values":
                note("is a plan, not a state: what it would create is read as if it existed.")
        elif prefix == "format_version":
            is_known = _check_format(str(value))
        elif prefix == "version":
            is_known = is_raw = _check_version(str(value))
        elif event == "start_map" and prefix == _RAW and (is_raw or not is_known):  # sorted keys: the version is last
            yield from _instances(events, wanted)
        elif event == "start_map" and _RESOURCE.fullmatch(prefix):
            yield _resource(_built(events, prefix), wanted)
        elif event == "start_map" and prefix.endswith(_MODULE) and prefix.count(_MODULE) > _MAX_MODULES:
            raise BadShapeError(f"nests modules deeper than {_MAX_MODULES} levels.")
    if not is_known:
        raise BadShapeError("is not a Terraform state; write it with 'terraform show -json'.")


def _check_format(version: str) -> bool:
    if version.partition(".")[0] not in {"0", "1"}:
        raise BadShapeError("is in a newer format of 'terraform show -json' than 1.x; update Baton.")
    return True


def _check_version(version: str) -> bool:
    if version != "4":
        raise BadShapeError("is a raw state of another version than 4; write it with 'terraform show -json'.")
    return True


def _built(events: Iterator[Event], start: str) -> dict[str, Any]:
    """Return the mapping at the prefix `start`, which has begun."""
    builder = ijson.ObjectBuilder()
    builder.event("start_map", None)
    add = builder.event
    for prefix, event, value in events:
        add(event, value)
        if event == "end_map" and prefix == start:
            break
    made: dict[str, Any] = builder.value
    return made


def _resource(built: Mapping[str, Any], wanted: Wanted) -> Resource:
    resource = _with_attributes(built.get("values"), wanted)
    resource.address, resource.type, resource.mode = (_text(built.get(key)) for key in ("address", "type", "mode"))
    resource.is_deposed = bool(_text(built.get("deposed_key")))
    return resource


def _instances(events: Iterator[Event], wanted: Wanted) -> Iterator[Resource]:
    """Yield the instances of one resource in a raw state, with the address composed of its parts.

    There may be many, so they are built one by one.
    """
    parts: dict[str, str] = {}
    found: list[Resource] = []
    for prefix, event, value in events:
        if event == "start_map" and prefix == _INSTANCE:
            built = _built(events, prefix)
            resource = _with_attributes(built.get("attributes"), wanted)
            resource.address, resource.is_deposed = _index(built.get("index_key")), bool(_text(built.get("deposed")))
            found.append(resource)
        elif event == "end_map" and prefix == _RAW:
            break
        elif prefix in {"resources.item.module", "resources.item.mode", "resources.item.type", "resources.item.name"}:
            parts[prefix.rpartition(".")[2]] = _text(value)
    mode, type_, module = parts.get("mode", ""), parts.get("type", ""), parts.get("module", "")
    where = f"{f'{module}.' if module else ''}{'data.' if mode == 'data' else ''}{type_}.{parts.get('name', '')}"
    for resource in found:
        yield replace(resource, address=where + resource.address, type=type_, mode=mode)


def _index(key: object) -> str:
    """Return the end of an instance's address: `[0]`, `["eu"]` or ""."""
    return "" if key is None else f'["{key}"]' if isinstance(key, str) else f"[{key}]"


def _with_attributes(attributes: object, wanted: Wanted) -> Resource:
    """Return a resource with only its wanted attributes."""
    resource = Resource()
    if not isinstance(attributes, dict):
        return resource
    resource.values.update({name: _text(value) for name, value in attributes.items() if name in wanted.names})
    for name, path in wanted.nested.items():
        if path[0] in attributes:
            found_texts = _texts(attributes, path)
            resource.values[name] = (
                "\n".join(dict.fromkeys(found_texts)) if name in wanted.lists else next(found_texts, "")
            )
    blocks = attributes.get("tag")
    tags = {name: _pairs(_first_block(attributes, name)) for name in wanted.tag_maps}
    if isinstance(blocks, list):
        tags[wanted.tag_maps[-1]] = _pairs(blocks)
    found: dict[str, list[str]] = {}
    for name in wanted.tag_maps:
        for key, value in ((_text(key), _text(value)) for key, value in tags[name]):
            if key and value and wanted.tag(key):
                found.setdefault(key, []).append(value)
    # A default tag is in one map, the resource's own in two. Of two spellings the last one, its own, counts.
    resource.tags.update((key, values[0]) for key, values in sorted(found.items(), key=lambda each: len(each[1])))
    resource.own_tags = frozenset(key for key, values in found.items() if len(values) > 1)
    return resource


def _pairs(held: object) -> Iterable[tuple[object, object]]:
    """Return the keys and values of a mapping.

    Some types have blocks of `key` and `value` instead, and providers whose tags are words have texts `key:value`.
    """
    if isinstance(held, dict):
        return held.items()
    blocks = held if isinstance(held, list) else ()
    paired = [(each.get("key"), each.get("value")) for each in blocks if isinstance(each, dict)]
    worded = [_WORDED.fullmatch(each) for each in blocks if isinstance(each, str)]
    return [*paired, *((each["key"], each["value"]) for each in worded if each is not None)]


def _texts(attributes: object, path: Iterable[str]) -> Iterator[str]:
    """Yield the values under these nested keys, in all blocks of a list that have them."""
    return filter(None, map(_text, _below(attributes, path)))


def _first_block(attributes: Mapping[str, object], name: str) -> object:
    """Return the first block or mapping under a dotted name."""
    path = name.split(".")
    if path[0] not in attributes:
        return None
    return attributes[name] if len(path) == 1 else next(iter(_below(attributes, path)), None)


def _below(attributes: object, path: Iterable[str]) -> list[object]:
    found = [attributes]
    for key in path:
        inner = [one for each in found for one in (_in_json(each) if isinstance(each, str) else (each,))]
        below = [each.get(key) for each in inner if isinstance(each, dict)]
        found = [one for each in below for one in (each if isinstance(each, list) else (each,))]
    return found


def _in_json(text: str) -> list[object]:
    """Return the content of a text with JSON, as in Amazon's definitions of containers; nothing for other text."""
    if not text.startswith(("[", "{")) or len(text) > _MOST_JSON:
        return []
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return []
    return said if isinstance(said, list) else [said]


def _text(value: object) -> str:
    return "" if value is None or isinstance(value, dict | list) else str(value)
