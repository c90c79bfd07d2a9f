"""Slim, frozen records of the catalog as the answer path holds them in memory; the store's rows are made into these.

100,000 assets with their facts have to fit in some tens of MiB, hence slots and shared empty tuples.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import TypeAlias

from bot.domain.catalog import Area, AssetKind, Hosting, Link, PathRule, Role

#: An owner as facts name it: the id of a team and that of a person, of which exactly one is not None.
OwnerKey = tuple[int | None, int | None]


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
    """A team. `other_names` holds aliases and former names; `is_gone` is True once no source knows it any more.

    `former_members` are who was in it, and when they left; empty where nobody says who is in it.
    """

    id: int
    name: str
    other_names: tuple[str, ...] = ()
    channel: str = ""
    user_group: str = ""
    timezone: str = ""
    lead_id: int | None = None
    manager_id: int | None = None
    member_ids: tuple[int, ...] = ()
    former_members: tuple[tuple[int, datetime], ...] = ()
    is_gone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnershipRecord:
    """A fact in force: team or person (exactly one is set) owns an area of an asset.

    `id` is the number of its row where its past is told, and 0 in memory, where equal facts are one object.
    `source` names where it came from (`backstage`, `slack`); `is_human` is True for a decision made in Slack, and
    `is_agreed` for one that whoever owned the area until then agreed to.
    `confirmed_at` and `confirmed_by` are the last confirmation by a person. When the source last said so is a matter
    of the source, not of the fact. `until` is the last day on which the giver of a handoff helps; None for all else.
    """

    id: int = 0
    area: Area
    role: Role
    team_id: int | None = None
    person_id: int | None = None
    source: str = ""
    is_human: bool = False
    is_agreed: bool = False
    valid_from: datetime
    confirmed_at: datetime | None = None
    confirmed_by: int | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftRecord:
    """A source still names the giver of an area that was handed over, or whoever people ruled out, at `since`.

    `files` are those in which the source speaks of the asset.
    """

    area: Area
    owner: OwnerKey
    source: str
    since: datetime
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DoubtRecord:
    """Somebody doubts who owns an area of an asset, and no owner has settled it. `reason` may be empty.

    `team` is whose they say it is, where that is asked for.
    """

    person: PersonRecord
    reason: str
    at: datetime
    area: Area = Area.ALL
    team: TeamRecord | None = None


@dataclass(frozen=True, slots=True)
class ClaimRecord:
    """A team claims an area of an asset that is somebody else's, who has not answered yet.

    `person_id` is who claims it for the team, None for one that is gone.
    """

    matter_id: int
    team_id: int
    person_id: int | None
    area: Area
    at: datetime


class HandoffStage(StrEnum):
    """How a handoff stands for whoever asks who owns what it is about."""

    ASKED = "asked"  #: the giver has not said whether it offers it
    OFFERED = "offered"  #: the receiver has not accepted or declined it
    AGREED = "agreed"  #: accepted, and passes on its day
    LENT = "lent"  #: the receiver has it, and it returns on its day


#: … by how the store has it until it has passed; what has another state is not under way.
HANDOFF_STAGES: Mapping[str, HandoffStage] = MappingProxyType(
    {
        "draft": HandoffStage.ASKED,
        "offered": HandoffStage.OFFERED,
        "not_yet": HandoffStage.OFFERED,
        "supplied": HandoffStage.OFFERED,
        "accepted": HandoffStage.AGREED,
    }
)


@dataclass(frozen=True, slots=True)
class HandoffRecord:
    """An area of an asset is in a handoff, by its number; `on` is the day of what is agreed or lent.

    `since` is when the receiver got what is lent to it, and `back_on` the day on which what is agreed returns; None for
    all else.
    """

    number: int
    area: Area
    giver_team_id: int
    receiver_team_id: int
    stage: HandoffStage
    on: date | None = None
    since: datetime | None = None
    back_on: date | None = None


#: Whom people have decided not to own an area: team id and person id (one is None).
Disowned: TypeAlias = tuple[Area, int | None, int | None]


@dataclass(frozen=True, slots=True)
class ReleaseRecord:
    """An owner gave these areas up: the id of the team (None for a person), the owner's name, when and why."""

    areas: tuple[Area, ...]
    team_id: int | None
    owner: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class NobodyRecord:
    """What people decided in Slack about an asset that has no owner: who gave it up, the latest first.

    Where it is unowned on purpose, `until` is the day on which `reviewer` is asked about it again.
    """

    releases: tuple[ReleaseRecord, ...] = ()
    until: date | None = None
    reviewer: PersonRecord | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenMatters:
    """What people have said of an asset beside its facts, and what its sources say against what was decided.

    `doubts` are in their order, `claims` those that the owner has not answered yet, `handoffs` those under way.
    `drift` is what sources say that have not followed a handoff, `overruled` what they say that people have decided
    against; these are none of the asset's facts. `disowned` is whoever inherits nothing of it any more.
    `helped` says of areas which team gave them and until when it helps whoever has them now.
    """

    doubts: tuple[DoubtRecord, ...] = ()
    claims: tuple[ClaimRecord, ...] = ()
    handoffs: tuple[HandoffRecord, ...] = ()
    disowned: tuple[Disowned, ...] = ()
    drift: tuple[DriftRecord, ...] = ()
    overruled: tuple[DriftRecord, ...] = ()
    helped: tuple[tuple[Area, int, date], ...] = ()


#: Of nearly all assets nothing is open, so that they share this.
NOTHING_OPEN = OpenMatters()


@dataclass(frozen=True, slots=True)
class UnownedBy:
    """A source that says that nobody owns an asset on purpose.

    `is_preferred` says that somebody preferred it to those that name owners.
    """

    source: str = ""
    is_preferred: bool = False


NO_SOURCE = UnownedBy()


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetRecord:
    """An asset with what an answer needs of it.

    `own_ref` is its reference where that is not its kind and name, as it is for nearly all. `aliases` are other names,
    `addresses` ARNs, host names, URLs and channels. `path_rule` is set for a line of a CODEOWNERS file only.
    `unowned_by` is who says that nobody owns it on purpose, `unowned_reason` why. `nobody` is what people decided of
    that. There are a hundred thousand of these: what few have is one field, whatever belongs to it.
    """

    id: int
    kind: AssetKind
    name: str
    own_ref: str = ""
    namespace: str = ""
    description: str = ""
    aliases: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    parent_id: int | None = None
    hosting: Hosting | None = None
    tier: int | None = None
    links: tuple[Link, ...] = ()
    unowned_reason: str = ""
    unowned_by: UnownedBy = NO_SOURCE
    facts: tuple[OwnershipRecord, ...] = ()
    path_rule: PathRule | None = None
    matters: OpenMatters = NOTHING_OPEN
    nobody: NobodyRecord | None = None

    @property
    def ref(self) -> str:
        """The reference, unique and stable: `kind:name`, or `kind:namespace/name`."""
        return self.own_ref or _plain_ref(self.kind, self.name)

    @property
    def unowned_source(self) -> str:
        """The name of the source that says that nobody owns it on purpose; empty for none."""
        return self.unowned_by.source


def own_ref(ref: str, kind: AssetKind, name: str) -> str:
    """Return what `AssetRecord.own_ref` is of an asset with this reference."""
    return "" if ref == _plain_ref(kind, name) else ref


def _plain_ref(kind: AssetKind, name: str) -> str:
    return f"{kind}:{name}".lower()
