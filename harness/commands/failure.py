"""What a user reads when a command cannot go on, and the exit code that goes with it."""

import os
import traceback
from pathlib import Path

import click

from harness import __version__
from harness.commands.exit_codes import ExitCode
from harness.errors import UnreadableError, UsageError


def explain(error: BaseException) -> ExitCode:
    """Print what happened on standard error, and return the exit code."""
    match error:
        case click.Abort() | KeyboardInterrupt():
            return ExitCode.INTERRUPTED
        case click.ClickException():
            error.show()
            return ExitCode.USAGE
        case UsageError():
            click.echo(f"harness: {error}", err=True)
            return ExitCode.USAGE
        case OSError(filename=str(name), strerror=str(reason)):
            click.echo(f"harness: {name}: {reason}", err=True)
            return ExitCode.UNREADABLE
        case UnreadableError() | OSError():
            click.echo(f"harness: {error}", err=True)
            return ExitCode.UNREADABLE
        case _:
            click.echo(_bug(error), err=True)
            return ExitCode.INTERNAL


def _bug(error: BaseException) -> str:
    if os.environ.get("HARNESS_DEBUG"):
        return "".join(traceback.format_exception(error)).rstrip()
    frames = traceback.extract_tb(error.__traceback__)
    last = frames[-1] if frames else None
    place = f" at {Path(last.filename).name}:{last.lineno} in {last.name}" if last else ""
    return (
        f"harness: internal error, a bug of harness {__version__}: "
        f"{type(error).__name__}: {error}{place}\n"
        "  Nothing is said about the input. Please report this line, the command and, if you can, the log.\n"
        "  HARNESS_DEBUG=1 shows the whole traceback."
    )
