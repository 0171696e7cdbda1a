"""The thinner shapes: frames, archives, lists of names, compressed logs."""

import gzip
import io
import json
from collections.abc import Callable

import pytest
from log_places import Reading

from harness.errors import UnreadableError
from harness.logs import all_shapes
from harness.model import Entry

ReadText = Callable[..., Reading]

CREATED = {"type": "session.created", "event_id": "event_1", "session": {"id": "sess_1"}}
CREATE = {"type": "response.create"}


def seen(entries: list[Entry]) -> list[tuple[str, object]]:
    return [(entry.side, entry.content) for entry in entries]


def test_each_shape_is_found_by_its_name() -> None:
    assert set(all_shapes()) == {"yaml", "jsonl", "cassette", "objects", "frames", "har", "names"}


def test_a_log_of_frames_gives_events_and_notes_with_their_times(read_text: ReadText) -> None:
    text = (
        "# one line per frame\n"
        f"1344.1  S>C  TEXT  230 B  {json.dumps(CREATED)}\n"
        f"1345.25  C>S  TEXT  30 B  {json.dumps(CREATE)}\n"
        "1350  C>S  PING  0 B\n"
        "1360.5  S>C  CLOSE  12 B  3000 invalid_request_error\n"
    )
    entries, problems = read_text(text)
    assert problems == []
    assert seen(entries) == [("server", CREATED), ("client", CREATE), ("system", None), ("system", None)]
    assert [entry.at_ns for entry in entries] == [1344_100000, 1345_250000, 1350_000000, 1360_500000]
    assert entries[3].label == "server CLOSE 3000 invalid_request_error"


def test_a_frame_whose_payload_is_lost_is_a_problem(read_text: ReadText) -> None:
    entries, problems = read_text('1.0 S>C TEXT 9 B not json\n2.0 S>C TEXT 9 B {"type": "response.done", "a": \n')
    assert [problem.code for problem in problems] == ["LOG114", "LOG111"]
    assert seen(entries) == [("system", None), ("server", {"type": "response.done"})]


@pytest.mark.parametrize("indent", [None, 1])
def test_an_archive_gives_the_messages_of_its_sockets(indent: int | None, read_text: ReadText) -> None:
    messages = [
        {"type": "receive", "time": 1734978394.2, "opcode": 1, "data": json.dumps(CREATED)},
        {"type": "send", "time": 1734978394.123456, "opcode": 1, "data": json.dumps(CREATE)},
        {"type": "send", "time": 1734978395, "opcode": 2, "data": "AAEC"},
    ]
    entries = [
        {"request": {"url": "https://x"}},
        {"_webSocketMessages": messages},
        {"_webSocketMessages": messages[:1]},
    ]
    archive = json.dumps({"log": {"version": "1.2", "entries": entries}}, indent=indent)
    read_entries, problems = read_text(archive)
    assert seen(read_entries) == [("server", CREATED), ("client", CREATE), ("system", None), ("server", CREATED)]
    assert [entry.at_ns for entry in read_entries[:3]] == [
        1734978394_200000000,
        1734978394_123456000,
        1734978395_000000000,
    ]
    assert [problem.code for problem in problems] == ["LOG114"]


def test_names_alone_are_events_without_content(read_text: ReadText) -> None:
    text = (
        "This is what I see:\n"
        "1. session.created\n"
        "2. → session.update\n"
        "- input_audio_buffer.speech_started, input_audio_buffer.speech_stopped\n"
        "* response.audio.delta x 3\n"
        "response.created -> response.done\n"
    )
    entries, _ = read_text(text)
    assert [entry.content["type"] for entry in entries] == [
        "session.created",
        "session.update",
        "input_audio_buffer.speech_started",
        "input_audio_buffer.speech_stopped",
        *["response.audio.delta"] * 3,
        "response.created",
        "response.done",
    ]
    assert {entry.side for entry in entries} == {"server", "client"}
    assert all(entry.repairs[-1].kind == "name-only" for entry in entries)
    assert entries[3].place[1:] == (4, 38)


def test_the_console_of_the_realtime_demo_is_read(read_text: ReadText) -> None:
    text = "00:00.1\nclient\nsession.update\n00:00.4\nserver\nsession.updated\n"
    text += "00:02.5\nclient\ninput_audio_buffer.append (4)\n"
    entries, _ = read_text(text)
    assert [(entry.side, entry.content["type"], entry.at_ns) for entry in entries] == [
        ("client", "session.update", 100_000_000),
        ("server", "session.updated", 400_000_000),
        *[("client", "input_audio_buffer.append", 2_500_000_000)] * 4,
    ]


def test_compressed_logs_are_read_as_they_are(read_text: ReadText) -> None:
    text = json.dumps(CREATED) + "\n" + json.dumps(CREATE)
    assert seen(read_text(gzip.compress(text.encode()))[0]) == [("server", CREATED), ("client", CREATE)]


def test_a_damaged_archive_says_so(read_text: ReadText) -> None:
    packed = gzip.compress((json.dumps(CREATED) + "\n").encode() * 10_000)
    with pytest.raises(UnreadableError, match="the compressed log is damaged"):
        read_text(packed[: len(packed) // 2])


def test_logs_compressed_with_zstd_are_read(read_text: ReadText) -> None:
    zstandard = pytest.importorskip("zstandard", reason="zstandard is not installed")
    packed = io.BytesIO()
    with zstandard.ZstdCompressor().stream_writer(packed, closefd=False) as writer:
        writer.write(json.dumps(CREATED).encode())
    assert seen(read_text(packed.getvalue())[0]) == [("server", CREATED)]
