"""`replay --scenario list`: the scenarios there are."""

import click

from harness.commands.exit_codes import ExitCode


def show() -> ExitCode:
    """List the scenarios, each with what it does and what it expects."""
    from harness.scenarios.scenario import all_scenarios

    for scenario in all_scenarios():
        click.echo(f"{scenario.name}\n  server  {scenario.what}\n  client  {scenario.client}")
        if scenario.provoke:
            click.echo(f"  needs   {scenario.provoke}")
    return ExitCode.CLEAN
