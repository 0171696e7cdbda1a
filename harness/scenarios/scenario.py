"""Scenarios: what goes wrong, and what a right client does then, declared in `fixtures/scenarios/NAME.yaml`."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from harness.errors import UsageError
from harness.resources import root
from harness.scenarios import expectation, fault
from harness.scenarios.expectation import Expectation
from harness.scenarios.fault import Fault

KNOWN = frozenset({"what", "client", "source", "with", "faults", "responses", "expect", "provoke", "settings", "log"})
PARAMETER = re.compile(r"\$\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Scenario:
    """A situation that clients must live through."""

    name: str
    what: str
    """What the server does."""
    client: str
    """What a right client does then."""
    source: str
    """The field problem behind it (FIELD-PROBLEMS.md)."""
    faults: tuple[Fault, ...] = ()
    responses: tuple[Mapping[str, Any], ...] = ()
    """What is answered, instead of what was recorded; the recorded answers where empty."""
    expect: tuple[Expectation, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    """What the session starts with, by the names of `harness.replay.settings.PATHS`."""
    log: str = "spoken-turn"
    """The shipped session that it plays on where the user names no log."""
    provoke: str = ""
    """What the client must be made to do, so that it happens."""


def names() -> list[str]:
    """Return the names of the scenarios that are shipped."""
    return sorted(path.stem for path in root("fixtures").joinpath("scenarios").glob("*.yaml"))


def all_scenarios() -> Iterator[Scenario]:
    """Yield the scenarios that are shipped."""
    return (load(name) for name in names())


def load(text: str) -> Scenario:
    """Return the scenario that `NAME [key=value …]` or `FILE.yaml [key=value …]` names.

    Raises:
        UsageError: there is none, or it is not declared well.
    """
    name, given = fault.words(text, "scenario")
    is_file = name.endswith((".yaml", ".yml"))
    path = Path(name) if is_file else root("fixtures") / "scenarios" / f"{name}.yaml"
    if not path.is_file():
        near = "" if is_file else "; `harness replay --scenario list` lists them"
        raise UsageError(f"there is no scenario {name}{near}")
    try:
        declared = yaml.safe_load(path.read_text("utf-8"))
    except yaml.YAMLError as error:
        raise UsageError(f"{path} is no YAML: {error}") from None
    if not isinstance(declared, dict) or not KNOWN.issuperset(declared):
        raise UsageError(f"{path} is no scenario; it has {', '.join(sorted(KNOWN))}")
    return _made(path.stem, declared, given)


def _made(name: str, declared: Mapping[str, Any], given: Mapping[str, Any]) -> Scenario:
    defaults = declared.get("with", {})
    strange = sorted(set(given) - set(defaults))
    if strange:
        known = ", ".join(f"{key}={value}" for key, value in defaults.items()) or "no parameters"
        raise UsageError(f"scenario {name} does not know {strange[0]}; it has {known}")
    filled = _filled(dict(declared), {**defaults, **given})
    return Scenario(
        name,
        what=_line(filled.get("what")),
        client=_line(filled.get("client")),
        source=_line(filled.get("source")),
        faults=tuple(fault.of(one) for one in filled.get("faults", ())),
        responses=tuple(filled.get("responses", ())),
        expect=tuple(expectation.of(one) for one in filled.get("expect", ())),
        settings=filled.get("settings", {}),
        log=str(filled.get("log", "spoken-turn")),
        provoke=_line(filled.get("provoke")),
    )


def _line(text: Any) -> str:
    return " ".join(str(text or "").split())


def _filled(value: Any, parameters: Mapping[str, Any]) -> Any:
    """Return a declaration with `${name}` replaced by the parameter of that name."""
    if isinstance(value, str):
        whole = PARAMETER.fullmatch(value)
        if whole:
            return parameters.get(whole[1], value)
        return PARAMETER.sub(lambda match: str(parameters.get(match[1], match[0])), value)
    if isinstance(value, dict):
        return {key: _filled(member, parameters) for key, member in value.items() if key != "with"}
    return [_filled(member, parameters) for member in value] if isinstance(value, list) else value
