"""From bytes to lines and documents, with bounds and with places."""

import re
from collections.abc import Iterator
from typing import IO, NamedTuple

from harness.logs import problems
from harness.logs.limits import MIB, Limits
from harness.model import Place, Problem, Repair

CHUNK = 256 * 1024
SEPARATOR = re.compile(rb"^---[ \t]*(?:#.*)?\r?(?:\n|\Z)", re.MULTILINE)


class Raw(NamedTuple):
    """A piece of a log."""

    line: int
    """The number of its first line, from 1."""
    data: bytes


def lines(stream: IO[bytes], path: str, limits: Limits) -> Iterator[Raw | Problem]:
    """Yield the lines of a stream without their ends; one beyond the limit is a problem, and skipped."""
    number, limit = 0, limits.entry_bytes
    while data := stream.readline(limit + 1):
        number += 1
        if len(data) > limit and data[-1:] != b"\n":
            yield too_long(Place(path, number, 1), limits, "line")
            while data and data[-1:] != b"\n":
                data = stream.readline(CHUNK)
            continue
        yield Raw(number, data.rstrip(b"\r\n"))


def documents(stream: IO[bytes], path: str, limits: Limits) -> Iterator[Raw | Problem]:
    """Yield what stands between the `---` of a YAML stream; what is beyond the limit is a problem, and skipped."""
    line, rest, skipping = 1, b"", False
    while True:
        # Reading as much again as is waiting keeps the work linear in the length of a long document.
        chunk = stream.read(max(CHUNK, len(rest)))
        rest += chunk
        # A separator counts when its whole line is there.
        end = rest.rfind(b"\n") + 1 if chunk else len(rest)
        start = 0
        for match in SEPARATOR.finditer(rest, 0, end):
            if not skipping:
                yield Raw(line, rest[start : match.start()])
            line += rest.count(b"\n", start, match.end())
            start, skipping = match.end(), False
        rest = rest[start:]
        if not chunk:
            break
        if len(rest) > limits.entry_bytes:
            if not skipping:
                yield too_long(Place(path, line, 1), limits, "document")
            kept = rest.rfind(b"\n") + 1
            line += rest.count(b"\n", 0, kept)
            rest, skipping = rest[kept:] if len(rest) - kept < CHUNK else b"", True
    if not skipping:
        yield Raw(line, rest)


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
