"""What is said again of a request is said once."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("requests", sa.Column("reminded_on", sa.Date(), nullable=True))
    op.add_column("request_demands", sa.Column("block_asked_on", sa.Date(), nullable=True))
