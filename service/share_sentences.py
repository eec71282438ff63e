"""What `p13n share` says of runs and rows, in sentences and for machines."""

from collections.abc import Mapping

from service.moments import iso
from service.storage.pulled import Told
from service.storage.runs import Run, State
from service.storage.runs_rows import RunRow, Status, source_of
from service.usecases.data_sharing import PULL, PUSH, DataSharing
from service.usecases.sharing_reports import REPORTED, run_values

BAR = 30
SHOWN = 20


def bar(run: Run) -> str:
    """Return a line that shows how far a run is."""
    done, total = run.progress.get("done", 0), run.progress.get("total")
    unit = run.progress.get("unit", "")
    if not total:
        return f"{run.phase}: {unit} {done}" if unit else f"{run.phase}"
    filled = round(BAR * done / total)
    return f"{run.phase} [{'#' * filled}{'.' * (BAR - filled)}] {done} of {total} {unit}"


def line(run: Run) -> str:
    """Return a run in a line: its counts, why it stopped, or how far it is."""
    counts = ", ".join(f"{name} {n}" for name, n in run.counts.items() if n and "." not in name)
    text = f"{run.id}  {iso(run.started_at)}  {run.direction}  {run.state}"
    if run.state == State.RUNNING:
        return f"{text}  {bar(run)}"
    reason = f"  {run.code}: {run.detail}" if run.code else ""
    return f"{text}  {counts}{reason}"


def ended_sentences(sharing: DataSharing, run: Run) -> list[str]:
    """Return a run that has ended, and its first rejected rows."""
    lines = [line(run)]
    for row in sharing.rows.page(run, *REPORTED, limit=SHOWN):
        lines.append(f"  {_row_sentence(row)}")
    return lines


def _source(row: RunRow) -> str:
    """Return who stands behind a row: a user, or a person that a pull knows of."""
    is_person = row.source_id.startswith(source_of(""))
    return row.source_id if is_person else f"user {row.source_id or '-'}"


def _row_sentence(row: RunRow) -> str:
    field = f" {row.field}:" if row.field else ""
    return (
        f"{row.object_name} {row.record_id or '-'} ({_source(row)}) "
        f"{row.code}:{field} {row.message or ''}"
    )


def plan_values(sharing: DataSharing, runs: list[Run]) -> dict:
    """Return a plan for machines: the push's, with that of the pull under `pull`."""
    told = [
        run_values(run) | {"rows": [row_values(row) for row in sharing.rows.all(run)]}
        for run in runs
    ]
    return {} if not told else told[0] | ({"pull": told[1]} if told[1:] else {})


def row_values(row: RunRow) -> dict:
    """Return a row for machines."""
    return {
        "object": row.object_name,
        "recordId": row.record_id or None,
        "sourceId": row.source_id or None,
        "rung": row.rung,
        "status": row.status,
        "code": row.code,
        "field": row.field,
        "message": row.message,
        "attempts": row.attempts,
        "before": row.before,
        "after": row.after,
    }


def plan_sentences(sharing: DataSharing, run: Run) -> str:
    """Return what a plan comes to, its first rows, and how to go on."""
    if run.state != State.PLANNED:
        return line(run)
    lines = [_pull_plan(run) if run.direction == PULL else _push_plan(run), _cost(run)]
    for row in sharing.rows.page(run, Status.PLANNED, limit=SHOWN):
        user = f"  user {row.source_id}" if run.direction == PUSH else f"  {row.message}"
        rung = f"  rung {row.rung}" if row.rung is not None else ""
        lines.append(f"{row.object_name} {row.record_id}{rung}{user}")
        lines += [f"    {each}" for each in _changes(row)]
    told = sharing.rows.page(run, Status.SKIPPED, Status.REJECTED, limit=SHOWN)
    lines += [f"{row.status}: {_row_sentence(row)}" for row in told]
    lines.append(f"All of it: --csv FILE. Apply it: p13n share run {run.tenant} --plan {run.id}")
    return "\n".join(lines)


def _push_plan(run: Run) -> str:
    counts = run.counts
    part = "" if counts.get("wholeExport", 1) else " Only members of export_segment were read."
    return (
        f"Plan {run.id}, to Salesforce: {counts.get('toChange', 0)} records would change, "
        f"{counts.get('unchanged', 0)} are as they should be.{part}"
    )


def _pull_plan(run: Run) -> str:
    counts = run.counts
    way = "as a feed file" if "asFeed" in counts else "as events"
    text = (
        f"Plan {run.id}, to Personalization: {counts.get('toChange', 0)} records would tell "
        f"something, {way}; {counts.get('unchanged', 0)} tell nothing new, "
        f"{counts.get('unknownPeople', 0)} belong to nobody who is proven."
    )
    what = [f"{name} {n}" for name, n in counts.items() if "." in name and name[-9:] != ".toChange"]
    return f"{text}\nOf these: {', '.join(what)}." if what else text


def _cost(run: Run) -> str:
    counts = run.counts
    left = counts["remainingCalls"] if counts["remainingCalls"] is not None else "?"
    return (
        f"It will cost about {counts['forecastCalls']} API calls and {counts['forecastBatches']} "
        f"batches; {left} calls are left, {counts['reservedCalls']} of them reserved. "
        f"Planning took {counts['apiCalls']}{_rows_read(counts)}."
    )


def _rows_read(counts: Mapping) -> str:
    """Say how many licensed rows of the export were read, where any were."""
    if not counts.get("exportRows"):
        return ""
    allowed = counts.get("exportRowsAllowed")
    of_all = f" of {allowed}" if allowed else ""
    used = f"{counts['exportRowsUsed']}{of_all} are used this month"
    return f", and {counts['exportRows']} rows of the user export ({used})"


def _changes(row: RunRow) -> list[str]:
    """Return what is written, with what was there; of a pull nobody knows what was there."""
    before = row.before
    return [
        f"{field}: {_shown(before.get(field))} -> {_shown(value)}"
        if before is not None
        else f"{field}: {_shown(value)}"
        for field, value in (row.after or {}).items()
    ]


def _shown(value) -> str:
    return "(blank)" if value is None else str(value)


def explain_values(told: dict) -> dict:
    """Return what is known of one record for machines."""
    rows = [
        {"run": run.id, "startedAt": iso(run.started_at)} | row_values(row)
        for run, row in told["rows"]
    ]
    pulled = [
        {
            "object": each.object_name,
            "recordId": each.record_id,
            "attributes": each.filled,
            "segments": each.segments,
            "waits": bool(each.waiting),
        }
        for each in told["pulled"]
    ]
    last = told["sent"] and told["sent"].run_id
    return {"rows": rows, "lastWrittenByRun": last, "pulled": pulled}


def explain_sentences(record: str, told: dict) -> str:
    """Return what happened to one record and why."""
    lines = []
    for run, row in told["rows"]:
        why = (
            _why(row) if run.direction == PUSH else f"{row.code or ''} {row.message or ''}".strip()
        )
        given_up = " (given up)" if run.state == State.ABANDONED else ""
        lines.append(f"Run {run.id}, {iso(run.started_at)}{given_up}: {row.status}. {why}")
        lines += [f"    {each}" for each in _changes(row)]
    lines += [_pulled(each) for each in told["pulled"]]
    if told["sent"]:
        lines.append(
            f"Run {told['sent'].run_id} wrote to it last. Runs since then that do not name it "
            "found the same values again."
        )
    if not lines:
        lines.append(
            f"No run has named {record}: no user of Personalization matched it, its values "
            "never differed, or nothing of it is pulled."
        )
    return "\n".join(lines)


def _pulled(told: Told) -> str:
    who = f"{told.object_name} {told.record_id}"
    if told.waiting:
        return (
            f"{who} tells nothing: nobody whom Personalization surely knows goes by it, or another "
            "record is the same person. Each run looks again."
        )
    attributes = ", ".join(told.filled) or "no attribute"
    segments = f", and is why they are in {', '.join(told.segments)}" if told.segments else ""
    return f"{who} has told Personalization of its person: {attributes}{segments}."


RUNGS = {0: "through the account of its contact", 1: "its Salesforce id", 2: "a match field",
         3: "its e-mail or name"}  # fmt: skip


def _why(row: RunRow) -> str:
    matched = f"Matched user {row.source_id} by {RUNGS[row.rung]}." if row.rung is not None else ""
    reason = f" {row.code}: {row.message}" if row.code else ""
    return f"{matched}{reason}".strip()
