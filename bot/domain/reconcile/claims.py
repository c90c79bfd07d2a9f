"""Claims as JSON for the store, and the digest that shows whether a source has changed its statement.

Only values that differ from a claim's defaults are written. The origin is not included: a moved line is not a changed
claim.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from hashlib import blake2b
from typing import Any

import orjson

from bot.domain.catalog import (
    Area,
    AssetClaim,
    AssetKind,
    Hosting,
    Link,
    Origin,
    OwnerClaim,
    OwnerRef,
    OwnerType,
    OwnVersion,
    PathRule,
    PersonClaim,
    Role,
    Runs,
    TeamClaim,
)
from bot.domain.names import fold

AnyClaim = AssetClaim | TeamClaim | PersonClaim


def encode(claim: AnyClaim) -> bytes:
    """Return the claim as JSON, without its origin and an asset's external id, which are columns."""
    match claim:
        case AssetClaim():
            return orjson.dumps(_asset_content(claim))
        case TeamClaim():
            return orjson.dumps(_team_content(claim))
        case PersonClaim():
            return orjson.dumps(_person_content(claim))


def digest(encoded: bytes) -> str:
    """Return the hash of some content, in 32 hexadecimal digits."""
    return blake2b(encoded, digest_size=16).hexdigest()


def external_id(claim: AnyClaim) -> str:
    """Return the claim's id within its source: the folded name of a team, the strongest identifier of a person."""
    match claim:
        case AssetClaim():
            return claim.external_id
        case TeamClaim():
            return fold(claim.name) or claim.name
        case PersonClaim():
            return claim.slack_id or claim.email.lower() or claim.handle.lower().lstrip("@")


def _asset_content(claim: AssetClaim) -> dict[str, Any]:  # noqa: PLR0912 - one branch a field, for speed
    # Written out, and without the enumerations' `value`, because this runs twice for every asset of an import.
    content: dict[str, Any] = {"kind": str(claim.kind), "name": claim.name}
    if claim.namespace:
        content["namespace"] = claim.namespace
    if claim.description:
        content["description"] = claim.description
    if claim.aliases:
        content["aliases"] = claim.aliases
    if claim.addresses:
        content["addresses"] = claim.addresses
    if claim.parent:
        content["parent"] = claim.parent
    if claim.tags:
        content["tags"] = claim.tags
    if claim.unowned_reason:
        content["unowned_reason"] = claim.unowned_reason
    if claim.hosting is not None:
        content["hosting"] = str(claim.hosting)
    if claim.tier is not None:
        content["tier"] = claim.tier
    if claim.links:
        content["links"] = [(link.label, link.url) for link in claim.links]
    if claim.runs:
        content["runs"] = [_runs_content(runs) for runs in claim.runs]
    if claim.versions:
        content["versions"] = [(each.version, each.until) for each in claim.versions]
    if claim.owners:
        content["owners"] = [_owner_content(owner) for owner in claim.owners]
    if (rule := claim.path_rule) is not None:
        content["path_rule"] = (rule.repository, rule.pattern, rule.position)
        if rule.section:
            content["path_rule"] += (rule.section,)
    return content


def _runs_content(runs: Runs) -> tuple[str | bool, ...]:
    content = (runs.product, runs.version, runs.provider, runs.environment)
    return content if runs.has_extended_support is None else (*content, runs.has_extended_support)


def _owner_content(claim: OwnerClaim) -> dict[str, str]:
    owner = claim.owner
    content = {"name": owner.name}
    if owner.type is not OwnerType.UNSAID:
        content["type"] = str(owner.type)
    if owner.written != owner.name:
        content["written"] = owner.written
    if claim.area is not Area.ALL:
        content["area"] = str(claim.area)
    if claim.role is not Role.OWNER:
        content["role"] = str(claim.role)
    return content


def _team_content(claim: TeamClaim) -> dict[str, Any]:
    content: dict[str, Any] = {"name": claim.name}
    for key in ("aliases", "former_names", "channel", "user_group", "timezone", "lead", "manager"):
        if value := getattr(claim, key):
            content[key] = value
    if claim.members is not None:
        content["members"] = claim.members
    if claim.merged:
        content["merged"] = claim.merged
    return content


def _person_content(claim: PersonClaim) -> dict[str, Any]:
    content: dict[str, Any] = {}
    for key in ("name", "slack_id", "email", "handle", "timezone", "teams"):
        if value := getattr(claim, key):
            content[key] = value
    if not claim.is_active:
        content["is_active"] = False
    return content


def decode_owners(content: Mapping[str, Any]) -> tuple[OwnerClaim, ...]:
    """Return the owners in an asset's stored content."""
    return tuple(
        OwnerClaim(
            OwnerRef(one["name"], OwnerType(one.get("type", OwnerType.UNSAID)), one.get("written", "")),
            Area(one.get("area", Area.ALL)),
            Role(one.get("role", Role.OWNER)),
        )
        for one in content.get("owners", ())
    )


def decode_asset(content: Mapping[str, Any], *, external: str, origin: Origin) -> AssetClaim:
    """Return the asset claim that `encode` wrote."""
    hosting = content.get("hosting")
    rule = content.get("path_rule")
    return AssetClaim(
        external_id=external,
        kind=AssetKind(content["kind"]),
        name=content["name"],
        namespace=content.get("namespace", ""),
        description=content.get("description", ""),
        aliases=tuple(content.get("aliases", ())),
        addresses=tuple(content.get("addresses", ())),
        parent=content.get("parent", ""),
        hosting=None if hosting is None else Hosting(hosting),
        tier=content.get("tier"),
        links=tuple(Link(label, url) for label, url in content.get("links", ())),
        tags=tuple((key, value) for key, value in content.get("tags", ())),
        runs=tuple(Runs(*runs) for runs in content.get("runs", ())),
        versions=tuple(
            OwnVersion(version, date.fromisoformat(until) if until else None)
            for version, until in content.get("versions", ())
        ),
        owners=decode_owners(content),
        unowned_reason=content.get("unowned_reason", ""),
        path_rule=None if rule is None else PathRule(*rule),
        origin=origin,
    )


def decode_team(content: Mapping[str, Any], *, origin: Origin) -> TeamClaim:
    """Return the team claim that `encode` wrote."""
    said = _said(TeamClaim, content)
    return TeamClaim(**{**said, "merged": tuple(map(tuple, said.get("merged", ())))}, origin=origin)


def decode_person(content: Mapping[str, Any], *, origin: Origin) -> PersonClaim:
    """Return the person claim that `encode` wrote."""
    return PersonClaim(**_said(PersonClaim, content), origin=origin)


def _said(shape: type[TeamClaim | PersonClaim], content: Mapping[str, Any]) -> dict[str, Any]:
    known = {name: content[name] for name in shape.__slots__ if name in content}
    return {name: tuple(value) if isinstance(value, list) else value for name, value in known.items()}
