"""A cancelled response closes everything it has opened, then itself."""

from typing import Any

import pytest
from mock_talk import Talk
from recordings import recorded, script_of

from harness.replay.script import Script


@pytest.mark.parametrize("after_ms", [0, 60, 290, 310, 320, 330, 340, 400, 450, 500, 530, 545])
@pytest.mark.parametrize("dialect", ["seed", "seed_ga"])
def test_wherever_it_is_cancelled_nothing_stays_open(
    request: pytest.FixtureRequest, dialect: str, after_ms: int
) -> None:
    talk = Talk(request.getfixturevalue(dialect), speed=1)
    talk + 1_000
    talk >> {"type": "response.create"}
    talk + after_ms
    talk >> {"type": "response.cancel"}
    talk + 50
    done = talk.until("response.done")["response"]
    assert done["status"] == "cancelled"
    assert done["status_details"] == {"type": "cancelled", "reason": "client_cancelled"}
    talk + 5_000
    assert talk.types() == []
    assert talk.faults_of_ours() == []


def test_a_cancelled_item_has_the_text_that_was_sent(seed_ga: Script) -> None:
    talk = Talk(seed_ga, speed=1)
    talk + 1_000
    talk >> {"type": "response.create"}
    talk + 420
    sent = "".join(event["delta"] for event in talk.heard if event["type"] == "response.output_text.delta")
    assert sent
    talk >> {"type": "response.cancel"}
    assert talk.until("response.output_text.done")["text"] == sent
    item = talk.until("response.output_item.done")["item"]
    assert item["status"] == "incomplete"
    assert item["content"] == [{"type": "output_text", "text": sent}]


def test_a_cancelled_tool_call_has_the_arguments_that_were_sent(slow_tool: Script) -> None:
    talk = Talk(slow_tool, speed=1)
    talk >> {"type": "response.create"}
    talk + 45
    assert talk.until("response.function_call_arguments.delta")["delta"] == '{"city": '
    talk >> {"type": "response.cancel"}
    talk + 50
    done = talk.until("response.function_call_arguments.done")
    assert (done["name"], done["arguments"]) == ("weather", '{"city": ')
    assert talk.until("response.output_item.done")["item"]["arguments"] == '{"city": '
    assert talk.faults_of_ours() == []


def test_after_a_cancel_the_next_response_is_served(seed_ga: Script) -> None:
    talk = Talk(seed_ga, speed=1)
    talk + 1_000
    talk >> {"type": "response.create"}
    talk + 420
    talk >> {"type": "response.cancel"} >> {"type": "response.create"}
    talk + 5_000
    talk.until("response.done")
    assert talk.until("response.done")["response"]["status"] == "completed"
    assert talk.faults_of_ours() == []


def _spoken_answer() -> Script:
    """Return the script of a spoken answer, 10 ms between two events."""
    part = {"response_id": "r", "item_id": "i", "output_index": 0, "content_index": 0}
    place = {"response_id": "r", "output_index": 0}
    begun = {"id": "i", "type": "message", "status": "in_progress", "role": "assistant", "content": []}
    done = {**begun, "status": "completed", "content": [{"type": "output_audio", "transcript": "Hi you"}]}
    response = {"object": "realtime.response", "id": "r", "status_details": None, "conversation_id": "c", "usage": None}
    audio = "AAAA" * 1_600
    events: list[dict[str, Any]] = [
        {"type": "response.created", "response": {**response, "status": "in_progress", "output": []}},
        {"type": "response.output_item.added", **place, "item": begun},
        {"type": "conversation.item.added", "previous_item_id": None, "item": begun},
        {"type": "response.content_part.added", **part, "part": {"type": "audio", "transcript": ""}},
        {"type": "response.output_audio_transcript.delta", **part, "delta": "Hi"},
        {"type": "response.output_audio.delta", **part, "delta": audio},
        {"type": "response.output_audio_transcript.delta", **part, "delta": " you"},
        {"type": "response.output_audio.delta", **part, "delta": audio},
        {"type": "response.output_audio.done", **part},
        {"type": "response.output_audio_transcript.done", **part, "transcript": "Hi you"},
        {"type": "response.content_part.done", **part, "part": {"type": "audio", "transcript": "Hi you"}},
        {"type": "conversation.item.done", "previous_item_id": None, "item": done},
        {"type": "response.output_item.done", **place, "item": done},
        {"type": "response.done", "response": {**response, "status": "completed", "output": [done]}},
    ]
    session = {"type": "realtime", "id": "s", "output_modalities": ["audio"]}
    return script_of(
        recorded(
            "openai-ga",
            ("server", {"type": "session.created", "event_id": "e0", "session": session}),
            ("client", {"type": "response.create"}),
            *(("server", {**event, "event_id": f"e{n}"}) for n, event in enumerate(events, 1)),
            every_ms=10,
        )
    )


@pytest.mark.parametrize("after_ms", range(12, 150, 10))
def test_a_spoken_answer_can_be_cancelled_anywhere(after_ms: int) -> None:
    talk = Talk(_spoken_answer(), speed=1)
    talk >> {"type": "response.create"}
    talk + after_ms
    talk >> {"type": "response.cancel"}
    talk + 1_000
    assert talk.types().count("response.done") == 1
    assert talk.faults_of_ours() == []


def test_a_cancelled_spoken_answer_has_the_transcript_that_was_sent() -> None:
    talk = Talk(_spoken_answer(), speed=1)
    talk >> {"type": "response.create"}
    talk + 65
    talk >> {"type": "response.cancel"}
    assert talk.until("response.output_audio_transcript.done")["transcript"] == "Hi"
    assert talk.until("response.done")["response"]["output"][0]["content"] == [
        {"type": "output_audio", "transcript": "Hi"}
    ]


def test_what_was_spoken_can_be_truncated() -> None:
    talk = Talk(_spoken_answer())
    talk >> {"type": "response.create"}
    item_id = talk.until("response.done")["response"]["output"][0]["id"]
    event = {"item_id": item_id, "content_index": 0, "audio_end_ms": 50}
    talk >> {"type": "conversation.item.truncate", **event}
    truncated = talk << "conversation.item.truncated"
    assert {key: truncated[key] for key in event} == event
    assert talk.faults_of_ours() == []


def test_the_voice_cannot_change_once_it_was_heard() -> None:
    talk = Talk(_spoken_answer())
    talk >> {"type": "response.create"}
    talk.types()
    update = {"type": "realtime", "audio": {"output": {"voice": "sage"}}}
    talk >> {"type": "session.update", "session": update}
    error = (talk << "error")["error"]
    assert error["code"] == "cannot_update_voice"
    assert error["message"] == "Cannot update a conversation's voice if assistant audio is present."
