"""Tells by its signature that audio is not of the format it is taken for."""

from collections.abc import Iterator

from harness.sound.formats import ALAW, PCM16, ULAW, Format
from harness.sound.pcm import AUDIBLE, decibels, linear, peak, smoothness

CONTAINERS = {
    b"RIFF": "a WAV file, with its header",
    b"OggS": "an Ogg file",
    b"fLaC": "a FLAC file",
    b"ID3": "an MP3 file",
    b"\x1aE\xdf\xa3": "a WebM file",
}
"""By how a file begins. None of the protocol's formats has a header."""
LOOKED_AT_MS = 5_000
"""How much audio is looked at; a few words suffice."""
LEAST_MS = 200
"""Less audio than a syllable says nothing."""
VOICE, ROUGHER, LOUDER_DB = 0.55, 1.5, 3
"""How smooth the right reading of audio is at least, by how much rougher the wrong one is, and how much louder.

Synthetic speech in three languages at three levels: read right 0.59 to 0.96, and rougher by 1.5 to 20 when read wrong.
Wrong bytes are noise and near full scale; that tells them from quiet hiss."""
RATES = {1 / 6: "G.711 at 8 kHz", 1 / 3: "8 kHz", 2 / 3: "16 kHz", 44.1 / 24: "44.1 kHz", 2.0: "48 kHz"}
"""What audio is, by how much longer it lasts when it is taken for 24 kHz than it did."""
RATE_TOLERANCE = 0.04
CODECS = {1 / 6: "G.711 at 8 kHz", 6.0: "PCM16 at 24 kHz"}
"""400 bytes of G.711 and 2 400 of PCM16 are one token of output audio."""


def container(data: bytes) -> str:
    """Return which file audio begins as, empty when it begins as none."""
    return next((what for head, what in CONTAINERS.items() if data.startswith(head)), "")


def encoding(data: bytes, form: Format) -> str:
    """Return the encoding that audio is in when that is not the one of its format; empty when nothing tells so.

    Speech is smooth in its own encoding and noise in any other; what is noise in all of them proves nothing.
    """
    head = data[: form.bytes_in(LOOKED_AT_MS)]
    taken = linear(head, form)
    if form.ms_in(len(head)) < LEAST_MS or peak(taken) <= AUDIBLE:
        return ""
    readings = {name: samples for name, samples in _readings(head) if peak(samples) > AUDIBLE}
    smooth = {name: smoothness(samples) for name, samples in readings.items()}
    best = max(smooth, key=lambda name: smooth[name], default=form.name)
    if best == form.name or smooth[best] < VOICE or 1 - smoothness(taken) < ROUGHER * (1 - smooth[best]):
        return ""
    return best if decibels(taken) - decibels(readings[best]) >= LOUDER_DB else ""


def _readings(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield audio as each encoding has it."""
    for form in (PCM16, ULAW, ALAW):
        yield form.name, linear(data, form)
    even = data[: len(data) & ~1]
    swapped = bytearray(len(even))
    swapped[::2], swapped[1::2] = even[1::2], even[::2]
    yield "pcm16 with its bytes swapped", bytes(swapped)


def rate(ms: float, wall_ms: float) -> str:
    """Return what rate audio is of that lasts `ms` as it is taken, and `wall_ms` by the clock; empty for its own."""
    return _near(RATES, ms, wall_ms)


def codec(ms: float, token_ms: float) -> str:
    """Return what output audio is that lasts `ms` as it is taken, and `token_ms` by its tokens; empty for its own."""
    return _near(CODECS, ms, token_ms)


def _near(table: dict[float, str], ms: float, reference_ms: float) -> str:
    if ms < LEAST_MS or reference_ms < LEAST_MS:
        return ""
    ratio = ms / reference_ms
    return next((name for known, name in table.items() if abs(ratio / known - 1) <= RATE_TOLERANCE), "")
