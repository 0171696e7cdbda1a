"""`harness rules`: lists the rules."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict

import click

from harness.commands import output
from harness.commands.manuals import manuals
from harness.model import Rule
from harness.reports.line import Line, Span, plain
from harness.rules.thresholds import declared_thresholds

THRESHOLDS = "Set by `harness check --set NAME=VALUE`, or in `[tool.harness.thresholds]` of a `pyproject.toml`."


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--format", "format_name", type=click.Choice(["text", "json", "markdown"]), default="text", show_default=True
)
@click.option("--thresholds", is_flag=True, help="List the thresholds of rules, for `harness check --set`.")
def rules(format_name: str, thresholds: bool) -> None:
    """List the rules: code, name, severity, whose fault it is and what it rests on."""
    listed = manuals().values()
    output.show(_thresholds() if thresholds else _FORMATS[format_name](listed))


def _thresholds() -> Iterator[Line]:
    for one in declared_thresholds().values():
        yield (Span(f"{one.name:<26}", "strong"), Span(f"{one.value:>9g}  "), Span(one.precedent, "faint"))


def _table(all_rules: Iterable[Rule]) -> Iterator[Line]:
    listed = list(all_rules)
    width = max(len(rule.name) for rule in listed)
    for rule in listed:
        yield (
            Span(f"{rule.code}  ", "strong"),
            Span(f"{rule.name:<{width}}  "),
            Span(f"{rule.severity:<7}", rule.severity),
            Span(f"  {rule.subject:<8}  {rule.layer}", "faint"),
        )


def _json(all_rules: Iterable[Rule]) -> Iterator[Line]:
    yield plain(json.dumps([asdict(rule) for rule in all_rules], indent=2, ensure_ascii=False))


def _markdown(all_rules: Iterable[Rule]) -> Iterator[Line]:
    yield from map(plain, ("# Rules", "", "Written by `make docs` from the manuals of the rules themselves."))
    for rule in all_rules:
        yield from map(plain, ("", f"## {rule.code} {rule.name}", ""))
        yield from map(plain, (f"{rule.severity} · {rule.subject} · {rule.layer}", "", rule.what, ""))
        yield from map(plain, (f"- Why: {rule.why}", f"- Source: {rule.source}", f"- Do: {rule.do}"))
    yield from map(plain, ("", "# Thresholds", "", THRESHOLDS, "", "| name | value | taken from |", "|---|---:|---|"))
    for one in declared_thresholds().values():
        yield plain(f"| `{one.name}` | {one.value:g} | {one.precedent} |")


_FORMATS: Mapping[str, Callable[[Iterable[Rule]], Iterator[Line]]] = {
    "text": _table,
    "json": _json,
    "markdown": _markdown,
}
