"""What the tables share: kinds of columns, and names of constraints."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import JSON, Boolean, Column, Index, Table, Text, false
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


def when(*, nullable: bool = False, index: bool = False) -> Any:
    """Return a column for a time, aware and in UTC."""
    return Field(sa_column=Column(UTCDateTime, nullable=nullable, index=index), default=None)


def json(default: type[list[Any]] | type[dict[str, Any]] = list, *, info: Mapping[str, Any] | None = None) -> Any:
    """Return a column for a list or an object; empty by default."""

    def empty() -> list[Any] | dict[str, Any]:
        # Pydantic inspects the signature of a default factory for every row; that of a built-in class would be parsed.
        return default()

    return Field(default_factory=empty, sa_column=Column(JSON, nullable=False, info=dict(info or {})))


def flag() -> Any:
    """Return a Boolean column; False by default, and for existing rows."""
    return Field(default=False, sa_column=Column(Boolean, nullable=False, server_default=false()))


def words(info: Mapping[str, Any] | None = None) -> Any:
    """Return a text column; "" by default."""
    return Field(default="", sa_column=Column(Text, nullable=False, info=dict(info or {})))


#: Marks a column with an owner's key (`bot.domain.recipients.Recipient.key`), or a list of keys.
OWNER_KEY = {"is_owner_key": True}


def partial_index(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    """Return an index of the rows for which `where` holds. Only the migrations create it in the database.

    SQLAlchemy has an option for each database, but using one would load all of that database's dialect.
    """
    return Index(name, *columns, unique=unique, info={"where": where})


class Row(SQLModel):
    """The base of all tables. Nothing validates rows, so their validators are built only on first use."""

    model_config = {"defer_build": True}


def core(model: type[SQLModel]) -> Table:
    """Return a model's table, for statements that do not make objects of its rows."""
    return model.__table__  # type: ignore[attr-defined, no-any-return]  # SQLModel's types do not show it
