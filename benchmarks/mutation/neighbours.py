"""Another session to take events from."""

from functools import cache

from benchmarks.mutation.logs import Log, corpus


@cache
def _others(dialect: str, name: str) -> tuple[Log, ...]:
    return tuple(log for log in corpus() if log.dialect.name == dialect and log.name != name)


def stranger(log: Log) -> Log | None:
    """Return a session of the same dialect, None where there is no other."""
    others = _others(log.dialect.name, log.name)
    return others[0] if others else None
