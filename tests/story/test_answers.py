"""The questions people come with, answered in words."""

import copy
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up import Writer, session_of
from stories import line_of, said, story_of

from harness import api
from harness.commands.manuals import manuals
from harness.errors import UnreadableError
from harness.measure.formats import csv, tables
from harness.measure.formats import json as figures_json
from harness.measure.prices import shipped
from harness.measure.tracks import tracks
from harness.model import Entry, Place, Session
from harness.rules.ranking import most_useful_first
from harness.story.answers import questions
from harness.story.formats import json as story_json
from harness.story.formats import text

ROOT = Path(__file__).parents[2]
CORPUS = ROOT / ".." / "shared" / "corpus"
LOGS = sorted([*CORPUS.glob("sessions/*"), *CORPUS.glob("pasted/*"), CORPUS / "seed.txt"])
OWN = sorted(
    [*ROOT.glob("fixtures/sessions/*"), *ROOT.glob("fixtures/diff/*.yaml"), *ROOT.glob("fixtures/edits/*.yaml")]
)


# -- Why no audio? --


def test_the_seed_is_told_why_its_answer_is_text(seed: Path) -> None:
    answer = said(api.load(seed), "audio")
    assert "Audio came in 0 of 1 response." in answer
    assert "modalities are text, audio: the default" in answer
    assert "no audio delta, and usage counts 0 audio tokens" in answer
    assert "The client put text into the conversation: system at line" in answer


def test_audio_that_came_is_told_with_its_length() -> None:
    answer = said(Writer().opening().spoken("Is it late?", "Not yet."), "audio")
    assert "Audio came in 1 of 1 response." in answer and "2 audio deltas (200 ms)" in answer


def test_a_response_that_asked_for_text_only_is_told_so() -> None:
    writer = Writer().opening().typed("Hello?", "Hi.")
    asked = next(line for line in writer.lines if line.body["type"] == "response.create")
    asked.body["response"] = {"output_modalities": ["text"]}
    assert "asks for text, which overrides the session" in said(writer, "audio")


def test_a_call_of_a_tool_is_no_missing_audio() -> None:
    writer = Writer().opening().called("Will it rain?", "Rome", "No.")
    assert "only calls a tool" in said(writer, "audio")


def test_audio_that_went_another_way_is_not_missing() -> None:
    writer = Writer().opening().spoken("Is it late?", "Not yet.")
    writer.lines = [line for line in writer.lines if line.body["type"] != "response.output_audio.delta"]
    done = writer.lines[-2].body
    assert done["type"] == "response.done"
    done["response"]["usage"]["output_token_details"] = {"audio_tokens": 4}
    assert "was spoken (4 audio tokens), and its audio is not in this log" in said(writer, "audio")


def test_a_session_for_text_is_told_to_ask_for_audio() -> None:
    writer = Writer().opening().typed("Hello?", "Hi.")
    for line in writer.lines:
        if isinstance(line.body.get("session"), dict):
            line.body["session"]["output_modalities"] = ["text"]
    assert "Only text was asked for" in said(writer, "audio")


def test_audio_in_another_format_than_was_told_is_told() -> None:
    """The call's audio is G.711 and its settings say so; here they say PCM16."""
    session = api.load(ROOT / "fixtures" / "sessions" / "phone-call.jsonl")
    assert "sounds like" not in said(session, "audio")
    text = Path(session.path).read_text("utf-8").replace('"audio/pcmu"', '"audio/pcm"')
    answer = said(api.loads(text), "audio")
    assert "The audio of the assistant at line 56: it sounds like g711_ulaw, taken for pcm16 at 24 kHz." in answer
    assert "The audio of the user at line 5: it sounds like g711_ulaw" in said(api.loads(text), "answer")


# -- Why no answer? --


def spoken_without_answer(**detection: object) -> Writer:
    writer = Writer().opening().spoken("Is it late?", "Not yet.")
    at = line_of(writer, "response.created") - 1
    writer.lines = writer.lines[:at]
    for line in writer.lines:
        if line.body["type"] in ("session.created", "session.updated"):
            audio = line.body["session"]["audio"]["input"]
            audio["turn_detection"] = {**audio["turn_detection"], **detection} if detection else None
    return writer


def test_a_turn_that_nobody_asked_to_be_answered_is_told_why() -> None:
    assert "voice activity detection is off" in said(spoken_without_answer(), "answer")
    off = said(spoken_without_answer(create_response=False), "answer")
    assert "create_response is false" in off and "sent no `response.create`" in off


def test_a_turn_that_the_server_owed_an_answer_is_told_so() -> None:
    assert "should have answered by itself" in said(spoken_without_answer(create_response=True), "answer")


def test_speech_that_never_stopped_is_why_there_is_no_answer() -> None:
    writer = Writer().opening()
    writer.server("input_audio_buffer.speech_started", audio_start_ms=300, item_id="item_u")
    assert "speech began and never stopped" in said(writer, "answer")


def test_two_answers_to_one_turn_are_told_with_what_called_for_each() -> None:
    writer = Writer().opening().spoken("Is it late?", "Not yet.")
    writer.client("response.create")
    writer._response([("text", "Really not.")])
    answer = said(writer, "answer")
    assert "Turn 1 has 2 responses" in answer
    assert "by voice activity" in answer and "by response.create" in answer


def test_a_failed_answer_is_told_with_its_reason() -> None:
    writer = Writer().opening().typed("Hello?", "Hi.")
    done = next(line for line in writer.lines if line.body["type"] == "response.done")
    details = {"error": {"code": "rate_limit_exceeded", "message": "Slow down."}}
    done.body["response"] |= {"status": "failed", "status_details": details}
    assert "ended failed: rate_limit_exceeded: Slow down." in said(writer, "answer")


# -- Tools, transcripts, the end, cost, speed --


def test_a_call_is_followed_to_what_came_of_it() -> None:
    whole = Writer().opening().called("Will it rain?", "Rome", "No.")
    assert "and the model went on" in said(whole, "tool")
    silent = copy.copy(whole)
    silent.lines = whole.lines[: line_of(whole, "response.create", 1) - 1]
    assert "no `response.create` followed" in said(silent, "tool")
    hanging = copy.copy(whole)
    hanging.lines = whole.lines[: line_of(whole, "conversation.item.create", 1) - 1]
    assert "got no output" in said(hanging, "tool")


def test_a_session_without_calls_names_its_tools() -> None:
    assert "The session's tools: get_weather." in said(Writer().opening(), "tool")


def test_transcription_that_is_off_is_why_there_is_no_transcript() -> None:
    writer = Writer().opening().spoken("Is it late?", "Not yet.")
    writer.lines = [line for line in writer.lines if "transcription" not in line.body["type"]]
    answer = said(writer, "transcript")
    assert "Input transcription is off (the default" in answer and "has no transcript" in answer


def test_a_transcript_is_told_with_its_line() -> None:
    writer = Writer().opening().spoken("Is it late?", "Not yet.")
    line = line_of(writer, "conversation.item.input_audio_transcription.completed")
    assert f"has its transcript at line {line}: “Is it late?”" in said(writer, "transcript")


def test_who_closed_is_read_from_the_notes_of_the_recorder() -> None:
    session = session_of(Writer().opening().lines)
    note = Entry(Place("made-up", 99, 1), None, "system", "server CLOSE 1001", None)
    closed = Session(session.path, session.dialect, (*session.entries, note), session.events)
    answer = said(closed, "close")
    assert "The server closed the connection at line 99 with code 1001" in answer


def test_what_is_open_at_the_end_is_told() -> None:
    writer = Writer().opening().called("Will it rain?", "Rome", "No.")
    writer.lines = writer.lines[: line_of(writer, "conversation.item.create", 1) - 1]
    assert "Still open: the call of get_weather" in said(writer, "close")
    writer.lines = writer.lines[: line_of(writer, "response.done") - 1]
    assert "Still open: the response that began" in said(writer, "close")


def test_a_session_that_says_when_it_would_have_ended_is_believed() -> None:
    """The seed's `expires_at` is 1729159204."""
    assert "2024-10-17 10:00:04 UTC" in said(api.load(ROOT / "fixtures" / "sessions" / "seed.yaml"), "close")


def test_the_cost_is_told_by_modality() -> None:
    writer = Writer().opening().typed("Hello?", "Hi.")
    usage = {"input_token_details": {"text_tokens": 1_000}, "output_token_details": {"text_tokens": 500}}
    done = next(line for line in writer.lines if line.body["type"] == "response.done")
    done.body["response"]["usage"] = usage
    answer = said(writer, "cost")
    assert "$0.0120 in 1 response; model gpt-realtime." in answer  # 1 000 × 4 + 500 × 16, by a million
    assert "text in 1000, text out 500" in answer


def test_the_slowest_of_each_latency_is_told_with_its_turn() -> None:
    writer = Writer().opening().typed("Hello?", "Hi.")
    assert f"commit → created: 300 ms at most (turn 1, line {line_of(writer, 'response.created')})" in said(
        writer, "speed"
    )


# -- Findings --


def test_findings_come_in_the_order_of_the_catalogue_those_about_the_log_last(seed_flat: Path) -> None:
    session = api.load(seed_flat)
    found = list(story_of(session).findings)
    assert found == most_useful_first(api.check(session).findings)
    about_the_log = [one.subject == "recorder" for one in found]
    assert about_the_log == sorted(about_the_log)


def test_a_question_keeps_the_findings_that_bear_on_it() -> None:
    writer = Writer().opening().typed("Hello?", "Hi.")
    writer.client("conversation.item.truncate", item_id="item_none", content_index=0, audio_end_ms=5)
    story = story_of(writer)
    about_interruptions = questions()["interruption"].bearing(story.findings)
    assert about_interruptions and len(about_interruptions) <= len(story.findings)
    assert not questions()["transcript"].bearing(story.findings)


@pytest.mark.parametrize(
    ("question", "codes"),
    [
        ("audio", {"ADV801", "ADV802", "CNT475"}),
        ("answer", {"ADV824", "CAU531", "CLI908", "ADV823"}),
        ("error", {"CLI953", "CLI908", "CLI913", "ADV802"}),
        ("tool", {"CLI941", "CLI956", "CLI918", "ADV871"}),
        ("transcript", {"ADV850", "ADV805", "CAU544", "ADV851"}),
        ("close", {"TIM721", "DIA640", "ADV890"}),
        ("cost", {"CNT439", "ADV881", "CNT433"}),
        ("update", {"CNT440", "CLI953", "ADV860", "CAU502"}),
        ("interruption", {"ADV830", "ADV822", "CLI913", "ADV831"}),
        ("speed", {"TIM731", "TIM735", "TIM730"}),
    ],
)
def test_the_rules_that_answer_a_question_bear_on_it(question: str, codes: set[str]) -> None:
    asked, rules = questions()[question], manuals()
    kept = {code for code in codes if asked.bears_on(code, rules[code].name)}
    assert kept == codes


def test_no_question_looks_for_words_that_no_rule_has() -> None:
    names = [rule.name for rule in manuals().values()]
    for question in questions().values():
        assert not [word for word in question.words if not any(word in name for name in names)]


# -- Any log --


def everything(session: Session) -> None:
    """Tell everything there is to tell, in every format."""
    story = story_of(session)
    for question in ("", *questions()):
        assert list(text.render(story, question))
        assert json.loads(story_json.render(story, question))["version"] == 1
    assert json.loads(figures_json.render([story.figures], shipped()))
    assert csv.render([story.figures])
    assert list(tables.render([story.figures], shipped()))
    for track in tracks(story.recording):
        assert track.sound is None or track.wav()


@pytest.mark.skipif(not CORPUS.is_dir(), reason="../shared/corpus is not there")
@pytest.mark.parametrize("log", LOGS, ids=lambda path: path.name)
def test_every_recorded_and_pasted_log_can_be_told(log: Path) -> None:
    try:
        session = api.load(log)
    except UnreadableError:
        assert log.name == "aoai_sdk_146_appservice_double_prefix.txt"  # no event is in it, in any shape
        return
    everything(session)


@pytest.mark.parametrize("log", OWN, ids=lambda path: path.name)
def test_every_broken_log_of_our_own_can_be_told(log: Path) -> None:
    everything(api.load(log))


@pytest.mark.parametrize("stamped", [True, False])
def test_every_beginning_and_every_end_of_a_session_can_be_told(stamped: bool) -> None:
    writer = Writer().opening().spoken("Is it late?", "Not yet.").called("Will it rain?", "Rome", "No.")
    whole = session_of(writer.lines, stamped=stamped)
    for at in range(0, len(writer.lines), 5):
        for events in (whole.events[:at], whole.events[at:]):
            everything(Session("part", "openai-ga", (), events))


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False) | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=5,
)


@settings(max_examples=20)
@given(st.data())
def test_fields_that_hold_anything_can_be_told(data: st.DataObject) -> None:
    writer = Writer().opening().spoken("Is it late?", "Not yet.").called("Will it rain?", "Rome", "No.")
    for number in data.draw(st.lists(st.integers(0, len(writer.lines) - 1), max_size=6)):
        body = writer.lines[number].body
        if len(body) == 1:
            continue
        key = data.draw(st.sampled_from(sorted(set(body) - {"type"})))
        holder, inner = body, key
        if isinstance(body[key], dict) and body[key] and data.draw(st.booleans()):
            holder, inner = body[key], data.draw(st.sampled_from(sorted(body[key])))
        holder[inner] = data.draw(JUNK)
    everything(session_of(writer.lines))
