"""`replay`: serve recorded sessions to real clients, and judge them."""

import asyncio
import os
import signal
import socket
import sys
from contextlib import asynccontextmanager
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from harness.commands.exit_codes import ExitCode
from harness.errors import HarnessError, UsageError
from harness.net.port import bind

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.net.mock import Mock
    from harness.net.server import AsyncServer, Server
    from harness.replay.script import Script

WATCH_S = 0.3
"""How often a watched log is looked at."""


def _speed(ctx: click.Context, param: click.Parameter, value: str) -> float:
    """Return how many times faster than recorded, 0 for `instant`, as in Python."""
    words = {"realtime": 1.0, "instant": 0.0}
    try:
        factor = words[value] if value in words else float(value)
    except ValueError:
        factor = -1.0
    if not 0 <= factor < inf:
        raise click.BadParameter(f"{value!r} is neither `realtime`, nor `instant`, nor a number from 0 (instant) on")
    return factor


class Replay(click.Command):
    """A command whose arguments behind `--` are another command."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Set the other command aside."""
        own, dashes, other = args, False, []
        if "--" in args:
            at = args.index("--")
            own, dashes, other = args[:at], True, args[at + 1 :]
        if dashes and not other:
            raise click.UsageError("name a command behind --", ctx)
        ctx.meta["command"] = tuple(other)
        return super().parse_args(ctx, own)


@click.command(cls=Replay, context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("logs", nargs=-1, type=click.Path(), metavar="LOG… [-- COMMAND…]")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8765, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free one.")
@click.option(
    "--speed",
    default="realtime",
    show_default=True,
    callback=_speed,
    metavar="SPEED",
    help="realtime, N (times faster), or instant.",
)
@click.option("--as", "as_dialect", metavar="DIALECT", help="Serve the recording in this dialect (openai-ga, …).")
@click.option(
    "--mode",
    type=click.Choice(["reactive", "strict"]),
    default="reactive",
    show_default=True,
    help="strict: the client must send what was recorded, in that order.",
)
@click.option(
    "--when-done",
    type=click.Choice(["repeat", "end", "generate"]),
    default="repeat",
    show_default=True,
    help="After the last recorded response: it again, the end, or a made-up one.",
)
@click.option(
    "--voice",
    type=click.Choice(["tone", "silence", "speech"]),
    default="tone",
    show_default=True,
    help="In place of audio that the log left out; speech needs espeak-ng.",
)
@click.option(
    "--audio-pace",
    type=click.Choice(["burst", "realtime"]),
    default="burst",
    show_default=True,
    help="realtime: audio no faster than it is played.",
)
@click.option("--record", metavar="OUT", help="Keep what happens: OUT.yaml or OUT.jsonl, then OUT-2, OUT-3 …")
@click.option(
    "--scenario", metavar="NAME", help="What goes wrong, and what the client must do then; `list` lists them."
)
@click.option(
    "--fault", "faults", multiple=True, metavar="SPEC", help="e.g. 'delay on=response.done ms=500'; repeatable."
)
@click.option("--seed", default=0, show_default=True, help="What chance draws from: the same seed, the same faults.")
@click.option(
    "--key", "keys", multiple=True, metavar="KEY", help="A key that clients must bring; repeatable. Else any."
)
@click.option("--tls", is_flag=True, help="Serve wss:// with a certificate of our own, whose path is printed.")
@click.option("--cert", metavar="FILE", help="Serve wss:// with this certificate, in PEM.")
@click.option("--cert-key", metavar="FILE", help="Its key, where that is in a file of its own.")
@click.option("--watch", is_flag=True, help="Read a log again when it has changed; new connections get the new one.")
@click.pass_context
def replay(ctx: click.Context, /, logs: tuple[str, ...], host: str, port: int, **options: Any) -> int:
    """Serve recorded sessions to real clients as the server they were recorded from, and judge the clients.

    Of several logs a client chooses one by ?log=NAME, by its path or by its model; the first is for the others.

    With `-- COMMAND …` the command is run as the client, its URL in OPENAI_BASE_URL and HARNESS_URL; the exit code
    is the verdict. Without, serve until Ctrl-C. Clients that do not take the variable: the `beta.realtime` of
    openai-python wants AsyncOpenAI(websocket_base_url="ws://127.0.0.1:8765/v1"), openai-node wants --tls.

    Exit codes: 0 no finding is an error and COMMAND succeeded, 1 a finding is an error or COMMAND failed or never
    connected, 2 wrong usage (a port in use), 3 a log cannot be read, 4 a bug of harness.
    """
    if options["scenario"] == "list":
        from harness.commands.scenarios import show

        return show()
    listener = bind(host, port)

    from harness.net.server import new_loop

    with asyncio.Runner(loop_factory=new_loop) as runner:
        return runner.run(_serve(listener, logs, ctx.meta["command"], options))


async def _serve(
    listener: socket.socket, logs: tuple[str, ...], command: tuple[str, ...], options: dict[str, Any]
) -> ExitCode:
    from harness.net.mock import Mock, Options
    from harness.net.scripts import wrong
    from harness.net.server import running

    goes_wrong = wrong(options["scenario"], options["faults"])
    mock = Mock(
        Options(
            options["speed"], options["when_done"], options["mode"] == "strict", int(options["record"] is not None),
            options["keys"], *goes_wrong, options["seed"],
        ),
        _tell,
    )  # fmt: skip
    certificate, tls = _certificate(options)
    stopped = _stop_signals()
    async with running(mock, listener, tls) as server, _recording(mock, options["record"]):
        made = asyncio.to_thread(_scripts, logs, options, goes_wrong.scenario)
        mock.perform(*await made)
        click.echo(f"listening on {server.url}")
        if certificate:
            click.echo(f"certificate: {certificate}  (SSL_CERT_FILE or NODE_EXTRA_CA_CERTS lets a client trust it)")
        sys.stdout.flush()
        watching = asyncio.create_task(_watch(mock, logs, options)) if options["watch"] else None
        failure = await _run_client(command, server, stopped, certificate) if command else await _wait(stopped)
        if watching is not None:
            watching.cancel()
    return _verdict(server, failure)


def _scripts(logs: tuple[str, ...], options: dict[str, Any], scenario: Any = None) -> "list[Script]":
    from harness.net.scripts import scripts_of
    from harness.net.speech import rendering

    how = rendering(options["voice"], options["audio_pace"])
    return scripts_of(logs, options["as_dialect"], scenario, _tell, how)


def _certificate(options: dict[str, Any]) -> tuple[str, Any]:
    """Return the path of what clients must trust, and what serves TLS; empty and None for a plain port."""
    if not options["tls"] and not options["cert"]:
        if options["cert_key"]:
            raise UsageError("--cert-key names the key of a certificate; name that with --cert")
        return "", None
    from harness.net import tls

    certificate = tls.given(options["cert"], options["cert_key"]) if options["cert"] else tls.own()
    return str(certificate.authority or certificate.chain), tls.context(certificate)


@asynccontextmanager
async def _recording(mock: "Mock", out: str | None) -> "AsyncIterator[None]":
    """Write down every connection that is over, and at the end those that are not."""
    if out is None:
        yield
        return
    from harness.commands.recordings import Recordings

    recordings = Recordings(out)
    mock.on_release = recordings.keep
    yield
    for connection in mock.sessions:
        if connection.is_open:
            recordings.keep(connection)
    for line in await asyncio.to_thread(recordings.finish):
        _tell(line)


async def _watch(mock: "Mock", logs: tuple[str, ...], options: dict[str, Any]) -> None:
    """Serve a log anew when it has changed; one that cannot be read is told, and the old one stays."""
    seen = {log: _changed_ns(log) for log in logs}
    while True:
        await asyncio.sleep(WATCH_S)
        for log in logs:
            now = _changed_ns(log)
            if now == seen[log] or now is None:
                continue
            seen[log] = now
            try:
                (script,) = await asyncio.to_thread(_scripts, (log,), options)
            except HarnessError as error:
                _tell(f"{error}; what it was before is served on")
                continue
            (await mock.repertoire()).replace(log, script)
            _tell(f"{log} has changed; new connections get what it is now")


def _changed_ns(log: str) -> int | None:
    try:
        return Path(log).stat().st_mtime_ns
    except OSError:
        return None


def _tell(line: str) -> None:
    click.echo(f"replay: {line}", err=True)


def _stop_signals() -> asyncio.Event:
    """Return what is set when the user, or the system, wants us to stop."""
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    return stopped


async def _wait(stopped: asyncio.Event) -> str:
    await stopped.wait()
    return ""


async def _run_client(command: tuple[str, ...], server: "AsyncServer", stopped: asyncio.Event, certificate: str) -> str:
    """Run the client to its end, or to ours; return how it failed, empty when it did not."""
    trust = dict.fromkeys(("SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS"), certificate) if certificate else {}
    environment = {**os.environ, "OPENAI_BASE_URL": server.base_url, "HARNESS_URL": server.url, **trust}
    try:
        client = await asyncio.create_subprocess_exec(*command, env=environment)
    except OSError as error:
        raise UsageError(f"cannot run {command[0]}: {error.strerror}") from None
    ended, stop = asyncio.ensure_future(client.wait()), asyncio.ensure_future(stopped.wait())
    await asyncio.wait({ended, stop}, return_when=asyncio.FIRST_COMPLETED)
    stop.cancel()
    if not ended.done():
        client.terminate()
        await ended
        return f"{command[0]} was stopped"
    if client.returncode:
        return f"{command[0]} {_ended(client.returncode)}"
    return "" if server.connections else f"{command[0]} ended without connecting to {server.url}"


def _verdict(server: "Server", failure: str) -> ExitCode:
    """Print the findings of each connection and return the exit code they call for."""
    from harness.commands import output
    from harness.commands.manuals import manuals
    from harness.reports.checked import Options, failures
    from harness.reports.formats import text

    checked = server.checked()
    if checked:
        output.show(text.render(checked, Options(rules=manuals())))
    click.echo(_summary(server))
    if failure:
        _tell(failure)
    failed = failure or any(failures(one.report, "error") for one in checked)
    return ExitCode.FINDINGS if failed else ExitCode.CLEAN


def _ended(code: int) -> str:
    """Return how a command failed in words; a negative code is the signal that ended it."""
    if code > 0:
        return f"failed with exit code {code}"
    names = {number.value: number.name for number in signal.Signals}
    return f"was ended by {names.get(-code, f'signal {-code}')}"


def _summary(server: "Server") -> str:
    if not server.connections:
        return "no client connected"
    late_ms = server.late_p99_ns / 1e6
    connections = f"{server.connections} connection{'s' * (server.connections != 1)}"
    shown = len(server.checked())
    if shown < server.connections:
        connections += (
            f" ({shown} shown: {', '.join(f'{n} with {what}' for what, n in server.verdicts.items())} in all)"
        )
    return f"{connections}; 99 of 100 waits ended at most {late_ms:.1f} ms late"
