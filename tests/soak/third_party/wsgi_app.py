"""What gunicorn serves: an answer in one piece, and one in several."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    body = environ["wsgi.input"].read()
    start_response("200 OK", [("Content-Type", "text/plain")])
    if environ["PATH_INFO"].endswith("0"):
        return (b"piece %d\n" % number * 1000 for number in range(5))
    return [environ["PATH_INFO"].encode() * 100, body.upper()]
