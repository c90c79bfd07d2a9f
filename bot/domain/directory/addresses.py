"""Normal forms of addresses: URLs, repositories over every protocol, host names, ARNs and channels."""

from __future__ import annotations

import re

from bot.domain.directory.forges import plain, plain_name

_SCHEME = re.compile(r"^[a-z][a-z0-9+.-]*://", re.IGNORECASE)
#: How JDBC URLs differ: `jdbc:oracle:thin:@host:1521/db`, `jdbc:sqlserver://host:1433;databaseName=db`.
_JDBC = re.compile(r"^jdbc:(?:oracle:thin:(?:[^@\s]*@)(?://)?|[a-z0-9:]+://)(?P<host>[\w.-]+)\S*", re.IGNORECASE)
_SCP = re.compile(r"^(?:[\w.-]+@)([\w.-]+\.[\w-]+):(?!//)(.+)$")
_ARCHIVE = re.compile(r"^[\w-]+\.slack\.com/archives/([a-z0-9]+)", re.IGNORECASE)
#: Each organisation has its own host there, and a service's page has two addresses.
_PAGERDUTY = re.compile(r"^(?:[\w-]+\.)+pagerduty\.com/(?:services|service-directory)/(\w+)", re.IGNORECASE)
_PORT = re.compile(r"^([\w.-]+\.[\w-]+):\d{1,5}(?=/|$)")
_HOST = re.compile(r"^[a-z0-9*](?:[a-z0-9_-]*\.)+[a-z][a-z0-9-]+$")
_ADDRESS_MARKS = frozenset("/:.@#")
_MAX_STEPS = 12


def may_be_address(text: str) -> bool:
    """Return whether `text` contains any of the characters that mark an address."""
    return not _ADDRESS_MARKS.isdisjoint(text)


def normal(address: str) -> str:
    """Return the form in which an address is stored.

    It is in lower case, without scheme, user, query, `.git` and outer slashes.
    """
    text = _JDBC.sub(r"\g<host>", _SCP.sub(r"\1/\2", address.strip()))
    bare = _SCHEME.sub("", text)
    if bare != text:
        text = bare.partition("@")[2] if "@" in bare.partition("/")[0] else bare
        host, slash, rest = text.partition("/")
        text = re.sub(r":\d+$", "", host) + slash + rest
    elif (portless := _PORT.sub(r"\1", text)) != text:
        text = portless
    elif text.lower().startswith("arn:"):
        return text.lower()
    text = re.split(r"[?#]", text, maxsplit=1)[0] if "/" in text else text
    text = plain(text.rstrip("/").removesuffix(".git").rstrip("/").lower().removeprefix("www."))
    if (archive := _ARCHIVE.match(text)) is not None:
        return archive[1]
    return _PAGERDUTY.sub(r"app.pagerduty.com/service-directory/\1", text)


def without_protocol(address: str) -> str:
    """Return the host and path of a URL or a git address, in their original case."""
    text = _SCHEME.sub("", _SCP.sub(r"\1/\2", address.strip()))
    return re.split(r"[?#]", text, maxsplit=1)[0]


def keys(text: str) -> list[str]:
    """Return the stored forms of the address `text` and of the addresses above it, nearest first."""
    whole = normal(text)
    found = [text.lower(), whole]
    if text.startswith("#"):
        found.append(text[1:].lower())
    if whole.startswith("arn:"):
        # An object belongs to its bucket, and a version of a function to the function.
        ends = [place for place, mark in enumerate(whole) if mark in "/:"]
        return found + [whole[:end] for end in reversed(ends[5:][-_MAX_STEPS:])]
    host, _, rest = whole.partition("/")
    if _HOST.match(host):
        parts = rest.split("/") if rest else []
        found += ["/".join([host, *parts[:count]]) for count in range(min(len(parts) - 1, _MAX_STEPS), -1, -1)]
        labels = host.split(".")
        found += ["*." + ".".join(labels[count:]) for count in range(1, min(len(labels) - 1, _MAX_STEPS))]
    return list(dict.fromkeys(found))


def repository_key(name: str) -> str:
    """Return the form in which a repository is stored, with its host if it has one."""
    host, path = host_and_path(plain_name(normal(name)).replace(" ", "%20"))
    return f"{host}/{plain_name(path)}" if host else path


def host_and_path(key: str) -> tuple[str, str]:
    """Return the host of a repository ("" if none is given) and its name there."""
    host, _, path = key.partition("/")
    return (host, path) if path and "." in host else ("", key)


def is_same_host(host: str, other: str) -> bool:
    """Whether two hosts are the same, or one is the git host of the other: `ssh.code.example.com`."""
    return host == other or host.endswith(f".{other}") or other.endswith(f".{host}")
