"""The page of the network doctor: what this browser finds, and what the server does."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from backend.domain.findings import VERDICTS
from backend.web.pages.language import language_of
from backend.web.pages.page_data import page_data
from backend.web.playground import PageRoomHere, PlaygroundHere

router = APIRouter(include_in_schema=False)


@router.get("/r/{room}/doctor")
def show_doctor_page(
    request: Request, room: PageRoomHere, playground: PlaygroundHere
) -> HTMLResponse:
    """Show the page; its script looks, and says what was found with the words that it has here."""
    language = language_of(request)
    said = {
        code: {
            "what": text.what.in_language(language),
            "advice": text.advice.in_language(language) if text.advice else "",
            "verdict": VERDICTS[code],
        }
        for code, text in playground.finding_words.items()
    }
    page = {**page_data(request, room), "findings": said}
    return playground.site.answer(request, "doctor.html", room=room.id, page=page)
