"""Reads sessions whole, for the commands that need all of one at once."""

import sys

import click

from harness import api
from harness.commands.exit_codes import ExitCode
from harness.commands.inputs import STDIN
from harness.errors import UnreadableError
from harness.logs.problems import LOSSES
from harness.model import Session


def load(path: str, shape: str | None) -> tuple[Session | None, ExitCode]:
    """Return a session, None when nothing of it can be read, and the exit code that goes with it; say what failed."""
    try:
        items = api.read_stream(sys.stdin.buffer, STDIN, shape) if path == STDIN else api.read_file(path, shape)
        session = api.session_of(items, path)
    except UnreadableError as error:
        click.echo(f"harness: {error}", err=True)
        return None, ExitCode.UNREADABLE
    lost = any(problem.code in LOSSES for problem in session.problems)
    return session, ExitCode.UNREADABLE if lost else ExitCode.CLEAN
