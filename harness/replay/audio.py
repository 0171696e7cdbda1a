"""Audio as far as a mock needs it: formats, lengths, levels, and a stand-in for what a log left out."""

import base64
import binascii
import math
from array import array
from functools import cache
from typing import NamedTuple

from harness.engine.paths import value_at
from harness.model import JSON


class Format(NamedTuple):
    """How one sample lies in the bytes."""

    name: str
    rate: int
    """Samples per second."""
    width: int
    """Bytes per sample: 2 for PCM16, 1 for G.711."""

    def bytes_in(self, ms: float) -> int:
        """Return the number of bytes in `ms` milliseconds, whole samples only."""
        return int(self.rate * ms / 1000) * self.width

    def ms_in(self, size: int) -> float:
        """Return the milliseconds in `size` bytes."""
        return size * 1000 / (self.rate * self.width)


PCM16 = Format("pcm16", 24_000, 2)
FORMATS = {
    "pcm16": PCM16,
    "audio/pcm": PCM16,
    "g711_ulaw": Format("g711_ulaw", 8_000, 1),
    "audio/pcmu": Format("g711_ulaw", 8_000, 1),
    "g711_alaw": Format("g711_alaw", 8_000, 1),
    "audio/pcma": Format("g711_alaw", 8_000, 1),
}
"""By the names of both generations of the protocol."""

TOKEN_MS = 50
"""One token of output audio: 20 a second, as usage and length compare in real sessions."""
WORD_MS = 400
"""150 words a minute, an ordinary speaking rate."""
CHUNK_MS = 200
"""What a delta of unknown length is taken for; the real server's chunks are of this order."""
TONE_HZ = 220
TONE_LEVEL = 2_000


def format_of(setting: JSON) -> Format:
    """Return the format that a session's setting names: `pcm16`, `{"type": "audio/pcmu"}` …; PCM16 when unknown."""
    if isinstance(setting, dict):
        rate = value_at(setting, "rate")
        known = FORMATS.get(str(setting.get("type")), PCM16)
        return known._replace(rate=rate) if isinstance(rate, int) and rate > 0 else known
    return FORMATS.get(str(setting), PCM16)


def decoded(payload: JSON) -> bytes | None:
    """Return the bytes of a base64 payload; None for a placeholder, a cut string or no string at all."""
    if not isinstance(payload, str):
        return None
    try:
        return base64.b64decode(payload, validate=True)
    except (binascii.Error, ValueError):
        return None


def is_speech(data: bytes, form: Format) -> bool:
    """Tell whether anything in these bytes is louder than room noise."""
    return level(data, form) > 500


def level(data: bytes, form: Format) -> int:
    """Return the peak level of some audio, 0 to 32 768."""
    if form.width == 1:
        return max(data.translate(_loudness(form.name)), default=0) * 128
    samples = array("h", data[: len(data) & ~1])
    return max(max(samples), -min(samples)) if samples else 0


@cache
def _loudness(name: str) -> bytes:
    """Return for each byte of G.711 how loud it is, 0 to 255 (ITU-T G.711: the low seven bits, inverted)."""
    flip = 0xFF if name == "g711_ulaw" else 0x55
    return bytes(_expanded((byte ^ flip) & 0x7F) >> 7 for byte in range(256))


def _expanded(code: int) -> int:
    """Return the level of a G.711 code word: three bits of exponent, four of mantissa."""
    return (((code & 15) << 3) + 132 << (code >> 4)) - 132


def synthesised(form: Format, ms: float) -> str:
    """Return base64 of about `ms` milliseconds of a soft tone, at least one sample."""
    size = max(form.bytes_in(ms), form.width)
    tone = _tone(form)
    whole, rest = divmod(size, len(tone))
    return base64.b64encode(tone * whole + tone[:rest]).decode()


@cache
def _tone(form: Format) -> bytes:
    """Return ten periods of the tone; in G.711, silence with a tick, which needs no table."""
    if form.width == 1:
        quiet, loud = (0xFF, 0xA0) if form.name == "g711_ulaw" else (0xD5, 0x85)
        return bytes([quiet] * 35 + [loud])
    count = form.rate // TONE_HZ * 10
    wave = (int(TONE_LEVEL * math.sin(2 * math.pi * 10 * n / count)) for n in range(count))
    return array("h", wave).tobytes()


def spoken_ms(transcript: str) -> float:
    """Return how long a transcript takes to say, roughly."""
    return len(transcript.split()) * WORD_MS
