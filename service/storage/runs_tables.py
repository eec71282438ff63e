"""The tables of data sharing. Every row carries its tenant, itself or through its run."""

from sqlalchemy import Column, Float, ForeignKey, Index, Integer, String, Table, Text

from service.storage.tables import _id, metadata

share_runs = Table(
    "share_runs",
    metadata,
    Column("id", _id, primary_key=True),
    Column("tenant", String(64), nullable=False),
    Column("direction", String(4), nullable=False),  # push or pull
    Column("state", String(9), nullable=False),  # see runs.State
    Column("phase", String(8), nullable=False),  # see runs.Phase
    Column("owner", String(160)),  # who works on it: host, process and when that began
    Column("lease_until", Float, nullable=False),
    Column("options", Text, nullable=False),  # JSON
    Column("cursor", Text, nullable=False),  # JSON: how far the phase is
    Column("counts", Text, nullable=False),  # JSON
    Column("progress", Text, nullable=False),  # JSON: done, total, unit
    Column("started_at", Float, nullable=False),
    Column("planned_at", Float),
    Column("finished_at", Float),
    Column("code", String(64)),
    Column("detail", Text),
    Index("share_runs_of_tenant", "tenant", "id"),
)

share_rows = Table(
    "share_rows",
    metadata,
    Column("run_id", _id, ForeignKey("share_runs.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),  # the order of the push
    Column("object", String(16), nullable=False),
    Column("record_id", String(18), nullable=False),  # "" when nothing matched
    Column("source_id", String(128), nullable=False),
    Column("rung", Integer),  # of the match ladder; 0: through the person's contact
    Column("status", String(8), nullable=False),  # see runs_rows.Status
    Column("code", String(64)),
    Column("field", String(80)),
    Column("message", Text),
    Column("attempts", Integer, nullable=False),
    Column("batch_id", _id),  # share_batches.id of the batch that carries it now
    Column("digest", String(32)),
    Column("before", Text),  # JSON: {field: value}
    Column("after", Text),
    Index("share_rows_by_status", "run_id", "object", "status", "number"),
    Index("share_rows_of_batch", "batch_id", "number"),
    Index("share_rows_of_record", "record_id", "run_id"),
)

share_jobs = Table(
    "share_jobs",
    metadata,
    Column("id", _id, primary_key=True),
    Column("run_id", _id, ForeignKey("share_runs.id"), nullable=False, index=True),
    Column("object", String(16), nullable=False),
    Column("crm_id", String(18)),  # NULL: intended; the answer has not been seen
    Column("state", String(8), nullable=False),  # see runs_journal.JobState
    Column("intended_at", Float, nullable=False),
)

share_batches = Table(
    "share_batches",
    metadata,
    Column("id", _id, primary_key=True),
    Column("job_id", _id, ForeignKey("share_jobs.id"), nullable=False, index=True),
    Column("crm_id", String(18)),  # NULL: intended; the answer has not been seen
    Column("state", String(8), nullable=False),  # see runs_journal.BatchState
)

share_sent = Table(
    "share_sent",
    metadata,
    Column("tenant", String(64), primary_key=True),
    Column("object", String(16), primary_key=True),
    Column("record_id", String(18), primary_key=True),
    Column("digest", String(32), nullable=False),  # of the values Salesforce took last
    Column("run_id", _id, nullable=False),
)

share_pulled = Table(
    "share_pulled",
    metadata,
    Column("tenant", String(64), primary_key=True),
    Column("object", String(16), primary_key=True),
    Column("record_id", String(18), primary_key=True),
    Column("digest", String(32)),  # of the values Personalization got last; NULL: none yet
    Column("filled", Text),  # JSON: the attributes that had a value, so that a blank is noticed
    Column("segments", Text),  # JSON: manual segments the record's person was put into
    Column("waiting", Text),  # JSON: digests of identities nobody has proven yet
    Column("person_id", _id),  # whose record it is; NULL: nobody is proven, or read long ago
    Column("of_record", String(18)),  # the contact or lead of a campaign's member
    Index("share_pulled_of_person", "person_id"),
)

share_watermarks = Table(
    "share_watermarks",
    metadata,
    Column("tenant", String(64), primary_key=True),
    Column("object", String(16), primary_key=True),
    Column("modstamp", String(32), nullable=False),  # SystemModstamp as Salesforce writes it
)
