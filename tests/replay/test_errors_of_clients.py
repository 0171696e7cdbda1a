"""What a client must not do draws the error of the real server, and the session goes on."""

from typing import Any

import pytest
from mock_talk import Talk, append, user_says
from recordings import script_of, spoken_answer

from harness.replay.script import Script


def refused(talk: Talk, event: Any) -> dict[str, Any]:
    """Return the error that an event draws; nothing else may come, and the next call must work."""
    talk.types()
    talk >> event
    error = (talk << "error")["error"]
    assert talk.types() == []
    talk >> {"type": "input_audio_buffer.clear"}
    talk << "input_audio_buffer.cleared"
    assert error["type"] == "invalid_request_error"
    return error


@pytest.fixture
def talk(seed_ga: Script) -> Talk:
    return Talk(seed_ga)


def test_an_unknown_type_is_refused_with_the_types_that_are_known(talk: Talk) -> None:
    error = refused(talk, {"type": "scooby.dooby.doo", "event_id": "mine"})
    assert (error["code"], error["param"], error["event_id"]) == ("invalid_value", "type", "mine")
    assert error["message"].startswith(
        "Invalid value: 'scooby.dooby.doo'. Supported values are: 'conversation.item.cre"
    )
    assert error["message"].endswith("'response.create', and 'session.update'.")


def test_an_event_without_type_is_refused(talk: Talk) -> None:
    error = refused(talk, {"session": {}})
    assert (error["code"], error["message"]) == ("invalid_event", "The 'type' field is missing.")


@pytest.mark.parametrize("junk", [None, 7, "text", [1, 2], {"type": 7}, {"type": None}, {}])
def test_what_is_no_event_is_refused(talk: Talk, junk: Any) -> None:
    refused(talk, junk)


@pytest.mark.parametrize(
    ("event", "missing"),
    [
        ({"type": "session.update"}, "session"),
        ({"type": "input_audio_buffer.append"}, "audio"),
        ({"type": "conversation.item.create"}, "item"),
        ({"type": "conversation.item.create", "item": {}}, "item.type"),
        ({"type": "conversation.item.delete"}, "item_id"),
        ({"type": "conversation.item.truncate", "item_id": "x", "content_index": 0}, "audio_end_ms"),
    ],
)
def test_a_missing_field_is_named(talk: Talk, event: dict[str, Any], missing: str) -> None:
    error = refused(talk, event)
    assert (error["code"], error["param"]) == ("missing_required_parameter", missing)
    assert error["message"] == f"Missing required parameter: '{missing}'."


def test_an_empty_commit_is_refused(talk: Talk) -> None:
    error = refused(talk, {"type": "input_audio_buffer.commit"})
    assert error["code"] == "input_audio_buffer_commit_empty"
    assert error["message"].endswith("Expected at least 100ms of audio, but buffer only has 0.00ms of audio.")


def test_a_commit_of_less_than_100_ms_is_refused(talk: Talk) -> None:
    talk >> append(50)
    error = refused(talk, {"type": "input_audio_buffer.commit"})
    assert "buffer only has 50.00ms of audio" in error["message"]


@pytest.mark.parametrize("doing", ["delete", "retrieve", "truncate"])
def test_an_item_that_does_not_exist_is_refused(talk: Talk, doing: str) -> None:
    cut = {"content_index": 0, "audio_end_ms": 0} if doing == "truncate" else {}
    error = refused(talk, {"type": f"conversation.item.{doing}", "item_id": "yo", **cut})
    assert error["code"] == f"item_{doing}_invalid_item_id"
    assert "the item with id 'yo' does not exist" in error["message"]


def test_only_spoken_items_of_the_model_can_be_truncated(talk: Talk) -> None:
    talk >> user_says("Hi")
    item_id = talk.until("conversation.item.added")["item"]["id"]
    event = {"type": "conversation.item.truncate", "item_id": item_id, "content_index": 0, "audio_end_ms": 0}
    assert refused(talk, event)["message"] == "Only model output audio messages can be truncated"


def test_an_unknown_previous_item_is_refused(talk: Talk) -> None:
    error = refused(talk, user_says("Hi", previous_item_id="item_of_another_day"))
    assert error["param"] == "previous_item_id"
    assert error["message"] == "Error adding item: the previous item with id 'item_of_another_day' does not exist."


def test_an_item_id_is_used_once_and_has_32_characters_at_most(talk: Talk) -> None:
    event = user_says("Hi")
    talk >> {**event, "item": {**event["item"], "id": "mine"}}
    assert refused(talk, {**event, "item": {**event["item"], "id": "mine"}})["param"] == "item.id"
    error = refused(talk, {**event, "item": {**event["item"], "id": "x" * 39}})
    assert error["message"].endswith("maximum length 32, but got a string with length 39 instead.")


def test_a_result_for_a_call_that_was_never_made_is_refused(talk: Talk) -> None:
    item = {"type": "function_call_output", "call_id": "call_Xz0z4X8aSYDdkTf2", "output": "x"}
    error = refused(talk, {"type": "conversation.item.create", "item": item})
    assert error["code"] == "invalid_tool_call_id"
    assert error["message"] == "Tool call ID 'call_Xz0z4X8aSYDdkTf2' not found in conversation."


def test_a_second_response_must_wait_for_the_first(seed_ga: Script) -> None:
    talk = Talk(seed_ga, speed=1)
    talk + 1_000
    talk >> {"type": "response.create"}
    talk + 200
    response_id = talk.until("response.created")["response"]["id"]
    talk.types()
    talk >> {"type": "response.create"}
    talk + 40
    error = talk.until("error")["error"]
    assert error["code"] == "conversation_already_has_active_response"
    assert response_id in error["message"]
    talk + 5_000
    talk.until("response.done")


def test_a_cancel_without_response_draws_an_error_that_is_no_fault(talk: Talk) -> None:
    error = refused(talk, {"type": "response.cancel"})
    assert error["code"] == "response_cancel_not_active"
    assert error["message"] == "Cancellation failed: no active response found"
    assert talk.report().verdict == "notes"


def test_a_cut_behind_the_end_of_the_audio_draws_an_error_and_cuts_at_the_end() -> None:
    talk = Talk(script_of(spoken_answer(ms=500)))
    talk >> {"type": "response.create"}
    item_id = talk.until("response.output_item.added")["item"]["id"]
    talk.types()
    cut = {"type": "conversation.item.truncate", "item_id": item_id, "content_index": 0}
    talk >> {**cut, "audio_end_ms": 57_340}
    error = (talk << "error")["error"]
    assert error["message"] == "Audio content of 500ms is already shorter than 57340ms"
    assert (error["code"], error["param"]) == (None, "audio_end_ms")
    assert (talk << "conversation.item.truncated")["audio_end_ms"] == 500
    talk >> {**cut, "audio_end_ms": 500}
    assert (talk << "conversation.item.truncated")["audio_end_ms"] == 500
    assert talk.faults_of_ours() == []
    assert talk.faults_of_the_client() == ["CLI977"]
