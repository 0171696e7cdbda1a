"""Comparing JSON field by field."""

import pytest

from harness.diff.structure import Difference, compact, differences, value_at


def test_equal_values_do_not_differ() -> None:
    assert differences({"a": [1, {"b": 2}]}, {"a": [1, {"b": 2}]}) == []


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ({"a": 1}, {"a": 2}, [Difference("a", 1, 2)]),
        ({"a": {"b": 1}}, {"a": {"b": 2}}, [Difference("a.b", 1, 2)]),
        ({"a": 1}, {}, [Difference("a", 1, None)]),
        ({}, {"a": {"b": 1}}, [Difference("a", None, {"b": 1})]),
        ({"a": 1}, {"a": "1"}, [Difference("a", 1, "1")]),
        ({"a": [{"b": 1}]}, {"a": [{"b": 2}]}, [Difference("a[0].b", 1, 2)]),
        ({"a": 1, "b": 2}, {"a": 2, "b": 1}, [Difference("a", 1, 2), Difference("b", 2, 1)]),
    ],
)  # fmt: skip
def test_each_field_that_differs_is_one_difference(left: dict, right: dict, expected: list[Difference]) -> None:  # type: ignore[type-arg]
    assert differences(left, right) == expected


def test_whole_and_broken_numbers_of_one_value_are_equal() -> None:
    assert differences({"a": 1}, {"a": 1.0}) == []


def test_lists_of_plain_values_differ_as_a_whole() -> None:
    assert differences({"m": ["text"]}, {"m": ["audio", "text"]}) == [
        Difference("m", ["text"], ["audio", "text"])
    ]  # fmt: skip


def test_objects_of_different_types_differ_as_a_whole() -> None:
    left = {"vad": {"type": "server_vad", "threshold": 0.5}}
    right = {"vad": {"type": "semantic_vad", "eagerness": "low"}}
    assert differences(left, right) == [Difference("vad", left["vad"], right["vad"])]


def test_a_value_is_found_by_the_path_of_a_difference() -> None:
    value = {"a": {"b": [{"c": 7}]}}
    assert value_at(value, "a.b[0].c") == 7
    assert value_at(value, "a.b[3].c") is None
    assert value_at(value, "") == value


@pytest.mark.parametrize(("value", "text"), [(None, ""), ("as it is", "as it is"), ({"a": 1}, '{"a":1}')])
def test_a_value_is_shown_in_a_line(value: object, text: str) -> None:
    assert compact(value) == text
