"""Runs the web application under gunicorn.

`gthread` with many threads: a worker must keep answering cached reads while other threads
wait for Personalization. No file of settings: what matters stands here, and a test reads it.
"""

import os
import signal
import threading
from pathlib import Path

import structlog
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter

from service import log_lines
from service.exchange import Exchange
from service.placement import bind_to, core_for
from service.reloading import reread
from service.settings import Settings

THREADS = 64

log = structlog.get_logger()


def gunicorn_options(host: str, port: int, processes: int, *, cpu_affinity: bool = True) -> dict:
    """Return the gunicorn settings we depend on; the rest are its defaults."""
    placing = {"pre_fork": _choose_core, "post_fork": _bind_to_core} if cpu_affinity else {}
    return placing | {
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


class ReloadingArbiter(Arbiter):
    """gunicorn's master, which on SIGHUP would replace its processes and cut idle connections.

    Here each process exchanges its application instead, and no connection notices.
    """

    def reload(self) -> None:
        settings = reread()
        if settings is not None:
            self.app.settings = settings  # for processes that are started later
            self.kill_workers(signal.SIGHUP)


class Server(BaseApplication):
    """gunicorn with our settings; the application is built in each worker, after the fork."""

    def __init__(self, settings: Settings, options: dict):
        self.settings = settings
        self._options = options
        self._reloading = threading.Lock()
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self):
        log_lines.install()
        with self._reloading:
            signal.signal(signal.SIGHUP, self._hear_of_new_settings)
            # A process that was just being forked when the settings changed missed the signal.
            self._exchange = Exchange(self._application(reread() or self.settings), _close)
        return self._exchange

    def run(self) -> None:
        log_lines.install()
        ReloadingArbiter(self).run()

    def _hear_of_new_settings(self, *_signal) -> None:
        threading.Thread(target=self._reload, name="reload").start()

    def _reload(self) -> None:
        with self._reloading:
            settings = reread()
            if settings is not None:
                self._exchange.put(self._application(settings))
                log.info("settings reloaded", process=os.getpid())

    def _application(self, settings: Settings):
        from service.app import create_app  # after the fork and after the metrics folder is set

        app = create_app(settings)
        app.extensions["p13n_parts"].retention_timer.start()
        return app


def _close(app) -> None:
    app.extensions["p13n_parts"].close()


def serve(settings: Settings, host: str, port: int, processes: int, *, cpu_affinity: bool) -> None:
    """Serve until told to stop (SIGTERM finishes what is running)."""
    share_metrics(settings.data_dir)
    options = gunicorn_options(host, port, processes, cpu_affinity=cpu_affinity)
    Server(settings, options).run()


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


def _choose_core(arbiter, worker) -> None:
    """Runs in the master, which knows of every process still there."""
    others = (other.core for other in arbiter.WORKERS.values())
    worker.core = core_for(arbiter.num_workers, others)


def _bind_to_core(_arbiter, worker) -> None:
    bind_to(worker.core)


def _forget_dead_worker(_server, worker) -> None:
    from prometheus_client import multiprocess

    multiprocess.mark_process_dead(worker.pid)
