"""Gives a lab's page back to the frame that shows it, without scripts, origin or network.

A frame made with `srcdoc` would inherit the workbench's own policy, and so lose the page's styles.
The page comes from the browser, which got it from the lab; the policy of the answer takes away
what it could do here (CSP Level 3, `sandbox`).
"""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from backend.domain.errors import InvalidRequest

router = APIRouter(include_in_schema=False)

FIELD = b"html="
POLICY = "; ".join(
    (
        "sandbox",
        "default-src 'none'",
        "style-src 'unsafe-inline'",
        "img-src data:",
        "frame-ancestors 'self'",
    )
)


@router.post("/sandbox")
async def show_in_sandbox(request: Request) -> HTMLResponse:
    """Echo the field `html` of a form of type text/plain (HTML Standard, 4.10.21.8)."""
    body = await request.body()
    if not body.startswith(FIELD):
        raise InvalidRequest("Expected a form of type text/plain with the one field html.")
    page = body.removeprefix(FIELD).removesuffix(b"\r\n")
    headers = {"content-security-policy": POLICY, "cache-control": "no-store"}
    return HTMLResponse(page, headers=headers)
