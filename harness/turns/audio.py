"""Measures audio: how long it is and how loud. What it says is in the transcript."""

import base64
import binascii
import math
from array import array
from typing import NamedTuple

from harness.engine.paths import value_at
from harness.model import JSON

RATES = {"audio/pcm": 24_000, "audio/pcmu": 8_000, "audio/pcma": 8_000}
"""Samples per second, where the format does not say."""
PCM = "audio/pcm"
"""16 bits per sample; the others have 8, companded."""
SHORTEST_MS = 5
"""No client and no service sends pieces this short (10 ms is the least in telephony): a recorder has cut them."""
FULL_SCALE = 32_768
SILENT_DB = -96.0
"""The least that 16 bits can say."""


class Audio(NamedTuple):
    """Some audio."""

    ms: float
    level_db: float | None
    """Mean energy in decibels below full scale; None for companded audio, whose samples are no amounts."""


def measure(pieces: list[str], form: JSON) -> Audio | None:
    """Return the length and the energy of base64 audio in pieces; None where the log left it out or cut it.

    `form` is a format as a session has it: `{"type": "audio/pcm", "rate": 24000}`.
    """
    try:
        data = [base64.b64decode(piece, validate=True) for piece in pieces]
    except (binascii.Error, ValueError):
        return None
    name = value_at(form, "type")
    pcm = name not in ("audio/pcmu", "audio/pcma")
    rate = value_at(form, "rate")
    per_ms = (rate if isinstance(rate, int) and rate > 0 else RATES.get(str(name), RATES[PCM])) * (1 + pcm) / 1000
    if max(map(len, data), default=0) < SHORTEST_MS * per_ms:
        return None
    whole = b"".join(data)
    return Audio(len(whole) / per_ms, _level(whole) if pcm else None)


def _level(data: bytes) -> float:
    samples = array("h", data[: len(data) & ~1])
    mean = sum(sample * sample for sample in samples) / len(samples)
    return max(SILENT_DB, 10 * math.log10(mean / FULL_SCALE**2)) if mean else SILENT_DB
