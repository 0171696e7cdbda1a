"""`harness diff` as it is run."""

import json
import sys
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace

import pytest

import harness
from harness.cli import find, run

ROOT = Path(__file__).parents[2]
SEED = str(ROOT / "fixtures" / "sessions" / "seed.yaml")
OTHER = str(ROOT / "fixtures" / "edits" / "delta-differs.yaml")


def diff(*arguments: str) -> int:
    return run(find("diff"), "harness diff", list(arguments))


def test_the_same_exits_0_and_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert diff(SEED, str(ROOT / "fixtures" / "recovery" / "seed-flat.txt")) == 0
    assert capsys.readouterr().out.startswith("same\n")


def test_a_difference_exits_1_and_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert diff(SEED, OTHER) == 1
    out = capsys.readouterr().out
    assert out.startswith("same shape, different words\n")
    assert "turn 1 / response 1 / item 1 / part 1 / text  A:287 B:287" in out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((SEED,), "diff compares two logs, not 1; for many, give --baseline DIR"),
        ((SEED, OTHER, "--ignore", "words"), "there is no kind 'words'; there are configuration, lifecycle, content"),
        ((SEED, OTHER, "--tolerance", "much"), "'much' is no percentage, such as 20%"),
        ((SEED, OTHER, "--tolerance", "-5%"), "'-5%' is no part of a whole; give one such as 20%"),
        ((SEED, OTHER, "--tolerance", "nan"), "'nan' is no part of a whole; give one such as 20%"),
        (("--baseline", "nowhere", SEED), "--baseline nowhere: there is no such folder"),
        ((SEED, OTHER, "--path", "."), "names nothing; give one such as"),
        ((SEED, OTHER, "--only", "content", "--ignore", "usage"), "exclude each other"),
        ((SEED, OTHER, "--format", "pdf"), "'pdf' is not one of"),
    ],
)
def test_wrong_usage_exits_2_and_says_what_would_be_right(
    arguments: tuple[str, ...], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert diff(*arguments) == 2
    assert message in capsys.readouterr().err


def test_a_log_that_cannot_be_read_exits_3(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert diff(SEED, str(tmp_path / "none.yaml")) == 3
    assert "none.yaml: No such file or directory" in capsys.readouterr().err


def test_each_log_that_cannot_be_read_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "empty.yaml").write_text("")
    assert diff(str(tmp_path / "empty.yaml"), str(tmp_path / "none.yaml")) == 3
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.splitlines() == [
        f"harness: {tmp_path}/empty.yaml:1:1: there is nothing in this log; "
        "look whether the recorder ran, and whether it was flushed before the file was copied",
        f"harness: {tmp_path}/none.yaml: No such file or directory",
    ]


def test_a_log_of_notes_alone_has_nothing_to_compare(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    note = '{"timestamp":"2026-01-01T00:00:00Z","sender":"system","message":"connected","content":null}\n'
    (tmp_path / "notes.jsonl").write_text(note, "utf-8")
    assert diff(SEED, str(tmp_path / "notes.jsonl")) == 3
    assert capsys.readouterr().err == f"harness: {tmp_path}/notes.jsonl: there is no event in this log\n"


def test_standard_input_can_be_one_side(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=BytesIO(Path(OTHER).read_bytes())))
    assert diff(SEED, "-") == 1
    assert "  B  - " in capsys.readouterr().out


def test_what_is_not_counted_is_null_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    diff(SEED, SEED, "--format", "json")
    left = json.loads(capsys.readouterr().out)["comparisons"][0]["left"]
    assert left == {
        "path": SEED, "dialect": "openai-beta", "events": 31,
        "turns": None, "responses": None, "tokens": None, "cost_usd": None,
    }  # fmt: skip


def test_a_log_that_is_only_partly_read_exits_3_though_the_rest_is_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = tmp_path / "broken.jsonl"
    event = '{"timestamp":"2026-01-01T00:00:00Z","sender":"client","message":"","content":{"type":"response.create"}}'
    broken.write_text(f"{event}\n{{broken\n", "utf-8")
    assert diff(str(broken), str(broken)) == 3
    assert "A was not read whole: line 2" in capsys.readouterr().out


def test_kinds_can_be_left_out_or_singled_out(capsys: pytest.CaptureFixture[str]) -> None:
    assert diff(SEED, OTHER, "--ignore", "content,timing") == 0
    assert "not told, as chosen: content, timing" in capsys.readouterr().out
    assert diff(SEED, OTHER, "--only", "content") == 1
    assert diff(SEED, OTHER, "--only", "usage") == 0


def test_a_path_singles_out_a_place() -> None:
    assert diff(SEED, OTHER, "--path", "response.output[*].content[0].text") == 1
    assert diff(SEED, OTHER, "--path", "response.output[1]") == 0


def test_the_tolerance_is_a_percentage_or_a_fraction(capsys: pytest.CaptureFixture[str]) -> None:
    for given in ("35%", "0.35"):
        diff(SEED, SEED, "--tolerance", given, "--format", "json")
        assert json.loads(capsys.readouterr().out)["comparisons"][0]["tolerance"] == pytest.approx(0.35)


def test_many_logs_are_compared_with_those_of_their_names(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "seed.yaml").write_bytes(Path(SEED).read_bytes())
    (tmp_path / "delta-differs.txt").write_bytes(Path(SEED).read_bytes())
    assert diff("--baseline", str(tmp_path), SEED, OTHER) == 1
    out = capsys.readouterr().out
    assert [line for line in out.splitlines() if line.startswith("same")] == ["same", "same shape, different words"]


def test_folders_are_compared_log_by_log_and_below(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for folder, log in (("stored/a", SEED), ("stored/b", OTHER), ("runs/a", SEED), ("runs/b", OTHER)):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "call.yaml").write_bytes(Path(log).read_bytes())
    assert diff("--baseline", str(tmp_path / "stored"), str(tmp_path / "runs")) == 0
    assert capsys.readouterr().out.count("same\n") == 2


def test_a_log_without_a_baseline_exits_3_and_the_others_are_still_compared(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "seed.yaml").write_bytes(Path(SEED).read_bytes())
    assert diff("--baseline", str(tmp_path), OTHER, SEED) == 3
    captured = capsys.readouterr()
    assert "delta-differs.yaml: No such file or directory" in captured.err
    assert captured.out.startswith("same\n")


def test_the_public_function_takes_paths_and_gives_the_changes() -> None:
    changes = harness.diff(SEED, OTHER)
    assert [change.kind for change in changes] == ["content"]
    assert changes.verdict == "same shape, different words"
