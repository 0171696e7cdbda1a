"""The log the project started from, flattened and whole."""

from collections.abc import Callable

import pytest
import yaml
from log_places import FIXTURES, Reading

from harness.model import Entry

ReadText = Callable[..., Reading]
FILES = {"flat": FIXTURES / "recovery" / "seed-flat.txt", "whole": FIXTURES / "sessions" / "seed.yaml"}


@pytest.fixture(scope="module", params=sorted(FILES))
def seed(request: pytest.FixtureRequest, read_text: ReadText) -> list[Entry]:
    entries, problems = read_text(FILES[request.param].read_bytes())
    assert problems == []
    return entries


def body(entry: Entry) -> dict:
    assert isinstance(entry.content, dict)
    return entry.content


def test_it_has_32_entries_31_of_them_events(seed: list[Entry]) -> None:
    assert len(seed) == 32
    events = [entry for entry in seed if entry.content is not None]
    assert [sum(entry.side == side for entry in events) for side in ("client", "server")] == [2, 29]
    assert (seed[0].side, seed[0].label, seed[0].content) == ("system", "Connection established", None)


def test_turn_detection_keeps_its_type_and_the_session_its_format(seed: list[Entry]) -> None:
    session = body(seed[2])["session"]
    assert body(seed[2])["type"] == "session.created"
    assert session["turn_detection"] == {
        "type": "server_vad",
        "threshold": 0.5,
        "prefix_padding_ms": 300,
        "silence_duration_ms": 200,
    }
    assert session["input_audio_format"] == "pcm16"
    assert session["modalities"] == ["text", "audio"]
    assert session["max_response_output_tokens"] == "inf"
    assert session["expires_at"] == 1729159204
    assert session["tools"] == []


def test_the_usage_of_the_response_keeps_both_of_its_details_apart(seed: list[Entry]) -> None:
    response = body(seed[-1])["response"]
    assert response["usage"] == {
        "total_tokens": 16,
        "input_tokens": 0,
        "output_tokens": 16,
        "input_token_details": {"cached_tokens": 0, "text_tokens": 0, "audio_tokens": 0},
        "output_token_details": {"text_tokens": 16, "audio_tokens": 0},
    }
    assert response["output"][0]["content"] == [
        {"type": "text", "text": "Hey! I'm doing well, thanks for asking. How about you?"}
    ]


def test_every_delta_is_a_string(seed: list[Entry]) -> None:
    deltas = [body(entry)["delta"] for entry in seed if entry.content and "delta" in body(entry)]
    assert "".join(deltas) == "Hey! I'm doing well, thanks for asking. How about you?"
    assert "." in deltas


def test_an_empty_string_is_null_where_the_server_sent_null(seed: list[Entry]) -> None:
    assert body(seed[2])["session"]["input_audio_transcription"] is None
    assert body(seed[3])["previous_item_id"] is None
    assert body(seed[8])["item"]["content"] == [{"type": "input_audio", "transcript": None}]
    created = body(seed[9])["response"]
    assert (created["status_details"], created["usage"], created["output"]) == (None, None, [])
    assert body(seed[-1])["response"]["status_details"] is None
    # The part is announced with an empty text, which is one.
    assert body(seed[13])["part"] == {"type": "text", "text": ""}


def test_each_null_is_a_repair_at_its_line(seed: list[Entry]) -> None:
    repairs = [repair for entry in seed for repair in entry.repairs if repair.kind == "empty-string-is-null"]
    path = FILES["flat" if seed[0].place.line == 4 else "whole"]
    lines = path.read_text(encoding="utf-8").split("\n")
    assert len(repairs) == 6
    for repair in repairs:
        assert lines[repair.place.line - 1].strip() == repair.before


def test_stamps_keep_their_digits_and_their_zone(seed: list[Entry]) -> None:
    assert seed[0].stamp == "2024-10-17T11:45:04.9643482+02:00"
    assert seed[0].at_ns == 1729158304_964348200
    assert seed[-1].stamp == "2024-10-17T11:45:08.1055313+02:00"


def test_an_entry_stands_at_the_line_of_its_timestamp(seed: list[Entry]) -> None:
    path = FILES["flat" if seed[0].place.line == 4 else "whole"]
    lines = path.read_text(encoding="utf-8").split("\n")
    for entry in seed:
        assert lines[entry.place.line - 1] == f"timestamp: {entry.stamp}"


def test_both_give_the_same_events(read_text: ReadText) -> None:
    flat, whole = (read_text(FILES[name].read_bytes())[0] for name in ("flat", "whole"))
    assert [body(entry) for entry in flat if entry.content] == [body(entry) for entry in whole if entry.content]
    assert [list(body(entry)) for entry in flat if entry.content] == [
        list(body(entry)) for entry in whole if entry.content
    ]


def test_every_guess_about_the_flattened_seed_is_certain(read_text: ReadText) -> None:
    entries, _ = read_text(FILES["flat"].read_bytes())
    rebuilt = [repair for entry in entries for repair in entry.repairs if repair.kind == "indentation-rebuilt"]
    assert rebuilt
    assert {repair.confidence for repair in rebuilt} == {1.0}
    assert ("turn_detection", "/session/turn_detection (mapping)") in {
        (repair.after.split("/")[2].split(" ")[0], repair.after) for repair in rebuilt if "/session/" in repair.after
    }


def test_the_whole_log_reads_as_yaml_does_where_yaml_is_right(read_text: ReadText) -> None:
    entries, _ = read_text(FILES["whole"].read_bytes())
    documents = [one for one in yaml.safe_load_all(FILES["whole"].read_text(encoding="utf-8")) if one]
    assert [entry.label for entry in entries] == [document["message"] for document in documents]
    assert body(entries[-1])["response"]["usage"] == documents[-1]["content"]["response"]["usage"]
