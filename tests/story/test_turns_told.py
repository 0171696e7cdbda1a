"""A line for each turn: who spoke, how long, what was answered, by what, how it ended, what it cost."""

from typing import Any

from made_up import Writer
from stories import line_of, said, story_of

from harness.story.turns import Turn


def told(writer: Writer) -> list[Turn]:
    return list(story_of(writer).turns)


def test_a_typed_question_and_its_answer_are_quoted_with_what_called_for_it() -> None:
    writer = Writer().opening().typed("Is it late?", "Not yet.")
    (turn,) = told(writer)
    assert (turn.label, turn.heard, turn.answer) == ("1", "user typed “Is it late?”", "text “Not yet.”")
    assert turn.by == f"response.create, line {line_of(writer, 'response.create')}"
    assert turn.ended == "completed"
    assert turn.place is not None and turn.place.line == line_of(writer, "conversation.item.create")
    assert turn.wait is not None and turn.wait.value == 300 + 4 * 20  # to `response.created`, and on to the first word


def test_speech_is_told_with_its_length_and_answered_by_voice_activity() -> None:
    (turn,) = told(Writer().opening().spoken("Is it late?", "Not yet."))
    assert turn.heard == "user spoke 900 ms “Is it late?”"
    assert turn.answer == "audio 200 ms “Not yet.”"  # two pieces of 4 800 bytes
    assert turn.by == "voice activity"


def test_a_call_and_what_followed_its_result_are_two_lines_of_one_turn() -> None:
    first, second = told(Writer().opening().called("Will it rain?", "Rome", "No."))
    assert (first.label, second.label) == ("1.1", "1.2")
    assert first.answer == 'call of get_weather({"city": "Rome", "days": 2})'
    assert second.heard == 'tool result “{"sky": "clear over Rome"}”'
    assert second.answer == "text “No.”"


def test_several_things_said_before_one_answer_are_on_one_line() -> None:
    writer = Writer().opening()
    for role, kind, text in (("system", "input_text", "Be brief."), ("user", "input_text", "Hello?")):
        writer._create({"type": "message", "role": role, "content": [{"type": kind, "text": text}]})
    writer.client("response.create")
    writer._response([("text", "Hi.")])
    (turn,) = told(writer)
    assert turn.heard == "system text “Be brief.” + user typed “Hello?”"


def ended(status: str, details: Any) -> Turn:
    writer = Writer().opening().typed("Hello?", "Hi.")
    done = next(line for line in writer.lines if line.body["type"] == "response.done")
    done.body["response"] |= {"status": status, "status_details": details}
    (turn,) = told(writer)
    return turn


def test_how_it_ended_is_told_with_the_reason() -> None:
    assert ended("cancelled", {"type": "cancelled", "reason": "turn_detected"}).ended == "cancelled: turn_detected"
    assert ended("incomplete", {"reason": "max_output_tokens"}).ended == "incomplete: max_output_tokens"
    error = {"type": "server_error", "code": None, "message": "It broke."}
    assert ended("failed", {"error": error}).ended == "failed: “server_error: It broke.”"
    assert ended("failed", "unimplemented").ended == "failed"


def test_what_nobody_answered_is_told_too() -> None:
    writer = Writer().opening()
    writer._create({"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Anybody?"}]})
    (turn,) = told(writer)
    assert (turn.heard, turn.answer, turn.ended) == ("user typed “Anybody?”", "", "unanswered")


def test_speech_without_an_end_goes_on() -> None:
    writer = Writer().opening()
    writer.server("input_audio_buffer.speech_started", audio_start_ms=300, item_id="item_u")
    (turn,) = told(writer)
    assert turn.heard == "user spoke (and goes on) (no transcript)"


def test_a_session_that_only_transcribes_owes_no_answer() -> None:
    writer = Writer()
    writer.server("session.created", session={"id": "sess_1", "type": "transcription", "audio": {"input": {}}})
    writer.server("input_audio_buffer.speech_started", audio_start_ms=300, item_id="item_u")
    writer.server("input_audio_buffer.speech_stopped", audio_end_ms=1_200, item_id="item_u")
    writer.server("input_audio_buffer.committed", item_id="item_u", previous_item_id=None)
    (turn,) = told(writer)
    assert (turn.heard, turn.ended) == ("user spoke 900 ms (no transcript)", "heard")
    assert "answers nothing" in said(writer, "answer")
