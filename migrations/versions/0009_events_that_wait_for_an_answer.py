"""An event that was acknowledged and not answered yet is kept with what it says."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("inbound_events", sa.Column("payload", sa.JSON(), nullable=True))
