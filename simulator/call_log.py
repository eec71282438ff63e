"""What was asked of a stand-in, so that tests can assert requests, not only answers."""

import json
import threading
from collections import Counter, deque

from werkzeug.exceptions import HTTPException

KEPT_CALLS = 2_000  # the newest; counters are never cut
KEPT_BODY = 256 * 1024  # bytes; of a longer body only its length is kept


class CallLog:
    """Counters for each route, and the newest calls with headers and body."""

    def __init__(self):
        self._lock = threading.Lock()
        self.reset()

    def reset(self) -> None:
        """Forget every call."""
        with self._lock:
            self._counts: Counter[str] = Counter()
            self._calls: deque[dict] = deque(maxlen=KEPT_CALLS)

    def add(self, call: dict) -> None:
        """Note a call as it arrives, before anything can delay or break the answer."""
        with self._lock:
            self._counts[call["route"]] += 1
            self._calls.append(call)

    def count(self, route: str) -> int:
        """Return how often a route was called, e.g. `POST /api2/authevent/<dataset>`."""
        with self._lock:
            return self._counts[route]

    def view(self) -> dict:
        """Return `{counts: {route: n}, calls: [...]}`, calls oldest first.

        A call: `{method, route, path, query, headers, body, status, at}`.
        """
        with self._lock:
            calls = list(self._calls)
            counts = dict(self._counts)
        return {"counts": counts, "calls": [c | {"body": _readable(c["body"])} for c in calls]}


class LoggedCalls:
    """WSGI layer that notes each call, except those to the simulator's own routes."""

    def __init__(self, app, log: CallLog, url_map, clock):
        self._app, self._log, self._urls, self._clock = app, log, url_map, clock

    def __call__(self, environ, start_response):
        if environ["PATH_INFO"].startswith("/_simulator/"):
            return self._app(environ, start_response)
        call = self._describe(environ)
        self._log.add(call)

        def note_status(status, headers, exc_info=None):
            call["status"] = int(status.split()[0])
            return start_response(status, headers, exc_info)

        return self._app(environ, note_status)

    def _describe(self, environ) -> dict:
        headers = {
            name[5:].replace("_", "-").title(): value
            for name, value in environ.items()
            if name.startswith("HTTP_")
        }
        return {
            "method": environ["REQUEST_METHOD"],
            "route": self._route(environ),
            "path": environ["PATH_INFO"],
            "query": environ["QUERY_STRING"],
            "headers": headers,
            "body": _kept(environ["simulator.body"]),
            "status": None,  # stays null when the caller never got an answer
            "at": self._clock.now().isoformat(),
        }

    def _route(self, environ) -> str:
        try:
            rule, _ = self._urls.bind_to_environ(environ).match(return_rule=True)
        except HTTPException:
            return f"{environ['REQUEST_METHOD']} (no such route)"
        return f"{environ['REQUEST_METHOD']} {rule.rule}"


def _kept(body: bytes) -> bytes:
    return body if len(body) <= KEPT_BODY else b"(%d bytes)" % len(body)


def _readable(body: bytes):
    """Return a JSON body parsed, any other as text, none as null."""
    text = body.decode("utf-8", errors="replace")
    try:
        return json.loads(text, parse_constant=_refuse_constant) if text else None
    except (ValueError, RecursionError):
        return text


def _refuse_constant(name: str):
    raise ValueError(f"{name} is not JSON")
