"""Sessions as tests."""

from pathlib import Path

import pytest
from made_up import Writer, later, renamed, session_of

from harness import api, assert_same_shape
from harness.diff import Options
from harness.diff.snapshot import damaged, judge, unused, without_secrets
from harness.model import Session

ROOT = Path(__file__).parents[2]


def talk(answer: str = "They sleep in trees.") -> Session:
    return session_of(Writer().opening().typed("Where do owls sleep?", answer).lines)


def test_the_same_shape_passes_whatever_is_said_and_however_long_it_takes() -> None:
    assert_same_shape(talk(), later(renamed(talk("Nobody knows that at all.")), 9_000, since=9))


def test_another_shape_fails_and_tells_what_differs() -> None:
    called = session_of(Writer().opening().called("Where do owls sleep?", "Rome", "They sleep in trees.").lines)
    with pytest.raises(AssertionError, match=r"(?s)^different: .*response is new: call of get_weather") as failure:
        assert_same_shape(talk(), called)
    assert "timing" not in str(failure.value).partition("set aside")[0]


def test_times_count_when_they_are_asked_for() -> None:
    with pytest.raises(AssertionError, match="different: 1 timing"):
        assert_same_shape(talk(), later(talk(), 9_000, since=9), Options())


def test_logs_can_be_named_by_their_paths() -> None:
    log = ROOT / "fixtures" / "sessions" / "seed.yaml"
    assert_same_shape(log, ROOT / "fixtures" / "edits" / "delta-differs.yaml")
    with pytest.raises(AssertionError, match=r"response\.created. is missing"):
        assert_same_shape(log, ROOT / "fixtures" / "edits" / "response-created-dropped.yaml")


def test_a_stored_session_that_is_damaged_is_to_be_fixed() -> None:
    judged = damaged("owls.yaml", "line 3: this is no YAML")
    assert (judged.action, judged.comparison) == ("fix", None)
    assert judged.message == (
        "the session stored as owls.yaml cannot be read whole: line 3: this is no YAML; "
        "mend it, or run with --sessions-update to store it anew"
    )


def test_secrets_are_out_of_the_events_as_of_the_entries() -> None:
    session = without_secrets(talk("Use sk-proj-abcdefghijklmnop1234567890, please."))
    assert "sk-proj" not in repr(session.events) + repr(session.entries)
    assert "Use [redacted], please." in repr(session.events)


def test_a_session_that_is_not_stored_yet_is_to_be_created() -> None:
    judged = judge("owls.yaml", None, talk())
    assert (judged.action, judged.comparison) == ("create", None)
    assert judged.message == "no session is stored as owls.yaml; run with --sessions-update to store this one"


def test_a_session_as_it_was_stored_is_kept() -> None:
    judged = judge("owls.yaml", talk(), later(renamed(talk()), 400))
    assert (judged.action, judged.message) == ("keep", "")


def test_a_session_that_differs_is_to_be_fixed_and_the_message_says_how() -> None:
    judged = judge("owls.yaml", talk(), talk("They never sleep."))
    assert judged.action == "fix"
    assert judged.message.startswith("the session differs from the one stored as owls.yaml (A is the stored one)\nsame")
    assert judged.message.endswith("when the change is meant, run with --sessions-update to store it anew")


def test_stored_sessions_that_no_test_asks_for_are_named() -> None:
    assert unused(["b", "a", "c"], ["a"]) == ("b", "c")


def test_a_fixture_can_be_the_stored_one() -> None:
    seed = api.load(ROOT / "fixtures" / "sessions" / "seed.yaml")
    assert judge("seed", seed, seed).action == "keep"
