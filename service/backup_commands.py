"""`p13n backup` and `p13n restore`."""

import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import click

from service.storage.after_incident import set_apart
from service.storage.backups import back_up
from service.storage.backups import restore as bring_back
from service.storage.database import Database
from service.terminal import answer, json_option

SINCE_THEN = """\
Since the backup you may also have: erased people (erase them again), revoked or rotated clients
(p13n client list), imported people and events (import them again)."""


def backup_command(state_url: Callable[[], str]) -> click.Command:
    """Return `p13n backup`; `state_url` tells where the state store is."""

    @click.command()
    @click.argument("target", type=click.Path(path_type=Path))
    @json_option
    def backup(target: Path, as_json: bool) -> None:
        """Copy the state store into the file TARGET, or into a new file of the folder TARGET.

        Everything may go on running. The tenants file and the secrets are not in it.
        """
        database = Database(state_url())
        try:
            file = back_up(database, target)
        finally:
            database.close()
        size = file.stat().st_size
        answer(as_json, {"file": str(file), "bytes": size}, f"{file}: {size} bytes, read back.")

    return backup


def restore_command(state_url: Callable[[], str]) -> click.Command:
    """Return `p13n restore`; `state_url` tells where the state store is to be."""

    @click.command()
    @click.argument("file", type=click.Path(path_type=Path))
    @click.option(
        "--after-incident",
        "is_incident",
        flag_value=True,
        type=bool,
        default=None,
        help="Something has run since: nothing that may be out already goes out by itself.",
    )
    @click.option(
        "--moved",
        "is_incident",
        flag_value=False,
        type=bool,
        help="Nothing has run since: go on where it was.",
    )
    @json_option
    def restore(file: Path, is_incident: bool | None, as_json: bool) -> None:
        """Bring the backup FILE back into an empty store. Nothing may be running."""
        if is_incident is None:
            raise click.UsageError("Say --after-incident or --moved.")
        found = []
        database = Database(state_url())
        try:
            version = bring_back(
                database,
                file,
                lambda connection: (
                    found.append(set_apart(connection, time.time())) if is_incident else None
                ),
            )
        finally:
            database.close()
        apart = asdict(found[-1]) if found else {}
        lines = [f"The state store is back, schema {version}."]
        if apart:
            lines += [
                f"Set apart: {apart['dead']} messages (p13n outbox list; replay), "
                f"{apart['unconfirmed']} counters (never sent again), "
                f"{apart['entries']} journey entries (p13n segment-entries list; replay), "
                f"{apart['runs']} runs of data sharing (abandoned).",
                SINCE_THEN,
            ]
        answer(as_json, {"schema": version, "setApart": apart}, "\n".join(lines))

    return restore
