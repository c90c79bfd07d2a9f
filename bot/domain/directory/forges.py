"""How code hosts write addresses of repositories, over every protocol, and of files in them.

https://learn.microsoft.com/azure/devops/repos/git, https://gerrit.googlesource.com/gitiles,
https://confluence.atlassian.com/bitbucketserver, https://git.zx2c4.com/cgit/about, https://man.sr.ht/git.sr.ht
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from urllib.parse import unquote, unquote_plus

_HOST = r"[\w.-]+\.[\w-]+(?::\d+)?"
#: A host, and the folder in which a server of this kind is often installed.
_SERVER = rf"{_HOST}(?:/(?:bitbucket|stash|git|scm))?"

#: What hosts add around the name of a repository -> the address without it. In lower case, without protocol.
_FURNITURE = tuple(
    (re.compile(pattern), plain)
    for pattern, plain in (
        (r"^(?:ssh\.dev\.azure|vs-ssh\.visualstudio)\.com/v3/", "dev.azure.com/"),
        (r"^([\w-]+)\.visualstudio\.com/(?:defaultcollection/)?(?=(?:[^/]+/)?_git/)", r"dev.azure.com/\1/"),
        (r"^dev\.azure\.com/([^/]+)/_git/([^/]+)", r"dev.azure.com/\1/\2/\2"),
        (rf"^({_HOST}/.+?)/_git/", r"\1/"),
        (rf"^({_HOST})(?:/(?:bitbucket|stash|git))?/scm/(?=[^/]+/[^/]+)", r"\1/"),
        (rf"^({_HOST})(?:/(?:bitbucket|stash|git))?/projects/([^/]+)/repos/", r"\1/\2/"),
        (rf"^({_HOST})(?:/(?:bitbucket|stash|git))?/users/([^/]+)/repos/", r"\1/~\2/"),
        (r"^([\w-]+?)(?:-review)?\.googlesource\.com/(?:a/)?", r"\1.googlesource.com/"),
        (rf"^({_HOST})/(?:plugins/gitiles|gitiles|cgit|gitweb)/", r"\1/"),
        (r"^github\.dev/", "github.com/"),
        (r"^(?:ssh|altssh)\.(github\.com|gitlab\.com|bitbucket\.org)/", r"\1/"),
        (r"^(git-codecommit\.[\w-]+\.amazonaws\.com)/v1/repos/", r"\1/"),
        (rf"^({_HOST}/[^?#]+?)\.git/", r"\1/"),
    )
)
_HAS_FURNITURE = re.compile(
    r"_git/|/v3/|/scm/|/repos/|\.googlesource\.com/|gitiles/|/cgit/|/gitweb/|^(?:alt)?ssh\.|\.git/|^github\.dev/"
)
#: The same for a repository's name, which a checkout takes from its remote.
_AROUND_NAME = r"^(?:scm/(?=[^/]+/[^/]+$)|v3/(?=[^/]+/[^/]+/[^/]+$)|v1/repos/|cgit/|gitweb/|a/(?=.+/))"
_NAME_FURNITURE = re.compile(rf"{_AROUND_NAME}|~")
_SHOWN_FURNITURE = re.compile(rf"{_AROUND_NAME}|(?:(?<=/)|^)_git/(?=.)")

_BEHIND = r"blob|tree|edit|raw|blame|commits?|new|delete|media|annotate|history"
#: Azure DevOps and its servers have the path in the query.
_AZURE = re.compile(rf"^(?P<repository>{_HOST}/(?:.+/)?_git/[^/]+)(?:/.*)?$", re.IGNORECASE)
_AZURE_ITEMS = re.compile(rf"^(?P<project>{_HOST}/.+?)/_apis/git/repositories/(?P<name>[^/]+)/items$", re.IGNORECASE)
#: Addresses with a marker between repository and path, so that a branch can have any name.
_DIVIDED = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"^(?P<repository>{_SERVER}/(?:projects|users)/[^/]+/repos/[^/]+)/(?:browse|raw)(?:/(?P<path>.*))?$",
        r"^(?P<repository>git\.[\w.-]+/~[^/]+/[^/]+)/(?:tree|log)/.+?/item/(?P<path>.+)$",
        r"^(?P<repository>hg\.[\w.-]+/~[^/]+/[^/]+)/(?:browse|annotate)/(?P<path>.+)$",
        rf"^(?P<host>{_HOST})/-/ide/project/(?P<name>.+?)/(?:edit|tree|blob)/.+?/-/(?P<path>.*)$",
        rf"^(?P<host>{_HOST})/c/(?P<name>.+?)/\+/\d+(?:/[\d.]+)?(?:/(?P<path>.*))?$",
        rf"^(?P<repository>{_HOST}/.+?)/\+(?:show|log|blame)?/[^:]+:(?P<path>(?!\d+(?:[:-]\d+)?$)[^;]*)",
        r"^[\w.-]+/(?P<repository>(?:github|gitlab|bitbucket)\.[\w.-]+/[^/@]+/[^@]+?)(?:@.+?)?/-/(?:blob|tree)/(?P<path>.+)$",
        rf"^(?P<repository>(?!github\.com/)(?:{_HOST}/.+?\.git|{_HOST}/(?:cgit|gitweb)/.+?))/(?:tree|plain|blame|log|diff|about)/(?P<path>.+)$",
        r"^(?P<region>[\w-]+)\.console\.aws\.amazon\.com/codesuite/codecommit/repositories/(?P<name>[^/]+)/browse/.+?/--/(?P<path>.*)$",
    )
)
#: Addresses with a branch, a tag or a commit before the path.
_BEHIND_REF = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"^(?P<repository>{_HOST}/.+?)/-/(?P<page>{_BEHIND})/(?P<rest>.+)$",
        rf"^(?P<repository>{_HOST}/.+?)/(?P<page>\+(?:show|log|blame)?)/(?P<rest>.+)$",
        r"^raw\.githubusercontent\.com/(?P<github>[^/]+/[^/]+)/(?P<rest>.+)$",
        rf"^raw\.(?P<host>{_HOST})/(?P<name>[^/]+/[^/]+)/(?P<rest>.+)$",
        rf"^(?P<repository>(?!github\.com/|bitbucket\.org/){_HOST}/[^/]+/[^/]+(?:/[^/]+)*?)/(?P<page>src|raw|blame|commits|media|_edit)/(?:branch|tag|commit)/(?P<rest>.+)$",
        rf"^(?P<repository>(?:github\.com|bitbucket\.org)/[^/]+/[^/]+)/(?P<page>{_BEHIND})/(?P<rest>.+)$",
        rf"^(?P<repository>(?!github\.com/|bitbucket\.org/){_HOST}/[^/]+/[^/]+(?:/[^/]+)*?)/(?P<page>{_BEHIND})/(?P<rest>.+)$",
        r"^(?P<repository>bitbucket\.org/[^/]+/[^/]+)/(?P<page>src|history-node)/(?P<rest>.+)$",
        rf"^(?P<repository>(?!github\.com/|bitbucket\.org/){_HOST}/[^/]+)/(?P<page>{_BEHIND})/(?P<rest>.+)$",
    )
)
#: Gogs writes `/src/BRANCH/path`; elsewhere src is a folder, as in `git.example.com/acme/shop/src/main.py`.
_SRC = re.compile(
    rf"^(?P<repository>(?!(?:github|gitlab)\.com/){_HOST}/[^/]+/[^/]+)/src/(?P<rest>[^/]+/.+)$", re.IGNORECASE
)
#: cgit, recognised only by the branch in the query: `/tree/path?h=main`.
_CGIT = re.compile(rf"^(?P<repository>{_HOST}/.+?)/(?:tree|plain|blame|log)/(?P<path>.+)$", re.IGNORECASE)
_GITWEB = re.compile(rf"^(?P<host>{_HOST})(?:/[\w.-]+)*/?$", re.IGNORECASE)

_SCHEME = re.compile(r"^[a-z][a-z0-9+.-]*://", re.IGNORECASE)
#: Typical names of code hosts.
_CODE_HOST = re.compile(
    r"(?:[\w-]+\.)*(?:git|github|gitlab|bitbucket|stash|gitea|forgejo|gogs|codeberg|gerrit|cgit|gitweb|hg|svn|code|source"
    r"|sourcegraph|googlesource|visualstudio|dev\.azure)[\w-]*\.",
    re.IGNORECASE,
)
_REF = re.compile(r"^refs/(?:heads|tags|remotes/[^/]+)/(?=[^/])")
#: A branch, tag or commit that is certainly one segment. Any other may contain a slash: `hotfix/src/x.ts` is `src/x.ts`
#: on `hotfix`, or `x.ts` on `hotfix/src`.
_WHOLE_REF = re.compile(
    r"main|master|trunk|develop|HEAD|staging|production|next|canary|gh-pages|[0-9a-f]{7,64}"
    r"|v\d+|(?:[\w-]*[_-])?v?\d+(?:\.[\dx]+)+[\w.-]*|.*%2F.*",
    re.IGNORECASE,
)
#: Prefixes of branch names with a slash. In the names that tools make, folders follow.
_REF_FOLDER = re.compile(r"feats?|features?|fix|fixes|bugfix|hotfix|chore|refactor|users?|wip|spike|backport")
#: A branch of two segments: file folders are not named after a version with a dot.
_RELEASE_REF = re.compile(
    r"(?:releases?|stable|support|versions?)/[a-z-]*v?\d+(?:\.[\dx]+)+[\w.-]*(?=/|$)", re.IGNORECASE
)
#: Branches that tools make contain the folders that they change: `dependabot/npm_and_yarn/web/app/x-1.2`.
_MOST_REF_SEGMENTS = 8
#: Pages that show files but no folders: a path has to follow the branch.
_OF_FILES = frozenset({"blob", "raw", "edit", "blame", "annotate", "media", "_edit", ""})
#: A file's ending. A branch may end as in `lodash-4.17.21`, but not like this.
_ENDING = re.compile(r"\w\.[A-Za-z]\w{0,11}$")
#: Where Go and others keep their checkouts: an absolute path, or one that begins with `src` or `go`. With any other
#: folder before it, the address is a copy inside another repository.
_CHECKED_OUT = re.compile(
    r"(?<![^\s\"'`(])(?:(?:/|~/|go/|src/|pkg/mod/)(?:(?!(?:vendor|third_party|staging|node_modules)/)[\w.@~+-]+/)*?)?"
    r"(?P<address>(?:github\.com|gitlab\.com|bitbucket\.org)/[\w.-]+/[\w.-]+)(?:@v\d[\w.+!-]*)?(?=/)"
)
#: A Windows path.
_BACKSLASHES = re.compile(r"(?<![^\s\"'`(])(?:[A-Za-z]:)?\\?(?:[\w.@+~-]+\\){2,}[\w.@+~-]+")
#: A line of a stack trace: the function, and its place in brackets.
_FRAME = re.compile(r"(?<!\S)at (?:async |new )?[\w.$<>\[\]]+ \((?=[^\s()]*/)")
#: Where the runners of GitHub and GitLab check out a repository: its name twice, or its whole name.
_RUNNERS = re.compile(r"(?<![^\s\"'`(])/(?:home/runner/work|__w|a)/(?P<name>[\w.-]+)/(?P=name)/(?=[\w.-])")
_BUILDS = re.compile(r"(?<![^\s\"'`(])/builds/(?=(?:[\w.-]+/){2,}[\w.-])")
_AT_HOME = re.compile(r"(?<![^\s\"'`(])~/(?=[\w.-])")
#: A line number behind a path, as compilers, editors and code hosts write it.
_LINE_NUMBER = re.compile(r"(?<=[\w.])(?::\d+(?:[:-]\d+)?:?|#L?\d+(?:C\d+)?(?:-L?\d+(?:C\d+)?)?|\(\d+(?:,\s?\d+)?\)?)$")
#: A folder followed by `..`.
_DOWN_AND_UP = re.compile(r"(?<![^/])(?!\.\.(?:/|$))[^/]+/\.\.(?:/|$)")


@dataclass(frozen=True, slots=True)
class FileAddress:
    """A file or folder in a repository: `repository` in its plain form, `paths` as written, without a leading slash.

    There are several paths, the longest first, if nobody can tell where the branch ends; "" is the whole repository.
    `likely` is the index of the path behind a branch such as `feature/new-menu`, whose first word is seldom a branch by
    itself. With `is_asked`, the path is in the query of the address.
    """

    repository: str
    paths: tuple[str, ...]
    is_asked: bool = False
    likely: int | None = None


def plain(address: str) -> str:
    """Return an address in lower case, without protocol, in one form for all ways to clone or read the repository.

    `bitbucket.example.com/scm/pay/ledger` and `bitbucket.example.com/projects/pay/repos/ledger` give the same.
    """
    if "/" in address and _HAS_FURNITURE.search(address):
        for pattern, without in _FURNITURE:
            address = pattern.sub(without, address, count=1)
    return address


def plain_name(name: str) -> str:
    """Return a repository's name in lower case, without what a host adds around it in git addresses."""
    return _NAME_FURNITURE.sub("", name).replace("_git/", "") if "/" in name else name


def shown_name(name: str) -> str:
    """Return a repository's name as people write it, from the part of its git address behind the host."""
    return _SHOWN_FURNITURE.sub("", unquote(name))


def file_address(text: str) -> FileAddress | None:
    """Return the repository and path of a code host's link to a file, or None."""
    bare = _SCHEME.sub("", text.strip())
    place, mark, behind = _cut(bare)
    if "@" in place.partition("/")[0]:
        place = place.partition("@")[2]
    place, asked = place.rstrip("/"), _asked(behind) if mark else {}
    if (found := _AZURE.match(place)) is not None:
        return _asked_for(found["repository"], asked.get("path", ""))
    if (found := _AZURE_ITEMS.match(place)) is not None:
        return _asked_for(f"{found['project']}/_git/{found['name']}", asked.get("path", ""))
    if asked.get("p") and asked.get("a") and (found := _GITWEB.match(place)) is not None:
        return _asked_for(f"{found['host']}/{asked['p']}/", asked.get("f", ""))
    for pattern in _DIVIDED:
        if (found := pattern.match(place)) is not None:
            return FileAddress(_repository(found), (_path(found["path"] or ""),))
    if ("h" in asked or "id" in asked) and (found := _CGIT.match(place)) is not None:
        return FileAddress(_repository(found), (_path(found["path"]),))
    for pattern in _BEHIND_REF:
        if (found := pattern.match(place)) is not None:
            return _behind_ref(_repository(found), found["rest"], found.groupdict().get("page", ""))
    if (found := _SRC.match(place)) is not None:
        read = _behind_ref(_repository(found), found["rest"], "src")
        return read if "://" in text else replace(read, paths=(_path(f"src/{found['rest']}"), *read.paths), likely=None)
    return None


def is_code(address: str) -> bool:
    """Whether a link leads to a repository or a file, judging by its address."""
    return _CODE_HOST.match(_SCHEME.sub("", address.strip())) is not None or file_address(address) is not None


def folder_key(repository: str, path: str) -> str:
    """Return the form in which a folder of a repository is stored, whatever host, branch or page it is read through."""
    return f"{repository}//{path.lower()}"


def file_path(text: str) -> str:
    """Return a pasted path without `./`, `x/../`, `%20` and a line number behind it."""
    path = unquote(text.strip()).replace("\\", "/") if "%" in text or "\\" in text else text.strip()
    path = _LINE_NUMBER.sub("", path)
    while path.startswith("./"):
        path = path[2:]
    while "/./" in path:
        path = path.replace("/./", "/")
    while (shorter := _DOWN_AND_UP.sub("", path, count=1)) != path:
        path = shorter
    return path


def without_checkout(text: str) -> str:
    """Return a text with checkouts of Go, runners and others replaced by the addresses that they were cloned from.

    `/go/src/github.com/acme/shop/x.go` and `/go/pkg/mod/github.com/acme/shop@v1.2.0/x.go` become
    `github.com/acme/shop/x.go`. A runner's checkout becomes `shop:x.go` or `acme/shop/x.go`, and a Windows path gets
    slashes.
    """
    if "\\" in text:
        text = _BACKSLASHES.sub(lambda found: re.sub(r"^[A-Za-z]:", "", found[0]).replace("\\", "/"), text)
    if "/" not in text:
        return text
    text = _CHECKED_OUT.sub(r"\g<address>", _BUILDS.sub("", _RUNNERS.sub(r"\g<name>:/", _FRAME.sub("(", text))))
    return _AT_HOME.sub("/~/", text)  # with a slash behind it, because a tilde directly before a word is formatting


def _cut(address: str) -> tuple[str, str, str]:
    """Return the address, what ends it, and its query (or its fragment if it has no query)."""
    place, mark, behind = address.partition("?")
    if not mark or "#" in place:
        place, mark, behind = address.partition("#")
    return place, mark, behind.replace("#", "&")


def _asked(query: str) -> dict[str, str]:
    pairs = (each.partition("=") for each in re.split(r"[&;]", query))
    return {key: unquote_plus(value) for key, _, value in pairs if value}


def _asked_for(repository: str, path: str) -> FileAddress:
    path = path.strip("/")
    return FileAddress(plain(repository.lower()).rstrip("/"), (file_path(path),), is_asked=bool(path))


def _repository(found: re.Match[str]) -> str:
    parts = found.groupdict()
    if parts.get("github"):
        return f"github.com/{parts['github']}".lower()
    if parts.get("region"):
        return f"git-codecommit.{parts['region']}.amazonaws.com/{parts['name']}".lower()
    name = parts.get("repository") or f"{parts['host']}/{parts['name']}"
    host, slash, rest = name.lower().partition("/")
    return plain(re.sub(r":\d+$", "", host) + slash + rest + "/").rstrip("/").removesuffix(".git")


def _path(text: str) -> str:
    return file_path(text.strip("/"))


def _behind_ref(repository: str, rest: str, page: str) -> FileAddress:
    """Return the possible paths behind a branch, tag or commit on a page of a code host."""
    bare = _REF.sub("", rest).strip("/")
    if (release := _RELEASE_REF.match(bare)) is not None:
        return FileAddress(repository, (_path(bare[release.end() :]),))
    parts = bare.split("/")
    is_file = page.lower() in _OF_FILES or _ENDING.search(file_path(bare)) is not None
    longest = 1 if _WHOLE_REF.fullmatch(parts[0]) else _MOST_REF_SEGMENTS
    most = max(1, min(longest, len(parts) - is_file))
    paths = tuple(dict.fromkeys(_path("/".join(parts[count:])) for count in range(1, most + 1)))
    likely = 1 if len(paths) > 1 and _REF_FOLDER.fullmatch(parts[0].lower()) else None
    return FileAddress(repository, paths, likely=likely)
