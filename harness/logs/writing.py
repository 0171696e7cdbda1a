"""Entries to a log: the native formats, which read back as they were, and those of other programs."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import IO

from harness.errors import UsageError
from harness.logs.block_text import lines, scalar
from harness.logs.exact_json import dumps
from harness.logs.frames import cassette, har
from harness.logs.header import JSON_LINE, YAML_LINES
from harness.model import Entry


def write(entries: Iterable[Entry], stream: IO[bytes], format: str = "yaml") -> None:
    """Write entries to a binary stream, in one of `FORMATS`, one after the other.

    Raises:
        UsageError: there is no such format.
    """
    if format not in FORMATS:
        raise UsageError(f"there is no log format `{format}`; there are {', '.join(FORMATS)}")
    for part in FORMATS[format](entries):
        stream.write(part)


def yaml_stream(entries: Iterable[Entry]) -> Iterator[bytes]:
    """Yield the native YAML stream."""
    yield YAML_LINES.encode()
    for entry in entries:
        yield yaml_document(entry)


def yaml_document(entry: Entry) -> bytes:
    """Return one entry as a YAML document, its separator before it."""
    head = f"---\ntimestamp: {scalar(entry.stamp)}\nsender: {entry.side}\nmessage: {scalar(entry.label)}\n"
    return (head + "".join(lines("content", entry.content, ""))).encode()


def json_lines(entries: Iterable[Entry]) -> Iterator[bytes]:
    """Yield native JSON Lines."""
    yield JSON_LINE
    for entry in entries:
        yield json_line(entry)


def json_line(entry: Entry) -> bytes:
    """Return one entry as a line of JSON."""
    return (
        dumps({"timestamp": entry.stamp, "sender": entry.side, "message": entry.label, "content": entry.content})
        + b"\n"
    )


FORMATS: Mapping[str, Callable[[Iterable[Entry]], Iterator[bytes]]] = {
    "yaml": yaml_stream,
    "jsonl": json_lines,
    "cassette": cassette,
    "har": har,
}
