"""What each page is made of, and the files that it gets: its scripts, its sheets, joined.

Of scripts there is one for each language, page/NAME.LANGUAGE.js, and what it asks for later below
page/NAME.LANGUAGE/. A module that cannot be joined is a defect, and `make check` finds it.

Every page has the tokens, the base, the header and sheets of its own; one that shows a lab has
those of the workbench, too, but of the clients' sheets only that of the lab's client.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from backend.web.pages.language import LANGUAGES
from backend.web.pages.modules import Messages, in_order, join

EVERYWHERE = "js/pages/theme.js"
CLIENT_TAGS = ("browser", "chat", "form", "message", "watch", "window", "none")
FIRST_SHEETS = ("css/tokens.css", "css/base.css", "css/controls.css")
HEADER_SHEET = "css/header.css"
# What one page alone has, by page.
OWN_SHEETS = {
    "catalogue": {"css/catalogue.css", "css/running.css", "css/station.css"},
    "replay": {"css/replay.css", "css/playback-bar.css", "css/recording-shelf.css"},
    "differences": {"css/diff-page.css"},
    "api": {"css/api.css"},
    "desks": {"css/class-view.css", "css/class-desk.css"},
    "doctor": {"css/network.css"},
    "error": {"css/error.css"},
    "home": {"css/door.css"},
    "join": {"css/door.css"},
}
# What a page of a hosted room has beside its own sheet, in one of its own.
CLASS = "class"
CLASS_SHEETS = {
    *("css/board.css", "css/class-bar.css", "css/class-end.css"),
    *("css/invite-board.css", "css/refused.css", "css/room-panel.css"),
}
# What is not seen at first of a lab: its sheets come with the scripts that show it.
LATE_SHEETS = {
    "late": {
        *("css/answer.css", "css/differences.css", "css/diff-body.css", "css/event-list.css"),
        *("css/event-card.css", "css/explain.css", "css/failure.css", "css/take-bar.css"),
        *("css/report.css", "css/report-moment.css"),
    },
    "lanes": {"css/lane-shapes.css", "css/lanes.css"},
    "keys": {"css/keys.css"},
}
LIVE_SHEET = "css/connection-bar.css"  # of the catalogue, and of all pages that show a lab
# What it has of a workbench's.
BENCH_SHEETS = {"differences": {"css/code-colours.css", "css/differences.css", "css/diff-body.css"}}
CLIENT_SHEETS = {"browser": "mini-browser"}  # whose sheet has another name
# What all clients have.
DESK_SHEETS = {"css/client-card.css", "css/client-desk.css", "css/message-log.css"}


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
        scripts += [f"js/elements/client-{client}.js", "js/elements/client-desk.js"]
    return Page((*scripts, "js/pages/workbench.js"))


PAGES: Mapping[str, Page] = {
    "catalogue": Page(("js/pages/catalogue.js",)),
    "desks": Page(("js/pages/class.js",)),
    "replay": Page(("js/elements/bench-tabs.js", "js/pages/replay.js")),
    "differences": Page(),
    "api": Page(),
    "doctor": Page(("js/pages/doctor.js",)),
    "error": Page(),
    "home": Page(("js/pages/home.js",)),
    "join": Page(("js/pages/join.js",)),
    CLASS: Page(),
    **{late: Page() for late in LATE_SHEETS},
    **{workbench_page(client): _workbench(client) for client in CLIENT_TAGS},
}


def first_paths(pages: Mapping[str, Page]) -> set[str]:
    """Return the paths of the files with which pages begin."""
    kinds = ("css", *(f"{language}.js" for language in LANGUAGES))
    return {f"page/{name}.{kind}" for name in pages for kind in kinds}


def first_path_of(path: str) -> str:
    """Return with which file that one comes: page/a.ru/js/b.js is made when page/a.ru.js is."""
    name = "/".join(path.split("/")[:2])
    return path if path == name else f"{name}.js"


def page_files(
    path: str,
    sources: Mapping[str, str],
    pages: Mapping[str, Page],
    messages: Mapping[str, Messages],
) -> dict[str, str]:
    """Make one of the first files and what it loads later, by path.

    `sources` are all scripts and sheets by path, `messages` those of the scripts by language.
    Raises NotJoined.
    """
    name, _, kind = path.removeprefix("page/").partition(".")
    if kind == "css":
        return {path: _sheet(name, pages[name], sources)}
    words = messages.get(kind.removesuffix(".js"), {})
    return join(path.removesuffix(".js"), pages[name].entries, sources, words)


def plain_modules(page: Page, sources: Mapping[str, str]) -> list[str]:
    """Return the modules with which a page begins, as they are, in the order in which they run."""
    return in_order(page.entries, sources)


def _sheet(name: str, page: Page, sources: Mapping[str, str]) -> str:
    """Join the sheets of a page, without comments and indentation."""
    if name == CLASS:
        return _joined(sorted(CLASS_SHEETS), sources)
    if name in LATE_SHEETS:
        return _joined(sorted(LATE_SHEETS[name]), sources)
    kind = name.partition("-")[2]
    clients = {f"css/{CLIENT_SHEETS.get(each, each)}.css" for each in CLIENT_TAGS}
    others = clients.union(DESK_SHEETS, CLASS_SHEETS, *LATE_SHEETS.values(), *OWN_SHEETS.values())
    own = OWN_SHEETS.get(name, set()) | BENCH_SHEETS.get(name, set())
    own |= {LIVE_SHEET} if name in ("catalogue", "desks") else set()
    if kind not in ("", "none"):
        own = {f"css/{CLIENT_SHEETS.get(kind, kind)}.css"} | DESK_SHEETS
    sheets = [
        path
        for path in sorted(sources)
        if path.endswith(".css")
        and path not in FIRST_SHEETS
        and (path in own or (page.is_bench and path not in others) or path == HEADER_SHEET)
    ]
    return _joined([*FIRST_SHEETS, *sheets], sources)


def _joined(sheets: list[str], sources: Mapping[str, str]) -> str:
    text = "\n".join(sources[path] for path in sheets)
    lines = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL).split("\n")
    return "\n".join(line for line in map(str.strip, lines) if line)
