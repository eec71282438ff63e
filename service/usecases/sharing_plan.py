"""Finds out what a push would change: users page by page, matched 1,000 at a time.

What is found lies in a local file, committed page by page; a run that died goes on at its page.
Nothing is written to Salesforce here.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

import orjson

from service.data_sharing import OBJECTS, SEGMENTS, TOP_AFFINITY, DataSharing, ObjectSharing
from service.metrics import ERASED_SKIPS
from service.storage.people import People
from service.storage.runs import Run, Runs
from service.storage.runs_rows import RunRows, Status
from service.storage.staging import Staging
from service.tenant import Dataset, Tenant
from service.upstream.crm import Crm
from service.usecases.sharing_erased import without_erased
from service.usecases.sharing_export import ExportBroken, SharingExport
from service.usecases.sharing_lookup import Lookup, records_by_id
from service.usecases.sharing_matching import (
    CONTACT_RUNG,
    ID,
    USUAL_RUNG,
    Key,
    Match,
    Verdict,
    keys_of,
    ladder,
)
from service.usecases.sharing_preflight import Finding, Usable, check_push
from service.usecases.sharing_values import (
    Unusable,
    combined,
    comparable,
    digest_of,
    fit,
    reader_of,
)

SAME, NONE = "same", "none"
"""States of users in the file that a plan does not tell one by one."""
ACCOUNTS_PER_STEP = 1_000
MOST_SOURCE_ID = 128
NO_SEGMENTS = ()


class User(NamedTuple):
    """A usable row of the export, the page it stood on, and what is known from elsewhere."""

    page: int
    id: str
    row: Mapping
    segments: Sequence[str]
    affinity: str | None


class Planner:
    """Plans one push run."""

    def __init__(
        self,
        *,
        tenant: Tenant,
        run: Run,
        runs: Runs,
        rows: RunRows,
        crm: Crm,
        export: SharingExport,
        staging: Staging,
        top_affinities: Callable[[Tenant, Dataset, str, list[Mapping]], dict[str, str]],
        people: People,
        on_step: Callable[[str], None],
        stopping: Callable[[], None],
    ):
        self._tenant = tenant
        self._sharing: DataSharing = tenant.data_sharing
        self._dataset = tenant.dataset(self._sharing.dataset)
        self._run = run
        self._runs = runs
        self._rows = rows
        self._crm = crm
        self._export = export
        self._staging = staging
        self._top_affinities = top_affinities
        self._people = people
        self._on_step = on_step
        self._stopping = stopping
        self._readers = {
            push.value: reader_of(push.value, self._sharing.profile_link)
            for each in self._sharing.pushed_objects()
            for push in each.push
        }

    def plan(self) -> tuple[dict, list[Finding]]:
        """Write the plan's rows into the store; return counts and what stands in the way."""
        usable, findings = check_push(self._crm, self._sharing, self._objects())
        finder = _Finder(self, usable)
        self._read_segments()
        self._read_users(finder)
        self._read_accounts(usable.get("Account"))
        self._staging.supersede()
        self._staging.commit()
        self._on_step("staged")
        self._rows.replace(self._run, self._told(findings))
        return self._counts(findings), findings

    def _objects(self) -> list[str]:
        """Return the objects to look at: contacts lead to accounts, and beat leads."""
        wanted = {each.name for each in self._sharing.pushed_objects()}
        through = "Account" in wanted and self._sharing.account_through_contact
        if through or "Lead" in wanted:
            wanted.add("Contact")
        return [name for name in OBJECTS if name in wanted]

    # -- reading --------------------------------------------------------------------------------

    def _read_segments(self) -> None:
        if SEGMENTS not in self._readers:
            return
        for segment in self._sharing.segments:
            start = self._staging.get(f"segment {segment}", 0)
            if start is None:
                continue
            for number, rows in self._export.pages(self._tenant, self._dataset, start, segment):
                ids = [r["name"] for r in rows if r and isinstance(r.get("name"), str)]
                self._staging.add_members(segment, ids)
                self._staging.put(f"segment {segment}", number + 1)
                self._step(f"segment {segment}", number + 1)
            self._staging.put(f"segment {segment}", None)
            self._staging.commit()

    def _read_users(self, finder: "_Finder") -> None:
        """Read all pages; the noted page is the first that is not wholly found."""
        start = self._staging.get("page", 0)
        if start is None:
            return
        following = start
        try:
            for number, rows in self._export.pages(self._tenant, self._dataset, start):
                finder.take(number, rows)
                following = number + 1
                self._staging.put("page", min([following, *finder.waiting_pages]))
                self._step("users", following)
        except ExportBroken:  # what was read is not read again: the licence counts rows
            finder.flush()
            self._staging.put("page", following)
            self._staging.commit()
            raise
        finder.flush()
        self._staging.put("page", None)
        self._staging.commit()

    def _step(self, unit: str, pages: int) -> None:
        self._staging.commit()
        self._runs.show(self._run, {"done": pages, "total": None, "unit": unit})
        self._on_step("page staged")
        self._stopping()

    def users(self, number: int, rows: list) -> tuple[list[User], list[dict]]:
        """Sort the usable rows of a page from those that are rejected."""
        good, rejected = [], []
        for place, row in enumerate(rows, 1):
            name = row.get("name") if row is not None else None
            where = f"page {number}, row {place}"
            if row is None:
                rejected.append(_rejected(where, "INVALID_ROW", "the row is not strict JSON"))
            elif not isinstance(name, str) or not 0 < len(name) <= MOST_SOURCE_ID:
                rejected.append(_rejected(where, "NO_ID", "the row names no user"))
            else:
                good.append(row)
        good = self._without_erased(good)
        segments = self._segments_of(good) if SEGMENTS in self._readers else {}
        kind = self._sharing.top_affinity_type
        affinities = {}
        if TOP_AFFINITY in self._readers and kind:
            affinities = self._top_affinities(self._tenant, self._dataset, kind, good)
        users = [
            User(number, name, row, segments.get(name, NO_SEGMENTS), affinities.get(name))
            for row in good
            for name in (row["name"],)
        ]
        return users, rejected

    def _without_erased(self, rows: list) -> list:
        """Leave out users who were erased: Personalization may still know them for a while."""
        kept = without_erased(self._people, self._tenant, self._dataset, rows)
        if len(kept) < len(rows):
            known = self._staging.get("erased", 0)
            self._staging.put("erased", known + len(rows) - len(kept))
            ERASED_SKIPS.labels(self._tenant.name, "share-push").inc(len(rows) - len(kept))
        return kept

    def _segments_of(self, rows: list[Mapping]) -> dict[str, list[str]]:
        """Return the names of users' segments; what has no name is told by its id."""
        names = self._dataset.segment_names
        ids = list(dict.fromkeys(row["name"] for row in rows))
        found = self._staging.segments_of(ids)
        return {user: [names.get(each, each) for each in some] for user, some in found.items()}

    def sent_digests(self, object_name: str, ids: list[str]) -> dict[str, str]:
        return self._rows.sent_digests(self._tenant.name, object_name, ids)

    def raws(self, user: User, sharing: ObjectSharing) -> dict:
        """Return what Personalization knows of a user, by the field it is for."""
        _page, _id, row, segments, affinity = user
        readers = self._readers
        return {p.field: readers[p.value](row, segments, affinity) for p in sharing.push}

    # -- accounts -------------------------------------------------------------------------------

    def account_member(self, user: User, contact: Mapping | None) -> tuple | None:
        """Return the user as a member of an account: by id, match field, name, or contact."""
        sharing = self._sharing.objects["Account"]
        keys = keys_of(user.row, ladder(self._sharing, sharing))
        account_id = (contact or {}).get("AccountId")
        if account_id and self._sharing.account_through_contact:
            keys = (*keys, Key(CONTACT_RUNG, ID, account_id))
        if not keys:
            return None
        raws = self.raws(user, sharing)
        told = [[key.rung, key.field, key.value] for key in keys]
        key = orjson.dumps(told).decode("utf-8")
        return user.id, key, orjson.dumps(raws, default=str).decode("utf-8")

    def _read_accounts(self, usable: Usable | None) -> None:
        if usable is None or not usable.sharing.push:
            return
        self._staging.index_accounts()
        groups = _AccountGroups(self, usable, self._crm, self._staging)
        for key in _stepwise(self._staging.account_keys, self._stopping):
            groups.take(key)
        groups.finish()
        for account in _stepwise(self._staging.accounts, self._stopping):
            groups.note(account)
        self._staging.commit()

    # -- the plan -------------------------------------------------------------------------------

    def row_for(
        self, usable: Usable, source_id: str, raws: Mapping, record: Mapping, rung, last, sent
    ) -> dict:
        """Return what is to be written to a record, or why nothing is."""
        found = {
            "object": usable.sharing.name,
            "source_id": source_id,
            "record_id": record[ID],
            "rung": rung,
            "parent": record.get("AccountId") or record[ID],
            "last_activity": last,
        }
        digest = digest_of([usable.form, self._sharing.blank, *raws.values()])
        if sent == digest:
            return found | {"status": SAME, "digest": digest}
        try:
            after = self._after(usable, raws)
        except Unusable as trouble:
            return found | {
                "status": Status.REJECTED,
                "code": trouble.code,
                "field": trouble.field,
                "message": str(trouble),
            }
        before = {name: record.get(name) for name in after}
        fields = usable.described.fields
        is_same = all(
            comparable(before[name], fields[name]) == comparable(after[name], fields[name])
            for name in after
        )
        if is_same:
            return found | {"status": SAME, "digest": digest}
        return found | {
            "status": Status.PLANNED,
            "digest": digest,
            "before": orjson.dumps(before).decode("utf-8"),
            "after": orjson.dumps(after).decode("utf-8"),
        }

    def _after(self, usable: Usable, raws: Mapping) -> dict:
        after = {}
        for push in usable.sharing.push:
            value = fit(raws[push.field], push, usable.described.fields[push.field])
            if value is not None or self._sharing.blank == "clear":
                after[push.field] = value
        return after

    def _told(self, findings: Iterable[Finding]) -> Iterable[dict]:
        for each in findings:
            yield {
                "object": each.object_name,
                "record_id": "",
                "source_id": "",
                "status": Status.REJECTED,
                "code": each.code,
                "field": each.field,
                "message": each.message,
            }
        left = {each.name: self._allowed(each.name) for each in self._sharing.pushed_objects()}
        for row in self._staging.told(OBJECTS):
            if row["status"] == Status.PLANNED:
                if left[row["object"]] <= 0:
                    row |= {"status": Status.SKIPPED, "code": "FIRST_RUN_LIMIT"}
                left[row["object"]] -= 1
            row["record_id"] = row["record_id"] or ""
            yield row

    def _allowed(self, object_name: str) -> float:
        """Return how many records may be written: few on the very first run, if so configured."""
        limit = self._run.options.get("limit")
        first = self._sharing.first_run_records
        if first and not self._rows.has_sent(self._tenant.name, object_name):
            limit = min(first, limit or first)
        return limit or math.inf

    def _counts(self, findings: list[Finding]) -> dict:
        staged = self._staging.counts()
        counts: Counter = Counter()
        for (object_name, status, code), number in staged.items():
            if object_name:
                counts[f"{object_name}.{_name_of(status, code)}"] += number
            counts[_name_of(status, code)] += number
        counts["findings"] = len(findings)
        counts["erasedPeople"] = self._staging.get("erased", 0)
        return dict(counts)


def _name_of(status: str, code: str | None) -> str:
    names = {SAME: "unchanged", NONE: "unmatched", Status.PLANNED: "toChange"}
    return names.get(status) or (code if status == Status.SKIPPED else status) or status


class _Finder:
    """Leads users through contacts, then leads; notes what is found in the file."""

    def __init__(self, planner: Planner, usable: Mapping[str, Usable]):
        self._planner = planner
        self._usable = usable
        self._sharing = planner._sharing
        self._lookups = {
            name: self._lookup(name, found)
            for name, found in (("Contact", self._contacts), ("Lead", self._leads))
            if name in usable
        }

    @property
    def waiting_pages(self) -> list[int]:
        """Return the pages of the users who wait longest for a call to be full."""
        waiting = [each.oldest for each in self._lookups.values()]
        users = [each if isinstance(each, User) else each[0] for each in waiting if each]
        return [user.page for user in users]

    def take(self, number: int, rows: list) -> None:
        """Take a page in; whatever fills a call is asked for."""
        users, rejected = self._planner.users(number, rows)
        self._planner._staging.add_found(rejected)
        for user in users:
            if "Contact" in self._lookups:
                usable = self._usable["Contact"]
                self._lookups["Contact"].add(user, keys_of(user.row, usable.rungs))
            else:
                self._after_contact([(user, None)])

    def flush(self) -> None:
        """Ask what is left."""
        for lookup in self._lookups.values():
            lookup.flush()

    def _lookup(self, name: str, found) -> Lookup:
        usable = self._usable[name]
        fields = {field for _rung, field, _attribute in usable.rungs}
        lengths = {field: usable.described.fields[field].length for field in fields}
        crm = self._planner._crm
        return Lookup(crm, name, usable.selected, [ID, *sorted(fields - {ID})], found, lengths)

    def _contacts(self, waiting, index) -> None:
        matches = self._followed("Contact", [(u, index.match(keys)) for u, keys in waiting])
        self._note("Contact", matches)
        self._after_contact(
            [(u, m.records[0] if m.verdict == Verdict.MATCHED else None) for u, m in matches]
        )

    def _after_contact(self, users: list[tuple[User, Mapping | None]]) -> None:
        if self._sharing.objects["Account"].push:
            members = (self._planner.account_member(user, contact) for user, contact in users)
            self._planner._staging.add_account_users(filter(None, members))
        if "Lead" in self._lookups:
            rungs = self._usable["Lead"].rungs
            for user, contact in users:
                self._lookups["Lead"].add((user, contact), keys_of(user.row, rungs))

    def _leads(self, waiting, index) -> None:
        """Note leads; a contact beats a lead, and a converted lead stands for its contact."""
        matches = [(who, index.match(keys)) for who, keys in waiting]
        converted, plain, told = [], [], []
        for (user, contact), match in matches:
            lead = match.records[0] if match.verdict == Verdict.MATCHED else None
            if contact is not None:
                told += [_suppressed(user, match, contact)] if lead else []
            elif lead and lead.get("IsConverted"):
                converted.append((user, match))
            else:
                plain.append((user, match))
        self._planner._staging.add_found(told)
        self._note("Lead", self._followed("Lead", plain))
        self._note_converted(converted)

    def _note_converted(self, converted: list[tuple[User, Match]]) -> None:
        """What belongs to a converted lead goes to its contact."""
        usable = self._usable.get("Contact")
        wanted = {
            match.records[0].get("ConvertedContactId"): (user, match) for user, match in converted
        }
        contacts = {}
        if usable:
            ids = [each for each in wanted if each]
            fields = usable.selected
            contacts = {r[ID]: r for r in records_by_id(self._planner._crm, "Contact", fields, ids)}
        matches, told = [], []
        for user, match in converted:
            contact = contacts.get(match.records[0].get("ConvertedContactId"))
            if contact is None or contact.get("IsDeleted"):
                message = "the lead is converted and its contact is not there"
                told.append(_told(user, "Lead", match, "LEAD_CONVERTED", message))
            else:
                matches.append((user, Match(Verdict.MATCHED, match.rung, "lead", (contact,))))
                message = f"the lead is converted: contact {contact[ID]} gets its data"
                told.append(_told(user, "Lead", match, "LEAD_CONVERTED", message))
        self._planner._staging.add_found(told)
        self._note("Contact", matches)

    def _followed(self, name: str, matches: list[tuple[User, Match]]) -> list[tuple[User, Match]]:
        """Let merged records stand for their masters; a deleted one is no match."""
        gone = [
            match.records[0]
            for _user, match in matches
            if match.verdict == Verdict.MATCHED and match.records[0].get("IsDeleted")
        ]
        if not gone:
            return matches
        masters = [each["MasterRecordId"] for each in gone if each.get("MasterRecordId")]
        fields = self._usable[name].selected
        found = {r[ID]: r for r in records_by_id(self._planner._crm, name, fields, masters)}
        return [(user, _standing(match, found)) for user, match in matches]

    def _note(self, name: str, matches: list[tuple[User, Match]]) -> None:
        usable = self._usable[name]
        records = [m.records[0][ID] for _user, m in matches if m.verdict == Verdict.MATCHED]
        sent = self._planner.sent_digests(name, records)
        staging = self._planner._staging
        nobody, told = [], []
        for user, match in matches:
            if self._is_told(usable, match):
                told.append(self._row(usable, user, match, sent))
            else:
                nobody.append(user.id)
        staging.add_found(told)
        staging.add_unmatched(name, nobody)

    @staticmethod
    def _is_told(usable: Usable, match: Match) -> bool:
        is_unpushed = match.verdict == Verdict.MATCHED and not usable.sharing.push
        return match.verdict != Verdict.NONE and not is_unpushed

    def _row(self, usable: Usable, user: User, match: Match, sent: Mapping[str, str]) -> dict:
        name = usable.sharing.name
        match match.verdict:
            case Verdict.MATCHED:
                record = match.records[0]
                raws = self._planner.raws(user, usable.sharing)
                last = user.row.get("lastActivity")
                return self._planner.row_for(
                    usable,
                    user.id,
                    raws,
                    record,
                    match.rung,
                    last if isinstance(last, int) else 0,
                    sent.get(record[ID]),
                )
            case Verdict.AMBIGUOUS:
                ids = ", ".join(sorted(str(r[ID]) for r in match.records)[:5])
                message = f"{len(match.records)} records have this {match.field}: {ids}"
                row = _told(user, name, match, "AMBIGUOUS", message)
                return row | {"record_id": None, "status": Status.REJECTED}
        message = f"{match.field} differs in upper and lower case only"
        return _told(user, name, match, "CASE_DIFFERS", message)


def _standing(match: Match, masters: Mapping[str, Mapping]) -> Match:
    record = match.records[0] if match.verdict == Verdict.MATCHED else None
    if record is None or not record.get("IsDeleted"):
        return match
    master = masters.get(record.get("MasterRecordId"))
    if master is None or master.get("IsDeleted"):
        return Match(Verdict.NONE)
    return Match(Verdict.MATCHED, match.rung, match.field, (master,))


def _told(user: User, name: str, match: Match, code: str, message: str) -> dict:
    return {
        "object": name,
        "source_id": user.id,
        "record_id": match.records[0][ID],
        "rung": match.rung,
        "status": Status.SKIPPED,
        "code": code,
        "field": match.field,
        "message": message,
    }


def _suppressed(user: User, match: Match, contact: Mapping) -> dict:
    message = f"contact {contact[ID]} is the same person and beats the lead"
    return _told(user, "Lead", match, "CONTACT_FIRST", message)


def _rejected(where: str, code: str, message: str) -> dict:
    return {
        "object": "",
        "source_id": where,
        "status": Status.REJECTED,
        "code": code,
        "message": message,
    }


class _AccountGroups:
    """Finds the account of each group of users, and combines what they have."""

    def __init__(self, planner: Planner, usable: Usable, crm: Crm, staging: Staging):
        self._planner = planner
        self._usable = usable
        self._staging = staging
        fields = {field for _rung, field, _attribute in usable.rungs}
        lengths = {field: usable.described.fields[field].length for field in fields}
        keys = [ID, *sorted(fields - {ID})]
        self._lookup = Lookup(crm, "Account", usable.selected, keys, self._found, lengths)

    def take(self, key: str) -> None:
        """Take the users in who share a list of keys."""
        keys = tuple(Key(*each) for each in orjson.loads(key))
        self._lookup.add(key, tuple(k._replace(rung=_last(k.rung)) for k in keys))

    def finish(self) -> None:
        self._lookup.flush()

    def note(self, account_id: str) -> None:
        """Note what an account is to get: its users are known by now."""
        rung, record = self._staging.account(account_id)
        sent = self._planner.sent_digests("Account", [account_id]).get(account_id)
        self._staging.add_found([self._row(account_id, rung, orjson.loads(record), sent)])

    def _found(self, waiting, index) -> None:
        told = []
        for key, keys in waiting:
            match = index.match(keys)
            record = match.records[0] if match.records else {}
            if match.verdict == Verdict.MATCHED and not record.get("IsDeleted"):
                rung = CONTACT_RUNG if match.rung > USUAL_RUNG else match.rung
                text = orjson.dumps(record).decode("utf-8")
                self._staging.assign(key, record[ID], rung, text)
            elif match.verdict in (Verdict.AMBIGUOUS, Verdict.CASE_DIFFERS):
                told += self._misses(key, match)
        self._staging.add_found(told)

    def _misses(self, key: str, match: Match):
        is_near = match.verdict == Verdict.CASE_DIFFERS
        message = (
            f"{match.field} differs in upper and lower case only"
            if is_near
            else f"{len(match.records)} accounts have this {match.field}"
        )
        for source_id in self._staging.users_of(key):
            yield {
                "object": "Account",
                "source_id": source_id,
                "record_id": match.records[0][ID] if is_near else None,
                "rung": match.rung,
                "status": Status.SKIPPED if is_near else Status.REJECTED,
                "code": str(match.verdict),
                "field": match.field,
                "message": message,
            }

    def _row(self, account_id: str, rung: int, record: Mapping, sent: str | None) -> dict:
        gathered: dict[str, list] = {push.field: [] for push in self._usable.sharing.push}
        users = 0
        for raws in self._staging.raws_of(account_id):
            users += 1
            known = orjson.loads(raws)
            for push in self._usable.sharing.push:
                if (raw := known[push.field]) is not None:
                    gathered[push.field].append(raw)
        raws = {
            push.field: combined(gathered[push.field], push.take) if gathered[push.field] else None
            for push in self._usable.sharing.push
        }
        source = f"{users} users" if users != 1 else "1 user"
        row = self._planner.row_for(self._usable, account_id, raws, record, rung, 0, sent)
        return row | ({} if row.get("message") else {"message": source})


def _last(rung: int) -> int:
    """The account of a person's contact stands below everything else on the ladder."""
    return USUAL_RUNG + 1 if rung == CONTACT_RUNG else rung


def _stepwise(read: Callable[[str, int], list[str]], stopping: Callable[[], None]):
    """Yield what `read` gives above the last one, a step at a time."""
    after = ""
    while found := read(after, ACCOUNTS_PER_STEP):
        yield from found
        after = found[-1]
        stopping()
