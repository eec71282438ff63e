"""Learns who joined and left a segment from Personalization's nightly segment files.

`SegmentExport_<segmentId>_YYYY-MM-DD.csv`: the first holds all members, each later one the
changes; the column `segmentmembership` says true or false. The name's date is that of US
Eastern time; at what hour a file is made is not documented, so it speaks as of that day's first
moment: what another source has seen since stands.
Source: Salesforce help, "Segment File Exporter".
"""

import csv
import re
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo

import structlog

from service.errors import Fault
from service.segment_exports import SegmentExport
from service.storage.segment_store import SegmentStore
from service.tenant import Tenant
from service.usecases.segment_sightings import sighting

FILES_ZONE = ZoneInfo("America/New_York")
MEMBERSHIP = "segmentmembership"
USER_ID = ("userid", "user id", "user_id")
QUIET_SECONDS = 60
"""A file that was written to within this time may still be on its way."""
ROWS_PER_STEP = 500

log = structlog.get_logger()


class UnreadableSegmentFile(Fault):
    """Raised when a segment file is not what its documentation describes."""

    status = 422
    code = "UNREADABLE_SEGMENT_FILE"
    title = "Unprocessable Content"


@dataclass
class FilesDone:
    """What was read, and new entries by state."""

    files: list[str] = field(default_factory=list)
    decided: Counter = field(default_factory=Counter)


class SegmentFiles:
    """Reads each file once, the oldest first; reading one again would change nothing."""

    def __init__(self, *, store: SegmentStore, clock=time.time):
        self._store = store
        self._clock = clock

    def read(self, tenant: Tenant, export: SegmentExport) -> FilesDone:
        """Read what is new in the export's folder.

        Raises: UnreadableSegmentFile, which stops this export until the file is mended or taken
        away: later files hold changes to it.
        """
        done = FilesDone()
        if export.files is None:
            return done
        known = self._store.files(tenant.name, export)
        for path, day in _files(Path(export.files), export.segment):
            size = path.stat().st_size
            if known.get(path.name) == size:
                continue
            if self._clock() - path.stat().st_mtime < QUIET_SECONDS:
                break  # the next ones wait as well: files are read in order
            rows = self._read(tenant, export, path, day, done.decided)
            self._store.note_file(tenant.name, export, path.name, size, rows)
            done.files.append(path.name)
        return done

    def _read(self, tenant, export, path: Path, day: datetime, decided: Counter) -> int:
        as_of_ms = int(day.timestamp() * 1000)
        waits_for_export = export.read_every_minutes > 0
        rows = 0
        reader = _rows(path, export)
        while step := list(islice(reader, ROWS_PER_STEP)):
            rows += len(step)
            joined, left = {}, {}
            for attributes, is_member in step:
                seen = sighting(tenant.name, export, attributes, profile_id=attributes["userId"])
                (joined if is_member else left)[seen.person] = seen
                (left if is_member else joined).pop(seen.person, None)
            decided += self._store.see(
                tenant.name,
                export,
                list(joined.values()),
                list(left),
                as_of_ms,
                is_beginning=not waits_for_export,
            )
        if not waits_for_export:
            self._store.begin(tenant.name, export)
        return rows


def _files(folder: Path, segment: str) -> list[tuple[Path, datetime]]:
    """Return the segment's files with the first moment of their day, by day."""
    name = re.compile(rf"SegmentExport_{re.escape(segment)}_(\d{{4}}-\d{{2}}-\d{{2}})\.csv")
    found = []
    try:
        paths = sorted(folder.iterdir())
    except OSError as trouble:
        raise UnreadableSegmentFile(f"The folder {folder} cannot be read.") from trouble
    for path in paths:
        match = name.fullmatch(path.name)
        if match:
            try:
                day = datetime.fromisoformat(match[1]).replace(tzinfo=FILES_ZONE)
            except ValueError:
                raise UnreadableSegmentFile(f"{path.name}: there is no such day.") from None
            found.append((path, day))
    return sorted(found, key=lambda each: each[1])


def _rows(path: Path, export: SegmentExport) -> Iterator[tuple[dict, bool]]:
    """Yield attributes and membership of each row; RFC 4180, UTF-8, a byte order mark or not."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, strict=True)
            columns = _columns(path, next(reader, []), export)
            for row in reader:
                if row:
                    yield _row(path, reader.line_num, row, columns)
    except (OSError, UnicodeDecodeError, csv.Error) as trouble:
        raise UnreadableSegmentFile(f"{path.name} is not CSV in UTF-8.") from trouble


def _columns(path: Path, header: list[str], export: SegmentExport) -> list[str]:
    """Return our names of the columns. Attributes are found whatever their case."""
    ours = {name.lower(): name for name in (*export.attributes, *export.kept_out_by)}
    ours |= {MEMBERSHIP: MEMBERSHIP} | dict.fromkeys(USER_ID, "userId")
    columns = [ours.get(name.strip().lower(), name.strip()) for name in header]
    missing = sorted({MEMBERSHIP, *export.attributes, *export.kept_out_by} - set(columns))
    if missing:
        raise UnreadableSegmentFile(f"{path.name} has no column {', '.join(missing)}.")
    return columns


def _row(path: Path, line: int, row: list[str], columns: list[str]) -> tuple[dict, bool]:
    values = dict(zip(columns, row, strict=False))
    membership = values.pop(MEMBERSHIP, "").strip().lower()
    if len(row) != len(columns) or membership not in ("true", "false"):
        raise UnreadableSegmentFile(f"{path.name}, line {line}: not a row of a segment file.")
    attributes = {name: value or None for name, value in values.items()}
    return {"userId": ""} | attributes, membership == "true"
