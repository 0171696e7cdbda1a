"""Did my session.update take effect?"""

from collections.abc import Iterator

from harness.engine.paths import value_at
from harness.model import Event, Place
from harness.story.question import Question, Said, source
from harness.story.settings import differing
from harness.story.story import Story
from harness.story.words import at, shown
from harness.turns import fold


def answer(story: Story) -> Iterator[Said]:
    """Yield what became of every `session.update`."""
    if not story.updates:
        heard = any(one.side == "client" for one in story.session.events)
        why = "the client sent none" if heard else "the client's side is not in the log"
        yield Said(f"There is no `session.update` to look at: {why}; the settings are what the server told.")
    for one in story.updates:
        if one.answer is not None:
            yield from _applied(one.place, one.answer, list(differing(one)))
        elif one.refusal is not None:
            message = value_at(one.refusal.body, "error.message") or value_at(one.refusal.body, "error.code")
            yield Said(
                f"The update at {at(one.place)} was refused whole at {at(one.refusal.place)}: {message} "
                f"Everything in it stayed as it was: {', '.join(one.asked)}.", one.refusal.place, True,
            )  # fmt: skip
        else:
            yield Said(f"The update at {at(one.place)} was not answered in this log.", one.place, True)
    for setting in story.settings:
        if setting.origin == "server":
            yield Said(f"{setting.name}: {shown(setting.value)}, {source(setting)}.", setting.places[-1])


def _applied(place: Place, given: Event, differences: list[tuple[str, object, object]]) -> Iterator[Said]:
    told = f"The update at {at(place)} was confirmed at {at(given.place)}"
    if not differences:
        yield Said(f"{told}, with every value as it was asked for.", given.place)
    for path, asked, got in differences:
        kept = " (an empty text keeps the server's own)" if fold.empty(asked) and asked == "" else ""
        text = f"{told}, but {path}: {shown(asked)} was asked for, and {shown(got)} is in force{kept}."  # type: ignore[arg-type]
        yield Said(text, given.place, True)


QUESTION = Question(
    "Did my session.update take effect?",
    answer,
    words=(
        "update",
        "default",
        "setting",
        "voice-change",
        "modalit",
        "telephone",
        "session-type",
    ),
    families=("DIA",),
)
