"""An answer keeps what it was given for, and a reminder the one of the owner before."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("reminder_answers", sa.Column("asset_ids", sa.JSON(), nullable=True))
    op.add_column("reminders", sa.Column("came_from", sa.Integer(), nullable=True))
