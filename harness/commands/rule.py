"""`harness rule CODE`: prints the manual of a rule."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches

import click

from harness.commands import output
from harness.commands.manuals import manuals
from harness.errors import UsageError
from harness.model import Rule
from harness.reports.line import Line, Span

SECTIONS = {"what": "What", "why": "Why it matters", "source": "Source", "do": "What to do"}
"""The sections of a manual and their headings."""


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("code", metavar="CODE")
def rule(code: str) -> None:
    """Print the manual of a rule, found by its code or its name."""
    output.show(_manual(_find(code, manuals())))


def _find(code: str, rules: Mapping[str, Rule]) -> Rule:
    named = {one.name: one for one in rules.values()}
    found = rules.get(code.upper()) or named.get(code.lower())
    if found is None:
        near = get_close_matches(code.upper(), rules, 3) or get_close_matches(code.lower(), named, 3)
        meant = f"did you mean {' or '.join(near)}? " if near else ""
        raise UsageError(f"no rule is called {code!r}; {meant}`harness rules` lists them")
    return found


def _manual(found: Rule) -> Iterator[Line]:
    yield (Span(f"{found.code} {found.name}", found.severity),)
    yield (Span(f"{found.severity} · {found.subject} · {found.layer}", "faint"),)
    for section, heading in SECTIONS.items():
        yield ()
        yield (Span(heading, "strong"),)
        yield (Span(f"  {getattr(found, section)}"),)
