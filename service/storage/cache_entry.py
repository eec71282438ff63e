"""A cached answer with its windows, and its form in the store: a header and the raw bytes.

An entry holds an answer, a remembered failure, or both: the last good answer together with
the reason why it could not be renewed. The form is never pickled, carries a version and a
checksum, and anything that does not parse is no entry.
"""

import secrets
import struct
import zlib
from dataclasses import dataclass, replace
from typing import NamedTuple, Self

from service.errors import UpstreamFault, upstream_fault
from service.storage.cache_engine import FRESHNESS_BYTES, GENERATION_BYTES, MARK_BYTES

VERSION = 1
PREFIX = struct.Struct("<BI")
"""Version, then the checksum of everything that follows."""
HEADER = struct.Struct(f"<{GENERATION_BYTES}s{FRESHNESS_BYTES}s4d2d?HHI")
"""Mark, four windows, failure's two moments, has a body, lengths of code, detail and body."""
CLOCK_SKEW_SECONDS = 60
"""An answer from further in the future than this was stored by a clock that is wrong."""


class Mark(NamedTuple):
    """What a person's entries must match. Both parts are random, so a lost one never returns."""

    generation: bytes
    freshness: bytes

    @classmethod
    def new(cls) -> Self:
        return cls(secrets.token_bytes(GENERATION_BYTES), new_freshness())

    @classmethod
    def parse(cls, raw: bytes | None) -> Self | None:
        if raw is None or len(raw) != MARK_BYTES:
            return None
        return cls(raw[:GENERATION_BYTES], raw[GENERATION_BYTES:])

    def pack(self) -> bytes:
        return self.generation + self.freshness


def new_freshness() -> bytes:
    return secrets.token_bytes(FRESHNESS_BYTES)


@dataclass(frozen=True)
class Failure:
    """Why the last load failed, remembered until `until`. Moments in epoch seconds."""

    code: str
    detail: str
    until: float
    retry_at: float
    """When upstream wished to be asked again; 0 when it did not say."""

    @classmethod
    def of(cls, fault: UpstreamFault, now: float, seconds: float) -> Self:
        retry_at = 0.0 if fault.retry_after is None else now + fault.retry_after
        return cls(fault.code, fault.detail, now + seconds, retry_at)

    def fault(self, now: float) -> UpstreamFault:
        """Return the fault as it stands now: its Retry-After has shrunk by the time since."""
        left = max(1, round(self.retry_at - now)) if self.retry_at else None
        return upstream_fault(self.code, self.detail, left)


@dataclass(frozen=True)
class Windows:
    """Until when an answer stored at `stored_at` may be used, and how. Epoch seconds."""

    stored_at: float
    fresh_until: float
    stale_until: float
    error_until: float


@dataclass(frozen=True)
class Entry:
    """What is kept under one key. `body` is None when there is only a failure to remember."""

    mark: Mark
    windows: Windows
    body: bytes | None
    failure: Failure | None = None

    @classmethod
    def only_failed(cls, mark: Mark, failure: Failure, now: float) -> Self:
        return cls(mark, Windows(now, now, now, now), None, failure)

    def failed(self, failure: Failure) -> Self:
        return replace(self, failure=failure)

    def is_fresh(self, mark: Mark, now: float) -> bool:
        windows = self.windows
        return (
            self.body is not None
            and self.mark == mark
            and windows.stored_at - CLOCK_SKEW_SECONDS <= now < windows.fresh_until
        )

    def may_be_renewed_later(self, now: float) -> bool:
        """Whether the answer may be given now and renewed in the background."""
        return self.body is not None and now < self.windows.stale_until

    def is_usable(self, now: float) -> bool:
        """Whether the answer may stand in for an upstream that fails."""
        windows = self.windows
        return self.body is not None and now < max(windows.stale_until, windows.error_until)

    def standing_failure(self, now: float) -> Failure | None:
        """Return the failure while it is remembered, that is while upstream is left alone."""
        return self.failure if self.failure and now < self.failure.until else None

    def ttl(self, mark: Mark | None, now: float) -> float:
        """Seconds of freshness left; negative once the answer is stale."""
        left = self.windows.fresh_until - now
        return left if mark is None or self.mark == mark else min(left, -1.0)

    def last_use(self) -> float:
        """The moment after which nothing of this entry can be used."""
        windows = self.windows
        until = self.failure.until if self.failure else 0.0
        return max(windows.fresh_until, windows.stale_until, windows.error_until, until)


def pack(entry: Entry) -> bytes:
    """Return the bytes that `unpack` reads."""
    failure = entry.failure or Failure("", "", 0.0, 0.0)
    code, detail = failure.code.encode(), failure.detail.encode()[:2_000]
    windows = entry.windows
    header = HEADER.pack(
        *entry.mark,
        windows.stored_at,
        windows.fresh_until,
        windows.stale_until,
        windows.error_until,
        failure.until,
        failure.retry_at,
        entry.body is not None,
        len(code),
        len(detail),
        len(entry.body or b""),
    )
    content = header + code + detail + (entry.body or b"")
    return PREFIX.pack(VERSION, zlib.crc32(content)) + content


def unpack(raw: bytes) -> Entry | None:
    """Return the entry, or None when the bytes are damaged or of another version."""
    if len(raw) < PREFIX.size + HEADER.size:
        return None
    version, checksum = PREFIX.unpack_from(raw)
    content = memoryview(raw)[PREFIX.size :]
    if version != VERSION or checksum != zlib.crc32(content):
        return None
    return _parse(content)


def _parse(content: memoryview) -> Entry | None:
    generation, freshness, *moments, until, retry_at, has_body, code, detail, body = (
        HEADER.unpack_from(content)
    )
    if len(content) != HEADER.size + code + detail + body:
        return None
    texts = content[HEADER.size :]
    failure = None
    if code:
        reason = str(texts[code : code + detail], "utf-8", "replace")
        failure = Failure(str(texts[:code], "utf-8", "replace"), reason, until, retry_at)
    answer = bytes(texts[code + detail :]) if has_body else None
    return Entry(Mark(generation, freshness), Windows(*moments), answer, failure)
