"""Bodies compressed as the browser accepts them (RFC 9110, 12.5.3): Brotli where it may, else gzip.

What is compressed here holds no secret, so that nothing can be guessed from its size (BREACH):
credentials are never part of a page or of a file.
"""

from __future__ import annotations

import gzip
from typing import Literal

import brotli  # type: ignore[import-untyped]  # it has no types

Encoding = Literal["br", "gzip"]

ENCODINGS: tuple[Encoding, ...] = ("br", "gzip")  # the smaller one first
LEAST_BYTES = 512  # below, the headers weigh more than what is saved
TEXT_TYPES = ("text/", "application/json", "application/wasm", "image/svg+xml")


def is_text(media_type: str) -> bool:
    """Say whether bodies of this type become smaller; pictures and archives are so already."""
    return media_type.startswith(TEXT_TYPES) or "javascript" in media_type


def best_encoding(accept_encoding: str) -> Encoding | None:
    """Return the first of ENCODINGS that an Accept-Encoding header accepts, None for neither."""
    qualities = dict(map(_quality, accept_encoding.split(",")))
    everything = qualities.get("*", 0.0)
    return next((each for each in ENCODINGS if qualities.get(each, everything) > 0), None)


def compress_once(body: bytes, encoding: Encoding) -> bytes:
    """Compress what is kept: a page's scripts take a tenth of a second.

    Brotli's last step (11) takes three times as long, for 1 KiB less of 50: who opens the first
    page of a server waits for it.
    """
    if encoding == "br":
        packed: bytes = brotli.compress(body, quality=10)
        return packed
    return gzip.compress(body, 9, mtime=0)


def compress_now(body: bytes, encoding: Encoding) -> bytes:
    """Compress what is made for one answer: a page takes 3 to 6 ms."""
    if encoding == "br":
        packed: bytes = brotli.compress(body, quality=5)
        return packed
    return gzip.compress(body, 9, mtime=0)


def _quality(entry: str) -> tuple[str, float]:
    name, _, parameter = entry.partition(";")
    key, _, value = parameter.partition("=")
    try:
        quality = float(value) if key.strip().lower() == "q" else 1.0
    except ValueError:
        quality = 0.0
    return name.strip().lower(), quality
