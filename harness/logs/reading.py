"""The one way in: from a stream of bytes to entries, whatever its shape."""

import io
from collections.abc import Iterator
from itertools import chain
from typing import IO, cast

from harness.errors import UnreadableError, UsageError
from harness.logs import problems
from harness.logs.knowledge import Knowledge
from harness.logs.limits import Limits
from harness.logs.shapes import Shape, all_shapes
from harness.model import Entry, Place, Problem

SNIFFED = 64 * 1024
"""The bytes a shape may look at before it says whether a log is its own."""
BOM = b"\xef\xbb\xbf"


def read(
    stream: IO[bytes], path: str, knowledge: Knowledge, shape: str | None = None, limits: Limits | None = None
) -> Iterator[Entry | Problem]:
    """Return the entries of a log, lazily, with the problems of those that could not be read.

    Only its beginning is read at once, to choose the reader. `stream` is binary and need not be seekable; `path`
    is what places say. `shape` forces a reader by its name instead of letting the log's beginning choose.

    Raises:
        UsageError: there is no shape of that name.
        UnreadableError: nothing in the log is an entry, or a newer version of the format wrote it.
    """
    limits = limits or Limits()
    head = _peek(stream)
    if not head.strip():
        return iter([problems.EMPTY.at(Place(path, 1, 1), "there is nothing in this log")])
    if b"\0" in head:
        return iter([problems.BINARY.at(Place(path, 1, 1), "this is binary data, not a log")])
    head = head.removeprefix(BOM)
    whole = cast(IO[bytes], io.BufferedReader(_Rewound(head, stream), SNIFFED))
    found = _chosen(head, path, shape).read(whole, path, knowledge, limits)
    first = next(found, None)
    if first is None:
        raise UnreadableError(f"{path}: no event was found in this log")
    return chain([first], found)


def _chosen(head: bytes, path: str, name: str | None) -> Shape:
    shapes = all_shapes()
    if name is not None:
        if name not in shapes:
            raise UsageError(f"there is no log shape `{name}`; there are {', '.join(shapes)}")
        return shapes[name]
    best = max(shapes.values(), key=lambda shape: shape.sniff(head))
    if not best.sniff(head):
        raise UnreadableError(
            f"{path}: this has the shape of no known log; name one with --shape ({', '.join(shapes)}), "
            f"or see docs/formats.md"
        )
    return best


def _peek(stream: IO[bytes]) -> bytes:
    parts: list[bytes] = []
    missing = SNIFFED
    while missing and (part := stream.read(missing)):
        parts.append(part)
        missing -= len(part)
    return b"".join(parts)


class _Rewound(io.RawIOBase):
    """A stream with the bytes that were peeked at put back."""

    def __init__(self, head: bytes, rest: IO[bytes]) -> None:
        self._head = head
        self._rest = rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        data = self._head[: len(buffer)] or self._rest.read(len(buffer))
        self._head = self._head[len(buffer) :]
        buffer[: len(data)] = data
        return len(data)
