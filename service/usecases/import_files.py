"""Reads files of events piece by piece, knowing after each piece where the next one begins."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from service.errors import InvalidRequest
from service.events.export_csv import Header
from service.strict_json import NotStrictJson, loads
from service.tenant import Dataset, Tenant

MOST_LINE_BYTES = 256 * 1024
MOST_ROWS_OF_EVENT = 100
BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Piece:
    """One event of a file: its first row (1 is the first of the file) and where the next begins.

    `raw` is what the file says, None where that cannot be read.
    """

    row: int
    end: int
    end_row: int
    raw: object | None


def pieces(
    path: Path, tenant: Tenant, dataset: Dataset, position: int, row: int
) -> Iterator[Piece]:
    """Yield the events from `position` (bytes, `row` rows into the file) to the end.

    Raises: InvalidRequest when the file is neither JSON lines nor a CSV with a known header.
    """
    with path.open("rb") as file:
        if _is_json(file):
            file.seek(position)
            yield from _json_pieces(file, row)
        else:
            yield from _csv_pieces(file, tenant, dataset, position, row)


def _is_json(file: BinaryIO) -> bool:
    start = file.read(4_096).removeprefix(BOM).lstrip()
    file.seek(0)
    return start.startswith(b"{")


def _json_pieces(file: BinaryIO, row: int) -> Iterator[Piece]:
    for place, line in enumerate(_lines(file), start=row + 1):
        if line is None or line.strip():
            yield Piece(place, file.tell(), place, _json(line))


def _json(line: bytes | None) -> object | None:
    try:
        return None if line is None else loads(line.removeprefix(BOM))
    except NotStrictJson:
        return None


def _lines(file: BinaryIO) -> Iterator[bytes | None]:
    """Yield lines, None in place of one that is too long; never more than that in memory."""
    while line := file.readline(MOST_LINE_BYTES):
        is_whole = line.endswith(b"\n") or len(line) < MOST_LINE_BYTES
        if not is_whole:
            _skip_line(file)
        yield line if is_whole else None


def _skip_line(file: BinaryIO) -> None:
    while (rest := file.readline(MOST_LINE_BYTES)) and not rest.endswith(b"\n"):
        pass


@dataclass(frozen=True)
class _Record:
    """One record of a CSV file; `fields` is None where it cannot be read."""

    row: int
    end: int
    fields: list[str] | None


def _csv_pieces(
    file: BinaryIO, tenant: Tenant, dataset: Dataset, position: int, row: int
) -> Iterator[Piece]:
    first = next(_records(file, 0), None)
    header = Header((first and first.fields) or [], dataset.identity_types, tenant.time_zone)
    if first is None or not header.is_usable:
        raise InvalidRequest(
            "The file is neither JSON lines nor a CSV whose first row names its columns, "
            "an action or itemAction among them. See docs/events.md."
        )
    file.seek(max(position, first.end))
    yield from _grouped(header, _records(file, max(row, 1)))


def _grouped(header: Header, records: Iterator[_Record]) -> Iterator[Piece]:
    """Join rows that follow each other and share an event id: one event with several items."""
    group: list[_Record] = []
    for record in records:
        if group and not _belongs(header, group, record):
            yield _piece(header, group)
            group = []
        group.append(record)
    if group:
        yield _piece(header, group)


def _belongs(header: Header, group: list[_Record], record: _Record) -> bool:
    before = group[0].fields
    if before is None or record.fields is None or len(group) >= MOST_ROWS_OF_EVENT:
        return False
    event_id = header.event_id_of(before)
    return event_id is not None and event_id == header.event_id_of(record.fields)


def _piece(header: Header, group: list[_Record]) -> Piece:
    rows = [record.fields for record in group if record.fields is not None]
    raw = header.event_of(rows) if rows else None
    return Piece(group[0].row, group[-1].end, group[-1].row, raw)


def _records(file: BinaryIO, row: int) -> Iterator[_Record]:
    reader = csv.reader(_text_lines(file), strict=True)
    while True:
        row += 1
        try:
            fields = next(reader)
        except StopIteration:
            return
        except csv.Error:
            fields = None  # an open quote, or a field beyond csv's own limit of 128 KiB
        if fields != []:
            yield _Record(row, file.tell(), fields)


def _text_lines(file: BinaryIO) -> Iterator[str]:
    for line in _lines(file):
        yield "\0\n" if line is None else line.removeprefix(BOM).decode("utf-8", "replace")
