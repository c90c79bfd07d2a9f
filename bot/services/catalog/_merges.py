"""A team or a person that turned out to be another one: whatever names it names the other from now on.

The columns are found in the schema, so that a new one is not forgotten: foreign keys, and keys of owners (`OWNER_KEY`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    PrimaryKeyConstraint,
    Select,
    Table,
    Text,
    UniqueConstraint,
    and_,
    cast,
    delete,
    select,
    text,
    update,
)
from sqlmodel import SQLModel

from bot.domain.catalog import Role
from bot.domain.reconcile.book import Owner, TeamEntry
from bot.domain.sources import ClaimSubject
from bot.services.catalog._run import Run
from bot.store import tables
from bot.store.bulk import table_of
from bot.store.tables import OWNER_KEY

#: What is written from what sources say, as the book has it: teams with their leads, and who is or was in them.
_WRITTEN = frozenset({"teams", "memberships", "former_members"})
_FACT = table_of(tables.Ownership)


async def repoint(run: Run, before: Owner, into: Owner) -> None:
    """Give to `into` all that `before` has, people's decisions included: it is the same owner under another name.

    Where both have the same already, as two teams the same reminder, that of `into` counts.
    """
    is_team = isinstance(before, TeamEntry)
    claims, subject = table_of(tables.Claim), ClaimSubject.TEAM if is_team else ClaimSubject.PERSON
    of_before = (claims.c.subject == subject.value, claims.c.subject_id == before.id)
    await run.connection.execute(update(claims).where(*of_before).values(subject_id=into.id))
    if is_team:
        await _add_commits(run, before.id, into.id)
    await _let_own(run, "team_id" if is_team else "person_id", before.id, into.id)
    for column in named_in(SQLModel.metadata.sorted_tables, "teams" if is_team else "people"):
        await _rename(run, column, before.id, into.id)
    word = "team" if is_team else "person"
    await _ask_anew(run, f"{word}:{before.id}")
    for column in keys_in(SQLModel.metadata.sorted_tables):
        if isinstance(column.type, JSON):
            await _rename_listed(run, column, f"{word}:{before.id}", f"{word}:{into.id}")
        else:
            await _rename(run, column, f"{word}:{before.id}", f"{word}:{into.id}")


def named_in(all_tables: Iterable[Table], target: str) -> Iterator[Column[Any]]:
    """Yield the columns that hold the id of a team or a person, but for those that imports write anyway."""
    for table in all_tables:
        for column in table.columns if table.name not in _WRITTEN else ():
            if any(each.column.table.name == target for each in column.foreign_keys):
                yield column


def keys_in(all_tables: Iterable[Table]) -> Iterator[Column[Any]]:
    """Yield the columns that hold keys of owners, like `team:3`, one or a list."""
    for table in all_tables:
        yield from (column for column in table.columns if OWNER_KEY.items() <= column.info.items())


async def _let_own(run: Run, owner: str, *both: int) -> None:
    """Forget of either that it was ruled out as the owner of what the other owns, or gave that up: one owner has it."""
    for other, owning in (both, both[::-1]):
        owned = _owned(owner, owning)
        no = table_of(tables.Disownment)
        is_owned = owned.where(_FACT.c.asset_id == no.c.asset_id, _FACT.c.area == no.c.area).exists()
        await run.connection.execute(delete(no).where(no.c[owner] == other, is_owned))
        gave = table_of(tables.Release)
        given_up = select(gave.c.id, gave.c.asset_id, gave.c.areas).where(
            gave.c[owner] == other, gave.c.decided_at.is_not(None), gave.c.ended_at.is_(None)
        )
        for number, asset, areas in (await run.connection.execute(given_up)).all():
            theirs = set((await run.connection.execute(owned.where(_FACT.c.asset_id == asset))).scalars())
            left = [each for each in areas if each not in theirs]
            values = {"areas": left} if left else {"ended_at": run.now}
            await run.connection.execute(update(gave).where(gave.c.id == number).values(values))


def _owned(owner: str, number: int) -> Select[tuple[str]]:
    """Return the areas that somebody owns by facts in force."""
    return select(_FACT.c.area).where(
        _FACT.c[owner] == number, _FACT.c.valid_to.is_(None), _FACT.c.role == Role.OWNER.value
    )


async def _rename(run: Run, column: Column[Any], before: int | str, into: int | str) -> None:
    """Let a column say `into` where it says `before`, unless there is such a row already."""
    table = column.table
    is_it = column == before
    for about in _assets_of(table, is_it):  # memory reads the assets again that it is about
        assets = table_of(tables.Asset)
        await run.connection.execute(update(assets).where(assets.c.id.in_(about)).values(revision=run.revision))
    for others, where in _unique_with(column):
        there = select(*others).where(column == into, text(where)).subquery()
        same = (there.c[each.name] == each for each in others)
        is_it = and_(is_it, ~select(1).select_from(there).where(*same).exists())
    await run.connection.execute(update(table).where(is_it).values({column: into}))


def _assets_of(table: Any, where: ColumnElement[bool]) -> Iterator[Select[tuple[int]]]:
    """Yield which assets rows are about: by themselves, or by what belongs to them, as the parts of a handoff do."""
    if "asset_id" in table.c:
        yield select(table.c.asset_id).where(where)
        return
    for part in SQLModel.metadata.sorted_tables:
        if "asset_id" in part.c and any(key.column.table is table for key in part.foreign_keys):
            yield select(part.c.asset_id).join_from(part, table).where(where)


def _unique_with(column: Column[Any]) -> Iterator[tuple[list[Column[Any]], str]]:
    """Yield the columns with which this one has to be unique, and the condition of the rows for which it has to be."""
    table: Any = column.table
    rules = [each for each in table.constraints if isinstance(each, PrimaryKeyConstraint | UniqueConstraint)]
    for rule in (*rules, *(each for each in table.indexes if each.unique)):
        if column.name in rule.columns:
            yield [each for each in rule.columns if each is not column], rule.info.get("where", "1 = 1")


async def _ask_anew(run: Run, before: str) -> None:
    """Let the other be told of the questions about owners that had been told to `before`: it reads another channel."""
    matters = table_of(tables.OwnershipMatter)
    open_ones = update(matters).where(matters.c.answerer == before, matters.c.ended_at.is_(None))
    await run.connection.execute(open_ones.values(told_at=None, asked_at=run.now, times_reminded=0))


async def _rename_listed(run: Run, column: Column[Any], before: str, into: str) -> None:
    table: Any = column.table
    query = select(table.c.id, column).where(cast(column, Text).contains(f'"{before}"'))
    for number, keys in (await run.connection.execute(query)).all():
        said = list(dict.fromkeys(into if each == before else each for each in keys))
        await run.connection.execute(update(table).where(table.c.id == number).values({column: said}))


async def _add_commits(run: Run, before: int, into: int) -> None:
    """Add the commits of two teams to the same things up."""
    table = table_of(tables.CommitCount)
    other = table.alias()
    theirs = select(other.c.commits).where(other.c.team_id == before, other.c.asset_id == table.c.asset_id)
    both = (table.c.team_id == into, theirs.exists())
    added = update(table).where(*both).values(commits=table.c.commits + theirs.scalar_subquery())
    await run.connection.execute(added)
    shared = select(other.c.asset_id).where(other.c.team_id == into)
    await run.connection.execute(delete(table).where(table.c.team_id == before, table.c.asset_id.in_(shared)))
