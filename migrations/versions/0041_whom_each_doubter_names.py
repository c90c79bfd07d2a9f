"""Each doubter may name a team as the owner, and not only the first of a matter."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("owner_doubts") as batch:
        batch.add_column(sa.Column("team_id", sa.Integer(), nullable=True))
        batch.create_foreign_key("fk_owner_doubts_team_id", "teams", ["team_id"], ["id"])
