"""Runs the web application under gunicorn.

`gthread` with many threads: a worker must keep answering cached reads while other threads
wait for Personalization. No file of settings: what matters stands here, and a test reads it.
"""

import os
from pathlib import Path

from gunicorn.app.base import BaseApplication

from service import log_lines
from service.settings import Settings

THREADS = 64


def gunicorn_options(host: str, port: int, processes: int) -> dict:
    """Return the gunicorn settings we depend on; the rest are its defaults."""
    return {
        "bind": f"{host}:{port}",
        "workers": processes,
        "worker_class": "gthread",
        "threads": THREADS,
        "keepalive": 60,
        "timeout": 30,
        "graceful_timeout": 30,
        "reuse_port": True,
        "worker_tmp_dir": "/dev/shm" if os.path.isdir("/dev/shm") else None,  # noqa: S108
        "max_requests": 100_000,
        "max_requests_jitter": 10_000,
        "limit_request_line": 4_094,
        "accesslog": None,
        "loglevel": "warning",
        "control_socket_disable": True,
        "child_exit": _forget_dead_worker,
    }


class Server(BaseApplication):
    """gunicorn with our settings; the application is built in each worker, after the fork."""

    def __init__(self, settings: Settings, options: dict):
        self._settings = settings
        self._options = options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self):
        from service.app import create_app  # after the fork and after the metrics folder is set

        log_lines.install()
        app = create_app(self._settings)
        app.extensions["p13n_parts"].retention_timer.start()
        return app


def serve(settings: Settings, host: str, port: int, processes: int) -> None:
    """Serve until told to stop (SIGTERM finishes what is running)."""
    share_metrics(settings.data_dir)
    Server(settings, gunicorn_options(host, port, processes)).run()


def share_metrics(data_dir: Path) -> None:
    """Let all processes count into one folder; what dead ones have counted is thrown away."""
    folder = join_metrics(data_dir)
    for file in folder.glob("*.db"):
        owner = file.stem.rpartition("_")[2]  # counter_<process id>.db
        if not Path("/proc", owner).exists():
            file.unlink(missing_ok=True)


def join_metrics(data_dir: Path) -> Path:
    """Count into the folder that the web processes of this machine show; return it."""
    folder = data_dir / "metrics"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)
    return folder


def _forget_dead_worker(_server, worker) -> None:
    from prometheus_client import multiprocess

    multiprocess.mark_process_dead(worker.pid)
