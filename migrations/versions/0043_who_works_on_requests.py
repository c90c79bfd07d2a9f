"""Whoever works on a request finds it among theirs without going through all of them."""

from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_requests_assignee_id", "requests", ["assignee_id"])
