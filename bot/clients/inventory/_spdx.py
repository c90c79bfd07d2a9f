"""SPDX 2 as JSON and as tag-value, the parts that say what runs: https://spdx.github.io/spdx-spec/v2.3/"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.clients.inventory._collector import Collector, quoted
from bot.clients.inventory._components import Component, text_of
from bot.errors import UnreadableError

_DOCUMENT = "SPDXRef-DOCUMENT"
_PURL = "purl"
_CPES = ("cpe23Type", "cpe22Type")
_NOTHING = frozenset({"NOASSERTION", "NONE"})
_LINE = re.compile(r"(?P<tag>[A-Za-z][A-Za-z0-9]*):(?P<value>.*)")
#: Tags that begin something other than a package.
_OTHERS = frozenset({"FileName", "SnippetSPDXID", "LicenseID"})


@dataclass(frozen=True, slots=True)
class _Tag:
    """One tag of a tag-value file with its line (from 1). Values over several lines are joined."""

    line: int
    name: str
    value: str


def check_version(written: str, collector: Collector, line: int | None = None) -> None:
    """Raise `UnreadableError` for an unsupported version of SPDX."""
    if not written.startswith("SPDX-2."):
        raise UnreadableError(
            f"is {quoted(written)}, which is not read; write SPDX 2.3.", path=collector.path, line=line
        )


def from_json(document: Mapping[str, Any], collector: Collector) -> Iterator[Component]:
    """Yield the packages of a document, in order."""
    check_version(text_of(document.get("spdxVersion")), collector)
    packages = document.get("packages")
    if packages is not None and not isinstance(packages, list):
        collector.problem("packages is no list.")
    subjects = _subjects(document)
    for number, package in enumerate(packages if isinstance(packages, list) else []):
        place = f"packages[{number}]"
        name = text_of(package.get("name")) if isinstance(package, dict) else ""
        if not name:
            collector.problem(f"{place} is no package with a name and is left out.", is_error=False)
            continue
        yield Component(
            name=name,
            version=_known(text_of(package.get("versionInfo"))),
            purl=_reference(package.get("externalRefs"), _PURL),
            cpe=_reference(package.get("externalRefs"), *_CPES),
            kind=_kind(text_of(package.get("primaryPackagePurpose"))) or _kind_by_id(text_of(package.get("SPDXID"))),
            place=place,
            is_subject=text_of(package.get("SPDXID")) in subjects,
        )


def _subjects(document: Mapping[str, Any]) -> frozenset[str]:
    """Return the ids of the document's subjects."""
    found = {text_of(each) for each in _list(document.get("documentDescribes"))}
    for each in _list(document.get("relationships")):
        if isinstance(each, dict) and each.get("spdxElementId") == _DOCUMENT:
            found |= {text_of(each.get("relatedSpdxElement"))} if each.get("relationshipType") == "DESCRIBES" else set()
    return frozenset(found - {""})


def _reference(references: Any, *types: str) -> str:
    for each in _list(references):
        # Early documents have the type's full address, http://spdx.org/rdf/references/purl.
        if isinstance(each, dict) and text_of(each.get("referenceType")).rpartition("/")[2] in types:
            return text_of(each.get("referenceLocator"))
    return ""


def from_tags(text: str, collector: Collector) -> Iterator[Component]:
    """Yield the packages of a tag-value document, in order."""
    packages: list[tuple[Component, str]] = []
    subjects: set[str] = set()
    is_in_package = False
    for tag in _tags(text, collector):
        if tag.name == "SPDXVersion":
            check_version(tag.value, collector, tag.line)
        elif tag.name == "Relationship":
            words = tag.value.split()
            subjects |= {words[2]} if len(words) == 3 and words[:2] == [_DOCUMENT, "DESCRIBES"] else set()
        elif tag.name == "PackageName":
            packages.append((Component(name=tag.value, line=tag.line), ""))
            is_in_package = True
        elif tag.name in _OTHERS:
            is_in_package = False
        elif is_in_package:
            packages[-1] = _with(packages[-1], tag)
    for component, identifier in packages:
        if component.name:
            yield replace(component, is_subject=identifier in subjects)
        else:
            collector.problem("is a package without a name and is left out.", component.line, is_error=False)


def _with(package: tuple[Component, str], tag: _Tag) -> tuple[Component, str]:
    """Return the package and its id with a tag's content added."""
    component, identifier = package
    if tag.name == "SPDXID":
        return component, tag.value
    if tag.name == "PackageVersion":
        return replace(component, version=_known(tag.value)), identifier
    if tag.name == "PrimaryPackagePurpose":
        return replace(component, kind=_kind(tag.value)), identifier
    words = tag.value.split() if tag.name == "ExternalRef" else []
    if len(words) == 3 and words[1] == _PURL and not component.purl:
        return replace(component, purl=words[2]), identifier
    if len(words) == 3 and words[1] in _CPES and not component.cpe:
        return replace(component, cpe=words[2]), identifier
    return package


def _tags(text: str, collector: Collector) -> Iterator[_Tag]:
    lines = text.split("\n")
    position = 0
    while position < len(lines):
        line, start = lines[position].rstrip("\r"), position + 1
        position += 1
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        match = _LINE.fullmatch(line.lstrip())
        if match is None:
            collector.problem("is not TAG: VALUE; this line is skipped.", start)
            continue
        parts = [match["value"].strip()]
        if parts[0].startswith("<text>"):
            while "</text>" not in parts[-1] and position < len(lines):
                parts.append(lines[position])
                position += 1
            if "</text>" not in parts[-1]:
                message = "begins a <text> that never ends; the rest is not read."
                raise UnreadableError(message, path=collector.path, line=start)
        value = "\n".join(parts).removeprefix("<text>").partition("</text>")[0]
        yield _Tag(start, match["tag"], value.strip())


def _known(version: str) -> str:
    return "" if version in _NOTHING else version


def _kind(purpose: str) -> str:
    return purpose.lower().replace("_", "-")


def _kind_by_id(identifier: str) -> str:
    """Return the kind that Trivy's ids give for a package without a purpose, as before version 2.3."""
    return "operating-system" if identifier.startswith("SPDXRef-OperatingSystem-") else ""


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
