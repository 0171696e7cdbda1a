"""`replay LOG`, as a user runs it."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import orjson
import pytest
from websockets.sync.client import connect

SEED = Path(__file__).parents[2] / "fixtures" / "sessions" / "seed.yaml"
REPLAY = [sys.executable, "-c", "from harness.cli import replay; replay()"]

CLIENT = """
import json, os, sys
from websockets.sync.client import connect
assert os.environ["OPENAI_BASE_URL"].startswith("http://127.0.0.1:") and os.environ["OPENAI_BASE_URL"].endswith("/v1")
with connect(os.environ["HARNESS_URL"], proxy=None) as connection:
    connection.recv()
    connection.send(json.dumps({"type": sys.argv[1]}))
    while json.loads(connection.recv())["type"] not in ("response.done", "error"):
        pass
sys.exit(int(sys.argv[2]))
"""


def replay(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Run the command to its end."""
    command = [*REPLAY, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def replay_to(event: str, code: int = 0) -> subprocess.CompletedProcess[str]:
    """Run it with a client that sends one event and exits with a code."""
    return replay(SEED, "--port", 0, "--speed", "instant", "--", sys.executable, "-c", CLIENT, event, code)


@contextmanager
def running(*arguments: object) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    """Run it until the block ends; yield the process and its URL."""
    process = subprocess.Popen(
        [*REPLAY, *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )  # fmt: skip
    assert process.stdout is not None
    try:
        yield process, process.stdout.readline().removeprefix("listening on ").strip()
    finally:
        process.kill()
        process.communicate()


def test_it_says_where_it_listens_and_serves_until_it_is_interrupted() -> None:
    with running(SEED, "--port", 0, "--speed", "instant") as (process, url):
        assert url.startswith("ws://127.0.0.1:") and url.endswith("/v1/realtime")
        with connect(url, proxy=None) as connection:
            assert orjson.loads(connection.recv())["type"] == "session.created"
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
    assert process.returncode == 0
    assert "connection 1: no findings" in out or "connection 1:" in out
    assert "Traceback" not in err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_findings_of_weight_make_the_exit_code_1(number: signal.Signals) -> None:
    with running(SEED, "--port", 0, "--speed", "instant") as (process, url):
        with connect(url, proxy=None) as connection:
            connection.send("{")
            while orjson.loads(connection.recv())["type"] != "error":
                pass
        process.send_signal(number)
        out, err = process.communicate(timeout=20)
    assert (process.returncode, "Traceback" in err) == (1, False)
    assert "CLI971 frame-is-no-event" in out


def test_a_client_that_is_killed_leaves_no_traceback() -> None:
    with running(SEED, "--port", 0) as (process, url):
        code = f"from websockets.sync.client import connect; c = connect({url!r}, proxy=None); c.recv()"
        code += "; print(1, flush=True); c.recv()"
        client = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
        assert client.stdout is not None
        client.stdout.readline()
        client.kill()
        client.communicate()
        with connect(url, proxy=None) as connection:
            assert orjson.loads(connection.recv())["type"] == "session.created"
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=20)
    assert err == ""


def test_a_command_is_run_as_the_client_and_its_good_end_is_ours() -> None:
    done = replay_to("response.create")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "\n1 connection; 99 of 100 waits" in done.stdout


def test_a_command_whose_events_are_wrong_fails_though_it_ends_well() -> None:
    done = replay_to("response.crate")
    assert done.returncode == 1
    assert "response.crate" in done.stdout


def test_a_command_that_fails_is_named_with_its_exit_code() -> None:
    done = replay_to("response.create", 7)
    assert done.returncode == 1
    assert "failed with exit code 7" in done.stderr


def test_a_command_that_is_killed_is_named_with_its_signal() -> None:
    done = replay(SEED, "--port", 0, "--", sys.executable, "-c", "import os; os.kill(os.getpid(), 9)")
    assert done.returncode == 1
    assert "was ended by SIGKILL" in done.stderr


def test_a_command_that_never_connects_is_no_success() -> None:
    done = replay(SEED, "--port", 0, "--", sys.executable, "-c", "pass")
    assert done.returncode == 1
    assert "ended without connecting to ws://127.0.0.1:" in done.stderr
    assert done.stdout.splitlines()[1:] == ["no client connected"]


def test_a_command_that_does_not_exist_is_a_usage_error() -> None:
    done = replay(SEED, "--port", 0, "--", "no-such-program")
    assert (done.returncode, "Traceback" in done.stderr) == (2, False)
    assert "cannot run no-such-program" in done.stderr


def test_a_port_in_use_is_a_usage_error_that_says_what_to_do() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = replay(SEED, "--port", taken.getsockname()[1])
    assert done.returncode == 2
    assert "is in use" in done.stderr and "--port 0" in done.stderr


def test_a_log_that_cannot_be_read_is_exit_code_3() -> None:
    done = replay("nowhere.yaml", "--port", 0)
    assert done.returncode == 3
    assert "nowhere.yaml" in done.stderr


@pytest.mark.parametrize("speed", ["nan", "-1", "fast", "inf", ""])
def test_a_speed_that_is_none_is_a_usage_error(speed: str) -> None:
    done = replay(SEED, "--port", 0, "--speed", speed)
    assert done.returncode == 2
    assert "instant" in done.stderr


def test_what_cannot_be_translated_is_told() -> None:
    done = replay(SEED, "--port", 0, "--as", "openai-ga", "--", sys.executable, "-c", "pass")
    assert "seed.yaml:19: session.temperature has no counterpart in openai-ga" in done.stderr


def test_nothing_heavy_is_imported_before_it_listens() -> None:
    heavy = {"deepdiff", "hypothesis", "jsonschema", "openai", "dask", "starlette", "rich"}
    probe = (
        "import sys; from harness.cli import find; import harness.net.server; import harness.net.scripts as s;"
        f"find('replay'); s.script_of({str(SEED)!r}); print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert heavy.isdisjoint(done.stdout.split())
    assert "uvicorn" in done.stdout


def test_it_takes_the_environment_along() -> None:
    probe = "import os; assert os.environ['MINE'] == 'x'; from websockets.sync.client import connect as c;" \
            "c(os.environ['HARNESS_URL'], proxy=None).close()"  # fmt: skip
    command = [*REPLAY, str(SEED), "--port", "0", "--", sys.executable, "-c", probe]
    done = subprocess.run(command, env={**os.environ, "MINE": "x"}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
