"""From what lies on the disk to plain UTF-8 bytes: compression and wide encodings undone, by their first bytes."""

import codecs
import gzip
import io
from collections.abc import Callable
from importlib import import_module
from typing import IO, Final, cast

from harness.errors import UnreadableError
from harness.logs import problems
from harness.model import Place, Problem

MAGIC_BYTES: Final = 4
OPENING_BYTES: Final = 256
"""What is looked at to tell a wide encoding that has no mark."""
FEWEST_UNITS: Final = 4
GZIP: Final = b"\x1f\x8b"
ZSTD: Final = b"\x28\xb5\x2f\xfd"
UTF8_BOM: Final = b"\xef\xbb\xbf"
# The four-byte marks first: that of UTF-32 begins with that of UTF-16.
WIDE: Final = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def unpacked(stream: IO[bytes], path: str) -> tuple[IO[bytes], tuple[Problem, ...]]:
    """Return the stream of the text inside: decompressed, in UTF-8, without a byte order mark; and what was guessed.

    Raises:
        UnreadableError: it is compressed with zstd, and no library for it is installed.
    """
    head = read_fully(stream, MAGIC_BYTES)
    whole = rewound(head, stream)
    if head.startswith(GZIP):
        return unpacked(cast(IO[bytes], _Guarded(gzip.GzipFile(fileobj=whole), path, (OSError, EOFError))), path)
    if head.startswith(ZSTD):
        return unpacked(_zstd(whole, path), path)
    for mark, encoding in WIDE:
        if head.startswith(mark):
            return _narrowed(whole, encoding), ()
    if head.startswith(UTF8_BOM):
        return rewound(head.removeprefix(UTF8_BOM), stream), ()
    opening = read_fully(whole, OPENING_BYTES)
    whole = rewound(opening, whole)
    guess = _wide_without_mark(opening)
    if guess is None:
        return whole, ()
    said = f"every second byte is zero, and there is no byte order mark; the log was read as {guess.upper()}"
    return _narrowed(whole, guess), (problems.ENCODING_GUESSED.at(Place(path, 1, 1), said),)


def _wide_without_mark(opening: bytes) -> str | None:
    """Return the encoding of a text in which every second byte is zero, None when it is none: logs begin in ASCII."""
    first, second = opening[::2], opening[1::2]
    if len(second) < FEWEST_UNITS:
        return None
    for encoding, letters, zeros in (("utf-16-le", first, second), ("utf-16-be", second, first)):
        if not letters.count(0) and zeros.count(0) * 10 >= len(zeros) * 9:
            return encoding
    return None


def _narrowed(stream: IO[bytes], encoding: str) -> IO[bytes]:
    return cast(IO[bytes], io.BufferedReader(_Encoded(stream, encoding), 64 * 1024))


def read_fully(stream: IO[bytes], size: int) -> bytes:
    """Return so many bytes, fewer only at the end; a pipe gives them in pieces."""
    parts: list[bytes] = []
    while size > 0 and (part := stream.read(size)):
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def rewound(head: bytes, rest: IO[bytes]) -> IO[bytes]:
    """Return a stream that gives what was read from it already, and then the rest."""
    return cast(IO[bytes], _Rewound(head, rest))


def _zstd(stream: IO[bytes], path: str) -> IO[bytes]:
    # The standard library has it from 3.14 on; before, one of two packages that do the same.
    for module, opener in (("compression.zstd", "open"), ("zstandard", "open"), ("backports.zstd", "open")):
        try:
            opened = cast(Callable[..., IO[bytes]], getattr(import_module(module), opener))(stream, "rb")
        except ImportError:
            continue
        return cast(IO[bytes], _Guarded(opened, path, (OSError, EOFError, Exception)))
    raise UnreadableError(f"{path}: this log is compressed with zstd; `pip install zstandard`, or unpack it first")


class _Rewound:
    """A stream that can only be read. Without a buffer of its own: a copy of each byte is a tenth of reading a log."""

    def __init__(self, head: bytes, rest: IO[bytes]) -> None:
        self._head = head
        self._rest = rest

    def read(self, size: int = -1) -> bytes:
        head = self._head
        if not head:
            return self._rest.read(size)
        if size < 0:
            self._head = b""
            return head + self._rest.read()
        self._head = head[size:]
        return head[:size]


class _Encoded(io.RawIOBase):
    """The UTF-8 bytes of a text in another encoding. A damaged file may have halves of surrogate pairs."""

    def __init__(self, stream: IO[bytes], encoding: str) -> None:
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder(encoding)("surrogatepass" if "16" in encoding else "replace")
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        while not self._rest:
            data = self._stream.read(len(buffer))
            if not data:
                return 0
            self._rest = self._decoder.decode(data).encode("utf-8", "replace")
        data, self._rest = self._rest[: len(buffer)], self._rest[len(buffer) :]
        buffer[: len(data)] = data
        return len(data)


class _Guarded(io.RawIOBase):
    """A decompressor whose complaints name the file."""

    def __init__(self, stream: IO[bytes] | gzip.GzipFile, path: str, errors: tuple[type[Exception], ...]) -> None:
        self._stream = stream
        self._path = path
        self._errors = errors

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        try:
            data = self._stream.read(len(buffer))
        except self._errors as error:
            raise UnreadableError(f"{self._path}: the compressed log is damaged: {error}") from error
        buffer[: len(data)] = data
        return len(data)
