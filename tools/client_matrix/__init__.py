"""The matrix of real clients: what they are, how they are installed, run against the mock, and judged."""
