"""Say which programs can use the store: from here on older ones may run while it is upgraded."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    made = op.create_table("schema_floor", sa.Column("version", sa.String(32), primary_key=True))
    op.bulk_insert(made, [{"version": "0001"}])
