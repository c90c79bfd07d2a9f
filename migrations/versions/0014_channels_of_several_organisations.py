"""Which of the channels that Slack lists other organisations are in. All are read anew, for the rows do not say it."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_table("slack_channels")
    op.create_table(
        "slack_channels",
        sa.Column("channel_id", sa.String(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("is_shared", sa.Boolean(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("channel_id", name="pk_slack_channels"),
    )
    op.execute("DELETE FROM slack_listings WHERE listing = 'channels'")
