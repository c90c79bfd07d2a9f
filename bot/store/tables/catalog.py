"""The things that can be owned, and what the sources say about them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Column, Index, Text, UniqueConstraint
from sqlmodel import Field

from bot.store.tables._basics import Row, flag, json, when, words


class CatalogState(Row, table=True):
    """One row: the catalog's revision. Every transaction that changes what answers depend on increases it by one."""

    __tablename__ = "catalog_state"
    id: int = Field(primary_key=True)
    revision: int = 0


class Source(Row, table=True):
    """Where facts come from: an import by name, or `slack` for people's decisions there (`is_human`)."""

    __tablename__ = "sources"
    id: int = Field(default=None, primary_key=True)
    name: str = Field(sa_column=Column(Text, nullable=False, unique=True))
    format: str = words()
    is_human: bool = False
    last_run_at: datetime | None = when(nullable=True)  #: the last import that read the source completely
    precedence: int | None = None  #: lower is believed first; None if the format decides
    #: whether it may say who is in which team
    is_trusted_for_people: bool = flag()


class SourceReading(Row, table=True):
    """What a source's claims were read from. Files with the same digest make the same claims and need not be read.

    It is from the last accepted import, if that had no error. Anything else that changes a source's claims, or their
    places in its files, deletes the row.
    """

    __tablename__ = "source_readings"
    source_id: int = Field(primary_key=True, foreign_key="sources.id", sa_column_kwargs={"autoincrement": False})
    digest: str = words()  #: from `bot.clients.catalog.SourceFiles.digest`
    notes: list[Any] = json()  #: path, line and message of each note on the files


class Asset(Row, table=True):
    """Something that can be owned, merged from all claims about it. `ref` is `kind:name` or `kind:namespace/name`."""

    __tablename__ = "assets"
    id: int = Field(default=None, primary_key=True)
    ref: str = Field(sa_column=Column(Text, nullable=False, unique=True))
    kind: str = words()
    name: str = words()
    namespace: str = words()
    description: str = words()
    aliases: list[str] = json()
    addresses: list[str] = json()
    parent_id: int | None = Field(default=None, foreign_key="assets.id", index=True)
    hosting: str | None = Field(default=None, sa_column=Column(Text))
    tier: int | None = None
    links: list[list[str]] = json()  #: pairs of label and URL
    tags: list[list[str]] = json()  #: pairs of key and value
    runs: list[list[str]] = json()  #: product, version, provider, environment
    unowned_reason: str = words()
    rule_repository: str | None = Field(default=None, sa_column=Column(Text))
    rule_pattern: str | None = Field(default=None, sa_column=Column(Text))
    rule_position: int | None = None
    rule_section: str | None = Field(default=None, sa_column=Column(Text))
    gone_at: datetime | None = when(nullable=True)
    revision: int = Field(default=0, index=True)


class Claim(Row, table=True):
    """What one source says about one asset, team or person, as last read. `digest` shows whether it has changed."""

    __tablename__ = "claims"
    __table_args__ = (
        UniqueConstraint("source_id", "subject", "external_id"),
        Index("ix_claims_subject_subject_id", "subject", "subject_id"),
    )
    id: int = Field(default=None, primary_key=True)
    source_id: int = Field(foreign_key="sources.id")
    subject: str = words()  #: `asset`, `team` or `person`
    external_id: str = words()
    subject_id: int
    digest: str = words()
    content: dict[str, Any] = json(dict)
    path: str = words()
    line: int | None = None


class ImportRun(Row, table=True):
    """An import that was carried out or refused. `counts` and `problems` are from its report."""

    __tablename__ = "import_runs"
    id: int = Field(default=None, primary_key=True)
    source_id: int = Field(foreign_key="sources.id", index=True)
    paths: list[str] = json()
    started_at: datetime = when()
    finished_at: datetime = when()
    outcome: str = words()  #: `imported`, `unchanged` or `refused`
    counts: dict[str, int] = json(dict)
    problems: list[str] = json()  #: the first 1,000
    audit_id: int | None = Field(default=None, foreign_key="audit_log.id")


class Miss(Row, table=True):
    """A name that people asked for and the catalog did not have."""

    __tablename__ = "misses"
    key: str = Field(primary_key=True)  #: a digest of the folded name
    text: str = words()  #: the name as last written; "" while it may be private
    askers: list[str] = json()  #: digests of who has asked, at most two; none once `is_common`
    is_common: bool = False  #: three different people have asked
    is_ignored: bool = flag()  #: a catalog admin has chosen to ignore it
    times: int = 0  #: how often: in public channels, and anywhere once `is_common`
    last_at: datetime = when(index=True)
