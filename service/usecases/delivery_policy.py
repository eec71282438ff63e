"""What becomes of a message that could not be delivered: a pure decision.

Backoff is exponential with full jitter (Amazon Architecture Blog, "Exponential Backoff And
Jitter"), so that what failed together does not come back together.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass

from service.errors import Fate, UpstreamBusy, UpstreamFault
from service.storage.outbox_messages import Claimed, State

WINDOW_SECONDS = 24 * 3_600
"""How long a message is tried, from its first failure."""
LONGEST_PAUSE_SECONDS = 15 * 60


@dataclass(frozen=True)
class Later:
    """Try again in `seconds`; `has_failed` is false when nothing was tried."""

    seconds: float
    has_failed: bool = True


@dataclass(frozen=True)
class Never:
    """Set the message apart in `state`, which is dead or unconfirmed."""

    state: State
    detail: str


@dataclass(frozen=True)
class DeliveryPolicy:
    """How patient the worker is. `first_pause_seconds` is the longest after one failure."""

    first_pause_seconds: float = 2
    longest_pause_seconds: float = LONGEST_PAUSE_SECONDS
    window_seconds: float = WINDOW_SECONDS
    jitter: Callable[[float, float], float] = random.uniform

    def decide(self, message: Claimed, fault: UpstreamFault, now: float) -> Later | Never:
        """Return what to do with `message` after `fault`."""
        if fault.fate == Fate.UNSENT:
            return Later(fault.retry_after + self.jitter(0, 1), has_failed=False)
        if fault.is_permanent:
            return Never(State.DEAD, fault.detail)
        if fault.fate == Fate.UNKNOWN and not message.repeatable:
            detail = f"{fault.detail} It may or may not have been counted; it is not sent again."
            return Never(State.UNCONFIRMED, detail)
        if message.failing_since and now - message.failing_since >= self.window_seconds:
            hours = round(self.window_seconds / 3_600)
            return Never(State.DEAD, f"Given up after {hours} hours. {fault.detail}")
        asked = fault.retry_after if isinstance(fault, UpstreamBusy) else 0
        return Later(max(self._pause(message.attempt), min(asked, self.window_seconds)))

    def _pause(self, attempt: int) -> float:
        doublings = min(attempt - 1, 20)
        longest = min(self.longest_pause_seconds, self.first_pause_seconds * 2**doublings)
        return self.jitter(0, longest)
