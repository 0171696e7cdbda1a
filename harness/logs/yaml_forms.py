"""Documents that look alike are read without parsing them again.

A session is mostly deltas, and every delta has the same keys on the same lines. One split takes the values out of
a document; what is left is its form. A new form is parsed with numbers for the values: that is the plan by which
the values of every document of the form make its event. A document with a value that takes more than its line has
no form, and must be parsed.
"""

import re
from collections.abc import Callable, Sequence
from operator import getitem, itemgetter
from typing import Final, NamedTuple, TypeAlias, TypeGuard

from harness.logs.scalars import WORDS, plain
from harness.logs.schema_tree import UNKNOWN, Node
from harness.logs.yaml_block import Block, Outside, unescaped
from harness.model import JSON

VALUE = re.compile(r": (.+)")
SCALAR = re.compile(
    r"""(?:[^\s"'|>&*!\[\]{}\#%@`,?:-]|-(?=\S))(?:[^\#]|(?<!\ )\#)*\Z
    |"(?:[^"\\]|\\.)*"\Z
    |'(?:[^']|'')*'\Z""",
    re.VERBOSE,
)
EMPTY_STRINGS: Final = ("''", '""')
MOST_FORMS: Final = 512
# It stands before the number of a value, and in no YAML.
MARK: Final = "\0"
LONGEST_FORM: Final = 10_000
MOST_REMEMBERED: Final = 64
LONGEST_REMEMBERED: Final = 64

Path: TypeAlias = tuple[str | int, ...]


class Memory(dict[str, JSON]):
    """The values of one place of a form by their text: most come again and again."""

    __slots__ = ("_empty_is_odd", "_node", "_takes_words")

    def __init__(self, node: Node, empty_is_odd: bool) -> None:
        super().__init__()
        self._node = node
        self._takes_words = "string" in node.types
        self._empty_is_odd = empty_is_odd

    def __missing__(self, text: str) -> JSON:
        value: JSON
        if self._takes_words and text[0].isalpha() and "#" not in text and text not in WORDS:
            # Most values are words and ids, which are what they look like.
            value = text.rstrip()
        elif text == "[]" or text == "{}":
            return [] if text == "[]" else {}
        else:
            value = self._odd(text)
        if len(text) < LONGEST_REMEMBERED:
            if len(self) >= MOST_REMEMBERED:
                # The ids of one response come again until it is over; those of the last one do not.
                self.clear()
            self[text] = value
        return value

    def _odd(self, text: str) -> JSON:
        quote = text[0]
        if not SCALAR.match(text) or (self._empty_is_odd and text in EMPTY_STRINGS):
            raise Outside
        if quote == '"' or quote == "'":
            return unescaped(text[1:-1], quote)
        return plain(text.rstrip(), self._node)


class Fixed(NamedTuple):
    """A value that belongs to the form itself, such as an item of a list of texts."""

    value: JSON


class Filling(NamedTuple):
    """A mapping of the event: which value each of its keys takes, all of them fetched in one go."""

    keys: tuple[str, ...]
    fetch: Callable[[list[JSON]], Sequence[JSON]]
    nested: tuple[tuple[str, "Plan"], ...]
    """The keys whose values are no scalars; they are put in their places afterwards."""


Plan: TypeAlias = "Filling | Fixed | list[Plan] | int"
"""How the values of a form make an object: a number is the place of a value."""


class Form(NamedTuple):
    """How the values of a document make an event."""

    plan: Plan
    memories: list[Memory]
    lines: int


class Forms:
    """The forms met so far in one log."""

    def __init__(self, head: int, path: Path, empty_is_odd: bool = False) -> None:
        """Expect `head` values before the event, which stands at `path` of the document.

        `empty_is_odd`: an empty string may stand for null, which takes more than a glance to tell.
        """
        self._head = head
        self._path = path
        self._empty_is_odd = empty_is_odd
        self._forms: dict[tuple[str, str], Form] = {}

    def read(self, text: str) -> tuple[list[str], JSON, int]:
        """Return a document whose form is known: its values as they are written, its event, its number of lines.

        Raises:
            Outside: the form is not known.
        """
        parts = VALUE.split(text)
        values = parts[1::2]
        head = self._head
        # The value after the head is the event's type, in all logs but odd ones; those are told apart as well.
        form = self._forms.get(("".join(parts[::2]), values[head] if len(values) > head else ""))
        if form is None:
            raise Outside
        return values, _built(form.plan, list(map(getitem, form.memories, values[head:]))), form.lines

    def learn(self, text: str, root: Node) -> JSON:
        """Return the event of a document that is unlike those before, and remember its form.

        `root` is what is known of the document.

        Raises:
            Outside: it is too odd to have a form; it must be parsed.
        """
        parts = VALUE.split(text)
        values = parts[1::2]
        skeleton = "".join(parts[::2])
        if len(values) <= self._head or len(skeleton) > LONGEST_FORM:
            raise Outside
        if len(self._forms) >= MOST_FORMS:
            self._forms.clear()
        form = self._forms[(skeleton, values[self._head])] = self._form(parts, root)
        return _built(form.plan, list(map(getitem, form.memories, values[self._head :])))

    def _form(self, parts: list[str], root: Node) -> Form:
        count = len(parts) // 2 - self._head
        numbered = [f': "{MARK}{index // 2 - self._head}"' if index % 2 else part for index, part in enumerate(parts)]
        try:
            event, node = _at(Block("".join(numbered)).root(root), root, self._path)
        except (LookupError, TypeError) as error:
            raise Outside from error
        unused = Memory(UNKNOWN, False)
        memories = [unused] * count
        _place(event, node, memories, self._empty_is_odd)
        if any(memory is unused for memory in memories):
            # Its number is a part of a longer text: what looks like a key is none.
            raise Outside
        return Form(_plan(event), memories, sum(part.count("\n") for part in parts[::2]) + 1)


def _at(document: JSON, node: Node, path: Path) -> tuple[JSON, Node]:
    """Go down to the event, in the document and in its schema at once."""
    for step in path:
        document = document[step]  # type: ignore[index]
        node = (node.items or UNKNOWN) if isinstance(step, int) else node.properties[step]
    return document, node


def _place(numbered: JSON, node: Node, memories: list[Memory], empty_is_odd: bool) -> None:
    """Give each value of a form a memory that knows its place in the schema."""
    if isinstance(numbered, dict):
        for key, inner in numbered.items():
            _place(inner, node.properties.get(key, node.other or UNKNOWN), memories, empty_is_odd)
    elif isinstance(numbered, list):
        for inner in numbered:
            _place(inner, node.items or UNKNOWN, memories, empty_is_odd)
    elif _is_number(numbered):
        memories[int(numbered[1:])] = Memory(node, empty_is_odd)


def _is_number(value: JSON) -> TypeGuard[str]:
    return isinstance(value, str) and value.startswith(MARK) and value[1:].isdecimal()


def _plan(numbered: JSON) -> Plan:
    """Return the plan of a document that has the numbers of its values in their places."""
    if isinstance(numbered, dict):
        plans = {key: _plan(inner) for key, inner in numbered.items()}
        places = [plan if isinstance(plan, int) else 0 for plan in plans.values()]
        nested = tuple((key, plan) for key, plan in plans.items() if not isinstance(plan, int))
        # One place too many: with a single one, the fetcher would return no sequence.
        return Filling(tuple(plans), itemgetter(*places, 0), nested)
    if isinstance(numbered, list):
        return [_plan(inner) for inner in numbered]
    return int(numbered[1:]) if _is_number(numbered) else Fixed(numbered)


def _built(plan: Plan, values: list[JSON]) -> JSON:
    if isinstance(plan, Filling):
        mapping = dict(zip(plan.keys, plan.fetch(values)))  # noqa: B905 (the fetcher has one too many)
        for key, inner in plan.nested:
            mapping[key] = _built(inner, values)
        return mapping
    if isinstance(plan, list):
        return [_built(inner, values) for inner in plan]
    return values[plan] if isinstance(plan, int) else plan.value
