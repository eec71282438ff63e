"""Events and what is derived from them; people and identities that only the collector claims."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_id = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_BY_EVENT_ID = "event_id is not null"
_UNMATCHED = "takes_back = 1 and matched = 0"


def upgrade() -> None:
    _let_people_be_unproven()
    op.add_column("people", sa.Column("stated_at", sa.Float))
    op.add_column(
        "identities",
        sa.Column("tie", sa.String(9), nullable=False, server_default="proven"),
    )
    _create_events()
    _create_order_lines()
    _create_affinities()
    _create_numbers()
    op.create_table(
        "event_imports",
        sa.Column("tenant", sa.String(64), primary_key=True),
        sa.Column("dataset", sa.String(64), primary_key=True),
        sa.Column("file_digest", sa.String(64), primary_key=True),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("row_number", sa.BigInteger, nullable=False),
        sa.Column("counts", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "timers",
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("due_at", sa.Float, nullable=False),
    )


def _let_people_be_unproven() -> None:
    """Replace the column: SQLite cannot drop NOT NULL, nor rebuild a table others refer to."""
    op.add_column("people", sa.Column("proven_since", sa.Float))
    op.execute("update people set proven_since = proven_at")
    op.drop_column("people", "proven_at")
    op.execute("alter table people rename column proven_since to proven_at")


def _create_events() -> None:
    op.create_table(
        "events",
        sa.Column("id", _id, primary_key=True, autoincrement=False),
        sa.Column("arrival", sa.BigInteger, nullable=False),
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("dataset", sa.String(64), nullable=False),
        sa.Column("person_id", _id, nullable=False),
        sa.Column("event_id", sa.String(128)),
        sa.Column("time_ms", sa.BigInteger, nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("item_action", sa.String(64)),
        sa.Column("item_type", sa.String(64)),
        sa.Column("item_id", sa.String(128)),
        sa.Column("item_name", sa.String(255)),
        sa.Column("inventory_status", sa.String(16)),
        sa.Column("url", sa.Text),
        sa.Column("channel", sa.String(64)),
        sa.Column("application", sa.String(64)),
        sa.Column("source", sa.String(8), nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )
    op.create_index("events_of_person", "events", ["person_id", "time_ms", "id"])
    op.create_index("events_by_arrival", "events", ["person_id", "arrival", "id"])
    op.create_index("events_by_time", "events", ["tenant", "dataset", "time_ms"])
    op.create_index(
        "events_by_event_id",
        "events",
        ["tenant", "dataset", "event_id"],
        unique=True,
        sqlite_where=sa.text(_BY_EVENT_ID),
        postgresql_where=sa.text(_BY_EVENT_ID),
    )


def _create_order_lines() -> None:
    op.create_table(
        "order_lines",
        sa.Column("event_number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("line", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("dataset", sa.String(64), nullable=False),
        sa.Column("person_id", _id, nullable=False),
        sa.Column("item_type", sa.String(64), nullable=False),
        sa.Column("item_id", sa.String(128), nullable=False),
        sa.Column("time_ms", sa.BigInteger, nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("takes_back", sa.Integer, nullable=False),
        sa.Column("matched", sa.Integer, nullable=False),
    )
    op.create_index(
        "order_lines_of_item", "order_lines", ["person_id", "item_type", "item_id", "time_ms"]
    )
    op.create_index(
        "order_lines_unmatched",
        "order_lines",
        ["tenant", "dataset", "time_ms"],
        sqlite_where=sa.text(_UNMATCHED),
        postgresql_where=sa.text(_UNMATCHED),
    )


def _create_affinities() -> None:
    op.create_table(
        "affinity_days",
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("dataset", sa.String(64), nullable=False),
        sa.Column("person_id", _id, primary_key=True, autoincrement=False),
        sa.Column("day", sa.String(10), primary_key=True),
        sa.Column("type", sa.String(64), primary_key=True),
        sa.Column("object_id", sa.String(255), primary_key=True),
        sa.Column("views", sa.Integer, nullable=False),
        sa.Column("view_time_ms", sa.BigInteger, nullable=False),
        sa.Column("purchases", sa.Integer, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "dirty_days",
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("dataset", sa.String(64), nullable=False),
        sa.Column("person_id", _id, primary_key=True, autoincrement=False),
        sa.Column("day", sa.String(10), primary_key=True),
        sa.Column("version", sa.BigInteger, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "object_labels",
        sa.Column("tenant", sa.String(64), primary_key=True),
        sa.Column("dataset", sa.String(64), primary_key=True),
        sa.Column("type", sa.String(64), primary_key=True),
        sa.Column("object_id", sa.String(255), primary_key=True),
        sa.Column("label", sa.String(255), nullable=False),
    )
    op.create_table(
        "item_related",
        sa.Column("tenant", sa.String(64), primary_key=True),
        sa.Column("dataset", sa.String(64), primary_key=True),
        sa.Column("item_type", sa.String(64), primary_key=True),
        sa.Column("item_id", sa.String(128), primary_key=True),
        sa.Column("related", sa.LargeBinary, nullable=False),
    )


def _create_numbers() -> None:
    """A row on SQLite, where one writes at a time; a sequence on PostgreSQL, where many do."""
    numbers = op.create_table(
        "event_numbers", sa.Column("last", sa.BigInteger, primary_key=True, autoincrement=False)
    )
    op.bulk_insert(numbers, [{"last": 0}])
    if op.get_bind().dialect.name == "postgresql":
        op.execute("create sequence event_numbering")


def downgrade() -> None:
    raise NotImplementedError("Events would be lost. Restore the copy made before the upgrade.")
