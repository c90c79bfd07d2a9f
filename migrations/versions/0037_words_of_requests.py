"""The words of every question, answer and reason of a request are kept, beside the audit log, which keeps no words."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "request_words",
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("link", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["audit_log.id"], name="fk_request_words_entry_id"),
        sa.ForeignKeyConstraint(["request_id"], ["requests.id"], name="fk_request_words_request_id"),
        sa.PrimaryKeyConstraint("entry_id", name="pk_request_words"),
    )
    op.create_index("ix_request_words_request_id", "request_words", ["request_id"])
