"""The state store's tables. Every row carries its tenant."""

from sqlalchemy import (
    BigInteger,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
)

metadata = MetaData()

_id = BigInteger().with_variant(Integer, "sqlite")  # SQLite numbers rows by itself for Integer only

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
    Column("proven_at", Float, nullable=False),
    Index("people_by_upstream_id", "tenant", "dataset", "upstream_id", unique=True),
)

identities = Table(
    "identities",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("person_id", _id, ForeignKey("people.id"), nullable=False, index=True),
)

campaign_datafields = Table(
    "campaign_datafields",
    metadata,
    Column("tenant", String(64), primary_key=True),
    Column("dataset", String(64), primary_key=True),
    Column("campaign_id", String(64), primary_key=True),
    Column("datafield", String(128), primary_key=True),
)
