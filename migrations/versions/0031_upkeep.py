"""Owners who are gone and who takes what they owned, and suggested owners who said no."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _orphans()
    _releases()
    _attestations()
    _names()
    # What people did about an asset is looked up by its name in the log.
    op.create_index("ix_audit_log_subject", "audit_log", ["subject"])


def _orphans() -> None:
    op.create_table(
        "orphans",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lead_told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("platform_told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.Integer(), nullable=True),
        sa.Column("heir_team_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("(team_id IS NULL) <> (person_id IS NULL)", name="ck_orphans_one_owner"),
        sa.ForeignKeyConstraint(["heir_team_id"], ["teams.id"], name="fk_orphans_heir_team_id"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_orphans_person_id"),
        sa.ForeignKeyConstraint(["settled_by"], ["people.id"], name="fk_orphans_settled_by"),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name="fk_orphans_team_id"),
        sa.PrimaryKeyConstraint("id", name="pk_orphans"),
    )
    for column in ("team_id", "person_id", "settled_at"):
        op.create_index(f"ix_orphans_{column}", "orphans", [column])
    op.create_table(
        "rejected_owners",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("asset_id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["asset_id"], ["assets.id"], name="fk_rejected_owners_asset_id"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_rejected_owners_person_id"),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name="fk_rejected_owners_team_id"),
        sa.PrimaryKeyConstraint("id", name="pk_rejected_owners"),
    )
    op.create_index("ix_rejected_owners_asset_id", "rejected_owners", ["asset_id"])


def _releases() -> None:
    op.create_table(
        "releases",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("asset_id", sa.Integer(), nullable=False),
        sa.Column("areas", sa.JSON(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["asked_by"], ["people.id"], name="fk_releases_asked_by"),
        sa.ForeignKeyConstraint(["asset_id"], ["assets.id"], name="fk_releases_asset_id"),
        sa.ForeignKeyConstraint(["decided_by"], ["people.id"], name="fk_releases_decided_by"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_releases_person_id"),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name="fk_releases_team_id"),
        sa.PrimaryKeyConstraint("id", name="pk_releases"),
    )
    op.create_index("ix_releases_asset_id", "releases", ["asset_id"])
    op.create_index("ix_releases_team_id", "releases", ["team_id"])
    op.create_table(
        "unowned_marks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("asset_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("reviewer_id", sa.Integer(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["asset_id"], ["assets.id"], name="fk_unowned_marks_asset_id"),
        sa.ForeignKeyConstraint(["ended_by"], ["people.id"], name="fk_unowned_marks_ended_by"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_unowned_marks_person_id"),
        sa.ForeignKeyConstraint(["reviewer_id"], ["people.id"], name="fk_unowned_marks_reviewer_id"),
        sa.PrimaryKeyConstraint("id", name="pk_unowned_marks"),
    )
    for column in ("asset_id", "reviewer_id", "ended_at"):
        op.create_index(f"ix_unowned_marks_{column}", "unowned_marks", [column])


def _attestations() -> None:
    op.create_table(
        "attestations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("asset_ids", sa.JSON(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["answered_by"], ["people.id"], name="fk_attestations_answered_by"),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name="fk_attestations_team_id"),
        sa.PrimaryKeyConstraint("id", name="pk_attestations"),
        sa.UniqueConstraint("team_id", "asked_on", name="uq_attestations_team_id_asked_on"),
    )


def _names() -> None:
    op.add_column("misses", sa.Column("is_ignored", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_table(
        "asset_aliases",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("asset_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["asset_id"], ["assets.id"], name="fk_asset_aliases_asset_id"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_asset_aliases_person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_asset_aliases"),
    )
    op.create_index("ix_asset_aliases_asset_id", "asset_aliases", ["asset_id"])
