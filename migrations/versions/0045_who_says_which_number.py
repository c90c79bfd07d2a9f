"""Each number of a team keeps who said it and when, whoever changes another one."""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("request_demands", sa.Column("authors", sa.JSON(), nullable=True))
