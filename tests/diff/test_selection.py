"""Which changes count."""

import pytest

from harness.diff import Comparison, Options
from harness.diff.comparison import Side
from harness.diff.selection import selected
from harness.errors import UsageError
from harness.model import Change

TEXT = Change("content", "turn 2 / response 1 / item 1 / part 1 / text", "a", "b")
VOICE = Change("configuration", "session / audio.output.voice", "alloy", "verse")
SLOW = Change("timing", "turn 1 / response 2", 10, 999)
SIDE = Side("x", "openai-ga", 1)
ALL = Comparison(SIDE, SIDE, Options(), (VOICE, TEXT, SLOW), (SLOW,))


def kept(options: Options) -> list[Change]:
    return list(selected(ALL, options))


@pytest.mark.parametrize(
    ("path", "changes"),
    [
        ("response.output[*].content[0].text", [TEXT]),
        ("response.output[*].…", [TEXT]),
        ("turn[1].response[0]", [TEXT]),
        ("turn[0]", [SLOW]),
        ("response", [TEXT, SLOW]),
        ("response[1]", [SLOW]),
        ("turn[*].response[*].output[1]", []),
        ("session", [VOICE]),
        ("session.audio.output", [VOICE]),
        ("audio.output.voice", [VOICE]),
        ("voice[*]", []),
        ("*", [VOICE, TEXT, SLOW]),
    ],
)
def test_a_path_keeps_what_is_there_and_below(path: str, changes: list[Change]) -> None:
    assert kept(Options(paths=(path,))) == changes


def test_of_several_paths_each_keeps_its_own() -> None:
    assert kept(Options(paths=("session", "turn[0]"))) == [VOICE, SLOW]


def test_a_kind_that_does_not_count_is_left_out_everywhere_and_that_is_said() -> None:
    without = selected(ALL, Options(kinds=frozenset({"content", "configuration", "lifecycle", "usage"})))
    assert (list(without), without.following) == ([VOICE, TEXT], ())
    assert without.notes == ("not told, as chosen: timing",)


def test_the_verdict_is_about_what_counts() -> None:
    assert selected(ALL, Options(kinds=frozenset({"content"}))).verdict == "same shape, different words"
    assert selected(ALL, Options(kinds=frozenset({"usage"}))).verdict == "same"
    assert ALL.verdict == "different: 1 configuration, 1 content, 1 timing"


@pytest.mark.parametrize("path", ["", ".", "[0]"])
def test_a_path_that_names_nothing_is_refused(path: str) -> None:
    with pytest.raises(UsageError, match="names nothing; give one such as 'response"):
        selected(ALL, Options(paths=(path,)))
