"""A session told to a person: turn by turn, what was in force, which of its events caused which error, and why."""

from harness.story.story import Story, tell

__all__ = ["Story", "tell"]
