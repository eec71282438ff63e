"""Reads changed records of the CRM and tells Personalization, of proven people only.

From the last watermark on, with a look-back for late commits, records are read in pages or, when
they are many, by a bulk query. What is new of them goes out as events when it is little, as the
documented feed file when it is much. The watermark moves when all of it is durable: in the
outbox, or in the feed folder.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from pathlib import Path

import orjson

from service.data_sharing import DataSharing
from service.errors import Fault
from service.model import Identity
from service.storage.outbox import Outbox
from service.storage.people import People
from service.storage.pulled import OBJECTS, Pulled, Told
from service.storage.runs import Run, Runs
from service.storage.runs_rows import RunRow, RunRows, Status
from service.storage.staging import Staging
from service.tenant import Dataset, Tenant
from service.upstream.crm import Crm
from service.upstream.feed_sinks import sink_for
from service.usecases import sharing_feed
from service.usecases.sharing_deliveries import deliver
from service.usecases.sharing_incoming import identity_fields, pulled_fields
from service.usecases.sharing_lookup import records_by_id
from service.usecases.sharing_members import MEMBER, MemberReader, check_members
from service.usecases.sharing_plan import LATER
from service.usecases.sharing_preflight import Finding
from service.usecases.sharing_pull_plan import ROWS_PER_STEP, changed_since, counts_of, planned_rows
from service.usecases.sharing_records import (
    NOBODY,
    Reading,
    RecordReader,
    check_record,
    wanted_fields,
)

BULK_FROM_ROWS = 10_000
BULK_PAGE_ROWS = 5_000
FIRST_POLL_SECONDS, LONGEST_POLL_SECONDS = 1.0, 30.0
BULK_MINUTES = 120
EVENTS_PER_STEP = 200
WAITING_PER_STEP = 1_000


class QueryTooSlow(Fault):
    """Raised when a bulk query is not done by its deadline; a resume goes on waiting."""

    status = 503
    code = "QUERY_TOO_SLOW"
    title = "Service Unavailable"

    def __init__(self):
        super().__init__("Salesforce has not finished the query in time.", retry_after=600)


def check_pull(crm: Crm, sharing: DataSharing, dataset: Dataset) -> list[Finding]:
    """Say what stands in the way of reading what is configured."""
    findings = []
    for name in sharing.pulled_objects():
        findings += check_record(crm, name, wanted_fields(sharing, dataset, name))
    if sharing.campaign_rules:
        findings += check_members(crm, sharing, dataset).findings
    return list(dict.fromkeys(findings))


class Puller:
    """Pulls for one run."""

    def __init__(
        self,
        *,
        tenant: Tenant,
        run: Run,
        runs: Runs,
        rows: RunRows,
        crm: Crm,
        staging: Staging,
        people: People,
        outbox: Outbox,
        pulled: Pulled,
        folder: Path,
        on_step: Callable[[str], None],
        stopping: Callable[[], None],
        pause: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.time,
    ):
        self._tenant = tenant
        self._sharing: DataSharing = tenant.data_sharing
        self._dataset: Dataset = tenant.dataset(self._sharing.dataset)
        self._run, self._runs, self._rows = run, runs, rows
        self._crm, self._staging = crm, staging
        self._people, self._outbox, self._pulled = people, outbox, pulled
        self._reading = Reading(tenant, run, crm, staging, people, pulled, clock)
        self._folder = folder
        self._on_step, self._stopping = on_step, stopping
        self._pause, self._clock = pause, clock

    def pull(self) -> dict:
        """Bring every changed record to its outcome and return the counts.

        Raises: a CRM fault, QueryTooSlow, FeedUnavailable; then a resume goes on.
        """
        self._read_all(self._read)
        self._send()
        modstamps = {
            name: self._staging.get(f"modstamp {name}") or ""
            for name in self._staging.get("watermarks", [])
        }
        self._pulled.move_watermarks(self._run, modstamps)
        self._on_step("watermark moved")
        return self._counts()

    def plan(self) -> dict:
        """Find out what would be told, tell nobody, and return the counts. Raises: as `pull`."""
        self._read_all(self._read)
        rows = planned_rows(self._staging, self._sharing)
        self._rows.replace(self._run, chain(self.told_rows(), rows))
        planned = counts_of(self._rows.all(self._run, Status.PLANNED))
        way = self._way(planned.get("toChange", 0))
        return {name: n for name, n in self._counts().items() if name != "changed"} | planned | way

    def apply(self) -> dict:
        """Tell exactly what the run's plan says, but for what has changed since.

        The watermark stays where it is: what the plan does not name is for the next run.
        Raises: as `pull`.
        """
        self._read_all(self._read_planned)
        self._send()
        self._rows.all_told(self._run)
        return self._counts()

    def _read_all(self, read: Callable[[str], None]) -> None:
        if self._staging.get("read"):
            return
        names = self._sharing.pulled_objects()
        for name in (*names, MEMBER) if self._sharing.campaign_rules else names:
            read(name)
        self._keep_to_limit()
        self._staging.put("read", True)
        self._commit("pull staged")

    def _keep_to_limit(self) -> None:
        """Leave to the next run what is more than was asked for: no watermark moves past it."""
        if limit := self._run.options.get("limit"):
            left = sum(self._staging.limit_pulled(name, limit, NOBODY) for name in OBJECTS)
            if left:
                self._staging.put("watermarks", [])
                self._reading.count(LATER, left)

    def _counts(self) -> dict:
        return self._staging.get("counts", {})

    # -- reading --------------------------------------------------------------------------------

    def _read(self, name: str) -> None:
        if self._staging.get(f"done {name}"):
            return
        reader = self._reader(name)
        self._tell_findings(name, reader.findings)
        if reader.can_read:
            for watermark, soql in reader.queries().items():
                self._read_changed(reader, watermark, soql)
            reader.take_gone()
            self._commit("pull page staged")
            for records in self._waiting_records(name, reader.fields):
                reader.take(records)
                self._commit("pull page staged")
        self._staging.put(f"done {name}", True)
        self._commit("pull object read")

    def _reader(self, name: str) -> RecordReader:
        is_member = name == MEMBER
        return MemberReader(self._reading) if is_member else RecordReader(self._reading, name)

    def _read_planned(self, name: str) -> None:
        """Read the records of the plan again; stage those that would tell what it says."""
        reader, after = self._reader(name), 0
        if reader.can_read:
            reader.take_gone()
        unplanned = self._staging.pulled_ids(name)
        while rows := self._planned(name, after):
            after, ids = rows[-1].number, [row.record_id for row in rows]
            if reader.can_read:
                reader.take(self._alive(name, reader.fields, ids))
            changed = list(changed_since(rows, self._staging.pulled_of(name, ids)))
            message = "would tell something else now, or nothing"
            told = [(r.number, Status.REJECTED, "CHANGED_SINCE_PLAN", message) for r in changed]
            self._rows.settle(self._run, told)
            self._staging.drop_pulled(name, [row.record_id for row in changed])
            unplanned -= set(ids)
            self._commit("pull page staged")
        self._staging.drop_pulled(name, unplanned)

    def _planned(self, name: str, after: int) -> list[RunRow]:
        mine = {"object_name": name, "after": after, "limit": ROWS_PER_STEP}
        return self._rows.page(self._run, Status.PLANNED, **mine)

    def _read_changed(self, reader: RecordReader, watermark: str, soql: str) -> None:
        for records in self._pages(reader, watermark, soql):
            reader.take(records, watermark)
            self._commit("pull page staged")
        known = self._staging.get("watermarks", [])
        self._staging.put("watermarks", list(dict.fromkeys([*known, watermark])))

    def _pages(self, reader: RecordReader, watermark: str, soql: str) -> Iterator[list[dict]]:
        """Yield records: by pages of a query, or of a bulk query where there are many."""
        if self._staging.get(f"query {watermark}") is None:
            for total, records in self._crm.query_pages(soql):
                if total > BULK_FROM_ROWS:
                    break
                yield records
            else:
                return
            job_id = self._crm.create_query(reader.name, soql)
            self._staging.put(f"query {watermark}", [job_id, ""])
            self._commit("query created")
        yield from self._bulk_pages(reader.name, watermark)

    def _bulk_pages(self, name: str, watermark: str) -> Iterator[list[dict]]:
        job_id, locator = self._staging.get(f"query {watermark}")
        self._wait(name, watermark, job_id)
        while True:
            records, following = self._crm.query_results(name, job_id, locator, BULK_PAGE_ROWS)
            yield records
            if not following:
                return
            locator = following
            self._staging.put(f"query {watermark}", [job_id, locator])

    def _wait(self, name: str, watermark: str, job_id: str) -> None:
        give_up = self._clock() + BULK_MINUTES * 60
        seconds = FIRST_POLL_SECONDS
        while (state := self._crm.query_state(name, job_id)) != "JobComplete":
            if state in ("Failed", "Aborted"):
                self._staging.put(f"query {watermark}", None)
                self._staging.commit()
                raise QueryTooSlow()
            if self._clock() > give_up:
                raise QueryTooSlow()
            self._stopping()
            self._pause(seconds)
            seconds = min(seconds * 1.5, LONGEST_POLL_SECONDS)

    def _waiting_records(self, name: str, fields: Sequence[str]) -> Iterator[list[dict]]:
        """Yield records again whose person was unknown when they were read, and is proven now."""
        after = ""
        while waiting := self._pulled.waiting(self._run.tenant, name, after, WAITING_PER_STEP):
            after = waiting[-1].record_id
            proven = self._people.proven_among([d for each in waiting for d in each.waiting])
            ids = [e.record_id for e in waiting if any(d in proven for d in e.waiting)]
            if records := self._alive(name, fields, ids):
                yield records

    def _alive(self, name: str, fields: Sequence[str], ids: Sequence[str]) -> list[dict]:
        """Return records by id that a query would find, too: not deleted, not converted."""
        gone = ("IsDeleted", "IsConverted") if name == "Lead" else ("IsDeleted",)
        found = records_by_id(self._crm, name, (*fields, *gone), ids)
        return [record for record in found if not any(record[each] for each in gone)]

    def _commit(self, step: str) -> None:
        self._staging.commit()
        done = self._staging.get("read rows", 0)
        self._runs.show(self._run, {"done": done, "total": None, "unit": "records"})
        self._on_step(step)
        self._stopping()

    # -- sending --------------------------------------------------------------------------------

    def _send(self) -> None:
        """Let everything out that is staged; the choice of the way is kept once it is made."""
        way = self._staging.get("way")
        if way is None:
            is_many = "asFeed" in self._way(self._staging.pulled_count())
            moment = sharing_feed.stamp(self._clock())
            way = {"feed": sharing_feed.user_feed_name(moment) if is_many else None,
                   "segments": sharing_feed.segment_feed_name(moment)}  # fmt: skip
            self._staging.put("way", way)
            self._commit("way chosen")
        if way["feed"]:
            self._send_feed(way["feed"])
        self._send_events(all_of_them=way["feed"] is None)
        self._send_segments(way["segments"])
        self._remember()

    def _way(self, number: int) -> dict[str, int]:
        """Return as what so many changes go: a feed's rows, or events."""
        feed = self._sharing.feed
        return {"asFeed" if feed is not None and number >= feed.from_rows else "asEvents": number}

    def _send_events(self, *, all_of_them: bool) -> None:
        """Let changes out as events: all, or those that clear a value, which no feed can."""
        after = tuple(self._staging.get("events after", ("", "")))
        while rows := self._staging.pulled(after, EVENTS_PER_STEP):
            changes = [
                (_identity(row), values)
                for row in rows
                if row[4] and (values := _event_part(orjson.loads(row[4]), all_of_them))
            ]
            after = rows[-1][:2]
            if changes:
                prefix = f"run {self._run.id}"
                erased = deliver(self._outbox, self._tenant, self._dataset, prefix, changes)
                self._reading.count("events", len(changes) - erased)
                self._reading.count("erasedPeople", erased)
            self._staging.put("events after", after)
            self._commit("events accepted")

    def _send_feed(self, name: str) -> None:
        if self._staging.get("feed sent"):
            return
        attributes = sorted(
            {a for o in self._sharing.pulled_objects() for a in self._attributes(o)}
        )
        path = self._folder / f"{self._run.id}-{name}"

        def people() -> Iterator[tuple[Identity, dict]]:
            for row in self._staged():
                values = {k: v for k, v in orjson.loads(row[4]).items() if v is not None}
                if values:
                    yield _identity(row), values

        number = sharing_feed.write_user_feed(path, self._identity_types(), attributes, people())
        self._on_step("feed written")
        sink_for(self._sharing.feed).put(path, name)
        self._on_step("feed sent")
        path.unlink(missing_ok=True)
        self._staging.put("feed sent", True)
        self._reading.count("feedRows", number)
        self._commit("feed noted")

    def _send_segments(self, name: str) -> None:
        if not self._sharing.feeds_segments() or self._staging.get("segments sent"):
            return
        path = self._folder / f"{self._run.id}-{name}"

        def changes() -> Iterator[tuple[Identity, str, bool]]:
            for row in self._staged(with_segments=True):
                told = orjson.loads(row[7])
                for segment in told["add"]:
                    yield _identity(row), segment, True
                for segment in told["remove"]:
                    yield _identity(row), segment, False

        number = sharing_feed.write_segment_feed(path, self._identity_types(), changes())
        if number:
            sink_for(self._sharing.feed).put(path, name)
        path.unlink(missing_ok=True)
        self._staging.put("segments sent", True)
        self._reading.count("segmentChanges", number)
        self._commit("segments sent")

    def _remember(self) -> None:
        after = ("", "")
        while rows := self._staging.pulled(after, ROWS_PER_STEP):
            after = rows[-1][:2]
            self._pulled.remember(self._run, [_told(row) for row in rows])
        self._on_step("pull remembered")

    def _staged(self, *, with_segments: bool = False) -> Iterator[tuple]:
        after = ("", "")
        while rows := self._staging.pulled(after, ROWS_PER_STEP):
            after = rows[-1][:2]
            wanted = 7 if with_segments else 4
            yield from (row for row in rows if row[2] != NOBODY and row[wanted])

    def _attributes(self, name: str) -> list[str]:
        return list(pulled_fields(self._sharing, name).values())

    def _identity_types(self) -> list[str]:
        names = self._sharing.pulled_objects()
        if self._sharing.campaign_rules:
            names = ("Contact", "Lead") if self._sharing.share_leads else ("Contact",)
        kinds = [
            kind
            for name in names
            for _field, kind in identity_fields(self._sharing, self._dataset, name)
        ]
        return list(dict.fromkeys(kinds))

    def _tell_findings(self, name: str, findings: list) -> None:
        told = self._staging.get("findings", [])
        told += [[name, each.code, each.field, each.message] for each in findings]
        self._staging.put("findings", told)

    def told_rows(self) -> Iterator[dict]:
        """Yield what could not be read or used, for the run's report."""
        for name, code, field, message in self._staging.get("findings", []):
            yield _rejected(name, code, field, message)
        for row in self._staging.told(OBJECTS):
            yield row | {"source_id": "", "before": None, "after": None}


def _rejected(name: str, code: str, field: str | None, message: str) -> dict:
    return {
        "object": name,
        "record_id": "",
        "source_id": "",
        "status": Status.REJECTED,
        "code": code,
        "field": field,
        "message": message,
    }


def _identity(row: tuple) -> Identity:
    return Identity(*orjson.loads(row[3]))


def _event_part(changes: dict, all_of_them: bool) -> dict:
    return changes if all_of_them else {k: v for k, v in changes.items() if v is None}


def _told(row: tuple) -> Told:
    name, record_id, person, _identity_text, _changes, digest_text, filled, last = row
    if person == NOBODY:
        return Told(name, record_id, waiting=tuple(orjson.loads(last)))
    moved = orjson.loads(last)
    filled, segments = tuple(orjson.loads(filled or "[]")), tuple(moved["all"])
    return Told(
        name, record_id, digest_text, filled, segments, person_id=person, of_record=moved.get("of")
    )
