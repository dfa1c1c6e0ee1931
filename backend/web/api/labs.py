"""The catalogue as JSON."""

from __future__ import annotations

import msgspec
from fastapi import APIRouter

from backend.domain.labs import LabDetail, LabSummary
from backend.web.answers import Shown
from backend.web.api.error_answers import IN_LAB, error_answers
from backend.web.playground import LabHere, PlaygroundHere

router = APIRouter(prefix="/api/labs", tags=["labs"])


class LabList(msgspec.Struct, frozen=True):
    """All labs, in the order in which they are learnt."""

    labs: tuple[LabSummary, ...]


@router.get("", response_description="All labs.", responses=error_answers())
async def list_labs(playground: PlaygroundHere) -> Shown[LabList]:
    """List the labs: what each is about, its programs, transport, port and page client."""
    return LabList(tuple(lab.summary() for lab in playground.catalog.labs))


@router.get("/{group}/{name}", response_description="The lab.", responses=error_answers(*IN_LAB))
async def show_lab(lab: LabHere) -> Shown[LabDetail]:
    """Show one lab with its sources, task and walkthrough."""
    return lab.detail()
