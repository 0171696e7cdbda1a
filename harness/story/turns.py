"""Tells each turn in a line: who spoke and how long, what was answered, by what, how it ended and what it cost."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from harness.measure.figures import Figure, Row, Stats
from harness.measure.recording import APPEND, COMMITTED, STARTED, STOPPED, Recording, event, steps
from harness.measure.rows import unanswered
from harness.model import Event, Place
from harness.story.words import at, quoted, reason, said, seconds
from harness.turns.nodes import Node

FEW = 3
"""So many things that were said before one answer are told; more are counted."""
TIMEOUT = "input_audio_buffer.timeout_triggered"
CREATE = ">response.create"
PARTS = {"output_text": "text", "output_audio": "audio", "input_text": "text", "input_audio": "audio"}
ROLES = {"user": "user typed", "system": "system text", "assistant": "assistant's text in the history"}


@dataclass(frozen=True, slots=True)
class Turn:
    """One answer and what it answers, or what nobody answered."""

    label: str
    place: Place | None
    heard: str
    """Who said what, and how long."""
    answer: str
    """What was answered, empty for nothing."""
    by: str
    """What called for the answer."""
    ended: str
    """How it ended, with the reason."""
    wait: Figure | None
    """From the end of speech, or from what called for it, to its first delta, in ms; None where that does not apply."""
    cost: Figure | None


def turns(recording: Recording, figures: Stats) -> list[Turn]:
    """Return the turns in the order of the log; one with several answers has a line for each."""
    rows = {row.label: row for row in figures.rows}
    return [one for turn in recording.tree.root.of("turn") for one in _turn(recording, turn, rows)]


def _turn(recording: Recording, turn: Node, rows: dict[str, Row]) -> Iterator[Turn]:
    inputs, responses = turn.of("input"), turn.of("response")
    sent_back = recording.results
    results = {node: node.value("answers") for node in inputs}
    if not responses:
        yield Turn(str(turn.number), turn.place, _heard(inputs), "", "", unanswered(recording), None, None)
    for number, response in enumerate(responses, 1):
        label = f"{turn.number}.{number}" if len(responses) > 1 else str(turn.number)
        earlier = responses[number - 2] if number > 1 else None
        mine = [node for node in inputs if _belongs(results[node], earlier, sent_back)]
        heard = [node for node in mine if isinstance(results[node], Node) == (number > 1)]
        place = heard[0].place if heard else response.place
        yield _told(label, place, _heard(heard), recording, response, rows[label])


def _belongs(call: object, earlier: Node | None, sent_back: Mapping[Node, Event]) -> bool:
    """Tell whether an input is answered by the response after `earlier`: a result follows the call's response."""
    return not isinstance(call, Node) or (call.parent is earlier and call in sent_back)


def _told(label: str, place: Place | None, heard: str, recording: Recording, response: Node, row: Row) -> Turn:
    why = reason(response)
    ended = f"{row.status}: {quoted(why, 90) if ' ' in why else why}" if why else row.status
    answer = " + ".join(_answers(response, row))
    return Turn(label, place, heard, answer, called_by(response), ended, _wait(row), row.figures.get("cost"))


def _wait(row: Row) -> Figure | None:
    known = row.figures.get("first_answer")
    created, first = row.figures.get("created"), row.figures.get("first_delta")
    if known is not None or created is None or first is None:
        return known or first
    if created.value is None or first.value is None:
        return created if created.value is None else first
    return Figure(created.value + first.value, first.place)


def called_by(response: Node) -> str:
    """Return what called for an answer."""
    asked = response.asked
    if asked is None:
        return "nothing in the log"
    if asked.side == "client":
        return f"{asked.type}, {at(asked.place)}"
    inputs = response.parent.of("input") if response.parent is not None else []
    spoken = any(event(node, STOPPED) is not None and event(node, COMMITTED) is asked for node in inputs)
    return "voice activity" if spoken else f"the commit, {at(asked.place)}"


# -- What was said --


def _heard(inputs: list[Node]) -> str:
    told = [heard(node) for node in inputs]
    more = [f"{len(told) - FEW} more"] if len(told) > FEW else []
    return " + ".join([*told[:FEW], *more])


def heard(node: Node) -> str:
    """Return who said something, how long and what."""
    words, kind = said(node), node.value("type")
    if kind == "function_call_output":
        return f"tool result {quoted(str(node.value('output') or ''))}"
    if event(node, TIMEOUT) is not None:
        return "silence, which the idle timeout made a turn"
    if is_spoken(node):
        return f"user spoke{_length(node)} {quoted(words) if words else '(no transcript)'}"
    role = str(node.value("role") or "")
    if kind in ("message", None):
        return f"{ROLES.get(role, role or 'somebody')} {quoted(words) if words else '(nothing that can be read)'}"
    return str(kind)


def is_spoken(node: Node) -> bool:
    """Tell whether an input was spoken."""
    if any(steps(node, letter) for letter in (STARTED, STOPPED, COMMITTED, APPEND)):
        return True
    return any(part.value("type") == "input_audio" or part.value("transcript") for part in node.of("part"))


def _length(node: Node) -> str:
    start, end = node.value("audio_start_ms"), node.value("audio_end_ms")
    if isinstance(start, int | float) and isinstance(end, int | float):
        return f" {seconds(end - start)}"
    return " (and goes on)" if event(node, STARTED) is not None and event(node, STOPPED) is None else ""


# -- What was answered --


def _answers(response: Node, row: Row) -> Iterator[str]:
    """Yield what an answer consists of, its items one by one."""
    for item in response.of("item"):
        kind = item.value("type")
        if kind == "function_call":
            yield f"call of {item.value('name') or 'a tool'}({_brief(item.value('arguments'))})"
        elif kind in ("message", None):
            parts = item.of("part")
            yield from (_part(part, row, len(response.of("item")) == 1) for part in parts)
            if not parts and item.steps:
                yield "an empty message"
        else:
            yield str(kind)


def _brief(value: object) -> str:
    text = " ".join(value.split()) if isinstance(value, str) else ""
    return text if len(text) <= FEW * 16 else f"{text[: FEW * 16]}…"


def _part(part: Node, row: Row, alone: bool) -> str:
    kind = PARTS.get(str(part.value("type")), "") or ("audio" if part.value("transcript") else "text")
    words, made = said(part), row.value("made")
    length = f" {seconds(made)}" if kind == "audio" and made is not None and alone else ""
    return f"{kind}{length} {quoted(words)}" if words else f"{kind}{length} (no words)"
