"""p13n: the service's parts from a terminal.

Exit codes: 0 done, 1 failed, 2 wrong usage or settings, 3 done with rejected rows.
"""

import contextlib
import os
import sys
from pathlib import Path

import click

from service import log_lines
from service.errors import Fault, InvalidSettings, StorageUnavailable
from service.moments import iso
from service.settings import Settings, read_settings
from service.terminal import answer, json_option


def main() -> None:
    """Run p13n; faults become one sentence on standard error and an exit code."""
    try:
        program(standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit(130)
    except click.ClickException as mistake:
        mistake.show()
        sys.exit(2)
    except InvalidSettings as trouble:
        _complain("The settings are not usable:", *(f"  - {line}" for line in trouble.problems))
        sys.exit(2)
    except Fault as fault:
        _complain(f"{fault.code}: {fault.detail}")
        sys.exit(1)


class Program(click.Group):
    """Loads commands of other modules when they are asked for.

    They bring the metrics along, which look only once, when they are loaded, whether all processes
    count into one folder: `serve` and `worker` say so before.
    """

    def list_commands(self, context: click.Context) -> list[str]:
        return sorted({*super().list_commands(context), *LATER})

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        return LATER[name]() if name in LATER else super().get_command(context, name)


@click.group(cls=Program)
@click.version_option(package_name="personalization-for-salesforce", prog_name="p13n")
def program() -> None:
    """Marketing Cloud Personalization on every Salesforce record: the backing service."""


@program.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=9000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--processes", default=1, show_default=True, type=click.IntRange(1, 64))
@click.option(
    "--cpu-affinity/--no-cpu-affinity",
    default=True,
    show_default=True,
    help="With as many processes as cores, each keeps to one.",
)
def serve(host: str, port: int, processes: int, cpu_affinity: bool) -> None:
    """Answer Salesforce and browsers over HTTP. SIGHUP reads the settings anew."""
    settings = _settings()
    _prepare_store(settings)
    from service.serving import serve as run

    run(settings, host, port, processes, cpu_affinity=cpu_affinity)


@program.command()
@click.option("--threads", default=8, show_default=True, type=click.IntRange(1, 64))
@click.option(
    "--lease-seconds",
    default=30.0,
    show_default=True,
    type=click.FloatRange(3, 3_600),
    help="After so long another worker takes over from one that was lost. A call may take a third.",
)
@click.option(
    "--first-pause-seconds",
    default=2.0,
    show_default=True,
    type=click.FloatRange(0.01, 900),
    help="At most so long after the first failure; each further one doubles it.",
)
@click.option(
    "--longest-pause-seconds", default=900.0, show_default=True, type=click.FloatRange(0.01, 86_400)
)
def worker(
    threads: int, lease_seconds: float, first_pause_seconds: float, longest_pause_seconds: float
) -> None:
    """Deliver what was accepted, and do at night what is to be done, until told to stop.

    Run as many as you like. SIGHUP reads the settings anew.
    """
    log_lines.install()
    settings = _settings()
    _prepare_store(settings)
    from service.serving import join_metrics

    join_metrics(settings.data_dir)
    from service.working import WorkerOptions, work

    work(
        settings,
        WorkerOptions(threads, lease_seconds, first_pause_seconds, longest_pause_seconds),
    )


@program.command()
@json_option
def migrate(as_json: bool) -> None:
    """Bring the state store's schema up to date."""
    from service.storage.database import Database
    from service.storage.schema import migrate as upgrade

    settings = _settings()
    settings.make_data_dir()
    version = upgrade(Database(settings.state_url))
    answer(as_json, {"schema": version}, f"The state store has schema {version}.")


@program.group()
def settings() -> None:
    """Look at the configuration."""


@settings.command("check")
@json_option
def check_settings(as_json: bool) -> None:
    """Read every setting and the tenants file; list all faults at once."""
    tenants = _settings().tenants
    found = {name: sorted(tenant.datasets) for name, tenant in tenants.items()}
    lines = [f"{name}: datasets {', '.join(names) or 'none'}" for name, names in found.items()]
    answer(as_json, {"tenants": found}, "\n".join(["The settings are usable.", *lines]))


@program.group()
def client() -> None:
    """Who may call the service: clients and their secrets."""


def _scopes(_context, _option, value: str) -> tuple[str, ...]:
    from service.storage.clients import SCOPES

    scopes = tuple(dict.fromkeys(filter(None, value.replace(",", " ").split())))
    unknown = set(scopes) - set(SCOPES)
    if unknown or not scopes:
        raise click.BadParameter(f"choose from {', '.join(SCOPES)}, separated by commas")
    return scopes


@client.command("add")
@click.argument("tenant")
@click.option("--scopes", default="read,write", show_default=True, callback=_scopes)
@json_option
def client_add(tenant: str, scopes: tuple[str, ...], as_json: bool) -> None:
    """Register a client of TENANT; its secret is shown this once."""
    parts = _parts()
    _tenant(parts.settings, tenant)
    client_id, secret = parts.clients.add(tenant, scopes)
    answer(
        as_json,
        {"clientId": client_id, "clientSecret": secret, "scopes": list(scopes)},
        f"clientId      {client_id}\nclientSecret  {secret}\n"
        "Keep the secret now: it is stored as a digest and cannot be shown again.",
    )


@client.command("list")
@json_option
def client_list(as_json: bool) -> None:
    """List clients; secrets are never shown."""
    found = [
        {
            "clientId": each.client_id,
            "tenant": each.tenant,
            "scopes": list(each.scopes),
            "createdAt": iso(each.created_at),
            "revokedAt": each.revoked_at and iso(each.revoked_at),
        }
        for each in _parts().clients.all()
    ]
    lines = [
        f"{each['clientId']}  {each['tenant']}  {','.join(each['scopes'])}  "
        f"{'revoked ' + each['revokedAt'] if each['revokedAt'] else 'live'}"
        for each in found
    ]
    answer(as_json, {"clients": found}, "\n".join(lines) or "No clients yet: p13n client add")


@client.command("rotate")
@click.argument("client_id")
@json_option
def client_rotate(client_id: str, as_json: bool) -> None:
    """Give CLIENT_ID a second secret; the newest old one stays valid until the next rotation."""
    secret = _parts().clients.rotate(client_id)
    if secret is None:
        raise click.UsageError(f"There is no live client {client_id}. See: p13n client list")
    answer(
        as_json,
        {"clientId": client_id, "clientSecret": secret},
        f"clientSecret  {secret}\nThe previous secret still works until the next rotation.",
    )


@client.command("revoke")
@click.argument("client_id")
def client_revoke(client_id: str) -> None:
    """Refuse CLIENT_ID from now on, the tokens it already has included."""
    if not _parts().clients.revoke(client_id):
        raise click.UsageError(f"There is no live client {client_id}. See: p13n client list")
    click.echo(f"{client_id} is revoked.")


@program.group()
def people() -> None:
    """The people index: whom Personalization surely knows."""


@people.command("import")
@click.argument("tenant")
@click.argument("dataset")
@click.option("--segment", help="Read its members only, by name or id: fewer licensed rows.")
@json_option
def people_import(tenant: str, dataset: str, segment: str | None, as_json: bool) -> None:
    """Fill the index from the user export of DATASET; repeat it whenever you like.

    A worker does it by itself where people_import stands in the tenants file.
    """
    parts = _parts()

    def report(progress) -> None:
        if not as_json:
            click.echo(f"page {progress.pages}: {progress.people} people so far", err=True)

    done = parts.people_import.run(_tenant(parts.settings, tenant), dataset, report, segment)
    answer(
        as_json,
        {
            "pages": done.pages,
            "exportRows": done.export_rows,
            "people": done.people,
            "erased": done.erased,
        },
        f"{done.people} people are known; {done.export_rows} export rows were used "
        f"(the licence counts them).{_skipped(done.erased, 'rows')}",
    )


@program.group()
def events() -> None:
    """The event store behind affinities and event stream."""


@events.command("import")
@click.argument("tenant")
@click.argument("dataset")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@json_option
def events_import(tenant: str, dataset: str, file: Path, as_json: bool) -> None:
    """Bring in the history of DATASET from FILE: JSON lines, or an event export as CSV.

    Stop it whenever you like: it goes on where it was.
    """
    parts = _parts()

    def report(progress) -> None:
        if not as_json:
            click.echo(f"{progress.state.row} rows, {progress.state.stored} stored", err=True)

    done = parts.events_import.run(_tenant(parts.settings, tenant), dataset, file, report)
    answer(as_json, _import_values(done), _import_sentences(done))
    if done.rejected:
        sys.exit(3)


def _import_values(done) -> dict:
    return {
        "rows": done.state.row,
        "stored": done.state.stored,
        "duplicates": done.state.duplicates,
        "erased": done.state.erased,
        "rejected": {
            "count": done.rejected,
            "byReason": dict(done.state.rejected),
            "rows": [{"row": row, "reason": reason} for row, reason in done.rejected_rows],
        },
        "unmatchedCancellations": [
            {
                "orderId": each.order_id,
                "itemType": each.item_type,
                "itemId": each.item_id,
                "time": iso(each.time_ms / 1000),
            }
            for each in done.unmatched
        ],
    }


def _import_sentences(done) -> str:
    lines = [
        f"{done.state.row} rows are imported: {done.state.stored} events stored, "
        f"{done.state.duplicates} known already, {done.rejected} rejected."
        + _skipped(done.state.erased, "events")
    ]
    lines += [f"rejected: row {row}: {reason}" for row, reason in done.rejected_rows]
    lines += [
        f"cancels nothing: order {each.order_id or 'without a number'}, "
        f"{each.item_type} {each.item_id}, {iso(each.time_ms / 1000)}"
        for each in done.unmatched
    ]
    return "\n".join(lines)


def _skipped(number: int, what: str) -> str:
    return f" {number} {what} of erased people were skipped." if number else ""


def _settings() -> Settings:
    return read_settings(os.environ)


def _prepare_store(settings: Settings) -> None:
    """Upgrade the embedded store at once; a shared one only ever by `p13n migrate`."""
    from service.storage.database import Database
    from service.storage.schema import migrate as upgrade
    from service.storage.schema import require_current

    settings.make_data_dir()
    database = Database(settings.state_url)
    (upgrade if settings.database_url is None else require_current)(database)
    database.close()


def _parts():
    from service.joining import join

    log_lines.install_for_command()
    settings = _settings()
    _prepare_store(settings)
    return join(settings)


def _parts_without_store():
    """Return the parts also where the store is out of reach: who examines it says so."""
    from service.joining import join

    log_lines.install_for_command()
    settings = _settings()
    with contextlib.suppress(StorageUnavailable):
        _prepare_store(settings)
    return join(settings)


def open_sharing(name: str):
    """Return data sharing and a tenant, without the rest of the service, which only weighs.

    Raises: click.UsageError when there is no such tenant.
    """
    from service.base_parts import join_base
    from service.sharing_parts import join_data_sharing

    log_lines.install_for_command()
    settings = _settings()
    tenant = _tenant(settings, name)
    _prepare_store(settings)
    base = join_base(settings)
    if context := click.get_current_context(silent=True):
        context.call_on_close(base.close)
    return join_data_sharing(base, settings.data_dir), tenant


def _tenant(settings: Settings, name: str):
    if name not in settings.tenants:
        known = ", ".join(sorted(settings.tenants)) or "none"
        raise click.UsageError(f"Tenant {name!r} is not in the tenants file. Known: {known}.")
    return settings.tenants[name]


def _complain(*lines: str) -> None:
    for line in lines:
        click.echo(line, err=True)


def _outbox() -> click.Command:
    from service.outbox_commands import outbox_group

    return outbox_group(_parts)


def _doctor() -> click.Command:
    from service.doctor_command import doctor_command

    return doctor_command(_parts_without_store, _tenant)


def _export_segments() -> click.Command:
    from service.segment_commands import export_segments_command

    return export_segments_command(_parts, _tenant)


def _segment_entries() -> click.Command:
    from service.segment_commands import segment_entries_group

    return segment_entries_group(_parts, _tenant)


def _share() -> click.Command:
    from service.share_commands import share_group

    return share_group(open_sharing)


def _erase() -> click.Command:
    from service.erasure_commands import erase_command

    return erase_command(_parts, _tenant)


def _erasures() -> click.Command:
    from service.erasure_commands import erasures_group

    return erasures_group(_parts, _tenant)


def _backup() -> click.Command:
    from service.backup_commands import backup_command

    return backup_command(lambda: _settings().state_url)


def _restore() -> click.Command:
    from service.backup_commands import restore_command

    return restore_command(lambda: _settings().state_url)


def _audit() -> click.Command:
    from service.audit_commands import audit_group

    return audit_group(_parts, _tenant)


LATER = {
    "audit": _audit,
    "backup": _backup,
    "restore": _restore,
    "erase": _erase,
    "erasures": _erasures,
    "outbox": _outbox,
    "doctor": _doctor,
    "export-segments": _export_segments,
    "segment-entries": _segment_entries,
    "share": _share,
}

if __name__ == "__main__":
    main()
