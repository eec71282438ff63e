"""The body of a batch: up to ten megabytes of JSON, which wait in a quarter of that room or less.

Rows of one batch look alike, so packing them saves much and costs little. They are sent unpacked,
because only answers are documented to be packed. Source: Bulk API developer guide.
"""

import zlib
from collections.abc import Iterable, Iterator

FASTEST = 1
BYTES_AT_ONCE = 64 * 1024


class BulkBody:
    """A list of rows, each of them JSON already. It can be sent piece by piece, and again."""

    def __init__(self, rows: Iterable[bytes] = ()):
        self._packer = zlib.compressobj(FASTEST)
        self._packed: list[bytes] = []
        self._length = len(b"]")
        for row in rows:
            self.add(row)

    def __len__(self) -> int:
        """Return how many bytes are sent."""
        return self._length

    def length_with(self, row: bytes) -> int:
        """Return how many bytes would be sent with this row, too."""
        return self._length + len(b",") + len(row)

    def add(self, row: bytes) -> None:
        """Take a row in."""
        if piece := self._packer.compress((b"," if self._length > 1 else b"[") + row):
            self._packed.append(piece)
        self._length = self.length_with(row)

    def __iter__(self) -> Iterator[bytes]:
        """Yield what is sent."""
        end = self._packer.copy()
        unpacker = zlib.decompressobj()
        for left in (*self._packed, end.compress(b"]"), end.flush()):
            while left:
                yield unpacker.decompress(left, BYTES_AT_ONCE)
                left = unpacker.unconsumed_tail
        yield unpacker.flush()
