"""From bytes to lines and documents, with bounds and with places."""

import re
from collections.abc import Iterator
from typing import IO, NamedTuple

from harness.logs import problems
from harness.logs.limits import MIB, Limits
from harness.model import Place, Problem, Repair

# Small enough for the processor's cache, where the objects of a block are made and used.
CHUNK = 64 * 1024
LARGEST_CHUNK = 4 * MIB
SEPARATOR = re.compile(rb"^---[ \t]*(?:#.*)?\r?\n", re.MULTILINE)


class Raw(NamedTuple):
    """A piece of a log."""

    line: int
    """The number of its first line, from 1."""
    data: bytes


def blocks(stream: IO[bytes], path: str, limits: Limits) -> Iterator[Raw | Problem]:
    """Yield some whole lines at a time; a line beyond the limit is a problem, and skipped."""
    line, rest, limit = 1, b"", limits.entry_bytes
    while chunk := stream.read(_next_size(rest)):
        rest += chunk
        end = rest.rfind(b"\n") + 1
        if end:
            whole, rest = rest[:end], rest[end:]
            yield Raw(line, whole)
            line += breaks(whole)
        elif len(rest) > limit:
            yield too_long(Place(path, line, 1), limits, "line")
            rest = _after_line(stream)
            line += 1
    if rest:
        yield Raw(line, rest)


def pieces(stream: IO[bytes], path: str) -> Iterator[Raw]:
    """Yield a text in pieces that end with a line, or inside a very long one, but never inside a character."""
    line, rest = 1, b""
    while chunk := stream.read(CHUNK):
        rest += chunk
        end = rest.rfind(b"\n") + 1
        if not end and len(rest) > LARGEST_CHUNK:
            end = len(rest)
            while end and rest[end - 1] >= 0x80:
                end -= 1
        if end:
            whole, rest = rest[:end], rest[end:]
            yield Raw(line, whole)
            line += breaks(whole)
    if rest:
        yield Raw(line, rest)


def _next_size(waiting: bytes) -> int:
    """Return how much to read: as much again as is waiting, so that a long entry is not copied again and again."""
    return min(max(CHUNK, len(waiting)), LARGEST_CHUNK)


def breaks(data: bytes) -> int:
    """Count the line breaks; six times as fast as `count`, which is slow when there are many."""
    return len(data) - len(data.replace(b"\n", b""))


def _after_line(stream: IO[bytes]) -> bytes:
    """Skip the rest of a line; return what was read beyond its end."""
    while chunk := stream.read(CHUNK):
        end = chunk.find(b"\n") + 1
        if end:
            return chunk[end:]
    return b""


def lines(stream: IO[bytes], path: str, limits: Limits) -> Iterator[Raw | Problem]:
    """Yield the lines of a stream without their ends; one beyond the limit is a problem, and skipped."""
    for block in blocks(stream, path, limits):
        if isinstance(block, Problem):
            yield block
        else:
            yield from block_lines(block, path, limits)


def block_lines(block: Raw, path: str, limits: Limits) -> Iterator[Raw | Problem]:
    """Yield the lines of a block without their ends; one beyond the limit is a problem, and skipped."""
    parts = block.data.split(b"\n")
    if parts[-1] == b"":
        parts.pop()
    for number, data in enumerate(parts, block.line):
        if len(data) > limits.entry_bytes:
            yield too_long(Place(path, number, 1), limits, "line")
        else:
            yield Raw(number, data.removesuffix(b"\r"))


def document_blocks(stream: IO[bytes], path: str, limits: Limits) -> Iterator[Raw | Problem]:
    """Yield some whole YAML documents at a time, the `---` between them left in.

    A document beyond the limit is a problem, and skipped.
    """
    line, rest, skipping = 1, b"", False
    while chunk := stream.read(_next_size(rest)):
        rest += chunk
        end = _last_separator(rest)
        if skipping and end:
            start = _first_separator(rest)
            line += breaks(rest[:start])
            rest, end, skipping = rest[start:], end - start, False
        if end:
            whole, rest = rest[:end], rest[end:]
            yield Raw(line, whole)
            line += breaks(whole)
        elif len(rest) > limits.entry_bytes or skipping:
            if not skipping:
                yield too_long(Place(path, line, 1), limits, "document")
            kept = rest.rfind(b"\n") + 1
            line += breaks(rest[:kept])
            rest, skipping = rest[kept:][:CHUNK], True
    if rest and not skipping:
        yield Raw(line, rest)


def _last_separator(data: bytes) -> int:
    """Return where the line of the last `---` ends, 0 when there is none."""
    at = len(data)
    while (at := data.rfind(b"\n---", 0, at)) >= 0:
        match = SEPARATOR.match(data, at + 1)
        if match is not None:
            return match.end()
    match = SEPARATOR.match(data)
    return match.end() if match else 0


def _first_separator(data: bytes) -> int:
    match = SEPARATOR.search(data)
    return match.end() if match else 0


def too_long(place: Place, limits: Limits, what: str) -> Problem:
    """Return the problem of an entry beyond the limit."""
    return problems.TOO_LONG.at(
        place, f"this {what} is longer than {limits.entry_bytes / MIB:g} MiB, the limit for one entry; it was skipped"
    )


class Text(NamedTuple):
    """A decoded piece of a log."""

    text: str
    repairs: tuple[Repair, ...] = ()
    problem: Problem | None = None


def decoded(data: bytes, place: Place) -> Text:
    """Decode UTF-8, or line by line Windows-1252 with a repair, or with a problem and the lost characters marked."""
    try:
        return Text(data.decode())
    except UnicodeDecodeError:
        return _decoded_by_line(data, place)


def _decoded_by_line(data: bytes, place: Place) -> Text:
    parts: list[str] = []
    repairs: list[Repair] = []
    problem: Problem | None = None
    for number, line in enumerate(data.split(b"\n"), place.line):
        here = Place(place.path, number, 1)
        try:
            parts.append(line.decode())
            continue
        except UnicodeDecodeError as error:
            at, byte = error.start, line[error.start]
        try:
            parts.append(line.decode("windows-1252"))
            repairs.append(
                Repair(here, "windows-1252-decoded", f"byte 0x{byte:02x} at column {at + 1}", parts[-1][at], 0.9)
            )
        except UnicodeDecodeError:
            parts.append(line.decode(errors="replace"))
            problem = problem or problems.NOT_TEXT.at(
                here._replace(column=at + 1),
                f"byte 0x{byte:02x} is neither UTF-8 nor Windows-1252; what cannot be read is now U+FFFD",
            )
    return Text("\n".join(parts), tuple(repairs), problem)


def items(stream: IO[bytes], path: str, limits: Limits, opening: bytes) -> Iterator[Raw | Problem]:
    """Yield the items of the top-level sequence that follows the line `opening`, each with its dash.

    What follows the sequence, from the first line that is neither indented nor an item, is not read.
    """
    inside, indent, first, pending = False, b"", 0, bytearray()
    for line in lines(stream, path, limits):
        if isinstance(line, Problem):
            yield line
            continue
        data = line.data
        if not inside:
            inside = data.rstrip() == opening
            continue
        bare = data.lstrip(b" ")
        if not first and bare.startswith(b"- "):
            indent = data[: len(data) - len(bare)]
        if data.startswith(indent + b"- "):
            if pending:
                yield Raw(first, bytes(pending))
            first, pending = line.line, bytearray()
        elif bare and not data.startswith(indent + b" "):
            break
        if first:
            pending += data + b"\n"
    if pending:
        yield Raw(first, bytes(pending))
