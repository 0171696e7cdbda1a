"""Compares two sessions: grows their trees, aligns them level by level, and compares what belongs together."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from harness.diff import identity, lifecycle, timing, usage, values
from harness.diff.absence import absences
from harness.diff.align import Alignment, align, joined
from harness.diff.claims import Claims
from harness.diff.comparison import Comparison, Side
from harness.diff.configuration import Settings
from harness.diff.features import Features, gist
from harness.diff.fingerprint import fingerprints
from harness.diff.grow import grow
from harness.diff.nodes import Node, Step, Tree, Value
from harness.diff.options import KINDS, Options
from harness.diff.order import Conflict, Match, bound, conflicts, misplaced
from harness.diff.selection import selected
from harness.diff.vocabulary import WORDS, NodeKind, one_sided
from harness.model import Change, Place, Session
from harness.protocol import dialects


def compare(left: Session, right: Session, options: Options | None = None) -> Comparison:
    """Return what changed from one session to another."""
    chosen = options or Options()
    lost = tuple(_lost(left, right))
    if _identical(left, right):
        sides = [Side(session.path, session.dialect, len(session.events)) for session in (left, right)]
        return selected(Comparison(sides[0], sides[1], chosen, (), notes=lost), chosen)
    trees = [grow(dialects.get(session.dialect), session.events) for session in (left, right)]
    comparer = _Comparer(trees[0], trees[1], chosen)
    comparer.run()
    found = comparer.outcome(left, right)
    return selected(replace(found, notes=(*lost, *found.notes)), chosen)


def _lost(left: Session, right: Session) -> Iterator[str]:
    """Yield what could not be read of two logs."""
    for name, session in (("A", left), ("B", right)):
        if session.problems:
            first, more = session.problems[0], len(session.problems) - 1
            also = f" (and {more} more problem{'s' * (more != 1)})" if more else ""
            yield f"{name} was not read whole: line {first.place.line}: {first.message}{also}"


def _identical(left: Session, right: Session) -> bool:
    """Tell whether two sessions are the same to the letter, wherever they were read."""
    if left.dialect != right.dialect or len(left.events) != len(right.events):
        return False
    return all(
        ours.body == theirs.body and ours.at_ns == theirs.at_ns and ours.side == theirs.side
        for ours, theirs in zip(left.events, right.events, strict=True)
    )


class _Comparer:
    def __init__(self, left: Tree, right: Tree, options: Options) -> None:
        self.left, self.right, self.options = left, right, options
        self.mixed = left.dialect.name != right.dialect.name
        self.aside = one_sided(left.dialect, right.dialect)
        self.bound = bound(left.dialect.name) & bound(right.dialect.name)
        self.claims = Claims(left), Claims(right)
        self.features = Features()
        self.settings = Settings(self.mixed)
        self.pairs: dict[Node, Node] = {}
        self.partners = values.Partners()
        self.right_nodes: dict[Node, Node] = {}
        """For the nodes of the right tree, which node of the left one each is."""
        self.moved: set[Node] = set()
        """The left nodes that stand elsewhere on the right."""
        self.ended: set[Node] = set()
        """The left nodes that end otherwise."""
        self.found: list[tuple[Node, Change]] = []
        """The changes so far, each with the left node it is about."""
        self.following: list[Change] = []
        self.conflicts: list[Conflict] = []
        """The events of a branch that have changed sides, and the nodes they belong to."""
        self.owners: dict[Step, Node] = {}
        self.told_by: dict[Step, Change] = {}
        """The changes of a branch that one event alone tells."""
        self.astray: set[int] = set()
        """The left events that come in another order: when they come says nothing by itself."""

    def run(self) -> None:
        """Find the changes of all kinds."""
        ours, theirs = self.left.root, self.right.root
        self.pairs[ours] = theirs
        self._tell(ours, lifecycle.presence(ours, theirs, self._matched(ours, theirs), []))
        keys = fingerprints(self.left), fingerprints(self.right)
        alignment = self._aligned(ours, theirs, *keys)
        self._configurations(alignment)
        for i, j in sorted([*alignment.pairs, *alignment.moved]):
            if keys[0][i] == keys[1][j]:
                self._zip(ours.children[i], theirs.children[j])
            else:
                self._expand(ours.children[i], theirs.children[j])
                self._pair(ours.children[i], theirs.children[j])
                self._order()
        self._updates()
        self.right_nodes = {right: left for left, right in self.pairs.items()}
        self._references()
        self._usage()
        self._timing()

    def _expand(self, left: Node, right: Node) -> None:
        """Collect what is said in two nodes, once."""
        self.claims[0].expand(left.branch)
        self.claims[1].expand(right.branch)

    def _zip(self, left: Node, right: Node) -> None:
        """Pair two nodes that are the same, and all below."""
        self.pairs[left] = right
        for ours, theirs in zip(left.children, right.children, strict=False):
            self._zip(ours, theirs)

    def _aligned(self, left: Node, right: Node, ours: Sequence[int], theirs: Sequence[int]) -> Alignment:
        """Align the children of two nodes by their keys, kind by kind, and tell of those that have no partner."""
        kinds = dict.fromkeys(child.kind for child in (*left.children, *right.children))
        alignment = joined(self._aligned_kind(left, right, ours, theirs, kind) for kind in kinds)
        self.moved.update(left.children[i] for i, _ in alignment.moved)
        self.found += absences(left, right, alignment, self.partners, self._gist)
        return alignment

    def _aligned_kind(
        self, left: Node, right: Node, ours: Sequence[int], theirs: Sequence[int], kind: NodeKind
    ) -> Alignment:
        sides = tuple(
            [(index, child) for index, child in enumerate(node.children) if child.kind == kind]
            for node in (left, right)
        )

        def similar(i: int, j: int) -> float:
            one, other = sides[0][i][1], sides[1][j][1]
            self._expand(one, other)
            return self.features.similarity(one, other)

        def twin(side: int, index: int) -> tuple[object, ...]:
            node = sides[side][index][1]
            self.claims[side].expand(node.branch)
            return self.features.twin(node)

        keys = [ours[index] for index, _ in sides[0]], [theirs[index] for index, _ in sides[1]]
        found = align(*keys, similar, twin)
        return found.renumbered([index for index, _ in sides[0]], [index for index, _ in sides[1]])

    def _gist(self, node: Node) -> str:
        *_, root = node.up()
        self.claims[root is self.right.root].expand(node.branch)
        return gist(node)

    # What belongs together

    def _pair(self, left: Node, right: Node) -> list[Match]:
        """Compare two nodes that belong together; return the events of theirs that do."""
        self.pairs[left] = right
        steps = self._matched(left, right)
        self._values(left, right)
        ours, theirs = ([hash(self.features.twin(child)) for child in node.children] for node in (left, right))
        alignment = self._aligned(left, right, ours, theirs)
        below: list[Match] = []
        for i, j in [*alignment.pairs, *alignment.moved]:
            below += self._pair(left.children[i], right.children[j])
        self._tell(left, lifecycle.presence(left, right, steps, below))
        self._tell(left, identity.changes(left, right, steps.matches, (self.left, self.right)))
        self.conflicts += conflicts(steps.matches, below, self.bound)
        self.owners.update((step, left) for step, _ in steps.matches)
        return steps.matches + below

    def _matched(self, left: Node, right: Node) -> lifecycle.Steps:
        steps = lifecycle.match(left, right, self.aside)
        self.partners.add(steps.matches)
        return steps

    def _order(self) -> None:
        """Tell of the events that come in another order, as few as explain it."""
        for conflict in misplaced(self.conflicts):
            node = self.owners[conflict.first[0]]
            self.found.append((node, lifecycle.order(node.path, conflict)))
            for step, _ in conflict:
                self.astray.add(step.first.seq)
                self._follow(self.told_by.get(step))
        self.conflicts, self.owners, self.told_by = [], {}, {}

    def _follow(self, change: Change | None) -> None:
        """Let a change count as one that follows from another."""
        if change is not None:
            self.found = [(node, one) for node, one in self.found if one is not change]
            self.following.append(change)

    def _tell(self, node: Node, changes: Iterable[Change]) -> None:
        self.found += [(node, change) for change in changes]

    def _values(self, left: Node, right: Node) -> None:
        one_sided = self.mixed or self.claims[0].configured != self.claims[1].configured
        found = list(values.compare(left, right, self.partners, self.options, one_sided))
        reworded = any(one.name in WORDS for one in found)
        for one in found:
            change = _change(left, right, one)
            if one.name == "status":
                follows = any(above in self.ended for above in left.up())
                self.ended.add(left)
            else:
                follows = (one.name == "audio" and reworded) or (one.name == "content" and len(found) > 1)
            if follows:
                self.following.append(change)
            else:
                self.found.append((left, change))
                if one.teller is not None:
                    self.told_by[one.teller] = change

    # What is compared by itself

    def _configurations(self, alignment: Alignment) -> None:
        """Follow the configurations of both sessions from event to event."""
        ours, theirs = self.left.root.children, self.right.root.children
        matched = dict(alignment.pairs)
        waiting = [j for j, node in enumerate(theirs) if node.kind == "configuration"]
        for i, node in enumerate(ours):
            if node.kind != "configuration":
                continue
            partner = matched.get(i)
            if partner is None:
                self.settings.one(node, left=True)
                continue
            while waiting and waiting[0] < partner:
                self.settings.one(theirs[waiting.pop(0)], left=False)
            waiting.pop(0)
            self._tell(node, self.settings.both(node, theirs[partner]))

    def _updates(self) -> None:
        """Tell of configurations that come after another turn than before."""
        turns = [(left, right) for left, right in self.pairs.items() if left.kind == "turn" and left not in self.moved]
        begins = [sorted(first.seq for node in nodes if (first := node.first())) for nodes in zip(*turns, strict=True)]
        for left, right in self.pairs.items():
            if left.kind == "configuration" and left.number and begins:
                ours, theirs = (_count_before(*pair) for pair in zip((left, right), begins, strict=True))
                if ours != theirs:
                    message = f"comes {_after_turn(theirs)} instead of {_after_turn(ours)}"
                    self.found.append(
                        (left, Change("lifecycle", left.path, ours, theirs, left.place, right.place, message))
                    )

    def _references(self) -> None:
        """Tell of things that name other things than before."""
        for left, right in self.pairs.items():
            for name in ("answers", "after"):
                for step, claim in left.claims.get(name, {}).items():
                    partner = self.partners.right.get(step)
                    other = right.claims.get(name, {}).get(partner) if partner is not None else None
                    if other is not None and not self._agree(left, claim.value, other.value):
                        here, there = _called(claim.value), _called(other.value)
                        path, message = f"{left.path} / {name}", f"{name} {here} → {there}"
                        places = step.first.place, other.event.place
                        self.found.append((left, Change("content", path, here, there, *places, message)))
                        break

    def _agree(self, node: Node, ours: Value, theirs: Value) -> bool:
        """Tell whether two references name the same; where one names what came, went or moved, that is told already."""
        if not isinstance(ours, Node) or not isinstance(theirs, Node):
            return isinstance(ours, Node) == isinstance(theirs, Node) and ours == theirs
        partner = self.pairs.get(ours)
        if partner is theirs or partner is None or theirs not in self.right_nodes:
            return True
        return any(above in self.moved for one in (node, ours, self.right_nodes[theirs]) for above in one.up())

    def _usage(self) -> None:
        """Tell of usage; it follows from other changes in what was given to the model, and in what it made."""
        touched = {above for node, _ in self.found for above in node.up()}
        begins = [first.seq for node, _ in self.found if (first := node.first()) is not None]
        earliest = min(begins, default=None)
        for use in usage.uses(self.pairs):
            first = use.node.first()
            given = earliest is not None and first is not None and earliest < first.seq
            made = use.node in touched
            if (given or not use.given) and (made or not use.made) and (given or made):
                self.following.append(use.change)
            else:
                self.found.append((use.node, use.change))

    def _timing(self) -> None:
        reworded = frozenset(above for node, change in self.found if change.kind != "usage" for above in node.up())
        self._tell(self.left.root, timing.speech(self.pairs, self.options))
        for shift in timing.shifts(self.left.root, self.right.root, self.pairs, self.options, reworded):
            change = timing.change_of(shift)
            if shift.follows or self.astray & {mark.event.seq for mark in shift.left}:
                self.following.append(change)
            else:
                self.found.append((shift.left.end.node, change))

    # The outcome

    def outcome(self, left: Session, right: Session) -> Comparison:
        """Return what was found."""
        ours, theirs = _side(left, self.left), _side(right, self.right)
        changes = _sorted(change for _, change in self.found)
        return Comparison(ours, theirs, self.options, changes, _sorted(self.following), tuple(self._notes()))

    def _notes(self) -> Iterator[str]:
        letters = {step.letter for tree in (self.left, self.right) for node in tree.root.walk() for step in node.steps}
        for letter in sorted(self.aside.keys() & letters):
            yield f"`{letter.removeprefix('>')}` is not compared: {self.aside[letter]} has no such event"
        untold = self.settings.untold()
        if untold:
            yield f"settings that only one dialect has are not compared: {', '.join(untold)}"
        names = ("A", "B")
        cut = [side for side, claims in zip(names, self.claims, strict=True) if not claims.complete]
        if cut:
            yield f"audio is not compared: it is left out or cut in {' and '.join(cut)}"
        trees = zip(names, (self.left, self.right), strict=True)
        bare = [side for side, tree in trees if all(event.at_ns is None for event in tree.root.events())]
        if bare:
            yield f"timing is not compared: there are no time stamps in {' and '.join(bare)}"


def _called(value: Value) -> str:
    return value.path if isinstance(value, Node) else "something unknown"


def _count_before(node: Node, begins: Sequence[int]) -> int:
    """Return how many of some moments lie before a node."""
    first = node.first()
    return 0 if first is None else bisect_left(begins, first.seq)


def _after_turn(count: int) -> str:
    return f"after the beginning of turn {count}" if count else "before the first turn"


def _change(left: Node, right: Node, found: values.Found) -> Change:
    here, there = found.left_place or left.place, found.right_place or right.place
    return Change(found.kind, f"{left.path} / {found.name}", found.left, found.right, here, there, found.message)


def _side(session: Session, tree: Tree) -> Side:
    turns = tree.root.of("turn")
    responses = sum(len(turn.of("response")) for turn in turns)
    return Side(session.path, session.dialect, len(session.events), len(turns), responses, usage.totals(tree.root))


def _sorted(changes: Iterable[Change]) -> tuple[Change, ...]:
    return tuple(sorted(changes, key=lambda change: (KINDS.index(change.kind), _line(change.left_place, change))))


def _line(place: Place | None, change: Change) -> int:
    chosen = place or change.right_place
    return chosen.line if chosen is not None else 0
