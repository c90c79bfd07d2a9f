"""The outbox: updates in place, replies behind their root, fall-backs, and lines to stand in."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

#: New columns that every row has; what older rows get.
_FILLED = {
    "revision": (sa.Integer(), "0"),
    "tried_revision": (sa.Integer(), "0"),
    "edition": (sa.Integer(), "0"),
    "is_broadcast": (sa.Boolean(), sa.false()),
    "fallbacks": (sa.JSON(), "[]"),
    "moved_from": (sa.JSON(), "[]"),
}


def upgrade() -> None:
    with op.batch_alter_table("outbox") as batch:
        batch.add_column(sa.Column("posted_channel", sa.String(), nullable=True))
        batch.add_column(sa.Column("thread_ts", sa.String(), nullable=True))
        for name, (kind, default) in _FILLED.items():
            batch.add_column(sa.Column(name, kind, nullable=False, server_default=default))
        batch.add_column(sa.Column("parent_key", sa.Text(), nullable=True))
        batch.add_column(sa.Column("lane", sa.Text(), nullable=True))
        batch.add_column(sa.Column("unsure_since", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("outbox") as batch:
        for name, (kind, _) in _FILLED.items():
            batch.alter_column(name, existing_type=kind, existing_nullable=False, server_default=None)
    # What was claimed, or whose answer never came, may be in Slack already: it is looked for first.
    op.execute("UPDATE outbox SET unsure_since = created_at, lane = channel WHERE state = 'sending'")
    op.create_index("ix_outbox_parent_key", "outbox", ["parent_key"])
    _create_partial_index("ix_outbox_arriving", ["state", "due_at"], "lane IS NULL AND state = 'waiting'")
    _create_partial_index("ix_outbox_in_line", ["lane", "id"], "lane IS NOT NULL")


def _create_partial_index(name: str, columns: list[str], where: str) -> None:
    op.create_index(name, "outbox", columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
