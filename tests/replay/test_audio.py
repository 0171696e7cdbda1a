import base64
from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.replay.audio import is_speech, spoken_ms, synthesised
from harness.sound.formats import ALAW, FORMATS, PCM16, ULAW
from harness.sound.payloads import decoded
from harness.sound.pcm import linear, peak


@given(st.sampled_from(sorted(FORMATS)), st.integers(0, 5_000))
def test_made_audio_has_the_length_that_was_asked_for_in_whole_samples(name: str, ms: int) -> None:
    form = FORMATS[name]
    data = decoded(synthesised(form, ms))
    assert data and len(data) % form.width == 0
    assert abs(form.ms_in(len(data)) - ms) <= 1


@pytest.mark.parametrize("form", [PCM16, ULAW, ALAW])
def test_made_audio_can_be_heard(form: object) -> None:
    assert peak(linear(base64.b64decode(synthesised(form, 500)), form)) > 0  # type: ignore[arg-type]


def test_room_noise_is_no_speech() -> None:
    assert not is_speech(array("h", [200, -300] * 100).tobytes(), PCM16)
    assert is_speech(array("h", [2_000, -2_000] * 100).tobytes(), PCM16)


def test_a_transcript_takes_time_to_say() -> None:
    assert spoken_ms("Hello there, how are you?") == 2_000
