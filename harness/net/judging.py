"""The Monitor of a live connection, with the events around what it finds."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.model import Event, Finding, Report
    from harness.reports.context import Summary

BACKLOG = 20_000
"""More events of one connection must not wait to be judged: the connection is slowed down instead."""

MOST_SHOWN = 2_000
"""So many events around findings are kept of one connection."""


class WindowedMonitor:
    """Judges a connection and keeps what a report shows of it.

    Making one imports the rules, which takes longer than accepting a client does: it must be made late.
    """

    def __init__(self, dialect: str, name: str) -> None:
        from harness.reports.context import Window
        from harness.rules.monitor import Monitor

        self._monitor, self._window = Monitor(dialect, path=name), Window()

    @property
    def kept(self) -> dict[int, Summary]:
        """Return the events that the findings point at, by `seq`."""
        return self._window.kept

    @property
    def dialect(self) -> str | None:
        """Return what the session speaks."""
        return self._monitor.dialect

    def feed(self, event: Event) -> list[Finding]:
        """Judge one event."""
        self._window.see(event)
        findings = self._monitor.feed(event)
        if len(self._window.kept) < MOST_SHOWN:
            self._window.keep(findings)
        return findings

    def finish(self) -> Report:
        """Settle what is still open."""
        report = self._monitor.finish()
        self._window.keep(report.findings[:MOST_SHOWN])
        return report
