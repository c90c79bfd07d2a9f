"""Whoever asks for their requests finds them without going through everybody's."""

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_INDEXED = (
    ("requests", "asked_by"),
    ("requests", "filed_by"),
    ("request_demands", "team_id"),
    ("request_demands", "person_id"),
)


def upgrade() -> None:
    for table, column in _INDEXED:
        op.create_index(f"ix_{table}_{column}", table, [column])
