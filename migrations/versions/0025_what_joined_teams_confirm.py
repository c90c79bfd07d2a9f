"""A team that has joined a request answers at its delivery for itself."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("request_demands", sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True))
