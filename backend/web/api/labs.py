"""The catalogue as JSON."""

from __future__ import annotations

import msgspec
from fastapi import APIRouter

from backend.domain.broken_labs import BrokenLab
from backend.domain.labs import LabDetail, LabSummary
from backend.domain.language import Words
from backend.web.answers import Shown
from backend.web.api.error_answers import IN_LAB, IN_ROOM, error_answers
from backend.web.pages.site import markdown
from backend.web.playground import LabHere, LabToTeach, PlaygroundHere, RoomToManage

router = APIRouter(prefix="/api", tags=["labs"])


class LabList(msgspec.Struct, frozen=True):
    """All labs, in the order in which they are learnt."""

    labs: tuple[LabSummary, ...]


class BrokenLabs(msgspec.Struct, frozen=True):
    """The labs of one's own that cannot be used as they are, each with its problems."""

    labs: tuple[BrokenLab, ...]


class LabAnswers(msgspec.Struct, frozen=True):
    """Answers to a task's questions, as Markdown and as HTML; null where the lab has none.

    HTML in the Markdown is text in the HTML, which loads nothing.
    """

    answers: Words | None
    html: Words | None


@router.get("/labs", response_description="All labs.", responses=error_answers())
def list_labs(playground: PlaygroundHere) -> Shown[LabList]:
    """List the labs: what each is about, its programs, transport, port and page client."""
    # A plain `def`: labs of one's own may have to be read anew, in a worker thread.
    playground.catalog.refresh()
    return LabList(tuple(lab.summary() for lab in playground.catalog.labs))


@router.get(
    "/labs/{group}/{name}", response_description="The lab.", responses=error_answers(*IN_LAB)
)
async def show_lab(lab: LabHere) -> Shown[LabDetail]:
    """Show one lab with its sources, task and walkthrough."""
    return lab.detail()


@router.get(
    "/rooms/{room}/labs/{group}/{name}/answers",
    response_description="The answers.",
    responses=error_answers(*IN_ROOM, *IN_LAB),
)
async def show_answers(lab: LabToTeach) -> Shown[LabAnswers]:
    """Show the answers to a lab's questions to whoever hosts the room; to its guests never."""
    said = lab.answers
    html = said and Words(ru=str(markdown(said.ru)), en=str(markdown(said.en)))
    return LabAnswers(answers=said, html=html)


@router.get(
    "/rooms/{room}/broken-labs",
    response_description="The labs and their problems.",
    responses=error_answers(*IN_ROOM),
)
def list_broken_labs(_room: RoomToManage, playground: PlaygroundHere) -> Shown[BrokenLabs]:
    """List the labs of one's own that cannot be used as they are, to whoever hosts the room."""
    playground.catalog.refresh()
    return BrokenLabs(playground.catalog.broken)
