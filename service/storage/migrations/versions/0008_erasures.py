"""Erasures with their tombstones; whose person a pulled record is."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

_id = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_OPEN = sa.text("finished_at is null")


def upgrade() -> None:
    op.create_table(
        "tombstone_keys",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("wrapped", sa.Text, nullable=False),
    )
    op.create_table(
        "erasures",
        sa.Column("id", _id, primary_key=True),
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("dataset", sa.String(64), nullable=False),
        sa.Column("origin", sa.String(80), nullable=False),
        sa.Column("step", sa.String(16), nullable=False),
        sa.Column("traces", sa.LargeBinary),
        sa.Column("removed", sa.LargeBinary, nullable=False),
        sa.Column("upstream", sa.String(16), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("wake_at", sa.Float, nullable=False),
        sa.Column("requested_at", sa.Float, nullable=False),
        sa.Column("finished_at", sa.Float),
        sa.Column("code", sa.String(64)),
        sa.Column("detail", sa.String(500)),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "erasures_open", "erasures", ["wake_at"], sqlite_where=_OPEN, postgresql_where=_OPEN
    )
    op.create_index("erasures_of_tenant", "erasures", ["tenant", "id"])
    op.create_table(
        "tombstones",
        sa.Column("mark", sa.String(64), primary_key=True),
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("dataset", sa.String(64), nullable=False),
        sa.Column("erasure_id", sa.BigInteger, sa.ForeignKey("erasures.id"), nullable=False),
    )
    op.create_index("ix_tombstones_erasure_id", "tombstones", ["erasure_id"])
    op.add_column("share_pulled", sa.Column("person_id", _id))
    op.create_index("share_pulled_of_person", "share_pulled", ["person_id"])
