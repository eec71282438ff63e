"""The state store's tables. Every row carries its tenant."""

from sqlalchemy import (
    BigInteger,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    text,
)

metadata = MetaData()

_id = BigInteger().with_variant(Integer, "sqlite")  # SQLite numbers rows by itself for Integer only

schema_floor = Table(  # one row: the oldest schema whose programs can use the store as it is
    "schema_floor",
    metadata,
    Column("version", String(32), primary_key=True),
)

clients = Table(
    "clients",
    metadata,
    Column("client_id", String(64), primary_key=True),
    Column("tenant", String(64), nullable=False),
    Column("scopes", String(64), nullable=False),
    Column("created_at", Float, nullable=False),
    Column("revoked_at", Float),
)

client_secrets = Table(
    "client_secrets",
    metadata,
    Column("id", _id, primary_key=True),
    Column("client_id", String(64), ForeignKey("clients.client_id"), nullable=False, index=True),
    Column("digest", String(64), nullable=False),
    Column("created_at", Float, nullable=False),
)

people = Table(
    "people",
    metadata,
    Column("id", _id, primary_key=True),
    Column("tenant", String(64), nullable=False),
    Column("dataset", String(64), nullable=False),
    Column("upstream_id", String(128)),
    Column("proven_at", Float),  # NULL: nobody has proven that Personalization knows this person
    Column("stated_at", Float),  # when an authenticated source spoke of this person; NULL: none has
    Index("people_by_upstream_id", "tenant", "dataset", "upstream_id", unique=True),
)

identities = Table(
    "identities",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("person_id", _id, ForeignKey("people.id"), nullable=False, index=True),
    Column("tie", String(9), nullable=False),  # anonymous, claimed, stated or proven: see people
)

campaign_datafields = Table(
    "campaign_datafields",
    metadata,
    Column("tenant", String(64), primary_key=True),
    Column("dataset", String(64), primary_key=True),
    Column("campaign_id", String(64), primary_key=True),
    Column("datafield", String(128), primary_key=True),
)

events = Table(
    "events",
    metadata,
    Column("id", _id, primary_key=True, autoincrement=False),  # see events_numbers
    Column("arrival", BigInteger, nullable=False),  # = id until a merge brings it to someone else
    Column("tenant", String(64), nullable=False),
    Column("dataset", String(64), nullable=False),
    Column("person_id", _id, nullable=False),
    Column("event_id", String(128)),
    Column("time_ms", BigInteger, nullable=False),
    Column("day", String(10), nullable=False),  # ISO date in the tenant's time zone
    Column("kind", String(8), nullable=False),
    Column("name", String(200), nullable=False),
    Column("item_action", String(64)),
    Column("item_type", String(64)),
    Column("item_id", String(128)),
    Column("item_name", String(255)),
    Column("inventory_status", String(16)),
    Column("url", Text),
    Column("channel", String(64)),
    Column("application", String(64)),
    Column("source", String(8), nullable=False),
    Column("body", LargeBinary, nullable=False),  # JSON: items and whatever a drill-in shows
    Index("events_of_person", "person_id", "time_ms", "id"),
    Index("events_by_arrival", "person_id", "arrival", "id"),
    Index("events_by_time", "tenant", "dataset", "time_ms"),
    Index(
        "events_by_event_id",
        "event_id",
        "tenant",
        "dataset",
        unique=True,
        sqlite_where=text("event_id is not null"),
        postgresql_where=text("event_id is not null"),
    ),
)

order_lines = Table(
    "order_lines",
    metadata,
    Column("event_number", BigInteger, primary_key=True, autoincrement=False),  # events.id
    Column("line", Integer, primary_key=True, autoincrement=False),  # place in the event's items
    Column("tenant", String(64), nullable=False),
    Column("dataset", String(64), nullable=False),
    Column("person_id", _id, nullable=False),
    Column("item_type", String(64), nullable=False),
    Column("item_id", String(128), nullable=False),
    Column("time_ms", BigInteger, nullable=False),
    Column("day", String(10), nullable=False),
    Column("takes_back", Integer, nullable=False),  # 1: a line of a cancellation
    Column("matched", Integer, nullable=False),  # 1: taken back, or has taken one back
    Index("order_lines_of_item", "person_id", "item_type", "item_id", "time_ms"),
    Index(
        "order_lines_unmatched",
        "tenant",
        "dataset",
        "time_ms",
        sqlite_where=text("takes_back = 1 and matched = 0"),
        postgresql_where=text("takes_back = 1 and matched = 0"),
    ),
)

affinity_days = Table(
    "affinity_days",
    metadata,
    Column("tenant", String(64), nullable=False),
    Column("dataset", String(64), nullable=False),
    Column("person_id", _id, primary_key=True, autoincrement=False),
    Column("day", String(10), primary_key=True),
    Column("type", String(64), primary_key=True),
    Column("object_id", String(255), primary_key=True),
    Column("views", Integer, nullable=False),
    Column("view_time_ms", BigInteger, nullable=False),
    Column("purchases", Integer, nullable=False),
    sqlite_with_rowid=False,  # a person's rows lie together
)

dirty_days = Table(
    "dirty_days",
    metadata,
    Column("tenant", String(64), nullable=False),
    Column("dataset", String(64), nullable=False),
    Column("person_id", _id, primary_key=True, autoincrement=False),
    Column("day", String(10), primary_key=True),
    Column("version", BigInteger, nullable=False),  # random, so that no version comes twice
    sqlite_with_rowid=False,
)

object_labels = Table(
    "object_labels",
    metadata,
    Column("tenant", String(64), primary_key=True),
    Column("dataset", String(64), primary_key=True),
    Column("type", String(64), primary_key=True),
    Column("object_id", String(255), primary_key=True),
    Column("label", String(255), nullable=False),
)

item_related = Table(
    "item_related",
    metadata,
    Column("tenant", String(64), primary_key=True),
    Column("dataset", String(64), primary_key=True),
    Column("item_type", String(64), primary_key=True),
    Column("item_id", String(128), primary_key=True),
    Column("related", LargeBinary, nullable=False),  # JSON: {type: [id, ...]}
)

event_numbers = Table(
    "event_numbers",
    metadata,
    Column("last", BigInteger, primary_key=True, autoincrement=False),
)

event_imports = Table(
    "event_imports",
    metadata,
    Column("tenant", String(64), primary_key=True),
    Column("dataset", String(64), primary_key=True),
    Column("file_digest", String(64), primary_key=True),
    Column("position", BigInteger, nullable=False),  # bytes read and stored
    Column("row_number", BigInteger, nullable=False),
    Column("counts", LargeBinary, nullable=False),  # JSON
)

timers = Table(
    "timers",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("due_at", Float, nullable=False),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", _id, primary_key=True),  # the order in which a person's messages go out
    Column("tenant", String(64), nullable=False),
    Column("dataset", String(64), nullable=False),
    Column("person_id", _id, nullable=False),
    Column("kind", String(32), nullable=False),
    Column("repeatable", Integer, nullable=False),  # 0: a counter, never sent twice
    Column("correlation_id", String(80), nullable=False),
    Column("payload", LargeBinary, nullable=False),  # JSON
    Column("state", String(11), nullable=False),  # see outbox_messages.State
    Column("attempts", Integer, nullable=False),  # the fencing token of whoever holds the row
    Column("losses", Integer, nullable=False),  # workers that were lost while they held it
    Column("wake_at", Float, nullable=False),  # due, or the end of the lease
    Column("accepted_at", Float, nullable=False),
    Column("failing_since", Float),
    Column("finished_at", Float),
    Column("code", String(64)),
    Column("detail", Text),
    Index(
        "outbox_waiting",
        "wake_at",
        sqlite_where=text("finished_at is null"),
        postgresql_where=text("finished_at is null"),
    ),
    Index("outbox_of_person", "person_id", "id"),
    Index(
        "outbox_unfinished_of_person",  # a claim asks it of every message that waits
        "person_id",
        "id",
        sqlite_where=text("finished_at is null"),
        postgresql_where=text("finished_at is null"),
    ),
    Index("outbox_by_state", "state", "id"),
    sqlite_autoincrement=True,  # a number is never given out twice
)

accepted_keys = Table(
    "accepted_keys",
    metadata,
    Column("tenant", String(64), primary_key=True),
    Column("scope", String(160), primary_key=True),  # a route, or what a key inside a body is of
    Column("key_digest", String(64), primary_key=True),
    Column("fingerprint", String(64), nullable=False),
    Column("answer", LargeBinary, nullable=False),
    Column("kept_until", Float, nullable=False, index=True),
)

declines = Table(
    "declines",
    metadata,
    Column("id", _id, primary_key=True),
    Column("tenant", String(64), nullable=False),
    Column("dataset", String(64), nullable=False),
    Column("person_id", _id, nullable=False),
    Column("item_type", String(64), nullable=False),
    Column("item_id", String(128), nullable=False),
    Column("declined_at", Float, nullable=False),
    Column("hidden_until", Float, nullable=False),
    Index("declines_of_person", "person_id", "hidden_until"),
)

action_names = Table(
    "action_names",
    metadata,
    Column("tenant", String(64), primary_key=True),
    Column("dataset", String(64), primary_key=True),
    Column("action", String(100), primary_key=True),
    Column("first_seen", Float, nullable=False),
)

clock_runs = Table(
    "clock_runs",
    metadata,
    Column("job", String(160), primary_key=True),
    Column("occasion", String(32), primary_key=True),  # the local date, or date and wall time
    Column("state", String(8), nullable=False),  # see clock_runs.py
    Column("attempts", Integer, nullable=False),  # the fencing token of whoever runs it
    Column("wake_at", Float, nullable=False),  # end of the lease, or when it may be tried again
    Column("started_at", Float, nullable=False),
    Column("finished_at", Float),
    Column("code", String(64)),
)
