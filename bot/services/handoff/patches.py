"""What the files of a handoff's sources would have to say: which owners are to be named in whose place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import orjson
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.catalog import Area, OwnerRef, Role
from bot.domain.handoff.handoffs import HandoffCard, ResourceCard
from bot.domain.reconcile.claims import decode_owners
from bot.domain.reconcile.edits import OwnerEdit, spelling_for
from bot.domain.reconcile.owners import bare, slug
from bot.domain.records import OwnerKey, TeamRecord
from bot.domain.sources import ClaimSubject, Source, ends_in, file_in
from bot.services.deps import Deps
from bot.services.handoff._files import behind
from bot.services.handoff.lists import one
from bot.services.snapshot import Snapshot
from bot.store import tables
from bot.store.bulk import table_of


@dataclass(slots=True)
class FileEdits:
    """What is to be changed in one file of a source. `guessed` are spellings of the receiver that no file has yet."""

    source: str
    format_name: str
    path: str
    edits: list[OwnerEdit] = field(default_factory=list)
    guessed: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Edits:
    """The files to be changed after a handoff; none where all sources name the receiver. `card` is the handoff."""

    card: HandoffCard
    files: tuple[FileEdits, ...]


@dataclass(frozen=True, slots=True)
class _Claim:
    """What a source says of an asset in one file."""

    source_id: int
    source: str
    format_name: str
    external_id: str
    path: str
    owners: tuple[OwnerRef, ...]


async def edits(deps: Deps, snapshot: Snapshot, *, handoff_id: int) -> Edits:
    """Return what sources have to be told of a handoff. Raises NotFoundError where there is none of this number.

    What the receiver has passed on since is left to the handoff in which it did so.
    """
    card = await one(deps, snapshot, handoff_id)
    files: dict[tuple[str, str], FileEdits] = {}
    async with deps.database.reading() as session:
        sources = await _sources(session)
        for resource in card.held:
            if not await _is_held(session, resource, card.receiver):
                continue
            for owner, source_id in await behind(session, resource, giver_id=card.giver.id):
                for claim in await _claims(session, resource, *_read_in(sources, source_id)):
                    await _add(session, snapshot, files, card, resource, owner, claim)
    return Edits(card, tuple(files[key] for key in sorted(files)))


async def _add(
    session: AsyncSession,
    snapshot: Snapshot,
    files: dict[tuple[str, str], FileEdits],
    card: HandoffCard,
    resource: ResourceCard,
    owner: OwnerKey,
    claim: _Claim,
) -> None:
    """Add the change of one claim to those of its file."""
    givers = _spellings(snapshot, claim, owner)
    if not givers:
        return
    file = files.setdefault((claim.source, claim.path), FileEdits(claim.source, claim.format_name, claim.path))
    used = await _used(session, snapshot, claim)
    known = [written for written, team in used if team == card.receiver.id]
    written = known[0] if known else _guess(snapshot, claim, card.receiver, [*givers, *(each for each, _ in used)])
    if not known:
        file.guessed.append(written)
    file.edits.append(
        OwnerEdit(
            asset=resource.name,
            external_id=claim.external_id,
            area=resource.area,
            givers=givers,
            receiver=written,
            also_written=tuple(known[1:]),
        )
    )


async def _is_held(session: AsyncSession, resource: ResourceCard, receiver: TeamRecord) -> bool:
    """Whether the receiver owns it still by agreement."""
    t = table_of(tables.Ownership).c
    found = await session.execute(
        select(t.id).where(
            t.asset_id == resource.asset_id,
            t.area == resource.area.value,
            t.team_id == receiver.id,
            t.role == Role.OWNER.value,
            t.is_agreed.is_(True),
            t.valid_to.is_(None),
        )
    )
    return found.first() is not None


async def _sources(session: AsyncSession) -> list[Source]:
    rows = (await session.execute(select(tables.core(tables.Source)))).all()
    return [Source(row.id, row.name, row.format) for row in rows]


def _read_in(sources: Sequence[Source], source_id: int) -> tuple[int, str]:
    """Return of which source a file is that disagrees with another of it, and how its path ends; else the source."""
    its_file = next(each for each in sources if each.id == source_id)
    found = ((each.id, end) for each in sources if (end := file_in(each, its_file)))
    return next(found, (source_id, ""))


async def _claims(session: AsyncSession, resource: ResourceCard, source_id: int, end: str) -> list[_Claim]:
    """Return what a source says of a resource's asset, in all its files or in the one whose path ends so."""
    claim, source = table_of(tables.Claim).c, table_of(tables.Source).c
    query = (
        select(claim.external_id, claim.path, claim.content, source.name, source.format)
        .join_from(table_of(tables.Claim), table_of(tables.Source), source.id == claim.source_id)
        .where(
            claim.source_id == source_id,
            claim.subject == ClaimSubject.ASSET.value,
            claim.subject_id == resource.asset_id,
            claim.digest != "",
        )
        .order_by(claim.id)
    )
    return [
        _Claim(
            source_id=source_id,
            source=name,
            format_name=format_name,
            # What two files say differently has the second file's name behind its id.
            external_id=external if format_name == "terraform" else external.removesuffix(f"@{path}"),
            path=path,
            owners=_owners(content, resource.area),
        )
        for external, path, content, name, format_name in await session.execute(query)
        if ends_in(path, end)
    ]


def _owners(content: dict[str, object], area: Area) -> tuple[OwnerRef, ...]:
    claimed = decode_owners(content)
    return tuple(each.owner for each in claimed if each.area is area and each.role is Role.OWNER)


def _spellings(snapshot: Snapshot, claim: _Claim, owner: OwnerKey) -> tuple[str, ...]:
    """Return how a claim writes an owner; an owner whom it names alone is that one, however it is written."""
    written = [ref.written or ref.name for ref in claim.owners if _names(snapshot, ref, owner)]
    if not written and len(claim.owners) == 1:
        written = [claim.owners[0].written or claim.owners[0].name]
    return tuple(dict.fromkeys(written))


def _names(snapshot: Snapshot, ref: OwnerRef, owner: OwnerKey) -> bool:
    team_id, person_id = owner
    if team_id is not None:
        return _team_of(snapshot, ref) == team_id
    person = snapshot.person_by_email(ref.name)
    return person is not None and person.id == person_id


def _team_of(snapshot: Snapshot, ref: OwnerRef) -> int | None:
    written = ref.written or ref.name
    for text in (bare(written), slug(written), ref.name):
        team = snapshot.team_by_name(text)
        if team is not None:
            return team.id
    return None


async def _used(session: AsyncSession, snapshot: Snapshot, claim: _Claim) -> list[tuple[str, int | None]]:
    """Return how the source writes its owners, each with the team that is meant; those of the same file first."""
    t = tables.core(tables.Claim).c
    owners = t.content["owners"].as_string()
    query = (
        select(owners, t.path == claim.path, func.count())
        .where(
            t.source_id == claim.source_id,
            t.subject == ClaimSubject.ASSET.value,
            t.digest != "",
            owners.is_not(None),
        )
        .group_by(owners, t.path == claim.path)
    )
    rows = sorted((await session.execute(query)).all(), key=lambda row: (not row[1], -row[2], row[0]))
    found: dict[str, int | None] = {}
    for said, _, _ in rows:
        for each in decode_owners({"owners": orjson.loads(said)}):
            found.setdefault(each.owner.written or each.owner.name, _team_of(snapshot, each.owner))
    return list(found.items())


def _guess(snapshot: Snapshot, claim: _Claim, receiver: TeamRecord, written: Sequence[str]) -> str:
    """Return how the file would write a team that it does not name yet, after the pattern of those that it names."""
    likes: Iterable[str] = written
    if claim.format_name == "codeowners":
        alias = next((name for name in receiver.other_names if name.count("/") == 1 and " " not in name), "")
        if alias:
            return f"@{alias.removeprefix('@')}"
        likes = [each for each in written if each.startswith("@") and "/" in each] or ["@ORGANISATION/team"]
    guessed = spelling_for(receiver.name, next(iter(likes), ""))
    found = snapshot.team_by_name(slug(guessed)) or snapshot.team_by_name(bare(guessed))
    is_found = found is not None and found.id == receiver.id
    return guessed if is_found or "/" in guessed else receiver.name
