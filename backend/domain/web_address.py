"""The address under which people reach the playground: scheme, host, and the path before all paths.

Pure: `https://lab.example/sockets` is read once, from the settings; links, gates and the page's own
files take from it what they need.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

DEFAULT_PORTS = {"http": 80, "https": 443}
# What our own paths begin with: a path before them would be taken for one of them.
OWN_FIRST_PARTS = frozenset(
    {
        "api", "healthz", "join", "metrics", "r", "readyz", "replay", "sandbox", "static", "ws",
    }
)  # fmt: skip
PATH = re.compile(r"(?:/[A-Za-z0-9._~-]+)*")


@dataclass(frozen=True, kw_only=True)
class WebAddress:
    """A scheme, a host with its port where that is not the scheme's own, a path or nothing."""

    scheme: str
    host: str
    path: str = ""

    @property
    def origin(self) -> str:
        """What a browser calls the origin of pages there (RFC 6454, 6.2)."""
        return f"{self.scheme}://{self.host}"

    def __str__(self) -> str:
        return f"{self.origin}{self.path}"


def read_web_address(text: str) -> WebAddress:
    """Return the address that stands in a text. Raises ValueError, in words, for what is none."""
    parts = urlsplit(text)
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname:
        raise ValueError(f"expected http://HOST or https://HOST/PATH, got {text!r}")
    if "@" in parts.netloc or parts.query or parts.fragment or "?" in text or "#" in text:
        raise ValueError(f"expected an address without user, query and fragment, got {text!r}")
    path = parts.path.rstrip("/")
    first = path.split("/")[1] if path else ""
    if not PATH.fullmatch(path) or {".", ".."} & set(path.split("/")):
        raise ValueError(f"expected a path of plain names, as /lab, got {parts.path!r}")
    if first in OWN_FIRST_PARTS:
        raise ValueError(f"a path may not begin with /{first}: Socket Lab has addresses there")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    port = parts.port
    if port is not None and port != DEFAULT_PORTS[parts.scheme]:
        host = f"{host}:{port}"
    return WebAddress(scheme=parts.scheme, host=host, path=path)
