"""CSV as both Bulk APIs read and write it: every cell quoted, empty = unchanged, `#N/A` = null."""

import csv
import io
from collections.abc import Iterable

DELIMITERS = {
    "COMMA": ",",
    "TAB": "\t",
    "SEMICOLON": ";",
    "PIPE": "|",
    "CARET": "^",
    "BACKQUOTE": "`",
}
LINE_ENDINGS = {"LF": "\n", "CRLF": "\r\n"}
CLEARED = "#N/A"
csv.field_size_limit(10_000_000)  # a long text area is longer than the module's default allows


def read_csv(body: bytes, delimiter: str = ",") -> tuple[list[str], list[list[str]]]:
    """Return header and rows of a file; raises ValueError with what is wrong."""
    try:
        lines = csv.reader(io.StringIO(body.decode("utf-8-sig"), newline=""), delimiter=delimiter,
                           strict=True)  # fmt: skip
        rows = [row for row in lines if row]
    except csv.Error as broken:
        raise ValueError(str(broken)) from broken
    if not rows:
        raise ValueError("the file has no header")
    header = rows[0]
    for number, row in enumerate(rows[1:], 2):
        if len(row) != len(header):
            raise ValueError(f"row {number} has {len(row)} cells, the header {len(header)}")
    return header, rows[1:]


def as_record(header: list[str], row: list[str]) -> dict:
    """Return a row as a record: what is empty is left out, what is cleared is null."""
    return {
        name: None if cell == CLEARED else cell
        for name, cell in zip(header, row, strict=True)
        if cell != ""
    }


def write_csv(rows: Iterable[list[str]], delimiter: str = ",", line_ending: str = "\n") -> bytes:
    """Return rows, the first of them the header, as a file."""
    file = io.StringIO(newline="")
    writer = csv.writer(
        file, delimiter=delimiter, lineterminator=line_ending, quoting=csv.QUOTE_ALL
    )
    writer.writerows(rows)
    return file.getvalue().encode()
