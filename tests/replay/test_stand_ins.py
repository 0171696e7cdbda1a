"""What a log left out of the audio is made up: in the right format and length, in a voice that is given."""

import base64
from dataclasses import replace
from typing import Any

import pytest
from mock_talk import START_NS, Talk
from recordings import spoken_answer

from harness.model import Session
from harness.protocol import dialects
from harness.protocol.causes import attribute
from harness.replay import audio
from harness.replay.audio import Rendering
from harness.replay.script import Script
from harness.replay.vocabulary import Vocabulary
from harness.sound.formats import ALAW, PCM16, ULAW, Format


def script_of(session: Session, rendering: Rendering) -> Script:
    dialect = dialects.get(session.dialect)
    return Script.of(session, attribute(dialect, session.events), Vocabulary.of(dialect), rendering)


def left_out(payload: str, tokens: int = 40) -> Session:
    """Return a session whose audio a recorder replaced by `payload`; the usage still counts its tokens."""
    session = spoken_answer(ms=500)
    usage = {"output_token_details": {"audio_tokens": tokens}}

    def cut(body: dict[str, Any]) -> dict[str, Any]:
        if body["type"] == "response.output_audio.delta":
            return {**body, "delta": payload}
        if body["type"] == "response.done":
            return {**body, "response": {**body["response"], "usage": usage}}
        return body

    return replace(session, events=tuple(event._replace(body=cut(event.body)) for event in session.events))


def heard(script: Script) -> list[bytes]:
    """Return the pieces of audio that a client gets."""
    talk = Talk(script) >> {"type": "response.create"}
    return [base64.b64decode(e["delta"]) for e in talk.heard if e["type"] == "response.output_audio.delta"]


@pytest.mark.parametrize("payload", ["<audio data omitted for brevity>", "", "AAAA" * 8])
def test_what_was_left_out_or_cut_lasts_as_long_as_its_tokens_say(payload: str) -> None:
    pieces = heard(script_of(left_out(payload), Rendering()))
    assert [len(piece) for piece in pieces] == [PCM16.bytes_in(1_000)] * 2


def test_what_was_recorded_is_served_as_it_was() -> None:
    session = spoken_answer(ms=500)
    recorded = [e.body["delta"] for e in session.events if e.type == "response.output_audio.delta"]
    assert heard(script_of(session, Rendering())) == [base64.b64decode(str(delta)) for delta in recorded]


def test_a_voice_is_given_the_words_and_its_audio_is_served_in_as_many_pieces() -> None:
    asked: list[tuple[str, Format, float]] = []

    def voice(words: str, form: Format, ms: float) -> bytes:
        asked.append((words, form, ms))
        return bytes(range(1, 11))

    assert heard(script_of(left_out("…"), Rendering(voice))) == [bytes([1, 2, 3, 4]), bytes([5, 6, 7, 8, 9, 10])]
    assert asked == [("Hi", PCM16, 2_000)]


@pytest.mark.parametrize(("form", "quiet"), [(PCM16, 0), (ULAW, 0xFF), (ALAW, 0xD5)])
def test_silence_is_silent_in_every_format(form: Format, quiet: int) -> None:
    assert set(audio.silence("", form, 100)) == {quiet}
    assert len(audio.silence("", form, 100)) == form.bytes_in(100)


@pytest.mark.parametrize("count", [1, 3, 7])
def test_pieces_are_whole_samples_and_none_is_empty(count: int) -> None:
    pieces = audio.pieces(bytes(12), PCM16, count)
    assert len(pieces) == count and all(piece and len(piece) % 2 == 0 for piece in pieces)


def test_audio_comes_at_once_or_no_faster_than_it_is_played() -> None:
    for in_real_time, last_ms in ((False, 0), (True, 1_000)):
        talk = Talk(script_of(left_out("…"), Rendering(in_real_time=in_real_time)), speed=1)
        talk >> {"type": "response.create"}
        asked_ns = talk.now_ns - START_NS
        talk + 10_000
        second = [e["type"] for e in talk.heard].index("response.output_audio.delta") + 1
        assert (talk.times[second] - asked_ns) // 1_000_000 == last_ms
        assert talk.times == sorted(talk.times)
