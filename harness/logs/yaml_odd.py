"""Odd YAML, for which the quick readers are not made: PyYAML reads it, and is imported only then."""

from harness.logs.entries import Parsed
from harness.logs.limits import Limits
from harness.logs.schema_tree import Node
from harness.logs.yaml_block import EmptyRule
from harness.model import Place


def parse(text: str, place: Place, limits: Limits, node: Node, empty: EmptyRule | None = None) -> Parsed:
    """Return what a document says, typed by its place in the schema; None with a problem when it cannot be read."""
    from harness.logs.yaml_events import General, Refused

    general = General(place, limits, empty)
    try:
        content = general.root(text, node)
    except Refused as refused:
        return Parsed(None, (), (refused.problem,))
    return Parsed(content, (), tuple(general.problems))
