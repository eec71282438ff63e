"""What is asked of the response cache and what it answers."""

from dataclasses import dataclass
from functools import cached_property
from typing import Literal
from urllib.parse import quote

from service.errors import Fault

State = Literal["hit", "stale", "miss", "coalesced", "stale-if-error"]


@dataclass(frozen=True)
class CachePolicy:
    """How long an answer serves, in seconds. The two stale windows begin when freshness ends."""

    fresh_seconds: float = 60
    stale_while_revalidate_seconds: float = 600
    stale_if_error_seconds: float = 86_400
    negative_seconds: float = 15
    """How long a failed load is remembered, so that a dead upstream is left alone."""


@dataclass(frozen=True)
class CacheKey:
    """One answer about one person. `person` and `parameters` are hashes or internal ids:

    they become names in the store, where no personal data may stand in clear.
    """

    tenant: str
    person: str
    kind: str
    parameters: str

    @cached_property
    def mark_name(self) -> str:
        return mark_name(self.tenant, self.person)

    @cached_property
    def entry_name(self) -> str:
        return f"{of_person(self.tenant, self.person)}:entry:{_safe(self.kind, self.parameters)}"

    def lease_name(self, generation: bytes) -> str:
        """Each generation has its own lease: nobody waits for a load that is void already."""
        return f"{self.entry_name}:lease:{generation.hex()}"


@dataclass(frozen=True)
class CachedAnswer:
    """`body` as it came at `stored_at` (epoch seconds), and how it was found.

    hit             fresh
    stale           past freshness; being renewed in the background
    miss            this caller loaded it
    coalesced       another caller loaded it while this one waited
    stale-if-error  the load failed; `fault` says why

    `ttl` is the freshness left in seconds, negative once stale.
    """

    body: bytes
    stored_at: float
    state: State
    ttl: float
    fault: Fault | None = None


def mark_name(tenant: str, person: str) -> str:
    """Return the name under which the generation of this person's answers is kept."""
    return f"{of_person(tenant, person)}:mark"


def of_person(tenant: str, person: str) -> str:
    """The braces make a Redis cluster keep everything of one person in one place."""
    return f"{{{_safe(tenant, person)}}}"


def _safe(*parts: str) -> str:
    """Join parts so that no two lists of parts give the same name."""
    return ":".join(quote(part, safe="") for part in parts)
