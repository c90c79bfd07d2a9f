"""Bills of materials: CycloneDX as JSON and XML, SPDX 2 as JSON and tag-value."""

from __future__ import annotations

import re
from typing import Any

import orjson

from bot.clients.inventory import _cyclonedx, _spdx
from bot.clients.inventory._collector import Collector
from bot.clients.inventory._components import Bill
from bot.domain.encodings import as_utf8
from bot.domain.inventory.scans import Sightings
from bot.errors import UnreadableError

#: A whole file is held in memory; one of an image with 50,000 packages has about 40 MiB.
MAX_BYTES = 64 * 1024 * 1024
_TAG_VALUE = re.compile(r"^[ \t]*SPDXVersion:", re.MULTILINE)
_PEEK = 64 * 1024
_EXPECTED = "it takes CycloneDX as JSON or XML, and SPDX 2 as JSON or tag-value"


def read(data: bytes, path: str, *, environment: str = "", max_bytes: int = MAX_BYTES) -> Sightings:
    """Return what a bill of materials shows. `path` is the file's name.

    Every component with a package URL counts, and of those without one, everything but libraries: operating systems,
    platforms, images. If a file breaks off, what comes before is kept, and the problem gives the line.
    """
    collector = Collector(path)
    bill = Bill(collector, environment)
    try:
        if len(data) > max_bytes:
            have, limit = len(data) / 1024**2, max_bytes / 1024**2
            raise UnreadableError(f"has {have:.1f} MiB, over the limit of {limit:g} MiB; split it.", path=path)
        _read(data, collector, bill)
    except UnreadableError as error:
        collector.problem(str(error), error.line)
    bill.done()
    return collector.done()


def _read(data: bytes, collector: Collector, bill: Bill) -> None:
    head = _decoded(data[:_PEEK]).lstrip()
    if head.startswith("<"):
        _cyclonedx.from_xml(data, collector, bill.add)
        return
    if head.startswith(("{", "[")):
        document = _json(data, collector)
        if document.get("bomFormat") == "CycloneDX":
            components = _cyclonedx.from_json(document, collector)
        elif isinstance(document.get("spdxVersion"), str):
            components = _spdx.from_json(document, collector)
        elif "@graph" in document:
            raise UnreadableError(
                "is linked data, as SPDX 3 is, which is not read; write SPDX 2.3.", path=collector.path
            )
        else:
            raise UnreadableError(
                f"is JSON, but no bill of materials that Baton reads; {_EXPECTED}.", path=collector.path
            )
    elif _TAG_VALUE.search(head):
        components = _spdx.from_tags(_decoded(data), collector)
    else:
        raise UnreadableError(f"is no bill of materials that Baton reads; {_EXPECTED}.", path=collector.path)
    for component in components:
        bill.add(component)


def _decoded(data: bytes) -> str:
    """Return the text. Invalid bytes become U+FFFD."""
    return as_utf8(data).decode(errors="replace")


def _json(data: bytes, collector: Collector) -> dict[str, Any]:
    try:
        document = orjson.loads(as_utf8(data))
    except orjson.JSONDecodeError as error:
        raise UnreadableError(
            "is not valid JSON; nothing of it is read.", path=collector.path, line=error.lineno
        ) from None
    # GitHub's dependency graph wraps the document.
    wrapped = document.get("sbom") if isinstance(document, dict) else None
    document = wrapped if isinstance(wrapped, dict) else document
    return document if isinstance(document, dict) else {}
