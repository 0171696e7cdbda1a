"""The audio formats of the protocol, and how long their bytes last."""

from typing import NamedTuple

from harness.model import JSON


class Format(NamedTuple):
    """How one sample lies in the bytes. There is one channel."""

    name: str
    rate: int
    """Samples per second."""
    width: int
    """Bytes per sample: 2 for PCM16, 1 for G.711."""

    @property
    def bytes_per_ms(self) -> float:
        """Return how many bytes a millisecond has."""
        return self.rate * self.width / 1000

    def bytes_in(self, ms: float) -> int:
        """Return the number of bytes in `ms` milliseconds, whole samples only."""
        return int(self.rate * ms / 1000) * self.width

    def ms_in(self, size: int) -> float:
        """Return the milliseconds in `size` bytes."""
        return size * 1000 / (self.rate * self.width)


PCM16 = Format("pcm16", 24_000, 2)
ULAW = Format("g711_ulaw", 8_000, 1)
ALAW = Format("g711_alaw", 8_000, 1)

FORMATS = {
    "pcm16": PCM16,
    "audio/pcm": PCM16,
    "g711_ulaw": ULAW,
    "audio/pcmu": ULAW,
    "g711_alaw": ALAW,
    "audio/pcma": ALAW,
}
"""By the names of both generations of the protocol."""


def known(setting: JSON) -> Format | None:
    """Return the format that a session's setting names (`pcm16`, `{"type": "audio/pcm", "rate": 24000}`).

    None when it names none, or one of which nothing is known.
    """
    if not isinstance(setting, dict):
        return FORMATS.get(setting) if isinstance(setting, str) else None
    found, rate = FORMATS.get(str(setting.get("type"))), setting.get("rate")
    return found._replace(rate=rate) if found is not None and isinstance(rate, int) and rate > 0 else found


def format_of(setting: JSON) -> Format:
    """Return the format that a session's setting names; PCM16, the default of every service, when it is unknown."""
    if isinstance(setting, dict) and str(setting.get("type")) not in FORMATS:
        setting = {**setting, "type": PCM16.name}
    return known(setting) or PCM16
