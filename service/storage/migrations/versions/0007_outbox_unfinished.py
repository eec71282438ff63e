"""Find what a person's messages wait for among the unfinished ones alone."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

UNFINISHED = sa.text("finished_at is null")


def upgrade() -> None:
    op.create_index(
        "outbox_unfinished_of_person",
        "outbox",
        ["person_id", "id"],
        sqlite_where=UNFINISHED,
        postgresql_where=UNFINISHED,
    )
