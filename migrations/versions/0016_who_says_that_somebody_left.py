"""Whether the catalog or Slack says that somebody has left: either is enough, and neither overrules the other."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # The columns keep their defaults: SQLite would take one away only with the table, which others refer to.
    op.add_column("people", sa.Column("has_left", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("people", sa.Column("is_deactivated", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute(
        "UPDATE people SET is_deactivated = true"
        " WHERE NOT is_active AND slack_id IN (SELECT slack_id FROM slack_members WHERE standing = 'gone')"
    )
    op.execute("UPDATE people SET has_left = true WHERE NOT is_active AND NOT is_deactivated")
