"""Where entries are looked up and put: the engine, with every trouble of its turned into a miss."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from service.errors import UpstreamFault
from service.storage.cache_answer import CachedAnswer, CacheKey, State
from service.storage.cache_engine import CacheEngine, EngineTrouble
from service.storage.cache_entry import Entry, Mark, pack, unpack

CLAIMED_SECONDS = 3_600
"""How long a mark lives before its first entry is stored, which then prolongs it."""


@dataclass(frozen=True)
class Found:
    """An entry of the person's present generation, if any, and the person's mark, if any.

    Without a mark nothing of this person can be stored.
    """

    entry: Entry | None
    mark: Mark | None

    def at_hand(self, now: float) -> CachedAnswer | None:
        """Return what can be answered without asking upstream, or None.

        Raises the UpstreamFault that is remembered when there is no answer beside it.
        """
        if self.entry is None:
            return None
        if self.mark is not None and self.entry.is_fresh(self.mark, now):
            return self.answer("hit", now)
        failure = self.entry.standing_failure(now)
        return self.stand_in(failure.fault(now), now) if failure else None

    def stand_in(self, fault: UpstreamFault, now: float) -> CachedAnswer:
        """Return the old answer in place of the one that `fault` prevented; else raise `fault`."""
        if self.entry is None or not self.entry.is_usable(now):
            raise fault
        return self.answer("stale-if-error", now, fault)

    def answer(self, state: State, now: float, fault: UpstreamFault | None = None) -> CachedAnswer:
        entry = self.entry
        return CachedAnswer(
            entry.body, entry.windows.stored_at, state, entry.ttl(self.mark, now), fault
        )


NOTHING = Found(None, None)


class Shelf:
    """`count` is told the name of everything that went wrong."""

    def __init__(
        self, engine: CacheEngine, clock: Callable[[], float], count: Callable[[str], None]
    ):
        self._engine = engine
        self._clock = clock
        self._count = count

    def look(self, key: CacheKey, otherwise: Found = NOTHING) -> Found:
        """Return what is there; `otherwise` when the engine does not say."""
        try:
            raw, raw_mark = self._engine.read(key.entry_name, key.mark_name)
        except EngineTrouble:
            self._count("read_failed")
            return otherwise
        mark = Mark.parse(raw_mark)
        entry = None if raw is None else self._parsed(key, raw)
        if entry is None or mark is None or entry.mark.generation != mark.generation:
            return Found(None, mark)
        return Found(entry, mark)

    def with_mark(self, key: CacheKey, found: Found) -> Found:
        """Return `found` with a mark, a new one if the person had none.

        The mark stays None when the engine cannot keep one.
        """
        if found.mark is not None:
            return found
        try:
            raw = self._engine.claim_mark(key.mark_name, Mark.new().pack(), CLAIMED_SECONDS)
        except EngineTrouble:
            self._count("write_failed")
            return found
        return replace(found, mark=Mark.parse(raw))

    def keep(self, key: CacheKey, entry: Entry) -> bool:
        """Store the entry; False when the person was voided meanwhile or the engine failed."""
        seconds = max(0.0, entry.last_use() - self._clock()) + 1.0
        try:
            return self._engine.store(
                key.entry_name, pack(entry), seconds, key.mark_name, entry.mark.generation
            )
        except EngineTrouble:
            self._count("write_failed")
            return False

    def _parsed(self, key: CacheKey, raw: bytes) -> Entry | None:
        entry = unpack(raw)
        if entry is None:
            self._count("unreadable")
            try:
                self._engine.drop(key.entry_name)
            except EngineTrouble:
                self._count("write_failed")
        return entry
