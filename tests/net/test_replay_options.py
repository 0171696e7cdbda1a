"""The options of `replay`, as a user gives them."""

import os
import signal
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

import harness

SEED = Path(__file__).parents[2] / "fixtures" / "sessions" / "seed.yaml"
REPLAY = [sys.executable, "-c", "from harness.cli import replay; replay()"]
ASK = """
import json, os
from websockets.sync.client import connect
with connect(os.environ["HARNESS_URL"], proxy=None) as connection:
    connection.send(json.dumps({"type": "response.create"}))
    while json.loads(connection.recv())["type"] != "response.done":
        pass
"""
"""A client that asks once."""


def replay(*arguments: object, client: str = "") -> subprocess.CompletedProcess[str]:
    """Run the command to its end, with a client written in Python."""
    behind = ["--", sys.executable, "-c", client] if client else []
    command = [*REPLAY, *map(str, arguments), *behind]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


@contextmanager
def running(*arguments: object, **environment: str) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    """Run it until the block ends; yield the process and its URL."""
    command = [*REPLAY, *map(str, arguments), "--port", "0", "--speed", "instant"]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, **environment}
    )
    assert process.stdout is not None
    try:
        yield process, process.stdout.readline().removeprefix("listening on ").strip()
    finally:
        process.kill()
        process.communicate()


def model(url: str, **options: Any) -> str:
    """Return the model that a new connection is told."""
    with connect(url, proxy=None, **options) as connection:
        return str(orjson.loads(connection.recv())["session"]["model"])


def test_what_happened_is_recorded_one_file_for_each_connection(tmp_path: Path) -> None:
    out = tmp_path / "call.jsonl"
    done = replay(SEED, "--port", 0, "--speed", "instant", "--record", out, client=ASK + ASK)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"connection 2 is recorded in {tmp_path / 'call-2.jsonl'}" in done.stderr
    for path in (out, tmp_path / "call-2.jsonl"):
        types = [event.type for event in harness.load(path).events]
        assert types[0] == "session.created" and types[-1] == "response.done" and "response.create" in types


def test_a_folder_that_is_not_there_is_a_usage_error() -> None:
    done = replay(SEED, "--port", 0, "--record", "nowhere/call.yaml")
    assert done.returncode == 2 and "there is no folder nowhere" in done.stderr


def test_the_scenarios_are_listed() -> None:
    done = replay("--scenario", "list")
    assert done.returncode == 0
    assert "late-created" in done.stdout and "client  Waits; asks only once" in done.stdout


def test_a_scenario_needs_no_log_and_a_right_client_passes_it() -> None:
    done = replay("--port", 0, "--scenario", "null-storm", client=ASK)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_client_that_fails_a_scenario_fails_the_run() -> None:
    done = replay("--port", 0, "--scenario", "tool-round", client=ASK)
    assert done.returncode == 1
    assert "CLI980 scenario-expects-otherwise" in done.stdout
    assert "the client sent `conversation.item.create` not at all after" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--scenario", "nonsense"], "there is no scenario nonsense"),
        ([SEED, "--fault", "nonsense on=x"], "there is no fault `nonsense`"),
        ([], "name a log to serve"),
        ([SEED, "--cert-key", "x"], "name that with --cert"),
        ([SEED, "--cert", "nowhere.pem"], "nowhere.pem is no certificate"),
        ([SEED, "--"], "name a command behind --"),
    ],
)
def test_what_cannot_be_is_a_usage_error_that_says_why(arguments: list[object], told: str) -> None:
    done = replay("--port", 0, *arguments)
    assert (done.returncode, "Traceback" in done.stderr) == (2, False)
    assert told in done.stderr


def test_a_fault_on_the_wire_ends_the_client() -> None:
    done = replay(SEED, "--port", 0, "--fault", "cut on=response.created", client=ASK)
    assert done.returncode == 1
    assert "failed with exit code 1" in done.stderr and "ConnectionClosedError" in done.stderr


def test_a_key_is_asked_for() -> None:
    with running(SEED, "--key", "sk-right-0123456789") as (_, url):
        with pytest.raises(InvalidStatus):
            model(url)
        assert model(url, additional_headers={"Authorization": "Bearer sk-right-0123456789"})


def test_tls_says_where_its_certificate_is(tmp_path: Path) -> None:
    with running(SEED, "--tls", XDG_CACHE_HOME=str(tmp_path)) as (process, url):
        assert process.stdout is not None
        path = process.stdout.readline().split()[1]
        assert model(url, ssl=ssl.create_default_context(cafile=path)).startswith("gpt-4o")


def test_a_client_that_is_run_trusts_the_certificate(tmp_path: Path) -> None:
    command = [*REPLAY, str(SEED), "--port", "0", "--tls", "--", sys.executable, "-c", ASK]
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_log_that_changes_is_served_anew_and_a_broken_one_is_not(tmp_path: Path) -> None:
    log = tmp_path / "call.yaml"
    log.write_text(SEED.read_text())
    with running(log, "--watch") as (process, url):
        assert process.stderr is not None
        assert model(url) == "gpt-4o-realtime-preview-2024-10-01"
        log.write_text(SEED.read_text().replace("gpt-4o-realtime-preview-2024-10-01", "edited-model"))
        assert "has changed" in process.stderr.readline()
        assert model(url) == "edited-model"
        log.write_text("nothing that anybody could read")
        assert "what it was before is served on" in process.stderr.readline()
        assert model(url) == "edited-model"


def test_the_summary_tells_connections_events_and_lateness() -> None:
    with running(SEED) as (process, url):
        with connect(url, proxy=None) as connection:
            connection.send('{"type": "response.create"}')
            count = 1
            while orjson.loads(connection.recv())["type"] != "response.done":
                count += 1
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=20)
    assert f"{count + 1} events" in out
    assert "1 connection; 99 of 100 waits ended at most" in out


def test_help_tells_the_exit_codes_and_the_clients_that_need_more() -> None:
    done = replay("--help")
    assert "Exit codes: 0" in done.stdout and "websocket_base_url" in done.stdout and "--tls" in done.stdout
