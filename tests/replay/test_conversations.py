"""Conversations with the mock, read as dialogues: `talk >> …` is the client, `talk << …` the server."""

from mock_talk import Talk, append, deltas, user_says

from harness.replay.script import Script

ANSWER = "Hey! I'm doing well, thanks for asking. How about you?"


def test_the_server_speaks_first(seed: Script) -> None:
    talk = Talk(seed)
    assert (talk << "session.created")["session"]["model"] == "gpt-4o-realtime-preview-2024-10-01"


def test_what_a_client_sends_before_it_is_greeted_is_answered_after_the_greeting(seed: Script) -> None:
    talk = Talk(seed, speed=1) >> user_says("Hi")
    assert talk.types() == []
    talk + 2_000
    assert talk.types() == ["session.created", "conversation.item.created"]


def test_a_session_lives_from_now_on_not_from_the_time_of_the_recording(seed: Script) -> None:
    session = (Talk(seed) << "session.created")["session"]
    assert session["expires_at"] == 1_729_158_305 + 1_800


def test_every_session_update_is_answered_with_the_whole_configuration(seed: Script) -> None:
    talk = Talk(seed)
    before = (talk << "session.created")["session"]
    talk >> {
        "type": "session.update",
        "session": {"instructions": "Be brief.", "turn_detection": {"type": "server_vad", "threshold": 0.9}},
    }
    after = (talk << "session.updated")["session"]
    assert after["instructions"] == "Be brief."
    assert after["turn_detection"] == {**before["turn_detection"], "threshold": 0.9}
    assert {key: after[key] for key in ("id", "voice", "model")} == {
        key: before[key] for key in ("id", "voice", "model")
    }


def test_an_item_keeps_the_id_that_the_client_gave_it(seed: Script) -> None:
    talk = Talk(seed)
    talk << "session.created"
    talk >> {"type": "conversation.item.create", "item": {**user_says("Hi")["item"], "id": "item_0123456789ab"}}
    created = talk << "conversation.item.created"
    assert created["item"]["id"] == "item_0123456789ab"
    assert created["previous_item_id"] is None


def test_an_item_without_id_gets_one_and_follows_the_one_before(seed: Script) -> None:
    talk = Talk(seed)
    talk << "session.created"
    talk >> user_says("One") >> user_says("Two")
    first, second = talk << "conversation.item.created", talk << "conversation.item.created"
    assert first["item"]["id"].startswith("item_") and first["item"]["id"] != second["item"]["id"]
    assert second["previous_item_id"] == first["item"]["id"]


def test_items_go_where_previous_item_id_says(seed: Script) -> None:
    talk = Talk(seed)
    talk << "session.created"
    talk >> user_says("One") >> user_says("Two")
    one = (talk << "conversation.item.created")["item"]["id"]
    talk << "conversation.item.created"
    talk >> user_says("After one", previous_item_id=one) >> user_says("First of all", previous_item_id="root")
    assert (talk << "conversation.item.created")["previous_item_id"] == one
    assert (talk << "conversation.item.created")["previous_item_id"] is None


def test_today_an_item_is_added_and_done(seed_ga: Script) -> None:
    talk = Talk(seed_ga)
    talk << "session.created"
    talk >> user_says("Hi")
    added, done = talk << "conversation.item.added", talk << "conversation.item.done"
    assert added["item"] == done["item"]
    assert "object" not in added["item"]


def test_audio_of_an_item_is_not_sent_back(seed: Script) -> None:
    talk = Talk(seed)
    talk << "session.created"
    part = {"type": "input_audio", "audio": "AAAA"}
    talk >> {"type": "conversation.item.create", "item": {"type": "message", "role": "user", "content": [part]}}
    assert (talk << "conversation.item.created")["item"]["content"] == [{"type": "input_audio", "transcript": None}]


def test_a_response_that_the_client_asks_for_is_the_recorded_one(seed: Script) -> None:
    talk = Talk(seed)
    talk << "session.created"
    talk >> user_says("Hi") >> {"type": "response.create"}
    events = list(talk.heard)
    assert "".join(deltas(events)) == ANSWER
    assert events[-1]["type"] == "response.done"
    assert talk.faults_of_ours() == []


def test_a_response_is_of_one_piece_under_its_new_ids(seed: Script) -> None:
    talk = Talk(seed)
    talk << "session.created"
    talk >> {"type": "response.create"}
    created = talk << "response.created"
    response_id = created["response"]["id"]
    item_id = talk.until("response.output_item.added")["item"]["id"]
    named = [event for event in talk.heard if "item_id" in event]
    assert {event["item_id"] for event in named} == {item_id}
    assert {event["response_id"] for event in named} == {response_id}
    assert talk.until("response.done")["response"]["output"][0]["id"] == item_id


def test_the_ids_of_the_recording_are_never_sent(seed: Script) -> None:
    talk = Talk(seed)
    talk >> user_says("Hi") >> append(3_000) >> {"type": "response.create"}
    talk + 5_000
    sent = repr(talk.heard)
    assert "AJHM39ig1n6yHwKJXhzvU" not in sent and "AJHM3wsi8zLgEdSguA5Wn" not in sent


def test_no_two_events_have_the_same_id(seed: Script) -> None:
    talk = Talk(seed)
    talk >> user_says("Hi") >> {"type": "response.create"} >> {"type": "response.create"}
    ids = [event["event_id"] for event in talk.heard]
    assert len(ids) == len(set(ids)) > 40


def test_metadata_comes_back_in_created_and_done(seed: Script) -> None:
    talk = Talk(seed)
    talk >> {"type": "response.create", "response": {"metadata": {"client_event_id": "mine"}}}
    assert talk.until("response.created")["response"]["metadata"] == {"client_event_id": "mine"}
    assert talk.until("response.done")["response"]["metadata"] == {"client_event_id": "mine"}


def test_a_response_without_metadata_has_none_of_an_earlier_one(seed_ga: Script) -> None:
    talk = Talk(seed_ga)
    talk >> {"type": "response.create", "response": {"metadata": {"a": "b"}}} >> {"type": "response.create"}
    talk.until("response.done")
    assert talk.until("response.created")["response"]["metadata"] is None


def test_nulls_and_empty_objects_of_clients_are_taken(seed: Script) -> None:
    talk = Talk(seed)
    talk << "session.created"
    talk >> {"type": "response.create", "event_id": None, "response": None}
    talk.until("response.done")
    talk >> {"type": "response.create", "response": {}}
    talk.until("response.done")
    talk >> {**user_says("Hi"), "previous_item_id": None, "event_id": None}
    talk << "conversation.item.created"


def test_an_out_of_band_response_leaves_the_conversation_alone(seed_ga: Script) -> None:
    talk = Talk(seed_ga)
    talk << "session.created"
    talk >> {"type": "response.create", "response": {"conversation": "none", "metadata": {"topic": "x"}}}
    types = [event["type"] for event in talk.heard]
    assert "conversation.item.added" not in types and types[-1] == "response.done"
    assert talk.heard[0]["response"]["conversation_id"] is None


def test_a_tool_is_called_and_its_result_answered(tool: Script) -> None:
    talk = Talk(tool)
    talk >> user_says("Weather?") >> {"type": "response.create"}
    done = talk.until("response.function_call_arguments.done")
    assert (done["name"], done["arguments"]) == ("weather", '{"city": "Rome"}')
    assert done["call_id"] != "call_1"
    talk.until("response.done")
    result = {"type": "function_call_output", "call_id": done["call_id"], "output": "fog"}
    talk >> {"type": "conversation.item.create", "item": result} >> {"type": "response.create"}
    assert talk.until("conversation.item.added")["item"]["call_id"] == done["call_id"]
    assert talk.until("response.output_text.done")["text"] == "Fog it is"
    assert talk.faults_of_ours() == []


def test_a_result_given_before_the_call_is_done_is_answered_too(tool: Script) -> None:
    """The recording has its result before `response.done`; a client that is a moment later must not hang."""
    for wait_ms in (0, 10, 10_000):
        talk = Talk(tool, speed=1)
        talk >> {"type": "response.create"}
        call_id = talk.until("response.function_call_arguments.done")["call_id"]
        talk + wait_ms
        result = {"type": "function_call_output", "call_id": call_id, "output": "fog"}
        talk >> {"type": "conversation.item.create", "item": result} >> {"type": "response.create"}
        assert talk.until("response.output_text.done")["text"] == "Fog it is"


def test_the_last_answer_is_repeated_under_new_ids(seed: Script) -> None:
    talk = Talk(seed)
    talk >> {"type": "response.create"} >> {"type": "response.create"}
    first, second = (talk.until("response.done")["response"] for _ in range(2))
    assert first["output"][0]["content"] == second["output"][0]["content"]
    assert first["id"] != second["id"] and first["output"][0]["id"] != second["output"][0]["id"]


def test_a_tool_call_is_never_repeated_because_clients_would_answer_it_for_ever(tool: Script) -> None:
    talk = Talk(tool)
    for _ in range(4):
        talk >> {"type": "response.create"}
    assert talk.types().count("response.function_call_arguments.done") == 1


def test_when_done_generate_goes_on_with_answers_of_its_own(seed: Script) -> None:
    talk = Talk(seed, when_done="generate")
    talk >> {"type": "response.create"} >> {"type": "response.create"}
    talk.until("response.done")
    assert "generated answer" in talk.until("response.text.done")["text"]
    assert talk.faults_of_ours() == []


def test_when_done_end_closes_instead_of_repeating(seed: Script) -> None:
    talk = Talk(seed, when_done="end")
    talk >> {"type": "response.create"}
    assert talk.closed is None
    talk >> {"type": "response.create"}
    assert talk.closed is not None and talk.closed.code == 1000


def test_deleting_retrieving_and_clearing_are_answered(seed: Script) -> None:
    talk = Talk(seed)
    talk << "session.created"
    talk >> user_says("Hi")
    item = (talk << "conversation.item.created")["item"]
    talk >> {"type": "conversation.item.retrieve", "item_id": item["id"]}
    assert (talk << "conversation.item.retrieved")["item"] == item
    talk >> {"type": "conversation.item.delete", "item_id": item["id"]}
    assert (talk << "conversation.item.deleted")["item_id"] == item["id"]
    talk >> {"type": "input_audio_buffer.clear"}
    talk << "input_audio_buffer.cleared"
    talk >> user_says("Again")
    assert (talk << "conversation.item.created")["previous_item_id"] is None
    assert talk.faults_of_ours() == []
