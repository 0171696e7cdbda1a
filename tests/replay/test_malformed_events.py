"""Whatever is wrong about the form of a client event draws the real server's error, once, and the session goes on."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mock_talk import Talk, user_says
from recordings import SEED, recorded, script_of, tool_call

from harness.api import load
from harness.replay.script import Script

CLEAR = {"type": "input_audio_buffer.clear"}
MESSAGE = user_says("Hi")["item"]
REALTIME = {"type": "realtime"}


def refused(talk: Talk, event: Any) -> dict[str, Any]:
    """Return the one error that an event draws; the next call must work, and the user be told once."""
    talk.types()
    talk >> event
    error = (talk << "error")["error"]
    assert talk.types() == []
    talk >> CLEAR
    talk << "input_audio_buffer.cleared"
    assert talk.faults_of_ours() == []
    (code,) = talk.faults_of_the_client()
    assert code.startswith(("CLI", "SCH101", "DIA601"))
    return error


@pytest.fixture
def ga(tool: Script) -> Talk:
    return Talk(tool)


@pytest.fixture
def beta(seed: Script) -> Talk:
    return Talk(seed)


@pytest.mark.parametrize(
    ("event", "param", "message"),
    [
        (
            {"type": "session.update", "session": "loud"},
            "session",
            "Invalid type for 'session': expected an object, but got a string instead.",
        ),
        (
            {"type": "session.update", "session": None},
            "session",
            "Invalid type for 'session': expected an object, but got null instead.",
        ),
        (
            {"type": "session.update", "session": {**REALTIME, "instructions": 7}},
            "session.instructions",
            "Invalid type for 'session.instructions': expected a string, but got an integer instead.",
        ),
        (
            {"type": "session.update", "session": {**REALTIME, "max_output_tokens": [1]}},
            "session.max_output_tokens",
            "Invalid type for 'session.max_output_tokens': expected one of an integer or string, "
            "but got an array instead.",
        ),
        (
            {"type": "session.update", "session": {**REALTIME, "tools": {}}},
            "session.tools",
            "Invalid type for 'session.tools': expected an array of objects, but got an object instead.",
        ),
        (
            {"type": "conversation.item.create", "item": {**MESSAGE, "content": [{"type": "input_text", "text": 1.5}]}},
            "item.content[0].text",
            "Invalid type for 'item.content[0].text': expected a string, but got a decimal instead.",
        ),
        (
            {"type": "response.create", "response": True},
            "response",
            "Invalid type for 'response': expected an object, but got a boolean instead.",
        ),
        (
            {"type": "input_audio_buffer.append", "audio": 7},
            "audio",
            "Invalid type for 'audio': expected a string, but got an integer instead.",
        ),
        (
            {"type": "conversation.item.truncate", "item_id": "x", "content_index": "0", "audio_end_ms": 0},
            "content_index",
            "Invalid type for 'content_index': expected an integer, but got a string instead.",
        ),
    ],
)
def test_a_value_of_the_wrong_type_is_named(ga: Talk, event: dict[str, Any], param: str, message: str) -> None:
    error = refused(ga, event)
    assert (error["code"], error["param"], error["message"]) == ("invalid_type", param, message)


@pytest.mark.parametrize(
    ("event", "param"),
    [
        ({"type": "session.update", "session": {}}, "session.type"),
        ({"type": "session.update", "session": {"modalities": ["text"]}}, "session.type"),
        ({"type": "conversation.item.create", "item": {"type": "message", "role": "user"}}, "item.content"),
        ({"type": "conversation.item.create", "item": {**MESSAGE, "content": [{"type": "input_text"}]}},
         "item.content[0].text"),
        ({"type": "conversation.item.create", "item": {"type": "function_call_output", "call_id": "x"}}, "item.output"),
        ({"type": "conversation.item.create", "item": {
            "type": "message", "role": "assistant", "content": [{"type": "output_audio", "audio": "AAAA"}]}},
         "item.content[0].text"),
    ],
)  # fmt: skip
def test_a_missing_field_is_named(ga: Talk, event: dict[str, Any], param: str) -> None:
    error = refused(ga, event)
    assert (error["code"], error["param"]) == ("missing_required_parameter", param)
    assert error["message"] == f"Missing required parameter: '{param}'."


def test_turn_detection_of_the_beta_must_say_its_type(beta: Talk) -> None:
    error = refused(beta, {"type": "session.update", "session": {"turn_detection": {"threshold": 0.5}}})
    assert error["message"] == "Missing required parameter: 'session.turn_detection.type'."


@pytest.mark.parametrize(
    ("event", "param"),
    [
        ({"type": "session.update", "session": {**REALTIME, "modalities": ["text"]}}, "session.modalities"),
        ({"type": "session.update", "session": {**REALTIME, "temperature": 0.8}}, "session.temperature"),
        ({"type": "response.create", "response": {"modalities": ["text"]}}, "response.modalities"),
        ({"type": "input_audio_buffer.clear", "now": True}, "now"),
        ({**user_says("Hi"), "item": {**MESSAGE, "colour": "red"}}, "item.colour"),
    ],
)
def test_a_field_that_there_is_not_is_named(ga: Talk, event: dict[str, Any], param: str) -> None:
    error = refused(ga, event)
    assert (error["code"], error["param"]) == ("unknown_parameter", param)
    assert error["message"] == f"Unknown parameter: '{param}'."


def test_a_field_of_today_is_unknown_to_the_beta(beta: Talk) -> None:
    error = refused(beta, {"type": "session.update", "session": {"output_modalities": ["text"]}})
    assert error["message"] == "Unknown parameter: 'session.output_modalities'."


@pytest.mark.parametrize(
    ("event", "param", "message"),
    [
        (
            {"type": "session.update", "session": {"type": "session"}},
            "session.type",
            "Invalid value: 'session'. Supported values are: 'realtime' and 'transcription'.",
        ),
        (
            {"type": "conversation.item.create", "item": {**MESSAGE, "role": "bard"}},
            "item.role",
            "Invalid value: 'bard'. Supported values are: 'system', 'user', and 'assistant'.",
        ),
        (
            {"type": "session.update", "session": {**REALTIME, "output_modalities": ["text", "audio"]}},
            "session.output_modalities",
            "Invalid modalities: ['text', 'audio']. Supported combinations are: ['text'] and ['audio'].",
        ),
        (
            {"type": "conversation.item.create",
             "item": {"type": "function_call_output", "call_id": "call 1", "output": ""}},
            "item.call_id",
            "Invalid 'item.call_id': string does not match pattern. Expected a string that matches the pattern "
            "'^[a-zA-Z0-9_-]+$'.",
        ),
        (
            {"type": "input_audio_buffer.append", "audio": "no audio at all"},
            "audio",
            "Invalid 'audio'. Expected base64-encoded audio bytes (mono PCM16 at 24kHz) but got an invalid value.",
        ),
        (
            {"type": "input_audio_buffer.append", "audio": ""},
            "audio",
            "Invalid 'audio'. Expected base64-encoded audio bytes (mono PCM16 at 24kHz) but got empty bytes.",
        ),
        (
            {"type": "conversation.item.create",
             "item": {**MESSAGE, "content": [{"type": "input_audio", "audio": "###"}]}},
            "item.content[0].audio",
            "Invalid 'item.content[0].audio'. Expected base64-encoded audio bytes (mono PCM16 at 24kHz) "
            "but got an invalid value.",
        ),
    ],
)  # fmt: skip
def test_a_value_that_is_not_possible_is_named(ga: Talk, event: dict[str, Any], param: str, message: str) -> None:
    error = refused(ga, event)
    assert (error["code"], error["param"], error["message"]) == ("invalid_value", param, message)


def test_a_voice_and_a_model_that_are_younger_than_the_schemas_are_taken(ga: Talk) -> None:
    ga << "session.created"
    ga >> {"type": "session.update", "session": {**REALTIME, "audio": {"output": {"voice": "tomorrow"}}}}
    assert (ga << "session.updated")["session"]["audio"]["output"]["voice"] == "tomorrow"


@pytest.mark.parametrize(
    ("event", "limit"),
    [
        ({**CLEAR, "event_id": "x" * 600}, "512, but got a string with length 600"),
        ({**user_says("Hi"), "item": {**MESSAGE, "id": "x" * 39}}, "32, but got a string with length 39"),
    ],
)
def test_a_string_that_is_too_long_is_named(ga: Talk, event: dict[str, Any], limit: str) -> None:
    error = refused(ga, event)
    assert error["code"] == "string_above_max_length"
    assert error["message"].endswith(f"Expected a string with maximum length {limit} instead.")


@pytest.mark.parametrize(
    ("event", "code", "message"),
    [
        ({"x": 1}, "invalid_event", "The 'type' field is missing."),
        ({"type": None}, "invalid_event", "The 'type' field is missing."),
        ({"type": "session.created", "session": {}}, "invalid_value", "Invalid value: 'session.created'. Supported"),
        ({"type": "conversation.item.created"}, "invalid_value", "Invalid value: 'conversation.item.created'. Supp"),
        ({"type": "transcription_session.update"}, "invalid_value", "Invalid value: 'transcription_session.update'"),
        ({"type": "output_audio_buffer.clear"}, "invalid_value", "Invalid value: 'output_audio_buffer.clear'. Supp"),
        ({"type": ["a"]}, "invalid_value", "Invalid value: '['a']'. Supported"),
    ],
)
def test_what_is_no_event_of_a_client_is_told(ga: Talk, event: Any, code: str, message: str) -> None:
    error = refused(ga, event)
    assert error["code"] == code
    assert error["message"].startswith(message)


@pytest.mark.parametrize(
    ("event_type", "told"),
    [
        ("respons.create", "over a WebSocket; did you mean `response.create`?"),
        ("input_audio_buffer.comit", "over a WebSocket; did you mean `input_audio_buffer.commit`?"),
        ("scooby.dooby.doo", "no client sends an event of this type over a WebSocket"),
    ],
)
def test_the_user_is_told_what_an_unknown_type_may_have_meant(ga: Talk, event_type: str, told: str) -> None:
    refused(ga, {"type": event_type})
    assert ga.report().findings[0].message.endswith(told)


def test_a_frame_that_is_no_json_is_told(ga: Talk) -> None:
    ga << "session.created"
    ga >> None >> CLEAR
    error = (ga << "error")["error"]
    assert (error["code"], error["event_id"]) == ("invalid_json", None)
    assert ga.types() == ["input_audio_buffer.cleared"]


@pytest.mark.parametrize(("event_id", "named"), [("mine", "mine"), (None, None), ([7], None)])
def test_the_error_names_the_event_by_the_id_that_the_client_gave_it(ga: Talk, event_id: Any, named: Any) -> None:
    assert refused(ga, {**CLEAR, "now": True, "event_id": event_id})["event_id"] == named


def test_the_update_of_a_transcription_session_is_refused_by_a_realtime_session(ga: Talk, beta: Talk) -> None:
    message = "Passing a transcription session update event to a realtime session is not allowed."
    error = refused(ga, {"type": "session.update", "session": {"type": "transcription"}})
    assert (error["code"], error["message"]) == ("invalid_parameter", message)
    error = refused(beta, {"type": "transcription_session.update", "session": {}})
    assert (error["code"], error["message"]) == ("invalid_parameter", message)


@pytest.mark.parametrize(
    "event",
    [
        {"type": "response.create", "event_id": None, "response": None},
        {"type": "response.create", "response": {}},
        {"type": "response.create", "response": {"instructions": None, "metadata": {"a": "b"}}},
        {**user_says("Hi"), "previous_item_id": None},
        {"type": "session.update", "session": {**REALTIME, "tools": None, "tracing": None, "prompt": None}},
    ],
)
def test_nulls_where_nothing_need_be_are_no_fault(ga: Talk, event: dict[str, Any]) -> None:
    ga >> event
    assert "error" not in ga.types()
    assert ga.faults_of_the_client() == []


VALID = [
    {"type": "session.update", "session": {**REALTIME, "instructions": "x", "tools": [], "audio": {"input": {}}}},
    user_says("Hi"),
    {"type": "response.create", "response": {"metadata": {"a": "b"}, "output_modalities": ["text"]}},
    {"type": "input_audio_buffer.append", "audio": "AAAA"},
    {"type": "conversation.item.truncate", "item_id": "x", "content_index": 0, "audio_end_ms": 0},
]
LEAVES = st.sampled_from([None, True, 7, 1.5, "x", [], ["x"], {}, {"type": "x"}])
TOOL = script_of(recorded("openai-ga", *tool_call()))
SEED_SCRIPT = script_of(load(SEED))


def _paths(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [at, *(path for key, member in inner for path in _paths(member, (*at, key)))]


def _with(value: Any, path: tuple[Any, ...], leaf: Any) -> Any:
    if not path:
        return leaf
    if isinstance(value, list):
        return [_with(member, path[1:], leaf) if n == path[0] else member for n, member in enumerate(value)]
    return {**value, path[0]: _with(value.get(path[0]), path[1:], leaf)}


@given(st.data())
def test_whatever_stands_in_an_event_the_server_stays_valid_and_goes_on(data: st.DataObject) -> None:
    talk = Talk(data.draw(st.sampled_from([TOOL, SEED_SCRIPT])))
    for _ in range(data.draw(st.integers(1, 4))):
        event = data.draw(st.sampled_from(VALID))
        event = _with(event, data.draw(st.sampled_from(_paths(event)[1:])), data.draw(LEAVES))
        talk >> event
    talk.types()
    talk >> {"type": "response.cancel"} >> CLEAR
    talk.until("input_audio_buffer.cleared")
    assert talk.faults_of_ours() == []
