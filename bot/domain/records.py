"""Slim, frozen records of the catalog as the answer path holds them in memory; the store's rows are made into these.

100,000 assets with their facts have to fit in some tens of MiB, hence slots and shared empty tuples.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain.catalog import Area, AssetKind, Hosting, Link, PathRule, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRecord:
    """A person. All text but the name may be empty; `is_active` is False for leavers and deactivated accounts."""

    id: int
    name: str
    slack_id: str = ""
    email: str = ""
    is_active: bool = True
    timezone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamRecord:
    """A team. `other_names` holds aliases and former names; `is_gone` is True once no source knows it any more."""

    id: int
    name: str
    other_names: tuple[str, ...] = ()
    channel: str = ""
    user_group: str = ""
    timezone: str = ""
    lead_id: int | None = None
    manager_id: int | None = None
    member_ids: tuple[int, ...] = ()
    is_gone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnershipRecord:
    """A fact in force: team or person (exactly one is set) owns an area of an asset.

    `source` names where it came from (`backstage`, `slack`); `is_human` is True for a decision made in Slack.
    `confirmed_at` and `confirmed_by` are the last confirmation by a person. When the source last said so is a matter
    of the source, not of the fact.
    """

    id: int
    area: Area
    role: Role
    team_id: int | None = None
    person_id: int | None = None
    source: str = ""
    is_human: bool = False
    valid_from: datetime
    confirmed_at: datetime | None = None
    confirmed_by: int | None = None


@dataclass(frozen=True, slots=True)
class DoubtRecord:
    """Somebody doubts who owns an asset, and no owner has settled it. `reason` may be empty."""

    person: PersonRecord
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetRecord:
    """An asset with what an answer needs of it.

    `ref` is unique and stable: `kind:name`, or `kind:namespace/name`. `aliases` are other names, `addresses` ARNs, host
    names, URLs and channels. `path_rule` is set for a line of a CODEOWNERS file only. `doubts` are in their order.
    `unowned_source` names who says that nobody owns it on purpose, `unowned_reason` why; `is_unowned_preferred` says
    that somebody preferred this source to those that name owners.
    """

    id: int
    ref: str
    kind: AssetKind
    name: str
    namespace: str = ""
    description: str = ""
    aliases: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    parent_id: int | None = None
    hosting: Hosting | None = None
    tier: int | None = None
    links: tuple[Link, ...] = ()
    unowned_reason: str = ""
    unowned_source: str = ""
    is_unowned_preferred: bool = False
    facts: tuple[OwnershipRecord, ...] = ()
    path_rule: PathRule | None = None
    doubts: tuple[DoubtRecord, ...] = ()
