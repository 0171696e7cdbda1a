"""JUnit XML, as CI systems read it: one test case for each session."""

import re
from collections.abc import Iterable, Iterator
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from harness.model import Finding
from harness.reports.checked import Checked, Options, failures, gravest, unread
from harness.reports.formats.text import block, name_of
from harness.reports.line import Line, plain, text_of

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold, not even escaped (its production 2, Char)."""


def render(checked: Iterable[Checked], options: Options) -> Iterator[Line]:
    """Yield one XML document about all sessions."""
    done = list(checked)
    suite = Element("testsuite", name="harness check", tests=str(len(done)))
    for one in done:
        _case(suite, one, options)
    for outcome in ("failure", "error"):
        suite.set(f"{outcome}s", str(len(suite.findall(f"testcase/{outcome}"))))
    suites = Element("testsuites")
    suites.append(suite)
    indent(suites)
    yield plain('<?xml version="1.0" encoding="utf-8"?>')
    yield plain(tostring(suites, encoding="unicode"))


def _case(suite: Element, one: Checked, options: Options) -> None:
    case = SubElement(suite, "testcase", classname="harness.check", name=_clean(name_of(one.report.path)))
    failing = failures(one.report, options.fail_on)
    if not one.complete:
        SubElement(case, "error", message=unread(one)).text = _blocks(one, failing)
    elif first := gravest(failing):
        message = f"{first.code} {first.name} at line {first.place.line}: {first.message}"
        SubElement(case, "failure", message=_clean(message)).text = _blocks(one, failing)
    others = [finding for finding in one.report.findings if finding not in failing]
    if others:
        SubElement(case, "system-out").text = _blocks(one, others)


def _blocks(one: Checked, findings: Iterable[Finding]) -> str:
    context = dict(one.context)
    blocks = ("\n".join(map(text_of, block(finding, context))) for finding in findings)
    return _clean("\n\n".join(blocks))


def _clean(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)
