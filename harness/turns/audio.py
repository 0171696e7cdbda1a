"""Measures audio for a comparison: how long it is and how loud. What it says is in the transcript."""

from typing import NamedTuple

from harness.model import JSON
from harness.sound.formats import format_of
from harness.sound.measuring import pieces_of
from harness.sound.pcm import decibels, linear


class Audio(NamedTuple):
    """Some audio."""

    ms: float
    level_db: float
    """Mean energy in decibels below full scale."""


def measure(payloads: list[str], form: JSON) -> Audio | None:
    """Return the length and the energy of base64 audio in pieces; None where the log left it out or cut it.

    `form` is a format as a session has it: `{"type": "audio/pcm", "rate": 24000}`.
    """
    known = format_of(form)
    pieces = pieces_of(payloads, known)
    if pieces.lost or not pieces.data:
        return None
    return Audio(known.ms_in(len(pieces.whole)), decibels(linear(pieces.whole, known)))
