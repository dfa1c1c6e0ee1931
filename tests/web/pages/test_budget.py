"""What a workbench may weigh: 90 KiB compressed for all that it needs at its start."""

from __future__ import annotations

from pathlib import Path
from re import findall

import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient

from backend.app import create_app
from backend.settings import Settings
from backend.web.pages.language import LANGUAGES
from tests.bench.pages import PAGES, ROOT
from tests.labs.reading import read_course
from tests.sweeps import in_the_soak

BUDGET_BYTES = 90 * 1024
PERFORMANCE = ROOT / "docs" / "performance.md"


LABS = read_course().labs
LANES = "js/lanes/lane-view.js"  # which a thread lab shows at once


@pytest.fixture(scope="module")
def application() -> FastAPI:
    """One for all: what it has joined once it keeps."""
    return create_app(Settings(port=8000))


@pytest.mark.parametrize("encoding", ["gzip", *in_the_soak("br")])
@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_workbench_weighs_at_most_90_kib_compressed(
    application: FastAPI, language: str, encoding: str
) -> None:
    headers = {"accept-encoding": encoding}
    transport = ASGITransport(app=application)
    async with AsyncClient(
        transport=transport, base_url="http://127.0.0.1:8000", headers=headers
    ) as client:
        for lab in LABS:
            page = await client.get(f"/r/local/labs/{lab.id}?lang={language}")
            files = findall(r'(?:src|href)="(/static/[^"]+)"', page.text)
            assert [Path(file).suffix for file in files] == [".svg", ".css", ".js"]
            if "demo" in lab.programs:
                late = findall(r'data-lanes-sheet="(/static/[^"]+)"', page.text)
                files += [f"{files[-1].removesuffix('.js')}/{LANES}", *late]
            answers = [page, *[await client.get(file) for file in files]]
            assert all(answer.headers["content-encoding"] == encoding for answer in answers)
            sizes = [int(answer.headers["content-length"]) for answer in answers]
            assert sum(sizes) <= BUDGET_BYTES, (lab.id, sizes)


def test_the_table_of_bytes_names_every_page() -> None:
    rows = findall(r"^\| ([^|]+) \|", PERFORMANCE.read_text(encoding="utf-8"), 8)
    assert [name for name in PAGES if name not in rows] == []
