"""The catalogue as JSON."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request

router = APIRouter(prefix="/api/labs", tags=["labs"])


@router.get("")
async def list_labs(request: Request) -> dict[str, Any]:
    """List the labs: what each is about, its programs, transport, port and page client."""
    return {"labs": [lab.summary() for lab in request.app.state.catalog.labs]}


@router.get("/{group}/{name}")
async def show_lab(request: Request, group: str, name: str) -> dict[str, Any]:
    """Show one lab with its sources, task and walkthrough."""
    detail: dict[str, Any] = request.app.state.catalog.get(f"{group}/{name}").detail()
    return detail
