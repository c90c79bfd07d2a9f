"""Sections of GitLab's CODEOWNERS, and an order of sources that the organisation sets."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("assets", sa.Column("rule_section", sa.Text(), nullable=True))
    op.add_column("sources", sa.Column("precedence", sa.Integer(), nullable=True))
