"""`harness check`, as a person and a CI job use it."""

import io
import json
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from command_line import Run


def test_a_sound_session_is_clean_and_exits_0(command: Run, seed: Path) -> None:
    outcome = command("check", seed)
    assert outcome.code == 0
    assert "openai-beta · 32 entries, 31 events" in outcome.lines[-1]
    assert "error" not in outcome.lines[-1]


def test_an_error_exits_1_and_names_file_and_line(command: Run, bad: Path) -> None:
    outcome = command("check", bad)
    assert outcome.code == 1
    assert f"  --> {bad}:" in outcome.out
    assert f"{bad}: 1 error" in outcome.lines[-1]


def test_lesser_findings_fail_when_asked(command: Run, seed: Path) -> None:
    quiet = command("check", seed, "--format", "json")
    severities = {one["severity"] for one in json.loads(quiet.out)["sessions"][0]["findings"]}
    assert quiet.code == 0
    assert command("check", seed, "--fail-on", "note").code == (1 if severities else 0)


def test_json_is_one_document_about_all_sessions(command: Run, seed: Path, bad: Path) -> None:
    document = json.loads(command("check", seed, bad, "--format", "json").out)
    assert document["complete"] is True
    assert [session["path"] for session in document["sessions"]] == [str(seed), str(bad)]
    assert [session["entries"] for session in document["sessions"]] == [32, 31]
    assert [session["events"] for session in document["sessions"]] == [31, 30]
    (error,) = [one for one in document["sessions"][1]["findings"] if one["severity"] == "error"]
    assert error["line"] > 1


@pytest.mark.parametrize("name", ["github", "json", "junit", "sarif", "text"])
def test_every_format_exits_with_the_same_code(command: Run, bad: Path, name: str) -> None:
    assert command("check", bad, "--format", name).code == 1


def test_a_log_with_a_broken_document_is_read_on_and_exits_3(command: Run, torn: Path) -> None:
    outcome = command("check", torn, "--format", "json")
    document = json.loads(outcome.out)
    assert outcome.code == 3
    assert document["complete"] is False
    assert document["sessions"][0]["events"] > 25


def test_a_file_that_is_not_there_exits_3_and_the_others_are_checked(command: Run, seed: Path, tmp_path: Path) -> None:
    missing = tmp_path / "missing.yaml"
    outcome = command("check", missing, seed)
    assert outcome.code == 3
    assert "LOG001 log-cannot-be-read" in outcome.out
    assert "No such file or directory" in outcome.out
    assert f"{seed}: " in outcome.out
    assert outcome.lines[-1].endswith("1 not read")
    assert f"{missing}: 1 error, not read\n" in outcome.out


def test_standard_input_is_a_dash(command: Run, seed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(seed.read_bytes())))
    outcome = command("check", "-")
    assert outcome.code == 0
    assert outcome.lines[-1].startswith("<stdin>: ")


def test_a_folder_stands_for_the_logs_in_it(command: Run, seed: Path, bad: Path) -> None:
    (bad.parent / "deeper").mkdir()
    (bad.parent / "deeper" / "good.yaml").write_bytes(seed.read_bytes())
    outcome = command("check", bad.parent)
    assert outcome.code == 1
    assert outcome.lines[-1].startswith("2 sessions: ")


def test_select_keeps_only_the_rules_named(command: Run, bad: Path) -> None:
    findings = json.loads(command("check", bad, "--format", "json").out)["sessions"][0]["findings"]
    code = next(one["code"] for one in findings if one["severity"] == "error")
    family = code[:3]
    assert command("check", bad, "--select", family).code == 1
    assert command("check", bad, "--ignore", family).code == 0
    assert command("check", bad, "--ignore", family, "--select", code).code == 1
    assert command("check", bad, "--select", f"{family},LOG", "--ignore", code).code == 0


def test_a_selection_that_fits_no_rule_is_a_usage_error(command: Run, seed: Path) -> None:
    outcome = command("check", seed, "--select", "NOPE")
    assert outcome.code == 2
    assert "--select NOPE: no rule has a code that begins like this" in outcome.err


def test_repairs_are_listed_when_asked(command: Run, seed_flat: Path) -> None:
    outcome = command("check", seed_flat, "--repairs")
    assert outcome.code == 0
    assert any(line.startswith(f"{seed_flat}:") and "confidence" in line for line in outcome.lines)


def test_repairs_are_for_people_only(command: Run, seed_flat: Path) -> None:
    outcome = command("check", seed_flat, "--repairs", "--format", "json")
    assert outcome.code == 2
    assert "text report only" in outcome.err


def test_strict_refuses_a_log_that_needs_guesses(command: Run, seed_flat: Path) -> None:
    outcome = command("check", seed_flat, "--strict")
    assert outcome.code == 3
    assert "LOG002 repairs-refused" in outcome.out
    assert "only partly read" in outcome.lines[-1]


def test_the_dialect_can_be_named_and_must_exist(command: Run, seed: Path) -> None:
    assert " openai-ga " in command("check", seed, "--dialect", "openai-ga").lines[-1]
    outcome = command("check", seed, "--dialect", "esperanto")
    assert outcome.code == 2
    assert "openai-beta" in outcome.err


def test_the_shape_can_be_named_and_must_exist(command: Run, seed: Path) -> None:
    outcome = command("check", seed, "--shape", "morse")
    assert outcome.code == 2
    assert "morse" in outcome.err


def test_an_entry_beyond_the_limit_is_skipped_and_the_limit_can_be_raised(command: Run, tmp_path: Path) -> None:
    event = {"type": "input_audio_buffer.append", "audio": "A" * (2 << 20)}
    entries = [
        {"timestamp": "2024-10-17T11:45:05Z", "sender": "client", "message": "", "content": content}
        for content in (event, {"type": "response.create"})
    ]
    log = tmp_path / "long.jsonl"
    log.write_text("".join(json.dumps(entry) + "\n" for entry in entries))
    assert command("check", log, "--max-entry", 1).code == 3
    assert command("check", log, "--max-entry", 3, "--select", "LOG").code == 0


def test_no_log_at_all_is_a_usage_error(command: Run) -> None:
    assert command("check").code == 2


def test_the_report_is_coloured_only_where_colour_is_wanted(command: Run, bad: Path) -> None:
    assert "\x1b[" not in command("check", bad).out
    assert "\x1b[" in command("check", bad, env={"FORCE_COLOR": "1", "TERM": "xterm-256color"}).out
    assert "\x1b[" not in command("check", bad, env={"FORCE_COLOR": "1", "NO_COLOR": "1"}).out
