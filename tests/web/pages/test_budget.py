"""What a workbench may weigh in English: 90 KiB for all that it needs, compressed with Brotli."""

from __future__ import annotations

from pathlib import Path
from re import findall

import pytest
from httpx import ASGITransport, AsyncClient

from backend.app import create_app
from backend.settings import Settings
from tests.bench.pages import PAGES

BUDGET_BYTES = 90 * 1024
PERFORMANCE = Path(__file__).parents[3] / "docs" / "performance.md"


@pytest.mark.parametrize("lab", ["udp/transform", "tcp/trapezoid", "threads/semaphore"])
async def test_a_workbench_weighs_at_most_90_kib_compressed(lab: str) -> None:
    app = create_app(Settings(port=8000))
    transport = ASGITransport(app=app)
    headers = {"accept-encoding": "gzip, deflate, br, zstd"}
    async with AsyncClient(
        transport=transport, base_url="http://127.0.0.1:8000", headers=headers
    ) as client:
        page = await client.get(f"/r/local/labs/{lab}?lang=en")
        files = findall(r'(?:src|href)="(/static/[^"]+)"', page.text)
        assert [Path(file).suffix for file in files] == [".svg", ".css", ".js"]
        answers = [page, *[await client.get(file) for file in files]]
        assert all(answer.headers["content-encoding"] == "br" for answer in answers[:1])
        sizes = [int(answer.headers["content-length"]) for answer in answers]
    assert sum(sizes) <= BUDGET_BYTES, dict(zip(["page", *files], sizes, strict=True))


def test_the_table_of_bytes_names_every_page() -> None:
    rows = findall(r"^\| ([^|]+) \|", PERFORMANCE.read_text(encoding="utf-8"), 8)
    assert [name for name in PAGES if name not in rows] == []
