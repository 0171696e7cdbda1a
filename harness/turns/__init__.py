"""A session as a tree of turns: what was said, what was answered, and which event belongs to which."""
