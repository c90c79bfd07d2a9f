"""What sources still say of areas that were handed over."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "drifts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("asset_id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("area", sa.Text(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(team_id IS NULL) <> (person_id IS NULL)", name="ck_drifts_one_owner"),
        sa.ForeignKeyConstraint(["asset_id"], ["assets.id"], name="fk_drifts_asset_id"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_drifts_person_id"),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name="fk_drifts_source_id"),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name="fk_drifts_team_id"),
        sa.PrimaryKeyConstraint("id", name="pk_drifts"),
    )
    for column in ("asset_id", "source_id", "team_id"):
        op.create_index(f"ix_drifts_{column}", "drifts", [column])
