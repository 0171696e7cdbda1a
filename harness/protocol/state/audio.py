"""How much audio was sent, where the log still shows it."""

import re
from dataclasses import dataclass, field
from functools import lru_cache

from harness.model import JSON
from harness.sound.formats import known
from harness.sound.payloads import decoded

WHOLE = 64
"""Payloads below this many bytes are no audio that anybody sends (1.3 ms of PCM at 24 kHz): a recorder has cut them."""

PLACEHOLDER = re.compile(
    r"[<\[({…*]|\.\.\.|omitted|truncated|elided|redacted|removed|hidden|bytes|base64|audio", re.IGNORECASE
)
PAYLOAD = re.compile(r"[A-Za-z0-9+/]{32,}={0,2}")
"""What is plainly base64, and quickly told to be."""
PLACEHOLDER_LENGTH = 200
"""No recorder writes more than this in the place of a payload."""


@dataclass(slots=True)
class AudioTrack:
    """Audio in one direction."""

    exact: bool = True
    """False when a payload was elided or cut: lengths are then not known."""
    chunks: int = 0
    """How many payloads came."""
    size: int = 0
    """Bytes since the last start."""
    items: dict[str, float] = field(default_factory=dict)
    """Milliseconds of each item."""

    def hear(self, payload: JSON) -> int:
        """Count a payload; return its bytes, 0 when that is not known."""
        self.chunks += 1
        size = payload_size(payload)
        if size < WHOLE:
            self.exact = False
        self.size += size
        return size

    def empty(self) -> None:
        """Start again."""
        self.chunks = self.size = 0


def payload_size(payload: JSON) -> int:
    """Return how many bytes a base64 payload holds, by its length; 0 for a placeholder."""
    if not isinstance(payload, str) or is_placeholder(payload):
        return 0
    return len(payload) * 3 // 4 - payload[-2:].count("=")


def is_placeholder(payload: str) -> bool:
    """Tell whether a text stands in the place of audio: `<audio data omitted for brevity>`, `…`."""
    return len(payload) < PLACEHOLDER_LENGTH and _says_so(payload)


@lru_cache(maxsize=256)
def _says_so(payload: str) -> bool:
    """Tell whether a short text is no base64; a recorder writes the same few in the place of every payload."""
    return PAYLOAD.fullmatch(payload) is None and PLACEHOLDER.search(payload) is not None


def is_base64(payload: str) -> bool:
    """Tell whether a payload can be decoded; line breaks, which loggers add, do not matter."""
    return decoded(payload) is not None


def bytes_per_ms(audio_format: JSON) -> float | None:
    """Return the rate of an audio format, named (`pcm16`) or described (`{"type": "audio/pcm", "rate": 24000}`)."""
    form = known(audio_format)
    return None if form is None else form.bytes_per_ms
