"""`harness explain`: tells a session as a story, and answers the question the user came with."""

import click

from harness import api
from harness.commands import output
from harness.commands.exit_codes import ExitCode
from harness.commands.loading import load
from harness.commands.stats import PRICES, SHAPE, price_table
from harness.reports.checked import SEVERITIES
from harness.reports.line import Span
from harness.story import tell
from harness.story.answers import questions
from harness.story.formats import json, text


@click.command(
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Questions: " + " · ".join(f"{name}: {one.asks}" for name, one in questions().items()),
)
@click.argument("log", metavar="LOG")
@click.option(
    "--question", "-q", type=click.Choice(list(questions())), help="Answer one question instead of telling it all."
)
@click.option(
    "--format", "format_name", type=click.Choice(["text", "json"]), default="text", show_default=True,
    help="What to print.",
)  # fmt: skip
@click.option(
    "--fail-on", type=click.Choice([*SEVERITIES, "never"]), default="error", show_default=True,
    help="Exit 1 from this severity of a finding on.",
)  # fmt: skip
@PRICES
@SHAPE
def explain(
    log: str, question: str | None, format_name: str, fail_on: str, prices_file: str | None, shape: str | None
) -> int:
    """Tell a session as a story: what was said and answered, what was in force, which event caused which error.

    LOG is a file of any known shape, or - for standard input.

    Exit codes: 0 clean, 1 findings at or above --fail-on, 2 wrong usage, 3 input unreadable or only partly read.
    """
    table = price_table(prices_file)
    session, code = load(log, shape)
    if session is None:
        return code
    report = api.check(session)
    story = tell(session, report, table)
    if format_name == "json":
        click.echo(json.render(story, question or ""))
    else:
        output.show(tuple(Span(*span) for span in line) for line in text.render(story, question or ""))
    grave = SEVERITIES[SEVERITIES.index(fail_on) :] if fail_on in SEVERITIES else ()
    return max(code, ExitCode.FINDINGS if any(one.severity in grave for one in report.findings) else ExitCode.CLEAN)
