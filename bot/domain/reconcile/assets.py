"""Which claims are about one asset: refs, the folded identity behind them, and merging what several sources say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from hashlib import blake2b
from typing import TypeVar

from bot.domain.catalog import AssetClaim, AssetKind, PathRule, Role
from bot.domain.directory.addresses import host_and_path, is_same_host, repository_key
from bot.domain.directory.forges import shown_name
from bot.domain.names import fold

T = TypeVar("T")

#: Backstage's default namespace. Its `service:default/x` is `service:x` in all other sources.
_NO_NAMESPACE = "default"


def ref_of(claim: AssetClaim) -> str:
    """Return the ref that the claim asks for: `kind:name` or `kind:namespace/name`, in lower case.

    A rule of a CODEOWNERS file keeps its case, because paths are case-sensitive: `path:repository:pattern`, without the
    host.
    """
    if (rule := claim.path_rule) is not None:
        name = claim.name.partition(":")[0]
        is_there = rule.repository.endswith(f"/{name}") or shown_name(rule.repository.partition("/")[2]) == name
        return f"path:{name if is_there else rule.repository}:{rule.pattern}"
    namespace = claim.namespace.lower()
    name = " ".join(claim.name.lower().split())
    if namespace and namespace != _NO_NAMESPACE:
        return f"{claim.kind}:{namespace}/{name}"
    return f"{claim.kind}:{name}"


def are_apart(claim: AssetClaim, other: AssetClaim) -> bool:
    """Whether two claims with the same ref are about repositories (or paths in them) at different hosts."""
    hosts, others = _hosts(claim), _hosts(other)
    return bool(hosts and others) and not any(is_same_host(one, each) for one in hosts for each in others)


def _hosts(claim: AssetClaim) -> set[str]:
    if claim.path_rule is not None:
        host, _ = host_and_path(repository_key(claim.path_rule.repository))
        return {host} if host and not claim.name.startswith(f"{claim.path_rule.repository}:") else set()
    if claim.kind is not AssetKind.REPOSITORY:
        return set()
    name = repository_key(claim.name).rpartition("/")[2]
    known = map(host_and_path, map(repository_key, claim.addresses))
    return {host for host, path in known if host and path.rpartition("/")[2] == name}


def external_id_in_file(claim: AssetClaim) -> str:
    """Return the external id for an asset if another file of its source names another owner."""
    return f"{claim.external_id}@{claim.origin.path}"


def external_id_elsewhere(claim: AssetClaim) -> str:
    """Return the external id in the other file, if `external_id_in_file` may have given it; "" for any other claim."""
    ending = f"@{claim.origin.path}"
    return claim.external_id.removesuffix(ending) if claim.external_id.endswith(ending) else ""


def identity(ref: str) -> str:
    """Return what two refs of the same asset have in common: the spelling of names is ignored, that of paths is not."""
    kind, _, rest = ref.partition(":")
    if kind == AssetKind.PATH:
        return ref
    namespace, slash, name = rest.partition("/")
    if not slash:
        return f"{kind}:{fold(rest) or rest}"
    return f"{kind}:{fold(namespace)}/{fold(name) or name}"


def suffixed(ref: str, unique: str, *, length: int = 3) -> str:
    """Return `ref` made unique, for the second of two assets with the same name.

    The suffix depends only on `unique` (source and external id) and has two hexadecimal digits for each of `length`.
    """
    return f"{ref}~{blake2b(unique.encode(), digest_size=length).hexdigest()}"


class Refs:
    """Which asset has which ref, compared by identity. Assets are numbers that the caller chooses."""

    def __init__(self) -> None:
        self._holders: dict[str, int] = {}

    def hold(self, asset: int, ref: str) -> None:
        """Record that `asset` already has `ref`."""
        self._holders[identity(ref)] = asset

    def holder(self, ref: str) -> int | None:
        """Return the asset that has `ref` in any spelling, or None."""
        return self._holders.get(identity(ref)) if self._holders else None

    def release(self, ref: str) -> None:
        """Forget who has `ref`, before it is assigned again."""
        self._holders.pop(identity(ref), None)

    def take(self, asset: int, ref: str, unique: str) -> str:
        """Give `asset` the ref that it asks for, or one with a suffix if another asset has it; return the ref given."""
        given, length = ref, 3
        while self._holders.setdefault(identity(given), asset) != asset:
            given = suffixed(ref, unique, length=length)
            length += 3
        return given


def merge(claims: Sequence[AssetClaim], *, former_names: Sequence[str] = (), preferred: int = 0) -> AssetClaim:
    """Merge claims about one asset (at least one, the most believed first) into one claim.

    Parent, owners and origin are those of the first claim, because they are settled elsewhere. A single value is the
    first one given, a list the union in that order. Names from other sources and `former_names` become aliases. For
    tags, the first value of a key counts. The first `preferred` claims come from sources that somebody preferred: if
    one of these is the first to name an owner, it is settled that there is one.
    """
    first = claims[0]
    if len(claims) == 1:
        return replace(first, aliases=_other_names(first, (*first.aliases, *former_names)))
    names = (name for claim in claims[1:] for name in (claim.name, *claim.aliases))
    return replace(
        first,
        description=next((claim.description for claim in claims if claim.description), ""),
        aliases=_other_names(first, (*first.aliases, *names, *former_names)),
        addresses=_union(claim.addresses for claim in claims),
        hosting=next((claim.hosting for claim in claims if claim.hosting is not None), None),
        tier=next((claim.tier for claim in claims if claim.tier is not None), None),
        links=_union(claim.links for claim in claims),
        tags=_first_values(claim.tags for claim in claims),
        runs=_union(claim.runs for claim in claims),
        versions=next((claim.versions for claim in claims if claim.versions), ()),
        unowned_reason=_unowned_reason(claims, preferred),
        path_rule=_path_rule(claims),
    )


def _path_rule(claims: Sequence[AssetClaim]) -> PathRule | None:
    """Return the first rule, with the first host that any claim gives."""
    rules = [claim.path_rule for claim in claims if claim.path_rule is not None]
    if not rules:
        return None
    placed = (rule.repository for rule in rules if rule.repository.endswith(f"/{rules[0].repository}"))
    return replace(rules[0], repository=next(placed, rules[0].repository))


def _unowned_reason(claims: Sequence[AssetClaim], preferred: int) -> str:
    for number, claim in enumerate(claims):
        if claim.unowned_reason:
            return claim.unowned_reason
        if number < preferred and any(owner.role is Role.OWNER for owner in claim.owners):
            return ""
    return ""


def _other_names(first: AssetClaim, names: Sequence[str]) -> tuple[str, ...]:
    if not names:
        return ()
    seen = {fold(first.name)}
    kept = []
    for name in names:
        if (folded := fold(name)) not in seen:
            seen.add(folded)
            kept.append(name)
    return tuple(kept)


def _union(lists: Iterable[tuple[T, ...]]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(item for items in lists for item in items))


def _first_values(lists: Iterable[tuple[tuple[str, str], ...]]) -> tuple[tuple[str, str], ...]:
    values: dict[str, str] = {}
    for tags in lists:
        for key, value in tags:
            values.setdefault(key, value)
    return tuple(values.items())
