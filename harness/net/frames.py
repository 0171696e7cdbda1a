"""WebSocket frames as a server writes them: unmasked, one text frame per event (RFC 6455, section 5.2)."""

from collections.abc import Iterable

TEXT = 0x81
"""FIN and the opcode of a text frame."""
BINARY = 0x82
"""The same of a binary one."""


def text_frames(bodies: Iterable[bytes]) -> bytes:
    """Return one text frame for each body, ready for a single write."""
    parts: list[bytes] = []
    for body in bodies:
        parts.append(_header(TEXT, len(body)))
        parts.append(body)
    return b"".join(parts)


def binary_frame(body: bytes) -> bytes:
    """Return one binary frame."""
    return _header(BINARY, len(body)) + body


def _header(first: int, size: int) -> bytes:
    if size < 126:
        return bytes((first, size))
    if size < 65_536:
        return bytes((first, 126, size >> 8, size & 255))
    return bytes((first, 127)) + size.to_bytes(8, "big")
