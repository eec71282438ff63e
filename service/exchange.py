"""A WSGI application that can be exchanged while it answers.

Each request is finished by the application that began it; one that was exchanged is closed when
its last answer has been sent. No connection is closed for it and no process replaced.
"""

import threading
from collections.abc import Callable, Iterable
from typing import Generic, TypeVar

from werkzeug.wsgi import ClosingIterator

App = TypeVar("App", bound=Callable)


class _Generation(Generic[App]):
    """One application and how many requests it is busy with."""

    def __init__(self, app: App, close: Callable[[App], object]):
        self.app = app
        self._close = close
        self._lock = threading.Lock()
        self._busy = 0
        self._is_over = False

    def enter(self) -> bool:
        """Take one more request, unless this generation is over."""
        with self._lock:
            self._busy += not self._is_over
            return not self._is_over

    def leave(self) -> None:
        with self._lock:
            self._busy -= 1
            is_last = self._is_over and not self._busy
        if is_last:
            self._close_apart()

    def end(self) -> None:
        """Take nothing more; close as soon as nothing is under way."""
        with self._lock:
            self._is_over = True
            is_idle = not self._busy
        if is_idle:
            self._close_apart()

    def _close_apart(self) -> None:
        """Closing waits for threads of the application: no request must wait for that."""
        threading.Thread(target=self._close, args=(self.app,), name="closing").start()


class Exchange(Generic[App]):
    """Passes requests on to the newest application. `close` is told each one that is over."""

    def __init__(self, app: App, close: Callable[[App], object]):
        self._close = close
        self._current = _Generation(app, close)

    def __call__(self, environ: dict, start_response: Callable) -> Iterable[bytes]:
        generation = self._current
        while not generation.enter():  # exchanged between the two lines
            generation = self._current
        try:
            answer = generation.app(environ, start_response)
        except BaseException:
            generation.leave()
            raise
        return ClosingIterator(answer, [generation.leave])

    def put(self, app: App) -> None:
        """Let `app` answer from now on."""
        former, self._current = self._current, _Generation(app, self._close)
        former.end()
