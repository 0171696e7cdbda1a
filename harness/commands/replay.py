"""`replay`: serve a recorded session to real clients, and judge them."""

import asyncio
import os
import signal
import socket
import sys
from math import inf
from typing import TYPE_CHECKING, Any

import click

from harness.commands.exit_codes import ExitCode
from harness.errors import UsageError
from harness.net.port import bind

if TYPE_CHECKING:
    from harness.net.server import Server


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


@click.command()
@click.argument("log", type=click.Path())
@click.argument("command", nargs=-1, type=click.UNPROCESSED)
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
def replay(log: str, command: tuple[str, ...], host: str, port: int, **options: object) -> int:
    """Serve LOG to real clients as the server it was recorded from, and judge them while they talk.

    With `-- COMMAND …` the command is run as the client, its URL in OPENAI_BASE_URL and HARNESS_URL; the exit code
    is the verdict. Without, serve until Ctrl-C.
    """
    listener = bind(host, port)

    from harness.net.server import new_loop

    with asyncio.Runner(loop_factory=new_loop) as runner:
        return runner.run(_serve(listener, log, command, options))


async def _serve(listener: socket.socket, log: str, command: tuple[str, ...], options: dict[str, Any]) -> ExitCode:
    from harness.net.mock import Mock, Options
    from harness.net.server import running, script_of

    mock = Mock(Options(options["speed"], options["when_done"], options["mode"] == "strict"), _tell)
    stopped = _stop_signals()
    async with running(mock, listener) as server:
        mock.perform(await asyncio.to_thread(script_of, log, options["as_dialect"], _tell))
        click.echo(f"listening on {server.url}")
        sys.stdout.flush()
        failure = await _run_client(command, server, stopped) if command else await _wait(stopped)
    return _verdict(server, failure)


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


async def _run_client(command: tuple[str, ...], server: "Server", stopped: asyncio.Event) -> str:
    """Run the client to its end, or to ours; return how it failed, empty when it did not."""
    environment = {**os.environ, "OPENAI_BASE_URL": server.base_url, "HARNESS_URL": server.url}
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
    return f"{connections}; 99 of 100 waits ended at most {late_ms:.1f} ms late"
