"""The general reader of YAML: whatever PyYAML can parse, typed by the schema, with aliases and tags refused."""

from collections.abc import Iterator
from typing import Protocol, TypeAlias

import yaml

from harness.logs import problems
from harness.logs.limits import Limits
from harness.logs.scalars import plain
from harness.logs.schema_tree import UNKNOWN, Node
from harness.logs.yaml_block import EmptyRule
from harness.model import JSON, Place, Problem

LOADER = getattr(yaml, "CLoader", yaml.Loader)
Events: TypeAlias = Iterator[yaml.Event]


class Mark(Protocol):
    """A place in the document, as PyYAML tells it: from 0."""

    line: int
    column: int


class Refused(Exception):  # noqa: N818 (a verdict on the document, which becomes a Problem)
    """The document cannot be read."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


class General:
    """One document being read. Problems that lose nothing else are collected in `problems`."""

    def __init__(self, place: Place, limits: Limits, empty: EmptyRule | None = None) -> None:
        self._place = place
        self._limits = limits
        self._empty = empty
        self.problems: list[Problem] = []
        self._last = place.line
        """The last line with something on it: what is missing at the end is missing there."""

    def root(self, text: str, node: Node) -> JSON:
        """Return the value of a document.

        Raises:
            Refused: it cannot be read, and why.
        """
        self._last = self._place.line + text.rstrip().count("\n")
        try:
            events = (event for event in yaml.parse(text, Loader=LOADER) if isinstance(event, yaml.NodeEvent | END))
            first = next(events, None)
            value = None if first is None else self._value(first, events, node, 0)
            # What follows the value is no part of it: the parser says so when it is asked for more.
            for event in events:
                raise Refused(
                    problems.BROKEN.at(self._at(event.start_mark), "this is no YAML: another document begins")
                )
            return value
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            what = ", ".join(part for part in (error.problem, error.context) if part)
            raise Refused(problems.BROKEN.at(self._at(mark), f"this is no YAML: {what}")) from error
        except yaml.YAMLError as error:
            raise Refused(problems.BROKEN.at(self._place, f"this is no YAML: {error}".split("\n")[0])) from error

    def _value(self, event: yaml.Event, events: Events, node: Node, depth: int) -> JSON:
        self._refuse(event, depth)
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(events, node, depth)
        if isinstance(event, yaml.SequenceStartEvent):
            inner = node.items or UNKNOWN
            return [self._value(item, events, inner, depth + 1) for item in _until_end(events)]
        assert isinstance(event, yaml.ScalarEvent)
        return event.value if event.style else plain(event.value, node)

    def _mapping(self, events: Events, node: Node, depth: int) -> dict[str, JSON]:
        result: dict[str, JSON] = {}
        lines: dict[str, int] = {}
        for event in _until_end(events):
            if not isinstance(event, yaml.ScalarEvent):
                raise Refused(problems.BROKEN.at(self._at(event.start_mark), "a key must be text, not a collection"))
            key = event.value
            child = node.properties.get(key, node.other or UNKNOWN)
            value_event = next(events)
            value = self._value(value_event, events, child, depth + 1)
            place = self._at(event.start_mark)
            if key in lines:
                seen = f"the key `{key}` stands at line {lines[key]} already; the first value was kept"
                self.problems.append(problems.DUPLICATE_KEY.at(place, seen))
                continue
            lines[key] = place.line
            if value == "" and self._empty is not None and getattr(value_event, "style", None):
                value = self._empty(child, key, result, place.line - self._place.line)
            result[key] = value
        return result

    def _refuse(self, event: yaml.Event, depth: int) -> None:
        if depth > self._limits.depth:
            raise Refused(problems.TOO_DEEP.at(self._at(event.start_mark), f"more than {self._limits.depth} levels"))
        anchor, tag = getattr(event, "anchor", None), getattr(event, "tag", None)
        if isinstance(event, yaml.AliasEvent):
            raise Refused(problems.ALIAS_OR_TAG.at(self._at(event.start_mark), f"the alias `*{anchor}` is refused"))
        if anchor is not None:
            raise Refused(problems.ALIAS_OR_TAG.at(self._at(event.start_mark), f"the anchor `&{anchor}` is refused"))
        if tag is not None:
            raise Refused(problems.ALIAS_OR_TAG.at(self._at(event.start_mark), f"the tag `{tag}` is refused"))

    def _at(self, mark: Mark | None) -> Place:
        if mark is None:
            return self._place
        return Place(self._place.path, min(self._place.line + mark.line, self._last), mark.column + 1)


END = yaml.CollectionEndEvent


def _until_end(events: Events) -> Iterator[yaml.Event]:
    for event in events:
        if isinstance(event, END):
            return
        yield event
