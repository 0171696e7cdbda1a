"""Dialogues for the rules on speech, transcription, playback and telephones."""

from base64 import b64encode
from typing import Any

import words as w
from cases import AUDIO_ANSWER, AUDIO_ASKED, AUDIO_WHOLE, OPENED, Case, Step, c, found, marked, only, s

COMPLETED = "conversation.item.input_audio_transcription.completed"
STARTED, STOPPED = "input_audio_buffer.speech_started", "input_audio_buffer.speech_stopped"
HEARD = [*s(w.session_created(**w.listening(w.VAD, w.TRANSCRIPTION))), *c(w.append()), *s(*w.spoken())]
WRITTEN = [*HEARD, *s(w.transcript_completed("Hi")), *s(*w.text_response("Hello"))]
TURNS = [
    *OPENED,
    *c(w.append()),
    *marked(s(*w.spoken(), *w.text_response("Hello")), "input_audio_buffer.committed", "ADV850"),
    *s(w.speech_started("item_v", 800), w.speech_stopped("item_v", 1400), w.committed("item_v", "item_1")),
    *s(*w.heard("item_v", "item_1"), *w.text_response("Bye", part=w.Part("resp_2", "item_2"), previous="item_v")),
]


def sent(milliseconds: int) -> w.Body:
    """Return so much audio of the client."""
    return w.append(b64encode(bytes(48 * milliseconds)).decode())


def appended(milliseconds: int) -> list[Step]:
    return [*OPENED, *c(sent(milliseconds)), *s(*w.spoken(), *w.text_response("Hello"))]


def timeout(idle_timeout_ms: int | None) -> list[Step]:
    """Return a turn that an idle timeout made."""
    session = w.session_created(**w.listening({**w.VAD, "idle_timeout_ms": idle_timeout_ms}))
    kind = "input_audio_buffer.timeout_triggered"
    triggered = w.event(kind, item_id="item_u", audio_start_ms=0, audio_end_ms=5000)
    return [*s(session), *c(w.append()), *s(triggered, w.committed(), *w.heard(), *w.text_response("Hello"))]


def segment(start: float, end: float, own_id: str = "seg_1") -> w.Body:
    kind = "conversation.item.input_audio_transcription.segment"
    fields = {"id": own_id, "text": "Hi", "speaker": "A", "start": start, "end": end}
    return w.event(kind, item_id="item_u", content_index=0, **fields)


def playback(kind: str) -> w.Body:
    return w.event(f"output_audio_buffer.{kind}", response_id="resp_1")


def key(pressed: str) -> w.Body:
    return w.event("input_audio_buffer.dtmf_event_received", event=pressed, received_at=1_790_000_000)


def played(*steps: Step, after: int) -> list[Step]:
    """Return an answer over WebRTC, with events of the playback behind one of its events."""
    quiet = [step for step in AUDIO_ANSWER if step.body["type"] != "response.output_audio.delta"]
    return [*AUDIO_ASKED, *quiet[:after], *steps, *quiet[after:]]


IDLE = marked(timeout(5000), "input_audio_buffer.timeout_triggered", "ADV834")
LOGGED: list[Any] = [{"token": "Hi", "logprob": -0.1, "bytes": [72, 105]}]

CASES: dict[str, Case] = {
    "ADV834": Case(WRITTEN, IDLE),
    "CAU513": Case(IDLE, marked(timeout(None), "input_audio_buffer.timeout_triggered", "CAU513 ADV834")),
    "CAU542": Case(WRITTEN, [*OPENED, *marked(WRITTEN[1:], COMPLETED, "CAU542")]),
    "CAU544": Case(WRITTEN, [*HEARD, *marked(s(*w.text_response("Hello")), "response.done", "CAU544")]),
    "CAU571": Case(played(*s(playback("started")), after=4), played(*found("CAU571", s(playback("started"))), after=1)),
    "CAU572": Case(
        played(*s(playback("started")), after=4) + s(playback("stopped")),
        played(*s(playback("started")), *found("CAU572", s(playback("stopped"))), after=4),
    ),
    "CAU573": Case(
        [*played(*s(playback("started")), after=4), *c(w.event("output_audio_buffer.clear")), *s(playback("cleared"))],
        [*played(*s(playback("started")), after=4), *found("CAU573", s(playback("cleared")))],
    ),
    "CNT436": only(WRITTEN, COMPLETED, "CNT436", usage={"type": "duration", "seconds": -1}),
    "CNT438": only(WRITTEN, COMPLETED, "CNT438", logprobs=LOGGED),
    "CNT457": Case(WRITTEN, [*WRITTEN, *found("CNT457", s(w.transcript_completed("Hello", item="item_1")))]),
    "CNT473": Case([*OPENED, *s(key("#"))], [*OPENED, *found("CNT473", s(key("E")))]),
    "DIA620": Case(
        played(*s(playback("started")), after=4) + s(playback("stopped")),
        [*AUDIO_WHOLE[:-1], *found("DIA620", s(playback("started"))), AUDIO_WHOLE[-1]],
    ),
    "TIM702": only(TURNS, STARTED, "TIM702", 1, audio_start_ms=500),
    "TIM703": only(TURNS, STARTED, "TIM703", audio_start_ms=-1),
    "TIM704": only(appended(100), STOPPED, "TIM704", audio_end_ms=1200),
    "TIM707": Case(
        [*HEARD, *s(segment(0, 1), segment(1, 2, "seg_2"), w.transcript_completed("Hi"), *w.text_response("Hello"))],
        [*HEARD, *found("TIM707", s(segment(1, 0))), *s(w.transcript_completed("Hi"), *w.text_response("Hello"))],
    ),
}
