"""Whoever has joined a request follows it from where they joined, and not from when."""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("request_followers", sa.Column("source_key", sa.Text(), nullable=True))
    op.execute(
        """
        UPDATE request_followers SET source_key = (
            SELECT min(source_key) FROM request_joins
            WHERE request_joins.request_id = request_followers.request_id AND request_joins.at = request_followers.at
        )
        """
    )
