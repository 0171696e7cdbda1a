"""Findings are silenced in the log, on the command line, or by file in the configuration; each must be needed."""

import re
from pathlib import Path

import pytest
from command_line import Run

CODE = "ORD330"
"""What the fixture `bad` has: its `response.created` is missing."""


def line_of(out: str, code: str = CODE) -> int:
    found = re.search(rf"^{code} .*\n\s+--> [^:]+:(\d+)", out, re.MULTILINE)
    assert found is not None, out
    return int(found[1])


def commented(bad: Path, command: Run, comment: str) -> Path:
    """Return the log with a comment in the entry of its fault."""
    lines = bad.read_text("utf-8").splitlines(keepends=True)
    line = line_of(command("check", bad).out)
    lines.insert(line, comment + "\n")
    path = bad.with_name("commented.yaml")
    path.write_text("".join(lines), "utf-8")
    return path


def test_a_comment_silences_what_is_found_at_its_entry(bad: Path, command: Run) -> None:
    assert command("check", bad).code == 1
    silent = command("check", commented(bad, command, f"# harness: ignore {CODE}"))
    assert (silent.code, CODE in silent.out) == (0, False)


def test_a_comment_may_name_the_beginning_of_codes_and_several_of_them(bad: Path, command: Run) -> None:
    path = commented(bad, command, "# harness: ignore ORD, IDN201")
    told = command("check", path)
    assert CODE not in told.out
    assert "IDN201 is ignored, and nothing of the kind was found" in told.out


def test_a_comment_elsewhere_silences_nothing_and_fails(bad: Path, command: Run) -> None:
    text = bad.read_text("utf-8").replace("sender: system\n", f"# harness: ignore {CODE}\nsender: system\n", 1)
    bad.write_text(text, "utf-8")
    told = command("check", bad)
    assert told.code == 1
    assert CODE in told.out
    assert "LOG003 suppression-unused" in told.out


def test_a_comment_for_the_file_silences_everywhere(bad: Path, command: Run) -> None:
    bad.write_text(f"# harness: ignore-file {CODE}\n" + bad.read_text("utf-8"), "utf-8")
    assert command("check", bad).code == 0


def test_an_unused_comment_alone_fails_a_good_log(seed: Path, tmp_path: Path, command: Run) -> None:
    path = tmp_path / "seed.yaml"
    path.write_text("# harness: ignore-file CNT401\n" + seed.read_text("utf-8"), "utf-8")
    told = command("check", path)
    assert told.code == 1
    assert f"{path}:1" in told.out
    assert command("check", "--ignore", "CNT401", path).code == 0, "what is not looked for is not missed"


def test_a_comment_that_names_no_rule_is_wrong_usage(seed: Path, tmp_path: Path, command: Run) -> None:
    path = tmp_path / "seed.yaml"
    path.write_text("# harness: ignore XYZ999\n" + seed.read_text("utf-8"), "utf-8")
    told = command("check", path)
    assert told.code == 2
    assert "XYZ999" in told.err


def test_a_comment_moves_no_line(bad: Path, command: Run) -> None:
    path = commented(bad, command, "# harness: ignore IDN201")
    assert line_of(command("check", path).out) == line_of(command("check", bad).out)


def test_json_lines_take_a_comment_before_the_entry(bad: Path, tmp_path: Path, command: Run) -> None:
    path = tmp_path / "bad.jsonl"
    assert command("convert", bad, path).code == 0
    line = line_of(command("check", path).out)
    lines = path.read_text("utf-8").splitlines(keepends=True)
    lines.insert(line - 1, f"# harness: ignore {CODE}\n")
    path.write_text("".join(lines), "utf-8")
    assert command("check", path).code == 0


def test_a_text_inside_an_event_that_looks_like_a_comment_is_none(seed: Path, tmp_path: Path, command: Run) -> None:
    path = tmp_path / "seed.jsonl"
    assert command("convert", seed, path).code == 0
    path.write_text(path.read_text("utf-8").replace("helpful", "# harness: ignore CNT401 helpful"), "utf-8")
    told = command("check", path)
    assert (told.code, "LOG003" in told.out) == (0, False)


def test_the_command_line_silences_by_place(bad: Path, command: Run) -> None:
    line = line_of(command("check", bad).out)
    assert command("check", "--suppress", f"{bad}:{line}:{CODE}", bad).code == 0
    elsewhere = command("check", "--suppress", f"{bad}:{line + 1}:{CODE}", bad)
    assert elsewhere.code == 1
    assert "LOG003" in elsewhere.out


@pytest.mark.parametrize("value", ["bad.yaml:CNT401", "bad.yaml:x:CNT401", "CNT401"])
def test_a_place_of_another_form_is_wrong_usage(bad: Path, command: Run, value: str) -> None:
    told = command("check", "--suppress", value, bad)
    assert told.code == 2
    assert "LOG:LINE:CODE" in told.err


def configured(bad: Path, monkeypatch: pytest.MonkeyPatch, text: str, name: str = "harness.toml") -> None:
    (bad.parent / name).write_text(text, "utf-8")
    monkeypatch.chdir(bad.parent)


def test_the_configuration_ignores_by_file(bad: Path, command: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    configured(bad, monkeypatch, f'[per-file-ignores]\n"b*.yaml" = ["{CODE}"]\n')
    assert command("check", bad).code == 0


def test_an_unused_ignore_of_the_configuration_fails(
    seed: Path, bad: Path, command: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    configured(bad, monkeypatch, '[per-file-ignores]\n"*.yaml" = ["CNT401"]\n"other.yaml" = ["CNT402"]\n')
    told = command("check", seed)
    assert told.code == 1
    assert "CNT401 is ignored for *.yaml" in told.out
    assert "CNT402" not in told.out, "no log of the run is meant"


def test_the_configuration_selects_ignores_and_fails_as_the_options_do(
    bad: Path, command: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    configured(bad, monkeypatch, f'[tool.harness]\nignore = ["{CODE}"]\n', "pyproject.toml")
    assert command("check", bad).code == 0
    configured(bad, monkeypatch, '[tool.harness]\nselect = ["TIM"]\n', "pyproject.toml")
    assert CODE not in command("check", bad).out
    assert command("check", "--select", CODE, bad).code == 1, "an option wins"
    configured(bad, monkeypatch, f'[tool.harness]\nignore = ["{CODE}"]\nfail-on = "note"\n', "pyproject.toml")
    assert command("check", bad).code == 1
    assert command("check", "--fail-on", "error", bad).code == 0, "an option wins"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("colour = 1\n", "colour is no setting"),
        ('fail-on = "panic"\n', "fail-on is 'panic'"),
        ('select = "CNT"\n', "select is no list of codes"),
        ('per-file-ignores = ["a"]\n', "per-file-ignores is no table"),
        ('ignore = ["XYZ"]\n', "--ignore XYZ"),
        ("[", "harness.toml"),
    ],
)
def test_a_wrong_configuration_is_wrong_usage(
    bad: Path, command: Run, monkeypatch: pytest.MonkeyPatch, text: str, told: str
) -> None:
    configured(bad, monkeypatch, text)
    outcome = command("check", bad)
    assert outcome.code == 2
    assert told in outcome.err


def test_a_pyproject_without_a_table_of_ours_is_passed_over(
    bad: Path, command: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    configured(bad, monkeypatch, f'ignore = ["{CODE}"]\n')
    inner = bad.parent / "inner"
    inner.mkdir()
    (inner / "pyproject.toml").write_text('[project]\nname = "x"\n', "utf-8")
    monkeypatch.chdir(inner)
    assert command("check", bad).code == 0
