"""What goes into the outbox, and what a worker gets out of it, as frozen values."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import orjson

from service.model import Identity


class State(StrEnum):
    """Where a message stands.

    ready        waits for its time: new, or in back-off
    run          a worker holds it; nothing has been sent
    sending      a worker holds it and may be sending it: a counter whose worker is lost now
                 is never sent again
    done         Personalization has acknowledged it
    dead         refused for good, or tried in vain for too long; may be replayed
    unconfirmed  a counter of which nobody knows whether it was counted; never sent again
    """

    READY = "ready"
    RUN = "run"
    SENDING = "sending"
    DONE = "done"
    DEAD = "dead"
    UNCONFIRMED = "unconfirmed"


HELD = (State.RUN, State.SENDING)
NEEDS_A_PERSON = (State.DEAD, State.UNCONFIRMED)
"""What stays until somebody looks at it."""


@dataclass(frozen=True)
class Part:
    """One piece of a message. Parts with the same `key` in the message's scope count once.

    The key with another `fingerprint` is a mistake of the caller. `place` is that of the
    request's element it came from.
    """

    content: Mapping
    key: str | None = None
    fingerprint: str = ""
    place: int = 0


@dataclass(frozen=True)
class Draft:
    """A message to be accepted: about one person, of one kind.

    `repeatable` content may be sent again after doubt, a counter may not. `declined` are
    (item type, item id) that this person does not want to be offered. `voids_answers`: what is
    cached about the person is no longer true.
    """

    kind: str
    identities: tuple[Identity, ...]
    parts: tuple[Part, ...]
    correlation_id: str
    repeatable: bool
    head: Mapping = field(default_factory=dict)
    key_scope: str = ""
    declined: tuple[tuple[str, str], ...] = ()
    voids_answers: bool = True

    def payload(self, parts: Sequence[Part]) -> bytes:
        """Return what is kept of this draft when only `parts` are new."""
        named = [{"type": each.type, "value": each.value} for each in self.identities]
        contents = [part.content for part in parts]
        return orjson.dumps({"identities": named, "head": self.head, "parts": contents})


@dataclass(frozen=True)
class RequestKey:
    """The caller's key of a whole request; `fingerprint` stands for the request's body."""

    route: str
    key: str
    fingerprint: str


class Verdict(StrEnum):
    """What became of a draft; `erased`: its person was erased, and nothing of it is kept."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    KEY_REUSED = "key_reused"
    ERASED = "erased"


@dataclass(frozen=True)
class Outcome:
    """What became of one draft; `parts` are the new ones.

    A duplicate has the correlation id of the first. `resolved_user_id` is the person's profile
    id as far as we know it already.
    """

    verdict: Verdict
    correlation_id: str
    parts: tuple[Part, ...]
    resolved_user_id: str | None = None


@dataclass(frozen=True)
class Acceptance:
    """All drafts of one request: they are accepted together with its key, or not at all.

    `answer` makes the bytes that are kept with the key, for whoever repeats the request.
    """

    tenant: str
    dataset: str
    request_key: RequestKey
    drafts: tuple[Draft, ...]
    answer: Callable[[Sequence[Outcome]], bytes]
    decline_hides_seconds: float = 0

    def __len__(self) -> int:
        return max(1, len(self.drafts))


@dataclass(frozen=True)
class Accepted:
    """The answer to a request; `is_repeat` when an earlier one with its key had got it.

    `is_refused`: the key belongs to another body. `voided` are (tenant, digest) of identities
    whose cached answers are no longer true.
    """

    answer: bytes = b""
    is_repeat: bool = False
    is_refused: bool = False
    voided: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True)
class Claimed:
    """A message that a worker holds. `attempt` is its fencing token: whoever has an older one

    has lost the message and may write nothing more about it.
    """

    id: int
    tenant: str
    dataset: str
    person_id: int
    kind: str
    repeatable: bool
    correlation_id: str
    payload: bytes
    attempt: int
    losses: int
    accepted_at: float
    failing_since: float | None


@dataclass(frozen=True)
class Letter:
    """A message as an operator sees it: nothing in it names the person."""

    id: int
    tenant: str
    dataset: str
    kind: str
    state: State
    correlation_id: str
    attempts: int
    accepted_at: float
    finished_at: float | None
    due_at: float
    code: str | None
    detail: str | None


def digest_of(*parts: str | bytes) -> str:
    """Return a digest of `parts`, in which ("ab", "c") and ("a", "bc") differ."""
    whole = hashlib.sha256()
    for part in parts:
        raw = part.encode("utf-8") if isinstance(part, str) else part
        whole.update(len(raw).to_bytes(8, "big") + raw)
    return whole.hexdigest()
