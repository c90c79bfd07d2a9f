"""Requests to the DevOps team, with what they cost each team, and their issues in a tracker."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "requests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source_key", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.Column("technologies", sa.JSON(), nullable=False),
        sa.Column("skills_gaps", sa.JSON(), nullable=False),
        sa.Column("stays_with_team", sa.JSON(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("state_before", sa.Text(), nullable=False),
        sa.Column("state_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column("is_private", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.Column("asked_by", sa.Integer(), nullable=False),
        sa.Column("filed_by", sa.Integer(), nullable=False),
        sa.Column("channel_id", sa.Text(), nullable=False),
        sa.Column("thread_ts", sa.Text(), nullable=False),
        sa.Column("permalink", sa.Text(), nullable=False),
        sa.Column("copied", sa.Text(), nullable=False),
        sa.Column("asset_id", sa.Integer(), nullable=True),
        sa.Column("area", sa.Text(), nullable=False),
        sa.Column("reminder_id", sa.Integer(), nullable=True),
        sa.Column("supports_id", sa.Integer(), nullable=True),
        sa.Column("needed_by", sa.Date(), nullable=True),
        sa.Column("needed_reason", sa.Text(), nullable=False),
        sa.Column("needed_asked_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("responded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("waited_seconds", sa.Integer(), nullable=False),
        sa.Column("snoozed_until", sa.Date(), nullable=True),
        sa.Column("assignee_id", sa.Integer(), nullable=True),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("merged_into", sa.Integer(), nullable=True),
        sa.Column("optimistic_hours", sa.Float(), nullable=True),
        sa.Column("likely_hours", sa.Float(), nullable=True),
        sa.Column("pessimistic_hours", sa.Float(), nullable=True),
        sa.Column("estimated_by", sa.Integer(), nullable=True),
        sa.Column("estimated_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["asked_by"], ["people.id"], name="fk_requests_asked_by"),
        sa.ForeignKeyConstraint(["asset_id"], ["assets.id"], name="fk_requests_asset_id"),
        sa.ForeignKeyConstraint(["assignee_id"], ["people.id"], name="fk_requests_assignee_id"),
        sa.ForeignKeyConstraint(["estimated_by"], ["people.id"], name="fk_requests_estimated_by"),
        sa.ForeignKeyConstraint(["filed_by"], ["people.id"], name="fk_requests_filed_by"),
        sa.ForeignKeyConstraint(["merged_into"], ["requests.id"], name="fk_requests_merged_into"),
        sa.ForeignKeyConstraint(["reminder_id"], ["reminders.id"], name="fk_requests_reminder_id"),
        sa.ForeignKeyConstraint(["supports_id"], ["requests.id"], name="fk_requests_supports_id"),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name="fk_requests_team_id"),
        sa.PrimaryKeyConstraint("id", name="pk_requests"),
        sa.UniqueConstraint("source_key", name="uq_requests_source_key"),
    )
    op.create_index("ix_requests_merged_into", "requests", ["merged_into"], unique=False)
    op.create_index("ix_requests_reminder_id", "requests", ["reminder_id"], unique=False)
    op.create_index("ix_requests_state", "requests", ["state"], unique=False)
    op.create_index("ix_requests_team_id", "requests", ["team_id"], unique=False)
    op.create_table(
        "request_demands",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lost_people", sa.Float(), nullable=False),
        sa.Column("lost_times", sa.Float(), nullable=False),
        sa.Column("lost_hours", sa.Float(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("blocked_people", sa.Integer(), nullable=False),
        sa.Column("blocked_share", sa.Text(), nullable=False),
        sa.Column("blocked_until", sa.Date(), nullable=True),
        sa.Column("needed_by", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_request_demands_person_id"),
        sa.ForeignKeyConstraint(["request_id"], ["requests.id"], name="fk_request_demands_request_id"),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name="fk_request_demands_team_id"),
        sa.PrimaryKeyConstraint("id", name="pk_request_demands"),
        sa.UniqueConstraint("request_id", "team_id", name="uq_request_demands_request_id_team_id"),
    )
    op.create_table(
        "request_followers",
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_request_followers_person_id"),
        sa.ForeignKeyConstraint(["request_id"], ["requests.id"], name="fk_request_followers_request_id"),
        sa.PrimaryKeyConstraint("request_id", "person_id", name="pk_request_followers"),
    )
    op.create_table(
        "request_savings",
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("hours_a_month", sa.Float(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_request_savings_person_id"),
        sa.ForeignKeyConstraint(["request_id"], ["requests.id"], name="fk_request_savings_request_id"),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name="fk_request_savings_team_id"),
        sa.PrimaryKeyConstraint("request_id", "team_id", "day", name="pk_request_savings"),
    )
    op.create_table(
        "tracker_issues",
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("tracker", sa.Text(), nullable=False),
        sa.Column("marker", sa.Text(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=True),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("followed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["request_id"], ["requests.id"], name="fk_tracker_issues_request_id"),
        sa.PrimaryKeyConstraint("request_id", name="pk_tracker_issues"),
        sa.UniqueConstraint("marker", name="uq_tracker_issues_marker"),
    )
    op.create_table(
        "tracker_deliveries",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_tracker_deliveries"),
    )
    op.create_index("ix_tracker_deliveries_at", "tracker_deliveries", ["at"], unique=False)
