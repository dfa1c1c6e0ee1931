"""aiohttp: a server of a folder with one large file (sent by sendfile), and a client of it."""

import asyncio
import hashlib
import os
import sys
import tempfile
from pathlib import Path

import aiohttp
from aiohttp import web

port, way = map(int, sys.argv[1:])
CONTENT = bytes(range(256)) * 4_000


async def upload(request: web.Request) -> web.Response:
    body = await request.read()
    return web.json_response({"bytes": len(body), "sha256": hashlib.sha256(body).hexdigest()})


async def stream(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse()
    response.enable_chunked_encoding()
    await response.prepare(request)
    for number in range(5):
        await response.write(f"piece {number}\n".encode())
    await response.write_eof()
    return response


async def ask(session: aiohttp.ClientSession) -> None:
    here = f"http://127.0.0.1:{way}"
    async with session.get(f"{here}/files/large.bin") as response:
        body = await response.read()
        print(response.status, len(body), body == CONTENT, response.headers["Content-Type"])
    part = {"Range": "bytes=1000-300999"}
    async with session.get(f"{here}/files/large.bin", headers=part) as response:
        body = await response.read()
        print(response.status, len(body), body == CONTENT[1000:301_000])
    async with session.get(f"{here}/files/none") as response:
        print(response.status, await response.text())
    async with session.post(f"{here}/upload", data=CONTENT) as response:
        print(response.status, await response.json())
    async with session.get(f"{here}/stream") as response:
        print(response.status, await response.text())


async def main(folder: Path) -> None:
    large = folder / "large.bin"
    large.write_bytes(CONTENT)
    os.utime(large, (1_700_000_000, 1_700_000_000))
    app = web.Application()
    app.router.add_static("/files", folder)
    app.router.add_post("/upload", upload)
    app.router.add_get("/stream", stream)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    async with aiohttp.ClientSession() as session:
        await ask(session)
    await runner.cleanup()


with tempfile.TemporaryDirectory() as directory:
    asyncio.run(main(Path(directory)))
print("done")
