"""What things name: which call a result answers, after which item an item is put."""

from dataclasses import replace
from typing import Any

from made_up import Line, Writer, session_of

from harness.diff import Comparison, compare


def two_calls(answered: int) -> list[Line]:
    """Return a session in which the model calls twice, and the one result answers the call of that number."""
    writer = Writer().opening()
    writer.turn = 1
    writer._create({"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Two, please."}]})
    writer.client("response.create")
    writer._response([("call", "Rome"), ("call", "Oslo")])
    calls = [line.body["call_id"] for line in writer.lines if line.body["type"].endswith("arguments.done")]
    writer._create({"type": "function_call_output", "call_id": calls[answered], "output": "sunny"})
    return writer.lines


def told(comparison: Comparison) -> list[tuple[str, str, str]]:
    return [(change.kind, change.path, change.message) for change in comparison]


def test_a_result_that_answers_another_call_is_told() -> None:
    comparison = compare(session_of(two_calls(0)), session_of(two_calls(1)))
    assert told(comparison) == [
        (
            "content",
            "turn 1 / input 2 / answers",
            "answers turn 1 / response 1 / item 1 → turn 1 / response 1 / item 2",
        )
    ]


def test_a_result_that_answers_nothing_known_is_told() -> None:
    def astray(line: Line) -> Line:
        item: Any = line.body.get("item")
        if isinstance(item, dict) and item["type"] == "function_call_output":
            return replace(line, body={**line.body, "item": {**item, "call_id": "call_of_nobody"}})
        return line

    comparison = compare(session_of(two_calls(0)), session_of(map(astray, two_calls(0))))
    assert told(comparison) == [
        ("content", "turn 1 / input 2 / answers", "answers turn 1 / response 1 / item 1 → something unknown")
    ]


def placed(after: str) -> list[Line]:
    """Return a session in which the client names its items, and puts the third after another one."""
    writer = Writer().opening()
    writer.turn = 1
    for name, previous in (("first", None), ("second", "first"), ("third", after)):
        content = [{"type": "input_text", "text": f"the {name}"}]
        item = {"id": name, "type": "message", "role": "user", "content": content}
        writer.client("conversation.item.create", item=item, previous_item_id=previous)
        writer.server("conversation.item.added", item={**item, "status": "completed"}, previous_item_id=previous)
    return writer.lines


def test_an_item_that_is_put_elsewhere_is_told() -> None:
    comparison = compare(session_of(placed("second")), session_of(placed("first")))
    assert told(comparison) == [
        ("content", "turn 1 / input 3 / after", "after turn 1 / input 2 → turn 1 / input 1")
    ]  # fmt: skip


def test_an_item_at_the_beginning_is_told() -> None:
    comparison = compare(session_of(placed("second")), session_of(placed("root")))
    assert told(comparison) == [
        ("content", "turn 1 / input 3 / after", "after turn 1 / input 2 → something unknown")
    ]  # fmt: skip


def test_what_follows_an_item_that_went_needs_no_telling() -> None:
    lines = placed("second")
    gone = [line for line in lines if "second" not in str(line.body.get("item", {}).get("id"))]
    moved_up = [
        replace(line, body={**line.body, "previous_item_id": "first"})
        if line.body.get("previous_item_id") == "second"
        else line
        for line in gone
    ]
    assert [change.path for change in compare(session_of(lines), session_of(moved_up))] == ["turn 1 / input 2"]


def committed(answer: str = "Yes.", events: tuple[str, ...] = ("committed", "added", "done")) -> list[Line]:
    """Return a session in which the client commits its audio by itself."""
    writer = Writer().opening()
    writer.turn = 1
    for _ in range(3):
        writer.client("input_audio_buffer.append", audio="AAAA" * 1600)
    writer.client("input_audio_buffer.commit")
    content = [{"type": "input_audio", "transcript": None}]
    item = {"id": "item_heard", "type": "message", "status": "completed", "role": "user", "content": content}
    if "committed" in events:
        writer.server("input_audio_buffer.committed", item_id="item_heard", previous_item_id=None)
    for kind in ("added", "done"):
        if kind in events:
            writer.server(f"conversation.item.{kind}", item=item, previous_item_id=None)
    writer.client("response.create")
    writer._response([("audio", answer)])
    return writer.lines


def test_a_commit_and_what_is_made_of_it_are_one_input() -> None:
    comparison = compare(session_of(committed()), session_of(committed(events=("added", "done")), stamped=False))
    assert told(comparison) == [
        ("lifecycle", "turn 1 / input 1", "`input_audio_buffer.committed` is missing")
    ]  # fmt: skip


def test_audio_of_another_length_is_told() -> None:
    lines = committed()
    shorter = [line for index, line in enumerate(lines) if index not in (3, 4)]
    assert {lines[index].body["type"] for index in (3, 4)} == {"input_audio_buffer.append"}
    comparison = compare(session_of(lines, stamped=False), session_of(shorter, stamped=False))
    assert told(comparison) == [("content", "turn 1 / input 1 / audio", "0.30 s at -96 dB → 0.10 s at -96 dB")]
