"""What was in force, and where each value came from."""

import copy
from typing import Any

from made_up import Writer
from stories import line_of, refuse, said, story_of

from harness.story.settings import Setting, covers


def found(writer: Writer, name: str) -> Setting:
    return next(one for one in story_of(writer).settings if one.name == name)


def test_what_nobody_asked_for_is_the_default_of_the_opening() -> None:
    writer = Writer().opening()
    setting = found(writer, "turn detection")
    assert setting.origin == "default"
    assert setting.value == {
        "type": "server_vad",
        "threshold": 0.5,
        "prefix_padding_ms": 300,
        "silence_duration_ms": 200,
    }
    assert [place.line for place in setting.places] == [line_of(writer, "session.created")]


def test_what_was_asked_for_and_told_is_confirmed() -> None:
    writer = Writer().opening()
    setting = found(writer, "voice")
    assert (setting.value, setting.asked, setting.origin) == ("verse", "verse", "confirmed")
    lines = [place.line for place in setting.places]
    assert lines == [line_of(writer, "session.update"), line_of(writer, "session.updated")]


def test_what_was_told_otherwise_than_asked_is_both() -> None:
    writer = Writer().opening()
    writer.lines[-1].body["session"]["audio"]["output"]["voice"] = "alloy"
    setting = found(writer, "voice")
    assert (setting.value, setting.asked, setting.origin) == ("alloy", "verse", "otherwise")
    assert "audio.output.voice: verse was asked for, and alloy is in force" in said(writer, "update")


def test_an_update_that_is_refused_changes_nothing() -> None:
    writer = Writer().opening()
    writer.lines.pop()
    refuse(writer, code="string_above_max_length", param="session.tools[0].description", message="Too long.")
    setting = found(writer, "voice")
    assert (setting.value, setting.asked, setting.origin) == ("alloy", "verse", "refused")
    answer = said(writer, "update")
    assert f"refused whole at line {line_of(writer, 'error')}: Too long." in answer
    assert "type, instructions, audio, tools" in answer


def test_an_update_that_nothing_answers_is_not_confirmed() -> None:
    writer = Writer().opening()
    writer.lines.pop()
    assert found(writer, "instructions").origin == "unconfirmed"
    assert "was not answered in this log" in said(writer, "update")


def test_what_the_server_changes_by_itself_is_told_so() -> None:
    writer = Writer().opening()
    session = copy.deepcopy(writer.lines[-1].body["session"])
    session["audio"]["input"]["turn_detection"] = None
    writer.server("session.updated", session=session)
    setting = found(writer, "turn detection")
    assert (setting.value, setting.told, setting.origin) == (None, True, "server")


def test_an_empty_text_keeps_the_servers_own() -> None:
    writer = Writer().opening()
    writer.lines[1].body["session"]["instructions"] = ""
    writer.lines[-1].body["session"]["instructions"] = "Be kind and brief."
    assert found(writer, "instructions").origin == "otherwise"
    assert "an empty text keeps the server's own" in said(writer, "update")


def test_modalities_of_the_beta_are_told_as_they_were_said() -> None:
    writer = Writer()
    writer.server("session.created", session={"id": "sess_1", "modalities": ["text", "audio"], "voice": "alloy"})
    assert found(writer, "modalities").value == ["text", "audio"]


def test_what_is_given_may_say_more_than_what_was_asked() -> None:
    pairs: list[tuple[Any, Any, bool]] = [
        ({"type": "server_vad"}, {"type": "server_vad", "threshold": 0.5}, True),
        ({"type": "server_vad", "threshold": None}, {"type": "server_vad"}, True),
        ({"type": "semantic_vad"}, {"type": "server_vad"}, False),
        (["text", "audio"], ["audio", "text"], True),
        (["audio"], ["audio", "text"], False),
        (None, None, True),
        (None, {"type": "server_vad"}, False),
        ("", "", True),
        ([], [], True),
    ]
    for asked, given, expected in pairs:
        assert covers(asked, given) is expected, (asked, given)
