"""Edits of made-up sessions: each has one meaning, which a diff must tell as one change."""

import copy
from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

from made_up import Line, Writer

from harness.model import Change

Lines = list[Line]


class Edit(NamedTuple):
    """One edit of one turn."""

    name: str
    turn: int
    """From 1, as it is numbered in the left session."""
    kind: str
    """The kind of change that must be told."""
    path: str
    """What the path of the change must begin with."""
    apply: Callable[[Lines], Lines]

    def explains(self, change: Change) -> bool:
        """Tell whether a change is this edit."""
        return change.kind == self.kind and change.path.startswith(self.path)

    def __repr__(self) -> str:
        return f"{self.name} in turn {self.turn}"


def of_turn(lines: Lines, turn: int) -> list[int]:
    return [index for index, line in enumerate(lines) if line.turn == turn]


def _changed(lines: Lines, turn: int, change: Callable[[Any, str], Any]) -> Lines:
    """Return lines with every string in the bodies of a turn changed; `change` is given the value and its key."""

    def inner(value: Any, key: str) -> Any:
        if isinstance(value, dict):
            return {name: inner(member, name) for name, member in value.items()}
        if isinstance(value, list):
            return [inner(member, key) for member in value]
        return change(value, key)

    return [replace(line, body=inner(line.body, "")) if line.turn == turn else line for line in lines]


def _worded(old: str, new: str) -> Callable[[Any, str], Any]:
    keys = ("delta", "text", "transcript", "arguments")
    return lambda value, key: value.replace(old, new) if key in keys and isinstance(value, str) else value


def reworded_answer(turn: int, word: str) -> Edit:
    """Let the model say another word, in its deltas and in all that repeats them."""
    path = f"turn {turn} / response"
    return Edit("answer reworded", turn, "content", path, lambda lines: _changed(lines, turn, _worded("answer", word)))


def reworded_question(turn: int, word: str) -> Edit:
    """Let the user say another word."""
    path = f"turn {turn} / input 1"
    change = _worded("question", word)
    return Edit("question reworded", turn, "content", path, lambda lines: _changed(lines, turn, change))


def other_city(turn: int) -> Edit:
    """Let the model call the tool with another argument: in the deltas it stands in pieces, and is written anew."""

    def apply(lines: Lines) -> Lines:
        made = []
        for line in lines:
            body = line.body
            if line.turn == turn and body["type"] == "response.function_call_arguments.delta":
                first = body["delta"].startswith("{")
                if not first:
                    continue
                body = {**body, "delta": '{"city": "Oslo", "days": 2}'}
            made.append(replace(line, body=body))
        return _changed(made, turn, lambda value, key: _oslo(value) if key == "arguments" else value)

    return Edit("argument changed", turn, "content", f"turn {turn} / response 1 / item 1 / arguments.city", apply)


def _oslo(arguments: str) -> str:
    return '{"city": "Oslo", "days": 2}' if arguments else arguments


def dropped(turn: int, nth: int) -> Edit:
    """Leave out one event of a turn that is not a piece of something."""

    def apply(lines: Lines) -> Lines:
        heads = [i for i in of_turn(lines, turn) if not _is_piece(lines[i])]
        gone = heads[nth % len(heads)]
        return [line for index, line in enumerate(lines) if index != gone]

    return Edit(f"event {nth} dropped", turn, "lifecycle", f"turn {turn}", apply)


def doubled(turn: int, nth: int) -> Edit:
    """Let one server event of a turn come twice."""

    def apply(lines: Lines) -> Lines:
        heads = [i for i in of_turn(lines, turn) if not _is_piece(lines[i]) and lines[i].side == "server"]
        twice = heads[nth % len(heads)]
        return [*lines[: twice + 1], lines[twice], *lines[twice + 1 :]]

    return Edit(f"event {nth} doubled", turn, "lifecycle", f"turn {turn}", apply)


def _is_piece(line: Line) -> bool:
    return line.body["type"].endswith((".delta", "input_audio_buffer.append"))


def slowed(turn: int, response: bool = True) -> Edit:
    """Let everything from the creation of the turn's first response on come two seconds later."""

    def apply(lines: Lines) -> Lines:
        created = next((i for i in of_turn(lines, turn) if lines[i].body["type"] == "response.created"), None)
        if created is None:
            return lines
        return [replace(line, at_ms=line.at_ms + 2000) if i >= created else line for i, line in enumerate(lines)]

    return Edit("response created late", turn, "timing", f"turn {turn} / response 1", apply)


def more_tokens(turn: int) -> Edit:
    """Let the turn's first response use more tokens."""

    def apply(lines: Lines) -> Lines:
        lines = copy.deepcopy(lines)
        done = next((i for i in of_turn(lines, turn) if lines[i].body["type"] == "response.done"), None)
        if done is not None:
            lines[done].body["response"]["usage"].update(output_tokens=90, total_tokens=190)
        return lines

    return Edit("more tokens used", turn, "usage", f"turn {turn} / response 1", apply)


def cut_short(turn: int) -> Edit:
    """Let the turn's first response end as incomplete, its items with it."""

    def apply(lines: Lines) -> Lines:
        lines = copy.deepcopy(lines)
        for index in of_turn(lines, turn):
            body = lines[index].body
            if body["type"] == "response.done":
                body["response"]["status"] = "incomplete"
                for item in body["response"]["output"]:
                    item["status"] = "incomplete"
                return lines
            if body["type"] in ("response.output_item.done", "conversation.item.done") and _is_output(body):
                body["item"]["status"] = "incomplete"
        return lines

    return Edit("response incomplete", turn, "lifecycle", f"turn {turn} / response 1", apply)


def _is_output(body: dict[str, Any]) -> bool:
    return body["item"].get("role") == "assistant" or body["item"]["type"] == "function_call"


def refused(turn: int) -> Edit:
    """Let the server send an error at the end of a turn."""

    def apply(lines: Lines) -> Lines:
        indices = of_turn(lines, turn)
        last = lines[indices[-1]]
        error = {"type": "invalid_request_error", "code": "unknown_parameter", "message": "no", "event_id": None}
        body = {"type": "error", "event_id": f"event_error_{turn}", "error": error}
        made = Line("server", body, last.at_ms + 1, turn)
        return [*lines[: indices[-1] + 1], made, *lines[indices[-1] + 1 :]]

    return Edit("error", turn, "lifecycle", f"turn {turn}", apply)


def removed(turn: int) -> Edit:
    """Leave a whole turn out; what follows comes as soon after as it did."""

    def apply(lines: Lines) -> Lines:
        indices = of_turn(lines, turn)
        gone_ms = lines[indices[-1]].at_ms - lines[indices[0] - 1].at_ms
        return [
            replace(line, at_ms=line.at_ms - gone_ms) if index > indices[-1] else line
            for index, line in enumerate(lines)
            if line.turn != turn
        ]

    return Edit("turn removed", turn, "lifecycle", f"turn {turn}", apply)


def inserted(turn: int) -> Edit:
    """Insert a turn after one; what follows comes as much later as it takes."""

    def apply(lines: Lines) -> Lines:
        last = of_turn(lines, turn)[-1]
        writer = Writer()
        writer.turn = 1000 + turn
        writer.typed(f"Something else entirely {turn}?", "Certainly nobody expected that.")
        made = [
            replace(line, body=_other_ids(line.body, turn), at_ms=lines[last].at_ms + line.at_ms)
            for line in writer.lines
        ]
        took = writer.lines[-1].at_ms
        moved = [replace(line, at_ms=line.at_ms + took) for line in lines[last + 1 :]]
        return [*lines[: last + 1], *made, *moved]

    return Edit("turn inserted", turn, "lifecycle", "turn", apply)


def _other_ids(value: Any, turn: int) -> Any:
    if isinstance(value, dict):
        return {
            key: f"{member}_of_{turn}"
            if isinstance(member, str) and (key == "id" or key.endswith("_id"))
            else _other_ids(member, turn)
            for key, member in value.items()
        }
    return [_other_ids(member, turn) for member in value] if isinstance(value, list) else value


def other_voice() -> Edit:
    """Let the client ask for another voice, and get it."""

    def apply(lines: Lines) -> Lines:
        return _changed(lines, 0, lambda value, key: "sage" if value == "verse" else value)

    return Edit("voice changed", 0, "configuration", "update 1 / audio.output.voice", apply)


def other_default() -> Edit:
    """Let the server start from another threshold of voice activity, throughout."""

    def apply(lines: Lines) -> Lines:
        return _changed(lines, 0, lambda value, key: 0.7 if key == "threshold" else value)

    return Edit("default changed", 0, "configuration", "session / audio.input.turn_detection.threshold", apply)


def moved(turn: int) -> Edit:
    """Let a turn come after the next one."""

    def apply(lines: Lines) -> Lines:
        own, following = of_turn(lines, turn), of_turn(lines, turn + 1)
        start, middle, end = own[0], following[0], following[-1] + 1
        before = lines[start - 1].at_ms
        first, second = lines[middle:end], lines[start:middle]
        sooner = lines[middle - 1].at_ms - before
        later = lines[end - 1].at_ms - lines[middle - 1].at_ms
        return [
            *lines[:start],
            *(replace(line, at_ms=line.at_ms - sooner) for line in first),
            *(replace(line, at_ms=line.at_ms + later) for line in second),
            *lines[end:],
        ]

    return Edit("turn moved", turn, "lifecycle", f"turn {turn}", apply)


def swapped(turn: int, first: str, second: str) -> Edit:
    """Let two events of a turn, one after the other, change places; the stamps stay."""

    def apply(lines: Lines) -> Lines:
        types = {lines[index].body["type"]: index for index in of_turn(lines, turn)}
        if not {first, second} <= types.keys():
            return lines
        one, other = types[first], types[second]
        lines = list(lines)
        lines[one], lines[other] = (
            replace(lines[other], at_ms=lines[one].at_ms),
            replace(lines[one], at_ms=lines[other].at_ms),
        )
        return lines

    return Edit(f"{first} and {second} swapped", turn, "lifecycle", f"turn {turn}", apply)
