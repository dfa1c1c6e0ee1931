"""A certificate for this machine alone, made anew, and a client's trust in it."""

from __future__ import annotations

import ssl
import subprocess
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path


@dataclass(frozen=True)
class Certificate:
    """A certificate that has signed itself, and its key."""

    cert: Path
    key: Path

    @cached_property
    def trust(self) -> ssl.SSLContext:
        """What a client needs that believes it."""
        return ssl.create_default_context(cafile=self.cert)


def make_certificate(folder: Path, name: str = "server") -> Certificate:
    """Make one for loopback with `openssl`."""
    made = Certificate(folder / f"{name}.crt", folder / f"{name}.key")
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
            *("-nodes", "-days", "2", "-subj", "/CN=localhost"),
            *("-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"),
            *("-out", str(made.cert), "-keyout", str(made.key)),
        ],
        check=True,
        capture_output=True,
    )
    return made
