"""Documents that look alike are read with one regular expression.

A session is mostly deltas, and every delta has the same keys on the same lines. When a form (a document without
its values) comes again, a pattern for the whole of it is compiled; the next document of the form then costs one
match instead of a parse. A document that differs in anything but its one-line values does not match, and is
parsed.
"""

import re
from typing import NamedTuple, TypeAlias

from harness.logs.scalars import plain
from harness.logs.schema_tree import UNKNOWN, Node
from harness.logs.yaml_block import STRING_ONLY, TOKEN, Block, Outside, unescaped
from harness.model import JSON

SCALAR = re.compile(
    r"""(?:[^\s"'|>&*!\[\]{}\#%@`,?:-]|-(?=\S))[^\#]*
    |"(?:[^"\\]|\\.)*"\Z
    |'(?:[^']|'')*'\Z""",
    re.VERBOSE,
)
EMPTY_COLLECTIONS = ("[]", "{}")
# A pattern costs as much to compile as some twenty documents of its form cost to parse.
WORTH_COMPILING = 3
MOST_FORMS = 256
# Ids differ from event to event and are not worth remembering, but there is no telling them from a voice.
MOST_REMEMBERED = 512
LONGEST_REMEMBERED = 64


class Memory(dict[str, JSON]):
    """The values of one place of a form by their text: most come again and again."""

    __slots__ = ("_node", "_string_only")

    def __init__(self, node: Node) -> None:
        super().__init__()
        self._node = node
        self._string_only = node.types == STRING_ONLY

    def __missing__(self, text: str) -> JSON:
        if not SCALAR.match(text):
            raise Outside
        quote = text[0]
        value: JSON
        if quote == '"' or quote == "'":
            value = unescaped(text[1:-1], quote)
        elif self._string_only:
            value = text.rstrip()
        else:
            value = plain(text.rstrip(), self._node)
        if len(self) < MOST_REMEMBERED and len(text) < LONGEST_REMEMBERED:
            self[text] = value
        return value


class Run(NamedTuple):
    """A mapping whose values stand on lines that follow each other."""

    keys: tuple[str, ...]
    start: int
    stop: int


Plan: TypeAlias = "Run | dict[str, Plan] | list[Plan] | int | None"
"""How the values of a form make an object: a number is the place of a value."""


class Form:
    """The pattern of a form, and how its values make an object."""

    __slots__ = ("_match", "_memories", "_plan")

    def __init__(self, pattern: re.Pattern[str], plan: Plan, memories: list[Memory]) -> None:
        self._match = pattern.match
        self._plan = plan
        self._memories = memories

    def read(self, text: str) -> JSON:
        """Return the document, None when it is not of this form."""
        match = self._match(text)
        if match is None:
            return None
        try:
            values = [memory[value] for memory, value in zip(self._memories, match.groups(), strict=True)]
        except Outside:
            return None
        return _built(self._plan, values)


class Forms:
    """The forms met so far in one log."""

    def __init__(self) -> None:
        self._forms: dict[str, list[Form]] = {}
        self._seen: dict[str, int] = {}

    def read(self, text: str, kind: str) -> JSON:
        """Return the document when its form is known, None otherwise. `kind` tells forms apart cheaply."""
        for form in self._forms.get(kind, ()):
            value = form.read(text)
            if value is not None:
                return value
        return None

    def learn(self, text: str, kind: str, node: Node) -> None:
        """Remember the form of a document that was parsed; compile it when it is worth while."""
        skeleton = _skeleton(text)
        if skeleton is None or len(self._seen) > MOST_FORMS:
            return
        name = f"{kind}\n{skeleton}"
        seen = self._seen[name] = self._seen.get(name, 0) + 1
        if seen == WORTH_COMPILING:
            form = _compiled(text, node)
            if form is not None:
                self._forms.setdefault(kind, []).insert(0, form)


def _lines(text: str) -> list[tuple[str, str]]:
    """Return each line as what stays the same, and the value that does not."""
    lines: list[tuple[str, str]] = []
    for spaces, dashes, key, value, rest in TOKEN.findall(text):
        scalar = value if key else rest
        start = f"{spaces}{dashes}{key}:{' ' if scalar else ''}" if key else f"{spaces}{dashes}"
        fixed = scalar in EMPTY_COLLECTIONS
        lines.append((start + scalar, "") if fixed else (start, scalar))
    return lines


def _skeleton(text: str) -> str | None:
    """Return the document without its values; None when a value takes more than its line."""
    lines = _lines(text)
    if not all(SCALAR.match(scalar) for _, scalar in lines if scalar):
        return None
    return "\n".join(f"{start}={bool(scalar)}" for start, scalar in lines)


def _compiled(text: str, node: Node) -> Form | None:
    """Return the form of a document at a place of the schema, None when it is too odd to be worth it."""
    pattern: list[str] = []
    numbered: list[str] = []
    count = 0
    for start, scalar in _lines(text):
        pattern.append(re.escape(start) + ("(.+)" if scalar else ""))
        numbered.append(f'{start}"{count}"' if scalar else start)
        count += bool(scalar)
    try:
        document = Block("\n".join(numbered)).root(node)
        memories = [Memory(UNKNOWN)] * count
        _place(document, node, memories)
    except (Outside, ValueError):
        return None
    return Form(re.compile("\n".join(pattern) + r"\Z"), _plan(document), memories)


def _place(numbered: JSON, node: Node, memories: list[Memory]) -> None:
    """Give each value of a form a memory that knows its place in the schema."""
    if isinstance(numbered, dict):
        for key, inner in numbered.items():
            _place(inner, node.properties.get(key, node.other or UNKNOWN), memories)
    elif isinstance(numbered, list):
        for inner in numbered:
            _place(inner, node.items or UNKNOWN, memories)
    elif isinstance(numbered, str):
        memories[int(numbered)] = Memory(node)


def _plan(numbered: JSON) -> Plan:
    """Return the plan of a document that has the numbers of its values in their places."""
    if isinstance(numbered, dict):
        places = [int(inner) for inner in numbered.values() if isinstance(inner, str)]
        if places and len(places) == len(numbered):
            return Run(tuple(numbered), places[0], places[-1] + 1)
        return {key: _plan(inner) for key, inner in numbered.items()}
    if isinstance(numbered, list):
        return [_plan(inner) for inner in numbered]
    return int(numbered) if isinstance(numbered, str) else None


def _built(plan: Plan, values: list[JSON]) -> JSON:
    if isinstance(plan, Run):
        return dict(zip(plan.keys, values[plan.start : plan.stop], strict=True))
    if isinstance(plan, dict):
        return {key: _built(inner, values) for key, inner in plan.items()}
    if isinstance(plan, list):
        return [_built(inner, values) for inner in plan]
    return None if plan is None else values[plan]
