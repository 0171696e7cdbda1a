"""How long audio is, and how loud."""

import base64
import math
from array import array

import pytest

from harness.diff.options import Options
from harness.diff.values import same
from harness.sound.pcm import SILENT_DB
from harness.turns.audio import Audio, measure

PCM = {"type": "audio/pcm", "rate": 24000}


def tone(ms: int, amplitude: int, rate: int = 24000) -> str:
    wave = [amplitude if index // 10 % 2 else -amplitude for index in range(rate * ms // 1000)]
    return base64.b64encode(array("h", wave).tobytes()).decode()


def test_pieces_are_measured_together() -> None:
    assert measure([tone(100, 3000), tone(150, 3000)], PCM) == measure([tone(250, 3000)], PCM)


def test_the_length_follows_the_rate_and_the_width() -> None:
    whole = measure([tone(200, 3000)], PCM)
    assert whole is not None and whole.ms == pytest.approx(200)
    companded = measure([base64.b64encode(b"\x55" * 1600).decode()], {"type": "audio/pcma"})
    assert companded is not None and companded.ms == 200.0
    assert companded.level_db == pytest.approx(20 * math.log10(8 / 32768))  # 0x55 is -8 in A-law


def test_full_scale_is_zero_decibels_and_half_of_it_six_less() -> None:
    full, half = measure([tone(50, 32767)], PCM), measure([tone(50, 16384)], PCM)
    assert full is not None and half is not None
    assert full.level_db == pytest.approx(0, abs=0.01)
    assert half.level_db == pytest.approx(-6.02, abs=0.01)


def test_silence_has_a_level_too() -> None:
    assert measure([tone(50, 0)], PCM) == Audio(50.0, SILENT_DB)


@pytest.mark.parametrize(
    "pieces", [["<audio data omitted for brevity>"], [], ["FQAfACIAHwAUAAkABAABAAMACwATABkA"] * 40]
)  # fmt: skip
def test_what_a_recorder_left_out_or_cut_cannot_be_measured(pieces: list[str]) -> None:
    assert measure(pieces, PCM) is None


@pytest.mark.parametrize(
    ("right", "alike"),
    [(Audio(1100, -20), True), (Audio(1500, -20), False), (Audio(1000, -23), True), (Audio(1000, -28), False)],
)
def test_audio_is_the_same_within_the_tolerances(right: Audio, alike: bool) -> None:
    assert same("audio", Audio(1000, -20), right, Options()) is alike
