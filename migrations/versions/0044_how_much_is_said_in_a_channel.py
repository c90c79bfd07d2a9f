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
        sa.Column("emoji_since", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("channel_id", name="pk_channel_settings"),
    )
    op.create_table(
        "request_reactions",
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("emoji", sa.Text(), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["request_id"], ["requests.id"], name="fk_request_reactions_request_id"),
        sa.PrimaryKeyConstraint("request_id", name="pk_request_reactions"),
    )
