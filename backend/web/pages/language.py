"""Which language a page speaks: ?lang=, then the cookie, then Accept-Language, then English."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

LANGUAGES = ("ru", "en")
DEFAULT = "en"
COOKIE = "lang"
COOKIE_AGE_S = 365 * 24 * 3600


def language_of(request: Request) -> str:
    """Return the language for the answer to a request."""
    for wish in (request.query_params.get("lang"), request.cookies.get(COOKIE)):
        if wish in LANGUAGES:
            return wish
    return negotiate(request.headers.get("accept-language", ""))


def remember(request: Request, response: Response, *, path: str) -> None:
    """Keep a choice made by ?lang= in a cookie for the addresses below a path."""
    choice = request.query_params.get("lang")
    if choice in LANGUAGES:
        response.set_cookie(COOKIE, choice, max_age=COOKIE_AGE_S, path=path, samesite="lax")


def negotiate(accept_language: str) -> str:
    """Return the language of ours that an Accept-Language header likes best (RFC 9110, 12.5.4).

    Regions count for their language (ru-BY is ru); among equals the first named wins.
    """
    best, best_quality = DEFAULT, 0.0
    for entry in accept_language.split(","):
        tag, _, parameter = entry.partition(";")
        language = tag.strip().lower().partition("-")[0]
        quality = _quality(parameter)
        if language == "*":
            language = DEFAULT
        if language in LANGUAGES and quality > best_quality:
            best, best_quality = language, quality
    return best


def _quality(parameter: str) -> float:
    name, _, value = parameter.partition("=")
    if name.strip().lower() != "q":
        return 1.0
    try:
        quality = float(value)
    except ValueError:
        return 0.0
    return quality if 0.0 <= quality <= 1.0 else 0.0
