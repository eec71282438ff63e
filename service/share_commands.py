"""`p13n share`: what data sharing would do, does and has done, and what to do about it."""

import gc
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import click

from service.moments import iso
from service.storage.runs import Run, State
from service.storage.runs_rows import RunRow, Status
from service.tenant import Tenant
from service.terminal import answer, json_option
from service.usecases.clock import Interrupted
from service.usecases.data_sharing import PULL, PUSH, DataSharing
from service.usecases.sharing_reports import REPORTED, plan_csv, rejected_csv, run_values

BAR = 30
SHOWN = 20
tenant_argument = click.argument("tenant")

rejected_option = click.option(
    "--rejected-csv",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write rejected rows with their reasons there.",
)


def share_group(opened: Callable[[str], tuple[DataSharing, Tenant]]) -> click.Group:
    """Return the commands; `opened` joins what a tenant's data sharing needs when one is run."""

    @click.group()
    def share() -> None:
        """Contacts, leads and accounts: what Personalization and the CRM tell each other."""

    @share.command("plan")
    @tenant_argument
    @click.option("--csv", "path", type=click.Path(dir_okay=False, path_type=Path),
                  help="Write the plan there, field by field.")  # fmt: skip
    @click.option("--limit", type=click.IntRange(min=1), help="At most so many records an object.")
    @json_option
    def plan(tenant: str, path: Path | None, limit: int | None, as_json: bool) -> None:
        """Find out what a push would change; nothing is written to Salesforce."""
        sharing, where = opened(tenant)
        run = sharing.begin(where, PUSH, plan_only=True, limit=limit)
        run = _work(sharing, where, run, as_json)
        if path:
            _write(path, plan_csv(sharing.rows.all(run)))
        answer(as_json, _plan_values(sharing, run), _plan_sentences(sharing, run))
        _leave(run, sharing)

    @share.command("run")
    @tenant_argument
    @click.option("--plan", "plan_id", type=int, help="Apply this stored plan exactly.")
    @click.option(
        "--direction", type=click.Choice([PUSH, PULL, "both"]), default="both", show_default=True
    )
    @click.option("--limit", type=click.IntRange(min=1), help="At most so many records an object.")
    @rejected_option
    @json_option
    def run_now(tenant, plan_id, direction, limit, rejected_csv: Path | None, as_json) -> None:
        """Push, then pull: as planned now, or a stored plan."""
        sharing, where = opened(tenant)
        if plan_id is not None:
            _finish(sharing, [_work(sharing, where, sharing.apply(where, plan_id), as_json)],
                    rejected_csv, as_json)  # fmt: skip
            return
        ended = []
        for each in _directions(where, direction):
            run = sharing.begin(where, each, limit=limit)
            ended.append(_work(sharing, where, run, as_json))
            if ended[-1].state != State.DONE:
                break
        _finish(sharing, ended, rejected_csv, as_json)

    @share.command("resume")
    @tenant_argument
    @click.option("--release-brake", is_flag=True, help="Go on though much would change.")
    @rejected_option
    @json_option
    def resume(tenant: str, release_brake: bool, rejected_csv: Path | None, as_json: bool) -> None:
        """Go on with the run that stopped or whose process died."""
        sharing, where = opened(tenant)
        run = sharing.to_resume(where, release_brake=release_brake)
        _finish(sharing, [_work(sharing, where, run, as_json)], rejected_csv, as_json)

    @share.command("undo")
    @tenant_argument
    @click.argument("run_id", type=int)
    @rejected_option
    @json_option
    def undo(tenant: str, run_id: int, rejected_csv: Path | None, as_json: bool) -> None:
        """Put back what the push RUN_ID found; what was changed since then stays."""
        sharing, where = opened(tenant)
        run = sharing.begin_undo(where, run_id)
        _finish(sharing, [_work(sharing, where, run, as_json)], rejected_csv, as_json)

    @share.command("status")
    @tenant_argument
    @json_option
    def status(tenant: str, as_json: bool) -> None:
        """Show the runs, the newest first."""
        sharing, where = opened(tenant)
        found = sharing.runs.newest(where.name, SHOWN)
        lines = [_line(run) for run in found]
        answer(
            as_json,
            {"runs": [run_values(each) for each in found]},
            "\n".join(lines) or "No run yet: p13n share plan",
        )

    @share.command("explain")
    @tenant_argument
    @click.argument("record")
    @json_option
    def explain(tenant: str, record: str, as_json: bool) -> None:
        """Say what happened to a Salesforce record (or a user's id) and why."""
        sharing, where = opened(tenant)
        told = sharing.explain(where, record)
        answer(as_json, _explain_values(told), _explain_sentences(record, told))

    @share.command("check")
    @tenant_argument
    @json_option
    def check(tenant: str, as_json: bool) -> None:
        """Name every missing permission, invisible field and short allowance."""
        sharing, where = opened(tenant)
        found = sharing.preflight(where)
        values = [
            {"code": e.code, "object": e.object_name, "field": e.field, "message": e.message}
            for e in found
        ]
        lines = [f"{each.code}: {each.message}" for each in found]
        answer(as_json, {"findings": values}, "\n".join(lines) or "Nothing stands in the way.")
        if found:
            sys.exit(1)

    return share


def _directions(tenant: Tenant, direction: str) -> list[str]:
    if direction != "both":
        return [direction]
    sharing = tenant.data_sharing
    if sharing is None:
        return [PUSH]  # which says that nothing is configured
    return [PUSH] * bool(sharing.pushed_objects()) + [PULL] * sharing.pulls()


def _work(sharing: DataSharing, tenant: Tenant, run: Run, as_json: bool) -> Run:
    """Work on a run and show how far it is; Ctrl-C stops it at the next safe point."""
    gc.collect()
    gc.freeze()  # what is loaded stays: the collector need not look at it again and again
    stop = threading.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: stop.set())
    shown = threading.Event()
    watcher = threading.Thread(target=_show_progress, args=(sharing.runs, run, shown), daemon=True)
    if not as_json and sys.stderr.isatty():
        watcher.start()
    try:
        return sharing.work(tenant, run, stop.is_set)
    except Interrupted:
        click.echo(f"Run {run.id} is interrupted: p13n share resume {tenant.name}", err=True)
        sys.exit(1)
    finally:
        shown.set()
        if watcher.is_alive():
            watcher.join()
            click.echo("\r\033[K", nl=False, err=True)


def _show_progress(runs, run: Run, over: threading.Event) -> None:
    while not over.wait(0.5):
        click.echo(f"\r\033[K{bar(runs.get(run.tenant, run.id))}", nl=False, err=True)


def bar(run: Run) -> str:
    """Return a line that shows how far a run is."""
    done, total = run.progress.get("done", 0), run.progress.get("total")
    unit = run.progress.get("unit", "")
    if not total:
        return f"{run.phase}: {unit} {done}" if unit else f"{run.phase}"
    filled = round(BAR * done / total)
    return f"{run.phase} [{'#' * filled}{'.' * (BAR - filled)}] {done} of {total} {unit}"


def _finish(sharing: DataSharing, runs: list[Run], path: Path | None, as_json: bool) -> None:
    if path and runs:
        _write(path, rejected_csv(r for run in runs for r in sharing.rows.all(run, *REPORTED)))
    lines = [line for run in runs for line in _ended_sentences(sharing, run)]
    answer(as_json, {"runs": [run_values(e) for e in runs]}, "\n".join(lines) or "Nothing to do.")
    for run in runs:
        _leave(run, sharing)


def _leave(run: Run, sharing: DataSharing) -> None:
    """Exit with 1 where a run stopped, with 3 where rows were rejected."""
    if run.state not in (State.DONE, State.PLANNED):
        sys.exit(1)
    if run.state == State.DONE and sharing.rows.counts_of(run, *REPORTED):
        sys.exit(3)


def _write(path: Path, lines) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        file.writelines(lines)


def _line(run: Run) -> str:
    counts = ", ".join(f"{name} {n}" for name, n in run.counts.items() if n and "." not in name)
    text = f"{run.id}  {iso(run.started_at)}  {run.direction}  {run.state}"
    if run.state == State.RUNNING:
        return f"{text}  {bar(run)}"
    reason = f"  {run.code}: {run.detail}" if run.code else ""
    return f"{text}  {counts}{reason}"


def _ended_sentences(sharing: DataSharing, run: Run) -> list[str]:
    lines = [_line(run)]
    for row in sharing.rows.page(run, *REPORTED, limit=SHOWN):
        lines.append(f"  {_row_sentence(row)}")
    return lines


def _row_sentence(row: RunRow) -> str:
    field = f" {row.field}:" if row.field else ""
    return (
        f"{row.object_name} {row.record_id or '-'} (user {row.source_id or '-'}) "
        f"{row.code}:{field} {row.message or ''}"
    )


def _plan_values(sharing: DataSharing, run: Run) -> dict:
    rows = sharing.rows.all(run)
    return run_values(run) | {"rows": [row_values(row) for row in rows]}


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


def _plan_sentences(sharing: DataSharing, run: Run) -> str:
    if run.state != State.PLANNED:
        return _line(run)
    rows, counts = sharing.rows, run.counts
    planned = rows.page(run, Status.PLANNED, limit=SHOWN)
    lines = [
        f"Plan {run.id}: {counts.get('toChange', 0)} records would change, "
        f"{counts.get('unchanged', 0)} are as they should be.",
        f"It will cost about {counts['forecastCalls']} API calls and {counts['forecastBatches']} "
        f"batches; {counts['remainingCalls'] if counts['remainingCalls'] is not None else '?'} "
        f"calls are left, {counts['reservedCalls']} of them reserved. "
        f"Planning took {counts['apiCalls']}.",
    ]
    for row in planned:
        lines.append(f"{row.object_name} {row.record_id}  rung {row.rung}  user {row.source_id}")
        lines += [
            f"    {field}: {_shown(row.before.get(field))} -> {_shown(value)}"
            for field, value in row.after.items()
        ]
    told = rows.page(run, Status.SKIPPED, Status.REJECTED, limit=SHOWN)
    lines += [f"{row.status}: {_row_sentence(row)}" for row in told]
    lines.append(f"All of it: --csv FILE. Apply it: p13n share run {run.tenant} --plan {run.id}")
    return "\n".join(lines)


def _shown(value) -> str:
    return "(blank)" if value is None else str(value)


def _explain_values(told: dict) -> dict:
    rows = [
        {"run": run.id, "startedAt": iso(run.started_at)} | row_values(row)
        for run, row in told["rows"]
    ]
    return {"rows": rows, "lastWrittenByRun": told["sent"] and told["sent"].run_id}


def _explain_sentences(record: str, told: dict) -> str:
    lines = []
    for run, row in told["rows"]:
        lines.append(f"Run {run.id}, {iso(run.started_at)}: {row.status}. {_why(row)}")
        for field, value in (row.after or {}).items():
            lines.append(f"    {field}: {_shown((row.before or {}).get(field))} -> {_shown(value)}")
    if told["sent"]:
        lines.append(
            f"Run {told['sent'].run_id} wrote to it last. Runs since then that do not name it "
            "found the same values again."
        )
    if not lines:
        lines.append(
            f"No run has named {record}: no user of Personalization matched it, or its values "
            "never differed."
        )
    return "\n".join(lines)


RUNGS = {0: "through the account of its contact", 1: "its Salesforce id", 2: "a match field",
         3: "its e-mail or name"}  # fmt: skip


def _why(row: RunRow) -> str:
    matched = f"Matched user {row.source_id} by {RUNGS[row.rung]}." if row.rung is not None else ""
    reason = f" {row.code}: {row.message}" if row.code else ""
    return f"{matched}{reason}".strip()
