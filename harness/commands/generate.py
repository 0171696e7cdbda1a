"""`harness generate`: makes up sessions that break no rule, from the declarations that the check uses."""

import random

import click

from harness.commands.exit_codes import ExitCode
from harness.commands.inputs import STDIN
from harness.commands.outputs import opened
from harness.generation import generate as entries
from harness.logs import write
from harness.logs.restamping import restamped
from harness.protocol.dialects import all_dialects

ENDINGS = {".yaml": "yaml", ".yml": "yaml", ".jsonl": "jsonl", ".ndjson": "jsonl"}
"""The format that the ending of a file asks for; YAML where it asks for none."""


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--dialect",
    type=click.Choice(sorted(all_dialects())),
    default="openai-ga",
    show_default=True,
    help="What the session speaks.",
)
@click.option("--turns", type=click.IntRange(0, 10_000), default=3, show_default=True, help="Turns of the user.")
@click.option("--seed", type=int, default=0, show_default=True, help="Another number makes another session.")
@click.option(
    "--out", default=STDIN, show_default=True, metavar="FILE", help="Where to: YAML, or JSON Lines by .jsonl."
)
def generate(dialect: str, turns: int, seed: int, out: str) -> int:
    """Make up a session that breaks no rule: to try a client, a parser or a rule on.

    The order of events, their ids and what they repeat come from the tables that `harness check` judges by. The same
    options make the same session, with the same version of harness.

    Exit codes: 0 written, 2 wrong usage.
    """
    made = (restamped(entry) for entry in entries(dialect, random.Random(seed), turns))
    format_name = next((name for ending, name in ENDINGS.items() if out.lower().endswith(ending)), "yaml")
    with opened(out) as stream:
        write(made, stream, format_name)
    return ExitCode.CLEAN
