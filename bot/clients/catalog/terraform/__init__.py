"""Terraform: the output of `terraform show -json` for a state or a plan, and raw `.tfstate` files of version 4.

These files hold secrets in plain text. Attributes and tags are taken from an allow-list and their form is checked. No
problem, log line or exception quotes a value of the file other than a resource's address.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

from bot.clients.catalog._json import BadJSONError, events, open_json
from bot.clients.catalog._reader import Format, ReadOptions, Sink, SourceFile, peek
from bot.clients.catalog._text import check_size
from bot.clients.catalog._values import quoted
from bot.clients.catalog.terraform._resource import ClaimReader
from bot.clients.catalog.terraform._stream import BadShapeError, Resource, Wanted, resources
from bot.clients.catalog.terraform._tags import fold_key, is_allowed
from bot.clients.catalog.terraform._types import ATTRIBUTES, IMAGES, NESTED, TYPES
from bot.domain.catalog import AssetClaim
from bot.errors import UnreadableError

#: The attributes with tags, the most important first.
_TAG_MAPS = (
    *("tags_all", "tags", "effective_labels", "terraform_labels", "labels", "user_labels", "resource_labels"),
    "freeform_tags",  # Oracle's
    # Google's databases, Kubernetes workloads and Cloud Run have them in a block.
    *("settings.user_labels", "metadata.labels"),
)
#: `terraform show -json` begins with its version, unless a tool has sorted the keys.
_SHOWN = re.compile(rb"^\s*\{.*?\"format_version\"\s*:\s*\"[\d.]+\"", re.DOTALL)
#: An empty state has nothing else.
_EMPTY = re.compile(rb"\s*\{\s*\"format_version\"\s*:\s*\"[\d.]+\"\s*\}\s*")
_OF_TERRAFORM = re.compile(rb"\"(?:terraform_version|root_module|planned_values|resource_changes)\"")
#: File endings of a shell's redirection: `terraform show -json > state`.
_SUFFIXES = frozenset({".json", ".txt", ""})


def _matches(path: Path) -> bool:
    if path.name.endswith(".tfstate"):
        return True
    if path.suffix.lower() not in _SUFFIXES:
        return False
    start = peek(path).removeprefix(b"\xef\xbb\xbf").replace(b"\0", b"").lstrip(b"\xff\xfe")
    is_shown = _SHOWN.match(start) is not None and _OF_TERRAFORM.search(start) is not None
    return is_shown or _EMPTY.fullmatch(start) is not None


def _read_file(file: SourceFile, sink: Sink, options: ReadOptions) -> None:
    def note(message: str) -> None:
        sink.problem(file.at(), message, is_error=False)

    for resource, asset, is_refused in _claims(file, options, note):
        sink.asset(asset)
        rule = TYPES.get(resource.type)
        if rule is not None and rule.whole is not None and (name := resource.values.get(rule.whole.name_from)):
            sink.counted_once(asset.external_id, rule.whole.type, name, in_parts=rule.whole.in_parts)
        if is_refused:
            where = asset.aliases[0] if asset.aliases else asset.name
            note(f"{quoted(where)} has an owner tag that names no team and no person; it is left out.")


def owner_tags(file: SourceFile, options: ReadOptions) -> dict[str, tuple[str, str]]:
    """Return where each resource's owner is given, by external id: the resource's address, and the tag's key.

    Raises UnreadableError or OSError for a file that cannot be read.
    """
    folded = _owner_keys(options)
    found: dict[str, tuple[str, str]] = {}
    for resource, asset, _ in _claims(file, options, lambda _: None):
        keys = [key for wanted in folded for key in resource.tags if fold_key(key) == wanted and resource.tags[key]]
        if asset.owners and keys:
            found.setdefault(asset.external_id, (asset.aliases[0] if asset.aliases else asset.name, keys[0]))
    return found


def _owner_keys(options: ReadOptions) -> tuple[str, ...]:
    return tuple(dict.fromkeys(fold_key(key) for key in options.owner_tags))


def _claims(
    file: SourceFile, options: ReadOptions, note: Callable[[str], None]
) -> Iterator[tuple[Resource, AssetClaim, bool]]:
    """Yield each resource that is an asset, its claim, and whether an owner tag of it was refused."""
    check_size(file, options.max_file_bytes)
    owner_keys = _owner_keys(options)
    allowed = frozenset(owner_keys)
    wanted = Wanted(ATTRIBUTES, NESTED, _TAG_MAPS, lambda key: is_allowed(key, allowed), IMAGES)
    reader = ClaimReader(file, owner_keys)
    try:
        with open_json(file.path) as stream:
            for resource in resources(events(stream), wanted, note=note):
                asset, is_refused = reader.claim(resource)
                if asset is not None:
                    yield resource, asset, is_refused
    except (BadJSONError, BadShapeError) as error:
        raise UnreadableError(str(error), path=file.shown) from None


FORMAT = Format(
    name="terraform",
    summary="Terraform: output of 'terraform show -json', or a .tfstate file",
    matches=_matches,
    read_file=_read_file,
    reads_beside=False,
)
