"""One client at the mock: its turns, each compared with what the recording says."""

import json
import os
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import harness
from harness.model import Finding, Session
from harness.net.server import Server, serving
from harness.net.tls import own
from tools.client_matrix.installing import Environment
from tools.client_matrix.table import DRIVERS, ROOT, Client

RECORDINGS = {
    "text": ROOT / "fixtures" / "sessions" / "seed.yaml",
    "audio": ROOT / "fixtures" / "sessions" / "spoken-turn.yaml",
    "tool": ROOT / "fixtures" / "sessions" / "tool-call.yaml",
}
"""What is served for each turn; the first was recorded in the beta, the others in today's protocol."""
QUIET = {"OPENAI_AGENTS_DISABLE_TRACING": "1", "DO_NOT_TRACK": "1", "MASTRA_TELEMETRY_DISABLED": "1"}
"""A client talks to the mock and to nobody else."""
TOKEN_BYTES = 2_400
"""A token of output audio is 50 ms, at 24 000 samples of two bytes a second."""
LONGEST_S = 120


@dataclass(frozen=True, slots=True)
class Trial:
    """How a client did."""

    faults: Mapping[str, tuple[str, ...]]
    """What was wrong, by turn; nothing when the turn went as recorded."""
    seconds: float
    said: str = ""
    """The client's last words on its standard error."""
    told: Mapping[str, Any] = field(default_factory=dict)
    """What the client printed, by turn."""

    @property
    def passed(self) -> bool:
        """Tell whether every turn went as recorded."""
        return not any(self.faults.values())


def trial(client: Client, environment: Environment) -> Trial:
    """Run a client through its turns, each at a mock of its own."""
    with ExitStack() as stack:
        options = {"speed": 0, "as_dialect": client.dialect, "tls": client.tls}
        servers = {turn: stack.enter_context(serving(RECORDINGS[turn], **options)) for turn in client.turns}
        began = time.monotonic()
        told, said = _run(client, environment, servers)
        seconds = time.monotonic() - began
        findings = {turn: server.report.findings for turn, server in servers.items()}
    faults = {
        turn: (*differences(wanted_of(client, turn), told.get(turn)), *accusations(client, findings[turn]))
        for turn in client.turns
    }
    return Trial(faults, seconds, said, told)


def _run(client: Client, environment: Environment, servers: Mapping[str, Server]) -> tuple[dict[str, Any], str]:
    """Return what the client told of each turn, and its last words."""
    driver, *arguments = client.driver.split()
    folder = DRIVERS / "python" if client.language == "python" else environment.folder
    urls = {f"{turn.upper()}_URL": server.base_url for turn, server in servers.items()}
    try:
        done = subprocess.run(
            [str(environment.program), str(folder / driver), *arguments],
            env={**os.environ, **QUIET, **(_trust() if client.tls else {}), **urls}, cwd=environment.folder,
            capture_output=True, text=True, timeout=LONGEST_S, check=False, stdin=subprocess.DEVNULL,
        )  # fmt: skip
    except subprocess.TimeoutExpired as late:
        return _told(str(late.stdout or "")), f"not done after {LONGEST_S} s"
    return _told(done.stdout), done.stderr.strip()[-6_000:]


def _trust() -> dict[str, str]:
    """Return what makes a client trust the mock's own certificate."""
    authority = str(own().authority)
    return {"SSL_CERT_FILE": authority, "NODE_EXTRA_CA_CERTS": authority}


def _told(printed: str) -> dict[str, Any]:
    """Return the lines of JSON that the driver printed, by turn; SDKs print other things between them."""
    lines = [json.loads(line) for line in printed.splitlines() if line.startswith('{"turn"')]
    return {line["turn"]: line for line in lines}


def wanted_of(client: Client, turn: str) -> dict[str, Any]:
    """Return what this client must have understood of a turn."""
    return {key: value for key, value in expected(turn).items() if f"{turn}.{key}" not in client.cannot}


def expected(turn: str) -> dict[str, Any]:
    """Return what the recording gives a client in this turn."""
    session = harness.load(RECORDINGS[turn])
    output = [item for response in _responses(session) for item in response["output"]]
    contents = [content for item in output for content in item.get("content", ())]
    calls = [json.loads(item["arguments"]) for item in output if item["type"] == "function_call"]
    tokens = sum(response["usage"]["output_token_details"].get("audio_tokens", 0) for response in _responses(session))
    wanted = {"text": "".join(content.get("text") or content.get("transcript") for content in contents)}
    return (
        wanted | ({"arguments": calls[0]} if calls else {}) | ({"audio_bytes": tokens * TOKEN_BYTES} if tokens else {})
    )


def _responses(session: Session) -> Iterator[Any]:
    return (event.body["response"] for event in session.events if event.type == "response.done")


def differences(wanted: Mapping[str, Any], told: Mapping[str, Any] | None) -> Iterator[str]:
    """Yield how a turn differs from what was recorded."""
    if told is None:
        yield "the turn was not completed"
        return
    for key, value in wanted.items():
        if not _same(key, value, told.get(key)):
            yield f"{key} is {told.get(key)!r}, the recording has {value!r}"


def _same(key: str, wanted: Any, got: Any) -> bool:
    """Compare: arguments as JSON, audio to a hundredth (what the log left out is made up by length), text exactly."""
    if key == "arguments":
        return bool(wanted == (json.loads(got) if isinstance(got, str) else got))
    if key == "audio_bytes":
        return isinstance(got, int) and abs(got - wanted) * 100 <= wanted
    return bool(wanted == got)


def accusations(client: Client, findings: tuple[Finding, ...]) -> Iterator[str]:
    """Yield what the mock says against itself, and against a client that is known to do nothing wrong."""
    for finding in findings:
        ours = finding.subject == "harness"
        if ours or (finding.subject == "client" and finding.severity != "note" and finding.code not in client.does):
            yield f"{finding.code} {finding.subject}: {finding.message}"
