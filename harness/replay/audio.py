"""Audio as far as a mock needs it: whether anybody speaks, and a stand-in for what a log left out."""

import base64
import math
from array import array
from collections.abc import Callable
from functools import cache
from itertools import pairwise
from typing import NamedTuple, TypeAlias

from harness.sound.formats import Format
from harness.sound.pcm import AUDIBLE, linear, peak

TOKEN_MS = 50
"""One token of output audio: 20 a second, as usage and length compare in real sessions."""
WORD_MS = 400
"""150 words a minute, an ordinary speaking rate."""
CHUNK_MS = 200
"""What a delta of unknown length is taken for; the real server's chunks are of this order."""
TONE_HZ = 220
TONE_LEVEL = 2_000


def is_speech(data: bytes, form: Format) -> bool:
    """Tell whether anything in these bytes is louder than room noise."""
    return peak(linear(data, form)) > AUDIBLE


Voice: TypeAlias = Callable[[str, Format, float], bytes]
"""Makes audio in place of what a log left out: of these words, in this format, of about so many milliseconds."""


def tone(words: str, form: Format, ms: float) -> bytes:
    """Return a soft tone, at least one sample."""
    size, period = max(form.bytes_in(ms), form.width), _tone(form)
    whole, rest = divmod(size, len(period))
    return period * whole + period[:rest]


def synthesised(form: Format, ms: float) -> str:
    """Return base64 of about `ms` milliseconds of a soft tone."""
    return base64.b64encode(tone("", form, ms)).decode()


def silence(words: str, form: Format, ms: float) -> bytes:
    """Return digital silence, at least one sample."""
    quiet = {"g711_ulaw": b"\xff", "g711_alaw": b"\xd5"}.get(form.name, b"\0")
    return quiet * max(form.bytes_in(ms), form.width)


class Rendering(NamedTuple):
    """How the audio of a recording is served."""

    voice: Voice = tone
    """What stands in for audio that the log left out."""
    in_real_time: bool = False
    """Whether audio is sent no faster than it is played; the real server sends it as fast as it is made."""


def pieces(data: bytes, form: Format, count: int) -> list[bytes]:
    """Return some audio in so many pieces, whole samples each, and none empty."""
    samples = max(len(data) // form.width, count)
    data = data.ljust(samples * form.width, b"\0")
    ends = [samples * n // count * form.width for n in range(count + 1)]
    return [data[start:end] for start, end in pairwise(ends)]


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
