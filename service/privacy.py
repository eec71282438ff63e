"""What the tenants file says of privacy: the audit log, and how long what is kept."""

from dataclasses import dataclass
from enum import StrEnum


class Audit(StrEnum):
    """Whether it is kept who saw whom.

    off       not at all
    digest    the person as a keyed digest: whoever knows an identity can ask for it
    identity  the identity in clear beside it
    """

    OFF = "off"
    DIGEST = "digest"
    IDENTITY = "identity"


@dataclass(frozen=True)
class Privacy:
    """Days after which what is over goes. Events have their dataset's `retention_days`.

    `audit_days` entries of the audit log; `dead_letter_days` messages that nobody has replayed;
    `run_row_days` what runs of data sharing say of single records, and runs nobody goes on with;
    `run_days` the runs; `entry_data_days` the data of journey entries that failed or were capped;
    `entry_days` journey entries and members who left.
    """

    audit: Audit = Audit.OFF
    audit_days: int = 365
    dead_letter_days: int = 90
    run_row_days: int = 30
    run_days: int = 400
    entry_data_days: int = 30
    entry_days: int = 1_095
