"""Tables of erasures and of who saw whom.

Every row carries its tenant, but for the one key of all tombstones.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    text,
)

from service.storage.tables import _id, metadata

tombstone_keys = Table(
    "tombstone_keys",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),  # 1: there is one
    Column("wrapped", Text, nullable=False),  # encrypted with a key made of P13N_SECRET_KEY
)

erasures = Table(
    "erasures",
    metadata,
    Column("id", _id, primary_key=True),
    Column("tenant", String(64), nullable=False),
    Column("dataset", String(64), nullable=False),
    Column("origin", String(80), nullable=False),  # terminal, or the client that asked
    Column("step", String(16), nullable=False),  # see erasures.Step
    Column("traces", LargeBinary),  # JSON: where to look for the person; NULL once it is over
    Column("removed", LargeBinary, nullable=False),  # JSON: rows by table
    Column("upstream", String(16), nullable=False),  # see erasures.Upstream
    Column("attempts", Integer, nullable=False),  # the fencing token of whoever works on it
    Column("failures", Integer, nullable=False),
    Column("wake_at", Float, nullable=False),  # due, or the end of the lease
    Column("requested_at", Float, nullable=False),
    Column("finished_at", Float),
    Column("code", String(64)),  # what it waits for; NULL: nothing
    Column("detail", String(500)),
    Index(
        "erasures_open",
        "wake_at",
        sqlite_where=text("finished_at is null"),
        postgresql_where=text("finished_at is null"),
    ),
    Index("erasures_of_tenant", "tenant", "id"),
    sqlite_autoincrement=True,
)

tombstones = Table(
    "tombstones",
    metadata,
    Column("mark", String(64), primary_key=True),  # keyed digest of an identity's digest
    Column("tenant", String(64), nullable=False),
    Column("dataset", String(64), nullable=False),
    Column("erasure_id", BigInteger, ForeignKey("erasures.id"), nullable=False, index=True),
)

audit_entries = Table(
    "audit_entries",
    metadata,
    Column("id", _id, primary_key=True),
    Column("tenant", String(64), nullable=False),
    Column("at", Float, nullable=False),
    Column("client_id", String(64), nullable=False),
    Column("user_id", String(18)),  # as Apex passed it; NULL: it did not
    Column("component", String(32), nullable=False),
    Column("detail", String(128)),  # such as the Datafield
    Column("dataset", String(64), nullable=False),
    Column("person", String(64), nullable=False),  # keyed digest
    Column("identity_type", String(64)),  # only where the tenants file says so
    Column("identity_value", String(320)),
    Index("audit_entries_by_time", "tenant", "at"),
    Index("audit_entries_of_person", "person"),
)
