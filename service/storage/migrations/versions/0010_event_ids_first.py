"""Find an event id by itself: no statistics then make another index look as good."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

KNOWN = sa.text("event_id is not null")


def upgrade() -> None:
    op.drop_index("events_by_event_id", "events")
    op.create_index(
        "events_by_event_id",
        "events",
        ["event_id", "tenant", "dataset"],
        unique=True,
        sqlite_where=KNOWN,
        postgresql_where=KNOWN,
    )
