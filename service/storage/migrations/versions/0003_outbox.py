"""The outbox with the keys of what was accepted; what people declined; names of actions."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_id = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_UNFINISHED = "finished_at is null"


def upgrade() -> None:
    _create_outbox()
    op.create_table(
        "accepted_keys",
        sa.Column("tenant", sa.String(64), primary_key=True),
        sa.Column("scope", sa.String(160), primary_key=True),
        sa.Column("key_digest", sa.String(64), primary_key=True),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("answer", sa.LargeBinary, nullable=False),
        sa.Column("kept_until", sa.Float, nullable=False),
    )
    op.create_index("ix_accepted_keys_kept_until", "accepted_keys", ["kept_until"])
    op.create_table(
        "declines",
        sa.Column("id", _id, primary_key=True),
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("dataset", sa.String(64), nullable=False),
        sa.Column("person_id", _id, nullable=False),
        sa.Column("item_type", sa.String(64), nullable=False),
        sa.Column("item_id", sa.String(128), nullable=False),
        sa.Column("declined_at", sa.Float, nullable=False),
        sa.Column("hidden_until", sa.Float, nullable=False),
    )
    op.create_index("declines_of_person", "declines", ["person_id", "hidden_until"])
    op.create_table(
        "action_names",
        sa.Column("tenant", sa.String(64), primary_key=True),
        sa.Column("dataset", sa.String(64), primary_key=True),
        sa.Column("action", sa.String(100), primary_key=True),
        sa.Column("first_seen", sa.Float, nullable=False),
    )


def _create_outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", _id, primary_key=True),
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("dataset", sa.String(64), nullable=False),
        sa.Column("person_id", _id, nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("repeatable", sa.Integer, nullable=False),
        sa.Column("correlation_id", sa.String(80), nullable=False),
        sa.Column("payload", sa.LargeBinary, nullable=False),
        sa.Column("state", sa.String(11), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("losses", sa.Integer, nullable=False),
        sa.Column("wake_at", sa.Float, nullable=False),
        sa.Column("accepted_at", sa.Float, nullable=False),
        sa.Column("failing_since", sa.Float),
        sa.Column("finished_at", sa.Float),
        sa.Column("code", sa.String(64)),
        sa.Column("detail", sa.Text),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "outbox_waiting",
        "outbox",
        ["wake_at"],
        sqlite_where=sa.text(_UNFINISHED),
        postgresql_where=sa.text(_UNFINISHED),
    )
    op.create_index("outbox_of_person", "outbox", ["person_id", "id"])
    op.create_index("outbox_by_state", "outbox", ["state", "id"])


def downgrade() -> None:
    raise NotImplementedError("Accepted writes would be lost. Restore the copy made before.")
