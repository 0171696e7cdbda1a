"""Puts findings in the order in which a person wants to hear them: what answers their question comes first."""

from collections.abc import Iterable, Sequence

from harness.model import Finding, Severity

ANSWERS: tuple[str, ...] = (
    # Why no answer, or no audio?
    *(
        "ADV801",
        "ADV802",
        "CLI932",
        "ADV804",
        "ADV806",
        "ADV824",
        "CAU531",
        "ADV840",
        "CLI952",
        "CNT475",
        "CLI943",
        "TIM736",
        "ADV811",
    ),
    # Which of my events caused this error?
    *("CLI908", "CLI953", "CLI948", "CLI913", "CLI914", "CLI907", "CLI944", "CLI957", "CLI927", "CLI931"),
    *("CLI921", "CLI920", "CLI904", "CLI901", "CLI909", "ADV803"),
    # Why two answers, or voices on top of each other?
    *("ADV823", "ADV820", "ADV821", "ORD332", "CLI946"),
    # Did my settings take effect?
    *("ADV814", "CNT440", "CAU502", "ADV861", "CNT441", "CNT443"),
    # Where is the transcript?
    *("ADV805", "ADV850", "CAU544", "ADV852", "ADV851"),
    # Why does the tool call not continue?
    *("CLI956", "CLI918", "CLI947", "CLI941", "ADV871", "ADV873", "ADV872", "CNT470"),
    # What was heard when the user interrupted?
    *("ADV832", "CLI951", "ADV830", "ADV822", "CLI949", "ADV831"),
    # What did it cost, who ended it?
    *("CNT439", "TIM721", "ADV890", "TIM733", "ADV880", "TIM734", "ADV881", "ADV860"),
)
"""The rules that answer what people come with, by how often they ask: a count of 91 public logs and their threads."""
_RANKS = {code: rank for rank, code in enumerate(ANSWERS)}
LEVELS: dict[Severity, int] = {"error": 1, "warning": 2, "note": 3}
ABOUT_THE_LOG = 9
"""The level of what is wrong with the paste and not with the session."""


def _place(finding: Finding) -> tuple[int, bool, int, int]:
    """Return what a finding is ordered by; one that answers a question counts as a level graver than it is."""
    answer = finding.code in _RANKS
    level = ABOUT_THE_LOG if finding.subject == "recorder" else LEVELS[finding.severity] - answer
    return level, not answer, _RANKS.get(finding.code, len(_RANKS)), finding.place.line


def most_useful_first(findings: Iterable[Finding]) -> list[Finding]:
    """Return findings with those that answer a question first, graver ones before milder ones."""
    return sorted(findings, key=_place)


def likely_causes(findings: Sequence[Finding], most: int = 3) -> list[Finding]:
    """Return at most so many findings of different rules, the most useful first; of each rule the first."""
    first: dict[str, Finding] = {}
    for finding in most_useful_first(findings):
        first.setdefault(finding.code, finding)
    return list(first.values())[:most]
