"""Audio decoded, measured and written."""

import base64
import math
import wave
from array import array
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.model import JSON
from harness.sound.formats import ALAW, FORMATS, PCM16, ULAW, Format, format_of, known
from harness.sound.measuring import measure, pieces_of, sound_of
from harness.sound.payloads import decoded
from harness.sound.pcm import audioop, clipped, first_audible, last_audible, linear, peak, smoothness
from harness.sound.wav import wav

SIXTEEN = PCM16._replace(rate=16_000)


def tone(ms: float, form: Format = PCM16, amplitude: int = 10_000, hz: float = 200) -> bytes:
    """Return a sine, encoded."""
    samples = (int(amplitude * math.sin(2 * math.pi * hz * n / form.rate)) for n in range(int(form.rate * ms / 1000)))
    return encoded(array("h", samples).tobytes(), form)


def encoded(samples: bytes, form: Format) -> bytes:
    encoders = {"g711_ulaw": audioop.lin2ulaw, "g711_alaw": audioop.lin2alaw}
    return encoders[form.name](samples, 2) if form.name in encoders else samples


def payload(data: bytes) -> str:
    return base64.b64encode(data).decode()


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        ("pcm16", PCM16),
        ({"type": "audio/pcm", "rate": 24_000}, PCM16),
        ({"type": "audio/pcm", "rate": 16_000}, SIXTEEN),
        ({"type": "audio/pcmu"}, ULAW),
        ("g711_alaw", ALAW),
        ({"type": "audio/pcm", "rate": 0}, PCM16),
    ],
)
def test_a_format_is_known_by_its_names_of_both_generations(setting: JSON, expected: Format) -> None:
    assert known(setting) == format_of(setting) == expected


@pytest.mark.parametrize("setting", ["not specified", None, 7, {}, {"type": "opus"}])
def test_an_unknown_format_is_none_and_taken_for_the_default(setting: JSON) -> None:
    assert known(setting) is None and format_of(setting) == PCM16


@pytest.mark.parametrize("text", ["<audio data omitted for brevity>", "…", "AAA", "A!==", 7, None, {"a": 1}])
def test_what_is_no_base64_is_no_audio(text: JSON) -> None:
    assert decoded(text) is None


@given(st.binary(max_size=300))
def test_line_breaks_of_a_logger_do_not_matter(data: bytes) -> None:
    text = payload(data)
    assert decoded("\n".join(text[at : at + 7] for at in range(0, len(text), 7))) == data


def test_g711_is_decoded_as_the_standard_says() -> None:
    """ITU-T G.711: the code words of silence and of the loudest sample of each sign."""
    assert array("h", linear(b"\xff\x7f\x80\x00", ULAW)).tolist() == [0, 0, 32_124, -32_124]
    assert array("h", linear(b"\xd5\x55\xaa\x2a", ALAW)).tolist() == [8, -8, 32_256, -32_256]


def test_half_a_sample_is_left_out_and_counted() -> None:
    assert linear(b"\x01\x00\x02", PCM16) == b"\x01\x00"
    whole = tone(20)
    pieces = pieces_of([payload(whole + b"\x01"), payload(b"\x02" + whole), payload(whole)], PCM16)
    assert sound_of(pieces, PCM16).odd == 2


@pytest.mark.parametrize("form", [PCM16, SIXTEEN, ULAW, ALAW])
def test_length_does_not_depend_on_the_format(form: Format) -> None:
    sound = measure([payload(tone(300, form)), payload(tone(200, form))], form)
    assert sound is not None
    assert sound.ms == 500 and not sound.is_silent
    assert sound.level_db == pytest.approx(20 * math.log10(10_000 / 32_768 / math.sqrt(2)), abs=0.2)


@pytest.mark.parametrize("form", [PCM16, ULAW, ALAW])
def test_silence_before_and_behind_is_measured(form: Format) -> None:
    quiet = [array("h", [0] * (form.rate * ms // 1000)).tobytes() for ms in (130, 70)]
    data = encoded(quiet[0], form) + tone(400, form) + encoded(quiet[1], form)
    sound = measure([payload(data)], form)
    assert sound is not None
    assert sound.lead_ms == pytest.approx(130, abs=1)
    assert sound.tail_ms == pytest.approx(70, abs=1)


def test_silence_alone_is_silent_to_its_end() -> None:
    sound = measure([payload(bytes(4800))], PCM16)
    assert sound is not None and sound.is_silent and sound.lead_ms == sound.tail_ms == 100


@given(st.lists(st.integers(-32_768, 32_767), max_size=900), st.integers(8_000, 48_000))
def test_the_first_and_the_last_sample_that_can_be_heard_are_those(numbers: list[int], rate: int) -> None:
    loud = [at for at, one in enumerate(numbers) if abs(one) > 500]
    samples = array("h", numbers).tobytes()
    assert first_audible(samples, rate) == (loud[0] if loud else None)
    assert last_audible(samples, rate) == (loud[-1] if loud else None)
    assert peak(samples) == max((abs(one) for one in numbers), default=0)


def test_samples_at_the_end_of_the_scale_are_clipped() -> None:
    loud = array("h", [32_767, -32_768, -32_767, 32_766, 0]).tobytes()
    assert clipped(loud, PCM16) == 3
    assert clipped(linear(b"\x80\x00\xff\x81", ULAW), ULAW) == 2


@pytest.mark.parametrize("texts", [["<audio data omitted for brevity>"], [], ["FQAfACIAHwAUAAkABAABAAMACwATABkA"] * 40])
def test_what_a_recorder_left_out_or_cut_cannot_be_measured(texts: list[str]) -> None:
    assert measure(texts, PCM16) is None


def test_one_missing_piece_is_counted_and_the_others_are_kept() -> None:
    pieces = pieces_of([payload(tone(40)), "<omitted>", payload(tone(60))], PCM16)
    assert pieces.lost == 1 and PCM16.ms_in(len(pieces.whole)) == 100
    assert measure([payload(tone(40)), "<omitted>"], PCM16) is None


def test_a_wave_is_smooth_and_noise_is_not() -> None:
    import random

    noise = random.Random(1)
    assert smoothness(linear(tone(100), PCM16)) > 0.99
    assert abs(smoothness(array("h", [noise.randint(-9_000, 9_000) for _ in range(4_000)]).tobytes())) < 0.1
    assert smoothness(b"") == 0


@given(st.binary(max_size=400).map(lambda data: data[: len(data) & ~1]), st.sampled_from(sorted(FORMATS)))
def test_a_wav_file_holds_the_samples(samples: bytes, name: str) -> None:
    form = FORMATS[name]
    with wave.open(BytesIO(wav(samples, form.rate))) as reader:
        assert (reader.getnchannels(), reader.getsampwidth(), reader.getframerate()) == (1, 2, form.rate)
        assert reader.readframes(reader.getnframes()) == samples
