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
from harness.logs.unpacking import read_fully, rewound, unpacked
from harness.model import Entry, Place, Problem

SNIFFED = 64 * 1024
"""The bytes a shape may look at before it says whether a log is its own."""
LAST_RESORTS = frozenset({"objects", "names"})
CONTROLS = bytes(code for code in range(32) if code not in b"\t\n\v\f\r\x1b\b") + b"\x7f"


def read(
    stream: IO[bytes], path: str, knowledge: Knowledge, shape: str | None = None, limits: Limits | None = None
) -> Iterator[Entry | Problem]:
    """Return the entries of a log, lazily, with the problems of those that could not be read.

    Only its beginning is read at once, to choose the reader. `stream` is binary, perhaps compressed, and need not
    be seekable; `path` is what places say. `shape` forces a reader by its name instead of letting the log's
    beginning choose.

    Raises:
        UsageError: there is no shape of that name.
        UnreadableError: nothing in the log is an entry, or a newer version of the format wrote it.
    """
    limits = limits or Limits()
    plain, told = unpacked(stream, path)
    head, hole = _behind_hole(plain)
    if hole:
        said = (
            f"the file begins with {hole} zero bytes, as one does that was cut while it was written; they were skipped"
        )
        told = (*told, problems.BINARY.at(Place(path, 1, 1), said, "look how the file was copied or rotated"))
    if not head.strip():
        return iter([problems.EMPTY.at(Place(path, 1, 1), "there is nothing in this log")])
    if _is_binary(head):
        return iter([problems.BINARY.at(Place(path, 1, 1), "this is binary data, not a log")])
    for candidate in _candidates(head, shape):
        # A log no longer than what is sniffed at can be read again by the next shape when this one finds nothing.
        short = len(head) < SNIFFED
        source = cast(IO[bytes], io.BytesIO(head)) if short else rewound(head, plain)
        found = candidate.read(source, path, knowledge, limits)
        first = next(found, None)
        if first is not None:
            return chain(told, [first], found)
        if not short:
            break
    raise UnreadableError(
        f"{path}: no event was found in this log; name its shape with --shape ({', '.join(all_shapes())}), "
        f"or see docs/formats.md for what can be read"
    )


def _candidates(head: bytes, name: str | None) -> Iterator[Shape]:
    """Yield the shapes that may be the log's, the likeliest first."""
    shapes = all_shapes()
    if name is not None:
        if name not in shapes:
            raise UsageError(f"there is no log shape `{name}`; there are {', '.join(shapes)}")
        yield shapes[name]
        return
    head = head.replace(b"\0", b"")
    # Those that any text may be of look through all of it; most logs tell themselves in a line or two.
    for names in (shapes.keys() - LAST_RESORTS, LAST_RESORTS):
        scores = {name: shapes[name].sniff(head) for name in sorted(names)}
        yield from (shapes[name] for name in sorted(scores, key=lambda name: -scores[name]) if scores[name])


def _behind_hole(stream: IO[bytes]) -> tuple[bytes, int]:
    """Return the beginning of a log, and how many zero bytes stand before it."""
    hole = 0
    while head := read_fully(stream, SNIFFED):
        bare = head.lstrip(b"\0")
        hole += len(head) - len(bare)
        if bare:
            # A short beginning would look like a short log.
            return bare + read_fully(stream, SNIFFED - len(bare)), hole
    return b"", hole


def _is_binary(head: bytes) -> bool:
    """Say whether there are more control characters than a text has. Holes, all zero, are damage to a text."""
    text = head.replace(b"\0", b"")
    return len(text) * 2 < len(head) or len(text) - len(text.translate(None, CONTROLS)) > len(text) // 20 + 1
