"""The fast twin of the native format: one JSON object of the same four keys per line."""

from collections.abc import Iterable, Iterator
from itertools import chain, count, repeat
from operator import itemgetter
from typing import IO, TypedDict

import orjson

from harness.logs import problems
from harness.logs.entries import SIDES, entry
from harness.logs.exact_json import BadJSONError, is_deeper, loads, loses_something
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
    reader = _Reader(path, limits)
    # A chain instead of nested generators: each level of those costs as much as a field of the entry.
    return chain.from_iterable(map(reader.block, blocks(stream, path, limits)))


class _Reader:
    def __init__(self, path: str, limits: Limits) -> None:
        self._path = path
        self._limits = limits
        self._clock = Clock()
        self._decoder = Decoder(path)
        self._is_ours = False
        """Whether this package wrote the log: then an empty stamp says that the time is not known."""

    def block(self, block: Raw | Problem) -> Iterator[Entry | Problem]:
        """Return the entries of some whole lines."""
        if isinstance(block, Problem):
            return iter([block])
        documents = self._documents(block)
        if documents is None:
            return self._lines(block)
        try:
            return self._all_at_once(documents, block.line)
        except (KeyError, TypeError, ValueError):
            return self._one_by_one(documents, block.line)

    def _documents(self, block: Raw) -> list[Document] | None:
        """Parse all lines of a block at once; None when a line must be looked at by itself.

        A line break cannot stand inside a JSON text but between its tokens, so commas can take the breaks' places.
        """
        if len(block.data) > self._limits.entry_bytes:
            return None
        is_last = not block.data.endswith(b"\n")
        array = b"[%b]" % (block.data if is_last else block.data[:-1]).replace(b"\n", b",")
        try:
            documents: list[Document] = orjson.loads(array)
        except orjson.JSONDecodeError:
            return None
        return None if len(documents) != block.breaks + is_last or loses_something(array, documents) else documents

    def _all_at_once(self, documents: list[Document], first: int) -> Iterator[Entry]:
        """Return the entries of a block in which nothing is odd.

        This is the hot path: a column of the block at a time, so that no step of it is one of Python for each entry,
        and a second is read once instead of with each of its stamps.

        Raises:
            KeyError, TypeError, ValueError: something is odd.
        """
        stamps, senders, labels, contents = zip(*map(COLUMNS, documents), strict=True)
        if {content["type"].__class__ for content in contents if content is not None} - {str}:
            raise TypeError
        sides = [SIDES[sender] for sender in senders]
        new = tuple.__new__
        places = map(new, repeat(Place), zip(repeat(self._path), count(first), repeat(1)))
        fields = zip(places, self._moments(stamps), sides, labels, contents, repeat(()), stamps)
        return map(new, repeat(Entry), fields)

    def _moments(self, stamps: tuple[str, ...]) -> Iterable[int | None]:
        if self._is_ours and not any(stamps):
            return repeat(None)
        try:
            return self._clock.moments(stamps)
        except (KeyError, ValueError):
            # Seconds that are new; what is no stamp of this layout stays unknown.
            for stamp in self._clock.filled(stamps):
                self._clock.learn(stamp)
            return self._clock.moments(self._clock.filled(stamps))

    def _one_by_one(self, documents: list[Document], first: int) -> Iterator[Entry | Problem]:
        for line, document in enumerate(documents, first):
            yield from self._entry(document, Place(self._path, line, 1), ())

    def _lines(self, block: Raw) -> Iterator[Entry | Problem]:
        for line in block_lines(block, self._path, self._limits):
            if isinstance(line, Problem):
                yield line
            elif line.data.strip():
                yield from self._line(line)

    def _line(self, line: Raw) -> Iterator[Entry | Problem]:
        """Yield the entry of a line that the fast way could not read, or what is wrong with it."""
        place = Place(self._path, line.line, 1)
        try:
            document: JSON = orjson.loads(line.data)
            exact = not loses_something(line.data, document)
        except orjson.JSONDecodeError:
            exact = False
        if exact:
            yield from self._entry(document, place, ())
            return
        text, repairs, told = self._decoder.text(line.data, line.line)
        yield from told
        try:
            document, doubled = loads(text)
        except BadJSONError as error:
            yield problems.BROKEN.at(place._replace(column=error.column), f"this line is no JSON: {error}")
            return
        if is_deeper(document, self._limits.depth):
            yield problems.TOO_DEEP.at(place, f"this line has more than {self._limits.depth} levels")
            return
        for key in doubled:
            yield problems.DUPLICATE_KEY.at(place, f"`{key}` stands twice in one object; the first value was kept")
        yield from self._entry(document, place, repairs)

    def _entry(self, document: JSON | Document, place: Place, repairs: tuple[Repair, ...]) -> Iterator[Entry | Problem]:
        if not isinstance(document, dict):
            yield problems.BROKEN.at(place, "a line of this log is an object with timestamp, sender, message, content")
        elif document.get("format") == FORMAT and "content" not in document:
            check_version(document.get("version"), place.path)
            self._is_ours = True
        else:
            stamp, sender, label = (document.get(key) or "" for key in KEYS[:3])
            content = document.get("content")
            yield from entry(place, str(stamp), str(sender), str(label), content, repairs, self._is_ours)
