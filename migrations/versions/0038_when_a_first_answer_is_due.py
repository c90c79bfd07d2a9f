"""A request's card says by when the DevOps team answers for the first time."""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("requests", sa.Column("answer_by", sa.DateTime(timezone=True), nullable=True))
