"""HTTPS that the server speaks itself: the certificate and its key, or what is wrong with them."""

from __future__ import annotations

import ssl
from pathlib import Path

from backend.settings import Settings


def read_tls(settings: Settings) -> ssl.SSLContext | None:
    """Return what the certificate makes; None without one. Raises ValueError, in words."""
    if settings.tls_cert is None or settings.tls_key is None:
        return None
    for path in (settings.tls_cert, settings.tls_key):
        _check_readable(path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)  # TLS 1.2 and later
    try:
        context.load_cert_chain(settings.tls_cert, settings.tls_key, _no_pass_phrase)
    except ssl.SSLError as error:
        files = f"{settings.tls_cert} and {settings.tls_key}"
        raise ValueError(f"{files} are no certificate with its key: {_why(error)}") from error
    return context


def _check_readable(path: Path) -> None:
    try:
        path.read_bytes()
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror}") from error


def _no_pass_phrase() -> str:
    raise ValueError("the private key asks for a pass phrase: write one without (openssl pkey)")


def _why(error: ssl.SSLError) -> str:
    """Return OpenSSL's reason in words; some of its errors have none."""
    reason = (error.reason or "not in PEM format").replace("_", " ").lower()
    return "the key belongs to another certificate" if "mismatch" in reason else reason
