"""Finds out what a push would change: users page by page, matched 1,000 at a time.

What is found lies in a local file, committed page by page; a run that died goes on at its page.
Nothing is written to Salesforce here.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from service.data_sharing import OBJECTS, DataSharing
from service.storage.people import People
from service.storage.runs import Run, Runs
from service.storage.runs_rows import RunRows, Status
from service.storage.staging import Staging
from service.tenant import Tenant
from service.upstream.crm import Crm
from service.usecases.sharing_accounts import AccountGroups
from service.usecases.sharing_drafts import NONE, SAME, Drafts
from service.usecases.sharing_export import ExportBroken, SharingExport
from service.usecases.sharing_finder import Finder
from service.usecases.sharing_preflight import Finding, Usable, check_push
from service.usecases.sharing_users import TopAffinities, UserPages

ACCOUNTS_PER_STEP = 1_000
LATER = "FIRST_RUN_LIMIT"
READ_ROWS, WHOLE = "export rows", "whole export"


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
        top_affinities: TopAffinities,
        people: People,
        is_whole: bool,
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
        if staging.get(WHOLE) is None:
            staging.put(WHOLE, is_whole)  # a resume goes on with what was begun
        self._is_whole = staging.get(WHOLE)
        self._later: Counter = Counter()
        self._on_step = on_step
        self._stopping = stopping
        self._pages = UserPages(tenant, staging, people, top_affinities)
        self._drafts = Drafts(tenant, rows)

    def plan(self) -> tuple[dict, list[Finding]]:
        """Write the plan's rows into the store; return counts and what stands in the way."""
        usable, findings = check_push(self._crm, self._sharing, self._objects())
        finder = Finder(
            crm=self._crm,
            sharing=self._sharing,
            usable=usable,
            staging=self._staging,
            pages=self._pages,
            drafts=self._drafts,
        )
        self._read_segments()
        self._read_users(finder)
        if self._is_whole:  # what an account comes to, all of its users have to say
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

    @property
    def _segment(self) -> str | None:
        return None if self._is_whole else self._sharing.export_segment

    # -- reading --------------------------------------------------------------------------------

    def _read_segments(self) -> None:
        if not self._pages.need_segments:
            return
        for segment in self._sharing.segments:
            start = self._staging.get(f"segment {segment}", 0)
            if start is None:
                continue
            for number, rows in self._rows_of(start, segment):
                ids = [r["name"] for r in rows if r and isinstance(r.get("name"), str)]
                self._staging.add_members(segment, ids)
                self._staging.put(f"segment {segment}", number + 1)
                self._step(f"segment {segment}", number + 1)
            self._staging.put(f"segment {segment}", None)
            self._staging.commit()

    def _read_users(self, finder: Finder) -> None:
        """Read all pages; the noted page is the first that is not wholly found."""
        start = self._staging.get("page", 0)
        if start is None:
            return
        following = start
        try:
            for number, rows in self._rows_of(start, self._segment):
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

    def _rows_of(self, start: int, segment: str | None = None) -> Iterator[tuple[int, list]]:
        """Yield pages of the export, and count their rows: they are licensed."""
        for number, rows in self._export.pages(self._tenant, self._dataset, start, segment):
            self._staging.put(READ_ROWS, self._staging.get(READ_ROWS, 0) + len(rows))
            yield number, rows

    def _step(self, unit: str, pages: int) -> None:
        self._staging.commit()
        self._runs.show(self._run, {"done": pages, "total": None, "unit": unit})
        self._on_step("page staged")
        self._stopping()

    def _read_accounts(self, usable: Usable | None) -> None:
        if usable is None or not usable.sharing.push:
            return
        self._staging.index_accounts()
        groups = AccountGroups(self._crm, usable, self._staging, self._drafts)
        for key in _stepwise(self._staging.account_keys, self._stopping):
            groups.take(key)
        groups.finish()
        for account in _stepwise(self._staging.accounts, self._stopping):
            groups.note(account)
        self._staging.commit()

    # -- the plan -------------------------------------------------------------------------------

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
                    row |= {"status": Status.SKIPPED, "code": LATER}
                    self._later[row["object"]] += 1
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
        for object_name, number in self._later.items():
            for prefix in ("", f"{object_name}."):
                counts[f"{prefix}toChange"] -= number
                counts[f"{prefix}{LATER}"] += number
        counts["findings"] = len(findings)
        counts["wholeExport"] = int(self._is_whole)
        counts["exportRows"] = self._staging.get(READ_ROWS, 0)
        counts["erasedPeople"] = self._staging.get("erased", 0)
        return dict(counts)


def _name_of(status: str, code: str | None) -> str:
    names = {SAME: "unchanged", NONE: "unmatched", Status.PLANNED: "toChange"}
    return names.get(status) or (code if status == Status.SKIPPED else status) or status


def _stepwise(read: Callable[[str, int], list[str]], stopping: Callable[[], None]):
    """Yield what `read` gives above the last one, a step at a time."""
    after = ""
    while found := read(after, ACCOUNTS_PER_STEP):
        yield from found
        after = found[-1]
        stopping()
