"""The routes below `/_simulator/`: what a test or a demo says to the stand-in itself."""

from collections.abc import Callable
from datetime import datetime

from flask import Blueprint, abort, jsonify, request

from simulator.call_log import CallLog
from simulator.clock import Clock
from simulator.wire_faults import WireFaults, refuse_unknown


class Behaviour:
    """Switches for what the outside system's documentation leaves open, with their defaults.

    `known` has a sentence for each switch, `choices` the values of those that have few.
    """

    def __init__(self, defaults: dict, known: dict[str, str], choices: dict[str, tuple]):
        self._defaults, self.known, self._choices = defaults, known, choices
        self._chosen: dict = {}

    def __getitem__(self, name: str):
        return self._chosen.get(name, self._defaults[name])

    def set(self, choices: dict) -> None:
        """Choose values; null goes back to the default. Raises ValueError when unknown."""
        refuse_unknown(choices, self.known)
        for name, value in choices.items():
            allowed = (None, *self._choices.get(name, (value,)))
            if value not in allowed:
                raise ValueError(f"{name} is one of {', '.join(map(str, allowed[1:]))}")
        merged = {**self._chosen, **choices}
        self._chosen = {name: value for name, value in merged.items() if value is not None}

    def clear(self) -> None:
        """Go back to the defaults."""
        self._chosen = {}

    def view(self) -> dict:
        """Return what was chosen, without the defaults."""
        return dict(self._chosen)


def control_routes(
    log: CallLog, faults: WireFaults, behaviour: Behaviour, clock: Clock, reset: Callable[[], None]
) -> Blueprint:
    """Return the routes `calls`, `faults`, `clock` and `reset`."""
    routes = Blueprint("simulator", __name__, url_prefix="/_simulator")

    @routes.get("/calls")
    def calls():
        return jsonify(log.view())

    @routes.delete("/calls")
    def forget_calls():
        log.reset()
        return "", 204

    @routes.get("/faults")
    def show_faults():
        return jsonify(faults.view() | behaviour.view())

    @routes.post("/faults")
    def set_faults():
        _set_faults(_body(), faults, behaviour)
        return show_faults()

    @routes.delete("/faults")
    def clear_faults():
        faults.clear()
        behaviour.clear()
        return "", 204

    @routes.get("/clock")
    def show_clock():
        return jsonify(now=clock.now().isoformat())

    @routes.post("/clock")
    def move_clock():
        _move(clock, _body())
        return show_clock()

    @routes.post("/reset")
    def reset_everything():
        reset()
        return "", 204

    return routes


def _body() -> dict:
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        abort(400, "a JSON object is expected")
    return body


def _set_faults(body: dict, faults: WireFaults, behaviour: Behaviour) -> None:
    chosen = {name: value for name, value in body.items() if name in behaviour.known}
    momentary = {name: value for name, value in body.items() if name not in behaviour.known}
    try:
        if momentary:
            faults.set(momentary)
        behaviour.set(chosen)
    except ValueError as refusal:
        abort(400, f"{refusal}; also: {', '.join(sorted(behaviour.known))}")


def _move(clock: Clock, body: dict) -> None:
    if "now" in body:
        clock.set(datetime.fromisoformat(body["now"]))
    clock.advance(float(body.get("advanceSeconds", 0)))
