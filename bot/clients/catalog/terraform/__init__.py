"""Terraform: what `terraform show -json` writes of a state or a plan, and raw `.tfstate` files of version 4.

These files hold secrets in plain text. Attributes and tags are taken from an allow-list, their shapes are checked, and
no problem, log line or exception quotes a value of the file other than a resource's address.
"""

from __future__ import annotations

import re
from pathlib import Path

from bot.clients.catalog._json import BadJSONError, events, open_json
from bot.clients.catalog._reader import Format, ReadOptions, Sink, SourceFile, check_size, peek, quoted
from bot.clients.catalog.terraform._resource import ClaimReader
from bot.clients.catalog.terraform._stream import BadShapeError, Wanted, resources
from bot.clients.catalog.terraform._tags import fold_key, is_allowed
from bot.clients.catalog.terraform._types import ATTRIBUTES, NESTED
from bot.errors import UnreadableError

#: The attributes that hold tags, the one that counts first.
_TAG_MAPS = ("tags_all", "tags", "effective_labels", "terraform_labels", "labels", "user_labels")
_SHOWN = re.compile(rb"^\s*\{\s*\"format_version\"")
_RAW = re.compile(rb"\"terraform_version\"")


def _matches(path: Path) -> bool:
    if path.name.endswith(".tfstate"):
        return True
    if path.suffix.lower() != ".json":
        return False
    start = peek(path).removeprefix(b"\xef\xbb\xbf").replace(b"\0", b"").lstrip(b"\xff\xfe")
    return _SHOWN.search(start) is not None and _RAW.search(start) is not None


def _read_file(file: SourceFile, sink: Sink, options: ReadOptions) -> None:
    check_size(file, options.max_file_bytes)
    owner_keys = tuple(dict.fromkeys(fold_key(key) for key in options.owner_tags))
    allowed = frozenset(owner_keys)
    wanted = Wanted(ATTRIBUTES, NESTED, _TAG_MAPS, lambda key: is_allowed(key, allowed))

    reader = ClaimReader(file, owner_keys)

    def note(message: str) -> None:
        sink.problem(file.at(), message, is_error=False)

    try:
        with open_json(file.path) as stream:
            for resource in resources(events(stream), wanted, note=note):
                asset, is_refused = reader.claim(resource)
                if asset is not None:
                    sink.asset(asset)
                    if is_refused:
                        where = asset.aliases[0] if asset.aliases else asset.name
                        note(f"{quoted(where)} has an owner tag that names no team and no person; it is left out.")
    except (BadJSONError, BadShapeError) as error:
        raise UnreadableError(str(error), path=file.shown) from None


FORMAT = Format(
    name="terraform",
    summary="Terraform: output of 'terraform show -json', or a .tfstate file",
    matches=_matches,
    read_file=_read_file,
    reads_beside=False,
)
