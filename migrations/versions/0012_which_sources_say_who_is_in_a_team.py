"""Which sources may say who is in which team. None may until somebody says so, and all files are read once more."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Nobody can tell whether those who write to the files of a source may also say who is in which team. The column
    # keeps its default: SQLite would take one away only with the table, and other tables refer to this one.
    column = sa.Column("is_trusted_for_people", sa.Boolean(), nullable=False, server_default=sa.false())
    op.add_column("sources", column)
    # What is read again is read without people; a file that has not changed would be left unread.
    op.execute("DELETE FROM source_readings")
