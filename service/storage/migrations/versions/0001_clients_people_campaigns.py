"""Clients and their secrets, the people index, which campaign feeds which Datafield."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_id = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "clients",
        sa.Column("client_id", sa.String(64), primary_key=True),
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("scopes", sa.String(64), nullable=False),
        sa.Column("created_at", sa.Float, nullable=False),
        sa.Column("revoked_at", sa.Float),
    )
    op.create_table(
        "client_secrets",
        sa.Column("id", _id, primary_key=True),
        sa.Column("client_id", sa.String(64), sa.ForeignKey("clients.client_id"), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("created_at", sa.Float, nullable=False),
    )
    op.create_index("ix_client_secrets_client_id", "client_secrets", ["client_id"])
    op.create_table(
        "people",
        sa.Column("id", _id, primary_key=True),
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("dataset", sa.String(64), nullable=False),
        sa.Column("upstream_id", sa.String(128)),
        sa.Column("proven_at", sa.Float, nullable=False),
    )
    op.create_index(
        "people_by_upstream_id", "people", ["tenant", "dataset", "upstream_id"], unique=True
    )
    op.create_table(
        "identities",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("person_id", _id, sa.ForeignKey("people.id"), nullable=False),
    )
    op.create_index("ix_identities_person_id", "identities", ["person_id"])
    op.create_table(
        "campaign_datafields",
        sa.Column("tenant", sa.String(64), primary_key=True),
        sa.Column("dataset", sa.String(64), primary_key=True),
        sa.Column("campaign_id", sa.String(64), primary_key=True),
        sa.Column("datafield", sa.String(128), primary_key=True),
    )


def downgrade() -> None:
    for table in ("campaign_datafields", "identities", "people", "client_secrets", "clients"):
        op.drop_table(table)
