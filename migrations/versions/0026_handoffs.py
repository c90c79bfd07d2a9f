"""Handoffs between teams, and what has passed from one owner to another with the agreement of both."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("ownerships", sa.Column("is_agreed", sa.Boolean(), server_default=sa.false(), nullable=False))
    _transfers()
    _handoffs()
    _resources()
    _evidence()
    _notes()


def _transfers() -> None:
    op.create_table(
        "transfers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("asset_id", sa.Integer(), nullable=False),
        sa.Column("area", sa.Text(), nullable=False),
        sa.Column("giver_team_id", sa.Integer(), nullable=True),
        sa.Column("giver_person_id", sa.Integer(), nullable=True),
        sa.Column("receiver_team_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("audit_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("giver_team_id IS NULL OR giver_person_id IS NULL", name="ck_transfers_one_giver"),
        sa.ForeignKeyConstraint(["asset_id"], ["assets.id"], name="fk_transfers_asset_id"),
        sa.ForeignKeyConstraint(["audit_id"], ["audit_log.id"], name="fk_transfers_audit_id"),
        sa.ForeignKeyConstraint(["giver_person_id"], ["people.id"], name="fk_transfers_giver_person_id"),
        sa.ForeignKeyConstraint(["giver_team_id"], ["teams.id"], name="fk_transfers_giver_team_id"),
        sa.ForeignKeyConstraint(["receiver_team_id"], ["teams.id"], name="fk_transfers_receiver_team_id"),
        sa.PrimaryKeyConstraint("id", name="pk_transfers"),
    )
    op.create_index("ix_transfers_asset_id_at", "transfers", ["asset_id", "at"])
    op.create_index("ix_transfers_giver_team_id", "transfers", ["giver_team_id"])
    op.create_index("ix_transfers_receiver_team_id", "transfers", ["receiver_team_id"])


def _handoffs() -> None:
    op.create_table(
        "handoffs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("giver_team_id", sa.Integer(), nullable=False),
        sa.Column("receiver_team_id", sa.Integer(), nullable=False),
        sa.Column("is_asked", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("started_by", sa.Integer(), nullable=False),
        sa.Column("offered_by", sa.Integer(), nullable=True),
        sa.Column("request_id", sa.Integer(), nullable=True),
        sa.Column("library_id", sa.Integer(), nullable=True),
        sa.Column("follows_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=True),
        sa.Column("overlap_days", sa.Integer(), nullable=False),
        sa.Column("loan_until", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("giver_says", sa.Text(), nullable=False),
        sa.Column("receiver_says", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["follows_id"], ["handoffs.id"], name="fk_handoffs_follows_id"),
        sa.ForeignKeyConstraint(["giver_team_id"], ["teams.id"], name="fk_handoffs_giver_team_id"),
        sa.ForeignKeyConstraint(["library_id"], ["assets.id"], name="fk_handoffs_library_id"),
        sa.ForeignKeyConstraint(["offered_by"], ["people.id"], name="fk_handoffs_offered_by"),
        sa.ForeignKeyConstraint(["receiver_team_id"], ["teams.id"], name="fk_handoffs_receiver_team_id"),
        sa.ForeignKeyConstraint(["request_id"], ["requests.id"], name="fk_handoffs_request_id"),
        sa.ForeignKeyConstraint(["started_by"], ["people.id"], name="fk_handoffs_started_by"),
        sa.PrimaryKeyConstraint("id", name="pk_handoffs"),
    )
    for column in ("giver_team_id", "receiver_team_id", "request_id", "closed_at"):
        op.create_index(f"ix_handoffs_{column}", "handoffs", [column])


def _resources() -> None:
    op.create_table(
        "handoff_resources",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("handoff_id", sa.Integer(), nullable=False),
        sa.Column("asset_id", sa.Integer(), nullable=False),
        sa.Column("area", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("answered_by", sa.Integer(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("needs", sa.Text(), nullable=False),
        sa.Column("needs_from", sa.Text(), nullable=False),
        sa.Column("needs_by", sa.Date(), nullable=True),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("overlap_until", sa.Date(), nullable=True),
        sa.Column("overlap_ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["answered_by"], ["people.id"], name="fk_handoff_resources_answered_by"),
        sa.ForeignKeyConstraint(["asset_id"], ["assets.id"], name="fk_handoff_resources_asset_id"),
        sa.ForeignKeyConstraint(["handoff_id"], ["handoffs.id"], name="fk_handoff_resources_handoff_id"),
        sa.PrimaryKeyConstraint("id", name="pk_handoff_resources"),
        sa.UniqueConstraint("handoff_id", "asset_id", "area", name="uq_handoff_resources_handoff_id_asset_id_area"),
    )
    op.create_index("ix_handoff_resources_asset_id", "handoff_resources", ["asset_id"])


def _evidence() -> None:
    op.create_table(
        "handoff_evidence",
        sa.Column("handoff_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("item", sa.String(), nullable=False),
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("not_applicable", sa.Text(), nullable=False),
        sa.Column("noted_by", sa.Integer(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["handoff_id"], ["handoffs.id"], name="fk_handoff_evidence_handoff_id"),
        sa.ForeignKeyConstraint(["noted_by"], ["people.id"], name="fk_handoff_evidence_noted_by"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_handoff_evidence_person_id"),
        sa.PrimaryKeyConstraint("handoff_id", "item", name="pk_handoff_evidence"),
    )


def _notes() -> None:
    op.create_table(
        "handoff_notes",
        sa.Column("handoff_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("said_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["handoff_id"], ["handoffs.id"], name="fk_handoff_notes_handoff_id"),
        sa.PrimaryKeyConstraint("handoff_id", "what", name="pk_handoff_notes"),
    )
