"""What is wrong with the log itself: the readers' problems as rules."""

from harness.logs.problems import PROBLEMS
from harness.model import Rule

RECORDER: tuple[Rule, ...] = tuple(
    Rule(one.code, one.name, one.severity, "recorder", "house", one.what, one.why, "The log's own format.", one.do)
    for one in PROBLEMS
)
