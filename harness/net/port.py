"""The port of a mock server. It imports next to nothing, so that a client finds it before all else is loaded."""

import errno
import socket

from harness.errors import UsageError

BACKLOG = 4096
"""Connections that wait to be accepted; uvicorn's default is half of it."""


def bind(host: str, port: int) -> socket.socket:
    """Return a socket that listens.

    Raises:
        UsageError: the port is in use, or may not be used.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise UsageError(_why_not(error, host, port)) from None
    listener.listen(BACKLOG)
    return listener


def _why_not(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {port} on {host} is in use; stop what listens there, or take a free one with --port 0"
    return f"cannot listen on {host}:{port}: {error.strerror}"
