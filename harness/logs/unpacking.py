"""From what lies on the disk to plain UTF-8 bytes: compression and wide encodings undone, by their first bytes."""

import codecs
import gzip
import io
from collections.abc import Callable
from importlib import import_module
from typing import IO, Final, cast

from harness.errors import UnreadableError

MAGIC_BYTES: Final = 4
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


def unpacked(stream: IO[bytes], path: str) -> IO[bytes]:
    """Return the stream of the text inside: decompressed, in UTF-8, without a byte order mark.

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
            reader = io.TextIOWrapper(whole, encoding, errors="surrogatepass", newline="")
            return cast(IO[bytes], io.BufferedReader(_Encoded(reader)))
    return rewound(head.removeprefix(UTF8_BOM), stream) if head.startswith(UTF8_BOM) else whole


def read_fully(stream: IO[bytes], size: int) -> bytes:
    """Return so many bytes, fewer only at the end; a pipe gives them in pieces."""
    parts: list[bytes] = []
    while size > 0 and (part := stream.read(size)):
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def rewound(head: bytes, rest: IO[bytes]) -> IO[bytes]:
    """Return a stream that gives what was read from it already, and then the rest."""
    return cast(IO[bytes], io.BufferedReader(_Rewound(head, rest), 64 * 1024))


def _zstd(stream: IO[bytes], path: str) -> IO[bytes]:
    # The standard library has it from 3.14 on; before, one of two packages that do the same.
    for module, opener in (("compression.zstd", "open"), ("zstandard", "open"), ("backports.zstd", "open")):
        try:
            opened = cast(Callable[..., IO[bytes]], getattr(import_module(module), opener))(stream, "rb")
        except ImportError:
            continue
        return cast(IO[bytes], _Guarded(opened, path, (OSError, EOFError, Exception)))
    raise UnreadableError(f"{path}: this log is compressed with zstd; `pip install zstandard`, or unpack it first")


class _Rewound(io.RawIOBase):
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


class _Encoded(io.RawIOBase):
    """UTF-8 bytes of a text stream. A damaged file may have halves of surrogate pairs."""

    def __init__(self, text: io.TextIOBase) -> None:
        self._text = text
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        if not self._rest:
            self._rest = self._text.read(len(buffer)).encode("utf-8", "replace")
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
