"""How the matrix of real clients is made and judged, and the two of its clients that are installed anyway."""

import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[2]))

from harness.model import Finding, Place
from tools.client_matrix import installing
from tools.client_matrix.installing import Environment, NotInstallableError
from tools.client_matrix.page import Row, page
from tools.client_matrix.table import DRIVERS, TURNS, Client, clients
from tools.client_matrix.trial import RECORDINGS, Trial, accusations, differences, expected, trial, wanted_of

ROOT = Path(__file__).parents[2]
CLIENT = Client("some-client", ("some-client==1.0",), "some_client.py", "openai-ga")
HERE = Environment(ROOT, Path(sys.executable), 0.0, 0)


def finding(code: str, subject: str, severity: str = "error") -> Finding:
    place = Place("ws", 1, 1)
    return Finding(code, "some-name", severity, subject, "house", None, place, "it was seen")  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["openai-py", "openai-py-beta"])
def test_the_openai_package_does_all_turns(name: str) -> None:
    done = trial(clients()[name], HERE)
    assert done.passed, (done.faults, done.said)
    assert set(done.told) == set(TURNS)


def test_every_client_has_a_driver_and_pinned_packages() -> None:
    table = clients()
    assert len(table) >= 30
    for client in table.values():
        assert (DRIVERS / client.language / client.driver.split()[0]).is_file(), client.name
        assert any(mark in client.requires[0][1:] for mark in ("==", "@")), client.name
        assert client.turns, client.name


def test_every_driver_is_some_clients_or_serves_the_others() -> None:
    used = {client.driver.split()[0] for client in clients().values()}
    there = {path.name for folder in ("python", "node") for path in (DRIVERS / folder).iterdir() if path.is_file()}
    assert there - used == {"turns.py", "turns.mjs", "openai_turns.mjs"}


def test_what_is_expected_is_what_the_recordings_say() -> None:
    assert expected("text") == {"text": "Hey! I'm doing well, thanks for asking. How about you?"}
    assert expected("tool") == {"arguments": {"city": "London"}, "text": "It is foggy and 12 degrees in London."}
    heard = expected("audio")
    assert heard["text"] == "Hello, Marcelo! Great to meet you. How can I help you today?"
    assert heard["audio_bytes"] == 136 * 2_400, "136 tokens of audio in the recorded usage"
    assert all(path.is_file() for path in RECORDINGS.values())


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (None, "the turn was not completed"),
        ({"text": "Hi", "audio_bytes": 1_000}, "text is 'Hi', the recording has 'Hello'"),
        ({"text": "Hello", "audio_bytes": 900}, "audio_bytes is 900, the recording has 1000"),
        ({"text": "Hello"}, "audio_bytes is None, the recording has 1000"),
    ],
)
def test_a_turn_that_differs_from_the_recording_is_told(told: dict[str, Any] | None, said: str) -> None:
    assert list(differences({"text": "Hello", "audio_bytes": 1_000}, told)) == [said]


def test_arguments_are_compared_as_json_and_audio_by_length() -> None:
    told = {"arguments": '{ "city" : "Rome" }', "audio_bytes": 995}
    assert list(differences({"arguments": {"city": "Rome"}, "audio_bytes": 1_000}, told)) == []
    assert len(list(differences({"arguments": {"city": "Rome"}}, {"arguments": '{"city": "Paris"}'}))) == 1


def test_what_the_mock_says_against_itself_always_counts() -> None:
    guilty = Client("c", ("c==1",), "c.py", "openai-ga", does={"CLI977": "it does", "ORD302": "it cannot"})
    against = [finding("ORD302", "harness"), finding("CLI977", "client"), finding("CLI901", "client")]
    told = list(accusations(guilty, (*against, finding("ADV860", "client", "note"), finding("LOG108", "recorder"))))
    assert told == ["ORD302 harness: it was seen", "CLI901 client: it was seen"]


def test_a_client_need_not_say_what_it_is_not_able_to_read() -> None:
    deaf = Client("c", ("c==1",), "c.py", "openai-ga", cannot={"text": "no", "tool.text": "no"})
    assert deaf.turns == ("audio", "tool")
    assert wanted_of(deaf, "tool") == {"arguments": {"city": "London"}}


def test_the_page_shows_what_passed_what_failed_and_what_is_missing() -> None:
    good = Row(CLIENT, HERE, Trial({"text": (), "audio": (), "tool": ()}, 1.5))
    bad = Row(CLIENT, HERE, Trial({"text": ("text is ''",), "audio": (), "tool": ()}, 0.5))
    text = page([good, bad, Row(CLIENT, None, None, "no such package")])
    assert "1 of 3 configurations passed" in text
    assert "| some-client | `some-client==1.0` | openai-ga | yes | yes | yes | passed | 1.5 | 0 | 0 |" in text
    assert "| **no** | yes | yes | **failed** |" in text
    assert "- some-client: **text: text is ''**" in text
    assert "- some-client: could not be installed." in text
    assert "no such package" not in text, "an installer's words name hosts and folders of one machine"


def test_a_package_that_cannot_be_had_is_told_and_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def install(folder: Path, requires: object) -> None:
        installing._run(folder, sys.executable, "-c", "raise SystemExit('no matching distribution')")

    monkeypatch.setattr(installing, "CACHE", tmp_path)
    monkeypatch.setattr(installing, "INSTALLERS", {"python": install})
    for _ in range(2):
        with pytest.raises(NotInstallableError, match="no matching distribution"):
            installing.environment(CLIENT)


def test_a_program_that_is_not_on_this_machine_is_told(tmp_path: Path) -> None:
    with pytest.raises(NotInstallableError, match="no-such-installer is not on this machine"):
        installing._run(tmp_path, "no-such-installer")
