"""What programs read: JSON, JUnit XML, SARIF, workflow commands."""

import json
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from sample_findings import DIVERGES

from harness.commands.manuals import manuals
from harness.model import Place, Rule
from harness.reports import formats
from harness.reports.checked import Checked, Options
from harness.reports.line import text_of


def printed(name: str, *checked: Checked, options: Options | None = None) -> str:
    lines = formats.find(name).render(checked, options or Options())
    return "\n".join(text_of(line) for line in lines)


def test_every_format_is_found_by_its_file() -> None:
    assert formats.names() == ["github", "json", "junit", "sarif", "text"]


def test_json_has_the_keys_of_the_contract_and_no_others(diverging: Checked) -> None:
    document = json.loads(printed("json", diverging))
    assert list(document) == ["version", "sessions", "complete"]
    assert document["version"] == 1
    assert document["complete"] is True
    (session,) = document["sessions"]
    assert {key: session[key] for key in session if key != "findings"} == {
        "likely": [0, 1],
        "path": "logs/call.yaml",
        "dialect": "openai-beta",
        "entries": 33,
        "events": 32,
        "repairs": 0,
        "verdict": "errors",
        "exercised": ["CNT401"],
        "not_exercised": {"TIM101": "no stamps", "TIM102": "no stamps", "CAU201": "no tool call"},
    }
    assert session["findings"][0] == {
        "code": "CNT401",
        "name": "text-deltas-differ-from-done",
        "severity": "error",
        "subject": "server",
        "line": 214,
        "column": 3,
        "seq": 31,
        "message": 'the deltas say " fro" where the final text says " for"',
        "why": "response resp_…A5Wn / output 0 / content 0, opened at line 150",
        "hint": "trust `done`; report this to the server",
    }
    assert session["findings"][1]["seq"] is None


def test_json_is_incomplete_when_one_log_was_only_partly_read(clean: Checked, torn: Checked) -> None:
    assert json.loads(printed("json", clean, torn))["complete"] is False


def test_json_of_nothing_is_still_a_document() -> None:
    assert json.loads(printed("json")) == {"version": 1, "sessions": [], "complete": True}


def test_junit_has_a_test_case_for_each_session(diverging: Checked, clean: Checked, torn: Checked) -> None:
    suite = ElementTree.fromstring(printed("junit", diverging, clean, torn)).find("testsuite")
    assert suite is not None
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("3", "1", "1")
    failed, passed, broken = suite.findall("testcase")
    failure = failed.find("failure")
    assert failure is not None and failure.text is not None
    assert failure.get("message") == (
        'CNT401 text-deltas-differ-from-done at line 214: the deltas say " fro" where the final text says " for"'
    )
    assert "--> logs/call.yaml:214" in failure.text
    assert "voice-was-not-set" in (failed.findtext("system-out") or "")
    assert list(passed) == []
    assert broken.find("error") is not None


def test_junit_fails_from_the_asked_severity_on(diverging: Checked) -> None:
    notes_only = replace(diverging, report=replace(diverging.report, findings=diverging.report.findings[1:]))
    assert "<failure" not in printed("junit", notes_only)
    assert "<failure" in printed("junit", notes_only, options=Options(fail_on="note"))


def test_junit_drops_what_xml_cannot_hold(diverging: Checked) -> None:
    finding = replace(DIVERGES, message="a bell \x07 and a nul \x00", witnesses=())
    document = printed("junit", Checked(replace(diverging.report, findings=(finding,))))
    assert "a bell \ufffd and a nul \ufffd" in document
    ElementTree.fromstring(document)


def test_sarif_has_results_with_places_and_the_rules_behind_them(diverging: Checked) -> None:
    manual = Rule(
        "CNT401", "text-deltas-differ-from-done", "error", "server", "documented", "What.", "Why.", "Source.", "Do."
    )
    document = json.loads(printed("sarif", diverging, options=Options(rules={"CNT401": manual})))
    (run,) = document["runs"]
    assert document["version"] == "2.1.0"
    assert run["tool"]["driver"]["name"] == "harness"
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["ADV101", "CNT401"]
    assert run["tool"]["driver"]["rules"][1]["shortDescription"] == {"text": "What."}
    result = run["results"][0]
    assert (result["ruleId"], result["level"]) == ("CNT401", "error")
    assert result["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "logs/call.yaml"},
        "region": {"startLine": 214, "startColumn": 3},
    }
    assert [one["message"]["text"] for one in result["relatedLocations"]] == [
        "response.text.delta: diverges here",
        "response.text.done: the final text",
    ]
    assert run["invocations"] == [{"executionSuccessful": True}]


def test_sarif_is_valid(diverging: Checked, clean: Checked, torn: Checked) -> None:
    from pydantic_sarif.model import StaticAnalysisResultsFormatSarifVersion210JsonSchema as Schema

    rules = {rule.code: rule for rule in manuals().values()}
    document = printed("sarif", diverging, clean, torn, options=Options(rules=rules))
    assert Schema.model_validate_json(document).runs[0].results
    with pytest.raises(ValueError, match="level"):
        Schema.model_validate_json(document.replace('"level": "error"', '"level": "grave"'))


def test_sarif_writes_paths_as_uris(diverging: Checked) -> None:
    finding = replace(DIVERGES, place=Place("my logs/ä.yaml", 1, 1), witnesses=())
    document = json.loads(printed("sarif", Checked(replace(diverging.report, findings=(finding,)))))
    location = document["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
    assert location["artifactLocation"]["uri"] == "my%20logs/%C3%A4.yaml"


def test_sarif_says_when_the_run_was_not_complete(torn: Checked) -> None:
    assert json.loads(printed("sarif", torn))["runs"][0]["invocations"] == [{"executionSuccessful": False}]


def test_github_annotates_the_line_and_escapes_what_is_syntax(diverging: Checked) -> None:
    finding = replace(DIVERGES, message="50% of\nit", why="", hint="", place=Place("a,b:c.yaml", 7, 2))
    assert printed("github", Checked(replace(diverging.report, findings=(finding,)))) == (
        "::error file=a%2Cb%3Ac.yaml,line=7,col=2,title=CNT401 text-deltas-differ-from-done::50%25 of%0Ait"
    )
    assert "::notice file=logs/call.yaml,line=1" in printed("github", diverging)


def test_github_reports_a_torn_log(torn: Checked) -> None:
    assert printed("github", torn) == "::error file=logs/call.yaml::The log was only partly read."
