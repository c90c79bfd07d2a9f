"""Managers of teams, and what they have heard of reminders."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # As SQL, because SQLite adds a column with its reference only in one statement.
    op.execute("ALTER TABLE teams ADD COLUMN manager_id INTEGER CONSTRAINT fk_teams_manager_id REFERENCES people (id)")
    op.add_column("reminders", sa.Column("manager_told", sa.Integer(), nullable=True))
    # Until now the platform channel's number said what it had heard in place of a lead, and the lead's what they had
    # heard in place of a manager: neither is said again.
    op.execute("UPDATE reminders SET lead_told = platform_told WHERE lead_told IS NULL AND platform_told >= 0")
    op.execute("UPDATE reminders SET manager_told = lead_told WHERE lead_told <= 7")
