"""What a team has left as the form was filled in is not what somebody of it says."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("request_demands", sa.Column("drafted", sa.Text(), nullable=False, server_default=""))
