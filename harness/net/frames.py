"""WebSocket frames as a server writes them: unmasked, one text frame per event (RFC 6455, section 5.2)."""

from collections.abc import Iterable

TEXT = 0x81
"""FIN and the opcode of a text frame."""


def text_frames(bodies: Iterable[bytes]) -> bytes:
    """Return one text frame for each body, ready for a single write."""
    parts: list[bytes] = []
    for body in bodies:
        parts.append(_header(len(body)))
        parts.append(body)
    return b"".join(parts)


def _header(size: int) -> bytes:
    if size < 126:
        return bytes((TEXT, size))
    if size < 65_536:
        return bytes((TEXT, 126, size >> 8, size & 255))
    return bytes((TEXT, 127)) + size.to_bytes(8, "big")
