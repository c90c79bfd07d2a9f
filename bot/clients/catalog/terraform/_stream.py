"""Terraform's JSON to resources, one at a time, keeping only what was asked for.

Three shapes: a state as `terraform show -json` writes it (`values`), a plan (`planned_values`), and the raw `.tfstate`
of version 4. All of them hold secrets in plain text, so a value is kept only when its name is on the caller's list, and
nothing of the file ever enters an error's text. https://developer.hashicorp.com/terraform/internals/json-format
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from bot.clients.catalog._json import Event

_STARTS = frozenset({"start_map", "start_array"})
_ENDS = frozenset({"end_map", "end_array"})
#: Modules may nest, but nobody nests them deeper.
_MAX_MODULES = 100


@dataclass(slots=True)
class Resource:
    """One instance of a resource: where it is in the configuration, and the wanted ones of its attributes.

    `values` is keyed by the attribute's name, nested ones by the path joined with dots (`build_config.runtime`).
    """

    address: str = ""
    type: str = ""
    mode: str = ""
    is_deposed: bool = False
    values: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which attributes to keep: `names` at the top and as dotted paths, and the tags whose key `tag` accepts.

    `tag_maps` are the attributes that hold tags, the one that counts first; `blocks` those with wanted ones below them.
    """

    names: frozenset[str]
    tag_maps: tuple[str, ...]
    tag: Callable[[str], bool]
    blocks: frozenset[str]


class BadShapeError(Exception):
    """The JSON is not what Terraform writes; the message completes "this file ..." and quotes nothing."""


def resources(events: Iterator[Event], wanted: Wanted, *, note: Callable[[str], None]) -> Iterator[Resource]:
    """Yield the resources in the file's order; `note` gets a sentence on a file that is less than a state.

    Raise `BadShapeError` when the file is none of the three shapes.
    """
    if next(events, ("", None))[0] != "start_map":
        raise BadShapeError("is not a Terraform state; write it with 'terraform show -json'.")
    found, version = False, ""
    for key in _keys(events):
        if key in {"values", "planned_values"}:
            found = True
            if key == "planned_values":
                note("is a plan, not a state: what it would create is read as if it existed.")
            yield from _values(events, wanted)
        elif key == "resources" and version:
            found = True
            yield from _state_resources(events, wanted)
        elif key == "format_version":
            found = _check_format(_scalar(events)) or found
        elif key == "version":
            version = _check_version(_scalar(events))
        else:
            _skip(events)
    if not found and not version:
        raise BadShapeError("is not a Terraform state; write it with 'terraform show -json'.")


def _check_format(version: str) -> bool:
    if version.partition(".")[0] not in {"0", "1"}:
        raise BadShapeError("is in a newer format of 'terraform show -json' than 1.x; update Baton.")
    return True


def _check_version(version: str) -> str:
    if version != "4":
        raise BadShapeError("is a raw state of another version than 4; write it with 'terraform show -json'.")
    return version


def _keys(events: Iterator[Event]) -> Iterator[str]:
    """Yield the keys of the mapping that has begun; the consumer takes each key's value before the next."""
    for event, value in events:
        if event == "end_map":
            return
        yield str(value)


def _mappings(events: Iterator[Event]) -> Iterator[None]:
    """Yield once for each mapping in the list that comes next, whose start was taken; other items are skipped."""
    event, _ = next(events)
    if event != "start_array":
        _finish(events, event)
        return
    for event, _ in events:
        if event == "end_array":
            return
        if event == "start_map":
            yield
        else:
            _finish(events, event)


def _skip(events: Iterator[Event]) -> None:
    _finish(events, next(events)[0])


def _finish(events: Iterator[Event], event: str) -> None:
    """Take the rest of the value that `event` began."""
    if event not in _STARTS:
        return
    depth = 1
    for event, _ in events:  # noqa: PLR1704 - one name, one thing: the event at hand
        if event in _STARTS:
            depth += 1
        elif event in _ENDS:
            depth -= 1
            if not depth:
                return


def _scalar(events: Iterator[Event]) -> str:
    event, value = next(events)
    if event in _STARTS:
        _finish(events, event)
        return ""
    return "" if value is None else str(value)


def _values(events: Iterator[Event], wanted: Wanted) -> Iterator[Resource]:
    event, _ = next(events)
    if event != "start_map":
        _finish(events, event)
        return
    for key in _keys(events):
        if key == "root_module":
            event, _ = next(events)
            if event == "start_map":
                yield from _module(events, wanted, depth=0)
            else:
                _finish(events, event)
        else:
            _skip(events)


def _module(events: Iterator[Event], wanted: Wanted, *, depth: int) -> Iterator[Resource]:
    if depth > _MAX_MODULES:
        raise BadShapeError(f"nests modules deeper than {_MAX_MODULES} levels.")
    for key in _keys(events):
        if key == "resources":
            for _ in _mappings(events):
                yield _resource(events, wanted)
        elif key == "child_modules":
            for _ in _mappings(events):
                yield from _module(events, wanted, depth=depth + 1)
        else:
            _skip(events)


def _resource(events: Iterator[Event], wanted: Wanted) -> Resource:
    resource = Resource()
    for key in _keys(events):
        if key == "address":
            resource.address = _scalar(events)
        elif key == "type":
            resource.type = _scalar(events)
        elif key == "mode":
            resource.mode = _scalar(events)
        elif key == "deposed_key":
            resource.is_deposed = bool(_scalar(events))
        elif key == "values":
            _attributes(events, resource, wanted)
        else:
            _skip(events)
    return resource


def _state_resources(events: Iterator[Event], wanted: Wanted) -> Iterator[Resource]:
    """Yield the instances of the resources of a raw state, whose address is made of its parts."""
    for _ in _mappings(events):
        module, mode, type_, name = "", "", "", ""
        instances: list[tuple[str, Resource]] = []
        for key in _keys(events):
            if key == "module":
                module = _scalar(events)
            elif key == "mode":
                mode = _scalar(events)
            elif key == "type":
                type_ = _scalar(events)
            elif key == "name":
                name = _scalar(events)
            elif key == "instances":
                instances = [_instance(events, wanted) for _ in _mappings(events)]
            else:
                _skip(events)
        prefix = ("data." if mode == "data" else "") + f"{type_}.{name}"
        for index, resource in instances:
            resource.address = (f"{module}." if module else "") + prefix + index
            resource.type, resource.mode = type_, mode
            yield resource


def _instance(events: Iterator[Event], wanted: Wanted) -> tuple[str, Resource]:
    """Return an instance and the index that ends its address: `[0]`, `["eu"]` or nothing."""
    index, resource = "", Resource()
    for key in _keys(events):
        if key == "index_key":
            event, value = next(events)
            index = "" if value is None else f"[{value}]" if event == "number" else f'["{value}"]'
        elif key == "deposed":
            resource.is_deposed = bool(_scalar(events))
        elif key == "attributes":
            _attributes(events, resource, wanted)
        else:
            _skip(events)
    return index, resource


def _attributes(events: Iterator[Event], resource: Resource, wanted: Wanted) -> None:
    """Take a resource's attributes, which are most of the file: what is not wanted is passed over, never stored."""
    event, _ = next(events)
    if event != "start_map":
        _finish(events, event)
        return
    names, tag_maps, values = wanted.names, wanted.tag_maps, resource.values
    tags: dict[str, dict[str, str]] = {}
    for event, key in events:
        if event == "end_map":
            break
        name = str(key)
        event, value = next(events)  # noqa: PLW2901 - the event at hand is the value's now
        if event not in _STARTS:
            if value is not None and name in names:
                values[name] = str(value)
        elif name in tag_maps and event == "start_map":
            tags[name] = _tags(events, wanted)
        elif name == "tag" and event == "start_array":
            tags[tag_maps[-1]] = _tag_blocks(events, wanted)
        elif name in wanted.blocks:
            _nested(events, event, name, names, values)
        else:
            _finish(events, event)
    for name in reversed(tag_maps):
        resource.tags.update(tags.get(name, {}))


def _tags(events: Iterator[Event], wanted: Wanted) -> dict[str, str]:
    tags = {}
    for key in _keys(events):
        event, value = next(events)
        if event in _STARTS:
            _finish(events, event)
        elif value is not None and wanted.tag(key):
            tags[key] = str(value)
    return tags


def _tag_blocks(events: Iterator[Event], wanted: Wanted) -> dict[str, str]:
    """Take the blocks of key and value that some types have in place of a mapping, after their list has begun."""
    tags = {}
    for event, _ in events:
        if event == "end_array":
            break
        if event != "start_map":
            _finish(events, event)
            continue
        block = {key: _scalar(events) for key in _keys(events)}
        if (key := block.get("key")) and (value := block.get("value")) and wanted.tag(key):
            tags[key] = value
    return tags


def _nested(events: Iterator[Event], event: str, path: str, names: frozenset[str], values: dict[str, str]) -> None:
    """Take the wanted scalars below an attribute that is a mapping or a list of them; the first of a list counts."""
    paths, depth, key = [path], 1, ""
    for event, value in events:  # noqa: PLR1704 - as above
        if event == "map_key":
            key = str(value)
        elif event in _STARTS:
            depth += 1
            paths.append(f"{paths[-1]}.{key}" if key else paths[-1])
            key = ""
        elif event in _ENDS:
            depth -= 1
            paths.pop()
            key = ""
            if not depth:
                return
        else:
            full = f"{paths[-1]}.{key}" if key else paths[-1]
            if value is not None and full in names:
                values.setdefault(full, str(value))
            if key:
                key = ""
