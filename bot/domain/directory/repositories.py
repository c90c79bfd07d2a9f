"""Which repository a text names, and what its files lead to. Never another repository with a similar name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

from bot.domain.catalog import AssetKind
from bot.domain.codeowners import is_catch_all
from bot.domain.directory import addresses, forges
from bot.domain.directory.answers import ResolutionMethod
from bot.domain.directory.choices import FoundAssets, owners_of
from bot.domain.directory.index import DirectoryIndex

#: The most segments of a repository's name: host, group, subgroup, ... name.
_MOST_IN_REPOSITORY = 6
#: A path that begins with an organisation's name and has more segments continues with a repository.
_IN_ORGANISATION = 2
#: How a link without a scheme continues if it is not a folder.
_WITHOUT_HOST = re.compile(r"(?:-/)?blob/.+/.+|-/(?:tree|raw|blame|edit|commits)/.+|tree/(?:main|master)/.+")
#: Pages that are about the whole repository.
_PAGES = frozenset(
    """- pull pulls pullrequest pullrequests pull-requests issues merge_requests wiki wikis actions releases tags tag
    branches branch commit commits compare settings projects discussions security network graphs pulse packages
    deployments milestones labels stargazers forks watchers activity runs jobs pipelines environments snippets boards
    builds checks pushes refs log summary stats find search archive info addon downloads""".split()  # noqa: SIM905
)


#: Top-level folders of a machine. Below them is whatever somebody put there.
_ON_MACHINES = frozenset("~ home users root etc usr var opt srv tmp private mnt media volumes workspaces".split())  # noqa: SIM905
_FILE_MARKS = frozenset("/.")
#: The end of a path to a file.
_FILE = re.compile(
    r"(?:^|/)(?:[\w.@+-]*\.[A-Za-z]\w{0,11}|[A-Z][A-Za-z]*file|CODEOWNERS|OWNERS|LICENSE|README|NOTICE)$"
)
#: A branch, tag or commit behind the name of a repository or file: `acme/shop@v2/src/x.py`, `acme/shop@a/b:src/x.py`.
_AT_REF = re.compile(r"^(?P<name>(?:[\w.~-]+/)+[\w.-]+)@(?P<ref>[\w./-]+)(?P<rest>:.+)?$")


@dataclass(frozen=True, slots=True)
class Repository:
    """What the catalog has for a repository: its rules, by their keys, and its assets.

    If `is_sure` is False, it only has a similar name.
    """

    rules: tuple[str, ...]
    assets: tuple[int, ...]
    is_sure: bool = True


def repository_called(index: DirectoryIndex, name: str) -> Repository | None:
    """Return the repository with a name or address; None if the catalog has none.

    An address on another host, and a name that is only the end of the repository's name, may mean another repository.
    """
    key = addresses.repository_key(name)
    host, path = addresses.host_and_path(key)
    held = _repository_assets(index, (addresses.normal(name), key))
    alike = _repository_assets(index, (path,)) if host else ()
    elsewhere = tuple(one for one in alike if one not in held and _is_elsewhere(index, one, host))
    rules = set(index.paths.repositories_called(key))
    away = _rules_of(index, elsewhere) - _rules_of(index, held) - {key}
    rules = (rules | _rules_of(index, held)) - away
    here = held or tuple(one for one in alike if one not in elsewhere)
    if here or rules:
        return Repository(tuple(sorted(rules)), here, is_sure=bool(host) or not _are_apart(index, here, rules))
    if elsewhere or away:
        return Repository(tuple(sorted(away)), elsewhere, is_sure=False)
    ending = () if host else index.paths.repositories_ending(key)
    return Repository(ending, (), is_sure="/" not in key) if ending else None


def in_repository(index: DirectoryIndex, repository: Repository, paths: Sequence[str]) -> FoundAssets:
    """Return what paths in a repository lead to: the rules' assets, or the repository if no rule matches.

    Several paths are readings of one address, and have to lead to the same owners. In a choice, those that begin like a
    rule come first. A path that leads out of the repository is not in any named one.
    """
    if any(f"{path}/".startswith("../") for path in paths):
        return FoundAssets(repository.assets, ResolutionMethod.ADDRESS, is_certain=False)
    likely = sorted(paths, key=lambda path: not index.paths.has_begun(repository.rules, path))
    found = [index.paths.owners_in(repository.rules, path) for path in likely]
    if not any(found):
        return FoundAssets(repository.assets, ResolutionMethod.ADDRESS, is_certain=repository.is_sure)
    # A reading that no rule matches belongs to the repository.
    ways = dict.fromkeys(each or tuple(repository.assets) for each in found)
    owners = {owners_of(index, each) for each in ways}
    if len(ways) == 1 or (len(owners) == 1 and any(owners)):
        return FoundAssets(next(iter(ways)), ResolutionMethod.PATH, is_certain=repository.is_sure)
    ids = tuple(dict.fromkeys(one for each in ways for one in each))
    return FoundAssets(ids, ResolutionMethod.PATH, is_certain=False)


def is_in_some_repository(index: DirectoryIndex, text: str) -> bool:
    """Whether a text is a path that could be in any repository, without naming one."""
    path = forges.file_path(text)
    first, slash, _ = path.lstrip("/").partition("/")
    is_address = ":" in first or "." in first.strip(".")
    if not slash or " " in path or is_address or not index.paths.repositories():
        return False
    return not index.paths.is_organisation(first.lower()) and (path[-1] == "/" or _FILE.search(path) is not None)


def likeliest(index: DirectoryIndex, repository: Repository, paths: Sequence[str], *, likely: int = 0) -> Sequence[str]:
    """Return only the likely reading of a path, if it alone begins like a rule of the repository; else all."""
    begun = [place for place, path in enumerate(paths) if index.paths.has_begun(repository.rules, path)]
    return [paths[likely]] if begun == [likely] else paths


def _in_address(index: DirectoryIndex, repository: Repository, file: forges.FileAddress) -> FoundAssets:
    if file.likely is None:
        return in_repository(index, repository, file.paths)
    return in_repository(index, repository, likeliest(index, repository, file.paths, likely=file.likely))


def at_path(index: DirectoryIndex, text: str) -> FoundAssets | None:
    """Return what a link or a path leads to, within the repository that it begins with if that is known."""
    file = forges.file_address(text)
    if file is not None:
        repository = repository_called(index, file.repository)
        found = None if repository is None else _in_address(index, repository, file)
        # A file in a folder means the asset that has the folder as its address, unless a rule names an owner.
        if (found is None or found.method is not ResolutionMethod.PATH) and (held := _in_folder_of(index, file)):
            return FoundAssets(held, ResolutionMethod.ADDRESS)
        if found is None and (held := index.known_as(addresses.normal(file.repository))):
            found = FoundAssets(held, ResolutionMethod.ADDRESS)  # assets known by the repository's address
        if found is not None:
            return found
    if "://" in text or text.startswith("git@"):
        return _at_page(index, text, is_file=file is not None)
    if file is not None:
        return FoundAssets((), ResolutionMethod.PATH)
    path = _without_ref(index, forges.file_path(text))
    if path.startswith("../"):  # relative to an unknown folder
        return FoundAssets(
            index.paths.owners_anywhere(path.lstrip("./")).asset_ids, ResolutionMethod.PATH, is_certain=False
        )
    name, colon, rest = path.partition(":")
    if colon and not _FILE_MARKS.isdisjoint(rest) and repository_called(index, name) is not None:
        path = f"{name}/{rest.lstrip('/')}"  # acme/shop:src/app.py
    segments = path.strip("/").split("/")
    if not path.startswith("/"):
        found = behind_name(index, segments, with_colon=bool(colon))
        if found is not None:
            return found
    return _anywhere(index, path, segments)


def _anywhere(index: DirectoryIndex, path: str, segments: Sequence[str]) -> FoundAssets | None:
    """Return what a path leads to if the repository is not given."""
    is_elsewhere = path.startswith("/") and not index.paths.has_begun(index.paths.repositories(), path)
    if is_elsewhere and (within := _on_machine(index, path, segments)) is not None:
        return within
    found_anywhere = index.paths.owners_anywhere(path)
    if len(segments) > _IN_ORGANISATION and index.paths.is_organisation(segments[0].lower()):
        is_known = found_anywhere.is_certain and index.paths.has_begun(index.paths.repositories(), path)
        ids = found_anywhere.asset_ids if is_known else index.paths.owners_below(path.strip("/"))
        return FoundAssets(ids, ResolutionMethod.PATH, is_certain=is_known)
    if not found_anywhere.asset_ids or _is_only_like_a_path(index, path, found_anywhere.asset_ids):
        return None
    if is_elsewhere and segments[0].lower() in _ON_MACHINES:
        called = [named.assets for folder in segments[1:-1] if (named := repository_called(index, folder)) is not None]
        ids = tuple(dict.fromkeys((*chain.from_iterable(called), *found_anywhere.asset_ids)))
        return FoundAssets(ids, ResolutionMethod.PATH, is_certain=False)
    found = found_anywhere
    return FoundAssets(found.asset_ids, ResolutionMethod.PATH, is_certain=found.is_certain, more=found.more)


def _on_machine(index: DirectoryIndex, path: str, segments: Sequence[str]) -> FoundAssets | None:
    """Return what a path leads to that goes through a folder on a machine with the name of a repository.

    The folder may be part of another repository that has a folder of that name: one folder above it is reason enough to
    ask.
    """
    below = index.paths.told_within(path)
    if not below:
        return None
    first = below[0]
    ids = tuple(dict.fromkeys(one for each in below for one in each.asset_ids))
    is_part = any(repository_called(index, folder) is not None for folder in segments[: first.start])
    is_certain = first.is_sure and not is_part and all(each.asset_ids == first.asset_ids for each in below)
    return FoundAssets(ids, ResolutionMethod.PATH, is_certain=is_certain)


def _without_ref(index: DirectoryIndex, path: str) -> str:
    """Return a path without its branch, tag or commit. If it is unclear where that ends, return the file's page."""
    at = _AT_REF.match(path)
    if at is None:
        return path
    if at["rest"] is not None or "/" not in at["ref"] or repository_called(index, at["name"]) is None:
        return at["name"] + (at["rest"] or "")
    return f"{at['name']}/blob/{at['ref']}"


def _is_only_like_a_path(index: DirectoryIndex, path: str, found: Sequence[int]) -> bool:
    """Whether nothing shows that a text is a path in a repository: `/api/v2`, `shop.example.com/cart/4`.

    A rule for all files matches any path. Text that begins like an address has to end like a file.
    """
    if not path.startswith("/") and "." not in path.partition("/")[0]:
        return False
    rules = (index.assets[one].path_rule for one in found)
    if not all(rule is not None and is_catch_all(rule.pattern) for rule in rules):
        return False
    is_file = _FILE.search(path) is not None
    return not is_file and not index.paths.has_begun(index.paths.repositories(), path.strip("/"))


def _in_folder_of(index: DirectoryIndex, file: forges.FileAddress) -> tuple[int, ...]:
    """Return the assets at the nearest folder above a file, if its address has only one reading."""
    if len(file.paths) > 1:
        return ()
    segments = file.paths[0].lower().split("/")
    above = (forges.folder_key(file.repository, "/".join(segments[:count])) for count in range(len(segments), 0, -1))
    return next(filter(None, map(index.known_as, above)), ())


def behind_name(index: DirectoryIndex, segments: Sequence[str], *, with_colon: bool = False) -> FoundAssets | None:
    """Return what a path leads to that begins with the whole name of a repository."""
    for count in range(min(len(segments), _MOST_IN_REPOSITORY), 0 if with_colon else 1, -1):
        name = "/".join(segments[:count])
        repository = repository_called(index, name)
        if repository is None or not (repository.is_sure and (count > 1 or with_colon)):
            continue
        rest = "/".join(segments[count:])
        if _WITHOUT_HOST.fullmatch(rest) and (file := forges.file_address(f"a.b/{name}/{rest}")) is not None:
            return _in_address(index, repository, file)
        return in_repository(index, repository, (rest,))
    return None


def _at_page(index: DirectoryIndex, text: str, *, is_file: bool) -> FoundAssets | None:
    """Return what a page of a repository leads to: a pull request is about the whole repository.

    Addresses that no code host writes are read as a path, too.
    """
    segments = addresses.normal(text).split("/")
    written = addresses.without_protocol(text).rstrip("/").split("/")
    for count in range(min(len(segments), _MOST_IN_REPOSITORY + 1), 1, -1):
        repository = repository_called(index, "/".join(segments[:count]))
        if repository is None:
            continue
        rest = written[len(written) - len(segments) + count :]
        if not rest or rest[0].lower() in _PAGES:
            return in_repository(index, repository, ("",))
        # The branch may end anywhere in it.
        ways = ["/".join(rest[count:]) for count in range(len(rest) + 1)]
        return None if is_file else in_repository(index, repository, likeliest(index, repository, ways))
    return FoundAssets((), ResolutionMethod.PATH) if is_file else None


def _repository_assets(index: DirectoryIndex, names: Iterable[str]) -> tuple[int, ...]:
    for each in names:
        if ids := tuple(one for one in index.known_as(each) if index.assets[one].kind is AssetKind.REPOSITORY):
            return ids
    return ()


def _rules_of(index: DirectoryIndex, assets: Iterable[int]) -> set[str]:
    """Return the rule keys of repositories that have the names of these assets."""
    found: set[str] = set()
    for one in assets:
        key = addresses.repository_key(index.assets[one].name)
        for host in _hosts_of(index, one) or [""]:
            found.update(index.paths.repositories_called(f"{host}/{key}" if host else key))
    return found


def _is_elsewhere(index: DirectoryIndex, asset_id: int, host: str) -> bool:
    """Whether a repository is known to be only on other hosts."""
    hosts = _hosts_of(index, asset_id)
    return bool(hosts) and not any(addresses.is_same_host(host, other) for other in hosts)


def _hosts_of(index: DirectoryIndex, asset_id: int) -> list[str]:
    asset = index.assets[asset_id]
    name = addresses.repository_key(asset.name).rpartition("/")[2]
    known = [addresses.host_and_path(addresses.repository_key(each)) for each in asset.addresses]
    return [other for other, path in known if other and path.rpartition("/")[2] == name]


def _are_apart(index: DirectoryIndex, assets: Iterable[int], rules: Iterable[str]) -> bool:
    """Whether repositories of one name are on several hosts."""
    at = [hosts for one in assets if (hosts := _hosts_of(index, one))]
    at += [[host] for host, _ in map(addresses.host_and_path, rules) if host]
    return any(not any(addresses.is_same_host(one, other) for one in hosts for other in at[0]) for hosts in at[1:])
