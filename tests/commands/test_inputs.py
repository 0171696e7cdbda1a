"""Which logs the arguments stand for."""

from pathlib import Path

import pytest

from harness.commands.inputs import expand
from harness.errors import UsageError


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    for name in ("a.yaml", "b.jsonl", "deeper/c.txt", "notes.md", ".hidden/d.yaml"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.touch()
    return tmp_path


def test_a_folder_stands_for_its_logs_and_leaves_out_other_and_hidden_files(logs: Path) -> None:
    assert expand([str(logs)]) == [str(logs / name) for name in ("a.yaml", "b.jsonl", "deeper/c.txt")]


def test_a_pattern_stands_for_what_it_matches_whatever_it_is_called(logs: Path) -> None:
    assert expand([f"{logs}/*.*"]) == [str(logs / name) for name in ("a.yaml", "b.jsonl", "notes.md")]
    assert expand([f"{logs}/**/*.txt"]) == [str(logs / "deeper/c.txt")]


def test_a_log_that_is_named_twice_is_checked_once(logs: Path) -> None:
    assert expand([str(logs / "b.jsonl"), f"{logs}/*.jsonl"]) == [str(logs / "b.jsonl")]


def test_a_file_that_is_not_there_is_left_for_the_reader_to_report(logs: Path) -> None:
    assert expand([str(logs / "none.yaml"), "-"]) == [str(logs / "none.yaml"), "-"]


def test_a_file_whose_name_looks_like_a_pattern_is_that_file(logs: Path) -> None:
    odd = logs / "call [1].yaml"
    odd.touch()
    assert expand([str(odd)]) == [str(odd)]


@pytest.mark.parametrize("name", ["empty", "*.pcap"])
def test_what_stands_for_no_log_is_misuse(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError, match=r"no log in|nothing matches"):
        expand([str(tmp_path / name)])
