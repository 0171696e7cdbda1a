"""A bar shows how far long work has come, to whoever watches, and changes nothing of what is read."""

import gzip
from pathlib import Path

import pytest

from harness import api
from harness.commands import progress
from harness.commands.inputs import expand
from harness.commands.progress import Bar
from harness.errors import UnreadableError
from harness.logs import Limits

SEED = Path(__file__).parents[2] / "fixtures" / "sessions" / "seed.yaml"


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "PATIENCE_S", -1.0)
    monkeypatch.setattr(progress, "EVERY", 1)


@pytest.mark.usefixtures("impatient")
def test_a_long_log_shows_a_bar_that_moves_and_goes() -> None:
    bar = Bar([str(SEED)], watched=True)
    items = bar.read(str(SEED), None, Limits())
    next(items), next(items)
    assert bar._shown is not None
    shown, task = bar._shown
    assert shown.tasks[task].total == SEED.stat().st_size
    assert 0 < shown.tasks[task].completed <= SEED.stat().st_size
    assert len(list(items)) == 30
    bar.hide()
    assert bar._shown is None


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("watched", [True, False])
def test_what_is_read_is_the_same_with_and_without_a_bar(watched: bool) -> None:
    bar = Bar([str(SEED)], watched)
    assert list(bar.read(str(SEED), None, Limits())) == list(api.read_file(SEED))
    bar.hide()


def test_short_work_and_work_that_nobody_watches_show_no_bar() -> None:
    for bar in (Bar([str(SEED)], watched=True), Bar([str(SEED)])):
        list(bar.read(str(SEED), None, Limits()))
        assert bar._shown is None


def test_a_file_that_is_not_there_is_told_with_and_without_a_bar() -> None:
    for watched in (True, False):
        with pytest.raises(UnreadableError, match=r"nowhere\.yaml: No such file"):
            list(Bar(["nowhere.yaml"], watched).read("nowhere.yaml", None, Limits()))


def test_compressed_logs_of_a_folder_are_found(tmp_path: Path) -> None:
    (tmp_path / "call.yaml.gz").write_bytes(gzip.compress(SEED.read_bytes()))
    (tmp_path / "call.jsonl.zst").write_bytes(b"")
    (tmp_path / "photo.png.gz").write_bytes(b"")
    assert expand([str(tmp_path)]) == [str(tmp_path / "call.jsonl.zst"), str(tmp_path / "call.yaml.gz")]
