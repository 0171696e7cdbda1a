"""What the schemas say about the structure of an event, merged over all dialects that know its type.

A reader needs less than a validator: which keys a mapping may have, and which types a value may be.
So all branches of a union fall together; which branch is right is for the judge, not for the reader.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias, cast

from harness.logs.knowledge import Knowledge
from harness.model import JSON

Schema: TypeAlias = Mapping[str, JSON]

EVERY_TYPE = frozenset({"null", "boolean", "integer", "number", "string", "array", "object"})
BRANCHES = ("anyOf", "oneOf", "allOf")
CONSEQUENCES = ("then", "else")


@dataclass(slots=True, eq=False)
class Node:
    """A place in an event: what may stand there."""

    types: frozenset[str] = EVERY_TYPE
    """The JSON types the value may have."""
    words: frozenset[str] = frozenset()
    """The strings that the schemas name; a string may still be another one."""
    properties: dict[str, "Node"] = field(default_factory=dict)
    """The keys that the schemas name."""
    required: frozenset[str] = frozenset()
    """The keys every mapping here has."""
    items: "Node | None" = None
    """The elements, when it may be an array."""
    other: "Node | None" = None
    """The values of keys not named, when the schema describes a map of anything."""
    only_with: dict[str, frozenset[str]] = field(default_factory=dict)
    """Keys that it has only when its `type` is one of these."""
    seldom: frozenset[str] = frozenset()
    """Keys it knows, and hardly ever has."""
    needs: Mapping[str, str] = field(default_factory=dict)
    """Keys that mean nothing without another one before them."""
    described: bool = False
    """Whether a schema says anything here; if not, all types are allowed for want of knowledge."""


UNKNOWN = Node()
"""A place no schema describes."""


class Trees:
    """The tree of each event type, built once."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self._trees: dict[str, tuple[Node, tuple[Node, ...]]] = {}

    def merged(self, event_type: str) -> Node:
        """Return what all dialects together say of an event type, `UNKNOWN` when none has it."""
        return self._of(event_type)[0]

    def each(self, event_type: str) -> tuple[Node, ...]:
        """Return one tree per dialect that has the type, newest first, and last the one of all together.

        Servers mix the dialects: a beta session may have a field that only today's schema knows.
        """
        merged, trees = self._of(event_type)
        return trees if len(trees) < 2 else (*trees, merged)

    def _of(self, event_type: str) -> tuple[Node, tuple[Node, ...]]:
        trees = self._trees.get(event_type)
        if trees is None:
            schemas = self._knowledge.schemas(event_type)
            trees = (tree(schemas), tuple(tree([schema]) for schema in schemas))
            self._trees[event_type] = trees
        return trees


def tree(schemas: Sequence[Schema]) -> Node:
    """Return the tree of one or more schemas of the same event."""
    if not schemas:
        return UNKNOWN
    return _Builder().node([Leaf(schema, schema, True) for schema in schemas])


class Leaf(NamedTuple):
    """A schema without the branches it may have."""

    schema: Schema
    root: Schema
    """The document its references point into."""
    certain: bool
    """Whether every value obeys it, whichever branches it takes."""
    kind: str = ""
    """The `type` that a mapping must have to obey it, empty when any will do."""


class _Builder:
    def __init__(self) -> None:
        self._nodes: dict[frozenset[int], Node] = {}

    def node(self, schemas: Sequence[Leaf]) -> Node:
        leaves = [leaf for schema in schemas for leaf in _leaves(schema, frozenset())]
        if not leaves:
            return UNKNOWN
        key = frozenset(id(leaf.schema) for leaf in leaves)
        known = self._nodes.get(key)
        if known is None:
            # It is filed before it is filled: a schema that contains itself finds itself here.
            known = self._nodes[key] = Node(described=True)
            self._fill(known, leaves)
        return known

    def _fill(self, node: Node, leaves: Sequence[Leaf]) -> None:
        node.types = frozenset(name for leaf in leaves for name in _types(leaf.schema))
        node.words = frozenset(word for leaf in leaves for word in _words(leaf.schema))
        named: dict[str, list[Leaf]] = {}
        kinds: dict[str, set[str]] = {}
        for leaf in leaves:
            for name, value in _mapping(leaf.schema.get("properties")).items():
                named.setdefault(name, []).append(Leaf(_mapping(value), leaf.root, True))
                kinds.setdefault(name, set()).add(leaf.kind)
        node.properties = {name: self.node(inner) for name, inner in named.items()}
        node.only_with = {name: frozenset(of) for name, of in kinds.items() if "" not in of}
        node.required = frozenset().union(*(_demands(leaf.schema) for leaf in leaves if leaf.certain))
        node.items = self._inner(leaves, "items")
        node.other = self._inner(leaves, "additionalProperties")

    def _inner(self, leaves: Sequence[Leaf], keyword: str) -> Node | None:
        inner = [
            Leaf(_mapping(leaf.schema[keyword]), leaf.root, True)
            for leaf in leaves
            if isinstance(leaf.schema.get(keyword), dict)
        ]
        return self.node(inner) if inner else None


def _leaves(leaf: Leaf, seen: frozenset[int]) -> list[Leaf]:
    """Return the branches of a schema: references followed, unions and conditions opened."""
    schema, root, certain, kind = leaf
    if id(schema) in seen:
        return []
    seen = seen | {id(schema)}
    leaves: list[Leaf] = []
    reference = schema.get("$ref")
    if isinstance(reference, str):
        leaves += _leaves(Leaf(_resolve(root, reference), root, certain, kind), seen)
    for keyword in BRANCHES:
        branches = schema.get(keyword)
        for branch in branches if isinstance(branches, list) else ():
            inner = _mapping(branch)
            of = kind if keyword == "allOf" else _kind(inner) or kind
            leaves += _leaves(Leaf(inner, root, certain and keyword == "allOf", of), seen)
    for keyword in CONSEQUENCES:
        if isinstance(schema.get(keyword), dict):
            of = _kind(_mapping(schema.get("if"))) if keyword == "then" else kind
            leaves += _leaves(Leaf(_mapping(schema[keyword]), root, False, of or kind), seen)
    if not leaves or "properties" in schema or "type" in schema:
        leaves.append(leaf)
    return leaves


def _kind(schema: Schema) -> str:
    """Return the one `type` that a mapping must have to obey a schema, empty when there is none."""
    constant = _mapping(_mapping(schema.get("properties")).get("type")).get("const")
    return constant if isinstance(constant, str) else ""


def _resolve(root: Schema, reference: str) -> Schema:
    """Follow a JSON pointer within the document (`#/$defs/Item`)."""
    place: JSON = cast(JSON, root)
    for step in reference.removeprefix("#").split("/")[1:]:
        place = _mapping(place).get(step.replace("~1", "/").replace("~0", "~"))
    return _mapping(place)


def _demands(schema: Schema) -> frozenset[str]:
    # `x-always`: not required by the protocol, but no server was seen to leave it out.
    return _strings(schema.get("required")) | _strings(schema.get("x-always"))


def _types(schema: Schema) -> frozenset[str]:
    declared = schema.get("type")
    if isinstance(declared, str):
        return frozenset({declared})
    if isinstance(declared, list):
        return _strings(declared)
    values = schema.get("enum")
    if isinstance(values, list):
        return frozenset(_type_of(value) for value in values)
    if "const" in schema:
        return frozenset({_type_of(schema["const"])})
    if "properties" in schema:
        return frozenset({"object"})
    return EVERY_TYPE


def _words(schema: Schema) -> frozenset[str]:
    words: list[JSON] = [schema.get("const")]
    # An open enumeration is a string with a note of the values known so far.
    for keyword in ("enum", "x-known-values"):
        values = schema.get(keyword)
        words += values if isinstance(values, list) else []
    return _strings(words)


def _type_of(value: JSON) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    return {int: "integer", float: "number", str: "string", list: "array", dict: "object"}[type(value)]


# One object for all: nodes are filed by the identity of their schemas.
_NO_SCHEMA: Schema = {}


def _mapping(value: JSON | Schema) -> Schema:
    return value if isinstance(value, Mapping) else _NO_SCHEMA


def _strings(values: JSON) -> frozenset[str]:
    if not isinstance(values, list):
        return frozenset()
    return frozenset(value for value in values if isinstance(value, str))
