"""Runs of data sharing: plans, the journal of jobs and batches, what was sent and pulled."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_id = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    _create_runs()
    _create_journal()
    _create_memories()


def _create_runs() -> None:
    op.create_table(
        "share_runs",
        sa.Column("id", _id, primary_key=True),
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("direction", sa.String(4), nullable=False),
        sa.Column("state", sa.String(9), nullable=False),
        sa.Column("phase", sa.String(8), nullable=False),
        sa.Column("owner", sa.String(160)),
        sa.Column("lease_until", sa.Float, nullable=False),
        sa.Column("options", sa.Text, nullable=False),
        sa.Column("cursor", sa.Text, nullable=False),
        sa.Column("counts", sa.Text, nullable=False),
        sa.Column("progress", sa.Text, nullable=False),
        sa.Column("started_at", sa.Float, nullable=False),
        sa.Column("planned_at", sa.Float),
        sa.Column("finished_at", sa.Float),
        sa.Column("code", sa.String(64)),
        sa.Column("detail", sa.Text),
    )
    op.create_index("share_runs_of_tenant", "share_runs", ["tenant", "id"])
    op.create_table(
        "share_rows",
        sa.Column("run_id", _id, sa.ForeignKey("share_runs.id"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("object", sa.String(16), nullable=False),
        sa.Column("record_id", sa.String(18), nullable=False),
        sa.Column("source_id", sa.String(128), nullable=False),
        sa.Column("rung", sa.Integer),
        sa.Column("status", sa.String(8), nullable=False),
        sa.Column("code", sa.String(64)),
        sa.Column("field", sa.String(80)),
        sa.Column("message", sa.Text),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("batch_id", _id),
        sa.Column("digest", sa.String(32)),
        sa.Column("before", sa.Text),
        sa.Column("after", sa.Text),
    )
    op.create_index("share_rows_by_status", "share_rows", ["run_id", "object", "status", "number"])
    op.create_index("share_rows_of_batch", "share_rows", ["batch_id", "number"])
    op.create_index("share_rows_of_record", "share_rows", ["record_id", "run_id"])


def _create_journal() -> None:
    op.create_table(
        "share_jobs",
        sa.Column("id", _id, primary_key=True),
        sa.Column("run_id", _id, sa.ForeignKey("share_runs.id"), nullable=False),
        sa.Column("object", sa.String(16), nullable=False),
        sa.Column("crm_id", sa.String(18)),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("intended_at", sa.Float, nullable=False),
    )
    op.create_index("ix_share_jobs_run_id", "share_jobs", ["run_id"])
    op.create_table(
        "share_batches",
        sa.Column("id", _id, primary_key=True),
        sa.Column("job_id", _id, sa.ForeignKey("share_jobs.id"), nullable=False),
        sa.Column("crm_id", sa.String(18)),
        sa.Column("state", sa.String(8), nullable=False),
    )
    op.create_index("ix_share_batches_job_id", "share_batches", ["job_id"])


def _create_memories() -> None:
    op.create_table(
        "share_sent",
        sa.Column("tenant", sa.String(64), primary_key=True),
        sa.Column("object", sa.String(16), primary_key=True),
        sa.Column("record_id", sa.String(18), primary_key=True),
        sa.Column("digest", sa.String(32), nullable=False),
        sa.Column("run_id", _id, nullable=False),
    )
    op.create_table(
        "share_pulled",
        sa.Column("tenant", sa.String(64), primary_key=True),
        sa.Column("object", sa.String(16), primary_key=True),
        sa.Column("record_id", sa.String(18), primary_key=True),
        sa.Column("digest", sa.String(32)),
        sa.Column("filled", sa.Text),
        sa.Column("segments", sa.Text),
        sa.Column("waiting", sa.Text),
    )
    op.create_table(
        "share_watermarks",
        sa.Column("tenant", sa.String(64), primary_key=True),
        sa.Column("object", sa.String(16), primary_key=True),
        sa.Column("modstamp", sa.String(32), nullable=False),
    )
