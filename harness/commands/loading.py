"""Reads sessions whole, for the commands that need all of one at once."""

import sys

import click

from harness import api
from harness.commands.exit_codes import ExitCode
from harness.commands.inputs import STDIN
from harness.errors import UnreadableError
from harness.logs.problems import LOSSES
from harness.model import Session

MOST_TOLD = 3
"""So many places that could not be read are told; `harness check` tells them all."""


def load(path: str, shape: str | None) -> tuple[Session | None, ExitCode]:
    """Return a session, None when nothing of it can be read, and the exit code that goes with it; say what failed."""
    try:
        items = api.read_stream(sys.stdin.buffer, STDIN, shape) if path == STDIN else api.read_file(path, shape)
        session = api.session_of(items, path)
    except UnreadableError as error:
        click.echo(f"harness: {error}", err=True)
        return None, ExitCode.UNREADABLE
    lost = [problem for problem in session.problems if problem.code in LOSSES]
    for problem in lost[:MOST_TOLD]:
        name, line, column = problem.place
        click.echo(f"harness: {name}:{line}:{column}: {problem.message}; {problem.hint}", err=True)
    return session, ExitCode.UNREADABLE if lost else ExitCode.CLEAN
