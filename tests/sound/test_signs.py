"""Audio that is not what it is taken for."""

import math
import random
from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.sound import signs
from harness.sound.formats import ALAW, PCM16, ULAW, Format
from harness.sound.pcm import audioop


def voice(rate: int, seconds: float = 1.0) -> bytes:
    """Return PCM16 like a vowel: a pitch with its harmonics, swelling and fading, and a little breath."""
    breath, out = random.Random(7), []
    for n in range(int(rate * seconds)):
        t = n / rate
        wave = sum(math.sin(2 * math.pi * 140 * k * t) / k for k in range(1, 9))
        out.append(int(5_000 * (1 + math.sin(6 * t)) / 2 * wave + breath.gauss(0, 120)))
    return array("h", [max(-32_768, min(32_767, one)) for one in out]).tobytes()


WIDE, NARROW = voice(24_000), voice(8_000, 2.0)
SWAPPED = audioop.byteswap(WIDE, 2)
IN = {
    "pcm16": WIDE,
    "g711_ulaw": audioop.lin2ulaw(NARROW, 2),
    "g711_alaw": audioop.lin2alaw(NARROW, 2),
}


@pytest.mark.parametrize("form", [PCM16, ULAW, ALAW])
def test_audio_in_its_own_format_is_nothing_else(form: Format) -> None:
    assert signs.encoding(IN[form.name], form) == ""


@pytest.mark.parametrize(("taken", "real"), [(PCM16, "g711_ulaw"), (PCM16, "g711_alaw"), (ULAW, "pcm16")])
def test_audio_of_another_encoding_is_told_by_its_noise(taken: Format, real: str) -> None:
    assert signs.encoding(IN[real], taken) == real


def test_swapped_bytes_are_told() -> None:
    assert signs.encoding(SWAPPED, PCM16) == "pcm16 with its bytes swapped"


def test_noise_proves_nothing() -> None:
    noise = random.Random(3)
    assert signs.encoding(bytes(noise.randrange(256) for _ in range(48_000)), PCM16) == ""


@given(st.binary(max_size=3_000), st.sampled_from([PCM16, ULAW, ALAW]))
def test_a_few_bytes_prove_nothing(data: bytes, form: Format) -> None:
    assert signs.encoding(data[: form.bytes_in(signs.LEAST_MS) - 2], form) == ""


@pytest.mark.parametrize(
    ("head", "said"), [(b"RIFF\x24\x08\0\0WAVE", "WAV"), (b"OggS\0\2", "Ogg"), (b"\x1aE\xdf\xa3", "WebM")]
)
def test_a_file_is_told_by_its_head(head: bytes, said: str) -> None:
    assert said in signs.container(head + WIDE)
    assert signs.container(WIDE) == ""


@pytest.mark.parametrize(
    ("ms", "wall", "real"),
    [
        (2_000, 3_000, "16 kHz"),
        (4_000, 2_000, "48 kHz"),
        (1_000, 3_000, "8 kHz"),
        (3_000, 3_000, ""),
        (2_600, 3_000, ""),
    ],
)
def test_a_rate_is_told_by_how_long_the_audio_lasts(ms: float, wall: float, real: str) -> None:
    assert signs.rate(ms, wall) == real


def test_a_codec_is_told_by_its_tokens() -> None:
    """20 tokens are a second: 8 000 bytes of G.711 are 167 ms of PCM16, too short to tell; 80 000 are enough."""
    assert signs.codec(PCM16.ms_in(80_000), 10_000) == "G.711 at 8 kHz"
    assert signs.codec(ULAW.ms_in(480_000), 10_000) == "PCM16 at 24 kHz"
    assert signs.codec(PCM16.ms_in(480_000), 10_000) == ""
    assert signs.codec(PCM16.ms_in(8_000), 1_000) == ""
