"""`p13n export-segments` and `p13n segment-entries`: segments on their way to journeys."""

import sys
from collections.abc import Callable

import click

from service.moments import iso
from service.storage.segment_entries import EntryState
from service.storage.segment_ledger import LedgerRow
from service.terminal import answer, json_option
from service.usecases.segment_export import ExportRun, ExportStatus

LISTED = 1_000
OPEN = (EntryState.QUEUED, EntryState.SENDING)
NOT_TAKEN = (EntryState.REFUSED, EntryState.CAPPED, EntryState.FAILED, EntryState.UNDECIDED)
CHOICES = {
    "apart": NOT_TAKEN,
    "waiting": OPEN,
    "all": tuple(EntryState),
    **{str(state): (state,) for state in EntryState},
}


def export_segments_command(open_parts: Callable, tenant_of: Callable) -> click.Command:
    """Return the command; `open_parts` joins the parts, `tenant_of` finds a tenant by name."""

    @click.command("export-segments")
    @click.argument("tenant")
    @click.option("--only", help="One export of the tenants file, by its name.")
    @click.option("--dry-run", is_flag=True, help="Read and decide, on a copy; send nothing.")
    @click.option("--status", "only_status", is_flag=True, help="Say where the exports stand.")
    @json_option
    def export_segments(tenant, only, dry_run: bool, only_status: bool, as_json: bool) -> None:
        """Let members of TENANT's segments enter their journeys: read, decide, send, ask.

        A worker does the same by itself. Reading uses rows of the licence, also a dry run's.
        """
        parts = open_parts()
        chosen = tenant_of(parts.settings, tenant)
        exports = parts.segment_exports
        if only_status:
            found = exports.status(chosen)
            lines = [_status_line(each) for each in found] or ["No segment is exported."]
            answer(as_json, {"exports": [_status_values(e) for e in found]}, "\n".join(lines))
            return
        done = exports.dry_run(chosen, only) if dry_run else exports.run(chosen, only)
        lines = [_run_line(each, dry_run) for each in done] or ["No segment is exported."]
        values = {"dryRun": dry_run, "exports": [_run_values(each) for each in done]}
        answer(as_json, values, "\n".join(lines))
        parts.close()
        sys.exit(_exit_code(done))

    return export_segments


def segment_entries_group(open_parts: Callable, tenant_of: Callable) -> click.Group:
    """Return the commands about the ledger; the arguments are as above."""

    @click.group("segment-entries")
    def entries() -> None:
        """The ledger of segment exports: who is to enter, has entered, or has not."""

    @entries.command("list")
    @click.argument("tenant")
    @click.option("--only", help="One export of the tenants file, by its name.")
    @click.option(
        "--state",
        type=click.Choice(list(CHOICES)),
        default="apart",
        show_default=True,
        help="apart = refused, capped, failed or undecided.",
    )
    @click.option("--contact-key", help="- reads one person's contact key; needs --only.")
    @json_option
    def show(tenant, only, state: str, contact_key, as_json: bool) -> None:
        """List entries with their reason, the oldest first; nothing names the person."""
        parts = open_parts()
        found = parts.segment_exports.ledger(
            tenant_of(parts.settings, tenant),
            name=only,
            states=CHOICES[state],
            contact_key=_contact_key(contact_key, only),
            limit=LISTED,
        )
        lines = [_entry_line(each) for each in found]
        answer(as_json, {"entries": [_entry_values(e) for e in found]}, "\n".join(lines) or "None.")

    @entries.command("replay")
    @click.argument("tenant")
    @click.argument("numbers", nargs=-1, type=click.IntRange(min=1))
    @click.option("--all", "everything", is_flag=True)
    @json_option
    def replay(tenant, numbers, everything: bool, as_json: bool) -> None:
        """Send failed, capped and undecided entries again, those with these NUMBERS or --all.

        An undecided one may have entered: look into the journey first.
        """
        if bool(numbers) == everything:
            raise click.UsageError("Name the entries by their numbers, or say --all.")
        parts = open_parts()
        chosen = None if everything else list(numbers)
        done = parts.segment_exports.replay(tenant_of(parts.settings, tenant), chosen)
        left = sorted(set(chosen or ()) - set(done))
        lines = [f"{len(done)} {'entry' if len(done) == 1 else 'entries'} will be sent again."]
        lines += [f"{number}: there is no such entry to replay." for number in left]
        answer(as_json, {"replayed": done, "notFound": left}, "\n".join(lines))

    return entries


def _contact_key(given: str | None, only: str | None) -> str | None:
    if given is None:
        return None
    if given != "-" or only is None:
        raise click.UsageError("Say --only NAME --contact-key - and give the key on stdin.")
    return sys.stdin.readline().strip()


def _exit_code(done: list[ExportRun]) -> int:
    if any(each.troubles for each in done):
        return 1
    return 3 if any(each.not_taken for each in done) else 0


def _run_values(run: ExportRun) -> dict:
    return {
        "name": run.name,
        "rows": run.rows,
        "entries": {str(state): number for state, number in run.states.items() if number},
        "troubles": [{"code": code, "message": detail} for code, detail in run.troubles],
    }


def _run_line(run: ExportRun, is_dry: bool) -> str:
    words = {EntryState.QUEUED: "would enter" if is_dry else "new"}
    told = [f"{n} {words.get(state, state)}" for state, n in run.states.items() if n]
    lines = [f"{run.name}: {run.rows} rows read; {', '.join(told) or 'nobody new'}."]
    return "\n".join(lines + [f"  {code}: {detail}" for code, detail in run.troubles])


def _status_values(status: ExportStatus) -> dict:
    state, budget = status.state, status.budget
    return {
        "name": status.export.name,
        "segment": status.export.segment,
        "eventDefinitionKey": status.export.event_definition_key,
        "beganAt": state.began_at and iso(state.began_at),
        "readAt": state.read_at and iso(state.read_at),
        "readRows": state.read_rows,
        "nextReadAt": iso(state.next_read_at) if state.next_read_at else None,
        "entries": dict(status.counts),
        "readTrouble": _trouble(state.read_code, state.read_detail),
        "trouble": _trouble(state.code, state.detail),
        "rowBudget": {"used": budget.used, "allowed": budget.allowed},
    }


def _trouble(code: str | None, detail: str | None) -> dict | None:
    return code and {"code": code, "message": detail}


def _status_line(status: ExportStatus) -> str:
    state, budget = status.state, status.budget
    told = [f"{number} {name}" for name, number in sorted(status.counts.items())]
    read = f"read {iso(state.read_at)}" if state.read_at else "never read"
    allowed = "no known limit" if budget.allowed is None else f"{budget.allowed}"
    lines = [
        f"{status.export.name}: {', '.join(told) or 'no entries'}; {read}, {state.read_rows} rows; "
        f"{budget.used} of {allowed} export rows used this month."
    ]
    troubles = [(state.read_code, state.read_detail), (state.code, state.detail)]
    return "\n".join(lines + [f"  {code}: {detail}" for code, detail in troubles if code])


def _entry_values(row: LedgerRow) -> dict:
    return {
        "id": row.id,
        "export": row.export,
        "trigger": row.trigger,
        "state": row.state,
        "decidedAt": iso(row.decided_at),
        "sentAt": row.sent_at and iso(row.sent_at),
        "settledAt": row.settled_at and iso(row.settled_at),
        "eventInstanceId": row.event_instance_id,
        "code": row.code,
        "reason": row.detail,
    }


def _entry_line(row: LedgerRow) -> str:
    return (
        f"{row.id}  {iso(row.decided_at)}  {row.export}  {row.trigger}  {row.state}  "
        f"{row.code or '-'}  {row.detail or ''}"
    ).rstrip()
