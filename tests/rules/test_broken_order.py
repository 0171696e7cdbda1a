"""One event too few, too many or out of place: one finding, at the event where it shows."""

import pytest
import words as w
from talk import Body, Talk, at, blamed, moved, without, wrong

PIECES = ("Hel", "lo", " you", "!")
ANSWER = w.text_response(*PIECES)


def asked(talk: Talk) -> Talk:
    """Let the client ask in writing."""
    talk.client >> w.said("Hi", "item_u") >> w.create_response()
    talk.server << w.entered()
    return talk


def marked(events: list[Body], index: int, code: str) -> list[Body]:
    return [*events[:index], wrong(code, events[index]), *events[index + 1 :]]


@pytest.mark.parametrize(
    ("dropped", "told_at", "code"),
    [
        ("response.created", "response.output_item.added", "ORD330"),
        ("response.output_item.added", "conversation.item.added", "ORD340"),
        ("conversation.item.added", "response.content_part.added", "CAU521"),
        ("response.content_part.added", "response.output_text.delta", "ORD350"),
        ("response.output_text.done", "response.content_part.done", "ORD350"),
        ("response.content_part.done", "response.output_item.done", "ORD350"),
        ("conversation.item.done", "response.output_item.done", "CAU541"),
        ("response.output_item.done", "response.done", "ORD340"),
    ],
)
def test_a_dropped_event_is_missed_at_the_first_event_that_needs_it(
    talk: Talk, dropped: str, told_at: str, code: str
) -> None:
    events = without(ANSWER, dropped)
    asked(talk).server << marked(events, at(events, told_at), code)
    talk.ends()


@pytest.mark.parametrize("nth", range(len(PIECES) - 1))
def test_a_dropped_delta_is_missed_at_the_next_one(talk: Talk, nth: int) -> None:
    events = without(ANSWER, "response.output_text.delta", nth)
    asked(talk).server << marked(events, at(events, "response.output_text.delta", nth), "CNT401")
    talk.ends()


def test_a_response_that_is_never_done_is_told_at_the_next_one(talk: Talk) -> None:
    asked(talk).server << ANSWER[:-1]
    talk.client >> w.said("And?", "item_v") >> w.create_response()
    talk.server << w.entered("item_v", previous="item_1")
    second = w.text_response("So.", part=w.Part("resp_2", "item_2"), previous="item_v")
    talk.server << marked(second, 0, "ORD332")
    report = talk.finish()
    errors = [one.code for one in report.findings if one.severity == "error" and one.subject == "server"]
    assert errors == ["ORD332"]


@pytest.mark.parametrize(
    ("doubled", "code"),
    [
        ("response.created", "ORD330"),
        ("response.output_item.added", "ORD340"),
        ("conversation.item.added", "ORD320"),
        ("response.content_part.added", "ORD350"),
        ("response.output_text.done", "ORD350"),
        ("response.content_part.done", "ORD350"),
        ("conversation.item.done", "ORD320"),
        ("response.output_item.done", "ORD340"),
        ("response.done", "ORD330"),
    ],
)
def test_a_doubled_event_is_told_at_its_second_coming(talk: Talk, doubled: str, code: str) -> None:
    index = at(ANSWER, doubled)
    events = [*ANSWER[: index + 1], wrong(code, ANSWER[index]), *ANSWER[index + 1 :]]
    asked(talk).server << events
    talk.ends()


@pytest.mark.parametrize("nth", range(len(PIECES)))
def test_a_doubled_delta_is_told_at_its_second_coming(talk: Talk, nth: int) -> None:
    index = at(ANSWER, "response.output_text.delta", nth)
    asked(talk).server << [*ANSWER[: index + 1], wrong("CNT401", ANSWER[index]), *ANSWER[index + 1 :]]
    talk.ends()


@pytest.mark.parametrize(
    "kind",
    [
        "response.created",
        "response.output_item.added",
        "conversation.item.added",
        "response.content_part.added",
        "response.output_text.done",
        "conversation.item.done",
        "response.output_item.done",
    ],
)
def test_two_neighbours_that_changed_places_are_one_finding_at_one_of_them(talk: Talk, kind: str) -> None:
    index = at(ANSWER, kind)
    asked(talk).server << moved(ANSWER, index, index + 1)
    report = talk.finish()
    assert len(report.findings) == 1, report.findings
    assert report.findings[0].place.line in {6 + index, 7 + index}


def test_a_mirror_may_be_finished_before_or_after_its_part(talk: Talk) -> None:
    index = at(ANSWER, "response.content_part.done")
    asked(talk).server << moved(ANSWER, index, index + 1)
    talk.ends()


@pytest.mark.parametrize("how_late", [1, 2, 3])
def test_a_delta_after_its_done_is_the_one_at_fault(talk: Talk, how_late: int) -> None:
    last = at(ANSWER, "response.output_text.delta", len(PIECES) - 1)
    events = moved(ANSWER, last, last + how_late)
    asked(talk).server << marked(events, last + how_late, "ORD350")
    talk.ends()


def test_a_delta_after_the_whole_response_is_the_one_at_fault(talk: Talk) -> None:
    asked(talk).server << ANSWER << wrong("ORD350", w.delta("?"))
    talk.ends()


def test_an_item_that_is_added_long_after_its_response_is_told_there(talk: Talk) -> None:
    second = w.output_added(w.message(item="item_2"), w.Part("resp_1", "item_2", 1))
    asked(talk).server << ANSWER << wrong("ORD330", second)
    talk.ends()


def test_a_response_that_is_done_with_a_part_open_names_what_is_missing(talk: Talk) -> None:
    events = [one for one in ANSWER if one["type"] not in ("response.output_text.done", "response.content_part.done")]
    asked(talk).server << marked(events, at(events, "response.output_item.done"), "ORD350")
    report = talk.ends()
    assert "`response.output_text.done`, `response.content_part.done` are missing" in report.findings[0].message


def test_audio_and_transcript_may_end_in_either_order_but_not_after_the_part(talk: Talk) -> None:
    item = w.audio_item("Hel", "lo")
    index = at(item, "response.output_audio.done")
    asked(talk).server << w.created() << marked(moved(item, index, index + 2), index + 1, "ORD350")
    talk.server << w.done("resp_1", w.message("Hello", kind="output_audio"))
    talk.ends()


def test_session_created_comes_once(talk: Talk) -> None:
    asked(talk).server << ANSWER << wrong("ORD301", w.session_created())
    talk.ends()


def test_speech_that_stops_without_a_start_is_told_there(talk: Talk) -> None:
    talk.client >> w.append()
    talk.server << marked(without(w.spoken(), "input_audio_buffer.speech_started"), 0, "ORD310")
    talk.server << w.text_response("Yes")
    talk.ends()


def test_a_commit_that_the_speech_missed_is_told_at_the_item(talk: Talk) -> None:
    talk.client >> w.append()
    turn = without(w.spoken(), "input_audio_buffer.committed")
    talk.server << turn << w.text_response("Yes")
    report = talk.finish()
    assert len([one for one in report.findings if one.severity != "note"]) == 1, report.findings


def test_a_transcription_completes_once() -> None:
    talk = Talk()
    talk.server << w.session_created(**w.listening(w.VAD, w.TRANSCRIPTION))
    talk.client >> w.append()
    talk.server << w.spoken() << w.text_response("Yes")
    talk.server << w.transcript_completed("Hi") << wrong("ORD360", w.transcript_completed("Hi"))
    talk.ends()


def test_changed_events_are_blamed_themselves(talk: Talk) -> None:
    asked(talk).server << blamed(ANSWER, "response.output_text.delta", "CNT401", 1, delta="LO")
    talk.ends()
