"""Comparing texts by words."""

from hypothesis import given
from hypothesis import strategies as st

from harness.diff.words import compare, shown, tokens, told

TEXTS = st.text(alphabet="ab ,.'\n", max_size=40)


@given(TEXTS)
def test_tokens_joined_are_the_text(text: str) -> None:
    assert "".join(tokens(text)) == text


@given(TEXTS, TEXTS)
def test_the_differences_hold_both_texts_whole(left: str, right: str) -> None:
    edits = compare(left, right)
    assert "".join(edit.equal + edit.left for edit in edits) == left
    assert "".join(edit.equal + edit.right for edit in edits) == right


@given(TEXTS)
def test_a_text_does_not_differ_from_itself(text: str) -> None:
    assert not any(edit.left or edit.right for edit in compare(text, text))


def test_a_changed_word_is_shown_among_its_neighbours() -> None:
    left = "I am doing well, thanks for asking. How about you today?"
    assert shown(compare(left, left.replace("asking", "calling"))) == (
        "… , thanks for [-asking-]{+calling+}. How about …"
    )


def test_words_that_change_side_by_side_are_one_difference() -> None:
    assert shown(compare("it is a red big car", "it is a blue small car")) == "it is a [-red big-]{+blue small+} car"


def test_differences_far_apart_are_shown_each_with_what_is_around() -> None:
    left = "one two three four five six seven eight nine ten eleven twelve"
    right = left.replace("two", "2").replace("eleven", "11")
    assert shown(compare(left, right)) == "one [-two-]{+2+} three four five … eight nine ten [-eleven-]{+11+} twelve"


def test_of_many_differences_only_the_first_are_spelled_out() -> None:
    left = " ".join(f"w{number} and so on" for number in range(9))
    assert shown(compare(left, left.replace("w", "v"))).endswith("(and 5 more)")


def test_an_apostrophe_belongs_to_its_word() -> None:
    assert shown(compare("I'm here", "I’m here")) == "[-I'm-]{+I’m+} here"


def test_single_words_that_nobody_says_are_shown_whole() -> None:
    assert told("alloy", "verse", said=False) == "alloy → verse"
    assert told("alloy", "verse", said=True) == "[-alloy-]{+verse+}"


def test_texts_too_long_to_align_differ_as_a_whole() -> None:
    left, right = "a b " * 1_500, "c d " * 1_500
    (edit,) = compare(left, right + "")[:1]
    assert (edit.left[:4], edit.right[:4]) == ("a b ", "c d ")
