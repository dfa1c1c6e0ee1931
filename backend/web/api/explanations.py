"""What events mean, as JSON in the page's language."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header, Query, Request, Response
from pydantic.json_schema import SkipJsonSchema

from backend.domain.errors import InvalidRequest
from backend.web.api.error_answers import Answers, error_answers
from backend.web.pages.encodings import ENCODINGS, best_encoding, compress_now
from backend.web.pages.language import language_of
from backend.web.playground import PlaygroundHere

router = APIRouter(prefix="/api", tags=["explanations"])


_HEADERS: dict[str, Any] = {
    "ETag": {
        "description": "Names these words in this encoding: they are the same as long as it is.",
        "schema": {"type": "string", "pattern": f'^"[0-9a-f]{{16}}(-({"|".join(ENCODINGS)}))?"$'},
        "required": True,
    },
    "Cache-Control": {
        "description": "They may be kept, and are to be asked for each time.",
        "schema": {"type": "string", "const": "no-cache"},
        "required": True,
    },
    "Vary": {
        "description": "What the answer depends on; without `lang` the language does, too.",
        "schema": {"type": "string"},
        "required": True,
    },
}
_WORDS = {
    "type": "object",
    "properties": {"language": {"type": "string", "enum": ["ru", "en"]}},
    "required": ["language"],
    "additionalProperties": {"type": "object"},
}
_ANSWERS: Answers = {
    200: {"content": {"application/json": {"schema": _WORDS}}, "headers": _HEADERS},
    304: {"description": "`If-None-Match` names them: nothing is sent.", "headers": _HEADERS},
}


@router.get(
    "/explanations",
    response_class=Response,
    response_description="The words, by section and key.",
    responses=_ANSWERS | error_answers(InvalidRequest),
)
async def explain(
    request: Request,
    playground: PlaygroundHere,
    lang: Annotated[
        Literal["ru", "en"] | SkipJsonSchema[None],
        Query(description="Default: as the browser prefers."),
    ] = None,
    if_none_match: Annotated[
        str, Header(description="The ETag of the words that you have, as it came.")
    ] = "",
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
    if etag in if_none_match:
        headers.pop("content-encoding", None)
        return Response(status_code=304, headers=headers)
    if encoding is not None:
        body = compress_now(body, encoding)
    return Response(body, media_type="application/json", headers=headers)
