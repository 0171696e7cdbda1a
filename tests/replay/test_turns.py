"""Turns of the user's voice: when the mock ends them, and what it then says."""

import base64

from mock_talk import MS, START_NS, Talk, append, tone, user_says
from recordings import recorded, said, script_of

from harness.replay.script import Script

TURN = [
    "input_audio_buffer.speech_started",
    "input_audio_buffer.speech_stopped",
    "input_audio_buffer.committed",
    "conversation.item.created",
    "response.created",
]


def test_a_whole_recording_in_one_piece_is_a_turn(seed: Script) -> None:
    talk = Talk(seed)
    talk << "session.created"
    talk >> append(2_500)
    assert talk.types()[:5] == TURN
    assert talk.faults_of_ours() == []


def test_a_short_piece_is_a_turn_once_the_client_is_quiet(seed: Script) -> None:
    talk = Talk(seed)
    talk << "session.created"
    talk >> append(120)
    assert talk.types() == []
    talk + 1_000
    assert talk.types()[:5] == TURN


def test_a_stream_of_small_pieces_is_one_turn_not_many(seed: Script) -> None:
    talk = Talk(seed)
    talk << "session.created"
    for _ in range(130):
        talk >> append(20)
        talk + 20
    assert talk.types().count("input_audio_buffer.committed") == 1


def test_the_placeholder_that_the_recording_has_counts_as_a_piece(seed: Script) -> None:
    talk = Talk(seed)
    talk << "session.created"
    talk >> {"type": "input_audio_buffer.append", "audio": "<audio data omitted for brevity>"}
    talk + 1_000
    assert talk.types()[:5] == TURN


def test_the_times_of_a_turn_lie_within_the_audio_that_was_sent(seed: Script) -> None:
    talk = Talk(seed)
    talk << "session.created"
    talk >> append(1_000)
    talk + 3_000
    started, stopped = talk << TURN[0], talk << TURN[1]
    assert (started["audio_start_ms"], stopped["audio_end_ms"]) == (640, 1_000)
    talk.types()
    talk >> append(4_000)
    talk + 3_000
    started, stopped = talk << TURN[0], talk << TURN[1]
    assert (started["audio_start_ms"], stopped["audio_end_ms"]) == (1_640, 3_208)


def test_the_item_of_a_turn_follows_what_the_client_added(seed: Script) -> None:
    talk = Talk(seed)
    talk << "session.created"
    talk >> {"type": "conversation.item.create", "item": {**user_says("Hi")["item"], "id": "mine"}}
    talk << "conversation.item.created"
    talk >> append(2_500)
    assert talk.until("input_audio_buffer.committed")["previous_item_id"] == "mine"
    assert (talk << "conversation.item.created")["previous_item_id"] == "mine"


def test_a_turn_is_not_answered_when_the_client_switched_that_off(seed: Script) -> None:
    talk = Talk(seed)
    detection = {"type": "server_vad", "create_response": False}
    talk >> {"type": "session.update", "session": {"turn_detection": detection}} >> append(2_500)
    assert "response.created" not in talk.types()
    talk >> {"type": "response.create"}
    talk << "response.created"


def test_without_turn_detection_the_client_commits(seed: Script) -> None:
    talk = Talk(seed)
    talk >> {"type": "session.update", "session": {"turn_detection": None}} >> append(2_500)
    talk + 5_000
    assert talk.types() == ["session.created", "session.updated"]
    talk >> {"type": "input_audio_buffer.commit"}
    assert talk.types() == ["input_audio_buffer.committed", "conversation.item.created"]
    assert talk.faults_of_ours() == []


def test_a_client_may_speak_where_the_recorded_one_did_not(tool: Script) -> None:
    talk = Talk(tool)
    update = {"type": "realtime", "audio": {"input": {"turn_detection": {"type": "server_vad"}}}}
    talk >> {"type": "session.update", "session": update} >> append(2_000)
    talk + 5_000
    types = talk.types()
    assert types[2:7] == [*TURN[:3], "conversation.item.added", "conversation.item.done"]
    assert "response.created" in types
    assert talk.faults_of_ours() == []


def test_a_transcript_comes_with_its_turn_and_names_its_item() -> None:
    talk = Talk(script_of(recorded("openai-ga", *_spoken())))
    talk >> append(2_000)
    talk + 5_000
    item_id = talk.until("input_audio_buffer.committed")["item_id"]
    completed = talk.until("conversation.item.input_audio_transcription.completed")
    assert (completed["item_id"], completed["transcript"]) == (item_id, "Hello")
    assert talk.faults_of_ours() == []


def test_a_turn_keeps_the_recorded_times(seed: Script) -> None:
    talk = Talk(seed, speed=1)
    talk + 1_000
    talk << "session.created"
    talk.times.clear()
    talk >> append(2_500)
    talk + 5_000
    started_ns, stopped_ns = talk.times[:2]
    assert started_ns == 1_000_000_000 + 935_528_600
    assert stopped_ns - started_ns == 65_654_700


def _spoken() -> list[tuple[str, dict[str, object]]]:
    detection = {"type": "server_vad", "create_response": True}
    form = {"type": "audio/pcm", "rate": 24000}
    session = {"type": "realtime", "id": "sess_1", "audio": {"input": {"format": form, "turn_detection": detection}}}
    item = {"id": "item_u", "type": "message", "status": "completed", "role": "user",
            "content": [{"type": "input_audio", "transcript": None}]}  # fmt: skip
    named = {"item_id": "item_u"}
    return [
        ("server", {"type": "session.created", "event_id": "1", "session": session}),
        ("client", append(2_000)),
        ("server", {"type": TURN[0], "event_id": "2", "audio_start_ms": 100, **named}),
        ("server", {"type": TURN[1], "event_id": "3", "audio_end_ms": 1_500, **named}),
        ("server", {"type": TURN[2], "event_id": "4", "previous_item_id": None, **named}),
        ("server", {"type": "conversation.item.added", "event_id": "5", "previous_item_id": None, "item": item}),
        ("server", {"type": "conversation.item.done", "event_id": "6", "previous_item_id": None, "item": item}),
        *[("server", event) for event in said("resp_1", "item_a", "item_u", ["Hi"])],
        ("server", {"type": "conversation.item.input_audio_transcription.completed", "event_id": "7", **named,
                    "content_index": 0, "transcript": "Hello", "usage": {"type": "duration", "seconds": 2}}),
    ]  # fmt: skip


def test_a_voice_starts_a_turn_at_once_and_silence_ends_it(seed: Script) -> None:
    talk = Talk(seed)
    talk << "session.created"
    talk >> append(300) >> tone(400)
    assert (talk << TURN[0])["audio_start_ms"] == 0, "300 ms before the voice"
    talk >> tone(500)
    assert talk.types() == []
    talk >> append(300)
    assert (talk << TURN[1])["audio_end_ms"] == 1_400, "with 200 ms of silence"
    assert talk.types()[:3] == TURN[2:]
    assert talk.faults_of_ours() == []


def test_a_voice_that_stops_with_the_audio_is_a_turn_once_the_client_is_quiet(seed: Script) -> None:
    talk = Talk(seed)
    talk << "session.created"
    talk >> tone(500)
    assert talk.types() == [TURN[0]]
    talk + 2_000
    assert talk.types()[:4] == TURN[1:]


def test_a_click_and_the_header_of_a_file_are_no_voice(seed: Script) -> None:
    talk = Talk(seed)
    talk << "session.created"
    talk >> tone(20) >> append(400)
    assert talk.types() == []


def test_the_whole_of_a_spoken_turn_may_come_in_one_piece(seed: Script) -> None:
    talk = Talk(seed)
    talk << "session.created"
    parts = [base64.b64decode(str(event["audio"])) for event in (append(640), tone(1_000), append(600))]
    talk >> {"type": "input_audio_buffer.append", "audio": base64.b64encode(b"".join(parts)).decode()}
    assert ((talk << TURN[0])["audio_start_ms"], (talk << TURN[1])["audio_end_ms"]) == (340, 1_840)
    assert talk.faults_of_ours() == []


def test_a_voice_interrupts_the_model(seed_ga: Script) -> None:
    talk = Talk(seed_ga, speed=1)
    talk + 1_000
    talk >> {"type": "response.create"}
    talk + 420
    talk.types()
    talk >> tone(400)
    talk << TURN[0]
    done = talk.until("response.done")["response"]
    assert (done["status"], done["status_details"]["reason"]) == ("cancelled", "turn_detected")
    talk >> append(400)
    talk + 5_000
    assert talk.until("response.done")["response"]["status"] == "completed"
    assert talk.faults_of_ours() == []


def test_a_voice_does_not_interrupt_where_that_is_switched_off(seed_ga: Script) -> None:
    talk = Talk(seed_ga, speed=1)
    detection = {"type": "server_vad", "interrupt_response": False}
    talk >> {
        "type": "session.update",
        "session": {"type": "realtime", "audio": {"input": {"turn_detection": detection}}},
    }
    talk + 1_000
    talk >> {"type": "response.create"}
    talk + 420
    talk >> tone(400) >> append(400)
    talk + 9_000
    assert [e["response"]["status"] for e in talk.heard if e["type"] == "response.done"] == ["completed", "completed"]
    assert talk.faults_of_ours() == []


def test_silence_does_not_interrupt_the_model(seed_ga: Script) -> None:
    talk = Talk(seed_ga, speed=1)
    talk + 1_000
    talk >> {"type": "response.create"}
    talk + 420
    talk >> append(5_000)
    talk + 5_000
    assert talk.until("response.done")["response"]["status"] == "completed"


def test_a_short_piece_that_ends_a_turn_does_not_delay_it_against_the_recording(seed: Script) -> None:
    talk = Talk(seed, speed=1)
    talk + 1_000
    talk >> append(120)
    came, started = talk.now_ns, len(talk.times)
    talk + 5_000
    assert talk.until(TURN[0])["audio_start_ms"] <= 120
    times = [at_ns + START_NS - came for at_ns in talk.times[started:]]
    assert times[0] // MS == 935, "as in the recording, although silence had to be waited for"
    assert times == sorted(times)


def test_a_voice_in_a_law_is_heard_too(seed: Script) -> None:
    talk = Talk(seed)
    talk >> {"type": "session.update", "session": {"input_audio_format": "g711_alaw"}}
    loud, quiet = bytes([0x2A, 0xAA] * 1_600), bytes([0xD5] * 3_200)
    talk >> {"type": "input_audio_buffer.append", "audio": base64.b64encode(loud + quiet).decode()}
    assert talk.until(TURN[1])["audio_end_ms"] == 600


def test_a_voice_in_g711_is_heard_too(seed: Script) -> None:
    talk = Talk(seed)
    talk >> {"type": "session.update", "session": {"input_audio_format": "g711_ulaw"}}
    loud, quiet = bytes([0x20, 0xA0] * 1_600), bytes([0xFF] * 3_200)
    talk >> {"type": "input_audio_buffer.append", "audio": base64.b64encode(loud + quiet).decode()}
    assert talk.until(TURN[1])["audio_end_ms"] == 600


def test_a_commit_of_a_user_who_speaks_comes_too_late(seed: Script) -> None:
    talk = Talk(seed)
    talk << "session.created"
    talk >> tone(500) >> {"type": "input_audio_buffer.commit"}
    assert [talk << name for name in TURN[:4]]
    assert (talk << "error")["error"]["code"] == "input_audio_buffer_commit_empty"
    talk << "response.created"
    assert talk.faults_of_ours() == []


def _committed() -> Script:
    """Return the script of a session whose client committed by itself."""
    spoken = _spoken()
    commit = ("client", {"type": "input_audio_buffer.commit"})
    create = ("client", {"type": "response.create"})
    return script_of(recorded("openai-ga", *spoken[:2], commit, *spoken[4:7], create, *spoken[7:]))


def test_a_recorded_commit_brings_its_transcript_to_a_client_that_commits() -> None:
    talk = Talk(_committed())
    off = {"type": "realtime", "audio": {"input": {"turn_detection": None}}}
    talk >> {"type": "session.update", "session": off} >> append(500) >> {"type": "input_audio_buffer.commit"}
    item_id = talk.until("input_audio_buffer.committed")["item_id"]
    assert talk.until("conversation.item.input_audio_transcription.completed")["item_id"] == item_id
    talk >> {"type": "response.create"}
    assert talk.until("response.output_text.done")["text"] == "Hi"
    assert talk.faults_of_ours() == []


def test_a_recorded_commit_is_a_turn_of_voice_activity_where_that_is_on() -> None:
    talk = Talk(_committed())
    talk << "session.created"
    talk >> tone(500) >> append(500)
    talk + 1_000
    types = talk.types()
    assert types[:3] == TURN[:3]
    assert "response.created" in types
    assert talk.faults_of_ours() == []


def test_an_answer_that_was_to_come_is_created_and_cancelled_when_the_user_speaks_on(seed: Script) -> None:
    talk = Talk(seed) >> {"type": "response.create"}
    talk >> append(2_300) >> tone(100)
    talk.until("input_audio_buffer.committed")
    talk.until("input_audio_buffer.speech_started")
    created, done = talk << "response.created", talk << "response.done"
    assert created["response"]["id"] == done["response"]["id"]
    assert (done["response"]["status"], done["response"]["output"]) == ("cancelled", [])
    assert done["response"]["status_details"] == {"type": "cancelled", "reason": "turn_detected"}
    assert talk.faults_of_ours() == []
