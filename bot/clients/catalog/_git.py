"""The name and web address of a checkout's repository, from its `.git/config`. Git itself is not needed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from bot.clients.catalog._links import leads_out, may_read
from bot.domain.directory.forges import shown_name

_MAX_CONFIG_BYTES = 1024 * 1024
_SECTION = re.compile(r"\s*\[\s*(?P<name>[\w.-]+)(?:\s+\"(?P<sub>(?:[^\"\\]|\\.)*)\")?\s*\]")
_URL = re.compile(r"\s*url\s*=\s*\"?(?P<url>[^\"#;\s]+)", re.IGNORECASE)
_INSTEAD_OF = re.compile(r"\s*insteadof\s*=\s*\"?(?P<short>[^\"#;\s]+)", re.IGNORECASE)
_WORKTREE = re.compile(r"^\s*worktree\s*=\s*(.+)$", re.MULTILINE)
#: Azure DevOps projects can have spaces in their names: `Harbour%20Works`.
_PATH = re.compile(r"(?:[\w.~-]|%20)+(?:/(?:[\w.~-]|%20)+)*")
# git@host:owner/name.git
_SCP_LIKE = re.compile(r"(?:[\w.-]+@)?(?P<host>[\w.-]+):(?P<path>[^/\\].*)")


_FORGES = {"github": "https://github.com/", "gitlab": "https://gitlab.com/", "bitbucket": "https://bitbucket.org/"}


@dataclass(frozen=True, slots=True)
class Remote:
    """A repository's name (`owner/name`) and its web addresses, without user names and passwords.

    The name is the one people use, without what a host adds around it in git addresses, such as `_git/`.
    """

    name: str
    addresses: tuple[str, ...]

    @property
    def path(self) -> str:
        """The name as in the address. Ids are made from it, so that a repository keeps its identity."""
        return self.place.partition("/")[2] if self.addresses else self.name

    @property
    def place(self) -> str:
        """The name with its host if that is known, because two hosts may have a repository of the same name."""
        return self.addresses[0].removeprefix("https://") if self.addresses else self.name


def remote_of(root: Path) -> Remote | None:
    """Return the remote that the checkout at `root` was cloned from; None if it is not known.

    That is `origin`, or else `upstream`, or else the only remote. Of several others, nobody knows which it is.
    """
    config = _config_path(root / ".git")
    try:
        if config is None or not may_read(config, config.parent) or config.stat().st_size > _MAX_CONFIG_BYTES:
            return None
        text = config.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    urls: dict[str, str] = {}
    instead: dict[str, str] = {}
    section, name = "", ""
    for line in text.splitlines():
        if (found := _SECTION.match(line)) is not None:
            section, name = found["name"].lower(), found["sub"] or ""
        elif section == "remote" and name and (url := _URL.match(line)):
            urls.setdefault(name, url["url"])
        elif section == "url" and name and (short := _INSTEAD_OF.match(line)):
            instead[short["short"]] = name
    only = next(iter(urls.values())) if len(urls) == 1 else ""
    return parse_remote(_spelt_out(urls.get("origin") or urls.get("upstream") or only, instead))


def _spelt_out(url: str, instead: Mapping[str, str]) -> str:
    """Return a URL with git's longest matching `insteadOf` prefix replaced: `gh:acme/shop`."""
    short = max((each for each in instead if url.startswith(each)), key=len, default="")
    return instead[short] + url[len(short) :] if short else url


def remote_around(file: Path) -> Remote | None:
    """Return the remote of the checkout that contains a file; None if there is none, or it has no remote."""
    for folder in file.resolve().parents:
        if (folder / ".git").exists():
            return remote_of(folder)
    return None


def forge_address(forge: str, slug: str) -> str:
    """Return the address of `owner/name` at GitHub, GitLab or Bitbucket; "" for other hosts and other texts."""
    host = _FORGES.get(forge.lower(), "")
    return host + slug if host and re.fullmatch(r"[\w.-]+(?:/[\w.-]+)+", slug) else ""


def parse_remote(url: str) -> Remote | None:
    """Return the repository of a clone URL; None for a path and for other text."""
    if "://" in url:
        try:
            parts = urlsplit(url)
            host = parts.hostname or ""
        except ValueError:
            return None
        path = parts.path if parts.scheme in {"https", "http", "ssh", "git", "git+ssh"} else ""
    else:
        match = _SCP_LIKE.fullmatch(url)
        host, path = (match["host"], match["path"]) if match else ("", "")
    name = path.strip("/").removesuffix(".git").strip("/")
    if not host or not _PATH.fullmatch(name):
        return None
    # The host in `git@work:acme/shop` is known only to somebody's own ssh configuration.
    addresses = (f"https://{host.lower()}/{name}",) if "." in host else ()
    return Remote(shown_name(name), addresses)


def _config_path(git: Path) -> Path | None:
    """Return the configuration that belongs to `.git`. In a worktree or a submodule, `.git` is a file with its path."""
    if git.is_dir():
        return None if leads_out(git, git.parent.resolve()) else git / "config"
    if not may_read(git, git.parent):
        return None
    try:
        words = git.read_text(encoding="utf-8", errors="replace")[:4096].split(":", 1)
        directory = git.parent / words[1].strip() if len(words) == 2 and words[0] == "gitdir" else None
        if directory is None or not _belongs(directory, git):
            return None
        common = directory / "commondir"
        return (
            directory / common.read_text(encoding="utf-8").strip() if may_read(common, directory) else directory
        ) / "config"
    except (OSError, UnicodeDecodeError):
        return None


def _belongs(directory: Path, git: Path) -> bool:
    """Whether a directory really is a worktree or a submodule: git's own data points back at it."""
    back, config = directory / "gitdir", directory / "config"
    if may_read(back, directory):
        return Path(back.read_text(encoding="utf-8").strip()).resolve() == git.resolve()
    if not may_read(config, directory):
        return False
    found = _WORKTREE.search(config.read_text(encoding="utf-8", errors="replace")[:_MAX_CONFIG_BYTES])
    return found is not None and (directory / found[1].strip()).resolve() == git.parent.resolve()
