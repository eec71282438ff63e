"""A real Redis for tests: its own process on a free port, everything it writes in a temp folder."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

import pytest
import redis

START_SECONDS = 10


def redis_binary() -> str:
    """Return the server's program. Without one, skip the test; in CI (CI is set) fail it."""
    found = shutil.which("redis-server") or shutil.which("valkey-server")
    if found:
        return found
    reason = "redis-server is not installed: the tests of the cache on Redis did not run."
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


class RealRedis:
    """A Redis server that can be killed, frozen and started again, empty, on the same port."""

    def __init__(self, *options: str):
        self._binary = redis_binary()
        self._options = options
        self._folder = tempfile.TemporaryDirectory(prefix="redis-")
        self._process: subprocess.Popen | None = None
        self.port = _free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"

    def __enter__(self) -> "RealRedis":
        self.start()
        return self

    def __exit__(self, *_) -> None:
        self.kill()
        self._folder.cleanup()

    def start(self) -> None:
        """Start the server, empty, and return once it answers."""
        command = [self._binary, "--port", str(self.port), "--bind", "127.0.0.1"]
        command += ["--dir", self._folder.name, "--save", "", "--appendonly", "no", *self._options]
        with open(Path(self._folder.name) / "log", "ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log)
        until = time.monotonic() + START_SECONDS
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > until:
                log_text = (Path(self._folder.name) / "log").read_text(errors="replace")
                raise RuntimeError(f"Redis did not start:\n{log_text}")
            time.sleep(0.02)

    def kill(self) -> None:
        """End the server as a power cut would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def freeze(self) -> None:
        """Stop the server in the middle of whatever it does; the kernel still takes connections."""
        self._process.send_signal(signal.SIGSTOP)
        # The signal is sent, not yet obeyed: wait until the kernel says so.
        while _state_of(self._process.pid) != "T":
            time.sleep(0.001)

    def thaw(self) -> None:
        self._process.send_signal(signal.SIGCONT)

    def client(self) -> redis.Redis:
        """Return a plain client to look into the server and to plant things in it."""
        return redis.Redis(port=self.port, protocol=2)

    def _answers(self) -> bool:
        try:
            with redis.Redis(port=self.port, protocol=2, socket_timeout=1) as client:
                return client.ping()
        except (redis.RedisError, OSError):
            return False


def _state_of(pid: int) -> str:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
