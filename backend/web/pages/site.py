"""What every page is made with: templates in each language, messages, the page's own files.

create_app makes one Site for the playground and mounts its `assets` at /static.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from http import HTTPStatus
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markdown_it import MarkdownIt
from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import HTMLResponse

from backend.web.pages.assets import Assets
from backend.web.pages.encodings import LEAST_BYTES, best_encoding, compress_now
from backend.web.pages.language import LANGUAGES, language_of, remember
from backend.web.pages.listing import listing
from backend.web.pages.messages import Messages, read_messages

FRONTEND = Path(__file__).resolve().parents[3] / "frontend"
THEME_COOKIE = "theme"
THEMES = ("light", "dark")


class Site:
    """Renders templates as answers."""

    def __init__(self, frontend: Path = FRONTEND, *, base: str = "") -> None:
        self.base = base  # the path under which a proxy has us (web/base.py)
        self._messages = read_messages(frontend / "locales")
        said = {language: each.script for language, each in self._messages.items()}
        self.assets = Assets(frontend / "static", messages=said, base=base)
        self._environments = {
            language: self._environment(frontend / "templates", messages)
            for language, messages in self._messages.items()
        }

    def at(self, path: str) -> str:
        """Return where a path of ours is for a browser."""
        return f"{self.base}{path}"

    def answer(
        self, request: Request, template: str, *, status: int = 200, **context: Any
    ) -> HTMLResponse:
        """Render a template in the language that the request asks for."""
        language = language_of(request)
        theme = request.cookies.get(THEME_COOKIE)
        self.assets.refresh()
        html = (
            self._environments[language]
            .get_template(template)
            .render(
                language=language,
                languages=[(other, self.at(_path_in(request, other))) for other in LANGUAGES],
                theme=theme if theme in THEMES else None,
                messages=self._messages[language].script,
                plain_modules=request.query_params.get("modules") == "plain",
                status=status,
                **context,
            )
        )
        headers = {
            "content-language": language,
            "vary": "accept-encoding, accept-language, cookie",
            "cache-control": "no-cache",
        }
        body = html.encode()
        # Weak: its compressed forms are the same page (RFC 9110, 8.8.1).
        headers["etag"] = etag = f'W/"{hashlib.sha256(body).hexdigest()[:16]}"'
        if status == HTTPStatus.OK and request.headers.get("if-none-match") == etag:
            status, body = HTTPStatus.NOT_MODIFIED, b""
        encoding = best_encoding(request.headers.get("accept-encoding", ""))
        if encoding is not None and len(body) >= LEAST_BYTES:
            body = compress_now(body, encoding)
            headers["content-encoding"] = encoding
        response = HTMLResponse(body, status_code=status, headers=headers)
        remember(request, response, path=self.base or "/")
        return response

    def _environment(self, templates: Path, messages: Messages) -> Environment:
        environment = Environment(
            loader=FileSystemLoader(templates),
            extensions=["jinja2.ext.i18n"],
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        environment.install_gettext_translations(  # type: ignore[attr-defined]  # by the extension
            messages.pages, newstyle=True
        )
        environment.policies["json.dumps_kwargs"] = {"ensure_ascii": False}
        environment.globals |= {
            "base": self.base,
            "asset": self.assets.url,
            "modules": self.assets.modules,
            "listing": listing,
            "markdown": markdown,
        }
        environment.filters |= {
            "words": lambda words: words.in_language(messages.language),
            "with_code": with_code,
        }
        return environment


@lru_cache(maxsize=256)
def markdown(text: str) -> Markup:
    """Render a task: HTML in it stays text, links keep to safe schemes, nothing is loaded.

    A block of code may scroll: the keyboard must reach it.
    """
    html = _markdown.render(text).replace("<pre><code", '<pre><code tabindex="0"')
    return Markup(html)  # noqa: S704  html is off: it escapes whatever is text


def with_code(text: str) -> Markup:
    """Mark `code` in a plain text; its line breaks do not count."""
    parts = " ".join(text.split()).split("`")
    if len(parts) % 2 == 0:  # a lone backtick is just that
        parts[-2:] = ["`".join(parts[-2:])]
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if number % 2 else escape(part)
        for number, part in enumerate(parts)
    )


def _path_in(request: Request, language: str) -> str:
    url = request.url.include_query_params(lang=language)
    return f"{url.path}?{url.query}"


_markdown = MarkdownIt("commonmark", {"html": False}).disable(
    ["image", "html_block", "html_inline"]
)
