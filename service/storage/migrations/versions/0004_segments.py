"""Segments as entries of journeys: exports, members, entries, files; rows of the user export."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_id = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_OPEN = "settled_at is null"


def upgrade() -> None:
    op.create_table(
        "export_rows",
        sa.Column("tenant", sa.String(64), primary_key=True),
        sa.Column("dataset", sa.String(64), primary_key=True),
        sa.Column("month", sa.String(7), primary_key=True),
        sa.Column("rows", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "segment_exports",
        sa.Column("tenant", sa.String(64), primary_key=True),
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("origin", sa.String(255), nullable=False),
        sa.Column("began_at", sa.Float),
        sa.Column("read_ms", sa.BigInteger, nullable=False),
        sa.Column("read_until", sa.Float, nullable=False),
        sa.Column("read_at", sa.Float),
        sa.Column("read_rows", sa.BigInteger, nullable=False),
        sa.Column("next_read_at", sa.Float, nullable=False),
        sa.Column("read_code", sa.String(64)),
        sa.Column("read_detail", sa.String(500)),
        sa.Column("held_until", sa.Float, nullable=False),
        sa.Column("checked_at", sa.Float, nullable=False),
        sa.Column("code", sa.String(64)),
        sa.Column("detail", sa.String(500)),
    )
    op.create_table(
        "segment_members",
        sa.Column("tenant", sa.String(64), primary_key=True),
        sa.Column("export", sa.String(64), primary_key=True),
        sa.Column("person", sa.String(64), primary_key=True),
        sa.Column("is_member", sa.Integer, nullable=False),
        sa.Column("epoch", sa.Integer, nullable=False),
        sa.Column("joined_ms", sa.BigInteger),
        sa.Column("next_joined_ms", sa.BigInteger),
        sa.Column("seen_ms", sa.BigInteger, nullable=False),
        sa.Column("left_ms", sa.BigInteger, nullable=False),
        sa.Column("barred", sa.String(32)),
        sa.Column("contact_key", sa.String(320)),
        sa.Column("data", sa.LargeBinary),
    )
    op.create_index(
        "segment_members_seen", "segment_members", ["tenant", "export", "is_member", "seen_ms"]
    )
    _create_entries()
    op.create_table(
        "segment_files",
        sa.Column("tenant", sa.String(64), primary_key=True),
        sa.Column("export", sa.String(64), primary_key=True),
        sa.Column("file", sa.String(255), primary_key=True),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("rows", sa.BigInteger, nullable=False),
        sa.Column("read_at", sa.Float, nullable=False),
    )
    op.create_table(
        "segment_looks",
        sa.Column("tenant", sa.String(64), primary_key=True),
        sa.Column("dataset", sa.String(64), primary_key=True),
        sa.Column("person", sa.String(64), primary_key=True),
        sa.Column("identity_type", sa.String(64), nullable=False),
        sa.Column("identity_value", sa.String(320), nullable=False),
        sa.Column("due_at", sa.Float, nullable=False),
    )
    op.create_index("segment_looks_due", "segment_looks", ["tenant", "due_at"])


def _create_entries() -> None:
    op.create_table(
        "segment_entries",
        sa.Column("id", _id, primary_key=True),
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("export", sa.String(64), nullable=False),
        sa.Column("person", sa.String(64), nullable=False),
        sa.Column("trigger", sa.String(5), nullable=False),
        sa.Column("epoch", sa.Integer, nullable=False),
        sa.Column("event_definition_key", sa.String(200), nullable=False),
        sa.Column("contact_key", sa.String(320)),
        sa.Column("data", sa.LargeBinary),
        sa.Column("state", sa.String(9), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("wake_at", sa.Float, nullable=False),
        sa.Column("decided_at", sa.Float, nullable=False),
        sa.Column("decided_day", sa.String(10), nullable=False),
        sa.Column("sent_at", sa.Float),
        sa.Column("sent_day", sa.String(10)),
        sa.Column("settled_at", sa.Float),
        sa.Column("request_id", sa.String(64)),
        sa.Column("event_instance_id", sa.String(64)),
        sa.Column("code", sa.String(64)),
        sa.Column("detail", sa.String(500)),
        sqlite_autoincrement=True,
    )
    of_export = ["tenant", "export"]
    op.create_index(
        "segment_entries_once",
        "segment_entries",
        [*of_export, "person", "trigger", "epoch"],
        unique=True,
    )
    op.create_index(
        "segment_entries_open",
        "segment_entries",
        [*of_export, "wake_at"],
        sqlite_where=sa.text(_OPEN),
        postgresql_where=sa.text(_OPEN),
    )
    op.create_index("segment_entries_sent", "segment_entries", [*of_export, "sent_at"])
    op.create_index("segment_entries_decided", "segment_entries", [*of_export, "decided_day"])
    op.create_index("segment_entries_by_state", "segment_entries", [*of_export, "state", "id"])
    op.create_index("segment_entries_instances", "segment_entries", ["tenant", "event_instance_id"])


def downgrade() -> None:
    raise NotImplementedError("The ledger of entries would be lost. Restore the copy made before.")
