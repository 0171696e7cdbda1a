"""Puts a story together: what happened, what was in force, which errors came and why, how it ended."""

from collections.abc import Sequence
from dataclasses import dataclass

from harness.measure import Stats
from harness.measure.prices import Prices
from harness.measure.recording import Recording, record
from harness.measure.rows import measured
from harness.model import Finding, Report, Session
from harness.rules.ranking import most_useful_first
from harness.story.closing import Closing, closing
from harness.story.errors import Chain, chains
from harness.story.settings import Setting, Update, settings, updates
from harness.story.turns import Turn, turns


@dataclass(frozen=True, slots=True)
class Story:
    """A session, told."""

    recording: Recording
    figures: Stats
    turns: Sequence[Turn]
    settings: Sequence[Setting]
    updates: Sequence[Update]
    errors: Sequence[Chain]
    closing: Closing
    findings: Sequence[Finding]
    """Of the check, the most useful first."""

    @property
    def session(self) -> Session:
        """Return the session that is told."""
        return self.recording.session


def tell(session: Session, report: Report, table: Prices) -> Story:
    """Return the story of a session; `report` is that of its check, `table` prices its tokens."""
    recording = record(session)
    figures = measured(recording, table)
    errors = chains(recording)
    asked = updates(recording, {one.cause.seq: one.error for one in errors if one.cause is not None})
    return Story(
        recording,
        figures,
        turns(recording, figures),
        settings(recording, asked),
        asked,
        errors,
        closing(recording),
        most_useful_first(report.findings),
    )
