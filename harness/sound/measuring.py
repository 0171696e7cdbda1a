"""Measures audio that came in pieces: how long it is, how loud, where it is silent, and what is odd about it."""

from collections.abc import Sequence
from typing import NamedTuple

from harness.model import JSON
from harness.sound import signs
from harness.sound.formats import Format
from harness.sound.payloads import decoded
from harness.sound.pcm import clipped, decibels, first_audible, last_audible, linear

SHORTEST_MS = 5
"""No client and no service sends pieces this short (10 ms is the least in telephony): a recorder has cut them."""


class Sound(NamedTuple):
    """Some audio, as its bytes tell."""

    form: Format
    size: int
    """Bytes."""
    ms: float
    level_db: float
    """Mean energy in decibels below full scale, -96 for digital silence."""
    lead_ms: float
    """The silence before the first sample that can be heard; all of it when none can."""
    tail_ms: float
    """The silence behind the last one."""
    clipped: int
    """Samples at the end of the scale."""
    odd: int
    """Pieces that end in half a sample."""
    container: str
    """Which file it begins as, such as a WAV file; empty when it is bare samples."""
    encoding: str
    """The encoding it is really in, where that is not the one of its format; empty when nothing tells so."""

    @property
    def is_silent(self) -> bool:
        """Tell whether nothing in it can be heard."""
        return self.lead_ms >= self.ms


class Pieces(NamedTuple):
    """Audio decoded piece by piece."""

    data: tuple[bytes, ...]
    lost: int
    """Pieces that a recorder left out or cut."""

    @property
    def whole(self) -> bytes:
        """Return the bytes of all pieces."""
        return b"".join(self.data)


def pieces_of(payloads: Sequence[JSON], form: Format) -> Pieces:
    """Return base64 payloads decoded; those that are too short to be sent are no audio but what a recorder left."""
    found = [decoded(payload) for payload in payloads]
    longest = max((len(piece) for piece in found if piece is not None), default=0)
    if longest < SHORTEST_MS * form.bytes_per_ms:
        return Pieces((), len(payloads))
    kept = tuple(piece for piece in found if piece is not None)
    return Pieces(kept, len(found) - len(kept))


def measure(payloads: Sequence[JSON], form: Format) -> Sound | None:
    """Return what base64 payloads hold; None where the log left some of it out or cut it."""
    pieces = pieces_of(payloads, form)
    return None if pieces.lost or not pieces.data else sound_of(pieces, form)


def sound_of(pieces: Pieces, form: Format) -> Sound:
    """Return what decoded pieces amount to."""
    data = pieces.whole
    samples, ms = linear(data, form), form.ms_in(len(data))
    first, last = first_audible(samples, form.rate), last_audible(samples, form.rate)
    count = len(samples) // 2
    return Sound(
        form,
        len(data),
        ms,
        decibels(samples),
        ms if first is None else first * 1000 / form.rate,
        ms if last is None else (count - 1 - last) * 1000 / form.rate,
        clipped(samples, form),
        sum(len(piece) % form.width for piece in pieces.data),
        signs.container(data),
        signs.encoding(data, form),
    )
