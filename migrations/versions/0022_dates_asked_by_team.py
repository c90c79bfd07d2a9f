"""Each team is asked for itself whether the date by which it needs a request still counts."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("request_demands", sa.Column("needed_asked_on", sa.Date(), nullable=True))
    op.execute(
        "UPDATE request_demands SET needed_asked_on ="
        " (SELECT needed_asked_on FROM requests WHERE requests.id = request_demands.request_id)"
    )
    op.drop_column("requests", "needed_asked_on")
