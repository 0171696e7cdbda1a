"""The audio of a session turn by turn."""

import base64
import math
import wave
from array import array
from io import BytesIO
from typing import Any

import pytest
from made_up import Writer, session_of

from harness.measure.recording import record
from harness.measure.tracks import Track, tracks
from harness.sound.pcm import audioop


def voice(ms: int, rate: int = 24_000) -> bytes:
    """Return PCM16 like a vowel."""
    samples = (
        sum(math.sin(2 * math.pi * 140 * k * n / rate) / k for k in range(1, 9)) for n in range(rate * ms // 1000)
    )
    return array("h", [int(4_000 * one) for one in samples]).tobytes()


def cut(data: bytes, size: int) -> list[str]:
    return [base64.b64encode(data[at : at + size]).decode() for at in range(0, len(data), size)]


def answered(pieces: list[str], tokens: int | None = None, form: Any = None) -> Writer:
    """Write a session whose one answer has these audio deltas."""
    writer = Writer().opening()
    if form is not None:
        settings = {"type": "realtime", "output_modalities": ["audio"], "audio": {"output": {"format": form}}}
        writer.server("session.updated", session=settings)
    writer.client("response.create")
    response = {"id": "resp_x", "status": "in_progress", "output": []}
    where = {"response_id": "resp_x", "item_id": "item_x", "output_index": 0, "content_index": 0}
    writer.server("response.created", response=response)
    item = {"id": "item_x", "type": "message", "role": "assistant", "content": []}
    writer.server("response.output_item.added", response_id="resp_x", output_index=0, item=item)
    for piece in pieces:
        writer.server("response.output_audio.delta", **where, delta=piece)
    usage = None if tokens is None else {"output_token_details": {"audio_tokens": tokens}}
    writer.server("response.done", response={**response, "status": "completed", "usage": usage})
    return writer


def heard(pieces: list[str], every_ms: float) -> Writer:
    """Write a session in which the client sends audio at a pace, and commits it."""
    writer = Writer().opening()
    for piece in pieces:
        writer.client("input_audio_buffer.append", every_ms, audio=piece)
    writer.client("input_audio_buffer.commit")
    writer.server("input_audio_buffer.committed", item_id="item_u", previous_item_id=None)
    return writer


def only(writer: Writer) -> Track:
    (track,) = tracks(record(session_of(writer.lines)))
    return track


def test_the_pieces_of_an_answer_are_one_file() -> None:
    samples = voice(1_000)
    track = only(answered(cut(samples, 4_800), tokens=20))
    assert track.name == "turn-1-assistant" and track.remarks == ()
    with wave.open(BytesIO(track.wav())) as reader:
        assert reader.getframerate() == 24_000
        assert reader.readframes(reader.getnframes()) == samples


def test_g711_is_written_as_the_samples_it_stands_for() -> None:
    coded = audioop.lin2ulaw(voice(1_000, 8_000), 2)
    track = only(answered(cut(coded, 800), form={"type": "audio/pcmu"}))
    assert track.remarks == ()
    with wave.open(BytesIO(track.wav())) as reader:
        assert (reader.getframerate(), reader.getnframes()) == (8_000, 8_000)
        assert reader.readframes(8_000) == audioop.ulaw2lin(coded, 2)


def test_both_sides_of_a_turn_have_a_file_each() -> None:
    writer = Writer().opening().spoken("What is new?", "Not much.")
    names = [track.name for track in tracks(record(session_of(writer.lines)))]
    assert names == ["turn-1-user", "turn-1-assistant"]


def test_audio_that_became_no_turn_is_kept() -> None:
    writer = Writer().opening()
    writer.client("input_audio_buffer.append", audio=cut(voice(200), 9_600)[0])
    assert only(writer).name == "rest-user"


def test_audio_in_another_encoding_than_was_told_is_named() -> None:
    coded = audioop.lin2ulaw(voice(3_000, 8_000), 2)
    assert only(answered(cut(coded, 800))).remarks == ("it sounds like g711_ulaw, taken for pcm16 at 24 kHz",)


def test_tokens_tell_the_codec_and_what_is_missing() -> None:
    """A token is 50 ms: 60 of them are three seconds. 24 000 bytes are that in G.711, and half a second in PCM16."""
    assert only(answered(cut(voice(2_000), 4_800), tokens=60)).remarks == ("it is 1.0 s shorter than its 60 tokens",)
    assert only(answered(cut(voice(2_000), 4_800), tokens=46)).remarks == ()
    silent = only(answered(cut(bytes(24_000), 2_400), tokens=60)).remarks
    assert silent == ("it is silent", "its tokens say that it is G.711 at 8 kHz, taken for pcm16 at 24 kHz")


@pytest.mark.parametrize(("rate", "said"), [(16_000, "16 kHz"), (24_000, ""), (48_000, "48 kHz")])
def test_the_rate_of_the_users_audio_is_told_by_its_pace(rate: int, said: str) -> None:
    pieces = cut(voice(1_000, rate), rate // 10 * 2)  # 100 ms each
    remarks = only(heard(pieces, 100)).remarks
    assert remarks == ((f"its pace says that it is {said}, taken for pcm16 at 24 kHz",) if said else ())


def test_a_wav_file_that_was_sent_is_told_by_its_head() -> None:
    header = b"RIFF\x24\x08\x00\x00WAVEfmt "
    remarks = only(heard(cut(header + voice(1_000), 4_800), 100)).remarks
    assert any("begins as a WAV file" in one for one in remarks)


def test_half_samples_and_clipping_are_counted() -> None:
    data = voice(200)
    assert only(answered([cut(data + b"\0", len(data) + 1)[0]])).remarks == ("1 pieces end in half a sample",)
    loud = array("h", [32_767, -32_768] * 2_400).tobytes()
    assert "4800 samples are clipped" in only(answered(cut(loud, 4_800))).remarks


def test_audio_that_the_log_left_out_is_counted_and_has_no_file() -> None:
    track = only(answered(["<audio data omitted>"] * 3, tokens=20))
    assert track.sound is None
    assert track.remarks == ("3 of 3 pieces are left out of the log, or cut", "20 tokens are about 1.0 s")


def test_what_is_left_of_cut_audio_is_written_and_said_to_be_cut() -> None:
    pieces = [*cut(voice(400), 9_600), "<audio data omitted>"]
    track = only(answered(pieces, tokens=20))
    assert track.sound is not None and track.sound.ms == 400
    assert track.remarks == ("1 of 3 pieces are left out of the log, or cut",)
