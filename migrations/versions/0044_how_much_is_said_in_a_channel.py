"""The people of a channel choose how much is said there about requests."""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "channel_settings",
        sa.Column("channel_id", sa.Text(), nullable=False),
        sa.Column("only_card", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.PrimaryKeyConstraint("channel_id", name="pk_channel_settings"),
    )
