"""What runs where, of what was imported before deployments were kept: from the claims that stand."""

import json
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_PAGE = 5_000


def upgrade() -> None:
    """Fill `deployments` as the next import of each source would, were it to change everything."""
    moment = sa.DateTime(timezone=True)
    claims = sa.table("claims", *map(sa.column, ("id", "source_id", "subject", "subject_id", "digest", "content")))
    sources = sa.table("sources", sa.column("id"), sa.column("last_run_at", moment))
    assets = sa.table("assets", sa.column("id"), sa.column("gone_at", moment))
    texts = ("product", "version", "provider", "environment", "how", "address")
    deployments = sa.table(
        "deployments",
        *(sa.column(name) for name in ("source_id", "asset_id", *texts)),
        sa.column("first_seen_at", moment),
        sa.column("last_seen_at", moment),
    )
    connection = op.get_bind()
    read_at = dict(connection.execute(sa.select(sources.c.id, sources.c.last_run_at)).all())
    now = datetime.now(UTC)
    query = (
        sa.select(claims.c.id, claims.c.source_id, claims.c.subject_id, claims.c.content)
        .join(assets, assets.c.id == claims.c.subject_id)
        .where(claims.c.subject == "asset", claims.c.digest != "", assets.c.gone_at.is_(None))
        .order_by(claims.c.id)
        .limit(_PAGE)
    )
    last = 0
    while found := connection.execute(query.where(claims.c.id > last)).all():
        last = found[-1].id
        rows = {}
        for claim in found:
            content = json.loads(claim.content) if isinstance(claim.content, str) else claim.content
            seen_at = read_at[claim.source_id] or now
            for product, version, provider, environment in content.get("runs", ()):
                key = (claim.source_id, claim.subject_id, product, version, provider, environment)
                named = dict(zip(("source_id", "asset_id", *texts[:4]), key, strict=True))
                rows[key] = {
                    **named,
                    "how": "catalog",
                    "address": "",
                    "first_seen_at": seen_at,
                    "last_seen_at": seen_at,
                }
        if rows:
            connection.execute(sa.insert(deployments), list(rows.values()))
