"""Configurations over time: one change is told once, where it begins."""

from dataclasses import replace
from typing import Any

from made_up import Line, Writer, session_of

from harness.diff import Comparison, compare

Body = dict[str, Any]


def talk(*updates: Body, opened: Body | None = None) -> list[Line]:
    """Return a session with a turn, then each update with another turn."""
    writer = Writer().opening()
    if opened:
        first = writer.lines[0]
        writer.lines[0] = replace(first, body={**first.body, "session": {**first.body["session"], **opened}})
    in_force = {**writer.lines[-1].body["session"]}
    writer.typed("First?", "One.")
    for number, update in enumerate(updates):
        writer.turn += 1
        writer.client("session.update", session={"type": "realtime", **update})
        in_force = {**in_force, **update}
        writer.server("session.updated", session=in_force)
        writer.typed(f"Then {number}?", f"And {number}.")
    return writer.lines


def told(comparison: Comparison) -> list[tuple[str, str, str]]:
    return [(change.kind, change.path, change.message) for change in comparison]


def test_what_was_asked_for_and_given_is_one_change() -> None:
    left, right = talk({"instructions": "Be brief."}), talk({"instructions": "Be long."})
    assert told(compare(session_of(left), session_of(right))) == [
        ("configuration", "update 2 / instructions", "Be [-brief-]{+long+}. (as requested)")
    ]


def test_a_difference_that_lasts_is_told_where_it_begins() -> None:
    later = {"max_output_tokens": 100}
    left, right = talk({"temperature": 0.6}, later), talk({"temperature": 0.9}, later)
    assert told(compare(session_of(left), session_of(right))) == [
        ("configuration", "update 2 / temperature", "0.6 → 0.9 (as requested)")
    ]


def test_what_the_server_does_by_itself_is_not_called_requested() -> None:
    comparison = compare(session_of(talk()), session_of(talk(opened={"model": "gpt-realtime-mini"})))
    assert ("configuration", "session / model", "gpt-realtime → gpt-realtime-mini") in told(comparison)


def test_a_missing_update_explains_what_it_would_have_set() -> None:
    update = {"temperature": 0.6}
    left = talk(update, {"max_output_tokens": 100})
    lines = talk({"max_output_tokens": 100})
    comparison = compare(session_of(left, stamped=False), session_of(lines, stamped=False))
    assert ("lifecycle", "update 2") in [(change.kind, change.path) for change in comparison]
    assert not [change for change in comparison if change.kind == "configuration"]


def test_a_tool_with_another_name_is_one_change() -> None:
    tool = {"type": "function", "name": "look_up", "parameters": {"type": "object", "properties": {"a": {}}}}
    left, right = talk({"tools": [tool]}), talk({"tools": [{**tool, "name": "find"}]})
    assert told(compare(session_of(left), session_of(right))) == [
        ("configuration", "update 2 / tools.look_up.name", "look_up → find (as requested)")
    ]


def test_another_kind_of_turn_detection_is_one_change() -> None:
    left = talk({"turn_detection": {"type": "server_vad", "threshold": 0.5}})
    right = talk({"turn_detection": {"type": "semantic_vad", "eagerness": "low"}})
    (change,) = compare(session_of(left), session_of(right))
    assert change.path == "update 2 / audio.input.turn_detection"


def test_an_update_after_another_turn_is_told() -> None:
    lines = talk({"temperature": 0.6})
    update = [line for line in lines if line.turn == 2 and line.body["type"].startswith("session")]
    rest = [line for line in lines if line not in update]
    first_turn = next(index for index, line in enumerate(rest) if line.turn == 1)
    other = [*rest[:first_turn], *update, *rest[first_turn:]]
    assert told(compare(session_of(lines, stamped=False), session_of(other, stamped=False))) == [
        ("lifecycle", "update 2", "comes before the first turn instead of after the beginning of turn 1")
    ]


def test_a_response_is_told_only_where_it_deviates_from_the_session() -> None:
    def voiced(voice: str) -> list[Line]:
        audio = {"audio": {"output": {"voice": voice}}}
        return [
            replace(line, body={**line.body, "response": {**line.body["response"], **audio}})
            if line.body["type"] in ("response.created", "response.done")
            else line
            for line in talk()
        ]

    assert told(compare(session_of(voiced("verse")), session_of(voiced("sage")))) == [
        ("configuration", "turn 1 / response 1 / audio.output.voice", "nothing → sage")
    ]
