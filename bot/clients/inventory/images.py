"""Image references: `[HOST[:PORT]/]PATH[:TAG][@DIGEST]`.

The grammar is that of https://github.com/distribution/reference.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from bot.clients.inventory._collector import Collector, quoted
from bot.clients.inventory._known_images import (
    SYSTEMS,
    KnownImage,
    in_name,
    in_tag,
    known_image,
    languages_in,
    languages_in_name,
    system_of,
)
from bot.domain.catalog import Origin, Problem
from bot.domain.eol import version_schemes
from bot.domain.inventory.scans import How, Sighting

_MAX_LENGTH = 1_000
_SCHEME = re.compile(r"(?:docker|docker-pullable|oci|containerd|cri-o)://")
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_HOST = re.compile(rf"(?:{_LABEL}(?:\.{_LABEL})*|\[[0-9a-fA-F:.]+\])(?::[0-9]{{1,5}})?")
_PART = re.compile(r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*")
_TAG = re.compile(r"\w[\w.-]{0,127}", re.ASCII)
_DIGEST = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[+._-][A-Za-z0-9]+)*:[0-9a-fA-F]{32,128}")
#: The id of an image, short or full.
_ID = re.compile(r"sha(?:256|512):[0-9a-f]{32,128}|[0-9a-f]{12}|[0-9a-f]{64}")
_DOCKER_HUB = frozenset({"docker.io", "index.docker.io", "registry-1.docker.io", "registry.hub.docker.com"})

_WORD = re.compile(r"[a-z]+")
_FIRST_WORD = re.compile(r"[^._-]+")
#: Tags that move to other versions.
_MOVING = frozenset(
    {
        *("latest", "current", "next", "stable", "oldstable", "lts", "mainline", "rolling", "release"),
        *("beta", "canary", "edge", "nightly", "testing", "unstable", "alpine", "slim"),
        *("dev", "develop", "development", "head", "main", "master", "prod", "production", "staging", "test", "trunk"),
    }
)
#: Words before the version in a tag that do not belong to it: `enterprise-7.0.5`, `alpine3.19-v15.0.0`.
_BEFORE_VERSION = re.compile(
    r"(?:(?:enterprise|community|latest|release|version|full|minimal|slim)-(?=v?\d)"
    r"|(?:alpine|ubuntu|debian|ubi|distroless)[\d.]*-(?=v\d)"
    r"|(?:amd64|arm32v[5-7]|arm64v8|arm64|armhf|i386|x86_64)-(?=v?\d))",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"v?\d.*", re.IGNORECASE)
_COMMIT = re.compile(r"(?=[0-9]*[a-f])[0-9a-f]{7,64}|[0-9a-f]{40}|[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class ImageRef:
    """An image reference in its parts. `registry`, `tag` and `digest` are "" if they are not given."""

    registry: str
    path: str
    tag: str
    digest: str

    @property
    def name(self) -> str:
        """The image without tag and digest."""
        return f"{self.registry}/{self.path}" if self.registry else self.path

    @property
    def is_on_docker_hub(self) -> bool:
        """Whether the image comes from Docker Hub, which is also the default without a registry."""
        return not self.registry or self.registry.lower() in _DOCKER_HUB


def parse(reference: str) -> ImageRef | None:
    """Return the parts of an image reference; None if it is not one (or an image's id, which names nothing)."""
    text = _SCHEME.sub("", reference.strip(), count=1) if len(reference) <= _MAX_LENGTH else ""
    rest, at, digest = text.partition("@")
    if at and not _DIGEST.fullmatch(digest):
        return None
    head, slash, last = rest.rpartition("/")
    name, colon, tag = last.partition(":")
    if (colon and not _TAG.fullmatch(tag)) or _ID.fullmatch(rest):
        return None
    registry, path = _split_registry(head + slash + name)
    if registry and not _HOST.fullmatch(registry):
        return None
    if len(path) > 255 or not all(_PART.fullmatch(part) for part in path.split("/")):
        return None
    return ImageRef(registry, path, tag, digest)


def _split_registry(name: str) -> tuple[str, str]:
    """Return registry and path. The part before the first slash is a host if it cannot be anything else."""
    first, slash, rest = name.partition("/")
    is_host = slash and ("." in first or ":" in first or first == "localhost" or first != first.lower())
    return (first, rest) if is_host else ("", name)


def sighting_of(
    reference: str, *, origin: Origin, how: How = How.IMAGE, environment: str = ""
) -> tuple[Sighting | None, Problem | None]:
    """Return what an image reference shows, and a problem with it; either may be None.

    A reference whose tag gives no version has both: the product runs, at an unknown version.
    """
    ref = parse(reference)
    if ref is None:
        # Text before an @ that does not start a digest may be a password, so it is not repeated.
        shown = "This" if "@" in reference else quoted(reference)
        return None, Problem(origin, f"{shown} is not an image reference; write NAME:TAG.")
    known = _known(ref)
    # On Docker Hub, library/ is only the long form of an official image's name.
    as_written = ref.path.removeprefix("library/") if ref.is_on_docker_hub else ref.path
    version, why = _version(ref, known)
    problem = Problem(origin, f"{quoted(reference)} {why}", is_error=False) if why else None
    sighting = Sighting(
        product=known.product if known else as_written,
        version=version,
        provider=known.provider if known else "",
        environment=environment,
        how=how,
        origin=origin,
        address=reference.strip(),
        is_known=known is not None,
    )
    return sighting, problem


def beside(sighting: Sighting) -> Iterator[Sighting]:
    """Yield what else an image's name gives with a version: Java in `tomcat:8.5-jdk11`, the base system."""
    ref = parse(sighting.address)
    if ref is None:
        return
    if sighting.is_known:
        found = list(in_tag(ref.tag, sighting.product))
    else:
        found = [*languages_in(ref.tag), *languages_in_name(ref.path)]
    found += (each for each in in_name(ref.path) if each[0] != sighting.product)
    if sighting.is_known and sighting.product not in SYSTEMS:
        found += system_of(ref.path, ref.tag)
    for product, version in dict.fromkeys(found):
        yield replace(sighting, product=product, version=version, provider="", is_known=True)


def _known(ref: ImageRef) -> KnownImage | None:
    return known_image(ref.path, has_registry=not ref.is_on_docker_hub, tag=ref.tag)


def is_known(reference: str) -> bool:
    """Whether a reference is that of a well-known image."""
    ref = parse(reference)
    return ref is not None and _known(ref) is not None


def add_to(collector: Collector, reference: str, line: int, *, how: How = How.IMAGE, environment: str = "") -> None:
    """Add everything that a reference at a line shows, and the problems with it, to the collector."""
    sighting, problem = sighting_of(reference, origin=collector.at(line), how=how, environment=environment)
    if sighting:
        collector.add(sighting)
        for each in beside(sighting):
            collector.add(each)
    if problem:
        collector.problem(problem.message, line, is_error=problem.is_error)


def _version(ref: ImageRef, known: KnownImage | None) -> tuple[str, str]:
    """Return the version in the name or the tag; or "" and the reason."""
    if known is not None and (known.version or not known.is_tag_version):
        what = "" if known.version else f"names no version of {known.product}, so it is not known; name one."
        return known.version, what
    if not ref.tag:
        what = "has a digest but no tag" if ref.digest else "has no tag, which means latest"
        return "", f"{what}, so its version is not known; name a version."
    product, tag = ("", ref.tag) if known is None else (known.product, _BEFORE_VERSION.sub("", ref.tag, count=1))
    if not version_schemes.CODENAMES.get(product, {}).keys().isdisjoint(_WORD.findall(tag)):
        return tag, ""
    first = _FIRST_WORD.match(tag)
    if first is None or first[0].lower() in _MOVING:
        return "", f"is a tag that moves ({ref.tag}), so its version is not known; name a version."
    is_named = (
        product in SYSTEMS
        or (known is not None and known.provider)
        or _NUMBERED.fullmatch(tag)
        or (not product and any(map(str.isdigit, tag)))
    )
    if not is_named or _COMMIT.fullmatch(tag):
        return "", "has a tag that names no version, so its version is not known; name a version."
    return tag, ""
