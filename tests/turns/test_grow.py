"""Which event belongs to which turn, response, item and part."""

from pathlib import Path
from typing import Any

import pytest
from made_up import Writer, session_of

from harness import api
from harness.protocol import dialects
from harness.turns.grow import grow
from harness.turns.nodes import Node, Tree

ROOT = Path(__file__).parents[2]
RECORDED = ROOT / ".." / "shared" / "corpus" / "sessions"


def tree_of(writer: Writer) -> Tree:
    return grow(dialects.get("openai-ga"), session_of(writer.lines).events)


def tree_of_log(path: Path) -> Tree:
    session = api.load(path)
    return grow(dialects.get(session.dialect), session.events)


def outline(tree: Tree) -> list[str]:
    """Return the turns with what is below them."""
    return [node.path for turn in tree.root.of("turn") for node in turn.walk()]


def letters(node: Node) -> list[str]:
    return [step.letter for step in node.steps]


def test_the_seed_is_one_turn_with_two_inputs_and_a_response() -> None:
    tree = tree_of_log(ROOT / "fixtures" / "sessions" / "seed.yaml")
    assert outline(tree) == [
        "turn 1",
        "turn 1 / input 1",
        "turn 1 / input 2",
        "turn 1 / response 1",
        "turn 1 / response 1 / item 1",
        "turn 1 / response 1 / item 1 / part 1",
    ]
    (turn,) = tree.root.of("turn")
    assert sorted(letters(turn.of("input")[1])) == [
        ">input_audio_buffer.append",
        "conversation.item.added",
        "input_audio_buffer.committed",
        "input_audio_buffer.speech_started",
        "input_audio_buffer.speech_stopped",
    ]
    part = turn.of("response")[0].of("item")[0].of("part")[0]
    assert letters(part) == [
        "response.content_part.added",
        "response.output_text.delta",
        "response.output_text.done",
        "response.content_part.done",
    ]
    assert len(part.steps[1].events) == 14


def test_every_event_has_a_place() -> None:
    writer = Writer().opening().typed("a?", "b.").spoken("c", "d.").called("e?", "Rome", "f.")
    tree = tree_of(writer)
    placed = [event.seq for node in tree.root.walk() for step in node.steps for event in step.events]
    assert sorted(placed) == list(range(len(writer.lines)))


def test_a_tool_result_belongs_to_the_turn_of_its_call() -> None:
    (turn,) = tree_of(Writer().opening().called("e?", "Rome", "f.")).root.of("turn")
    assert [len(turn.of(kind)) for kind in ("input", "response")] == [2, 2]  # type: ignore[arg-type]


def test_what_the_user_says_after_an_answer_opens_a_turn() -> None:
    tree = tree_of(Writer().opening().typed("a?", "b.").spoken("c", "d."))
    assert [len(turn.of("response")) for turn in tree.root.of("turn")] == [1, 1]


def test_who_speaks_before_the_answer_comes_opens_a_turn_and_keeps_the_answer_in_the_one_before() -> None:
    lines = Writer().opening().spoken("a", "b.").spoken("c", "d.").lines
    barge = next(i for i, line in enumerate(lines) if line.turn == 2 and "speech_started" in line.body["type"])
    created = next(i for i, line in enumerate(lines) if line.turn == 1 and line.body["type"] == "response.created")
    early = [*lines[:created], lines[barge], *lines[created:barge], *lines[barge + 1 :]]
    tree = grow(dialects.get("openai-ga"), session_of(early).events)
    first, second = tree.root.of("turn")
    assert [len(turn.of("response")) for turn in (first, second)] == [1, 1]
    assert "input_audio_buffer.speech_started" in letters(second.of("input")[0])


def test_an_error_belongs_to_what_it_refuses() -> None:
    writer = Writer().opening().typed("a?", "b.")
    writer.client("session.update", session={"voice": "x"}, event_id="mine")
    error: dict[str, Any] = {"type": "invalid_request_error", "code": "cannot_update_voice", "event_id": "mine"}
    writer.server("error", error=error)
    tree = tree_of(writer)
    (update,) = [node for node in tree.root.of("configuration") if node.of("error")]
    assert update.path == "update 2"


def test_an_event_of_no_known_type_has_a_place_too() -> None:
    writer = Writer().opening().typed("a?", "b.")
    writer.server("vendor.news", value=1)
    (turn,) = tree_of(writer).root.of("turn")
    assert letters(turn) == ["vendor.news"]


def test_an_empty_session_is_a_tree_without_children() -> None:
    assert grow(dialects.get("openai-ga"), []).root.children == []


@pytest.mark.skipif(not RECORDED.exists(), reason="the recorded sessions are not on this machine")
@pytest.mark.parametrize(
    ("name", "turns", "inputs", "responses"),
    [
        ("openai_ws__tool_call_round", 1, 2, 2),
        ("azure_ws__tool_call_round", 1, 2, 2),
        ("azure_voice_live_ws__tool_call_round", 1, 2, 2),
        ("xai_ws__tool_call_round", 1, 2, 2),
        ("openai_ws__message_history_seeding", 1, 3, 1),
        ("openai_ws__audio_in_server_vad_turn", 1, 1, 1),
        ("xai_ws__audio_in_server_vad_turn", 1, 1, 1),
    ],
)
def test_a_script_has_the_same_outline_at_every_provider(name: str, turns: int, inputs: int, responses: int) -> None:
    tree = tree_of_log(RECORDED / f"{name}.yaml")
    found = tree.root.of("turn")
    assert len(found) == turns
    assert sum(len(turn.of("input")) for turn in found) == inputs
    assert sum(len(turn.of("response")) for turn in found) == responses
