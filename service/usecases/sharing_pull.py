"""Reads changed records of the CRM and tells Personalization, of proven people only.

From the last watermark on, with a look-back for late commits, records are read in pages or, when
they are many, by a bulk query. What is new of them goes out as events when it is little, as the
documented feed file when it is much. The watermark moves when all of it is durable: in the
outbox, or in the feed folder.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson

from service.data_sharing import DataSharing
from service.errors import Fault
from service.metrics import ERASED_SKIPS
from service.model import Identity
from service.storage.outbox import Outbox
from service.storage.people import People, digest
from service.storage.pulled import Pulled, Told
from service.storage.runs import Run, Runs
from service.storage.runs_rows import RunRows, Status
from service.storage.staging import Staging
from service.tenant import Dataset, Tenant
from service.upstream.crm import Crm
from service.upstream.feed_sinks import sink_for
from service.usecases import sharing_feed
from service.usecases.sharing_deliveries import deliver
from service.usecases.sharing_incoming import (
    ACCOUNT,
    LONGEST_IDENTITY_BYTES,
    SHORTEST_IDENTITY_BYTES,
    attribute_value,
    identities_of,
    identity_fields,
    pulled_fields,
    segments_of,
    value_at,
)
from service.usecases.sharing_lookup import records_by_id
from service.usecases.sharing_matching import ID
from service.usecases.sharing_preflight import check_visible
from service.usecases.sharing_values import Unusable, digest_of

LOOK_BACK = timedelta(minutes=10)
"""Transactions that were open at the last read show up with an older SystemModstamp."""
BULK_FROM_ROWS = 10_000
BULK_PAGE_ROWS = 5_000
FIRST_POLL_SECONDS, LONGEST_POLL_SECONDS = 1.0, 30.0
BULK_MINUTES = 120
EVENTS_PER_STEP = 200
ROWS_PER_STEP = 1_000
WAITING_PER_STEP = 1_000
NOBODY = -1


class QueryTooSlow(Fault):
    """Raised when a bulk query is not done by its deadline; a resume goes on waiting."""

    status = 503
    code = "QUERY_TOO_SLOW"
    title = "Service Unavailable"

    def __init__(self):
        super().__init__("Salesforce has not finished the query in time.", retry_after=600)


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
        self._folder = folder
        self._on_step, self._stopping = on_step, stopping
        self._pause, self._clock = pause, clock

    def pull(self) -> dict:
        """Bring every changed record to its outcome and return the counts.

        Raises: a CRM fault, QueryTooSlow, FeedUnavailable; then a resume goes on.
        """
        if not self._staging.get("read"):
            for name in self._sharing.pulled_objects():
                self._read(name)
            self._staging.put("read", True)
            self._commit("pull staged")
        self._send()
        modstamps = {
            name: self._staging.get(f"modstamp {name}") or ""
            for name in self._sharing.pulled_objects()
        }
        self._pulled.move_watermarks(self._run, modstamps)
        self._on_step("watermark moved")
        return self._staging.get("counts", {})

    # -- reading --------------------------------------------------------------------------------

    def _read(self, name: str) -> None:
        if self._staging.get(f"done {name}"):
            return
        reader = _Reader(self, name)
        findings = reader.findings
        self._tell_findings(name, findings)
        if reader.can_read:
            for records in self._pages(name, reader.soql()):
                reader.take(records)
                self._commit("pull page staged")
            for records in self._waiting_records(name, reader.fields):
                reader.take(records, is_repeat=True)
                self._commit("pull page staged")
        self._staging.put(f"done {name}", True)
        self._commit("pull object read")

    def _pages(self, name: str, soql: str) -> Iterator[list[dict]]:
        """Yield records: by pages of a query, or of a bulk query where there are many."""
        if self._staging.get(f"query {name}") is None:
            for total, records in self._crm.query_pages(soql):
                if total > BULK_FROM_ROWS:
                    break
                yield records
            else:
                return
            job_id = self._crm.create_query(name, soql)
            self._staging.put(f"query {name}", [job_id, ""])
            self._commit("query created")
        yield from self._bulk_pages(name)

    def _bulk_pages(self, name: str) -> Iterator[list[dict]]:
        job_id, locator = self._staging.get(f"query {name}")
        self._wait(name, job_id)
        while True:
            records, following = self._crm.query_results(name, job_id, locator, BULK_PAGE_ROWS)
            yield records
            if not following:
                return
            locator = following
            self._staging.put(f"query {name}", [job_id, locator])

    def _wait(self, name: str, job_id: str) -> None:
        give_up = self._clock() + BULK_MINUTES * 60
        seconds = FIRST_POLL_SECONDS
        while (state := self._crm.query_state(name, job_id)) != "JobComplete":
            if state in ("Failed", "Aborted"):
                self._staging.put(f"query {name}", None)
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
            records = list(records_by_id(self._crm, name, fields, ids))
            if records:
                yield records

    def _commit(self, step: str) -> None:
        self._staging.commit()
        done = self._staging.get("read rows", 0)
        self._runs.show(self._run, {"done": done, "total": None, "unit": "records"})
        self._on_step(step)
        self._stopping()

    def count(self, name: str, number: int = 1) -> None:
        counts = Counter(self._staging.get("counts", {}))
        counts[name] += number
        self._staging.put("counts", dict(counts))

    # -- sending --------------------------------------------------------------------------------

    def _send(self) -> None:
        """Let everything out that is staged; the choice of the way is kept once it is made."""
        way = self._staging.get("way")
        if way is None:
            feed, number = self._sharing.feed, self._staging.pulled_count()
            is_many = feed is not None and number >= feed.from_rows
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
                self.count("events", len(changes) - erased)
                self.count("erasedPeople", erased)
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
        self.count("feedRows", number)
        self._commit("feed noted")

    def _send_segments(self, name: str) -> None:
        if not self._sharing.segment_rules or self._staging.get("segments sent"):
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
        self.count("segmentChanges", number)
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
        kinds = [
            kind
            for name in self._sharing.pulled_objects()
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
            yield _rejected(name, "", code, field, message)
        for name, record_id, code, field, message in self._staging.get("rejected", []):
            yield _rejected(name, record_id, code, field, message)


def _rejected(name: str, record_id: str, code: str, field: str | None, message: str) -> dict:
    return {
        "object": name,
        "record_id": record_id,
        "source_id": "",
        "status": Status.REJECTED,
        "code": code,
        "field": field,
        "message": message,
    }


class _Reader:
    """Turns records of one object into staged rows."""

    def __init__(self, puller: Puller, name: str):
        self._puller = puller
        self._name = name
        self._sharing = puller._sharing
        self._rules = [r for r in self._sharing.segment_rules if r.object_name == name]
        identity = identity_fields(self._sharing, puller._dataset, name)
        self._mapping = pulled_fields(self._sharing, name)
        wanted = [*self._mapping, *(r.field for r in self._rules), *(f for f, _k in identity)]
        self.findings = self._check(wanted)
        missing = {each.field for each in self.findings if each.object_name == name}
        missing |= {f"{ACCOUNT}{e.field}" for e in self.findings if e.object_name == "Account"}
        self.can_read = not any(each.is_fatal for each in self.findings)
        self._mapping = {f: a for f, a in self._mapping.items() if f not in missing}
        self._rules = [rule for rule in self._rules if rule.field not in missing]
        self._identity = tuple((f, kind) for f, kind in identity if f not in missing)
        fields = [ID, "SystemModstamp", *(f for f in wanted if f not in missing)]
        if any(field.startswith(ACCOUNT) for field in fields):
            fields.append("Account.SystemModstamp")
        self.fields = tuple(dict.fromkeys(fields))

    def _check(self, wanted: Sequence[str]) -> list:
        own = [field for field in wanted if not field.startswith(ACCOUNT)]
        findings = check_visible(self._puller._crm, self._name, own)
        parents = [field[len(ACCOUNT) :] for field in wanted if field.startswith(ACCOUNT)]
        if parents:
            findings += check_visible(self._puller._crm, "Account", parents)
        return findings

    def soql(self) -> str:
        """Return the query from the watermark on, or of the first window."""
        run, wanted = self._puller._run, self._sharing.objects[self._name]
        now = datetime.fromtimestamp(self._puller._clock(), UTC)
        since = self._puller._pulled.watermark(run.tenant, self._name)
        conditions = []
        if since:
            start = _soql_time(datetime.fromisoformat(since) - LOOK_BACK)
            changed = [f"SystemModstamp >= {start}"]
            if "Account.SystemModstamp" in self.fields:
                changed.append(f"Account.SystemModstamp >= {start}")
            conditions.append(f"({' OR '.join(changed)})")
        elif wanted.modified_within_days:
            start = _soql_time(now - timedelta(days=wanted.modified_within_days))
            conditions.append(f"LastModifiedDate >= {start}")
        if wanted.created_within_days:
            start = _soql_time(now - timedelta(days=wanted.created_within_days))
            conditions.append(f"CreatedDate >= {start}")
        if self._name == "Lead":
            conditions.append("IsConverted = false")
        where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        return f"SELECT {','.join(self.fields)} FROM {self._name}{where}"  # noqa: S608

    def take(self, records: list[dict], *, is_repeat: bool = False) -> None:
        """Stage what is new of some records. Those read a second time move no watermark."""
        puller = self._puller
        if not is_repeat:
            self._note_modstamp(records)
        ids = [str(record[ID]) for record in records]
        told = puller._pulled.told(puller._run.tenant, self._name, ids)
        named = {str(record[ID]): identities_of(record, self._identity) for record in records}
        digests = {
            record_id: [self._digest(each) for each in identities]
            for record_id, identities in named.items()
        }
        named_at_all = [d for some in digests.values() for d in some]
        erased = puller._people.erased_among(named_at_all)
        proven = puller._people.proven_among(named_at_all)
        rows, rejected = [], []
        for record in records:
            record_id = str(record[ID])
            before = told.get(record_id) or Told(self._name, record_id)
            if not erased.isdisjoint(digests[record_id]):
                puller.count("erasedPeople")
                ERASED_SKIPS.labels(puller._tenant.name, "share-pull").inc()
                continue
            try:
                rows += self._row(record, before, named[record_id], digests[record_id], proven)
            except Unusable as trouble:
                rejected.append([self._name, record_id, trouble.code, trouble.field, str(trouble)])
        puller._staging.add_pulled(rows)
        if rejected:
            puller._staging.put("rejected", puller._staging.get("rejected", []) + rejected)
        puller._staging.put("read rows", puller._staging.get("read rows", 0) + len(records))

    def _row(self, record, before: Told, identities, digests, proven) -> Iterator[tuple]:
        known = [
            (proven[d], each)
            for d, each in zip(digests, identities, strict=True)
            if d in proven and _fits_a_feed(each)
        ]
        if not known:
            if set(before.waiting) != set(digests):
                yield (self._name, before.record_id, NOBODY, None, None, None, None,
                       orjson.dumps(digests).decode())  # fmt: skip
            self._puller.count("unknownPeople")
            return
        person, identity = known[0]
        values = self._values(record)
        segments = segments_of(record, self._rules)
        filled = tuple(sorted(name for name, value in values.items() if value is not None))
        clears = {
            name: None
            for name in before.filled
            if values.get(name) is None and name in values and self._sharing.blank == "clear"
        }
        changes = {name: value for name, value in values.items() if value is not None} | clears
        digest_now = digest_of({"values": values, "segments": segments})
        if digest_now == before.digest:
            self._puller.count("unchanged")
            return
        self._puller.count("changed")
        moved = {
            "add": sorted(set(segments) - set(before.segments)),
            "remove": sorted(set(before.segments) - set(segments)),
            "all": segments,
        }
        yield (
            self._name,
            before.record_id,
            person,
            orjson.dumps([identity.type, identity.value]).decode(),
            orjson.dumps(changes).decode() if changes else None,
            digest_now,
            orjson.dumps(filled).decode(),
            orjson.dumps(moved).decode(),
        )

    def _values(self, record: Mapping) -> dict:
        kinds = self._puller._dataset.user_attributes
        return {
            attribute: attribute_value(value_at(record, field), kinds[attribute], field)
            for field, attribute in self._mapping.items()
        }

    def _digest(self, identity: Identity) -> str:
        return digest(self._puller._tenant.name, self._puller._dataset.name, identity)

    def _note_modstamp(self, records: list[dict]) -> None:
        name = f"modstamp {self._name}"
        stamps = [str(record["SystemModstamp"]) for record in records]
        newest = max([self._puller._staging.get(name, ""), *stamps])
        self._puller._staging.put(name, newest)


def _fits_a_feed(identity: Identity) -> bool:
    size = len(identity.value.encode("utf-8"))
    return SHORTEST_IDENTITY_BYTES <= size <= LONGEST_IDENTITY_BYTES


def _identity(row: tuple) -> Identity:
    return Identity(*orjson.loads(row[3]))


def _event_part(changes: dict, all_of_them: bool) -> dict:
    return changes if all_of_them else {k: v for k, v in changes.items() if v is None}


def _told(row: tuple) -> Told:
    name, record_id, person, _identity_text, _changes, digest_text, filled, last = row
    if person == NOBODY:
        return Told(name, record_id, waiting=tuple(orjson.loads(last)))
    segments = tuple(orjson.loads(last)["all"]) if last else ()
    filled = tuple(orjson.loads(filled or "[]"))
    return Told(name, record_id, digest_text, filled, segments, person_id=person)


def _soql_time(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
