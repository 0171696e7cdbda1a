"""What a log left out is spoken, where the program that speaks is installed."""

import shutil

import pytest

from harness.errors import UsageError
from harness.net import speech
from harness.sound.formats import ALAW, PCM16, ULAW, Format
from harness.sound.pcm import AUDIBLE, linear, peak

spoken = pytest.mark.skipif(shutil.which(speech.PROGRAM) is None, reason=f"{speech.PROGRAM} is not installed")


@spoken
@pytest.mark.parametrize("form", [PCM16, ULAW, ALAW], ids=lambda form: form.name)
def test_words_are_spoken_in_the_format_of_the_session(form: Format) -> None:
    data = speech.speech("Good morning, this is a test.", form, 1_000)
    assert 1_000 < form.ms_in(len(data)) < 6_000
    assert len(data) % form.width == 0
    assert peak(linear(data, form)) > AUDIBLE


@spoken
def test_more_words_last_longer() -> None:
    assert len(speech.speech("One.", PCM16, 0)) < len(speech.speech("One, two, three, four.", PCM16, 0))


def test_speech_without_the_program_is_refused_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(UsageError, match="use --voice tone or silence"):
        speech.speech("Hi", PCM16, 500)
