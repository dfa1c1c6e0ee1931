"""What events mean, as JSON in the page's language."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response

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
    headers = {"etag": answer.etag, "cache-control": "no-cache"}
    if lang is None:
        headers["vary"] = "accept-language, cookie"
    if answer.etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(answer.body, media_type="application/json", headers=headers)
