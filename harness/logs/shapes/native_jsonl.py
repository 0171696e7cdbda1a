"""The fast twin of the native format: one JSON object of the same four keys per line."""

from collections.abc import Iterator
from typing import IO

import orjson

from harness.logs import problems
from harness.logs.entries import entry
from harness.logs.exact_json import BadJSONError, loads
from harness.logs.header import FORMAT, check_version
from harness.logs.knowledge import Knowledge
from harness.logs.limits import Limits
from harness.logs.source import Raw, decoded, lines
from harness.model import Entry, Place, Problem, Repair

NAME = "jsonl"

KEYS = ("timestamp", "sender", "message", "content")


def sniff(head: bytes) -> float:
    """Say how much the beginning of a log looks like this shape."""
    for line in head.split(b"\n"):
        if line.strip():
            return _looks(line)
    return 0.0


def _looks(line: bytes) -> float:
    if not line.lstrip(b"\xef\xbb\xbf \t").startswith(b"{"):
        return 0.0
    if f'"format":"{FORMAT}"'.encode() in line.replace(b" ", b""):
        return 1.0
    # The line may be longer than what is sniffed at, so it is not parsed.
    return 0.95 if b'"timestamp"' in line and b'"sender"' in line and b'"content"' in line else 0.0


def read(stream: IO[bytes], path: str, knowledge: Knowledge, limits: Limits) -> Iterator[Entry | Problem]:
    """Yield the entries of native JSON Lines."""
    for line in lines(stream, path, limits):
        if isinstance(line, Problem):
            yield line
        elif line.data.strip():
            yield from _entry(line, path)


def _entry(line: Raw, path: str) -> Iterator[Entry | Problem]:
    place = Place(path, line.line, 1)
    repairs: tuple[Repair, ...] = ()
    try:
        document = orjson.loads(line.data)
    except orjson.JSONDecodeError:
        text, repairs, problem = decoded(line.data, place)
        if problem is not None:
            yield problem
        try:
            document = loads(text)
        except BadJSONError as error:
            yield problems.BROKEN.at(place._replace(column=error.column), f"this line is no JSON: {error}")
            return
    if not isinstance(document, dict):
        yield problems.BROKEN.at(place, "a line of this log is an object with timestamp, sender, message, content")
    elif document.get("format") == FORMAT and "content" not in document:
        check_version(document.get("version"), path)
    else:
        stamp, sender, label = (document.get(key) or "" for key in KEYS[:3])
        yield from entry(place, str(stamp), str(sender), str(label), document.get("content"), repairs)
