"""Whoever hears of what nobody answers is written to under the key that their own reminders have.

`lead:7` becomes `person:7`, and `platform` becomes `nobody`.
"""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Somebody may have had both on one day: then the row of their own message stays.
    op.execute("""
        DELETE FROM pings
        WHERE (addressee = 'platform' OR addressee LIKE 'lead:%') AND EXISTS (
            SELECT 1 FROM pings own
            WHERE own.day = pings.day AND own.key <> '' AND own.addressee =
                CASE pings.addressee WHEN 'platform' THEN 'nobody' ELSE 'person:' || substr(pings.addressee, 6) END
        )
    """)
    # One that only says that there was nothing to say gives way, and leaves behind that a digest was looked at.
    op.execute("""
        UPDATE pings SET is_digest = true
        WHERE (addressee = 'platform' OR addressee LIKE 'lead:%') AND EXISTS (
            SELECT 1 FROM pings own
            WHERE own.day = pings.day AND own.is_digest AND own.addressee =
                CASE pings.addressee WHEN 'platform' THEN 'nobody' ELSE 'person:' || substr(pings.addressee, 6) END
        )
    """)
    op.execute("""
        DELETE FROM pings
        WHERE (addressee = 'nobody' OR addressee LIKE 'person:%') AND EXISTS (
            SELECT 1 FROM pings above
            WHERE above.day = pings.day AND above.addressee =
                CASE pings.addressee WHEN 'nobody' THEN 'platform' ELSE 'lead:' || substr(pings.addressee, 8) END
        )
    """)
    op.execute("UPDATE pings SET addressee = 'person:' || substr(addressee, 6) WHERE addressee LIKE 'lead:%'")
    op.execute("UPDATE pings SET addressee = 'nobody' WHERE addressee = 'platform'")
