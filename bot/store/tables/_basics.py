"""What the tables share: the kinds of columns, and the names of constraints."""

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
    """Return a column for a moment, aware and in UTC."""
    return Field(sa_column=Column(UTCDateTime, nullable=nullable, index=index), default=None)


def json(default: type[list[Any]] | type[dict[str, Any]] = list, *, info: Mapping[str, Any] | None = None) -> Any:
    """Return a column for a list or an object, empty unless it is given."""

    def empty() -> list[Any] | dict[str, Any]:
        # Pydantic reads its factory's signature for every row, and has to parse that of a built-in class.
        return default()

    return Field(default_factory=empty, sa_column=Column(JSON, nullable=False, info=dict(info or {})))


def flag() -> Any:
    """Return a column for a truth value, False unless it is given; rows that were there before it have False."""
    return Field(default=False, sa_column=Column(Boolean, nullable=False, server_default=false()))


def words(info: Mapping[str, Any] | None = None) -> Any:
    """Return a column for text, empty unless it is given."""
    return Field(default="", sa_column=Column(Text, nullable=False, info=dict(info or {})))


#: Marks a column that holds the key of an owner, as `bot.domain.recipients.Recipient.key` has it, or a list of keys.
OWNER_KEY = {"is_owner_key": True}


def partial_index(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    """Return an index of the rows for which `where` holds. It is the migrations that say so to the database.

    SQLAlchemy has an option for it by database, and for the sake of one option loads all of that database's dialect.
    """
    return Index(name, *columns, unique=unique, info={"where": where})


class Row(SQLModel):
    """What every table is. Nothing validates rows, so their validators are not built before somebody wants one."""

    model_config = {"defer_build": True}


def core(model: type[SQLModel]) -> Table:
    """Return a model's table, for statements that make no objects of its rows."""
    return model.__table__  # type: ignore[attr-defined, no-any-return]  # SQLModel's types do not show it
