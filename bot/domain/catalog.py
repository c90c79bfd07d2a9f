"""The catalog's vocabulary: the kinds of things that are owned, and what one source says about them.

A parser turns files into a `SourceCatalog`: claims, each with the place that it was read from. A claim is what *one
source* says; an import reconciles claims with what is stored. Nothing here knows files, Slack or a database.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from bot.domain.secrets import redacted

#: The source of people's decisions in Slack; imports cannot use this name.
HUMAN_SOURCE = "slack"


class AssetKind(StrEnum):
    """What an asset is. `OTHER` is for words of a source that Baton does not know."""

    SYSTEM = "system"
    SERVICE = "service"
    API = "api"
    WEBSITE = "website"
    LIBRARY = "library"
    FUNCTION = "function"
    DATABASE = "database"
    CACHE = "cache"
    QUEUE = "queue"
    STORAGE = "storage"
    CLUSTER = "cluster"
    PIPELINE = "pipeline"
    DASHBOARD = "dashboard"
    DOMAIN = "domain"
    ENVIRONMENT = "environment"
    REPOSITORY = "repository"
    PATH = "path"
    CLOUD_RESOURCE = "cloud-resource"
    OTHER = "other"


class Hosting(StrEnum):
    """How much of an asset somebody else runs, least first."""

    ON_PREMISES = "on-premises"
    VIRTUAL_MACHINE = "virtual-machine"
    CONTAINER = "container"
    MANAGED = "managed"
    SERVERLESS = "serverless"
    SAAS = "saas"


class Area(StrEnum):
    """The part of an asset that an owner is responsible for. `ALL` is every part without an owner of its own."""

    ALL = "all"
    APPLICATION = "application"
    CI_CD = "ci-cd"
    INFRASTRUCTURE = "infrastructure"
    DATABASE = "database"
    CONTAINERS = "containers"
    NETWORKING = "networking"
    MONITORING = "monitoring"
    SECURITY = "security"
    INTEGRATIONS = "integrations"


class Role(StrEnum):
    """`OWNER` decides. `SECONDARY` helps and stands in."""

    OWNER = "owner"
    SECONDARY = "secondary"


class OwnerType(StrEnum):
    """What an owner reference names. `UNSAID` if the source does not say (`owner: payments`)."""

    TEAM = "team"
    PERSON = "person"
    UNSAID = "unsaid"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a claim was read: the file as the user named it, and the line (from 1) if the format has lines."""

    path: str
    line: int | None = None

    def __str__(self) -> str:
        return self.path if self.line is None else f"{self.path}:{self.line}"


@dataclass(frozen=True, slots=True)
class OwnerRef:
    """An owner as a source wrote it: `group:default/payments`, `@acme/payments`, `jo@example.com`, `payments`.

    `name` is the part that names the owner (`payments`, `jo@example.com`), `written` the whole text. If there was
    nothing else, they are the same.
    """

    name: str
    type: OwnerType = OwnerType.UNSAID
    written: str = ""

    def __post_init__(self) -> None:
        """Set `written`, so that a reference read from the store equals the original."""
        if not self.written:
            object.__setattr__(self, "written", self.name)


@dataclass(frozen=True, slots=True)
class OwnerClaim:
    """One source says that an owner is responsible for an area of the asset."""

    owner: OwnerRef
    area: Area = Area.ALL
    role: Role = Role.OWNER


@dataclass(frozen=True, slots=True)
class Link:
    """A helpful web address. `label` says what it is (runbook, dashboard, repository)."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Runs:
    """A product at a version that an asset runs: evidence for end-of-life dates.

    - `product`: the source's own word (`postgres`, `aurora-postgresql`, `python` of `python3.9`).
    - `provider`: whose dates apply (`aws-rds`, `azure`, `gcp`, `heroku`, or "" for the maker's).
    - `environment`: such as `production`, or "".
    - `has_extended_support`: whether paid support continues automatically; None if the source does not say. It is not
      part of a deployment's identity.
    """

    product: str
    version: str
    provider: str = ""
    environment: str = ""
    has_extended_support: bool | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class OwnVersion:
    """A version of an asset that its owner offers, such as `2` of a library. `until` is the last day of its support.

    `until` is None while no end is announced.
    """

    version: str
    until: date | None = None


@dataclass(frozen=True, slots=True)
class PathRule:
    """A rule of a CODEOWNERS file. Later rules win; `position` counts rules from 0.

    `repository` begins with its host if that is known. `pattern` is in GitHub's pattern language. With `section`
    (GitLab only), later rules win within that section, and the owners of all sections are added.
    """

    repository: str
    pattern: str
    position: int
    section: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamClaim:
    """What one source says about a team. `name` is shown; `aliases` are other spellings in the source.

    `channel` is a Slack channel id or `#name`, `user_group` a Slack user-group id or `@handle`, `timezone` an IANA
    name. `lead`, `manager` and `members` are person references (e-mail, Slack id or handle). A manager answers for
    several teams, above their leads. `members` is None if the source does not list them, which differs from an empty
    list. `merged` are teams that people merged into it, each as a tuple of the names that it had.
    """

    name: str
    aliases: tuple[str, ...] = ()
    former_names: tuple[str, ...] = ()
    channel: str = ""
    user_group: str = ""
    timezone: str = ""
    lead: str = ""
    manager: str = ""
    members: tuple[str, ...] | None = None
    merged: tuple[tuple[str, ...], ...] = ()
    origin: Origin

    @property
    def names_people(self) -> bool:
        """Whether it says who is in the team (or who is not), or who is above it."""
        return self.members is not None or bool(self.lead or self.manager)


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonClaim:
    """What one source says about a person. At least one of `slack_id`, `email` and `handle` is not empty."""

    name: str = ""
    slack_id: str = ""
    email: str = ""
    handle: str = ""
    timezone: str = ""
    is_active: bool = True
    teams: tuple[str, ...] = ()
    origin: Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetClaim:
    """What one source says about an asset.

    - `external_id`: the source's own stable id (entity ref, ARN, `repository:pattern`), unique within the source.
    - `aliases`: other names that people use.
    - `addresses`: what identifies it elsewhere (ARN, host name, repository URL, channel).
    - `parent`: the `external_id` or name of the asset that this one is a part of.
    - `owners`: if this and `unowned_reason` are both empty, the source names no owner.
    - `versions`: the versions that its owner offers to others, with the end of their support.
    """

    external_id: str
    kind: AssetKind
    name: str
    namespace: str = ""
    description: str = ""
    aliases: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    parent: str = ""
    hosting: Hosting | None = None
    tier: int | None = None
    links: tuple[Link, ...] = ()
    tags: tuple[tuple[str, str], ...] = ()
    runs: tuple[Runs, ...] = ()
    versions: tuple[OwnVersion, ...] = ()
    owners: tuple[OwnerClaim, ...] = ()
    unowned_reason: str = ""
    path_rule: PathRule | None = None
    origin: Origin


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in a file that was left out or is in doubt. `message` is one sentence that says what to do about it.

    Problems are printed, and stored with their import, so a message that contains a secret is replaced.
    """

    origin: Origin
    message: str
    is_error: bool = True

    def __post_init__(self) -> None:
        """Replace a message that contains a secret, wherever it comes from."""
        object.__setattr__(self, "message", redacted(self.message))

    def __str__(self) -> str:
        return f"{self.origin}: {self.message}"


@dataclass(slots=True)
class SourceCatalog:
    """Everything that a parser read from one source's files, in the order read."""

    teams: list[TeamClaim] = field(default_factory=list)
    people: list[PersonClaim] = field(default_factory=list)
    assets: list[AssetClaim] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    #: Whether it may be empty, as a list of what runs may be. Otherwise, files with no content are a mistake.
    may_be_empty: bool = False
