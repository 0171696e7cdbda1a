"""`harness convert`: to another format, whole or in part."""

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from command_line import Run

import harness

KEY = "sk-proj-AbCdEf0123456789_xyz"
Log = Callable[..., Path]


@pytest.fixture
def log(tmp_path: Path) -> Log:
    """Return a function that writes events to a log in native JSON Lines, the server's and `client.…` ones."""

    def make(*events: dict[str, object]) -> Path:
        lines = [
            {
                "timestamp": f"2024-10-17T11:45:04.{number:09}+02:00",
                "sender": "client" if str(event["type"]).startswith(("input", "session.update")) else "server",
                "message": "m",
                "content": event,
            }
            for number, event in enumerate(events)
        ]
        path = tmp_path / "log.jsonl"
        path.write_text("".join(f"{json.dumps(line)}\n" for line in lines), "utf-8")
        return path

    return make


def created(identifier: str) -> dict[str, object]:
    return {"type": "session.created", "session": {"id": identifier}}


def bodies(path: Path) -> list[object]:
    return [event.body for event in harness.load(path).events]


def test_the_seed_goes_to_every_format_and_is_the_same_session(command: Run, seed: Path, tmp_path: Path) -> None:
    for ending in ("yaml", "yml", "jsonl", "ndjson", "cassette.yaml"):
        out = tmp_path / f"out.{ending}"
        outcome = command("convert", seed, out)
        assert (outcome.code, outcome.out) == (0, "")
        assert f"harness: wrote {out}\n" in outcome.err
        assert bodies(out) == bodies(seed)


def test_native_formats_keep_stamps_labels_and_notes(command: Run, seed: Path, tmp_path: Path) -> None:
    one, two = tmp_path / "a.jsonl", tmp_path / "b.yaml"
    command("convert", seed, one)
    command("convert", one, two)
    wanted = [(entry.stamp, entry.at_ns, entry.side, entry.label) for entry in harness.load(seed).entries]
    for path in (one, two):
        assert [(entry.stamp, entry.at_ns, entry.side, entry.label) for entry in harness.load(path).entries] == wanted


def test_a_har_file_has_the_frames_of_the_seed(command: Run, seed: Path, tmp_path: Path) -> None:
    out = tmp_path / "call.har"
    outcome = command("convert", seed, out)
    assert "left out, because har has no place for them: labels" in outcome.err
    frames = json.loads(out.read_bytes())["log"]["entries"][0]["_webSocketMessages"]
    assert [json.loads(frame["data"]) for frame in frames] == bodies(seed)
    assert [frame["type"] for frame in frames].count("send") == 2


def test_a_har_file_that_comes_back_keeps_its_times(command: Run, seed: Path, tmp_path: Path) -> None:
    har, out = tmp_path / "call.har", tmp_path / "back.jsonl"
    command("convert", seed, har)
    assert command("convert", har, out).code == 0
    back, wanted = harness.load(out), harness.load(seed)
    assert back.problems == ()
    assert [event.body for event in back.events] == [event.body for event in wanted.events]
    # The reader of HAR files keeps microseconds: no browser writes more.
    assert [event.at_ns // 10_000 for event in back.events] == pytest.approx(
        [event.at_ns // 10_000 for event in wanted.events if event.at_ns is not None], abs=1
    )


def test_a_flattened_log_is_mended_and_the_guesses_are_counted(
    command: Run, seed: Path, seed_flat: Path, tmp_path: Path
) -> None:
    out = tmp_path / "mended.yaml"
    outcome = command("convert", seed_flat, out)
    assert outcome.code == 0
    assert f"`harness check --repairs {seed_flat}` lists them" in outcome.err
    assert bodies(out) == bodies(seed)
    assert harness.load(out).repairs == ()


def test_a_dash_is_standard_input_and_standard_output(
    command: Run, seed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(seed.read_bytes())))
    command("convert", seed, tmp_path / "same.jsonl")
    outcome = command("convert", "-", "-", "--to", "jsonl")
    assert outcome.code == 0
    assert outcome.out == (tmp_path / "same.jsonl").read_text("utf-8")
    assert "wrote" not in outcome.err


@pytest.mark.parametrize(
    ("out", "told"),
    [("-", "standard output has no ending"), ("call.json", "the ending of call.json tells no format")],
)
def test_a_name_that_tells_no_format_is_wrong_usage(command: Run, seed: Path, out: str, told: str) -> None:
    outcome = command("convert", seed, out)
    assert outcome.code == 2
    assert outcome.err == (
        f"harness: {told}; name it with --to (yaml, jsonl, cassette, har), "
        "or end in .cassette.yaml, .cassette.yml, .yaml, .yml, .jsonl, .ndjson, .har\n"
    )


def test_to_names_the_format_whatever_the_ending_says(command: Run, seed: Path, tmp_path: Path) -> None:
    out = tmp_path / "call.yaml"
    assert command("convert", seed, out, "--to", "cassette").code == 0
    assert out.read_text("utf-8").startswith("version: 1\ninteractions:\n")


def test_a_log_can_be_replaced_by_itself(command: Run, log: Log) -> None:
    path = log({"type": "x.y", "text": KEY})
    assert command("convert", path, path, "--redact").code == 0
    assert bodies(path) == [{"type": "x.y", "text": "[redacted]"}]
    assert [one.name for one in path.parent.iterdir()] == [path.name]


def test_keys_and_secrets_are_taken_out_and_counted(command: Run, log: Log, tmp_path: Path) -> None:
    path, out = log({"type": "x.y", "text": f"Alice has {KEY}", "api_key": "abc"}), tmp_path / "out.yaml"
    outcome = command("convert", path, out, "--redact", "--secret", "Alice")
    assert outcome.code == 0
    assert "harness: values taken out: 3\n" in outcome.err
    assert bodies(out) == [{"type": "x.y", "text": "[redacted] has [redacted]", "api_key": "[redacted]"}]
    assert command("convert", path, out, "--secret", "Alice").code == 0
    assert bodies(out) == [{"type": "x.y", "text": f"[redacted] has {KEY}", "api_key": "abc"}]


def test_a_secret_too_short_is_wrong_usage_and_is_not_shown(command: Run, seed: Path, tmp_path: Path) -> None:
    outcome = command("convert", seed, tmp_path / "out.yaml", "--secret", "qqq")
    assert outcome.code == 2
    assert "qqq" not in outcome.err
    assert list(tmp_path.iterdir()) == []


def test_elided_audio_makes_a_log_short_and_its_check_no_worse(command: Run, log: Log, tmp_path: Path) -> None:
    path = log({"type": "input_audio_buffer.append", "audio": "AAAA" * 1000})
    out = tmp_path / "out.jsonl"
    assert command("convert", path, out, "--elide-audio").code == 0
    assert bodies(out) == [{"type": "input_audio_buffer.append", "audio": "<audio data elided: 3000 bytes>"}]
    before, after = harness.check(path), harness.check(out)
    assert {one.code for one in after.findings} <= {one.code for one in before.findings}


def test_only_keeps_what_is_named_and_says_when_that_is_nothing(command: Run, seed: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    assert command("convert", seed, out, "--only", "client, session.*").code == 0
    types = [event.type for event in harness.load(out).events]
    assert types == ["conversation.item.create", "session.created", "input_audio_buffer.append"]
    nothing = command("convert", seed, tmp_path / "none.jsonl", "--only", "sesion.*")
    assert nothing.code == 2
    assert "nothing was written: --only sesion.* names none of the 32 entries" in nothing.err
    assert not (tmp_path / "none.jsonl").exists()


def test_split_writes_a_file_for_each_session(command: Run, log: Log, tmp_path: Path) -> None:
    path = log(created("sess_1"), {"type": "x.y"}, created("sess_2"), created("sess_2"))
    outcome = command("convert", path, tmp_path / "call.cassette.yaml", "--split")
    assert outcome.code == 0
    first, second = (tmp_path / f"call-{number}.cassette.yaml" for number in (1, 2))
    assert f"wrote {first}, {second}\n" in outcome.err
    assert bodies(first) == [created("sess_1"), {"type": "x.y"}]
    assert bodies(second) == [created("sess_2"), created("sess_2")]
    assert not (tmp_path / "call.cassette.yaml").exists()


def test_split_and_only_number_the_files_by_the_sessions_of_the_log(command: Run, log: Log, tmp_path: Path) -> None:
    path = log(created("sess_1"), created("sess_2"), {"type": "x.y"})
    command("convert", path, tmp_path / "call.jsonl", "--split", "--only", "x.*")
    assert bodies(tmp_path / "call-2.jsonl") == [{"type": "x.y"}]
    assert not (tmp_path / "call-1.jsonl").exists()


def test_split_to_standard_output_is_wrong_usage(command: Run, seed: Path) -> None:
    outcome = command("convert", seed, "-", "--to", "yaml", "--split")
    assert outcome.code == 2
    assert "name a file" in outcome.err


def test_what_can_be_read_of_a_torn_log_is_written_and_the_rest_is_told(
    command: Run, torn: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out.jsonl"
    outcome = command("convert", torn, out)
    assert outcome.code == 3
    assert f"harness: {torn}:" in outcome.err
    assert "LOG104" in outcome.err
    assert len(harness.load(out).entries) == 31


def test_of_many_problems_only_the_first_are_told(command: Run, log: Log, tmp_path: Path) -> None:
    path = log({"type": "x.y"})
    path.write_text(path.read_text("utf-8") + "{broken\n" * 25, "utf-8")
    outcome = command("convert", path, tmp_path / "out.jsonl")
    assert outcome.code == 3
    assert outcome.err.count("LOG104") == 10
    assert f"and 15 more problems; `harness check {path}` tells them all" in outcome.err


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "No such file"),
        ("", "LOG103"),
        ('{"format":"realtime-harness","version":2}\n', "update with `pip install -U realtime-harness`"),
    ],
    ids=["missing", "empty", "from the future"],
)
def test_a_log_that_cannot_be_read_writes_nothing(command: Run, tmp_path: Path, content: str | None, told: str) -> None:
    path, out = tmp_path / "in.jsonl", tmp_path / "out.yaml"
    if content is not None:
        path.write_text(content, "utf-8")
    outcome = command("convert", path, out)
    assert outcome.code == 3
    assert told in outcome.err
    assert not out.exists()
    assert not list(tmp_path.glob(".*"))


@pytest.mark.parametrize("out", ["none/out.yaml", "folder.yaml"])
def test_an_output_that_cannot_be_written_is_told_by_its_name(
    command: Run, seed: Path, tmp_path: Path, out: str
) -> None:
    (tmp_path / "folder.yaml").mkdir()
    outcome = command("convert", seed, tmp_path / out)
    assert outcome.code == 2
    assert outcome.err.startswith(f"harness: cannot write {tmp_path / out}: ")


def test_a_file_that_cannot_be_made_whole_leaves_the_old_one(command: Run, log: Log, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    out.write_text("old", "utf-8")
    future = tmp_path / "future.jsonl"
    future.write_text('{"format":"realtime-harness","version":2}\n', "utf-8")
    assert command("convert", future, out).code == 3
    assert out.read_text("utf-8") == "old"


def test_a_secret_that_a_model_spoke_in_pieces_is_gone_and_the_log_is_no_worse(
    command: Run, seed: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out.yaml"
    assert command("convert", seed, out, "--secret", "doing well, thanks").code == 0
    assert "thanks" not in out.read_text("utf-8")
    assert [one.code for one in harness.check(out).findings] == [one.code for one in harness.check(seed).findings]
