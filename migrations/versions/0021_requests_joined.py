"""The threads whose teams have joined a request of others."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "request_joins",
        sa.Column("source_key", sa.Text(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_request_joins_person_id"),
        sa.ForeignKeyConstraint(["request_id"], ["requests.id"], name="fk_request_joins_request_id"),
        sa.PrimaryKeyConstraint("source_key", name="pk_request_joins"),
    )
    op.create_index("ix_request_joins_request_id", "request_joins", ["request_id"])
