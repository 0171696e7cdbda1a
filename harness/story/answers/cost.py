"""What did it cost?"""

from collections.abc import Iterator

from harness.story.question import Question, Said
from harness.story.story import Story
from harness.story.words import count, dollars


def answer(story: Story) -> Iterator[Said]:
    """Yield what the session cost, by modality, and what is not known of it."""
    found = {one.measure.name: one for one in story.figures.summaries()}
    total = found.get("cost")
    if total is None:
        yield Said("No response was done, so none was billed.")
        return
    if total.values:
        priced = count(len(total.values), "response")
        part = "" if not total.unknown else " for those that can be priced"
        yield Said(f"{dollars(sum(total.values))} in {priced}{part}; model {story.figures.model}.")
    for why, number in total.unknown.items():
        yield Said(f"The cost of {count(number, 'response')} is not known: {why}.", None, True)
    tokens = [one for one in found.values() if one.measure.unit == "tokens" and any(one.values)]
    if tokens:
        yield Said("Tokens: " + ", ".join(f"{one.measure.title} {sum(one.values):.0f}" for one in tokens) + ".")
    if total.worst is not None and len(total.values) > 1:
        most = total.worst.value("cost") or 0.0
        yield Said(f"The dearest is turn {total.worst.label}: {dollars(most)}.", total.worst.place)
    wasted = [row for row in story.figures.rows if row.status == "cancelled" and row.value("cost")]
    if wasted:
        amount = sum(row.value("cost") or 0.0 for row in wasted)
        yield Said(f"{dollars(amount)} of it are {count(len(wasted), 'cancelled response')}, which are billed as well.")
    apart = found.get("transcription_cost")
    if apart is not None:
        known = dollars(sum(apart.values)) if apart.values else "not known: " + "; ".join(apart.unknown)
        yield Said(f"Input transcription is billed apart: {known}.")


QUESTION = Question(
    "What did it cost?",
    answer,
    words=("usage", "its-tokens", "cached", "rate-limit", "billed"),
)
