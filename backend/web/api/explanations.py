"""What events mean, as JSON in the page's language. Encoded once, at start."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from fastapi import APIRouter, Query, Request, Response

from backend.domain.errors import Defect
from backend.domain.explanations import Explanations
from backend.web.pages.language import LANGUAGES, language_of

router = APIRouter(prefix="/api", tags=["explanations"])


@dataclass(frozen=True)
class Answer:
    """One language, ready to be sent."""

    body: bytes
    etag: str


def read_explanations(path: Path) -> dict[str, Answer]:
    """Read the file; return the answer of each language. Raises Defect with what is wrong."""
    try:
        explanations = msgspec.toml.decode(path.read_bytes(), type=Explanations)
        return {language: _answer(explanations, language) for language in LANGUAGES}
    except (OSError, ValueError) as error:
        raise Defect(f"{path.name}: {error}") from error


def _answer(explanations: Explanations, language: str) -> Answer:
    words = explanations.in_language(language)
    body = msgspec.json.encode({"language": language, **words})
    return Answer(body, f'"{hashlib.sha256(body).hexdigest()[:16]}"')


@router.get("/explanations", response_class=Response)
async def explain(
    request: Request,
    lang: Annotated[
        Literal["ru", "en"] | None, Query(description="Default: as the browser prefers.")
    ] = None,
) -> Response:
    """Return what events, calls, errors and problems mean, by section and key."""
    answers: dict[str, Answer] = request.app.state.explanations
    answer = answers[lang or language_of(request)]
    headers = {"etag": answer.etag, "cache-control": "no-cache"}
    if lang is None:
        headers["vary"] = "accept-language, cookie"
    if answer.etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(answer.body, media_type="application/json", headers=headers)
