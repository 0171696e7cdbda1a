"""TLS for clients that insist on `wss://`: with the user's certificate, or one of our own."""

from __future__ import annotations

import os
import shutil
import ssl
import tempfile
from pathlib import Path
from typing import NamedTuple

from harness.errors import UsageError

NAMES = ("localhost", "127.0.0.1", "::1")
"""What the certificate of our own is for."""


class Certificate(NamedTuple):
    """The files of a certificate."""

    chain: Path
    """The server's certificate; its key too, where `key` is None."""
    key: Path | None
    authority: Path | None
    """What a client must trust, for one of our own."""


def folder() -> Path:
    """Return where our own certificate is kept, so that a client that trusts it does so the next time too."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "realtime-harness" / "tls"


def given(chain: str, key: str | None) -> Certificate:
    """Return the user's certificate."""
    return Certificate(Path(chain), Path(key) if key else None, None)


def own(home: Path | None = None) -> Certificate:
    """Return a certificate for this machine, made when there is none yet.

    Raises:
        UsageError: the package that makes certificates is not installed, or the files cannot be written.
    """
    home = home or folder()
    made = Certificate(home / "server.pem", None, home / "ca.pem")
    if home.is_dir():
        return made
    try:
        import trustme
    except ImportError:
        raise UsageError(
            "--tls makes a certificate with the package trustme: pip install 'realtime-harness[tls]', "
            "or give a certificate with --cert FILE --cert-key FILE"
        ) from None
    authority = trustme.CA(organization_name="realtime-harness")
    issued = authority.issue_cert(*NAMES)
    try:
        home.parent.mkdir(parents=True, exist_ok=True)
        # Whole and at once, for its owner only: several mocks may make one at the same time, and the first one wins.
        part = Path(tempfile.mkdtemp(prefix=".tls-", dir=home.parent))
        authority.cert_pem.write_to_path(part / "ca.pem")
        issued.private_key_and_cert_chain_pem.write_to_path(part / "server.pem")
        _move(part, home)
    except OSError as error:
        raise UsageError(f"cannot write the certificate to {home}: {error.strerror}") from None
    return made


def _move(part: Path, home: Path) -> None:
    try:
        part.rename(home)
    except OSError:
        if not home.is_dir():
            raise
        shutil.rmtree(part)


def context(certificate: Certificate) -> ssl.SSLContext:
    """Return what serves TLS with a certificate.

    Raises:
        UsageError: the files are no certificate and its key.
    """
    made = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        made.load_cert_chain(certificate.chain, certificate.key)
    except (OSError, ssl.SSLError) as error:
        told = error.strerror or str(error)
        raise UsageError(f"{certificate.chain} is no certificate with its key that can be served: {told}") from None
    return made
