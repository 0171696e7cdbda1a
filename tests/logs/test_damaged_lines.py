"""Damage to a line of an entry is told at that line, and spoils neither the fields beside it nor the entries around."""

from collections.abc import Callable, Iterator

import pytest
from log_places import FIXTURES, Reading

ReadText = Callable[..., Reading]
STAMP = "2024-10-17T11:45:04.9643482+02:00"
HEAD = f"---\ntimestamp: {STAMP}\nsender: server\nmessage: m\ncontent:\n"
GOOD = f"{HEAD}type: response.cancel\n"
EVENT = {
    "type": "conversation.item.created",
    "event_id": "event_1",
    "previous_item_id": "item_0",
    "item": {"id": "item_1", "object": "realtime.item", "type": "message", "status": "completed", "role": "user"},
}
FLAT = """type: conversation.item.created
event_id: event_1
previous_item_id: item_0
item:
id: item_1
object: realtime.item
type: message
status: completed
role: user
"""
FIRST = 6
"""The line of the file on which the event begins."""
LOGS = {"flattened": FIXTURES / "recovery" / "seed-flat.txt", "indented": FIXTURES / "sessions" / "seed.yaml"}


def read_damaged(read_text: ReadText, event: str) -> tuple[object, list[tuple[str, int]]]:
    """Return the event between two good ones, and what was told."""
    entries, problems = read_text(HEAD + event + GOOD)
    assert entries[-1].content == {"type": "response.cancel"}
    return entries[0].content, [(problem.code, problem.place.line) for problem in problems]


@pytest.mark.parametrize("line", range(9))
def test_a_line_that_stands_twice_is_told_and_read_once(line: int, read_text: ReadText) -> None:
    lines = FLAT.splitlines(keepends=True)
    event, told = read_damaged(read_text, "".join([*lines[: line + 1], *lines[line:]]))
    assert event == EVENT
    assert told == [("LOG105", FIRST + line + 1)]


@pytest.mark.parametrize("line", range(9))
def test_a_field_without_its_colon_is_told_and_read_where_its_name_belongs(line: int, read_text: ReadText) -> None:
    lines = FLAT.splitlines(keepends=True)
    lines[line] = lines[line].replace(":", "", 1)
    event, told = read_damaged(read_text, "".join(lines))
    assert (FIRST + line) in [number for _, number in told]
    assert event == EVENT or line == 0  # without its type there is no schema to know the names by


def test_a_key_with_another_value_is_told_and_the_first_value_is_kept(read_text: ReadText) -> None:
    event, told = read_damaged(read_text, FLAT.replace("event_1\n", "event_1\nevent_id: event_2\n"))
    assert event == EVENT
    assert told == [("LOG105", FIRST + 2)]


@pytest.mark.parametrize("line", range(10))
def test_a_strange_line_is_told_and_left_out(line: int, read_text: ReadText) -> None:
    lines = FLAT.splitlines(keepends=True)
    event, told = read_damaged(read_text, "".join([*lines[:line], "xyzzy plugh\n", *lines[line:]]))
    assert told == [("LOG110", FIRST + line)]
    assert event == EVENT


def test_a_list_on_one_line_is_a_list(read_text: ReadText) -> None:
    event, told = read_damaged(read_text, "type: session.update\nsession:\nmodalities: [text, 'audio']\nvoice: ash\n")
    assert event == {"type": "session.update", "session": {"modalities": ["text", "audio"], "voice": "ash"}}
    assert told == []


def test_a_line_that_lost_its_indentation_alone_is_read_where_it_belongs(read_text: ReadText) -> None:
    event, told = read_damaged(read_text, "  type: response.cancel\nevent_id: e\n  response_id: r\n")
    assert event == {"type": "response.cancel", "event_id": "e", "response_id": "r"}
    assert told == [("LOG110", FIRST + 1)]


@pytest.mark.parametrize("behind", ["[unclosed {", "{", "Hello: there", "Hello"])
def test_what_stands_broken_behind_content_is_told_and_the_event_below_is_read(
    behind: str, read_text: ReadText
) -> None:
    entries, problems = read_text(HEAD.replace("content:", f"content: {behind}") + "  type: response.cancel\n" + GOOD)
    assert [entry.content for entry in entries] == [{"type": "response.cancel"}] * 2
    assert [(problem.code, problem.place.line) for problem in problems] == [("LOG104", FIRST - 1)]
    assert behind in problems[0].message


def test_an_event_that_begins_behind_content_and_goes_on_below_is_read(read_text: ReadText) -> None:
    entries, problems = read_text(HEAD.replace("content:", "content: {type: response.cancel,") + "  event_id: e}\n")
    assert [entry.content for entry in entries] == [{"type": "response.cancel", "event_id": "e"}]
    assert problems == []


@pytest.mark.parametrize("body", ["type: response.cancel\n", "  type: response.cancel\n"])
def test_content_that_stands_twice_is_told(body: str, read_text: ReadText) -> None:
    event, told = read_damaged(read_text, f"content:\n{body}")
    assert event == {"type": "response.cancel"}
    assert told == [("LOG105", FIRST)]


def damaged(lines: list[str], number: int) -> Iterator[tuple[str, list[str]]]:
    line = lines[number]
    yield "a strange line before it", [*lines[:number], "xyzzy plugh", *lines[number:]]
    yield "without its colon", [*lines[:number], line.replace(":", "", 1), *lines[number + 1 :]]
    if not line.lstrip().startswith("-"):  # two equal items of a list are two items
        yield "twice", [*lines[: number + 1], *lines[number:]]


@pytest.mark.slow
@pytest.mark.parametrize("log", LOGS)
def test_no_damage_to_a_line_of_the_seed_is_silent(log: str, read_text: ReadText) -> None:
    lines = LOGS[log].read_text(encoding="utf-8").split("\n")
    starts = [entry.place.line for entry in read_text("\n".join(lines))[0]]
    before = "\n".join(lines[starts[0] - 1 : starts[1] - 2])
    silent = []
    for first, last in zip(starts[1:], [*starts[2:], len(lines) + 2], strict=True):
        entry = lines[first - 1 : last - 2]
        for number in (number for number, line in enumerate(entry) if ":" in line):
            for how, changed in damaged(entry, number):
                _, problems = read_text("\n---\n".join((before, "\n".join(changed), before)) + "\n")
                if not problems:
                    silent.append((how, first + number, entry[number]))
    # A line of prose after a long line of text may well be its next line.
    assert [one for one in silent if one[0] != "a strange line before it"] == []
    assert len(silent) <= 1
