"""What a parser read, made ready to be compared with the store: by external id, with digests, each id once."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from bot.domain.catalog import AssetClaim, PersonClaim, Problem, SourceCatalog, TeamClaim
from bot.domain.reconcile.claims import digest, encode, external_id
from bot.store.bulk import CHUNK, chunks

C = TypeVar("C", AssetClaim, TeamClaim, PersonClaim)


@dataclass(slots=True)
class Said(Generic[C]):
    """One source's claims about one kind of subject, as JSON too, and the digest of that, by external id."""

    claims: dict[str, C] = field(default_factory=dict)
    encoded: dict[str, str] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)

    async def take(self, claims: Sequence[C], problems: list[Problem]) -> None:
        """Add claims; of two with one external id the first counts, and a problem says so."""
        for chunk in chunks(claims, CHUNK):
            for claim in chunk:
                external = external_id(claim)
                if not external:
                    problems.append(Problem(claim.origin, "has no name or id to be known by: give it one."))
                elif (first := self.claims.get(external)) is not None:
                    known = f"'{external}' is described at {first.origin} already"
                    problems.append(Problem(claim.origin, f"{known}, which counts: leave one of the two out."))
                else:
                    encoded = encode(claim)
                    self.claims[external] = claim
                    # As text: the bytes that orjson makes hold on to four kilobytes each, however short they are.
                    self.encoded[external] = encoded.decode()
                    self.digests[external] = digest(encoded)
            await asyncio.sleep(0)


@dataclass(slots=True)
class DigestedCatalog:
    """All that one source says now."""

    assets: Said[AssetClaim] = field(default_factory=Said)
    teams: Said[TeamClaim] = field(default_factory=Said)
    people: Said[PersonClaim] = field(default_factory=Said)
    problems: list[Problem] = field(default_factory=list)


async def read(catalog: SourceCatalog) -> DigestedCatalog:
    """Return a parser's claims by external id; takes some 10 microseconds a claim, without a transaction open."""
    reading = DigestedCatalog(problems=list(catalog.problems))
    await reading.teams.take(catalog.teams, reading.problems)
    await reading.people.take(catalog.people, reading.problems)
    await reading.assets.take(catalog.assets, reading.problems)
    return reading
