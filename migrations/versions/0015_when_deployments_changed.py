"""At which revision of the catalog a deployment last changed, so that only the changed ones are read again."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("deployments", sa.Column("revision", sa.Integer(), nullable=False, server_default=sa.text("0")))
    op.create_index("ix_deployments_revision", "deployments", ["revision"])
