"""A question that people come with, its answer, and what answers have in common."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from harness.measure.figures import Figure
from harness.measure.tracks import tracks
from harness.model import Finding, Place
from harness.story.errors import Chain
from harness.story.settings import Setting
from harness.story.story import Story
from harness.story.words import at, quoted, shown
from harness.turns.nodes import Node


class Said(NamedTuple):
    """One sentence of an answer."""

    text: str
    place: Place | None = None
    """Where to look."""
    bad: bool = False
    """Whether it tells what went wrong."""


class Question(NamedTuple):
    """One question."""

    asks: str
    answer: Callable[[Story], Iterator[Said]]
    words: tuple[str, ...]
    """The findings that bear on it have one of these in their names."""
    families: tuple[str, ...] = ()
    """Or codes that begin so."""

    def bearing(self, findings: Sequence[Finding]) -> list[Finding]:
        """Return the findings that bear on this question, in their order."""
        return [one for one in findings if self.bears_on(one.code, one.name)]

    def bears_on(self, code: str, name: str) -> bool:
        """Tell whether a rule is about what is asked."""
        return code.startswith(self.families) or any(word in name for word in self.words)


def responses(story: Story) -> list[Node]:
    """Return every response of a session, in order."""
    return [response for turn in story.recording.tree.root.of("turn") for response in turn.of("response")]


def inputs(story: Story) -> list[Node]:
    """Return everything that was said to the model, in order."""
    return [node for turn in story.recording.tree.root.of("turn") for node in turn.of("input")]


def setting(story: Story, name: str) -> Setting | None:
    """Return a setting by the name a person calls it, None where nobody speaks of it."""
    return next((one for one in story.settings if one.name == name), None)


def figure(story: Story, response: Node, name: str) -> Figure | None:
    """Return a figure of a response, None where it does not apply."""
    rows = (row for row in story.figures.rows if row.place == response.place)
    return next((row.figures[name] for row in rows if name in row.figures), None)


def source(one: Setting) -> str:
    """Return where a setting comes from, in words."""
    first, last = (at(place) for place in (one.places[0], one.places[-1]))
    match one.origin:
        case "confirmed":
            return f"asked for at {first}, confirmed at {last}"
        case "otherwise":
            return f"{shown(one.asked)} was asked for at {first}, and this confirmed at {last}"
        case "refused":
            return f"{shown(one.asked)} was asked for at {first}, and refused"
        case "unconfirmed":
            return f"{shown(one.asked)} was asked for at {first}, and not answered in the log"
        case "server":
            return f"changed at {last}, and no request for it is in the log"
    return f"the default, {first}"


def odd_sounds(story: Story, side: str) -> Iterator[Said]:
    """Yield what is odd about the audio of one side, `user` or `assistant`, where the log holds it."""
    for track in tracks(story.recording):
        if track.sound is not None and track.name.startswith("turn-") and side in track.name:
            for remark in track.remarks:
                yield Said(f"The audio of the {side} at {at(track.place)}: {remark}.", track.place, True)


def caused(chains: Sequence[Chain]) -> Iterator[Said]:
    """Yield errors, each with its cause."""
    for chain in chains:
        yield Said(cause_of(chain), chain.error.place, True)


def cause_of(chain: Chain) -> str:
    """Return an error and its cause in a sentence or two."""
    cause, message = chain.cause, f" {quoted(chain.message, 120)}" if chain.message else ""
    known, told = chain.known, f"{chain.code} at {at(chain.error.place)}{message}. "
    if cause is not None:
        told += f"Caused by `{cause.type}` at {at(cause.place)} ({chain.certainty}: {chain.how})."
    else:
        told += f"Its cause is not known: {chain.how}."
    why = f" Known of it: {known.why}." if known is not None and known.why else ""
    return f"{told}{why}{f' {known.do}' if known is not None else ''}"
