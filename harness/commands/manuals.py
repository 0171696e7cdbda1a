"""Every rule a user can meet, by code: the catalogue, what the mock tells clients, and what the shell itself finds."""

from collections.abc import Mapping

from harness.commands.refusals import REFUSALS
from harness.commands.suppressions import UNUSED
from harness.model import Rule
from harness.replay.complaints import RULES
from harness.rules.catalogue import catalogue


def manuals() -> Mapping[str, Rule]:
    """Return the manual of every rule, by code and in its order."""
    return {rule.code: rule for rule in sorted((*REFUSALS, UNUSED, *RULES, *catalogue()), key=lambda rule: rule.code)}
