"""What each page is made of, and the two files that it gets: its scripts, its sheets, joined.

The sheet of a custom element has the element's name; a page gets the sheets of those elements that
its scripts define. What templates write without an element is in `parts`.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass

from backend.web.pages.modules import NotJoined, joined

EVERYWHERE = "js/pages/theme.js"
CLIENT_TAGS = ("browser", "chat", "form", "message", "watch", "window", "none")
FIRST_SHEETS = ("css/tokens.css", "css/base.css")

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Page:
    """The scripts that a page begins with, in the order in which they run."""

    scripts: tuple[str, ...] = ()

    @property
    def entries(self) -> tuple[str, ...]:
        """Its scripts, and that of every page."""
        return (*self.scripts, EVERYWHERE)


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
    "replay": Page(("js/pages/replay.js",)),
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
    return _script(name, pages[name], sources) if kind == "js" else _sheet(sources)


def _script(name: str, page: Page, sources: Mapping[str, str]) -> str:
    try:
        return joined(page.entries, sources)
    except NotJoined as reason:
        _log.warning("The page %s loads its scripts one by one: %s", name, reason)
        return "".join(f'import "../{path}";\n' for path in page.entries)


def _sheet(sources: Mapping[str, str]) -> str:
    others = sorted(p for p in sources if p.endswith(".css") and p not in FIRST_SHEETS)
    return "\n".join(sources[path] for path in (*FIRST_SHEETS, *others))
