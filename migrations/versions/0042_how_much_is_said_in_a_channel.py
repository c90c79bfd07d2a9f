"""The people of a channel choose how much is said there about requests; comments go between threads and issues."""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
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
    op.add_column("tracker_issues", sa.Column("comments_since", sa.DateTime(timezone=True), nullable=True))
    op.add_column("tracker_issues", sa.Column("thread_read_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "tracker_comments",
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("comment_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["request_id"], ["requests.id"], name="fk_tracker_comments_request_id"),
        sa.PrimaryKeyConstraint("request_id", "key", name="pk_tracker_comments"),
    )
