"""How addresses are written alike: URLs, repositories over every protocol, host names, ARNs and channels."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote

_SCHEME = re.compile(r"^[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_SCP = re.compile(r"^(?:[\w.-]+@)([\w.-]+\.[\w-]+):(?!//)(.+)$")
_ARCHIVE = re.compile(r"^[\w-]+\.slack\.com/archives/([a-z0-9]+)", re.IGNORECASE)
#: What stands between a repository and a file of it in a forge's addresses, and the branch or commit behind it.
_BLOB = re.compile(r"^([\w.-]+\.[\w-]+(?::\d+)?/.+?)/(?:-/)?(?:blob|tree|edit|raw|blame|src|commits?)/(?P<rest>.+)$")
_RAW = re.compile(r"^raw\.githubusercontent\.com/([^/]+/[^/]+)/(?P<rest>.+)$", re.IGNORECASE)
_REF = re.compile(r"^(?:refs/(?:heads|tags|remotes/[^/]+)|branch|tag|commit)/(?=[^/])")
#: A branch, tag or commit that is surely no more than one segment.
_WHOLE_REF = re.compile(r"main|master|trunk|develop|dev|HEAD|[0-9a-f]{7,64}|v?\d+(?:\.\d+)+[\w.-]*")
_MOST_REF_SEGMENTS = 4
_PORT = re.compile(r"^([\w.-]+\.[\w-]+):\d{1,5}(?=/|$)")
_HOST = re.compile(r"^[a-z0-9*](?:[a-z0-9_-]*\.)+[a-z][a-z0-9-]+$")
_ADDRESS_MARKS = frozenset("/:.@#")
_MAX_STEPS = 12
_LINE_NUMBER = re.compile(r"(?<=[\w.]):\d+(?::\d+)?:?$")


@dataclass(frozen=True, slots=True)
class FileAddress:
    """A file or folder in a repository: `repository` normal, `paths` as written, without a leading slash.

    They are several where nobody can tell where the branch ends, the longest first; "" is the repository as a whole.
    """

    repository: str
    paths: tuple[str, ...]


def may_be_address(text: str) -> bool:
    """Return whether `text` has any of the marks that addresses have."""
    return not _ADDRESS_MARKS.isdisjoint(text)


def normal(address: str) -> str:
    """Return the spelling under which an address is kept: lower case, no scheme, user, query, `.git` and slashes."""
    text = _SCP.sub(r"\1/\2", address.strip())
    bare = _SCHEME.sub("", text)
    if bare != text:
        text = bare.rpartition("@")[2] if "@" in bare.partition("/")[0] else bare
        host, slash, rest = text.partition("/")
        text = re.sub(r":\d+$", "", host) + slash + rest
    elif (portless := _PORT.sub(r"\1", text)) != text:
        text = portless
    elif text.lower().startswith("arn:"):
        return text.lower()
    text = re.split(r"[?#]", text, maxsplit=1)[0] if "/" in text else text
    text = text.rstrip("/").removesuffix(".git").rstrip("/").lower().removeprefix("www.")
    archive = _ARCHIVE.match(text)
    return archive[1] if archive else text


def without_protocol(address: str) -> str:
    """Return a URL's host and path, or those of an address for git, in the case they are in."""
    text = _SCHEME.sub("", _SCP.sub(r"\1/\2", address.strip()))
    return re.split(r"[?#]", text, maxsplit=1)[0]


def keys(text: str) -> list[str]:
    """Return the spellings under which an asset may be known whose address is `text` or above it, nearest first."""
    whole = normal(text)
    found = [text.lower(), whole]
    if text.startswith("#"):
        found.append(text[1:].lower())
    if whole.startswith("arn:"):
        # An object in a bucket and a version of a function belong to what they are in.
        ends = [place for place, mark in enumerate(whole) if mark in "/:"]
        return found + [whole[:end] for end in reversed(ends[5:][-_MAX_STEPS:])]
    host, _, rest = whole.partition("/")
    if _HOST.match(host):
        parts = rest.split("/") if rest else []
        found += ["/".join([host, *parts[:count]]) for count in range(min(len(parts) - 1, _MAX_STEPS), -1, -1)]
        labels = host.split(".")
        found += ["*." + ".".join(labels[count:]) for count in range(1, min(len(labels) - 1, _MAX_STEPS))]
    return list(dict.fromkeys(found))


def file_address(text: str) -> FileAddress | None:
    """Return the repository and path of a link to a file as GitHub, GitLab and Bitbucket write them, or None."""
    bare = re.split(r"[?#]", _SCHEME.sub("", text.strip()).rpartition("@")[2], maxsplit=1)[0]
    if raw := _RAW.match(bare):
        return FileAddress(normal(raw[1]), _behind_ref(raw["rest"]))
    found = _BLOB.match(bare)
    return FileAddress(normal(_PORT.sub(r"\1", found[1])), _behind_ref(found["rest"])) if found else None


def file_path(text: str) -> str:
    """Return a path as people paste it, without `./`, `%20` and the number of a line behind it."""
    path = unquote(text.strip()).replace("\\", "/") if "%" in text or "\\" in text else text.strip()
    path = _LINE_NUMBER.sub("", path)
    while path.startswith("./"):
        path = path[2:]
    while "/./" in path:
        path = path.replace("/./", "/")
    return path


def _behind_ref(rest: str) -> tuple[str, ...]:
    """Return what may be the path behind a branch, a tag or a commit."""
    parts = _REF.sub("", rest).strip("/").split("/")
    most = 1 if _WHOLE_REF.fullmatch(parts[0]) else min(len(parts) - 1, _MOST_REF_SEGMENTS)
    return tuple(dict.fromkeys(file_path("/".join(parts[count:])) for count in range(1, max(most, 1) + 1)))
