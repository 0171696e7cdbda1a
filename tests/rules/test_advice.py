"""What advice says: who is meant, where the number comes from, and what to do."""

import field_dialogues as f
import pytest
import words as w
from cases import AUDIO_ASKED, AUDIO_SESSION, OPENED, Case, Step, c, play, s
from field_dialogues import stamped

from harness.model import Finding
from harness.rules.refusals import KNOWN, known

BUSY = "conversation_already_has_active_response"


def told(steps: list[Step], code: str) -> Finding:
    """Return what one rule says of a dialogue."""
    findings = [one for one in play(Case(steps, steps), steps).findings if one.code == code]
    assert len(findings) == 1, [one.code for one in findings]
    return findings[0]


def codes(steps: list[Step]) -> list[str]:
    return [one.code for one in play(Case(steps, steps), steps).findings]


# -- two responses at once ----


def refused_create(*before: Step) -> list[Step]:
    return [*OPENED, *before, *c(w.create_response()), *s(w.refused(BUSY))]


def test_a_collision_with_an_automatic_answer_says_to_leave_the_request_out() -> None:
    turn = [*c(w.append()), *s(*w.spoken(), w.created())]
    finding = told(refused_create(*turn), "CLI908")
    assert "by voice activity detection" in finding.why
    assert "leave the `response.create` out" in finding.hint


def test_a_collision_behind_a_cancel_says_to_wait_for_the_end() -> None:
    turn = [*c(w.append()), *s(*w.spoken(), w.created()), *c(w.cancel())]
    finding = told(refused_create(*turn), "CLI908")
    assert "stays active until its response.done" in finding.why


def test_a_collision_with_the_client_s_own_request_names_its_line() -> None:
    asked = [*c(w.said("Hi", "item_u"), w.create_response()), *s(*w.entered(), w.created())]
    assert "asked for by the client at line 3" in told(refused_create(*asked), "CLI908").why


def test_a_collision_that_only_the_error_tells_of_names_the_response_in_its_message() -> None:
    error = w.refused(BUSY)
    error["error"]["message"] = "Conversation already has an active response in progress: resp_9. Wait."
    assert "resp_9 is in progress" in told(s(error), "CLI908").message


# -- truncation ----


def shorter(has: int, asked: int) -> w.Body:
    error = w.refused(None)
    error["error"]["message"] = f"Audio content of {has}ms is already shorter than {asked}ms"
    return error


def test_a_truncation_by_the_time_that_passed_is_recognised() -> None:
    steps = [*AUDIO_ASKED, *s(w.created(**AUDIO_SESSION), *w.audio_item("Hello")[:5])]
    cut = [*c(f.truncate(at=4000)), *s(shorter(500, 4000))]
    finding = told(stamped([*steps, *cut], *[0.0] * len(steps), 4.0), "CLI948")
    assert "3500 ms too much" in finding.message
    assert "had passed since its first audio" in finding.why


def test_a_truncation_by_another_item_s_length_is_recognised() -> None:
    first, second = w.audio_item("Hello"), w.audio_item("Bye", part=w.Part("resp_1", "item_2", 1), previous="item_1")
    first[4] = f.pieces(2000)[0]
    second[4] = {**second[4], "delta": f.pieces(300)[0]["delta"]}
    steps = [*AUDIO_ASKED, *s(w.created(**AUDIO_SESSION), *first, *second[:5]), *c(f.truncate("item_2", 2000))]
    finding = told([*steps, *s(shorter(300, 2000))], "CLI913")
    assert "300 ms of audio came" in finding.message
    assert "the length of another item, item_1" in finding.why


# -- waiting ----


def test_a_tool_s_output_at_the_end_of_a_log_is_a_note() -> None:
    finding = told(f.called("completed"), "ADV824")
    assert finding.severity == "note"
    assert "a tool's output came" in finding.message


def test_a_tool_s_output_that_nothing_follows_for_long_is_a_warning() -> None:
    steps = f.called("completed")
    later = [*steps, *c(w.append())]
    assert told(stamped(later, *[0.0] * len(steps), 9.0), "ADV824").severity == "warning"


def test_a_refused_item_is_not_waited_for() -> None:
    steps = [*OPENED, *c(w.said("x")), *s(w.refused("invalid_value", param="item.")), *c(w.append())]
    assert "ADV824" not in codes(stamped(steps, 0, 1, 2, 9))


# -- interruptions ----


def test_speech_shorter_than_a_word_counts_as_noise_whatever_was_understood() -> None:
    assert "2 of 2 interruptions" in told(f.echo("No, another one", 500), "ADV832").message


def test_one_interruption_by_noise_may_be_a_cough() -> None:
    assert "ADV832" not in codes(f.transcribed("Hi", ""))


# -- errors that are known ----


@pytest.mark.parametrize(
    ("message", "says"),
    [
        ("Error committing input audio buffer: the buffer is empty.", "do not commit"),
        ("Error committing input audio buffer: buffer too small. Expected at least 100ms of audio", "do not commit"),
        ("Only model output audio messages can be truncated", "Delete an item"),
        ("Tool call ID 'call_1' not found in conversation.", "conversation.item.create"),
        ("Missing required parameter: 'item.content[0].text'.", "output_text"),
        ("Invalid modalities: ['audio']. Supported combinations are: ['text'] and ['audio', 'text'].", "audio"),
        ("Unknown parameter: 'session.modalities'.", "output_modalities"),
        ("Missing required parameter: 'session.type'.", "session.type"),
        ("Passing a transcription session update event to a realtime session is not allowed.", "intent"),
    ],
)
def test_an_error_without_a_code_is_known_by_its_words(message: str, says: str) -> None:
    found = known({"type": "invalid_request_error", "code": None, "message": message})
    assert found is not None
    assert says in found.do


def test_a_code_decides_over_the_words() -> None:
    found = known({"code": "cannot_update_voice", "message": "Tool call ID x not found"})
    assert found is not None
    assert "voice" in found.do


def test_an_error_that_nobody_met_is_not_explained() -> None:
    assert known({"type": "invalid_request_error", "code": "new_code", "message": "Something."}) is None
    assert known("No.") is None


def test_whatever_is_known_says_what_to_do() -> None:
    assert all(one.do and (one.codes or one.words) for one in KNOWN)


# -- text instead of audio ----


def test_of_many_suspects_the_first_three_are_named_and_the_rest_counted() -> None:
    steps, previous = [*s(w.session_created(**AUDIO_SESSION))], None
    for number in range(5):
        item = f"item_h{number}"
        steps += [
            *c(w.said("So", item)),
            *s(*w.entered(item, previous, content=[{"type": "input_text", "text": "So"}])),
        ]
        previous = item
    text = w.text_item("Hello", previous=previous)
    steps += [*c(w.create_response()), *s(w.created(**AUDIO_SESSION), *text)]
    finding = told([*steps, *s(w.done("resp_1", w.message("Hello"), **AUDIO_SESSION))], "ADV801")
    assert len(finding.witnesses) == 3
    assert "2 more such items" in finding.why


def test_a_pasted_end_of_a_response_alone_tells_that_text_came() -> None:
    alone = s(w.done("resp_1", w.message("Hello"), **AUDIO_SESSION))
    assert "resp_1 has 1 text part" in told(alone, "ADV801").message


def test_an_answer_with_audio_beside_its_text_is_an_answer_with_audio() -> None:
    spoken = w.message("Hello", item="item_2", kind="output_audio")
    assert "ADV801" not in codes(s(w.done("resp_1", w.message("Hello"), spoken, **AUDIO_SESSION)))


def test_a_server_s_log_alone_has_its_suspects_too() -> None:
    content = [{"type": "input_text", "text": "Be kind."}]
    history = w.entered("item_s", None, role="system", content=content)
    answer = [*w.text_item("Hello", previous="item_s"), w.done("resp_1", w.message("Hello"), **AUDIO_SESSION)]
    steps = s(w.session_created(**AUDIO_SESSION), *history, w.created(**AUDIO_SESSION), *answer)
    assert "item_s, role system" in told(steps, "ADV801").why
