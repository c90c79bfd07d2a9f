"""Files of one source that disagree about an asset: in its facts each speaks for itself, as a source does."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TypeAlias

from sqlalchemy import insert

from bot.domain.catalog import AssetClaim
from bot.domain.sources import Source, file_of
from bot.services.catalog._run import Run
from bot.store import tables
from bot.store.bulk import reserve_ids, table_of

Claims: TypeAlias = Sequence[tuple[int, AssetClaim]]

#: The end of a path tells files apart; all of it is in the import's report.
_SHOWN_PARTS = 3


async def told_apart(run: Run, claims: Claims) -> Claims:
    """Return an asset's claims by whose word they are: a source says two things only where its files disagree."""
    paths: dict[int, list[str]] = {}
    for source, claim in claims:
        paths.setdefault(source, []).append(claim.origin.path)
    shown = {source: _shortened(each) for source, each in paths.items() if len(each) > 1}
    return [
        (
            source if source not in shown else await _file(run, run.sources[source], shown[source][claim.origin.path]),
            claim,
        )
        for source, claim in claims
    ]


def _shortened(paths: Sequence[str]) -> dict[str, str]:
    """Return the ends of paths that are enough to tell them apart, by path."""
    parts = {path: Path(path).parts for path in paths}
    for count in range(_SHOWN_PARTS, max(map(len, parts.values())) + 1):
        found = {path: "/".join(each[-count:]) for path, each in parts.items()}
        if len(set(found.values())) == len(parts):
            return found
    return {path: path for path in paths}


async def _file(run: Run, source: Source, path: str) -> int:
    """Return the id of the source that a file of a source is, which is added if it is new."""
    wanted = file_of(source, 0, path)
    known = next((each for each in run.sources.values() if each.name == wanted.name), None)
    if known is not None:
        return known.id
    [number] = await reserve_ids(run.connection, table_of(tables.Source), 1)
    added = file_of(source, number, path)
    await run.connection.execute(
        insert(table_of(tables.Source)).values(
            id=number,
            name=added.name,
            format=added.format,
            is_human=False,
            last_run_at=run.now,
            precedence=added.precedence,
            is_trusted_for_people=False,
        )
    )
    run.sources = {**run.sources, number: added}
    return number
