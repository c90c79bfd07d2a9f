"""Names asked for in vain say how many different people asked, and are in plain text only where anybody may know them.

The old rows are dropped: they do not say where they were asked for, or by how many, and some hold whole sentences.
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_table("misses")
    op.create_table(
        "misses",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("askers", sa.JSON(), nullable=False),
        sa.Column("is_common", sa.Boolean(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_misses"),
    )
    op.create_index("ix_misses_last_at", "misses", ["last_at"])
