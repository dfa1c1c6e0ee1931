"""The page's own files: styles, scripts, the logo.

All of them stand under one version, made of their contents: /static/v-3f2a…/js/words/i18n.js. So a
browser may keep them for ever, and a script that imports "./i18n.js" gets the same version of it
(a hash in the query would make two modules of one file).
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

KEEP = "public, max-age=31536000, immutable"
ASK = "no-cache"
FIRST_STYLES = ("tokens.css", "base.css")


class Assets(StaticFiles):
    """An ASGI application for /static, which makes the addresses of its files, too."""

    def __init__(self, folder: Path) -> None:
        super().__init__(directory=folder)
        self._folder = folder
        self._seen: tuple[tuple[str, int, int], ...] = ()
        self._version = ""
        self.refresh()

    def url(self, path: str) -> str:
        """Return the address of a file; raise FileNotFoundError when there is none."""
        if not (self._folder / path).is_file():
            raise FileNotFoundError(self._folder / path)
        return f"/static/{self._version}/{path}"

    def styles(self) -> list[str]:
        """Return the addresses of all style sheets: tokens, then base, then the components."""
        names = sorted(path.name for path in (self._folder / "css").glob("*.css"))
        others = [name for name in names if name not in FIRST_STYLES]
        return [self.url(f"css/{name}") for name in (*FIRST_STYLES, *others)]

    def refresh(self) -> None:
        """Take the version of the files as they are now; hash them only after a change."""
        files = sorted(path for path in self._folder.rglob("*") if path.is_file())
        stats = [path.stat() for path in files]
        seen = tuple(
            (str(path), stat.st_mtime_ns, stat.st_size)
            for path, stat in zip(files, stats, strict=True)
        )
        if seen == self._seen:
            return
        digest = hashlib.sha256()
        for path in files:
            digest.update(path.relative_to(self._folder).as_posix().encode() + b"\0")
            digest.update(hashlib.sha256(path.read_bytes()).digest())
        self._version = f"v-{digest.hexdigest()[:12]}"
        self._seen = seen

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Serve a file with or without a version; only the present version may be kept."""
        version, _, rest = Path(path).as_posix().partition("/")
        versioned = version.startswith("v-")
        response = await super().get_response(rest if versioned else path, scope)
        current = versioned and version == self._version
        response.headers["cache-control"] = KEEP if current else ASK
        return response
