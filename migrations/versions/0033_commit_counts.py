"""How many commits to something the people of each team have made."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "commit_counts",
        sa.Column("asset_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("team_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("commits", sa.Integer(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["asset_id"], ["assets.id"], name="fk_commit_counts_asset_id"),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name="fk_commit_counts_team_id"),
        sa.PrimaryKeyConstraint("asset_id", "team_id", name="pk_commit_counts"),
    )
