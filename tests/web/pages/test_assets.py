"""The page's files: their addresses, what is compressed, what a browser may keep."""

from __future__ import annotations

import gzip
from pathlib import Path

import brotli  # type: ignore[import-untyped]  # it has no types
import pytest
from httpx import ASGITransport, AsyncClient, Response

from backend.web.pages.assets import Assets
from backend.web.pages.page_files import Page

SCRIPT = "// Says something.\n" + "console.log('said');\n" * 100
LIBRARY = "export const answer = 42;\n" * 50
PAGES = {"one": Page(("js/one.js",))}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    files = {
        "js/one.js": SCRIPT,
        "js/pages/theme.js": "",
        "css/tokens.css": ":root { --x: 1px }\n",
        "css/base.css": "p { margin: 0 }\n",
        "css/controls.css": "b { margin: 0 }\n",
        "icon.png": "\x89PNG" + "0" * 1000,
        "vendor/small@1.2.3/index.js": LIBRARY,
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


@pytest.fixture
def assets(folder: Path) -> Assets:
    return Assets(folder, PAGES)


async def get(assets: Assets, address: str, **headers: str) -> Response:
    """Get a file, without httpx taking the compression away."""
    transport = ASGITransport(app=assets)
    given = {"accept-encoding": "identity"} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    async with AsyncClient(transport=transport, base_url="http://x") as client:
        request = client.build_request("GET", address.removeprefix("/static"), headers=given)
        answer = await client.send(request, stream=True)
        raw = b"".join([piece async for piece in answer.aiter_raw()])
        await answer.aclose()
    return Response(answer.status_code, headers=answer.headers, extensions={"raw": raw})


def raw(answer: Response) -> bytes:
    body: bytes = answer.extensions["raw"]
    assert int(answer.headers["content-length"]) == len(body)
    return body


async def test_a_file_comes_compressed_as_the_browser_accepts_it(assets: Assets) -> None:
    address = assets.url("js/one.js")
    plain = await get(assets, address)
    assert raw(plain).decode() == SCRIPT
    assert "content-encoding" not in plain.headers
    zipped = await get(assets, address, accept_encoding="gzip, deflate")
    assert zipped.headers["content-encoding"] == "gzip"
    assert gzip.decompress(raw(zipped)).decode() == SCRIPT
    best = await get(assets, address, accept_encoding="gzip, deflate, br, zstd")
    assert best.headers["content-encoding"] == "br"
    assert brotli.decompress(raw(best)).decode() == SCRIPT
    refused = await get(assets, address, accept_encoding="br;q=0, gzip;q=0, *;q=0.5")
    assert "content-encoding" not in refused.headers
    answers = (plain, zipped, best)
    assert {answer.headers["vary"] for answer in answers} == {"accept-encoding"}
    assert {answer.headers["content-type"] for answer in answers} == {
        "text/javascript; charset=utf-8"
    }
    assert len({answer.headers["etag"] for answer in answers}) == 3
    assert all("immutable" in answer.headers["cache-control"] for answer in answers)


@pytest.mark.parametrize("path", ["js/one.js", "page/one.en.js", "icon.png"])
@pytest.mark.parametrize("accept", ["identity", "gzip", "br"])
async def test_what_the_browser_has_is_not_sent_again(
    assets: Assets, path: str, accept: str
) -> None:
    address = assets.url(path)
    first = await get(assets, address, accept_encoding=accept)
    again = await get(assets, address, accept_encoding=accept, if_none_match=first.headers["etag"])
    assert (first.status_code, again.status_code) == (200, 304)
    assert again.extensions["raw"] == b""
    assert again.headers["etag"] == first.headers["etag"]
    other = await get(assets, address, accept_encoding=accept, if_none_match='"else"')
    assert other.status_code == 200


async def test_a_picture_is_small_already(assets: Assets) -> None:
    answer = await get(assets, assets.url("icon.png"), accept_encoding="gzip, br")
    assert "content-encoding" not in answer.headers
    assert "vary" not in answer.headers


async def test_a_part_of_a_file_is_a_part_of_the_plain_one(assets: Assets) -> None:
    answer = await get(
        assets, assets.url("js/one.js"), accept_encoding="gzip, br", range="bytes=0-9"
    )
    assert answer.status_code == 206
    assert raw(answer).decode() == SCRIPT[:10]


def test_a_changed_file_gives_all_new_addresses(assets: Assets, folder: Path) -> None:
    before = {assets.url(path) for path in ("js/one.js", "page/one.css", "page/one.en.js")}
    assets.refresh()
    assert before == {assets.url(path) for path in ("js/one.js", "page/one.css", "page/one.en.js")}
    (folder / "css/base.css").write_text("p { margin: 1px }")
    assets.refresh()
    after = {assets.url(path) for path in ("js/one.js", "page/one.css", "page/one.en.js")}
    assert not before & after
    with pytest.raises(FileNotFoundError):
        assets.url("css/b.css")


async def test_a_changed_file_is_served_as_it_is_now(assets: Assets, folder: Path) -> None:
    await get(assets, assets.url("page/one.css"), accept_encoding="br")
    (folder / "css/base.css").write_text("p { margin: 1px }")
    assets.refresh()
    answer = await get(assets, assets.url("page/one.css"), accept_encoding="br")
    assert b"margin: 1px" in brotli.decompress(raw(answer))


async def test_a_library_of_others_stays_at_the_address_of_its_own_version(
    assets: Assets, folder: Path
) -> None:
    address = assets.url("vendor/small@1.2.3/index.js")
    assert address == "/static/vendor/small@1.2.3/index.js"
    ours = assets.url("js/one.js")
    answer = await get(assets, address, accept_encoding="gzip")
    assert gzip.decompress(raw(answer)).decode() == LIBRARY
    assert "immutable" in answer.headers["cache-control"]
    (folder / "vendor/other@2.0.0").mkdir()
    (folder / "vendor/other@2.0.0/index.js").write_text(LIBRARY)
    assets.refresh()
    assert assets.url("js/one.js") == ours, "a library is not part of our version"
