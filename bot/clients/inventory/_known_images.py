"""Well-known images and the products in them: `bot/data/known_images.yaml`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from bot.data import table

_IMAGES = table("known_images")
#: Operating systems: their tags may be codenames, so a tag of letters is a version.
SYSTEMS = frozenset(_IMAGES["systems"])

#: Systems on which other images are built.
_BASES = SYSTEMS | {"amazon-linux", "rhel"}

_OFFICIAL_NAMESPACES = frozenset(_IMAGES["official_namespaces"].split())
_REPUBLISHERS = frozenset(_IMAGES["republishers"].split())
_LANGUAGES = {product: re.compile(words, re.IGNORECASE) for product, words in _IMAGES["languages"].items()}
_BY_TAG = tuple((re.compile(path), rule, re.compile(rule["tag"])) for path, rule in _IMAGES["by_tag"].items())
_ENGINES = "|".join(_IMAGES["lambda_engines"].split())
_LAMBDA = re.compile(
    rf"lambda/(?P<ecr>{_ENGINES})|amazon/aws-lambda-(?P<hub>{_ENGINES})|sam/(?:build|emulation)-(?P<sam>{_ENGINES})(?P<version>\d+(?:\.\d+)?)(?:\.x)?"
)
_IN_TAGS = _IMAGES["in_tags"]
_WORDS = "|".join(sorted(_IN_TAGS, key=len, reverse=True))
_IN_TAG = re.compile(rf"(?<![a-z])(?P<word>{_WORDS})[-_]?(?P<version>\d+(?:\.\d+)*)?(?![a-z])", re.IGNORECASE)
_JAVA = "java"
_NO_JAVA = frozenset({"php", "python", "nodejs", "erlang", "windows-server"})
#: Old images of Kubernetes have the architecture in their names, Rancher's mirrors the namespace.
_ARCHITECTURE = re.compile(r"-(?:amd64|arm64|arm|ppc64le|s390x)")
_MIRRORED = "mirrored-"
#: Names of folders in an organisation's registry that mirror Docker Hub.
_MIRROR = re.compile(
    r"(?:[a-z0-9]+[-_.])*mirror(?:s|ed)?"
    r"|docker[-_.]?io|(?=.*docker)(?=.*(?:hub|proxy|proxied|cache|remote|mirror|pull-?through))[a-z0-9._-]+"
)
#: Names of Red Hat's product images: ubi8/python-311, rhscl/mysql-57-rhel7, sclorg/mysql-80-c9s.
_RED_HAT_BASE = re.compile(
    r"(?:(?:ubi|rhel)(?P<namespace>\d{1,2})/|redhat/)?(?:ubi|rhel)(?P<own>\d{1,2})?(?:-(?:minimal|micro|init))?"
)
_RED_HAT = re.compile(
    r"(?:(?:ubi|rhel)\d{1,2}|rhscl|centos\d?|sclorg|fedora|openshift)/(?P<name>[a-z]+)-(?P<digits>\d{1,4})(?:-[a-z0-9]+)*"
)
#: A folder of Red Hat's registry that names the base system: `ubi8/python-311`, `rhel8/postgresql-12`.
_RED_HAT_FOLDER = re.compile(r"(?:^|/)(?P<name>ubi|rhel|centos)(?P<version>\d{1,2})/[a-z]")
#: The base system at the end of a name: `rhscl/python-36-rhel7`, `sclorg/postgresql-13-c9s`.
_RED_HAT_END = re.compile(r"-\d{1,4}-(?P<name>ubi|rhel|centos|c)(?P<version>\d{1,2})s?$")
_RED_HAT_SYSTEMS = {"centos": "centos", "c": "centos-stream"}
_SPILO = re.compile(r"(?:zalando|acid)/spilo-(?P<version>\d{2})")
_ALMA = re.compile(r"almalinux(?:org)?/(?P<version>\d{1,2})-(?:base|minimal|micro|init|toolbox)")
_DISTROLESS = re.compile(
    r"distroless/(?:nodejs(?P<node>\d{1,3})-debian\d+|(?P<python>python3)(?:-debian\d+)?"
    r"|(?:static|base|base-nossl|cc|java(?:-base|\d*))(?:-debian(?P<debian>\d+))?)"
)

_BESIDE = re.compile(r"(?:^|/)distroless/[a-z]+(?P<java>(?<=java)\d+)?\d*-debian(?P<debian>\d+)$")


@dataclass(frozen=True, slots=True)
class KnownImage:
    """The product in a well-known image. `version` is set if the image's name gives it, and not its tag.

    `provider` is whose dates apply, "" for the maker's. `is_tag_version` is whether the whole tag is the version, if
    neither the name nor a part of the tag is.
    """

    product: str
    version: str = ""
    provider: str = ""
    is_tag_version: bool = True


def known_image(path: str, *, has_registry: bool, tag: str = "") -> KnownImage | None:
    """Return the product in the image at `path` (its name without registry and tag); None if it is not well known.

    A company's mirror keeps the end of a path (`mirror/library/postgres`). A name alone (`postgres`) counts from any
    registry. A name in somebody's own namespace (`shop/postgres`) does not, because its tags may be their own versions.
    """
    for spelt in _spellings(path):
        found = _known(spelt, tag, has_registry=has_registry)
        if found is not None:
            return found
    return None


def in_tag(tag: str, product: str) -> Iterator[tuple[str, str]]:
    """Yield the other products with versions in a tag of the product's image: `8.5-jdk11`."""
    found = [(_IN_TAGS[one["word"].lower()], one["version"] or "") for one in _IN_TAG.finditer(tag)]
    java = next((version for name, version in found if version and name not in _NO_JAVA), "")
    vendor = next((name for name, _ in found if name not in _NO_JAVA and name != _JAVA), _JAVA)
    if java and not is_java(product):
        yield vendor, java
    for name, version in found:
        if version and name in _NO_JAVA and name != product:
            yield name, version


def languages_in(tag: str) -> Iterator[tuple[str, str]]:
    """Yield the languages and systems with versions in the tag of any image: `python3.9-slim`."""
    for product, words in _LANGUAGES.items():
        if found := words.search(tag):
            yield product, next(filter(None, found.groups()))


def system_of(path: str, tag: str) -> Iterator[tuple[str, str]]:
    """Yield the system on which a product's image is built, if its tag or Red Hat's folder gives it."""
    yield from ((product, version) for product, version in languages_in(tag) if product in _BASES)
    found = _RED_HAT_FOLDER.search(path) or _RED_HAT_END.search(path)
    if found is not None:
        yield _RED_HAT_SYSTEMS.get(found["name"], "rhel"), found["version"]


def is_java(product: str) -> bool:
    """Whether a product is a build of Java. The words for Java in a tag then mean this product."""
    return product in _IN_TAGS.values() and product not in _NO_JAVA


def _spellings(path: str) -> Iterator[str]:
    """Yield a path, its current name, the name without an architecture, and the name in its own registry."""
    yield path
    for old, new in _IMAGES["moved"].items():
        head, is_old, rest = path.rpartition(old)
        if is_old and (not head or head.endswith("/")):
            yield f"{head}{new}{rest}"
    head, slash, name = path.rpartition("/")
    if name.startswith(_MIRRORED):
        yield name.removeprefix(_MIRRORED).replace("-", "/", 1)
    elif _ARCHITECTURE.search(name):
        yield head + slash + _ARCHITECTURE.sub("", name, count=1)


def _known(path: str, tag: str, *, has_registry: bool) -> KnownImage | None:
    parts = path.split("/")
    official = _IMAGES["official"].get(parts[-1])
    if len(parts) == 1:
        if official:
            return KnownImage(official)
        return _by_tag(path, tag) or (_by_pattern(path) if has_registry else None)
    # In other registries, makers have a product under its own name: public.ecr.aws/nginx/nginx.
    if official and (parts[-2] in _OFFICIAL_NAMESPACES | _REPUBLISHERS or parts[-2] == parts[-1]):
        return KnownImage(official)
    if official and has_registry and _MIRROR.fullmatch(parts[-2]):
        return KnownImage(official)
    if parts[-2] in _REPUBLISHERS and (packaged := _IMAGES["named"].get(f"bitnami/{parts[-1]}")):
        return KnownImage(packaged)
    for first in range(len(parts) - 1):
        rest = "/".join(parts[first:])
        found = _IMAGES["named"].get(rest)
        known = KnownImage(found) if found else _by_pattern(rest) or _by_tag(rest, tag)
        if known:
            return known
    return None


@lru_cache(maxsize=4096)
def _by_pattern(path: str) -> KnownImage | None:
    if base := _RED_HAT_BASE.fullmatch(path):
        return KnownImage("rhel", base["own"] or base["namespace"] or "")
    if image := _RED_HAT.fullmatch(path):
        name, digits = image["name"], image["digits"]
        cut = int(_IMAGES["major_digits"].get(name, len(digits)))
        if name in _IMAGES["red_hat"]:
            return KnownImage(_IMAGES["red_hat"][name], _dotted(name, digits, cut))
    if image := _ALMA.fullmatch(path):
        return KnownImage("almalinux", image["version"])
    if image := _DISTROLESS.fullmatch(path):
        if image["python"]:
            return KnownImage("python", is_tag_version=False)
        if image["node"]:
            return KnownImage("nodejs", image["node"])
        return KnownImage("debian", image["debian"] or "", is_tag_version=False)
    if image := _LAMBDA.fullmatch(path):
        return KnownImage(image["ecr"] or image["hub"] or image["sam"], image["version"] or "", provider="aws-lambda")
    if image := _SPILO.fullmatch(path):
        return KnownImage("postgresql", image["version"])
    return None


def _dotted(name: str, digits: str, cut: int) -> str:
    """Return 3.11 for Python's `311`, and 9.6 for PostgreSQL's `96`, which has had no minor versions since 10."""
    if name == "postgresql" and digits.startswith("9"):
        cut = 1
    return ".".join(part for part in (digits[:cut], digits[cut:]) if part)


def _by_tag(path: str, tag: str) -> KnownImage | None:
    for pattern, rule, within in _BY_TAG:
        if named := pattern.fullmatch(path):
            found = within.search(tag)
            if found is None and rule.get("is_one_of_several"):
                continue
            version = found[1] if found else _in_name(named.groupdict().get("version", ""), rule["product"])
            return KnownImage(rule["product"], version, rule.get("provider", ""), is_tag_version=False)
    return None


def _in_name(version: str, product: str) -> str:
    """Return the version in an image's name: `27` in passenger-ruby27 is 2.7."""
    return version if product in SYSTEMS else ".".join(version)


def languages_in_name(path: str) -> Iterator[tuple[str, str]]:
    """Yield the languages and systems in the name of any image: `base-python3.8`.

    The version must have a dot, because `worker-node-12` may be the twelfth worker.
    """
    yield from ((product, version) for product, version in languages_in(path.rpartition("/")[2]) if "." in version)


def in_name(path: str) -> Iterator[tuple[str, str]]:
    """Yield what the name of a distroless image gives besides its product: the Debian in `python3-debian10`."""
    found = _BESIDE.search(path)
    if found is not None and found["debian"]:
        yield "debian", found["debian"]
        if found["java"]:
            yield _JAVA, found["java"]
