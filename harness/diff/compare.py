"""Compares two sessions: grows their trees, aligns them level by level, and compares what belongs together."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence

from harness.diff import identity, lifecycle, timing, usage, values
from harness.diff.absence import absences, where
from harness.diff.align import Alignment, align, joined
from harness.diff.comparison import Comparison, Side
from harness.diff.configuration import Settings
from harness.diff.features import Features, gist
from harness.diff.fingerprint import fingerprints
from harness.diff.options import Options
from harness.diff.order import Conflict, Match, bound, conflicts, misplaced
from harness.diff.outcome import aside, in_order, lost, side, unmeasured
from harness.diff.references import References
from harness.diff.selection import selected
from harness.diff.vocabulary import WORDS, one_sided
from harness.model import Change, Session
from harness.protocol import dialects
from harness.turns.claims import Claims
from harness.turns.grow import grow
from harness.turns.nodes import Node, Step, Tree
from harness.turns.vocabulary import NodeKind


def compare(left: Session, right: Session, options: Options | None = None) -> Comparison:
    """Return what changed from one session to another."""
    chosen = options or Options()
    if _identical(left, right):
        sides = [Side(session.path, session.dialect, len(session.events)) for session in (left, right)]
        return selected(Comparison(sides[0], sides[1], chosen, (), notes=tuple(lost(left, right))), chosen)
    trees = [grow(dialects.get(session.dialect), session.events) for session in (left, right)]
    comparer = _Comparer(trees[0], trees[1], chosen)
    comparer.run()
    return selected(comparer.outcome(left, right), chosen)


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
        self.found += References(self.pairs, self.partners, self.moved).changes()
        self._usage()
        self._timing()

    def outcome(self, left: Session, right: Session) -> Comparison:
        """Return what was found."""
        trees = self.left, self.right
        notes = [*lost(left, right), *aside(trees, self.aside), *self.settings.notes(), *unmeasured(trees, self.claims)]
        changes, following = in_order(change for _, change in self.found), in_order(self.following)
        return Comparison(side(left, trees[0]), side(right, trees[1]), self.options, changes, following, tuple(notes))

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

    def _usage(self) -> None:
        """Tell of usage; it follows from other changes in what was given to the model, and in what it made."""
        touched = {above for node, _ in self.found for above in node.up()}
        earliest = min((change.left_place.line for _, change in self.found if change.left_place), default=None)
        models = usage.model_of(self.left.root), usage.model_of(self.right.root)
        for use in usage.uses(self.pairs, models):
            begin = use.node.place
            given = earliest is not None and begin is not None and earliest < begin.line
            made = use.node in touched
            if (given or not use.given) and (made or not use.made) and (given or made):
                self.following.append(use.change)
            else:
                self.found.append((use.node, use.change))
        self.following += usage.repriced(self.left.root, self.right.root, models)

    def _timing(self) -> None:
        reworded = frozenset(above for node, change in self.found if change.kind != "usage" for above in node.up())
        self._tell(self.left.root, timing.speech(self.pairs, self.options))
        for shift in timing.shifts(self.left.root, self.right.root, self.pairs, self.options, reworded):
            change = timing.change_of(shift)
            if shift.follows or self.astray & {mark.event.seq for mark in shift.left}:
                self.following.append(change)
            else:
                self.found.append((shift.left.end.node, change))


def _count_before(node: Node, begins: Sequence[int]) -> int:
    """Return how many of some moments lie before a node."""
    first = node.first()
    return 0 if first is None else bisect_left(begins, first.seq)


def _after_turn(count: int) -> str:
    return f"after the beginning of turn {count}" if count else "before the first turn"


def _change(left: Node, right: Node, found: values.Found) -> Change:
    here, there = found.left_place or where(left), found.right_place or where(right)
    return Change(found.kind, f"{left.path} / {found.name}", found.left, found.right, here, there, found.message)
