"""Who was in which team, so that what a team has lost with its people is known."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "former_members",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name="fk_former_members_team_id"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_former_members_person_id"),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name="fk_former_members_source_id"),
        sa.PrimaryKeyConstraint("id", name="pk_former_members"),
        sa.UniqueConstraint("team_id", "person_id", "source_id", name="uq_former_members_team_id_person_id_source_id"),
    )
    op.create_index("ix_former_members_team_id", "former_members", ["team_id"])
    op.create_index("ix_former_members_person_id", "former_members", ["person_id"])
