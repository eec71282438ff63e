"""A real PostgreSQL for tests: its own process on a free port, all that it writes in a temp folder.

PostgreSQL refuses to run as root; then it runs as the first of some harmless users.
"""

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

START_SECONDS = 30
HARMLESS_USERS = ("postgres", "nobody")
ADMIN = "p13n"


def postgres_programs() -> Path:
    """Return the folder of initdb and postgres. Without them skip the test; in CI fail it."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    found = shutil.which("postgres")
    folders = [*debian, *([Path(found).parent] if found else [])]
    for folder in folders:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    reason = "PostgreSQL is not installed: the tests of the state store on it did not run."
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


class RealPostgres:
    """A PostgreSQL server; every test asks it for a database of its own."""

    def __init__(self, *settings: str):
        self._programs = postgres_programs()
        self._settings = settings
        self._process: subprocess.Popen | None = None
        self.port = _free_port()

    def __enter__(self) -> "RealPostgres":
        self._folder = tempfile.TemporaryDirectory(prefix="postgres-", ignore_cleanup_errors=True)
        self._user = _harmless_user() if os.getuid() == 0 else None
        if self._user:
            os.chown(self._folder.name, self._user.pw_uid, self._user.pw_gid)
        self._initialise()
        self.start()
        return self

    def __exit__(self, *_) -> None:
        self.stop()
        self._folder.cleanup()

    @property
    def data(self) -> Path:
        return Path(self._folder.name) / "data"

    def start(self) -> None:
        """Start the server and return once it answers."""
        command = [self._programs / "postgres", "-D", self.data, "-p", str(self.port)]
        for setting in ("listen_addresses=127.0.0.1", "unix_socket_directories=", *self._settings):
            command += ["-c", setting]
        with self._log() as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log, **self._as_user())
        until = time.monotonic() + START_SECONDS
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"PostgreSQL did not start:\n{self._log_text()}")
            time.sleep(0.05)

    def stop(self) -> None:
        """End the server at once, its connections cut."""
        if self._process is not None:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait()
            self._process = None

    @contextmanager
    def database(self, template: str | None = None):
        """Yield the address of a database, empty or as another of ours; dropped afterwards."""
        name = f"test_{secrets.token_hex(6)}"
        original = template.rpartition("/")[2] if template else "template1"
        self._ask(f'create database "{name}" template "{original}"')
        try:
            yield f"postgresql+psycopg://{ADMIN}@127.0.0.1:{self.port}/{name}"
        finally:
            if self._process is not None:
                self._ask(f'drop database "{name}" with (force)')

    def _initialise(self) -> None:
        command = [self._programs / "initdb", "-D", self.data, "-U", ADMIN, "--no-sync"]
        command += ["--auth=trust", "--encoding=UTF8", "--locale=C"]
        with self._log() as log:
            done = subprocess.run(command, stdout=log, stderr=log, **self._as_user())
        if done.returncode:
            raise RuntimeError(f"initdb failed:\n{self._log_text()}")

    def _as_user(self) -> dict:
        options = {"cwd": self._folder.name}
        if self._user:
            options |= {"user": self._user.pw_uid, "group": self._user.pw_gid, "extra_groups": []}
        return options

    def _ask(self, statement: str) -> None:
        with self._connect() as connection:
            connection.execute(statement)

    def _connect(self):
        return psycopg.connect(
            host="127.0.0.1", port=self.port, user=ADMIN, dbname="postgres", autocommit=True
        )

    def _answers(self) -> bool:
        try:
            self._connect().close()
        except psycopg.OperationalError:
            return False
        return True

    def _log(self):
        return open(Path(self._folder.name) / "log", "ab")

    def _log_text(self) -> str:
        return (Path(self._folder.name) / "log").read_text(errors="replace")


def _harmless_user() -> pwd.struct_passwd:
    for name in HARMLESS_USERS:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise RuntimeError(f"none of the users {', '.join(HARMLESS_USERS)} exists")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
