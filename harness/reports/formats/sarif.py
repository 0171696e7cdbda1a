"""SARIF 2.1.0, as code scanning reads it: results, the rules behind them, and whether the run was complete."""

from collections.abc import Iterable, Iterator, Mapping
from json import dumps
from urllib.parse import quote

from harness import __version__
from harness.model import JSON, Finding, Place, Rule, Severity
from harness.reports.checked import Checked, Options
from harness.reports.line import Line, plain

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"

LEVELS: dict[Severity, str] = {"error": "error", "warning": "warning", "note": "note"}


def render(checked: Iterable[Checked], options: Options) -> Iterator[Line]:
    """Yield one SARIF log with one run about all sessions."""
    done = list(checked)
    findings = [finding for one in done for finding in one.report.findings]
    run: dict[str, JSON] = {
        "tool": {"driver": _driver(findings, options.rules)},
        "invocations": [{"executionSuccessful": all(one.complete for one in done)}],
        "results": [_result(finding) for finding in findings],
    }
    document = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    yield plain(dumps(document, indent=2, ensure_ascii=False))


def _driver(findings: list[Finding], rules: Mapping[str, Rule]) -> dict[str, JSON]:
    names = {finding.code: finding.name for finding in findings}
    return {
        "name": "harness",
        "version": __version__,
        "rules": [_rule(code, names[code], rules.get(code)) for code in sorted(names)],
    }


def _rule(code: str, name: str, rule: Rule | None) -> dict[str, JSON]:
    manual: dict[str, JSON] = {"id": code, "name": name}
    if rule is not None:
        manual["shortDescription"] = {"text": rule.what}
        manual["fullDescription"] = {"text": f"{rule.what} {rule.why}"}
        manual["help"] = {"text": f"{rule.do} Source: {rule.source}"}
        manual["defaultConfiguration"] = {"level": LEVELS[rule.severity]}
    return manual


def _result(finding: Finding) -> dict[str, JSON]:
    text = " ".join(part for part in (finding.message, finding.why, finding.hint) if part)
    result: dict[str, JSON] = {
        "ruleId": finding.code,
        "level": LEVELS[finding.severity],
        "message": {"text": text},
        "locations": [_location(finding.place)],
        "properties": {"subject": finding.subject, "layer": finding.layer, "seq": finding.seq},
    }
    if finding.witnesses:
        result["relatedLocations"] = [
            {**_location(witness.place), "message": {"text": f"{witness.type}: {witness.role}"}}
            for witness in finding.witnesses
        ]
    return result


def _location(place: Place) -> dict[str, JSON]:
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": quote(place.path.replace("\\", "/"))},
            "region": {"startLine": place.line, "startColumn": place.column},
        }
    }
