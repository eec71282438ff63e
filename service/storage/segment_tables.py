"""Tables of the export of segments to journeys. Every row carries its tenant."""

from sqlalchemy import BigInteger, Column, Float, Index, Integer, LargeBinary, String, Table, text

from service.storage.tables import _id, metadata

export_rows = Table(
    "export_rows",
    metadata,
    Column("tenant", String(64), primary_key=True),
    Column("dataset", String(64), primary_key=True),
    Column("month", String(7), primary_key=True),  # of the tenant's time zone: 2026-11
    Column("rows", BigInteger, nullable=False),
)

segment_exports = Table(
    "segment_exports",
    metadata,
    Column("tenant", String(64), primary_key=True),
    Column("name", String(64), primary_key=True),
    Column("origin", String(255), nullable=False),  # dataset, segment, kind of contact key
    Column("began_at", Float),  # the end of the first complete read: what comes later is new
    Column("read_ms", BigInteger, nullable=False),  # start and number of the newest read
    Column("read_until", Float, nullable=False),  # the lease of whoever reads
    Column("read_at", Float),  # the end of the last complete read
    Column("read_rows", BigInteger, nullable=False),
    Column("next_read_at", Float, nullable=False),
    Column("read_code", String(64)),  # what is wrong with reading; NULL: nothing
    Column("read_detail", String(500)),
    Column("held_until", Float, nullable=False),  # nothing is sent before
    Column("checked_at", Float, nullable=False),  # the last pre-flight that found nothing
    Column("code", String(64)),  # what is wrong with sending; NULL: nothing
    Column("detail", String(500)),
)

segment_members = Table(
    "segment_members",
    metadata,
    Column("tenant", String(64), primary_key=True),
    Column("export", String(64), primary_key=True),
    Column("person", String(64), primary_key=True),  # digest of the contact key
    Column("is_member", Integer, nullable=False),
    Column("epoch", Integer, nullable=False),  # counts joins
    Column("joined_ms", BigInteger),  # as Personalization says, NULL when it does not
    Column("next_joined_ms", BigInteger),  # what a read has seen that is not decided yet
    Column("seen_ms", BigInteger, nullable=False),  # as of when the person was last seen in it
    Column("left_ms", BigInteger, nullable=False),  # as of when the person was last seen out of it
    Column("barred", String(32)),  # why the person must not enter; NULL: may
    Column("contact_key", String(320)),  # only as long as it is needed for an entry
    Column("data", LargeBinary),  # the same; JSON
    Index("segment_members_seen", "tenant", "export", "is_member", "seen_ms"),
)

segment_entries = Table(
    "segment_entries",
    metadata,
    Column("id", _id, primary_key=True),
    Column("tenant", String(64), nullable=False),
    Column("export", String(64), nullable=False),
    Column("person", String(64), nullable=False),
    Column("trigger", String(5), nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("event_definition_key", String(200), nullable=False),
    Column("contact_key", String(320)),  # NULL once nobody needs it any more
    Column("data", LargeBinary),
    Column("state", String(9), nullable=False),  # see segment_entries.EntryState
    Column("attempts", Integer, nullable=False),  # the fencing token of whoever holds the row
    Column("wake_at", Float, nullable=False),  # due, end of the lease, or the next look
    Column("decided_at", Float, nullable=False),
    Column("decided_day", String(10), nullable=False),
    Column("sent_at", Float),
    Column("sent_day", String(10)),
    Column("settled_at", Float),
    Column("request_id", String(64)),
    Column("event_instance_id", String(64)),
    Column("code", String(64)),
    Column("detail", String(500)),
    Index("segment_entries_once", "tenant", "export", "person", "trigger", "epoch", unique=True),
    Index(
        "segment_entries_open",
        "tenant",
        "export",
        "wake_at",
        sqlite_where=text("settled_at is null"),
        postgresql_where=text("settled_at is null"),
    ),
    Index("segment_entries_sent", "tenant", "export", "sent_at"),
    Index("segment_entries_decided", "tenant", "export", "decided_day"),
    Index("segment_entries_by_state", "tenant", "export", "state", "id"),
    Index("segment_entries_instances", "tenant", "event_instance_id"),
    sqlite_autoincrement=True,
)

segment_files = Table(
    "segment_files",
    metadata,
    Column("tenant", String(64), primary_key=True),
    Column("export", String(64), primary_key=True),
    Column("file", String(255), primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("rows", BigInteger, nullable=False),
    Column("read_at", Float, nullable=False),
)

segment_looks = Table(
    "segment_looks",
    metadata,
    Column("tenant", String(64), primary_key=True),
    Column("dataset", String(64), primary_key=True),
    Column("person", String(64), primary_key=True),  # digest of the identity
    Column("identity_type", String(64), nullable=False),
    Column("identity_value", String(320), nullable=False),
    Column("due_at", Float, nullable=False),
    Index("segment_looks_due", "tenant", "due_at"),
)
