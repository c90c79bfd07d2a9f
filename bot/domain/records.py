"""Slim, frozen records of the catalog, as they are held in memory for answers. They are made from the store's rows.

100,000 assets with their facts have to fit into some tens of MiB, hence slots and shared empty tuples.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TypeAlias

from bot.domain.catalog import Area, AssetKind, Hosting, Link, PathRule, Role
from bot.domain.value_object import value_object

#: An owner in facts: the ids of a team and of a person, exactly one of which is not None.
OwnerKey = tuple[int | None, int | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRecord:
    """A person. All text but the name may be empty.

    `is_active` is False for people who left and deactivated accounts.
    """

    id: int
    name: str
    slack_id: str = ""
    email: str = ""
    is_active: bool = True
    timezone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamRecord:
    """A team. `other_names` has aliases and former names. `is_gone` is True if no source knows it any more.

    `former_members` are people who were in it, and when they left; empty if no source says who is in it.
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

    @property
    def people_ids(self) -> tuple[int, ...]:
        """The ids of the members and the lead, each once."""
        lead, members = self.lead_id, self.member_ids
        return members if lead is None or lead in members else (*members, lead)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnershipRecord:
    """A fact in force: a team or a person (exactly one is set) owns an area of an asset.

    - `id`: its row's number when its past is told; 0 in memory, where equal facts are one object.
    - `source`: where it comes from (`backstage`, `slack`).
    - `is_human`: whether it is a decision made in Slack.
    - `is_agreed`: whether the previous owner of the area agreed to it.
    - `confirmed_at`, `confirmed_by`: the last confirmation by a person. When the source last said so is stored with the
      source.
    - `until`: the last day on which the giver of a handoff helps; None for other facts.
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
    """A source still names the giver of an area that was handed over, or an owner whom people ruled out, since `since`.

    `files` are those in which the source describes the asset.
    """

    area: Area
    owner: OwnerKey
    source: str
    since: datetime
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DoubtRecord:
    """Somebody doubts who owns an area of an asset, and no owner has settled it. `reason` may be empty.

    `team` is the team that they named as the owner, if it was asked for.
    """

    person: PersonRecord
    reason: str
    at: datetime
    area: Area = Area.ALL
    team: TeamRecord | None = None


@dataclass(frozen=True, slots=True)
class ClaimRecord:
    """A team claims an area of an asset that has another owner, who has not answered yet.

    `person_id` is who claims it for the team; None if that person is gone.
    """

    matter_id: int
    team_id: int
    person_id: int | None
    area: Area
    at: datetime


class HandoffStage(StrEnum):
    """The state of a handoff, for people who ask who owns its subject."""

    ASKED = "asked"  #: the giver has not said whether it offers it
    OFFERED = "offered"  #: the receiver has not accepted or declined it
    AGREED = "agreed"  #: accepted, and ownership passes on its day
    LENT = "lent"  #: the receiver has it, and it returns on its day


#: … by their state in the store until ownership has passed. Other states are not under way.
HANDOFF_STAGES: Mapping[str, HandoffStage] = {
    "draft": HandoffStage.ASKED,
    "offered": HandoffStage.OFFERED,
    "not_yet": HandoffStage.OFFERED,
    "supplied": HandoffStage.OFFERED,
    "accepted": HandoffStage.AGREED,
}


@dataclass(frozen=True, slots=True)
class HandoffRecord:
    """An area of an asset is in a handoff. `on` is the day on which an agreed one passes, or a loan returns.

    `since` is when the receiver got what is on loan. `back_on` is the day on which an agreed loan will return. Both are
    None otherwise.
    """

    number: int
    area: Area
    giver_team_id: int
    receiver_team_id: int
    stage: HandoffStage
    on: date | None = None
    since: datetime | None = None
    back_on: date | None = None


#: Somebody whom people have decided not to own an area: the area, team id and person id (one is None).
Disowned: TypeAlias = tuple[Area, int | None, int | None]


@dataclass(frozen=True, slots=True)
class ReleaseRecord:
    """An owner gave up these areas: the team's id (None for a person), the owner's name, when and why."""

    areas: tuple[Area, ...]
    team_id: int | None
    owner: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class NobodyRecord:
    """What people decided in Slack about an asset without an owner: who gave it up, the latest first.

    If it is unowned on purpose, `until` is the day on which `reviewer` is asked about it again.
    """

    releases: tuple[ReleaseRecord, ...] = ()
    until: date | None = None
    reviewer: PersonRecord | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenMatters:
    """What people have said about an asset besides its facts, and what sources say against people's decisions.

    - `doubts`: in order.
    - `claims`: those that the owner has not answered yet.
    - `handoffs`: those under way.
    - `drift`: what sources say that have not followed a handoff; not part of the asset's facts.
    - `overruled`: what sources say against a decision; not part of the asset's facts.
    - `disowned`: owners who no longer inherit anything of it.
    - `helped`: for some areas, which team gave them, and until when it helps the current owner.
    """

    doubts: tuple[DoubtRecord, ...] = ()
    claims: tuple[ClaimRecord, ...] = ()
    handoffs: tuple[HandoffRecord, ...] = ()
    disowned: tuple[Disowned, ...] = ()
    drift: tuple[DriftRecord, ...] = ()
    overruled: tuple[DriftRecord, ...] = ()
    helped: tuple[tuple[Area, int, date], ...] = ()


#: Shared by nearly all assets, for which nothing is open.
NOTHING_OPEN = OpenMatters()


@dataclass(frozen=True, slots=True)
class UnownedBy:
    """A source that says that nobody owns an asset on purpose.

    `is_preferred` is whether somebody preferred it to those that name owners.
    """

    source: str = ""
    is_preferred: bool = False


NO_SOURCE = UnownedBy()


@value_object(kw_only=True)
class AssetRecord:
    """An asset with everything that an answer needs.

    - `own_ref`: its reference, unless that consists of its kind and name, as nearly all do.
    - `aliases`: other names. `addresses`: ARNs, host names, URLs and channels.
    - `path_rule`: only set for a line of a CODEOWNERS file.
    - `unowned_by`: the sources that say that nobody owns it on purpose; `unowned_reason`: why.
    - `nobody`: what people decided about that.

    There are a hundred thousand of these, so things that only few assets have share one field.
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
        """The unique and stable reference: `kind:name`, or `kind:namespace/name`."""
        return self.own_ref or _plain_ref(self.kind, self.name)

    @property
    def unowned_source(self) -> str:
        """The name of the source that says that nobody owns it on purpose; "" if none does."""
        return self.unowned_by.source


def own_ref(ref: str, kind: AssetKind, name: str) -> str:
    """Return the value of `AssetRecord.own_ref` for an asset with this reference."""
    return "" if ref == _plain_ref(kind, name) else ref


def _plain_ref(kind: AssetKind, name: str) -> str:
    return (kind + ":" + name).lower()  # formatting an enumeration would take three times as long
