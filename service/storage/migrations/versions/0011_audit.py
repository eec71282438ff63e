"""Who saw whom."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

_id = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "audit_entries",
        sa.Column("id", _id, primary_key=True),
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("client_id", sa.String(64), nullable=False),
        sa.Column("user_id", sa.String(18)),
        sa.Column("component", sa.String(32), nullable=False),
        sa.Column("detail", sa.String(128)),
        sa.Column("dataset", sa.String(64), nullable=False),
        sa.Column("person", sa.String(64), nullable=False),
        sa.Column("identity_type", sa.String(64)),
        sa.Column("identity_value", sa.String(320)),
    )
    op.create_index("audit_entries_by_time", "audit_entries", ["tenant", "at"])
    op.create_index("audit_entries_of_person", "audit_entries", ["person"])
