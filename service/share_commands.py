"""`p13n share`: what data sharing would do, does and has done, and what to do about it."""

import gc
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import click

from service.share_sentences import (
    SHOWN,
    bar,
    ended_sentences,
    explain_sentences,
    explain_values,
    line,
    plan_sentences,
    plan_values,
)
from service.storage.runs import Run, State
from service.tenant import Tenant
from service.terminal import answer, json_option
from service.usecases.clock import Interrupted
from service.usecases.data_sharing import BOTH, PULL, PUSH, DataSharing
from service.usecases.sharing_reports import REPORTED, plan_csv, rejected_csv, run_values

tenant_argument = click.argument("tenant")

rejected_option = click.option(
    "--rejected-csv",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write rejected rows with their reasons there.",
)
direction_option = click.option(
    "--direction", type=click.Choice([PUSH, PULL, BOTH]), default=BOTH, show_default=True
)
limit_option = click.option(
    "--limit", type=click.IntRange(min=1), help="At most so many records an object."
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
    @direction_option
    @limit_option
    @json_option
    def plan(tenant, path: Path | None, direction: str, limit: int | None, as_json: bool) -> None:
        """Find out what a run would change, and what it would tell; nothing is written."""
        sharing, where = opened(tenant)
        run = sharing.begin(where, direction, plan_only=True, limit=limit)
        runs = _with_following(sharing, where, run, as_json)
        if path:
            _write(path, plan_csv((run, row) for run in runs for row in sharing.rows.all(run)))
        texts = [plan_sentences(sharing, run) for run in runs]
        answer(as_json, plan_values(sharing, runs), "\n\n".join(texts))
        for run in runs:
            _leave(run, sharing)

    @share.command("run")
    @tenant_argument
    @click.option("--plan", "plan_id", type=int, help="Apply this stored plan exactly.")
    @direction_option
    @limit_option
    @rejected_option
    @json_option
    def run_now(tenant, plan_id, direction, limit, rejected_csv: Path | None, as_json) -> None:
        """Push, then pull: as planned now, or a stored plan."""
        sharing, where = opened(tenant)
        if plan_id is not None:
            run = sharing.apply(where, plan_id)
        else:
            run = sharing.begin(where, direction, limit=limit)
        _finish(sharing, _with_following(sharing, where, run, as_json), rejected_csv, as_json)

    @share.command("resume")
    @tenant_argument
    @click.option("--release-brake", is_flag=True, help="Go on though much would change.")
    @rejected_option
    @json_option
    def resume(tenant: str, release_brake: bool, rejected_csv: Path | None, as_json: bool) -> None:
        """Go on with the run that stopped or whose process died."""
        sharing, where = opened(tenant)
        run = sharing.to_resume(where, release_brake=release_brake)
        _finish(sharing, _with_following(sharing, where, run, as_json), rejected_csv, as_json)

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
        lines = [line(run) for run in found]
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
        answer(as_json, explain_values(told), explain_sentences(record, told))

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


def _with_following(sharing: DataSharing, tenant: Tenant, run: Run, as_json: bool) -> list[Run]:
    """Work on a run, and on the one that was asked for after it; return both."""
    ended = [_work(sharing, tenant, run, as_json)]
    if ended[0].state != State.STOPPED and ended[0].options.get("then"):
        ended.append(_work(sharing, tenant, sharing.begin_then(tenant, ended[0]), as_json))
    return ended


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


def _finish(sharing: DataSharing, runs: list[Run], path: Path | None, as_json: bool) -> None:
    if path and runs:
        _write(path, rejected_csv(r for run in runs for r in sharing.rows.all(run, *REPORTED)))
    lines = [line for run in runs for line in ended_sentences(sharing, run)]
    answer(as_json, {"runs": [run_values(e) for e in runs]}, "\n".join(lines))
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
