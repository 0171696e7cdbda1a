"""A session in the words of another generation: the tables say what corresponds, what does not is told."""

from pathlib import Path
from typing import Any

import pytest

from harness.api import check, load
from harness.errors import UsageError
from harness.model import Entry, Event, Place, Session
from harness.protocol.translate import Translation, translate

SEED = Path(__file__).parents[2] / "fixtures" / "sessions" / "seed.yaml"
SHARED = Path(__file__).parents[3] / "shared" / "corpus" / "sessions"
TODAY = sorted(SHARED.glob("openai_ws__*.yaml"))


def session(dialect: str, *said: tuple[str, dict[str, Any]]) -> Session:
    """Return a session in which these things were said."""
    lines = [(Place("made", line, 1), side, body) for line, (side, body) in enumerate(said, 1)]
    entries = tuple(Entry(place, None, side, "", body) for place, side, body in lines)  # type: ignore[arg-type]
    events = tuple(
        Event(seq, place, None, side, body["type"], body)  # type: ignore[arg-type]
        for seq, (place, side, body) in enumerate(lines)
    )
    return Session("made", dialect, entries, events)


def to_ga(*said: tuple[str, dict[str, Any]]) -> Translation:
    return translate(session("openai-beta", *said), "openai-ga")


def to_beta(*said: tuple[str, dict[str, Any]]) -> Translation:
    return translate(session("openai-ga", *said), "openai-beta")


def only(translation: Translation) -> dict[str, Any]:
    (event,) = translation.session.events
    return event.body


@pytest.fixture(scope="module")
def seed() -> Session:
    return load(SEED)


def test_the_seed_reads_as_a_session_of_today(seed: Session) -> None:
    translated = translate(seed, "openai-ga").session
    assert translated.dialect == "openai-ga"
    assert [f for f in check(translated).findings if f.severity == "error" or f.code == "SCH140"] == []


def test_cached_tokens_that_the_beta_only_counted_are_told_by_kind() -> None:
    usage = {"input_token_details": {"cached_tokens": 64, "text_tokens": 80, "audio_tokens": 0}}
    response = {"id": "resp_1", "status": "completed", "output": [], "usage": usage}
    body = only(to_ga(("server", {"type": "response.done", "event_id": "e", "response": response})))
    assert body["response"]["usage"]["input_token_details"] == {
        **usage["input_token_details"],
        "image_tokens": 0,
        "cached_tokens_details": {"text_tokens": 64, "audio_tokens": 0, "image_tokens": 0},
    }


def test_nothing_is_lost_of_the_seed_but_its_temperature(seed: Session) -> None:
    (loss,) = translate(seed, "openai-ga").losses
    assert (loss.place.line, loss.what) == (19, "session.temperature")


def test_there_and_back_the_seed_has_the_same_events(seed: Session) -> None:
    back = translate(translate(seed, "openai-ga").session, "openai-beta").session
    assert [event.type for event in back.events] == [event.type for event in seed.events]
    assert [event.at_ns for event in back.events] == [event.at_ns for event in seed.events]
    unchanged = {
        "response.text.delta",
        "response.output_item.done",
        "input_audio_buffer.committed",
        "rate_limits.updated",
    }
    for before, after in zip(seed.events, back.events, strict=True):
        if before.type in unchanged:
            assert after.body == before.body


@pytest.mark.skipif(not TODAY, reason=f"the recorded sessions are not in {SHARED}")
@pytest.mark.parametrize("log", TODAY, ids=lambda log: log.stem)
def test_a_session_of_today_reads_as_one_of_the_beta(log: Path) -> None:
    translated = translate(load(log), "openai-beta").session
    assert [f for f in check(translated).findings if f.severity == "error"] == []


def test_entries_that_are_no_events_stay(seed: Session) -> None:
    translated = translate(seed, "openai-ga").session
    assert translated.entries[0] == seed.entries[0]
    assert len(translated.entries) == len(seed.entries) + 3
    assert all(translated.entries[event.seq].content is event.body for event in translated.events)


def test_the_same_dialect_is_no_translation(seed: Session) -> None:
    assert translate(seed, "openai-beta") == (seed, ())


def test_dialects_without_a_table_are_refused_with_those_that_have_one(seed: Session) -> None:
    with pytest.raises(UsageError, match="from openai-beta to xai; there is one between openai-beta and openai-ga"):
        translate(seed, "xai")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"modalities": ["text", "audio"]}, {"output_modalities": ["audio"]}),
        ({"modalities": ["text"]}, {"output_modalities": ["text"]}),
        ({"voice": "alloy"}, {"audio": {"output": {"voice": "alloy"}}}),
        ({"input_audio_format": "pcm16"}, {"audio": {"input": {"format": {"type": "audio/pcm", "rate": 24000}}}}),
        ({"output_audio_format": "g711_ulaw"}, {"audio": {"output": {"format": {"type": "audio/pcmu"}}}}),
        ({"turn_detection": None}, {"audio": {"input": {"turn_detection": None}}}),
        ({"max_response_output_tokens": "inf"}, {"max_output_tokens": "inf"}),
        ({"instructions": "Be brief."}, {"instructions": "Be brief."}),
    ],
)
def test_a_setting_moves_to_its_place_of_today_and_back(old: dict[str, Any], new: dict[str, Any]) -> None:
    there = only(to_ga(("client", {"type": "session.update", "session": old})))["session"]
    assert there == {"type": "realtime", **new}
    assert only(to_beta(("client", {"type": "session.update", "session": there})))["session"] == old


def test_turn_detection_none_of_early_azure_is_null() -> None:
    event = ("client", {"type": "session.update", "session": {"turn_detection": {"type": "none"}}})
    assert only(to_ga(event))["session"]["audio"] == {"input": {"turn_detection": None}}


def test_an_item_of_the_client_is_added_and_done_at_once() -> None:
    item = {"id": "i", "object": "realtime.item", "type": "message", "status": "completed", "role": "user"}
    event = ("server", {"type": "conversation.item.created", "event_id": "e", "previous_item_id": None, "item": item})
    added, done = to_ga(event).session.events
    assert (added.type, done.type) == ("conversation.item.added", "conversation.item.done")
    assert "object" not in added.body["item"]
    assert added.body["event_id"] != done.body["event_id"]


def test_an_item_of_the_model_is_done_just_before_its_response_says_so() -> None:
    begun = {"id": "i", "type": "message", "status": "in_progress", "role": "assistant", "content": []}
    ended = {**begun, "status": "completed", "content": [{"type": "text", "text": "Hey"}]}
    translated = to_ga(
        ("server", {"type": "conversation.item.created", "event_id": "1", "previous_item_id": "u", "item": begun}),
        ("server", {"type": "response.text.delta", "event_id": "2", "item_id": "i", "delta": "Hey"}),
        ("server", {"type": "response.output_item.done", "event_id": "3", "item": ended}),
    ).session
    assert [event.type for event in translated.events] == [
        "conversation.item.added",
        "response.output_text.delta",
        "conversation.item.done",
        "response.output_item.done",
    ]
    done = translated.events[2].body
    assert (done["previous_item_id"], done["item"]["content"][0]["type"]) == ("u", "output_text")


def test_content_of_the_user_keeps_its_names() -> None:
    item = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Hi"}]}
    assert only(to_ga(("client", {"type": "conversation.item.create", "item": item})))["item"] == item


def test_an_item_of_the_beta_says_what_it_is() -> None:
    item = {
        "id": "i",
        "type": "message",
        "role": "assistant",
        "content": [{"type": "output_audio", "transcript": "Hey"}],
    }
    made = only(to_beta(("server", {"type": "conversation.item.added", "event_id": "e", "item": item})))
    assert made["type"] == "conversation.item.created"
    assert made["item"]["object"] == "realtime.item"
    assert made["item"]["content"] == [{"type": "audio", "transcript": "Hey"}]


def test_what_the_beta_never_had_is_left_out_and_told() -> None:
    translated = to_beta(
        ("server", {"type": "mcp_list_tools.in_progress", "event_id": "e", "item_id": "i"}),
        ("server", {"type": "conversation.item.done", "event_id": "e", "item": {"id": "i"}}),
    )
    assert translated.session.events == ()
    assert [loss.what for loss in translated.losses] == ["mcp_list_tools.in_progress"]


def test_what_today_requires_is_filled_in() -> None:
    name = "conversation.item.input_audio_transcription.completed"
    made = only(to_ga(("server", {"type": name, "event_id": "e", "item_id": "i", "transcript": "Hi"})))
    assert made["usage"] == {"type": "duration", "seconds": 0.0}


def test_a_response_of_today_says_how_it_was_made() -> None:
    configured = {"id": "sess_x", "modalities": ["text"], "voice": "alloy", "output_audio_format": "pcm16",
                  "max_response_output_tokens": "inf"}  # fmt: skip
    translated = to_ga(
        ("server", {"type": "session.created", "event_id": "1", "session": configured}),
        ("server", {"type": "response.created", "event_id": "2", "response": {"id": "r", "output": []}}),
    ).session
    assert translated.events[1].body["response"] == {
        "id": "r",
        "output": [],
        "metadata": None,
        "output_modalities": ["text"],
        "max_output_tokens": "inf",
        "audio": {"output": {"format": {"type": "audio/pcm", "rate": 24000}, "voice": "alloy"}},
        "conversation_id": "conv_x",
    }
