"""Drafts of programs that people write for labs, each for themselves."""

from __future__ import annotations

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict

from backend.domain.errors import InvalidRequest, LimitReached, NotKept, UnknownDraft, UnknownLab
from backend.domain.remembered import Draft
from backend.web.answers import Shown
from backend.web.api.error_answers import BODY, IN_ROOM, error_answers
from backend.web.keepsakes import DraftPlaceHere

router = APIRouter(prefix="/api/rooms/{room}/drafts/{group}/{name}/{program}", tags=["drafts"])

_PLACE = (*IN_ROOM, UnknownLab, InvalidRequest, NotKept)


class DraftRequest(BaseModel):
    """A program as it is to be kept."""

    model_config = ConfigDict(extra="forbid", strict=True)

    text: str


@router.get("", response_description="The draft.", responses=error_answers(*_PLACE, UnknownDraft))
async def show_draft(place: DraftPlaceHere) -> Shown[Draft]:
    """Show what you have drafted under this name for this lab."""
    return await place.read()


@router.put(
    "",
    response_description="The draft, which is kept.",
    responses=error_answers(*_PLACE, *BODY, LimitReached),
)
async def keep_draft(place: DraftPlaceHere, body: DraftRequest) -> Shown[Draft]:
    """Keep a draft in place of the one before; its bound is one of UTF-8 bytes."""
    return await place.keep(body.text)


@router.delete(
    "", status_code=204, response_description="It is gone.", responses=error_answers(*_PLACE)
)
async def forget_draft(place: DraftPlaceHere) -> Response:
    """Forget a draft. A second time does nothing."""
    await place.forget()
    return Response(status_code=204)
