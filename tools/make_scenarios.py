"""Write docs/scenarios.md: the scenarios of fixtures/scenarios/ and the faults they are made of."""

import inspect
from pathlib import Path

from harness.scenarios.deeds import DEEDS, REFUSALS
from harness.scenarios.expectation import Expectation
from harness.scenarios.scenario import Scenario, all_scenarios

PAGE = Path(__file__).parents[1] / "docs" / "scenarios.md"

HEAD = """# Scenarios and faults

What goes wrong in the field, to be had at will: `replay --scenario NAME [LOG]` plays it, judges the client by what a
right one does then, and exits with the verdict; without a LOG it plays on a session that comes with the package.

```
$ replay --scenario 'late-created ms=5000' --port 0 -- python my_client.py
$ replay call.yaml --fault 'delay on=response.done ms=500' --fault 'drop on=*.delta nth=* chance=0.01' --seed 7
```

From Python: `harness.serve(log, scenario="barge-in")`, `harness.serve(log, faults=["cut on=response.created"])`; while
it runs, `server.fault("stall on=response.done")`. Over HTTP: `POST /harness/sessions/last/fault`.

What a fault sends is wrong on purpose: nobody is blamed for it. A client that does not do what the scenario expects is
told so as CLI980, an error. `sends` and `never` are about its events, `stays` means that it must not break off.

A scenario is a file of `fixtures/scenarios/`; one of your own is given by its path: `--scenario ./mine.yaml`. The
same seed gives the same faults. Names of events are those of today's protocol; a beta client gets its own.

## Faults

`DO on=EVENT [nth=N|N-M|N-|*] [chance=0.5] [where=JSON] [option=value …]`; `on` may hold `*`. The first such event of a
connection is meant unless `nth` says otherwise. Several faults at one event add up.

| fault | at | what happens |
|---|---|---|
"""


def main() -> None:
    """Write the page."""
    PAGE.write_text(page())


def page() -> str:
    """Return the whole page."""
    faults = [f"| `{name}` | server events | {_doc(deed)} |" for name, deed in DEEDS.items()]
    faults += [f"| `{name}` | client events | {text} |" for name, text in REFUSALS.items()]
    scenarios = "\n".join(map(_section, all_scenarios()))
    return HEAD + "\n".join(faults) + "\n\n## Scenarios\n\n" + scenarios


def _doc(deed: object) -> str:
    return " ".join((inspect.getdoc(deed) or "").split())


def _section(scenario: Scenario) -> str:
    lines = [f"### {scenario.name}", "", f"**The server** {scenario.what}", f"**A right client** {scenario.client}"]
    if scenario.provoke:
        lines.append(f"**To provoke it** {scenario.provoke}")
    expected = [f"`{one.kind} {one.what}`{_when(one)}" for one in scenario.expect]
    if expected:
        lines.append("**Expected** " + "; ".join(expected) + ".")
    lines.append(f"**Field problems** {scenario.source}.")
    return "  \n".join(lines).replace("  \n  \n", "\n\n", 1) + "\n"


def _when(one: Expectation) -> str:
    words = [f" {word} `{getattr(one, word)}`" for word in ("after", "until") if getattr(one, word)]
    soon = one.within_ms
    return "".join(words) + (f" within {soon} ms" if soon else "")


if __name__ == "__main__":
    main()
