"""A team says what it costs to miss the day by which it needs a request."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("request_demands", sa.Column("miss_hours", sa.Float(), nullable=True))
