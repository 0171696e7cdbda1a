"""The fast twin of the native format: one JSON object of the same four keys per line."""

from collections.abc import Iterator
from itertools import chain, count, repeat
from operator import itemgetter
from typing import IO, TypedDict

import orjson

from harness.logs import problems
from harness.logs.entries import SIDES, entry
from harness.logs.exact_json import BadJSONError, loads, loses_something
from harness.logs.header import FORMAT, check_version
from harness.logs.knowledge import Knowledge
from harness.logs.limits import Limits
from harness.logs.source import Decoder, Raw, block_lines, blocks
from harness.logs.stamps import Clock
from harness.model import JSON, Entry, Place, Problem, Repair

NAME = "jsonl"

KEYS = ("timestamp", "sender", "message", "content")
COLUMNS = itemgetter(*KEYS)


class Document(TypedDict):
    """A line as it should be."""

    timestamp: str
    sender: str
    message: str
    content: dict[str, JSON] | None


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
    clock, decoder = Clock(), Decoder(path)
    # A chain instead of nested generators: each level of those costs as much as a field of the entry.
    return chain.from_iterable(_block(block, path, limits, clock, decoder) for block in blocks(stream, path, limits))


def _block(
    block: Raw | Problem, path: str, limits: Limits, clock: Clock, decoder: Decoder
) -> Iterator[Entry | Problem]:
    if isinstance(block, Problem):
        return iter([block])
    documents = _documents(block, limits)
    if documents is None:
        return _lines(block, path, limits, decoder)
    return _entries(documents, block.line, path, clock)


def _documents(block: Raw, limits: Limits) -> list[Document] | None:
    """Parse all lines of a block at once; None when a line must be looked at by itself.

    A line break cannot stand inside a JSON text but between its tokens, so commas can take the breaks' places.
    """
    if len(block.data) > limits.entry_bytes:
        return None
    is_last = not block.data.endswith(b"\n")
    array = b"[%b]" % (block.data if is_last else block.data[:-1]).replace(b"\n", b",")
    try:
        documents: list[Document] = orjson.loads(array)
    except orjson.JSONDecodeError:
        return None
    return None if len(documents) != block.breaks + is_last or loses_something(array, documents) else documents


def _entries(documents: list[Document], first: int, path: str, clock: Clock) -> Iterator[Entry | Problem]:
    """Yield the entries of a block."""
    try:
        return _all_at_once(documents, first, path, clock)
    except (KeyError, TypeError, ValueError):
        return _one_by_one(documents, first, path, clock)


def _all_at_once(documents: list[Document], first: int, path: str, clock: Clock) -> Iterator[Entry]:
    """Return the entries of a block in which nothing is odd.

    This is the hot path: a column of the block at a time, so that no step of it is one of Python for each entry, and
    a second is read once instead of with each of its stamps.

    Raises:
        KeyError, TypeError, ValueError: something is odd.
    """
    stamps, senders, labels, contents = zip(*map(COLUMNS, documents), strict=True)
    if {content["type"].__class__ for content in contents if content is not None} - {str}:
        raise TypeError
    try:
        moments = clock.moments(stamps)
    except KeyError:
        # Seconds that are new; what is no stamp of this layout stays unknown.
        for stamp in stamps:
            clock.learn(stamp)
        moments = clock.moments(stamps)
    sides = [SIDES[sender] for sender in senders]
    new = tuple.__new__
    places = map(new, repeat(Place), zip(repeat(path), count(first), repeat(1)))
    fields = zip(places, moments, sides, labels, contents, repeat(()), stamps)
    return map(new, repeat(Entry), fields)


def _one_by_one(documents: list[Document], first: int, path: str, clock: Clock) -> Iterator[Entry | Problem]:
    for line, document in enumerate(documents, first):
        yield from _entry(document, Place(path, line, 1), ())


def _lines(block: Raw, path: str, limits: Limits, decoder: Decoder) -> Iterator[Entry | Problem]:
    for line in block_lines(block, path, limits):
        if isinstance(line, Problem):
            yield line
        elif line.data.strip():
            yield from _line(line, path, decoder)


def _line(line: Raw, path: str, decoder: Decoder) -> Iterator[Entry | Problem]:
    """Yield the entry of a line that the fast way could not read, or what is wrong with it."""
    place = Place(path, line.line, 1)
    repairs: tuple[Repair, ...] = ()
    document: JSON
    try:
        document = orjson.loads(line.data)
        exact = not loses_something(line.data, document)
    except orjson.JSONDecodeError:
        exact = False
    if not exact:
        text, repairs, told = decoder.text(line.data, line.line)
        yield from told
        try:
            document, doubled = loads(text)
        except BadJSONError as error:
            yield problems.BROKEN.at(place._replace(column=error.column), f"this line is no JSON: {error}")
            return
        for key in doubled:
            yield problems.DUPLICATE_KEY.at(place, f"`{key}` stands twice in one object; the first value was kept")
    yield from _entry(document, place, repairs)


def _entry(document: JSON | Document, place: Place, repairs: tuple[Repair, ...]) -> Iterator[Entry | Problem]:
    if not isinstance(document, dict):
        yield problems.BROKEN.at(place, "a line of this log is an object with timestamp, sender, message, content")
    elif document.get("format") == FORMAT and "content" not in document:
        check_version(document.get("version"), place.path)
    else:
        stamp, sender, label = (document.get(key) or "" for key in KEYS[:3])
        yield from entry(place, str(stamp), str(sender), str(label), document.get("content"), repairs)
