"""The reminders that a team has taken over are found without a look at all that are open."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_OPEN = sa.text("resolved_at IS NULL AND delegated_to IS NOT NULL")


def upgrade() -> None:
    op.create_index(
        "ix_reminders_taken_over", "reminders", ["delegated_to"], sqlite_where=_OPEN, postgresql_where=_OPEN
    )
