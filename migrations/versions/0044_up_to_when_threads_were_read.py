"""What is said in a thread after its request was opened or changed can be told from what was read before."""

from datetime import UTC

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name, at in (("requests", "created_at"), ("request_joins", "at")):
        op.add_column(name, sa.Column("read_to", sa.Text(), nullable=False, server_default=""))
        rows = sa.table(name, sa.column("read_to"), sa.column("source_key"), sa.column(at, sa.DateTime(timezone=True)))
        connection = op.get_bind()
        for key, opened in connection.execute(sa.select(rows.c.source_key, rows.c[at])).all():
            read_to = f"{opened.replace(tzinfo=opened.tzinfo or UTC).timestamp():.6f}"
            connection.execute(sa.update(rows).where(rows.c.source_key == key).values(read_to=read_to))
