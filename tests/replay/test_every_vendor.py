"""One client that does a bit of everything, at a mock of every vendor: what it gets is valid in that dialect."""

from pathlib import Path

import pytest
from mock_talk import Talk, append, tone, user_says
from recordings import script_of
from test_recorded_sessions import LOGS

from harness.api import load
from harness.replay.settings import listens


@pytest.mark.parametrize("log", LOGS, ids=lambda log: log.stem)
def test_whatever_a_client_asks_for_the_answers_are_those_of_the_dialect(log: Path) -> None:
    script = script_of(load(log))
    kind = {"type": "realtime"} if script.vocabulary.is_of_today else {}
    talk = Talk(script) + 1_000
    talk >> {"type": "session.update", "session": {**kind, "instructions": "Be brief."}}
    assert talk.until("session.updated")["session"]["instructions"] == "Be brief."
    talk >> user_says("Hi") >> {"type": "response.create", "response": {"metadata": {"a": "b"}}}
    item = next(event["item"] for event in talk.heard if "item" in event)
    assert talk.until("response.created")["response"]["metadata"] == {"a": "b"}
    assert talk.until("response.done")["response"]["metadata"] == {"a": "b"}
    talk >> {**user_says("First of all", previous_item_id="root"), "item": {**user_says("x")["item"], "id": "mine"}}
    talk >> {"type": "conversation.item.retrieve", "item_id": item["id"]}
    assert talk.until("conversation.item.retrieved")["item"]["id"] == item["id"]
    talk >> {"type": "conversation.item.delete", "item_id": "mine"}
    assert talk.until("conversation.item.deleted")["item_id"] == "mine"
    talk >> {"type": "response.create", "response": {"conversation": "none", "input": []}}
    aside = talk.until("response.done")["response"]
    assert not aside.get("conversation_id")
    talk >> tone(500) >> append(800)
    talk + 6_000
    if listens(talk.replayer.session):
        talk.until("input_audio_buffer.speech_stopped")
        talk.until("input_audio_buffer.committed")
    talk >> {"type": "response.create"} >> {"type": "response.cancel"}
    assert talk.until("error")["error"]["code"] == "response_cancel_not_active"
    assert (talk.faults_of_ours(), talk.faults_of_the_client()) == ([], [])
