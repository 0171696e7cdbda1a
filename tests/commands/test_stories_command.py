"""`harness explain`, `harness stats` and `harness audio` as a user runs them."""

import csv
import json
import wave
from io import StringIO
from pathlib import Path

import pytest
from command_line import Run

ROOT = Path(__file__).parents[2]
MONDAY, TUESDAY = (ROOT / "fixtures" / "diff" / f"{day}.yaml" for day in ("monday", "tuesday"))
PASTED = ROOT / ".." / "shared" / "corpus" / "pasted"


# -- explain --


def test_explain_tells_each_turn_in_a_line(command: Run, seed: Path) -> None:
    outcome = command("explain", seed)
    assert outcome.code == 0 and not outcome.err
    (turn,) = [line for line in outcome.lines if line.startswith("  1  ")]
    for piece in ("system text “You are a helpful", "user spoke 1.6 s", "→ text “Hey!", "completed", "after 368 ms"):
        assert piece in turn
    assert "settings in force at the end" in outcome.lines
    assert any(line.startswith("  voice") and line.endswith("the default, line 19") for line in outcome.lines)


def test_explain_answers_one_question(command: Run, seed: Path) -> None:
    outcome = command("explain", seed, "--question", "audio")
    assert "Why no audio?" in outcome.lines and "what happened" not in outcome.lines
    assert "  Audio came in 0 of 1 response." in outcome.lines


def test_explain_speaks_json(command: Run, seed: Path) -> None:
    told = json.loads(command("explain", seed, "--format", "json").out)
    assert told["turns"][0]["ended"] == "completed"
    assert {one["origin"] for one in told["settings"]} == {"default"}
    answer = json.loads(command("explain", seed, "-q", "transcript", "--format", "json").out)
    assert answer["asks"] == "Where is the transcript?" and answer["answer"][0]["bad"]


def test_explain_fails_as_check_does(command: Run, bad: Path, seed: Path) -> None:
    assert command("check", bad).code == command("explain", bad).code == 1
    assert command("explain", bad, "--fail-on", "never").code == 0
    assert command("explain", seed, "--fail-on", "note").code == command("check", seed, "--fail-on", "note").code


@pytest.mark.parametrize("name", ["explain", "stats"])
def test_a_log_that_cannot_be_read_is_said_so(command: Run, tmp_path: Path, name: str) -> None:
    empty = tmp_path / "empty.yaml"
    empty.write_text("")
    for path in (empty, tmp_path / "nowhere.yaml"):
        outcome = command(name, path)
        assert outcome.code == 3 and path.name in outcome.err and "Traceback" not in outcome.err


def test_a_log_that_is_read_in_part_is_told_and_fails(command: Run, torn: Path) -> None:
    outcome = command("explain", torn, "--fail-on", "never")
    assert outcome.code == 3 and "what happened" in outcome.lines


def test_an_unknown_question_lists_the_known_ones(command: Run, seed: Path) -> None:
    outcome = command("explain", seed, "-q", "weather")
    assert outcome.code == 2 and "transcript" in outcome.err


# -- stats --


def test_stats_show_each_turn_and_all_of_them(command: Run) -> None:
    """The stamps of the arguments' end and of the output, at line 437, are 480 ms apart."""
    lines = command("stats", MONDAY).lines
    assert any(line.split()[:4] == ["1.1", "177", "completed", "300"] for line in lines)
    (tool,) = [line for line in lines if line.startswith(" tool time")]
    assert tool.split()[-4:] == ["turn", "1.1,", "line", "437"] and " 480 " in tool


def test_stats_put_logs_side_by_side(command: Run) -> None:
    outcome = command("stats", MONDAY, TUESDAY)
    assert "side by side" in outcome.out and "monday.yaml" in outcome.out and "tuesday.yaml" in outcome.out


def test_many_logs_are_rows_of_one_table(command: Run) -> None:
    outcome = command("stats", ROOT / "fixtures" / "edits")
    rows = [line for line in outcome.lines if ".yaml " in line]
    assert len(rows) >= 9 and "all turns" not in outcome.out
    assert "not known" in command("stats", ROOT / "fixtures" / "edits", "--turns").out


def test_stats_speak_json_and_csv(command: Run) -> None:
    (one,) = json.loads(command("stats", MONDAY, "--format", "json").out)["sessions"]
    assert one["measures"]["tool_time"]["worst"] == {"turn": "1.1", "line": 437}
    rows = list(csv.DictReader(StringIO(command("stats", MONDAY, "--format", "csv").out)))
    assert [row["turn"] for row in rows] == ["1.1", "1.2", "2"]
    assert rows[0]["tool_time"] == "480" and rows[1]["tool_time"] == ""


def test_stats_name_what_is_not_known_with_the_reason(command: Run, seed: Path) -> None:
    out = command("stats", seed).out
    assert "not known: voice activity delay: audio was pushed 24 times as fast as it sounds" in out
    assert "not known: cost: usage tells no input tokens at all" in out


def test_prices_come_from_a_file_when_one_is_given(command: Run, tmp_path: Path) -> None:
    """100 tokens in and 40 out, three times: (100 × 1 + 40 × 10) × 3 by a million."""
    file = tmp_path / "prices.json"
    file.write_text('{"as_of": "2030-01-01", "models": {"gpt-realtime": {"text_in": 1, "text_out": 10}}}')
    told = json.loads(command("stats", MONDAY, "--prices", file, "--format", "json").out)
    assert told["prices"]["as_of"] == "2030-01-01"
    assert told["sessions"][0]["measures"]["cost"]["sum"] == pytest.approx(0.0015)


@pytest.mark.parametrize(
    ("table", "complaint"),
    [
        ("{", "is no JSON"),
        ("[]", "is no price table"),
        ('{"models": {"m": {"text": 1}}}', "text is no kind of tokens"),
        ('{"models": {"m": {"text_in": "4"}}}', "costs '4'"),
        ('{"models": {"m": 4}}', "has no prices"),
        ('{"models": {}, "transcription": {"w": -1}}', "costs -1"),
    ],
)
def test_a_price_table_that_is_none_is_refused(command: Run, tmp_path: Path, table: str, complaint: str) -> None:
    file = tmp_path / "prices.json"
    file.write_text(table)
    outcome = command("stats", MONDAY, "--prices", file)
    assert outcome.code == 2 and complaint in outcome.err and not outcome.out
    assert command("stats", MONDAY, "--prices", tmp_path / "none.json").code == 2


# -- audio --


@pytest.mark.skipif(not PASTED.is_dir(), reason="../shared/corpus is not there")
def test_audio_writes_what_a_pasted_log_holds(command: Run, tmp_path: Path) -> None:
    """13 deltas of 165 600 bytes in all: 3.45 s at 24 kHz, as its 69 tokens of 50 ms say."""
    outcome = command("audio", PASTED / "omarthinks_messages.json", tmp_path / "out")
    assert outcome.code == 0
    (file,) = (tmp_path / "out").iterdir()
    assert file.name == "turn-1-assistant.wav"
    with wave.open(str(file)) as reader:
        assert reader.getnframes() / reader.getframerate() == 3.45
    (row,) = [line for line in outcome.lines if "turn-1-assistant.wav" in line]
    assert row.split()[1:3] == ["204", "3.45"]


def test_audio_that_was_left_out_makes_no_file_and_no_folder(command: Run, seed: Path, tmp_path: Path) -> None:
    outcome = command("audio", seed, tmp_path / "out")
    assert outcome.code == 0 and not (tmp_path / "out").exists()
    assert "0 of 1 tracks written" in outcome.out and "left out of the log" in outcome.out


def test_a_log_without_audio_is_said_so(command: Run, tmp_path: Path) -> None:
    assert "there is no audio in this log" in command("audio", MONDAY, tmp_path / "out").out


def test_a_folder_that_cannot_be_made_is_a_usage_error(command: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    recorded = tmp_path / "log.jsonl"
    delta = {"type": "response.output_audio.delta", "response_id": "r", "item_id": "i", "delta": "AAAA" * 3200}
    line = {"timestamp": None, "sender": "server", "message": "", "content": delta}
    recorded.write_text(json.dumps(line) + "\n")
    outcome = command("audio", recorded, tmp_path / "file" / "out")
    assert outcome.code == 2 and "Traceback" not in outcome.err
    told = json.loads(command("audio", recorded, tmp_path / "new", "--format", "json").out)
    assert told["tracks"][0]["ms"] == 200 and told["tracks"][0]["remarks"] == ["it is silent"]
