"""A real OpenSSH server for tests: SFTP into a folder, its own keys, a free port."""

import getpass
import os
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

import pytest

START_SECONDS = 20
CONFIG = """\
Port {port}
ListenAddress 127.0.0.1
HostKey {folder}/host_key
PidFile {folder}/pid
AuthorizedKeysFile {folder}/authorized_keys
PasswordAuthentication no
KbdInteractiveAuthentication no
UsePAM no
StrictModes no
PermitRootLogin yes
Subsystem sftp internal-sftp
"""


def sshd_program() -> str:
    """Return sshd. Without it skip the test; in CI fail it."""
    found = shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if found:
        return found
    reason = "OpenSSH's server is not installed: the tests of the SFTP feed did not run."
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


class RealSshd:
    """One server; `inbound` is the folder that SFTP writes to."""

    def __enter__(self) -> "RealSshd":
        program = sshd_program()
        self._folder = tempfile.TemporaryDirectory(prefix="sshd-", ignore_cleanup_errors=True)
        folder = Path(self._folder.name)
        self.inbound = folder / "inbound"
        self.inbound.mkdir()
        for name in ("host_key", "client_key", "other_key"):
            command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / name]
            subprocess.run(command, check=True)
        shutil.copy(folder / "client_key.pub", folder / "authorized_keys")
        self.user = getpass.getuser()
        self.private_key = folder / "client_key"
        self.host_key = (folder / "host_key.pub").read_text().strip()
        self.other_key = (folder / "other_key.pub").read_text().strip()
        self.port = _free_port()
        (folder / "config").write_text(CONFIG.format(port=self.port, folder=folder))
        if os.getuid() == 0:
            Path("/run/sshd").mkdir(parents=True, exist_ok=True)
        with (folder / "log").open("wb") as log:
            command = [program, "-D", "-e", "-f", folder / "config"]
            self._process = subprocess.Popen(command, stdout=log, stderr=log)
        until = time.monotonic() + START_SECONDS
        while not _listens(self.port):
            if self._process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"sshd did not start:\n{(folder / 'log').read_text()}")
            time.sleep(0.05)
        return self

    def __exit__(self, *_) -> None:
        self._process.terminate()
        self._process.wait()
        self._folder.cleanup()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0
