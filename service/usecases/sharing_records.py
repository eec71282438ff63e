"""Turns changed records of the CRM into what is to be told of their people.

What is known of a record is compared with what was told of it last; only the difference is staged.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import orjson

from service.data_sharing import DataSharing
from service.metrics import ERASED_SKIPS
from service.model import Identity
from service.moments import iso
from service.storage.people import People, digest
from service.storage.pulled import Pulled, Told
from service.storage.runs import Run
from service.storage.runs_rows import Status
from service.storage.staging import Staging
from service.tenant import Dataset, Tenant
from service.upstream.crm import Crm
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
from service.usecases.sharing_matching import ID
from service.usecases.sharing_preflight import Finding, check_visible
from service.usecases.sharing_rivals import Reason, Rivals
from service.usecases.sharing_values import Unusable, digest_of

LOOK_BACK = timedelta(minutes=10)
"""Transactions that were open at the last read show up with an older SystemModstamp."""
NOBODY = -1
"""The person of a staged row whose record is nobody's who is proven."""


@dataclass(frozen=True)
class Reading:
    """What reading for one run needs."""

    tenant: Tenant
    run: Run
    crm: Crm
    staging: Staging
    people: People
    pulled: Pulled
    clock: Callable[[], float] = time.time

    @property
    def sharing(self) -> DataSharing:
        return self.tenant.data_sharing

    @property
    def dataset(self) -> Dataset:
        return self.tenant.dataset(self.sharing.dataset)

    def count(self, name: str, number: int = 1) -> None:
        """Count something for the run's report."""
        counts = Counter(self.staging.get("counts", {}))
        counts[name] += number
        self.staging.put("counts", dict(counts))


def wanted_fields(sharing: DataSharing, dataset: Dataset, name: str) -> list[str]:
    """Return the fields of an object that are read, `Account.X` among them."""
    rules = [rule.field for rule in sharing.segment_rules if rule.object_name == name]
    named = [field for field, _type in identity_fields(sharing, dataset, name)]
    return [*pulled_fields(sharing, name), *rules, *named]


def check_record(crm: Crm, name: str, wanted: Sequence[str]) -> list[Finding]:
    """Say which fields of an object and of its account our user does not see."""
    own = [field for field in wanted if not field.startswith(ACCOUNT)]
    findings = check_visible(crm, name, own)
    parents = [field[len(ACCOUNT) :] for field in wanted if field.startswith(ACCOUNT)]
    if parents:
        findings += check_visible(crm, "Account", parents)
    return findings


class RecordReader:
    """Turns records of one object into staged rows."""

    def __init__(self, reading: Reading, name: str):
        self.reading = reading
        self.name = name
        self._sharing = reading.sharing
        self._rules = [r for r in self._sharing.segment_rules if r.object_name == name]
        identity = identity_fields(self._sharing, reading.dataset, name)
        self._mapping = pulled_fields(self._sharing, name)
        wanted = wanted_fields(self._sharing, reading.dataset, name)
        self.findings = check_record(reading.crm, name, wanted)
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
        self._rivals = Rivals(reading.crm, self._sharing, name)

    def queries(self) -> dict[str, str]:
        """Return what to read: SOQL by the name of its watermark."""
        return {self.name: self._soql()}

    def _soql(self) -> str:
        """Return the query from the watermark on, or of the first window."""
        run, wanted = self.reading.run, self._sharing.objects[self.name]
        now = datetime.fromtimestamp(self.reading.clock(), UTC)
        since = self.reading.pulled.watermark(run.tenant, self.name)
        conditions = []
        if since:
            start = soql_time(datetime.fromisoformat(since) - LOOK_BACK)
            changed = [f"SystemModstamp >= {start}"]
            if "Account.SystemModstamp" in self.fields:
                changed.append(f"Account.SystemModstamp >= {start}")
            conditions.append(f"({' OR '.join(changed)})")
        elif wanted.modified_within_days:
            start = soql_time(now - timedelta(days=wanted.modified_within_days))
            conditions.append(f"LastModifiedDate >= {start}")
        if wanted.created_within_days:
            start = soql_time(now - timedelta(days=wanted.created_within_days))
            conditions.append(f"CreatedDate >= {start}")
        if self.name == "Lead":
            conditions.append("IsConverted = false")
        where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        return f"SELECT {','.join(self.fields)} FROM {self.name}{where}"  # noqa: S608

    def take(self, records: list[dict], watermark: str | None = None) -> None:
        """Stage what is new of some records. Those read a second time move no watermark."""
        reading = self.reading
        if watermark:
            self._note_modstamp(watermark, records)
        ids = [str(record[ID]) for record in records]
        known = reading.pulled.told(reading.run.tenant, self.name, ids)
        named = {str(record[ID]): self.identities(record) for record in records}
        digests = {
            record_id: [self._digest(each) for each in identities]
            for record_id, identities in named.items()
        }
        named_at_all = [d for some in digests.values() for d in some]
        erased = reading.people.erased_among(named_at_all)
        proven = reading.people.proven_among(named_at_all)
        rows, told = [], []
        for record in records:
            record_id = str(record[ID])
            before = known.get(record_id) or Told(self.name, record_id)
            if not erased.isdisjoint(digests[record_id]):
                reading.count("erasedPeople")
                ERASED_SKIPS.labels(reading.tenant.name, "share-pull").inc()
                continue
            try:
                rows += self._row(record, before, named[record_id], digests[record_id], proven)
            except Unusable as trouble:
                unusable = Reason(Status.REJECTED, trouble.code, trouble.field, str(trouble))
                told.append(self._told(record_id, unusable))
        changed = [row[1] for row in rows if row[2] != NOBODY]
        rivals = self.rivals({each: _known(named[each], digests[each], proven) for each in changed})
        told += [self._told(record_id, rival) for record_id, rival in rivals.items()]
        again = [each for each, rival in rivals.items() if rival.status == Status.REJECTED]
        reading.count("changed", len(changed) - len(rivals))
        reading.staging.add_pulled([row for row in rows if row[1] not in rivals])
        reading.staging.add_pulled([self._waiting(each, digests[each]) for each in again])
        reading.staging.add_found(told)
        reading.staging.put("read rows", reading.staging.get("read rows", 0) + len(records))

    def rivals(self, named: Mapping[str, Iterable[Identity]]) -> dict[str, Reason]:
        """Return, by record id, why a record does not speak for its person."""
        return self._rivals.among(named)

    def _told(self, record_id: str, rival: Reason) -> dict:
        return {"object": self.name, "source_id": record_id, "record_id": record_id} | (
            rival._asdict()
        )

    def _waiting(self, record_id: str, digests: Sequence[str]) -> tuple:
        """Return the row of a record that is looked at again each night."""
        nothing = (None, None, None, None)
        return (self.name, record_id, NOBODY, *nothing, orjson.dumps(digests).decode())

    def _row(self, record, before: Told, identities, digests, proven) -> Iterator[tuple]:
        known = _known(identities, digests, proven)
        if not known:
            if set(before.waiting) != set(digests):
                yield self._waiting(before.record_id, digests)
            self.reading.count("unknownPeople")
            return
        identity, person = next(iter(known.items()))
        values = self._values(record)
        segments = self.segments(record)
        filled = tuple(sorted(name for name, value in values.items() if value is not None))
        clears = {
            name: None
            for name in before.filled
            if values.get(name) is None and name in values and self._sharing.blank == "clear"
        }
        changes = {name: value for name, value in values.items() if value is not None} | clears
        digest_now = digest_of({"values": values, "segments": segments})
        if digest_now == before.digest:
            self.reading.count("unchanged")
            return
        moved = {
            "add": sorted(set(segments) - set(before.segments)),
            "remove": sorted(set(before.segments) - set(segments)),
            "all": segments,
            "of": self.of_record(record),
        }
        yield (
            self.name,
            before.record_id,
            person,
            orjson.dumps([identity.type, identity.value]).decode(),
            orjson.dumps(changes).decode() if changes else None,
            digest_now,
            orjson.dumps(filled).decode(),
            orjson.dumps(moved).decode(),
        )

    def identities(self, record: Mapping) -> list[Identity]:
        """Return what may name the record's person, the surest first."""
        return identities_of(record, self._identity)

    def of_record(self, record: Mapping) -> str | None:
        """Return the id of the record whose part this one is."""
        return None

    def take_gone(self) -> None:
        """Stage what is to be told of records that are not there any more."""

    def segments(self, record: Mapping) -> tuple[str, ...]:
        """Return the manual segments that a record puts its person into."""
        return segments_of(record, self._rules)

    def _values(self, record: Mapping) -> dict:
        kinds = self.reading.dataset.user_attributes
        return {
            attribute: attribute_value(value_at(record, field), kinds[attribute], field)
            for field, attribute in self._mapping.items()
        }

    def _digest(self, identity: Identity) -> str:
        return digest(self.reading.tenant.name, self.reading.dataset.name, identity)

    def _note_modstamp(self, watermark: str, records: list[dict]) -> None:
        name = f"modstamp {watermark}"
        stamps = [str(record["SystemModstamp"]) for record in records]
        newest = max([self.reading.staging.get(name, ""), *stamps])
        self.reading.staging.put(name, newest)


def _known(identities: Sequence[Identity], digests: Sequence[str], proven: Mapping) -> dict:
    """Return the people by what of this is proven to name them, the surest first."""
    return {
        each: proven[d]
        for d, each in zip(digests, identities, strict=True)
        if d in proven and _fits_a_feed(each)
    }


def _fits_a_feed(identity: Identity) -> bool:
    size = len(identity.value.encode("utf-8"))
    return SHORTEST_IDENTITY_BYTES <= size <= LONGEST_IDENTITY_BYTES


def soql_time(moment: datetime) -> str:
    """Return a moment as SOQL has it."""
    return iso(moment.timestamp())
