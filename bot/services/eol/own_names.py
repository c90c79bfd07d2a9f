"""Notes that a name of one of the organisation's own products keeps its public meaning."""

from __future__ import annotations

from sqlalchemy import select

from bot.domain.catalog import Origin, Problem
from bot.domain.eol.own_products import public_names
from bot.domain.eol.product_table import Table
from bot.domain.sources import ClaimSubject
from bot.services.eol.facts import Facts, own_products
from bot.store import tables
from bot.store.db import Database


async def public_name_notes(database: Database, source: str) -> list[Problem]:
    """Return a note for each asset whose versions a source lists under a name with a public meaning."""
    facts = Facts()
    async with database.reading() as session:
        connection = await session.connection()
        own = await own_products(connection)
        if not own:
            return []
        claim, asset, said_by = tables.core(tables.Claim), tables.core(tables.Asset), tables.core(tables.Source)
        query = (
            select(asset.c.ref, claim.c.path, claim.c.line)
            .join(claim, (claim.c.subject_id == asset.c.id) & (claim.c.subject == ClaimSubject.ASSET.value))
            .join(said_by, said_by.c.id == claim.c.source_id)
            .where(said_by.c.name == source, claim.c.digest != "", asset.c.ref.in_([each.key for each in own]))
        )
        origins = {ref: Origin(path, line) for ref, path, line in await connection.execute(query)}
    await facts.follow(database)
    public = Table(each for each in facts.table.products if not each.asset_ref)
    return [
        Problem(
            origins[product.key],
            f"{', '.join(map(repr, names))} is the name of something public, whose own dates count; whoever runs this "
            f"has to call it '{product.key}', or by an alias that is its own.",
            is_error=False,
        )
        for product, names in public_names(public, own)
        if product.key in origins
    ]
