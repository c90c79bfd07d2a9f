"""What the formats of bills of materials share: a component as written, and how it becomes a sighting."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

from packageurl import PackageURL

from bot.clients.inventory import images
from bot.clients.inventory._collector import Collector, quoted
from bot.domain.inventory.scans import How, Sighting
from bot.domain.names import clean

#: Kinds of component that count without a package URL. A library without one could be anybody's.
_RUNS_BY_NAME = frozenset({"application", "framework", "operating-system", "platform"})
_LIBRARIES = frozenset({"", "library"})
_CONTAINER = "container"
_IMAGE_TYPES = frozenset({"docker", "oci"})
#: Types of package URL whose packages run by themselves, whatever their kind of component.
_STANDALONE_TYPES = frozenset({"bitnami", "generic", "k8s", *_IMAGE_TYPES})
#: Kinds of component that are built into something else.
_PARTS = frozenset({*_LIBRARIES, "framework"})
#: The longest name or version; the longest real ones have about a hundred characters.
_MAX_LENGTH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """A component of a bill of materials, as written. `cpe` is one that names it, in any form.

    `kind` is its type in CycloneDX's words (`library`, `operating-system`), or "". `place` is the path to it in a file
    without lines. `is_subject` is whether the whole bill is about it.
    """

    name: str
    version: str = ""
    purl: str = ""
    cpe: str = ""
    kind: str = ""
    line: int | None = None
    place: str = ""
    is_subject: bool = False


class Bill:
    """Turns the components of one file into sightings, and sums up what is left out."""

    def __init__(self, collector: Collector, environment: str) -> None:
        self._collector, self._environment = collector, environment
        self._left_out = self._unversioned = 0
        self._subjects: dict[str, None] = {}

    def add(self, component: Component) -> None:
        """Add what a component shows."""
        if len(component.name) > _MAX_LENGTH or len(component.version) > _MAX_LENGTH:
            self._problem(component, "has a name or a version that is too long, and is left out.")
            return
        component = dataclasses.replace(component, name=clean(component.name), version=clean(component.version))
        purl = self._purl(component)
        if component.is_subject:
            ref = images.parse(component.name)
            is_image = component.kind == _CONTAINER and ref is not None
            self._subjects[ref.name if is_image and ref is not None else component.name] = None
        sighting = self._image(component, purl) or self._plain(component, purl)
        if sighting is None:
            self._left_out += component.kind in _LIBRARIES and not component.is_subject
            return
        self._unversioned += not sighting.version
        self._collector.add(sighting)

    def done(self) -> None:
        """Record the file's subject, if it has one, and how many components were left out or lack a version."""
        if len(self._subjects) == 1:
            [self._collector.subject] = self._subjects
        if self._left_out:
            text = f"{_count(self._left_out)} without a package URL left out; have the tool write them."
            self._collector.problem(text, is_error=False)
        if self._unversioned:
            self._collector.problem(f"{_count(self._unversioned)} without a known version.", is_error=False)

    def _purl(self, component: Component) -> PackageURL | None:
        if not component.purl:
            return None
        try:
            return PackageURL.from_string(component.purl)
        except ValueError:
            self._problem(component, f"has a package URL that is none, {quoted(component.purl)}; only its name counts.")
            return None

    def _problem(self, component: Component, message: str) -> None:
        where = f"{component.place} " if component.place and component.line is None else ""
        self._collector.problem(f"{where}{quoted(component.name)} {message}", component.line, is_error=False)

    def _plain(self, component: Component, purl: PackageURL | None) -> Sighting | None:
        version = component.version or (purl.version if purl else "") or ""
        is_named = component.kind in _RUNS_BY_NAME and version and not component.is_subject
        name = component.name or (purl.name if purl else "")
        if not name or (purl is None and not is_named and not component.cpe):
            return None
        return Sighting(
            product=name,
            version=version,
            environment=self._environment,
            how=How.SBOM,
            origin=self._collector.at(component.line),
            purl=purl.to_string() if purl else "",
            cpe=component.cpe if len(component.cpe) <= _MAX_LENGTH else "",
            is_library=_is_library(component, purl),
        )

    def _image(self, component: Component, purl: PackageURL | None) -> Sighting | None:
        """Return what a container image shows by its reference, preferring a reference with a version."""
        if component.kind != _CONTAINER and (purl is None or purl.type not in _IMAGE_TYPES):
            return None
        found: list[Sighting] = []
        for reference in (_named_reference(component), _purl_reference(purl)):
            sighting, _ = images.sighting_of(
                reference, origin=self._collector.at(component.line), how=How.SBOM, environment=self._environment
            )
            if sighting:
                found.append(dataclasses.replace(sighting, purl=purl.to_string() if purl else ""))
        return next((each for each in found if each.version), found[0] if found else None)


def _is_library(component: Component, purl: PackageURL | None) -> bool:
    """Whether a component is a part of the bill's subject. A package without a kind is one."""
    if component.is_subject or component.kind not in _PARTS:
        return False
    return purl.type not in _STANDALONE_TYPES if purl is not None else bool(component.kind)


def _count(number: int) -> str:
    return "has one component" if number == 1 else f"has {number:,} components"


def _named_reference(component: Component) -> str:
    """Return the image's reference by name (`postgres:11`) and version, which may be the image's digest."""
    is_tagged = ":" in component.name.rpartition("/")[2] or "@" in component.name
    if is_tagged or not component.version:
        return component.name
    return f"{component.name}{'@' if ':' in component.version else ':'}{component.version}"


def _purl_reference(purl: PackageURL | None) -> str:
    """Return the image's reference from a package URL: docker ones have tags, oci ones digests.

    https://github.com/package-url/purl-spec
    """
    if purl is None or purl.type not in _IMAGE_TYPES:
        return ""
    parts = [purl.qualifiers.get("repository_url", ""), purl.namespace or ""]
    path = "/".join(part.strip("/") for part in parts if part)
    # With oci, the repository's address usually ends with the name already.
    if path.rpartition("/")[2] != purl.name:
        path = f"{path}/{purl.name}" if path else purl.name
    version = purl.version or ""
    tag = purl.qualifiers.get("tag", "") or ("" if ":" in version else version)
    return f"{path}:{tag}" if tag else path


def text_of(value: Any) -> str:
    """Return a text of a document without surrounding white space; "" for any other value."""
    return value.strip() if isinstance(value, str) else ""
