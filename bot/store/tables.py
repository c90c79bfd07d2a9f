"""The schema, on one page. Rows are what is stored; rules read the records of `bot.domain.records` instead.

Table models do not validate: values come from the domain, which does. Enumerations are stored as their text.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Column, Index, LargeBinary, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from bot.store.types import UTCDateTime

#: Names for every constraint, so that migrations can name them on either database.
SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


def _when(*, nullable: bool = False, index: bool = False) -> Any:
    return Field(sa_column=Column(UTCDateTime, nullable=nullable, index=index), default=None)


def _json(default: type[list[Any]] | type[dict[str, Any]] = list) -> Any:
    return Field(default_factory=default, sa_column=Column(JSON, nullable=False))


def _text() -> Any:
    return Field(default="", sa_column=Column(Text, nullable=False))


def _partial(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    """Return an index of the rows for which `where` holds. It is the migrations that say so to the database.

    SQLAlchemy has an option for it by database, and for the sake of one option loads all of that database's dialect.
    """
    return Index(name, *columns, unique=unique, info={"where": where})


class _Row(SQLModel):
    """What every table is. Nothing validates rows, so their validators are not built before somebody wants one."""

    model_config = {"defer_build": True}


class CatalogState(_Row, table=True):
    """One row: the catalog's revision. Every transaction that changes what answers depend on adds one."""

    __tablename__ = "catalog_state"
    id: int = Field(primary_key=True)
    revision: int = 0


class Person(_Row, table=True):
    """Somebody who asks, owns or decides. Known by Slack id, e-mail or a source's handle."""

    __tablename__ = "people"
    id: int | None = Field(default=None, primary_key=True)
    name: str = _text()
    slack_id: str | None = Field(default=None, unique=True)
    email: str | None = Field(default=None, unique=True)  #: lower case
    handle: str | None = Field(default=None, unique=True)  #: lower case, without `@`
    timezone: str = _text()
    is_active: bool = True
    revision: int = Field(default=0, index=True)


class Team(_Row, table=True):
    """A team. `folded` is its identity; `is_declared` is False when sources only ever mention it as an owner."""

    __tablename__ = "teams"
    id: int | None = Field(default=None, primary_key=True)
    folded: str = Field(sa_column=Column(Text, nullable=False, unique=True))
    name: str = _text()
    aliases: list[str] = _json()
    former_names: list[str] = _json()
    channel: str = _text()
    user_group: str = _text()
    timezone: str = _text()
    lead_id: int | None = Field(default=None, foreign_key="people.id")
    is_declared: bool = False
    gone_at: datetime | None = _when(nullable=True)
    revision: int = Field(default=0, index=True)


class Source(_Row, table=True):
    """Where facts come from: an import by name, or `slack` for what people decide there (`is_human`)."""

    __tablename__ = "sources"
    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(sa_column=Column(Text, nullable=False, unique=True))
    format: str = _text()
    is_human: bool = False
    last_run_at: datetime | None = _when(nullable=True)  #: the last run that read the source whole
    precedence: int | None = None  #: lower is believed first; None leaves it to the format


class Membership(_Row, table=True):
    """A source says that a person is in a team."""

    __tablename__ = "memberships"
    __table_args__ = (UniqueConstraint("team_id", "person_id", "source_id"),)
    id: int | None = Field(default=None, primary_key=True)
    team_id: int = Field(foreign_key="teams.id", index=True)
    person_id: int = Field(foreign_key="people.id", index=True)
    source_id: int = Field(foreign_key="sources.id")


class Asset(_Row, table=True):
    """Something that can be owned, merged from all claims about it. `ref` is `kind:name` or `kind:namespace/name`."""

    __tablename__ = "assets"
    id: int | None = Field(default=None, primary_key=True)
    ref: str = Field(sa_column=Column(Text, nullable=False, unique=True))
    kind: str = _text()
    name: str = _text()
    namespace: str = _text()
    description: str = _text()
    aliases: list[str] = _json()
    addresses: list[str] = _json()
    parent_id: int | None = Field(default=None, foreign_key="assets.id", index=True)
    hosting: str | None = Field(default=None, sa_column=Column(Text))
    tier: int | None = None
    links: list[list[str]] = _json()  #: pairs of label and URL
    tags: list[list[str]] = _json()  #: pairs of key and value
    runs: list[list[str]] = _json()  #: product, version, provider, environment
    unowned_reason: str = _text()
    rule_repository: str | None = Field(default=None, sa_column=Column(Text))
    rule_pattern: str | None = Field(default=None, sa_column=Column(Text))
    rule_position: int | None = None
    rule_section: str | None = Field(default=None, sa_column=Column(Text))
    gone_at: datetime | None = _when(nullable=True)
    revision: int = Field(default=0, index=True)


class Claim(_Row, table=True):
    """What one source says of one asset, team or person, as last read; `digest` tells whether it changed."""

    __tablename__ = "claims"
    __table_args__ = (
        UniqueConstraint("source_id", "subject", "external_id"),
        Index("ix_claims_subject_subject_id", "subject", "subject_id"),
    )
    id: int | None = Field(default=None, primary_key=True)
    source_id: int = Field(foreign_key="sources.id")
    subject: str = _text()  #: `asset`, `team` or `person`
    external_id: str = _text()
    subject_id: int
    digest: str = _text()
    content: dict[str, Any] = _json(dict)
    path: str = _text()
    line: int | None = None


class Ownership(_Row, table=True):
    """A fact: a team or a person owns an area of an asset, from and (once over) to. Facts end; they are not changed."""

    __tablename__ = "ownerships"
    __table_args__ = (
        CheckConstraint("(team_id IS NULL) <> (person_id IS NULL)", name="one_owner"),
        _partial(
            "ix_ownerships_current",
            "asset_id",
            where="valid_to IS NULL",
        ),
        Index("ix_ownerships_asset_id_valid_from", "asset_id", "valid_from"),
    )
    id: int | None = Field(default=None, primary_key=True)
    asset_id: int = Field(foreign_key="assets.id")
    team_id: int | None = Field(default=None, foreign_key="teams.id", index=True)
    person_id: int | None = Field(default=None, foreign_key="people.id", index=True)
    area: str = _text()
    role: str = _text()
    source_id: int = Field(foreign_key="sources.id", index=True)
    valid_from: datetime = _when()
    valid_to: datetime | None = _when(nullable=True)
    confirmed_at: datetime | None = _when(nullable=True)
    confirmed_by: int | None = Field(default=None, foreign_key="people.id")
    begun_by: int = Field(foreign_key="audit_log.id")  #: the audit entry that began the fact
    ended_by: int | None = Field(default=None, foreign_key="audit_log.id")


class OwnerDoubt(_Row, table=True):
    """Somebody pressed "Wrong owner?": who, about which asset, and the optional word of why."""

    __tablename__ = "owner_doubts"
    id: int | None = Field(default=None, primary_key=True)
    asset_id: int = Field(foreign_key="assets.id", index=True)
    person_id: int = Field(foreign_key="people.id")
    reason: str = _text()
    at: datetime = _when()
    settled_at: datetime | None = _when(nullable=True)


class ImportRun(_Row, table=True):
    """One import that was carried out or refused; `counts` and `problems` are what its report said."""

    __tablename__ = "import_runs"
    id: int | None = Field(default=None, primary_key=True)
    source_id: int = Field(foreign_key="sources.id", index=True)
    paths: list[str] = _json()
    started_at: datetime = _when()
    finished_at: datetime = _when()
    outcome: str = _text()  #: `imported`, `unchanged` or `refused`
    counts: dict[str, int] = _json(dict)
    problems: list[str] = _json()  #: the first 1,000
    audit_id: int | None = Field(default=None, foreign_key="audit_log.id")


class AuditEntry(_Row, table=True):
    """Who changed what, when. The database refuses to change or delete a row."""

    __tablename__ = "audit_log"
    id: int | None = Field(default=None, primary_key=True)
    at: datetime = _when(index=True)
    actor: str = _text()  #: `person:12`, `import:backstage` or `baton`
    action: str = _text()  #: `ownership.confirm`, `catalog.import` …
    subject: str = _text()  #: `asset:3`, `source:1` …
    detail: dict[str, Any] = _json(dict)


class InboundEvent(_Row, table=True):
    """An event id that Slack delivered and Baton has taken; kept for a day so that a redelivery does nothing."""

    __tablename__ = "inbound_events"
    event_id: str = Field(primary_key=True)
    received_at: datetime = _when(index=True)


class Miss(_Row, table=True):
    """What people asked for and nobody could answer, counted by folded spelling."""

    __tablename__ = "misses"
    folded: str = Field(primary_key=True)
    text: str = _text()  #: the thing asked for as last written, at most 100 characters and 8 words
    times: int = 0
    first_at: datetime = _when()
    last_at: datetime = _when(index=True)


class OutboxMessage(_Row, table=True):
    """A rendered message that Baton posts on its own account; `key` makes a second enqueue a no-op.

    One row a message: a revision changes the row, and what is in Slack follows it.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_state_due_at", "state", "due_at"),
        _partial(
            "ix_outbox_arriving",
            "state",  # so that SQLite prefers it to the index above
            "due_at",
            where="lane IS NULL AND state = 'waiting'",
        ),
        _partial(
            "ix_outbox_in_line",
            "lane",
            "id",
            where="lane IS NOT NULL",
        ),
    )
    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(sa_column=Column(Text, nullable=False, unique=True))
    channel: str = _text()  #: where it goes: a channel id, a name or a user id; of a reply, once known, its root's
    body: dict[str, Any] = _json(dict)  #: `text` and perhaps `blocks`
    state: str = "waiting"  #: `waiting`, `sending`, `sent`, `failed` or `dropped`
    attempts: int = 0
    created_at: datetime = _when()
    due_at: datetime = (
        _when()
    )  #: not before; while `sending` until when the claim holds; once `sent` when it last changed
    sent_at: datetime | None = _when(nullable=True)
    ts: str | None = None  #: Slack's id of the posted message; with it, `waiting` means that an update is due
    error: str = _text()  #: Slack's code of the last failure
    posted_channel: str | None = None  #: the conversation that Slack answered with, also where `channel` is a person
    thread_ts: str | None = None  #: the thread that it was, or may have been, posted to
    revision: int = 0  #: one more with every change of its words
    tried_revision: int = 0  #: the revision that Slack was last given in a post
    edition: int = 0  #: how often it had to be posted anew because the one before could not be edited any more
    parent_key: str | None = Field(default=None, sa_column=Column(Text, nullable=True, index=True))
    is_broadcast: bool = False  #: a reply that also shows in the channel
    fallbacks: list[str] = _json()  #: where it goes in turn when `channel` cannot be posted to
    moved_from: list[dict[str, str]] = _json()  #: where it could not be posted so far: `channel` and Slack's `error`
    #: The line that it stands in: that of its channel, or of updates; None while it does not stand in one.
    lane: str | None = Field(default=None, sa_column=Column(Text, nullable=True))
    unsure_since: datetime | None = _when(nullable=True)  #: since then a post of it may be in Slack unbeknown to us


class Deployment(_Row, table=True):
    """A source has seen an asset run a product at a version. One that is not seen any more gets `gone_at`."""

    __tablename__ = "deployments"
    __table_args__ = (
        UniqueConstraint(
            "source_id", "asset_id", "product", "provider", "environment", "version", name="uq_deployments"
        ),
        Index("ix_deployments_asset_id", "asset_id"),
    )
    id: int | None = Field(default=None, primary_key=True)
    source_id: int = Field(foreign_key="sources.id")
    asset_id: int = Field(foreign_key="assets.id")
    product: str = _text()  #: the source's own word: a product, an engine, an image
    version: str = _text()  #: as written; empty for one that nobody knows
    provider: str = _text()  #: whose clock counts; empty for the makers' own
    environment: str = _text()
    how: str = _text()  #: `catalog`, or how it was scanned: `image`, `dockerfile`, `sbom`, `aws-rds`
    address: str = _text()  #: what identifies the thing that was seen: an image reference, an ARN
    has_extended_support: bool | None = None  #: whether support goes on for money by itself; None: not said
    first_seen_at: datetime = _when()
    last_seen_at: datetime = _when()  #: an import that changes nothing moves the source's `last_run_at` instead
    gone_at: datetime | None = _when(nullable=True)


class VersionPin(_Row, table=True):
    """A person has said which release cycle something is, where the rules were not sure or wrong. Pins end."""

    __tablename__ = "version_pins"
    id: int | None = Field(default=None, primary_key=True)
    asset_id: int = Field(foreign_key="assets.id", index=True)
    product: str = _text()  #: the deployment's words, as in `deployments`
    version: str = _text()
    provider: str = _text()
    pinned_product: str = _text()  #: the key of the product that it is
    pinned_cycle: str = _text()
    person_id: int = Field(foreign_key="people.id")
    at: datetime = _when()
    ended_at: datetime | None = _when(nullable=True)


class FeedCopy(_Row, table=True):
    """One row: the last good copy of the feed of end-of-life dates, and how the last try went."""

    __tablename__ = "feed_copy"
    id: int = Field(primary_key=True)
    body: bytes = Field(default=b"", sa_column=Column(LargeBinary, nullable=False))  #: zlib; empty: no copy yet
    etag: str = _text()
    last_modified: str = _text()
    digest: str = _text()
    products: int = 0
    cycles: int = 0
    fetched_at: datetime | None = _when(nullable=True)  #: when this copy came
    confirmed_at: datetime | None = _when(nullable=True)  #: when the feed last gave or confirmed it
    tried_at: datetime | None = _when(nullable=True)
    not_before: datetime | None = _when(nullable=True)  #: the feed asked for a pause until then
    failure: str = _text()  #: why the last try brought nothing; empty when it went well


class ProviderDates(_Row, table=True):
    """What a provider says itself of the versions that it runs; it outranks the feed."""

    __tablename__ = "provider_dates"
    __table_args__ = (UniqueConstraint("provider", "engine", "cycle", "region"),)
    id: int | None = Field(default=None, primary_key=True)
    provider: str = _text()
    engine: str = _text()
    cycle: str = _text()
    region: str = _text()
    standard_until: date | None = None
    extended_from: date | None = None
    extended_until: date | None = None
    seen_at: datetime = _when()


class DateChange(_Row, table=True):
    """A deadline of a release cycle has moved; the oldest rows say what was known first."""

    __tablename__ = "date_changes"
    __table_args__ = (Index("ix_date_changes_product_cycle", "product", "cycle"),)
    id: int | None = Field(default=None, primary_key=True)
    product: str = _text()
    cycle: str = _text()
    clock: str = _text()  #: `eoas`, `eol` or `eoes`
    before: str = _text()  #: a day, `open`, `ended` or `absent`
    after: str = _text()
    at: datetime = _when()


class Reminder(_Row, table=True):
    """What an addressee has been told of one deadline. One for each (addressee, product, cycle, kind) at a time."""

    __tablename__ = "reminders"
    __table_args__ = (
        _partial(
            "uq_reminders_open",
            "addressee",
            "product",
            "cycle",
            "kind",
            unique=True,
            where="resolved_at IS NULL",
        ),
    )
    id: int | None = Field(default=None, primary_key=True)
    addressee: str = _text()  #: `team:3`, `person:7` or `nobody`
    product: str = _text()
    cycle: str = _text()
    kind: str = _text()  #: a `DeadlineKind`
    deadline: date = Field()
    opened_on: date = Field()  #: the addressee's day on which it was first seen
    milestone: int | None = None  #: the last one that was said, in days before the deadline
    said_on: date | None = None  #: the addressee's day on which that was
    root_key: str = _text()  #: the outbox key of the root message; empty before there is one
    owed: int | None = None  #: the milestone that was said to no answer, which those above the addressee have to hear
    lead_told: int | None = None  #: the last one that the lead has heard of
    platform_told: int | None = None  #: … and the platform channel
    claimed_at: datetime | None = _when(nullable=True)  #: somebody said that it is done; the evidence is awaited
    claimed_by: int | None = Field(default=None, foreign_key="people.id")
    delegated_to: int | None = Field(default=None, foreign_key="teams.id")  #: the team that has accepted it
    resolved_at: datetime | None = _when(nullable=True)
    resolution: str = _text()  #: a `Resolution`


class ReminderAnswer(_Row, table=True):
    """What somebody answered to a reminder. The newest that has not ended is in force."""

    __tablename__ = "reminder_answers"
    id: int | None = Field(default=None, primary_key=True)
    reminder_id: int = Field(foreign_key="reminders.id", index=True)
    kind: str = _text()  #: `acknowledged`, `planned`, `snoozed`, `waived` or `delegated`
    person_id: int = Field(foreign_key="people.id")
    at: datetime = _when()
    deadline: date = Field()  #: the deadline that it was given to
    milestone: int | None = None  #: for `acknowledged`
    until: date | None = None  #: a plan's day; when a snooze or a waiver is over
    team_id: int | None = Field(default=None, foreign_key="teams.id")  #: whom a delegation is offered to
    detail: dict[str, Any] = _json(dict)  #: a plan's target and people, a waiver's reason
    decided_by: int | None = Field(default=None, foreign_key="people.id")  #: who approved, or accepted
    decided_at: datetime | None = _when(nullable=True)
    ended_at: datetime | None = _when(nullable=True)


class Ping(_Row, table=True):
    """Somebody was written to on a day of theirs: the reason why nothing more is sent on it.

    `addressee` is one of reminders, or who hears of what nobody answers: `lead:12`, `platform`. With `is_digest` the
    week's digest has been looked at on that day; without a `key` there was nothing to say in it.
    """

    __tablename__ = "pings"
    addressee: str = Field(primary_key=True)
    day: date = Field(primary_key=True)
    is_digest: bool = False
    key: str = _text()  #: the outbox key of the message


class CalendarLink(_Row, table=True):
    """The address of a team's calendar of deadlines: only a hash of its secret part is kept. Links are revoked."""

    __tablename__ = "calendar_links"
    id: int | None = Field(default=None, primary_key=True)
    team_id: int | None = Field(default=None, foreign_key="teams.id", index=True)  #: None: every team
    digest: str = Field(sa_column=Column(Text, nullable=False, unique=True))  #: SHA-256 of the token, in hexadecimal
    person_id: int | None = Field(default=None, foreign_key="people.id")  #: None: made at the command line
    created_at: datetime = _when()
    revoked_at: datetime | None = _when(nullable=True)
