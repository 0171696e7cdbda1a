"""Compares two texts by words."""

import re
from difflib import SequenceMatcher
from typing import NamedTuple

TOKEN = re.compile(r"\w+(?:['’]\w+)*|\s+|[^\w\s]")
CONTEXT = 6
"""Tokens shown before and after a difference: three words with their spaces."""
FEW = 4
"""Differences spelled out in a line; more are only counted."""
NEAR = 1
"""Differences with no more than this many equal tokens between them, a space, read better as one."""
TOO_MANY = 4_000_000
"""Pairs of tokens beyond which aligning words takes seconds; the differing middle is then shown as one."""


class Edit(NamedTuple):
    """A run of words that stands in one text and not in the other; both empty between them for equal ones."""

    equal: str
    """What both have, empty where they differ."""
    left: str
    right: str


def tokens(text: str) -> list[str]:
    """Return the words of a text, its spaces and its marks."""
    return TOKEN.findall(text)


def compare(left: str, right: str) -> list[Edit]:
    """Return how the left text becomes the right one, in order."""
    ours, theirs = tokens(left), tokens(right)
    start = 0
    while start < min(len(ours), len(theirs)) and ours[start] == theirs[start]:
        start += 1
    end = 0
    while end < min(len(ours), len(theirs)) - start and ours[-1 - end] == theirs[-1 - end]:
        end += 1
    before, after = "".join(ours[:start]), "".join(ours[len(ours) - end :])
    middle = _middle(ours[start : len(ours) - end], theirs[start : len(theirs) - end])
    return [edit for edit in (Edit(before, "", ""), *middle, Edit(after, "", "")) if edit != ("", "", "")]


def _middle(ours: list[str], theirs: list[str]) -> list[Edit]:
    if len(ours) * len(theirs) > TOO_MANY:
        return [Edit("", "".join(ours), "".join(theirs))]
    edits: list[Edit] = []
    matcher = SequenceMatcher(None, ours, theirs, autojunk=False)
    for kind, left_from, left_to, right_from, right_to in matcher.get_opcodes():
        left, right = "".join(ours[left_from:left_to]), "".join(theirs[right_from:right_to])
        if kind == "equal" and left_to - left_from > NEAR:
            edits.append(Edit(left, "", ""))
        elif edits and not edits[-1].equal:
            last = edits.pop()
            edits.append(Edit("", last.left + left, last.right + right))
        else:
            edits.append(Edit("", left, right))
    return edits


def shown(edits: list[Edit]) -> str:
    """Return the differences in a line, each with some words around it: `thanks for [-asking-]{+calling+}. How …`."""
    differing = [index for index, edit in enumerate(edits) if not edit.equal]
    last = max(differing[:FEW], default=-1)
    pieces = (_piece(edit, index == 0, index > last) for index, edit in enumerate(edits[: last + 2]))
    more = len(differing) - FEW
    return "".join(pieces) + (f" (and {more} more)" if more > 0 else "")


def told(left: str, right: str, said: bool) -> str:
    """Return how one text becomes another, in a line: by words when it is `said` or has several, else as a whole."""
    if said or " " in left + right:
        return shown(compare(left, right))
    return f"{left} → {right}"


def _piece(edit: Edit, first: bool, last: bool) -> str:
    if not edit.equal:
        return (f"[-{edit.left}-]" if edit.left else "") + (f"{{+{edit.right}+}}" if edit.right else "")
    words = tokens(edit.equal)
    if len(words) <= CONTEXT * (1 if first or last else 2):
        return edit.equal
    head = "" if first else "".join(words[:CONTEXT]).rstrip() + " "
    tail = "" if last else " " + "".join(words[-CONTEXT:]).lstrip()
    return f"{head}…{tail}"
