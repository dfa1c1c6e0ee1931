"""The page's own files: styles, scripts, the logo.

All of them stand under one version, made of their contents: /static/v-3f2a…/js/words/i18n.js. So a
browser may keep them for ever, and a script that imports "./i18n.js" gets the same version of it
(a hash in the query would make two modules of one file). Libraries of others have versions of their
own, and stay where they are when we change something: /static/vendor/NAME@VERSION/index.js.

Beside the files there are those of each page, joined of what it uses (page_files.py). What a
browser takes compressed is compressed once and kept.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from email.utils import formatdate
from functools import partial
from mimetypes import guess_type
from pathlib import Path

from anyio import to_thread
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.staticfiles import NotModifiedResponse, StaticFiles
from starlette.types import Scope

from backend.web.pages.encodings import Encoding, best_encoding, compress_once, is_text
from backend.web.pages.modules import Messages
from backend.web.pages.page_files import (
    PAGES,
    Page,
    first_path_of,
    first_paths,
    page_files,
    plain_modules,
)

NOTHING_SAID: Mapping[str, Messages] = {}
KEEP = "public, max-age=31536000, immutable"
ASK = "no-cache"
VENDOR = "vendor/"
COMPRESSED_LIMIT_BYTES = 16 * 1024 * 1024  # of one file; a larger one is sent as it is


class Assets(StaticFiles):
    """An ASGI application for /static, which makes the addresses of its files, too."""

    def __init__(
        self,
        folder: Path,
        pages: Mapping[str, Page] = PAGES,
        messages: Mapping[str, Messages] = NOTHING_SAID,
        base: str = "",
    ) -> None:
        super().__init__(directory=folder)
        self._folder = folder
        self._pages = pages
        self._messages = messages  # of the scripts, by language
        self._root = f"{base}/static"
        self._seen: tuple[tuple[str, int, int], ...] = ()
        self._version = ""
        self._sources: dict[str, str] = {}  # of scripts and sheets, by path
        self._made: dict[str, bytes] = {}  # the joined files, by path
        self._packed: dict[tuple[str, str, str], bytes] = {}  # by path, etag, encoding
        self.refresh()

    def url(self, path: str) -> str:
        """Return the address of a file; raise FileNotFoundError when there is none."""
        if path not in first_paths(self._pages) and not (self._folder / path).is_file():
            raise FileNotFoundError(self._folder / path)
        if path.startswith(VENDOR):
            return f"{self._root}/{path}"
        return f"{self._root}/{self._version}/{path}"

    def modules(self, page: str) -> list[str]:
        """Return the addresses of the plain modules of a page, in the order in which they run."""
        return [self.url(path) for path in plain_modules(self._pages[page], self._sources)]

    def refresh(self) -> None:
        """Take the version of the files as they are now; read them only after a change.

        Libraries of others are left out: their version is in their address.
        """
        seen = tuple(sorted(_files_of(self._folder)))
        if seen == self._seen:
            return
        contents = {path: (self._folder / path).read_bytes() for path, _, _ in seen}
        digest = hashlib.sha256(json.dumps(self._messages).encode())
        for name, content in contents.items():
            digest.update(name.encode() + b"\0" + hashlib.sha256(content).digest())
        self._sources = {
            name: content.decode()
            for name, content in contents.items()
            if name.endswith((".js", ".css"))
        }
        self._made.clear()
        self._version = f"v-{digest.hexdigest()[:12]}"
        self._seen = seen
        self._packed.clear()

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Serve a file with or without a version; only the present version may be kept."""
        version, _, rest = Path(path).as_posix().partition("/")
        versioned = version.startswith("v-")
        path = rest if versioned else Path(path).as_posix()
        response = await self._answer(path, scope)
        current = versioned and version == self._version
        named = path.startswith(VENDOR) and "@" in path.split("/")[1]
        response.headers["cache-control"] = KEEP if current or named else ASK
        return response

    async def _answer(self, path: str, scope: Scope) -> Response:
        """Return a file, whole or as "not modified", compressed where the browser takes it."""
        request = Headers(scope=scope)
        made = await self._page_file(path)
        if made is None:
            plain = await super().get_response(path, _unconditional(scope))
            if plain.status_code != 200:
                return plain
            etag, modified = plain.headers["etag"], plain.headers["last-modified"]
            size = int(plain.headers["content-length"])
        else:
            etag, modified = f'"{self._version[2:]}"', formatdate(self._changed(), usegmt=True)
            size = len(made)
        media_type = guess_type(path)[0] or "application/octet-stream"
        encoding = best_encoding(request.get("accept-encoding", ""))
        may_vary = is_text(media_type) and size <= COMPRESSED_LIMIT_BYTES
        headers = {"last-modified": modified, "etag": etag}
        if may_vary:
            headers["vary"] = "accept-encoding"
        if not may_vary or encoding is None or "range" in request:
            encoding = None
        else:  # each form of a file is a thing of its own (RFC 9110, 8.8.3)
            headers |= {"etag": f'{etag[:-1]}-{encoding}"', "content-encoding": encoding}
        if self.is_not_modified(Headers(headers), request):
            return NotModifiedResponse(Headers(headers))
        if encoding is None and made is None:
            response = await super().get_response(path, scope)
            response.headers.update(headers)
            return response
        body = made
        if encoding is not None:
            key = (path, etag, encoding)
            if key not in self._packed:
                read = partial(self._packed_body, path, encoding)
                self._packed[key] = await to_thread.run_sync(read)
            body = self._packed[key]
        return Response(body, headers=headers, media_type=media_type)

    async def _page_file(self, path: str) -> bytes | None:
        first = first_path_of(path)
        if first not in first_paths(self._pages):
            return None
        if first not in self._made:
            make = partial(page_files, first, self._sources, self._pages, self._messages)
            made = await to_thread.run_sync(make)
            self._made |= {each: text.encode() for each, text in made.items()}
        return self._made.get(path)

    def _packed_body(self, path: str, encoding: Encoding) -> bytes:
        made = self._made.get(path)
        return compress_once((self._folder / path).read_bytes() if made is None else made, encoding)

    def _changed(self) -> float:
        return max(mtime_ns for _, mtime_ns, _ in self._seen) / 1e9


def _files_of(folder: Path, below: str = "") -> Iterator[tuple[str, int, int]]:
    """Yield the path, the time of change in ns, and the size of each of our files.

    Each page looks for changes; by `Path.rglob` that took as long as to make the page.
    """
    with os.scandir(folder / below) as entries:
        for entry in entries:
            path = f"{below}{entry.name}"
            if entry.is_dir(follow_symlinks=False):
                if f"{path}/" != VENDOR:
                    yield from _files_of(folder, f"{path}/")
            elif entry.is_file():
                stat = entry.stat()
                yield path, stat.st_mtime_ns, stat.st_size


def _unconditional(scope: Scope) -> Scope:
    """Return a request for the same file, whatever the browser has of it already."""
    kept = [
        (name, value)
        for name, value in scope["headers"]
        if name not in (b"if-none-match", b"if-modified-since", b"range")
    ]
    return {**scope, "headers": kept}
