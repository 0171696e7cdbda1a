"""Looks for events that name another thing than the one they belong to, or nothing: that no new run explains."""

from collections.abc import Iterator
from typing import NamedTuple

from harness.diff.order import Match
from harness.engine.paths import value_at
from harness.model import Change, Event
from harness.turns.nodes import Node, Step, Tree
from harness.turns.origins import named


class Oddity(NamedTuple):
    """Something about the ids of an event that its being another run does not explain."""

    event: Event
    what: str


def oddities(step: Step, node: Node, tree: Tree) -> list[Oddity]:
    """Return what is odd about the ids of the events of a step, which belongs to a node."""
    own = next((tree.names.get(above) for above in node.up() if above.kind == "response"), None)
    return [Oddity(event, what) for event in step.events for what in _odd(event, own, tree)]


def _odd(event: Event, response: str | None, tree: Tree) -> Iterator[str]:
    """Yield what is odd about one event; `response` is the id of the response it belongs to."""
    body = event.body
    if event.side == "server" and not body.get("event_id"):
        yield "has no event_id"
    told = body.get("response_id")
    if told is not None and response is not None and told != response:
        yield "names another response than its item"
    item_id = named(body, "item")
    meant = tree.meant.id(item_id)
    if meant != item_id:
        yield "names an item that nothing else names"
    response_id = named(body, "response")
    if told is not None and value_at(body, "response.id") not in (None, told):
        yield "names two responses"
    if told is None and tree.meant.id(response_id) != response_id:
        yield "names a response that nothing else names"
    if tree.meant.part(meant, body) != body.get("content_index"):
        yield "names a content_index that nothing else names"


def changes(left: Node, right: Node, matches: list[Match], trees: tuple[Tree, Tree]) -> Iterator[Change]:
    """Yield a change for every step whose ids are odd on one side only."""
    for ours, theirs in matches:
        here, there = oddities(ours, left, trees[0]), oddities(theirs, right, trees[1])
        if [one.what for one in here] == [one.what for one in there]:
            continue
        new = len(there) > len(here)
        odd = there[0] if new else here[0]
        message = f"`{odd.event.type}` {'' if new else 'no longer '}{odd.what}"
        left_place = ours.first.place if new else odd.event.place
        right_place = odd.event.place if new else theirs.first.place
        told = (here[0].what if here else None, there[0].what if there else None)
        yield Change("lifecycle", left.path, *told, left_place, right_place, message)
