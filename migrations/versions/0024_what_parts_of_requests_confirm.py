"""Whoever asked for a request that became part of another one answers at its delivery for themselves."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("requests", sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True))
