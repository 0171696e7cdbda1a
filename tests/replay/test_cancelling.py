"""A cancelled response closes everything it has opened, then itself."""

import pytest
from mock_talk import Talk

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
