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
    breaks: int = 0
    """The line breaks in it, where they were counted."""


def blocks(stream: IO[bytes], path: str, limits: Limits) -> Iterator[Raw | Problem]:
    """Yield some whole lines at a time; a line beyond the limit is a problem, and skipped."""
    line, rest, limit = 1, b"", limits.entry_bytes
    chunk = stream.read(CHUNK)
    while chunk:
        end = chunk.rfind(b"\n") + 1
        if end:
            whole, rest = rest + chunk[:end], chunk[end:]
            ends = breaks(whole)
            yield Raw(line, whole, ends)
            line += ends
        else:
            rest += chunk
        if len(rest) > limit:
            yield too_long(Place(path, line, 1), limits, "line")
            line, rest = line + 1, b""
            chunk = _after_line(stream) or stream.read(CHUNK)
        else:
            chunk = stream.read(_next_size(rest))
    if rest:
        yield Raw(line, rest, breaks(rest))


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
    problems: tuple[Problem, ...] = ()


class Decoder:
    """Makes text of the pieces of one log."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._has_guessed = False

    def text(self, data: bytes, line: int) -> Text:
        """Decode UTF-8, or line by line Windows-1252 with a repair, or with the lost characters marked; tell which.

        That a log is in another encoding is told once, of the lines that are lost each piece tells its first.
        """
        clean, holes = without_holes(data, Place(self._path, line, 1))
        try:
            return Text(clean.decode(), (), holes)
        except UnicodeDecodeError:
            text, repairs, guessed, lost = _decoded_by_line(clean, Place(self._path, line, 1))
        if guessed and not self._has_guessed:
            self._has_guessed = True
            return Text(text, repairs, (*holes, guessed, *lost))
        return Text(text, repairs, (*holes, *lost))


def without_holes(data: bytes, place: Place) -> tuple[bytes, tuple[Problem, ...]]:
    """Return the data without zero bytes, which no text has: a file that was cut while it was written has many."""
    at = data.find(0)
    if at < 0:
        return data, ()
    line, start = place.line + data.count(b"\n", 0, at), data.rfind(b"\n", 0, at) + 1
    count = data.count(0)
    where = Place(place.path, line, at - start + 1)
    said = f"{count} zero byte{'s' if count > 1 else ''} here, which no text has; the rest was read without them"
    return data.replace(b"\0", b""), (problems.BINARY.at(where, said, "look how the file was copied or rotated"),)


def _decoded_by_line(data: bytes, place: Place) -> tuple[str, tuple[Repair, ...], Problem | None, tuple[Problem, ...]]:
    parts: list[str] = []
    repairs: list[Repair] = []
    guessed: Problem | None = None
    lost: tuple[Problem, ...] = ()
    for number, line in enumerate(data.split(b"\n"), place.line):
        here = Place(place.path, number, 1)
        try:
            parts.append(line.decode())
            continue
        except UnicodeDecodeError as error:
            at, byte = error.start, line[error.start]
        try:
            parts.append(line.decode("windows-1252"))
            where = here._replace(column=at + 1)
            repairs.append(Repair(where, "windows-1252-decoded", f"byte 0x{byte:02x}", parts[-1][at], 0.9))
            said = (
                f"byte 0x{byte:02x} is not UTF-8; this line was read as Windows-1252, in which it is `{parts[-1][at]}`"
            )
            guessed = guessed or problems.ENCODING_GUESSED.at(where, said)
        except UnicodeDecodeError:
            parts.append(line.decode(errors="replace"))
            said = f"byte 0x{byte:02x} is neither UTF-8 nor Windows-1252; what cannot be read is now U+FFFD"
            lost = lost or (problems.NOT_TEXT.at(here._replace(column=at + 1), said),)
    return "\n".join(parts), tuple(repairs), guessed, lost


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
