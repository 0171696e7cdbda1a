"""The command line: `harness COMMAND`, and `replay`, which is `harness replay`.

A command's module is imported when the command runs, not before: `replay` must listen at once.
"""

import sys
from collections.abc import Sequence
from importlib import import_module

import click

from harness import __version__

COMMANDS = {
    "check": "Say what is wrong in recorded sessions.",
    "replay": "Serve a recorded session to real clients, and judge them.",
    "diff": "Say what changed between two sessions.",
    "explain": "Tell a session as a story; say why no audio came, and more.",
    "stats": "Measure sessions: latencies, audio, tokens, cost.",
    "audio": "Write the audio of a session as WAV files; say what is odd.",
    "generate": "Make up a session that breaks no rule.",
    "convert": "Write a log in another format, without its secrets or its audio.",
    "rules": "List the rules.",
    "rule": "Print the manual of a rule.",
}
"""Each command with its line in `harness --help`; it is the click command of its name in `harness/commands/NAME.py`."""


class Commands(click.Group):
    """The commands of the table, imported one at a time."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command, None when there is none of that name."""
        return find(cmd_name) if cmd_name in COMMANDS else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the table, without importing the commands for their help."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


def find(name: str) -> click.Command:
    """Return the command of that name, one of `COMMANDS`."""
    command: click.Command = getattr(import_module(f"harness.commands.{name}"), name)
    return command


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="harness")
def harness() -> None:
    """Check, replay and diff recorded sessions of the OpenAI Realtime protocol.

    Exit codes: 0 clean, 1 findings, 2 wrong usage, 3 input unreadable or only partly read, 4 a bug of harness,
    5 stale baseline.
    """


def run(command: click.Command, name: str, arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code; a failure is explained on standard error.

    Args:
        command: it returns its exit code, or None for 0.
        name: how the program is called in its help.
        arguments: those of the process when None.
    """
    try:
        outcome = command.main(arguments, prog_name=name, standalone_mode=False)
    except (Exception, KeyboardInterrupt) as error:
        from harness.commands.failure import explain

        return explain(error)
    return outcome if isinstance(outcome, int) else 0


def main() -> None:
    """Run `harness`."""
    sys.exit(run(harness, "harness"))


def replay() -> None:
    """Run `replay`."""
    sys.exit(run(find("replay"), "replay"))
