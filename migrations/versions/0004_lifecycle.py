"""End of life: what runs where, the facts, and what was said of which deadline to whom."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "date_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("product", sa.Text(), nullable=False),
        sa.Column("cycle", sa.Text(), nullable=False),
        sa.Column("clock", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_date_changes"),
    )
    op.create_index("ix_date_changes_product_cycle", "date_changes", ["product", "cycle"], unique=False)
    op.create_table(
        "feed_copy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("etag", sa.Text(), nullable=False),
        sa.Column("last_modified", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("products", sa.Integer(), nullable=False),
        sa.Column("cycles", sa.Integer(), nullable=False),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_feed_copy"),
    )
    op.create_table(
        "pings",
        sa.Column("addressee", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("is_digest", sa.Boolean(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("addressee", "day", name="pk_pings"),
    )
    op.create_table(
        "provider_dates",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("engine", sa.Text(), nullable=False),
        sa.Column("cycle", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("standard_until", sa.Date(), nullable=True),
        sa.Column("extended_from", sa.Date(), nullable=True),
        sa.Column("extended_until", sa.Date(), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_provider_dates"),
        sa.UniqueConstraint(
            "provider", "engine", "cycle", "region", name="uq_provider_dates_provider_engine_cycle_region"
        ),
    )
    op.create_table(
        "deployments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("asset_id", sa.Integer(), nullable=False),
        sa.Column("product", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("environment", sa.Text(), nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("has_extended_support", sa.Boolean(), nullable=True),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("gone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["asset_id"], ["assets.id"], name="fk_deployments_asset_id"),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name="fk_deployments_source_id"),
        sa.PrimaryKeyConstraint("id", name="pk_deployments"),
        sa.UniqueConstraint(
            "source_id", "asset_id", "product", "provider", "environment", "version", name="uq_deployments"
        ),
    )
    op.create_index("ix_deployments_asset_id", "deployments", ["asset_id"], unique=False)
    op.create_table(
        "version_pins",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("asset_id", sa.Integer(), nullable=False),
        sa.Column("product", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("pinned_product", sa.Text(), nullable=False),
        sa.Column("pinned_cycle", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["asset_id"], ["assets.id"], name="fk_version_pins_asset_id"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_version_pins_person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_version_pins"),
    )
    op.create_index("ix_version_pins_asset_id", "version_pins", ["asset_id"], unique=False)
    op.create_table(
        "calendar_links",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_calendar_links_person_id"),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name="fk_calendar_links_team_id"),
        sa.PrimaryKeyConstraint("id", name="pk_calendar_links"),
        sa.UniqueConstraint("digest", name="uq_calendar_links_digest"),
    )
    op.create_index("ix_calendar_links_team_id", "calendar_links", ["team_id"], unique=False)
    op.create_table(
        "reminders",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("addressee", sa.Text(), nullable=False),
        sa.Column("product", sa.Text(), nullable=False),
        sa.Column("cycle", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("deadline", sa.Date(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("milestone", sa.Integer(), nullable=True),
        sa.Column("said_on", sa.Date(), nullable=True),
        sa.Column("root_key", sa.Text(), nullable=False),
        sa.Column("owed", sa.Integer(), nullable=True),
        sa.Column("lead_told", sa.Integer(), nullable=True),
        sa.Column("platform_told", sa.Integer(), nullable=True),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("claimed_by", sa.Integer(), nullable=True),
        sa.Column("delegated_to", sa.Integer(), nullable=True),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolution", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["claimed_by"], ["people.id"], name="fk_reminders_claimed_by"),
        sa.ForeignKeyConstraint(["delegated_to"], ["teams.id"], name="fk_reminders_delegated_to"),
        sa.PrimaryKeyConstraint("id", name="pk_reminders"),
    )
    op.create_index(
        "uq_reminders_open",
        "reminders",
        ["addressee", "product", "cycle", "kind"],
        unique=True,
        sqlite_where=sa.text("resolved_at IS NULL"),
        postgresql_where=sa.text("resolved_at IS NULL"),
    )
    op.create_table(
        "reminder_answers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reminder_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deadline", sa.Date(), nullable=False),
        sa.Column("milestone", sa.Integer(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["decided_by"], ["people.id"], name="fk_reminder_answers_decided_by"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_reminder_answers_person_id"),
        sa.ForeignKeyConstraint(["reminder_id"], ["reminders.id"], name="fk_reminder_answers_reminder_id"),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name="fk_reminder_answers_team_id"),
        sa.PrimaryKeyConstraint("id", name="pk_reminder_answers"),
    )
    op.create_index("ix_reminder_answers_reminder_id", "reminder_answers", ["reminder_id"], unique=False)
