"""Claims, doubts and disputes that somebody can end, and doubts of one area."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ownership_matters",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("asset_id", sa.Integer(), nullable=False),
        sa.Column("area", sa.Text(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("channel_id", sa.Text(), nullable=False),
        sa.Column("thread_ts", sa.Text(), nullable=False),
        sa.Column("answerer", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("times_reminded", sa.Integer(), nullable=False),
        sa.Column("said_on", sa.Date(), nullable=True),
        sa.Column("is_passed_on", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("question_by", sa.Integer(), nullable=True),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.Column("message_keys", sa.JSON(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Integer(), nullable=True),
        sa.Column("agreed", sa.JSON(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["asset_id"], ["assets.id"], name="fk_ownership_matters_asset_id"),
        sa.ForeignKeyConstraint(["ended_by"], ["people.id"], name="fk_ownership_matters_ended_by"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_ownership_matters_person_id"),
        sa.ForeignKeyConstraint(["question_by"], ["people.id"], name="fk_ownership_matters_question_by"),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name="fk_ownership_matters_team_id"),
        sa.PrimaryKeyConstraint("id", name="pk_ownership_matters"),
    )
    op.create_index("ix_ownership_matters_asset_id", "ownership_matters", ["asset_id"])
    op.create_index(
        "ix_ownership_matters_open",
        "ownership_matters",
        ["asset_id"],
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    _disownments()
    with op.batch_alter_table("owner_doubts") as batch:
        batch.add_column(sa.Column("area", sa.Text(), server_default="all", nullable=False))
        batch.add_column(sa.Column("matter_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("channel_id", sa.Text(), nullable=True))
        batch.add_column(sa.Column("thread_ts", sa.Text(), nullable=True))
        batch.create_foreign_key("fk_owner_doubts_matter_id", "ownership_matters", ["matter_id"], ["id"])


def _disownments() -> None:
    op.create_table(
        "disownments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("asset_id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("area", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("audit_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("(team_id IS NULL) <> (person_id IS NULL)", name="ck_disownments_one_owner"),
        sa.ForeignKeyConstraint(["asset_id"], ["assets.id"], name="fk_disownments_asset_id"),
        sa.ForeignKeyConstraint(["audit_id"], ["audit_log.id"], name="fk_disownments_audit_id"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_disownments_person_id"),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name="fk_disownments_team_id"),
        sa.PrimaryKeyConstraint("id", name="pk_disownments"),
    )
    op.create_index("ix_disownments_asset_id", "disownments", ["asset_id"])
