"""A response that calls several tools: each call has an id of its own, and each is answered by it."""

from typing import Any

from mock_talk import Talk
from recordings import recorded, script_of, tool_call

from harness.model import Session

ARGUMENTS = '{"city": "Oslo"}'


def two_calls() -> Session:
    """Return the session with the tool call, and a second call in the same response."""
    lines = tool_call()
    second = {"id": "item_d", "type": "function_call", "name": "weather", "call_id": "call_2"}
    begun = {**second, "status": "in_progress", "arguments": ""}
    done = {**second, "status": "completed", "arguments": ARGUMENTS}
    place = {"response_id": "resp_1", "output_index": 1}
    named = {**place, "item_id": "item_d", "call_id": "call_2"}
    more: list[dict[str, Any]] = [
        {"type": "response.output_item.added", **place, "item": begun},
        {"type": "conversation.item.added", "previous_item_id": "item_c", "item": begun},
        {"type": "response.function_call_arguments.delta", **named, "delta": ARGUMENTS},
        {"type": "response.function_call_arguments.done", **named, "arguments": ARGUMENTS},
        {"type": "conversation.item.done", "previous_item_id": "item_c", "item": done},
        {"type": "response.output_item.done", **place, "item": done},
    ]
    at = next(n for n, (_, body) in enumerate(lines) if body["type"] == "response.done")
    ended = lines[at][1]["response"]
    whole = {**lines[at][1], "response": {**ended, "output": [*ended["output"], done]}}
    told = [("server", {**body, "event_id": f"more_{n}"}) for n, body in enumerate(more)]
    return recorded("openai-ga", *lines[: at - 1], *told, lines[at - 1], ("server", whole), *lines[at + 1 :])


def test_each_call_is_answered_by_its_own_id_in_any_order() -> None:
    talk = Talk(script_of(two_calls())) >> {"type": "response.create"}
    calls = [event for event in talk.heard if event["type"] == "response.function_call_arguments.done"]
    assert [call["arguments"] for call in calls] == ['{"city": "Rome"}', ARGUMENTS]
    assert len({call["call_id"] for call in calls}) == len({call["item_id"] for call in calls}) == 2
    output = talk.until("response.done")["response"]["output"]
    assert [item["call_id"] for item in output] == [call["call_id"] for call in calls]
    talk.types()
    for call in reversed(calls):
        result = {"type": "function_call_output", "call_id": call["call_id"], "output": "fog"}
        talk >> {"type": "conversation.item.create", "item": result}
        assert (talk << "conversation.item.added")["item"]["call_id"] == call["call_id"]
        talk << "conversation.item.done"
    talk >> {"type": "response.create"}
    assert talk.until("response.done")["response"]["status"] == "completed"
    assert (talk.faults_of_ours(), talk.faults_of_the_client()) == ([], [])
