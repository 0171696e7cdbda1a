"""The tables of the protocol against each other: no name is misspelt, no event is forgotten, no state is dead."""

from collections.abc import Iterator

import pytest

from harness.engine.declarations import Scope
from harness.engine.grammar import compile_grammar
from harness.protocol.causes import FOLLOWS
from harness.protocol.dialects import Dialect, all_dialects
from harness.protocol.state import CONDITIONS, REDUCERS
from harness.rules.catalogue import END, checks

DIALECTS = list(all_dialects().values())
every_dialect = pytest.mark.parametrize("dialect", DIALECTS, ids=[one.name for one in DIALECTS])

ELSEWHERE = {
    "conversation.item.done": "GA and Azure Voice Live only; the beta and xAI finish no item",
    "conversation.item.input_audio_transcription.segment": "GA only, for transcription with speakers",
    "input_audio_buffer.timeout_triggered": "GA only, with idle_timeout_ms",
    "input_audio_buffer.dtmf_event_received": "telephony (SIP) came with GA",
    "mcp_list_tools.in_progress": "MCP came with GA",
    "mcp_list_tools.completed": "MCP came with GA",
    "mcp_list_tools.failed": "MCP came with GA",
    "response.mcp_call.in_progress": "MCP came with GA",
    "response.mcp_call.completed": "MCP came with GA",
    "response.mcp_call.failed": "MCP came with GA",
    "response.mcp_call_arguments.delta": "MCP came with GA",
    "response.mcp_call_arguments.done": "MCP came with GA",
}
"""Letters that tables name although a dialect has no such event, each with the reason."""

UNORDERED = {
    "conversation.item.created": "GA declares it and never sends it; the beta's is the letter conversation.item.added",
    "error": "may come at any time; the refusal of a link",
    "input_audio_buffer.cleared": "ordered by its request alone",
    "input_audio_buffer.dtmf_event_received": "a key of a telephone, at any time (SIP)",
    "ping": "xAI's sign of life, at any time",
    "rate_limits.updated": "after response.created, after response.done or never (WIRE quirk 15)",
    "transcription_session.created": "the beta's transcription sessions, not yet in a grammar",
    "transcription_session.updated": "the beta's transcription sessions, not yet in a grammar",
    "conversation.item.done": "xAI inherits its schema and never sends it (11 of 11 sessions)",
    "conversation.item.input_audio_transcription.segment": "xAI inherits its schema; it was never seen there",
    "response.animation_blendshapes.delta": "Voice Live's avatar; its order was never seen",
    "response.animation_blendshapes.done": "Voice Live's avatar; its order was never seen",
    "response.animation_viseme.delta": "Voice Live's avatar; its order was never seen",
    "response.animation_viseme.done": "Voice Live's avatar; its order was never seen",
    "response.audio_timestamp.delta": "Voice Live's word times; their order was never seen",
    "response.audio_timestamp.done": "Voice Live's word times; their order was never seen",
    "response.audio_transcript.annotation.added": "Voice Live's annotations; their order was never seen",
    "response.file_search_call.completed": "Voice Live's own tools; their order was never seen",
    "response.file_search_call.in_progress": "Voice Live's own tools; their order was never seen",
    "response.file_search_call.searching": "Voice Live's own tools; their order was never seen",
    "response.invocation.delta": "Voice Live's agents; their order was never seen",
    "response.video.delta": "Voice Live's avatar; its order was never seen",
    "response.web_search_call.completed": "Voice Live's own tools; their order was never seen",
    "response.web_search_call.in_progress": "Voice Live's own tools; their order was never seen",
    "response.web_search_call.searching": "Voice Live's own tools; their order was never seen",
    "session.avatar.connecting": "Voice Live's avatar; its order was never seen",
    "session.avatar.switch_to_idle": "Voice Live's avatar; its order was never seen",
    "session.avatar.switch_to_speaking": "Voice Live's avatar; its order was never seen",
    "warning": "Voice Live's warnings, at any time",
}
"""Server events that no scope of a dialect orders, each with the reason."""


def plain(letter: str) -> str:
    return letter.partition("/")[0]


def named(dialect: Dialect) -> Iterator[tuple[str, str]]:
    """Yield every letter that the tables of a dialect name, with the table."""
    tables = dialect.declarations
    for scope in tables.scopes:
        yield from ((plain(letter), f"scope {scope.name}") for letter in compile_grammar(scope.pattern).alphabet)
    for link in tables.links:
        causes = (cause.letter for cause in link.causes)
        yield from ((letter, f"link to {link.effect}") for letter in (link.effect, *link.before, *causes))
    for fact in tables.facts:
        places = (*fact.sources, *((fact.pieces,) if fact.pieces else ()))
        yield from (
            (letter, f"fact {fact.name}") for letter in (fact.settle, *(one.letter for one in places)) if letter
        )
    refusal = tables.refusal
    if refusal is not None:
        refused = (*refusal.by_code.values(), *refusal.by_parameter.values())
        yield from ((letter, "refusal") for letter in (refusal.letter, *filter(None, refused)))
    yield from ((letter, "dialect") for letter in (*tables.variants, *tables.first))
    yield from ((letter, "reducers") for letter in REDUCERS)
    for one in checks():
        yield from ((letter, f"rule {one.rule.code}") for letter in one.on if letter != END and "*" not in letter)


@every_dialect
def test_every_letter_that_a_table_names_is_an_event_of_the_dialect(dialect: Dialect) -> None:
    known = set(dialect.letters.values())
    strangers = {(letter, table) for letter, table in named(dialect) if letter not in known | set(ELSEWHERE)}
    assert not strangers


def test_every_letter_excused_is_missing_in_some_dialect_and_present_in_another() -> None:
    for letter in ELSEWHERE:
        having = [letter in dialect.letters.values() for dialect in DIALECTS]
        assert any(having), f"{letter} exists nowhere"
        assert not all(having), f"{letter} exists everywhere: no excuse is needed"


@every_dialect
def test_every_server_event_has_a_place_in_a_grammar_or_a_reason_why_not(dialect: Dialect) -> None:
    ordered = {
        plain(letter) for scope in dialect.declarations.scopes for letter in compile_grammar(scope.pattern).alphabet
    }
    free = {letter for (side, _), letter in dialect.letters.items() if side == "server"} - ordered
    assert free <= set(UNORDERED), "no scope orders these, and no reason is given"


def test_no_reason_is_given_for_an_event_that_every_dialect_orders() -> None:
    free = set()
    for dialect in DIALECTS:
        ordered = {
            plain(letter) for scope in dialect.declarations.scopes for letter in compile_grammar(scope.pattern).alphabet
        }
        free |= {letter for (side, _), letter in dialect.letters.items() if side == "server"} - ordered
    assert set(UNORDERED) <= free


@every_dialect
def test_every_state_of_every_grammar_is_reached_and_can_be_left_well(dialect: Dialect) -> None:
    for scope in dialect.declarations.scopes:
        automaton = compile_grammar(scope.pattern)
        reached, frontier = {0}, {0}
        while frontier:
            frontier = {target for state in frontier for target in automaton.table[state].values()} - reached
            reached |= frontier
        assert reached == set(range(len(automaton.table))), scope.name
        assert 0 not in automaton.accepting, f"{scope.name} matches no event at all"


@every_dialect
def test_a_scope_has_the_key_of_the_one_it_lies_within(dialect: Dialect) -> None:
    scopes = {scope.name: scope for scope in dialect.declarations.scopes}
    for scope in scopes.values():
        if scope.within:
            assert set(scopes[scope.within].key) <= set(scope.key), scope.name


@every_dialect
def test_scopes_stand_behind_those_they_lie_within(dialect: Dialect) -> None:
    seen: list[Scope] = []
    for scope in dialect.declarations.scopes:
        assert scope.within is None or scope.within in [one.name for one in seen]
        seen.append(scope)


@every_dialect
def test_every_attribute_that_a_table_keys_by_is_declared_or_bound_by_a_path(dialect: Dialect) -> None:
    tables = dialect.declarations
    used = {name for scope in tables.scopes for name in (*scope.key, *scope.binds)}
    used |= {name for link in tables.links for cause in link.causes for name in cause.key}
    used |= {name for fact in tables.facts for name in (*fact.key, *((fact.owner,) if fact.owner else ()))}
    assert used <= set(tables.attributes)


@every_dialect
def test_every_condition_that_a_link_names_exists(dialect: Dialect) -> None:
    conditions = {cause.when for link in dialect.declarations.links for cause in link.causes if cause.when}
    assert conditions <= set(CONDITIONS)


@every_dialect
def test_a_fact_with_an_owner_says_what_settles_it(dialect: Dialect) -> None:
    assert all(bool(fact.settle) == bool(fact.owner) for fact in dialect.declarations.facts)


@every_dialect
def test_a_dialect_deviates_from_one_that_exists_and_renames_events_that_it_has(dialect: Dialect) -> None:
    assert dialect.base in ("", *all_dialects())
    own = {name for _, name in dialect.letters}
    assert set(dialect.names) <= own
    assert all(mark.type in own for mark in dialect.marks)


@every_dialect
def test_a_letter_is_called_by_the_dialects_own_name(dialect: Dialect) -> None:
    letters = set(dialect.letters.values())
    for name, letter in dialect.names.items():
        if letter in letters:
            assert dialect.type_of(letter) == name


def test_followers_are_events_of_today() -> None:
    assert set(FOLLOWS) <= set(all_dialects()["openai-ga"].letters.values())
