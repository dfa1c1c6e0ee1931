"""The style sheets: layers, colours from tokens, nothing undefined, nothing that shouts."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from backend.web.pages.page_files import CLASS, LATE_SHEETS, PAGES, page_files
from backend.web.pages.site import FRONTEND

STATIC = FRONTEND / "static"
SHEETS = sorted((STATIC / "css").glob("*.css"))
ORDER = "@layer tokens, base, components, states;"
LAYERS = {"tokens.css": {"tokens"}, "base.css": {"base", "states"}, "controls.css": {"base"}}
COMPONENTS = [path for path in SHEETS if path.name not in {"tokens.css", *LAYERS}]
BENCH = ("run-console", "see-view", ".column", ".code")
NEEDED = {
    "workbench": (*BENCH, "run-panel", "connection-bar"),
    "replay": (*BENCH, "playback-bar", ".replay"),
    "catalogue": (".station", ".running", "connection-bar"),
    "differences": (".differences", ".diff-body"),
    "api": (".api",),
    "error": (".error",),
    "home": (".page-door",),
    "join": (".page-door",),
}
COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}\b|\b(?:rgba?|hsla?|oklch|oklab|lab|lch|hwb|light-dark)\(")
USED = re.compile(r"var\(\s*(--[\w-]+)\s*(,)?")
DEFINED = re.compile(r"(--[\w-]+)\s*:|[\"'`](--[\w-]+)[\"'`]")


def text(path: Path) -> str:
    return re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)


@pytest.fixture(scope="module")
def defined() -> set[str]:
    """Name the custom properties that sheets define or scripts set."""
    scripts = [path.read_text(encoding="utf-8") for path in (STATIC / "js").rglob("*.js")]
    found = DEFINED.findall("\n".join([*map(text, SHEETS), *scripts]))
    return {name for pair in found for name in pair if name}


@pytest.mark.parametrize("path", SHEETS, ids=lambda path: path.name)
class TestEachSheet:
    def test_is_in_its_layer_whole(self, path: Path) -> None:
        sheet = text(path).strip()
        if path.name == "tokens.css":
            assert sheet.startswith(ORDER)
            sheet = sheet.removeprefix(ORDER)
        outside = re.findall(r"^(?![\s}]).+", sheet, re.MULTILINE)
        wanted = LAYERS.get(path.name, {"components"})
        assert set(outside) == {f"@layer {layer} {{" for layer in wanted}

    def test_takes_its_colours_from_the_tokens(self, path: Path) -> None:
        if path.name != "tokens.css":
            assert COLOUR.findall(text(path)) == []

    def test_uses_no_property_that_nobody_defines(self, path: Path, defined: set[str]) -> None:
        used = {name for name, _ in USED.findall(text(path))}
        assert sorted(used - defined) == []

    def test_has_no_rule_for_whatever_comes_after_another(self, path: Path) -> None:
        # Or each element that comes or goes, anywhere in the page, restyles all beside it.
        assert re.findall(r"[+~] *\*", re.sub(r"calc\([^;]*", "", text(path))) == []

    def test_shouts_at_no_other(self, path: Path) -> None:
        assert "!important" not in text(path)


@pytest.mark.parametrize("path", COMPONENTS, ids=lambda path: path.name)
def test_all_rules_of_a_component_are_nested_in_its_element(path: Path) -> None:
    rules = [rule.strip() for rule in re.findall(r"^  (?! |\}).+", text(path), re.MULTILINE)]
    # Keyframes cannot be nested in a rule.
    root, *others = [rule for rule in rules if not rule.startswith("@keyframes ")]
    assert others == []
    names = re.sub(r":(?:is|where)\(|\)| \{", "", root).split(", ")
    assert all(name.startswith(".") or "-" in name for name in names), root  # no `main`, no `*`


def test_a_page_of_a_class_has_what_it_adds_in_a_sheet_of_its_own() -> None:
    sources = {
        path.relative_to(STATIC).as_posix(): path.read_text(encoding="utf-8") for path in SHEETS
    }
    path = f"page/{CLASS}.css"
    added = page_files(path, sources, PAGES, {})[path]
    for selector in (".class-bar", ".room", ".invite", ".board", ".class-end"):
        assert f"\n{selector} {{" in added, selector
        for page in PAGES.keys() - {CLASS}:
            path = f"page/{page}.css"
            assert f"\n{selector} {{" not in page_files(path, sources, PAGES, {})[path]


def test_what_is_not_seen_at_first_of_a_lab_has_a_sheet_of_its_own() -> None:
    sources = {
        path.relative_to(STATIC).as_posix(): path.read_text(encoding="utf-8") for path in SHEETS
    }
    late, lanes, first = (
        page_files(f"page/{page}.css", sources, PAGES, {})[f"page/{page}.css"]
        for page in ("late", "lanes", "workbench-message")
    )
    for selector in ("thread-lanes", "event-list", ".differences", ".diff-body", "failure-note"):
        assert f"\n{selector} {{" in (lanes if selector == "thread-lanes" else late), selector
        assert f"\n{selector} {{" not in first, selector


@pytest.mark.parametrize("page", sorted(PAGES.keys() - {CLASS, *LATE_SHEETS}))
def test_each_page_gets_all_its_sheets_tokens_first(page: str) -> None:
    sources = {
        path.relative_to(STATIC).as_posix(): path.read_text(encoding="utf-8") for path in SHEETS
    }
    scripts = dict.fromkeys(PAGES[page].entries, "")
    path = f"page/{page}.css"
    sheet = page_files(path, sources | scripts, PAGES, {})[path]
    assert sheet.startswith(ORDER)
    for selector in (".header", ".notice", *NEEDED.get(page.partition("-")[0], ())):
        assert f"\n{selector} {{" in sheet, selector
    assert ("\n.stations" in sheet or "\n.station {" in sheet) == (page == "catalogue")
    has_clients = page.startswith("workbench-") and page != "workbench-none"
    assert ("\nclient-desk {" in sheet and "\nmessage-log {" in sheet) == has_clients
    assert ("\nsequence-diagram {" in sheet) == (PAGES[page].is_bench)
