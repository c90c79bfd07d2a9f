"""Claims as Baton's own YAML, from which `baton.FORMAT` reads the same claims again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

import orjson

from bot.domain.catalog import Area, AssetClaim, OwnerClaim, OwnerType, PersonClaim, Role, SourceCatalog, TeamClaim

#: A text that never needs quotation marks in YAML.
_BARE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_./@-]*(?: [A-Za-z0-9_./@-]+)*")
_NULLS = frozenset({"null", "~"})
#: Characters that JSON does not escape and YAML does not allow, and the mark for bytes that are not UTF-8.
_UNPRINTABLE = re.compile("[\x7f-\x84\x86-\x9f\u2028\u2029\ufeff\ufffd\ufffe\uffff]")

Pairs = Sequence[tuple[str, str]]


def render(catalog: SourceCatalog) -> Iterator[str]:
    """Yield the document line by line, without problems and origins."""
    yield "baton: 1\n"
    for title, claims in (("teams", catalog.teams), ("people", catalog.people), ("assets", catalog.assets)):
        if not claims:
            continue
        yield f"{title}:\n"
        for claim in claims:
            mark = "- "
            for line in _lines(claim):
                yield f"{mark}{line}\n"
                mark = "  "


def _lines(claim: TeamClaim | PersonClaim | AssetClaim) -> Iterator[str]:
    match claim:
        case TeamClaim():
            return _team(claim)
        case PersonClaim():
            return _person(claim)
        case AssetClaim():
            return _asset(claim)


def _team(claim: TeamClaim) -> Iterator[str]:
    yield f"name: {_text(claim.name)}"
    yield from _list("aliases", claim.aliases)
    yield from _list("formerly", claim.former_names)
    yield from _field("channel", claim.channel)
    yield from _field("user-group", claim.user_group)
    yield from _field("timezone", claim.timezone)
    yield from _field("lead", claim.lead)
    yield from _field("manager", claim.manager)
    if claim.members is not None:
        yield f"members: {_flow(claim.members)}"


def _person(claim: PersonClaim) -> Iterator[str]:
    yield f"name: {_text(claim.name)}"
    yield from _field("email", claim.email)
    yield from _field("slack", claim.slack_id)
    yield from _field("handle", claim.handle)
    yield from _field("timezone", claim.timezone)
    if not claim.is_active:
        yield "left: true"
    yield from _list("teams", claim.teams)


def _asset(claim: AssetClaim) -> Iterator[str]:
    yield f"name: {_text(claim.name)}"
    yield f"kind: {claim.kind.value}"
    if claim.external_id != f"{claim.kind.value}:{claim.name}".lower():
        yield f"id: {_text(claim.external_id)}"
    yield from _field("namespace", claim.namespace)
    yield from _field("description", claim.description)
    yield from _owners(claim.owners)
    yield from _field("unowned", claim.unowned_reason)
    yield from _list("aliases", claim.aliases)
    yield from _list("addresses", claim.addresses)
    yield from _field("part-of", claim.parent)
    yield from _field("hosting", claim.hosting.value if claim.hosting is not None else "")
    yield from _field("tier", str(claim.tier) if claim.tier is not None else "")
    for number, runs in enumerate(claim.runs):
        pairs = (("product", runs.product), ("version", runs.version), ("provider", runs.provider))
        given = [(key, value) for key, value in (*pairs, ("environment", runs.environment)) if value]
        yield from ["runs:"] if number == 0 else []
        yield f"- {{{', '.join(f'{key}: {_quoted(value)}' for key, value in given)}}}"
    if claim.versions:
        yield "versions:"
    for each in claim.versions:
        until = f"supported-until: {each.until}" if each.until is not None else ""
        yield f"  {_quoted(each.version)}: {{{until}}}"
    yield from _pairs("links", [(link.label, link.url) for link in claim.links])
    yield from _pairs("tags", claim.tags)
    if (rule := claim.path_rule) is not None:
        section = f", section: {_quoted(rule.section)}" if rule.section else ""
        where = f"repository: {_quoted(rule.repository)}, pattern: {_quoted(rule.pattern)}"
        yield f"rule: {{{where}, position: {rule.position}{section}}}"


def _owners(claims: Iterable[OwnerClaim]) -> Iterator[str]:
    by_area: dict[Area, dict[Role, list[str]]] = {}
    for claim in claims:
        by_area.setdefault(claim.area, {}).setdefault(claim.role, []).append(_owner(claim))
    whole = by_area.pop(Area.ALL, {})
    yield from _list("owner", whole.get(Role.OWNER, ()))
    yield from _list("secondary", whole.get(Role.SECONDARY, ()))
    if by_area:
        yield "owners:"
    for area, roles in by_area.items():
        said = ", ".join(f"{role.value}: {_flow(owners)}" for role, owners in roles.items())
        yield f"  {area.value}: {{{said}}}"


def _owner(claim: OwnerClaim) -> str:
    owner = claim.owner
    return owner.name if owner.type is OwnerType.UNSAID else f"{owner.type.value}:{owner.name}"


def _field(key: str, value: str) -> Iterator[str]:
    if value:
        yield f"{key}: {_text(value)}"


def _list(key: str, values: Sequence[str]) -> Iterator[str]:
    if values:
        yield f"{key}: {_flow(values)}"


def _pairs(key: str, pairs: Pairs) -> Iterator[str]:
    if not pairs:
        return
    yield f"{key}:"
    is_unique = len({name for name, _ in pairs}) == len(pairs) and "<<" not in dict(pairs)
    for name, value in pairs:
        yield f"{'  ' if is_unique else '- '}{_quoted(name)}: {_quoted(value)}"


def _flow(values: Iterable[str]) -> str:
    return f"[{', '.join(map(_quoted, values))}]"


def _text(value: str) -> str:
    return value if _BARE.fullmatch(value) and value.lower() not in _NULLS else _quoted(value)


def _quoted(value: str) -> str:
    return _UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", orjson.dumps(value).decode())
