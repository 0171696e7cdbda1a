"""Which rules a user wants to hear of: `--select` and `--ignore`, by code or by its beginning, as in ruff."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from harness.errors import UsageError
from harness.model import Report
from harness.reports.checked import verdict_of


@dataclass(frozen=True, slots=True)
class Selection:
    """Beginnings of codes. The longest that fits a code decides, `ignore` on a tie; none selected means all."""

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()

    def wants(self, code: str) -> bool:
        """Tell whether findings of this rule are shown and counted."""
        selected = _longest(code, self.select) if self.select else 0
        return selected > _longest(code, self.ignore)

    def apply(self, report: Report) -> Report:
        """Return the report with only the findings that are wanted, and the verdict on those."""
        findings = tuple(finding for finding in report.findings if self.wants(finding.code))
        return replace(report, findings=findings, verdict=verdict_of(findings))


def selected(select: Iterable[str], ignore: Iterable[str], codes: Collection[str]) -> Selection:
    """Return what is wanted by the values of `--select` and `--ignore`.

    Raises:
        UsageError: no code of the catalogue begins like one of them.
    """
    return Selection(parse("--select", select, codes), parse("--ignore", ignore, codes))


def _longest(code: str, beginnings: Iterable[str]) -> int:
    return max((len(beginning) for beginning in beginnings if code.startswith(beginning)), default=-1)


def parse(option: str, values: Iterable[str], codes: Collection[str]) -> tuple[str, ...]:
    """Return the beginnings of codes in comma-separated values.

    Raises:
        UsageError: no code of the catalogue begins like this.
    """
    beginnings = tuple(part.strip().upper() for value in values for part in value.split(",") if part.strip())
    for beginning in beginnings:
        if not any(code.startswith(beginning) for code in codes):
            raise UsageError(
                f"{option} {beginning}: no rule has a code that begins like this; `harness rules` lists them"
            )
    return beginnings
