"""What a forked process must not share with its parent: threads, locks and connections."""

import os
import weakref
from collections.abc import Callable

_RESETS: list[weakref.WeakMethod] = []


def after_fork(reset: Callable[[], None]) -> None:
    """Call the bound method `reset` in every child process, as long as its object lives."""
    _RESETS[:] = [known for known in _RESETS if known() is not None]
    _RESETS.append(weakref.WeakMethod(reset))


def _reset_all() -> None:
    for known in _RESETS:
        reset = known()
        if reset is not None:
            reset()


os.register_at_fork(after_in_child=_reset_all)
