"""Event grammars against two independent matchers: automata-lib's regular expressions, and plain backtracking."""

from collections.abc import Iterator
from itertools import product

import pytest
from automata.fa.nfa import NFA
from hypothesis import given
from hypothesis import strategies as st

from harness.engine.grammar import (
    EMPTY,
    NEVER,
    Alt,
    Automaton,
    Empty,
    Expression,
    Interleave,
    Letter,
    Never,
    Seq,
    Star,
    alt,
    compile_grammar,
    interleave,
    letters,
    opt,
    plus,
    seq,
    star,
)

ALPHABET = "abc"
WORDS = tuple("".join(word) for length in range(6) for word in product(ALPHABET, repeat=length))
"""Every word of up to five letters: long enough to enter every loop of the expressions made here twice."""


def _compound(terms: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    two = st.lists(terms, min_size=2, max_size=3)
    return st.one_of(
        two.map(lambda parts: seq(*parts)),
        two.map(lambda parts: alt(*parts)),
        st.lists(terms, min_size=2, max_size=2).map(lambda parts: interleave(*parts)),
        terms.map(star),
        terms.map(plus),
        terms.map(opt),
    )


expressions = st.recursive(st.sampled_from(ALPHABET).map(Letter), _compound, max_leaves=6)


def _regex(expression: Expression) -> str:
    """Write an expression as automata-lib reads it, where `^` is the shuffle and `()` the empty word."""
    match expression:
        case Letter(name):
            return name
        case Seq(head, tail):
            return f"({_regex(head)}{_regex(tail)})"
        case Alt(options):
            return "(" + "|".join(sorted(map(_regex, options))) + ")"
        case Star(body):
            return f"({_regex(body)})*"
        case Interleave(left, right):
            return f"({_regex(left)}^{_regex(right)})"
        case Empty():
            return "()"
        case _:
            raise AssertionError(f"{expression} has no regular expression")


def _matches(expression: Expression, word: str) -> bool:
    """Tell whether a word matches, by trying every way to cut it."""
    match expression:
        case Letter(name):
            return word == name
        case Empty():
            return not word
        case Never():
            return False
        case Seq(head, tail):
            return any(_matches(head, word[:at]) and _matches(tail, word[at:]) for at in range(len(word) + 1))
        case Alt(options):
            return any(_matches(option, word) for option in options)
        case Star(body):
            return not word or any(
                _matches(body, word[:at]) and _matches(expression, word[at:]) for at in range(1, len(word) + 1)
            )
        case Interleave(left, right):
            return any(_matches(left, one) and _matches(right, other) for one, other in _deals(word))


def _deals(word: str) -> Iterator[tuple[str, str]]:
    """Yield every way to deal the letters of a word to two hands."""
    for hands in product((True, False), repeat=len(word)):
        yield (
            "".join(letter for letter, left in zip(word, hands, strict=True) if left),
            "".join(letter for letter, left in zip(word, hands, strict=True) if not left),
        )


def _accepts(automaton: Automaton, word: str, start: int = 0) -> bool:
    return automaton.run(start, tuple(word)) in automaton.accepting


def _shortest(automaton: Automaton, start: int, wanted: set[int]) -> int | None:
    """Return the length of the shortest way from a state into a set of states, by flooding."""
    reached, steps = {start}, 0
    while not reached & wanted:
        more = {target for state in reached for target in automaton.table[state].values()} | reached
        if more == reached:
            return None
        reached, steps = more, steps + 1
    return steps


@given(expressions, st.text(ALPHABET, max_size=8))
def test_an_automaton_accepts_what_automata_lib_accepts(expression: Expression, word: str) -> None:
    oracle = NFA.from_regex(_regex(expression), input_symbols=set(ALPHABET))
    assert _accepts(compile_grammar(expression), word) == oracle.accepts_input(word)


@given(expressions)
def test_an_automaton_accepts_what_plain_backtracking_accepts(expression: Expression) -> None:
    automaton = compile_grammar(expression)
    for word in WORDS[:121]:  # up to four letters
        assert _accepts(automaton, word) == _matches(expression, word), word


@given(expressions)
def test_every_state_has_the_shortest_trace_to_acceptance(expression: Expression) -> None:
    automaton = compile_grammar(expression)
    for state, trace in enumerate(automaton.completion):
        assert automaton.run(state, trace) in automaton.accepting
        assert len(trace) == _shortest(automaton, state, set(automaton.accepting))


@given(expressions)
def test_every_state_can_be_reached_from_the_start(expression: Expression) -> None:
    automaton = compile_grammar(expression)
    assert all(_shortest(automaton, 0, {state}) is not None for state in range(len(automaton.table)))


@given(expressions, st.data())
def test_a_bridge_is_the_shortest_trace_before_a_letter(expression: Expression, data: st.DataObject) -> None:
    automaton = compile_grammar(expression)
    state = data.draw(st.sampled_from(range(len(automaton.table))))
    letter = data.draw(st.sampled_from(ALPHABET))
    longest = data.draw(st.integers(0, 4))
    takers = {index for index, row in enumerate(automaton.table) if letter in row}
    distance = _shortest(automaton, state, takers) if takers else None
    bridge = automaton.bridge(state, letter, longest)
    if distance is None or distance > longest:
        assert bridge is None
    else:
        assert bridge is not None
        assert len(bridge) == distance
        assert automaton.run(state, (*bridge, letter)) is not None


@given(expressions)
def test_once_holds_exactly_the_letters_that_no_valid_trace_has_twice(expression: Expression) -> None:
    """Every state is entered within as many letters as there are states, so a repetition shows in two short legs."""
    automaton = compile_grammar(expression)
    for letter in automaton.alphabet:
        after = {row[letter] for row in automaton.table if letter in row}
        takers = {index for index, row in enumerate(automaton.table) if letter in row}
        twice = any(_shortest(automaton, state, takers) is not None for state in after)
        assert (letter in automaton.once) == (not twice)
    for word in filter(lambda word: _accepts(automaton, word), WORDS):
        assert all(word.count(letter) < 2 for letter in automaton.once)


@given(expressions)
def test_nothing_follows_a_closing_letter_in_the_states_it_closes(expression: Expression) -> None:
    automaton = compile_grammar(expression)
    for letter in automaton.alphabet:
        ends = [row[letter] for row in automaton.table if letter in row and not automaton.table[row[letter]]]
        assert (letter in automaton.closing) == bool(ends)
        assert all(state in automaton.accepting for state in ends)


@given(expressions)
def test_the_alphabet_is_that_of_the_expression(expression: Expression) -> None:
    assert compile_grammar(expression).alphabet == letters(expression)


@given(st.lists(expressions, min_size=2, max_size=4))
def test_the_order_of_alternatives_makes_no_difference(options: list[Expression]) -> None:
    assert alt(*options) == alt(*reversed(options))


@given(expressions)
def test_the_empty_trace_and_the_impossible_one_are_neutral(expression: Expression) -> None:
    assert seq(EMPTY, expression, EMPTY) == expression == interleave(EMPTY, expression)
    assert alt(NEVER, expression) == expression
    assert seq(expression, NEVER) == NEVER == interleave(NEVER, expression)


def test_a_grammar_that_nothing_matches_is_refused() -> None:
    with pytest.raises(ValueError, match="no trace matches"):
        compile_grammar(seq("a", NEVER))


def test_a_trace_that_leaves_the_grammar_ends_nowhere() -> None:
    automaton = compile_grammar(seq("a", "b"))
    assert automaton.run(0, ("b",)) is None
    assert automaton.run(0, ("b", "a")) is None
    assert automaton.run(0, ("a", "b", "b")) is None
