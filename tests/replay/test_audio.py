import base64
from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.replay.audio import FORMATS, PCM16, decoded, format_of, is_speech, level, spoken_ms, synthesised

ULAW, ALAW = FORMATS["g711_ulaw"], FORMATS["g711_alaw"]


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        ("pcm16", PCM16),
        ({"type": "audio/pcm", "rate": 24_000}, PCM16),
        ({"type": "audio/pcm", "rate": 16_000}, PCM16._replace(rate=16_000)),
        ({"type": "audio/pcmu"}, ULAW),
        ("g711_alaw", ALAW),
        ("not specified", PCM16),
        (None, PCM16),
        ({"type": "audio/pcm", "rate": 0}, PCM16),
    ],
)
def test_a_format_is_known_by_its_names_of_both_generations(setting: object, expected: object) -> None:
    assert format_of(setting) == expected  # type: ignore[arg-type]


@pytest.mark.parametrize("payload", ["<audio data omitted for brevity>", "…", "AAA", "A!==", 7, None, {"a": 1}])
def test_what_is_no_base64_is_no_audio(payload: object) -> None:
    assert decoded(payload) is None  # type: ignore[arg-type]


@given(st.sampled_from(sorted(FORMATS)), st.integers(0, 5_000))
def test_made_audio_has_the_length_that_was_asked_for_in_whole_samples(name: str, ms: int) -> None:
    form = FORMATS[name]
    data = decoded(synthesised(form, ms))
    assert data and len(data) % form.width == 0
    assert abs(form.ms_in(len(data)) - ms) <= 1


@pytest.mark.parametrize("form", [PCM16, ULAW, ALAW])
def test_made_audio_can_be_heard(form: object) -> None:
    assert level(base64.b64decode(synthesised(form, 500)), form) > 0  # type: ignore[arg-type]


def test_levels_of_g711_are_those_of_the_standard() -> None:
    """G.711: 0xFF and 0xD5 are silence in µ-law and A-law; 0x00 and 0x2A are close to the loudest sample."""
    assert level(b"\xff" * 160, ULAW) < 500 > level(b"\xd5" * 160, ALAW)
    assert level(b"\x00", ULAW) > 30_000 < level(b"\x2a", ALAW)


def test_levels_of_pcm_are_its_peaks_and_half_a_sample_is_left_out() -> None:
    assert level(array("h", [1, -700, 3]).tobytes(), PCM16) == 700
    assert level(b"\x01", PCM16) == level(b"", PCM16) == 0


def test_room_noise_is_no_speech() -> None:
    assert not is_speech(array("h", [200, -300] * 100).tobytes(), PCM16)
    assert is_speech(array("h", [2_000, -2_000] * 100).tobytes(), PCM16)


def test_a_transcript_takes_time_to_say() -> None:
    assert spoken_ms("Hello there, how are you?") == 2_000
