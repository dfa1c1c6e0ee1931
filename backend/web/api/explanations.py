"""What events mean, as JSON in the page's language."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response

from backend.web.pages.encodings import best_encoding, compress_now
from backend.web.pages.language import language_of
from backend.web.playground import PlaygroundHere

router = APIRouter(prefix="/api", tags=["explanations"])


@router.get("/explanations", response_class=Response)
async def explain(
    request: Request,
    playground: PlaygroundHere,
    lang: Annotated[
        Literal["ru", "en"] | None, Query(description="Default: as the browser prefers.")
    ] = None,
) -> Response:
    """Return what events, calls, errors and problems mean, by section and key."""
    answer = playground.meanings[lang or language_of(request)]
    encoding = best_encoding(request.headers.get("accept-encoding", ""))
    etag, body = answer.etag, answer.body
    headers = {"cache-control": "no-cache", "vary": "accept-encoding"}
    if lang is None:
        headers["vary"] += ", accept-language, cookie"
    if encoding is not None:  # each form of it is a thing of its own (RFC 9110, 8.8.3)
        etag = f'{etag[:-1]}-{encoding}"'
        headers["content-encoding"] = encoding
    headers["etag"] = etag
    if etag in request.headers.get("if-none-match", ""):
        headers.pop("content-encoding", None)
        return Response(status_code=304, headers=headers)
    if encoding is not None:
        body = compress_now(body, encoding)
    return Response(body, media_type="application/json", headers=headers)
