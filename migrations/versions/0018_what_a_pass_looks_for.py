"""What a pass looks for is found without going through all deployments and reminders."""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_INDEXES = (
    ("ix_deployments_gone_at", "deployments", "gone_at", "gone_at IS NOT NULL"),
    ("ix_reminders_owed", "reminders", "owed", "resolved_at IS NULL AND owed IS NOT NULL"),
)


def upgrade() -> None:
    for name, table, column, where in _INDEXES:
        op.execute(f"CREATE INDEX {name} ON {table} ({column}) WHERE {where}")
