"""What is made up breaks no rule, in every dialect, and shows all that the grammars allow."""

import random
from io import BytesIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness import api
from harness.engine.grammar import compile_grammar
from harness.events import event_of
from harness.generation import generate
from harness.logs import write
from harness.model import Entry, Finding, Report
from harness.protocol.dialects import Dialect, all_dialects, detect
from harness.rules.monitor import Monitor
from harness.strategies import sessions

DIALECTS = list(all_dialects().values())
every_dialect = pytest.mark.parametrize("dialect", DIALECTS, ids=[one.name for one in DIALECTS])

ADVICE = ("ADV", "CLI", "TIM")
"""The families whose notes are advice on what is legal: slow tools, cut answers, failed transcriptions."""
RETIRED = "DIA640"


def judged(entries: list[Entry], dialect: str | None) -> Report:
    monitor = Monitor(dialect)
    for seq, entry in enumerate(entries):
        event = event_of(seq, entry)
        assert event is not None
        monitor.feed(event)
    return monitor.finish(entries=len(entries))


def is_a_fault(finding: Finding) -> bool:
    advice = finding.severity == "note" and finding.code.startswith(ADVICE)
    return not (advice or finding.code.startswith("ADV") or finding.code == RETIRED)


@every_dialect
@given(data=st.data())
@settings(max_examples=8, suppress_health_check=list(HealthCheck))
def test_what_is_made_up_breaks_no_rule(dialect: Dialect, data: st.DataObject) -> None:
    session = data.draw(sessions(dialect.name, turns=2))
    report = judged(list(session.entries), dialect.name)
    assert [one for one in report.findings if is_a_fault(one)] == []


@every_dialect
@pytest.mark.parametrize("seed", range(4))
def test_a_seed_makes_a_session_without_faults(dialect: Dialect, seed: int) -> None:
    made = list(generate(dialect.name, random.Random(seed), turns=4))
    assert [one for one in judged(made, dialect.name).findings if is_a_fault(one)] == []


@every_dialect
def test_the_same_seed_makes_the_same_session_and_another_one_another(dialect: Dialect) -> None:
    first, again, other = (list(generate(dialect.name, random.Random(seed))) for seed in (1, 1, 2))
    assert first == again
    assert first != other


@every_dialect
def test_a_session_bears_the_marks_of_its_dialect(dialect: Dialect) -> None:
    made = list(generate(dialect.name, random.Random(0)))
    found = detect(event for event in (event_of(seq, entry) for seq, entry in enumerate(made)) if event)
    told = dialect if dialect.marks else all_dialects()[dialect.base]
    assert found is told


@every_dialect
def test_a_session_survives_being_written_and_read(dialect: Dialect) -> None:
    made = list(generate(dialect.name, random.Random(3), turns=1))
    for format_name in ("yaml", "jsonl"):
        stream = BytesIO()
        write(made, stream, format_name)
        stream.seek(0)
        read = list(api.read_stream(stream, ""))
        assert [(one.side, one.content) for one in read if isinstance(one, Entry)] == [
            (one.side, one.content) for one in made
        ]


NOT_MADE = {
    "conversation.item.created": "GA declares it and never sends it; no scope has it",
    "error": "an error is an answer to a request that breaks a rule",
    "transcription_session.created": "in transcription sessions only",
    "transcription_session.update": "in transcription sessions only",
    "transcription_session.updated": "in transcription sessions only",
    "session.close": "Azure's; nothing answers it, and nothing comes after it",
    "warning": "Voice Live's; nothing is known of when it comes",
}
"""The event types that are not made up, each with the reason; also those of Voice Live without a grammar."""


@pytest.mark.slow
@every_dialect
def test_every_event_that_a_grammar_orders_is_made_up(dialect: Dialect) -> None:
    wanted = {
        letter.partition("/")[0]
        for scope in dialect.declarations.scopes
        for letter in compile_grammar(scope.pattern).alphabet
    }
    wanted = {dialect.type_of(letter) for letter in wanted & set(dialect.letters.values())}
    seen = {
        entry.content["type"]
        for seed in range(120)
        for entry in generate(dialect.name, random.Random(seed), turns=3)
        if isinstance(entry.content, dict)
    }
    answers = any(link.effect == "response.created" for link in dialect.declarations.links)
    missing = wanted - seen - set(NOT_MADE)
    if not answers:
        without = ("response.", "output_audio_buffer.", "conversation.item.truncated")
        missing = {one for one in missing if not one.startswith(without)}
    if "conversation.item.done" not in seen:  # what a list of tools holds comes with it
        missing = {one for one in missing if not one.startswith("mcp_list_tools.")}
    assert missing == set()


def test_no_turns_make_a_session_that_is_opened_and_left() -> None:
    made = list(generate("openai-ga", random.Random(0), turns=0))
    assert made[0].content["type"] == "session.created"  # type: ignore[index,call-overload]
    assert not any("response" in str(entry.content["type"]) for entry in made)  # type: ignore[index,call-overload]


def test_more_turns_make_more_responses() -> None:
    def responses(turns: int) -> int:
        made = generate("openai-ga", random.Random(5), turns)
        return sum(entry.content["type"] == "response.created" for entry in made)  # type: ignore[index,call-overload]

    assert responses(1) < responses(8)
