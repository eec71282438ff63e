"""Faults of the wire: what can happen to any HTTP answer, whatever it says.

A fault is switched on at `POST /_simulator/faults`. With `times` it ends after that many calls,
without it lasts until it is set to null or everything is reset. With `route` (a part of the path)
only calls to matching paths are hit, with `after` only when so many of those have passed.
"""

import functools
import threading
import zlib

from werkzeug.wrappers import Response

from simulator.http_server import HangUp

MEGABYTE = 1024 * 1024
JSON_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"

WIRE_SWITCHES = {
    "latencyMs": "wait so long before the answer",
    "hang": "true: take the request and never answer",
    "dropConnection": "true: close the connection without an answer",
    "acceptThenDrop": "true: do the work, then close the connection without an answer",
    "httpStatus": "answer with this status instead of doing the work",
    "retryAfter": "header to go with httpStatus, seconds or an HTTP date",
    "redirect": "answer 302 to this address",
    "drip": "seconds between single bytes of an answer that never ends",
    "truncate": "true: send half of the promised body, then close",
    "notJson": "true: an HTML page with status 200",
    "emptyBody": "true: status 200 and no body",
    "contentType": "send the right body under this content type",
    "nan": "true: a body with NaN and Infinity",
    "nestedArrays": "a body of so many arrays within each other",
    "bodyMegabytes": "a JSON body of that size",
    "gzipBombMegabytes": "a small gzip body that unpacks to that size",
}


class WireFaults:
    """The switches that are on, shared by all connections.

    `momentary` names further switches, with a sentence each, that a stand-in obeys by itself but
    that are counted and ended here; those that hit a call are in `environ["simulator.faults"]`.
    """

    def __init__(self, momentary: dict[str, str] | None = None):
        self.known = WIRE_SWITCHES | (momentary or {})
        self._lock = threading.Lock()
        self._end()

    def set(self, switches: dict) -> None:
        """Turn switches on (a null value: off); raises ValueError naming an unknown one."""
        settings = dict(switches)
        times, route = settings.pop("times", None), settings.pop("route", "")
        after = settings.pop("after", 0)
        refuse_unknown(settings, self.known)
        with self._lock:
            kept = {**self._on, **settings}
            self._on = {k: v for k, v in kept.items() if v is not None and v is not False}
            self._times, self._route, self._after = times, route, after

    def clear(self) -> None:
        """Turn everything off."""
        with self._lock:
            self._end()

    def _end(self) -> None:
        self._on: dict = {}
        self._times: int | None = None
        self._route, self._after = "", 0

    def view(self) -> dict:
        """Return what is on, with what is left of `times` and `after`."""
        with self._lock:
            extra = {"times": self._times, "route": self._route, "after": self._after}
            return {**self._on, **extra} if self._on else {}

    def take(self, path: str) -> dict:
        """Return the faults that hit a call to `path`, and count it."""
        with self._lock:
            if not self._on or self._route not in path:
                return {}
            if self._after > 0:
                self._after -= 1
                return {}
            hit = dict(self._on)
            if self._times is not None:
                self._times -= 1
                if self._times <= 0:
                    self._end()
            return hit


class FaultyWire:
    """WSGI layer that puts the faults between a stand-in and its callers."""

    def __init__(self, app, faults: WireFaults):
        self._app, self._faults = app, faults

    def __call__(self, environ, start_response):
        path = environ["PATH_INFO"]
        hit = {} if path.startswith("/_simulator/") else self._faults.take(path)
        environ["simulator.faults"] = hit
        if not hit.keys() & WIRE_SWITCHES.keys():
            return self._app(environ, start_response)
        wire = environ["simulator.wire"]
        if "latencyMs" in hit:
            wire.pause(hit["latencyMs"] / 1000)
        _speak_past_http(hit, wire)
        response = _instead(hit) or self._spoilt(hit, environ, wire)
        return response(environ, start_response)

    def _spoilt(self, hit: dict, environ, wire) -> Response:
        response = Response.from_app(self._app, environ, buffered=True)
        if "acceptThenDrop" in hit:
            raise HangUp
        if "truncate" in hit:
            _send_half(response, wire)
        if "contentType" in hit:
            response.headers["Content-Type"] = hit["contentType"]
        return response


def refuse_unknown(settings: dict, known: dict[str, str]) -> None:
    """Raise ValueError naming the settings that are not among the known switches."""
    unknown = sorted(settings.keys() - known.keys())
    if unknown:
        raise ValueError(f"unknown: {', '.join(unknown)}; known: {', '.join(sorted(known))}")


def _speak_past_http(hit: dict, wire) -> None:
    if "dropConnection" in hit:
        raise HangUp
    if "hang" in hit:
        wire.pause(None)
    if "bodyMegabytes" in hit:
        _flood(int(hit["bodyMegabytes"]), wire)
    if "drip" in hit:
        wire.send(JSON_HEAD % MEGABYTE + b"{")
        while True:
            wire.pause(float(hit["drip"]))
            wire.send(b" ")


def _flood(megabytes: int, wire) -> None:
    """Send a body of that size without ever holding it."""
    head, tail = b'{"errorCode":0,"campaignResponses":[],"id":"', b'"}'
    length = len(head) + megabytes * MEGABYTE + len(tail)
    wire.send(JSON_HEAD % length + head)
    for _ in range(megabytes):
        wire.send(b"a" * MEGABYTE)
    wire.send(tail)
    raise HangUp


def _send_half(response: Response, wire) -> None:
    body = response.get_data()
    head = "".join(f"{k}: {v}\r\n" for k, v in response.headers if k.lower() != "content-length")
    promise = f"HTTP/1.1 {response.status}\r\n{head}Content-Length: {len(body)}\r\n\r\n"
    wire.send(promise.encode("latin-1") + body[: len(body) // 2])
    raise HangUp


def _instead(hit: dict) -> Response | None:
    """Return the answer that a fault gives in place of the stand-in's own, if one does."""
    if "httpStatus" in hit:
        headers = {"Retry-After": str(hit["retryAfter"])} if "retryAfter" in hit else {}
        status = int(hit["httpStatus"])
        return Response(f'{{"error":"simulated {status}"}}', status, headers, "application/json")
    if "redirect" in hit:
        return Response("", 302, {"Location": hit["redirect"]})
    for name, make_body in BODIES.items():
        if name in hit:
            return make_body(hit[name])
    return None


def _json(body: str | bytes) -> Response:
    return Response(body, 200, mimetype="application/json")


def _nested(depth: int) -> Response:
    return _json('{"errorCode":0,"campaignResponses":' + "[" * depth + "]" * depth + "}")


@functools.lru_cache(maxsize=2)
def _bomb_bytes(megabytes: int) -> bytes:
    """Return a small gzip file, packed piece by piece so that we do not feel the blast."""
    packer = zlib.compressobj(level=1, wbits=zlib.MAX_WBITS | 16)
    parts = [packer.compress(b'{"errorCode":0,"campaignResponses":[')]
    parts += [packer.compress(b" " * MEGABYTE) for _ in range(megabytes)]
    return b"".join([*parts, packer.compress(b"]}"), packer.flush()])


def _bomb(megabytes: int) -> Response:
    headers = {"Content-Encoding": "gzip"}
    return Response(_bomb_bytes(megabytes), 200, headers, mimetype="application/json")


BODIES = {
    "notJson": lambda _: Response(
        "<html><body>We will be back soon</body></html>", mimetype="text/html"
    ),
    "emptyBody": lambda _: _json(""),
    "nan": lambda _: _json('{"errorCode":0,"campaignResponses":[],"score":NaN,"limit":Infinity}'),
    "nestedArrays": lambda depth: _nested(200_000 if depth is True else int(depth)),
    "gzipBombMegabytes": lambda size: _bomb(int(size)),
}
