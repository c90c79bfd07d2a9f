"""A team that joins a request keeps what it asked for itself."""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("request_demands", sa.Column("asked", sa.JSON(), nullable=True))
