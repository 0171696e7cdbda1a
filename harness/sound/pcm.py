"""Samples of any format of the protocol as signed 16-bit numbers, and what they amount to.

`audioop` does the arithmetic: it decodes G.711 as the standard says, runs in C, and costs no start. Python dropped it
in 3.13; `audioop-lts` is the same module, maintained. numpy and libsndfile do as well, at 30 MB and 100 ms.
"""

import math
import warnings
from array import array

from harness.sound.formats import Format

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # 3.11 and 3.12 announce the removal; see above
    import audioop

FULL_SCALE = 32_768
SILENT_DB = -96.0
"""The least that 16 bits can say."""
AUDIBLE = 500
"""The peak above which anything is louder than room noise, 36 dB below full scale: as the mock hears speech."""
FRAME_MS = 10
"""Silence is sought in pieces of this length, and its end within one to the sample."""
CEILINGS = {"g711_ulaw": 32_124, "g711_alaw": 32_256}
"""The loudest that a format can say (ITU-T G.711), where that is less than 16 bits can."""


def linear(data: bytes, form: Format) -> bytes:
    """Return audio as PCM16; half a sample at the end is left out."""
    if form.name == "g711_ulaw":
        return audioop.ulaw2lin(data, 2)
    if form.name == "g711_alaw":
        return audioop.alaw2lin(data, 2)
    return data[: len(data) & ~1]


def encoded(samples: bytes, form: Format) -> bytes:
    """Return PCM16 samples in another format of the same rate."""
    encode = {"g711_ulaw": audioop.lin2ulaw, "g711_alaw": audioop.lin2alaw}.get(form.name)
    return samples if encode is None else encode(samples, 2)


def resampled(samples: bytes, rate: int, wanted: int) -> bytes:
    """Return PCM16 samples, one channel, at another rate."""
    return samples if rate == wanted else audioop.ratecv(samples, 2, 1, rate, wanted, None)[0]


def peak(samples: bytes) -> int:
    """Return the largest amount among PCM16 samples, 0 to 32 768."""
    return audioop.max(samples, 2) if samples else 0


def decibels(samples: bytes) -> float:
    """Return the mean energy of PCM16 samples in decibels below full scale."""
    mean = audioop.rms(samples, 2) if samples else 0
    return max(SILENT_DB, 20 * math.log10(mean / FULL_SCALE)) if mean else SILENT_DB


def clipped(samples: bytes, form: Format) -> int:
    """Return how many samples lie at the end of the scale, where a louder sound would lie too."""
    numbers, ceiling = array("h", samples), CEILINGS.get(form.name, FULL_SCALE - 1)
    return numbers.count(ceiling) + numbers.count(-ceiling) + numbers.count(-FULL_SCALE)


def first_audible(samples: bytes, rate: int) -> int | None:
    """Return the number of the first sample that can be heard, None when none can."""
    size = max(rate * FRAME_MS // 1000, 1) * 2
    for start in range(0, len(samples), size):
        frame = samples[start : start + size]
        if peak(frame) > AUDIBLE:
            found = next(number for number, one in enumerate(array("h", frame)) if abs(one) > AUDIBLE)
            return start // 2 + found
    return None


def last_audible(samples: bytes, rate: int) -> int | None:
    """Return the number of the last sample that can be heard, None when none can."""
    found = first_audible(audioop.reverse(samples, 2), rate)
    return None if found is None else len(samples) // 2 - 1 - found


def smoothness(samples: bytes) -> float:
    """Return how much each sample is like the one before, 1 for a slow wave and 0 for noise.

    It is the correlation of the signal with itself one sample later, computed from the energy of the differences.
    """
    half = audioop.mul(samples, 2, 0.5)  # a difference can be twice as large as a sample
    energy = audioop.rms(half, 2)
    if len(half) < 4 or not energy:
        return 0.0
    change = audioop.rms(audioop.add(half[2:], audioop.mul(half[:-2], 2, -1), 2), 2)
    return float(1 - (change / energy) ** 2 / 2)
