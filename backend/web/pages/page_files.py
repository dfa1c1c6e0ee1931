"""What each page is made of, and the two files that it gets: its scripts, its sheets, joined.

Every page has the tokens, the base, the header and a sheet of its own; one that shows a lab has
those of the workbench, too, but of the clients' sheets only that of the lab's client.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass

from backend.web.pages.modules import NotJoined, joined

EVERYWHERE = "js/pages/theme.js"
CLIENT_TAGS = ("browser", "chat", "form", "message", "watch", "window", "none")
FIRST_SHEETS = ("css/tokens.css", "css/base.css")
HEADER_SHEET = "css/header.css"
OWN_SHEETS = {f"css/{page}.css" for page in ("catalogue", "replay", "api", "error")}
CLIENT_SHEETS = {"browser": "mini-browser"}  # whose sheet has another name; `message` has the log

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Page:
    """The scripts that a page begins with, in the order in which they run."""

    scripts: tuple[str, ...] = ()

    @property
    def entries(self) -> tuple[str, ...]:
        """Its scripts, and that of every page."""
        return (*self.scripts, EVERYWHERE)

    @property
    def is_bench(self) -> bool:
        """Whether it shows a lab: its text, its pictures, its programs."""
        return "js/elements/bench-tabs.js" in self.scripts


def workbench_page(client: str) -> str:
    """Return the name of a workbench by the kind of its client: it brings that one only."""
    return f"workbench-{client}"


def _workbench(client: str) -> Page:
    scripts = ["js/elements/reader.js", "js/elements/bench-tabs.js"]
    if client != "none":
        scripts.append(f"js/elements/client-{client}.js")
    return Page((*scripts, "js/pages/workbench.js"))


PAGES: Mapping[str, Page] = {
    "catalogue": Page(("js/pages/catalogue.js",)),
    "replay": Page(("js/elements/bench-tabs.js", "js/pages/replay.js")),
    "api": Page(),
    "error": Page(),
    **{workbench_page(client): _workbench(client) for client in CLIENT_TAGS},
}


def page_paths(pages: Mapping[str, Page]) -> set[str]:
    """Return the paths of the files of all pages."""
    return {f"page/{name}.{kind}" for name in pages for kind in ("js", "css")}


def page_file(path: str, sources: Mapping[str, str], pages: Mapping[str, Page]) -> str:
    """Make the file with one of these paths; `sources` are all scripts and sheets, by path."""
    name, _, kind = path.removeprefix("page/").rpartition(".")
    return (
        _script(name, pages[name], sources) if kind == "js" else _sheet(name, pages[name], sources)
    )


def _script(name: str, page: Page, sources: Mapping[str, str]) -> str:
    try:
        return joined(page.entries, sources)
    except NotJoined as reason:
        _log.warning("The page %s loads its scripts one by one: %s", name, reason)
        return "".join(f'import "../{path}";\n' for path in page.entries)


def _sheet(name: str, page: Page, sources: Mapping[str, str]) -> str:
    """Join the sheets of a page, without comments and indentation."""
    kind = name.partition("-")[2]
    others = OWN_SHEETS | {f"css/{CLIENT_SHEETS.get(each, each)}.css" for each in CLIENT_TAGS}
    own = {f"css/{name}.css", f"css/{CLIENT_SHEETS.get(kind, kind)}.css", "css/message.css"}
    sheets = [
        path
        for path in sorted(sources)
        if path.endswith(".css")
        and path not in FIRST_SHEETS
        and (path in own or (page.is_bench and path not in others) or path == HEADER_SHEET)
    ]
    joined_sheets = "\n".join(sources[path] for path in (*FIRST_SHEETS, *sheets))
    lines = re.sub(r"/\*.*?\*/", "", joined_sheets, flags=re.DOTALL).split("\n")
    return "\n".join(line for line in map(str.strip, lines) if line)
