"""Imports of the page's scripts go one way, as those of Python do (DESIGN.md, "The page").

`pages → elements → diagram, lanes → picture → words, net → model, dom`: whoever stands further
right knows nobody who stands further left, and folders that share a place do not know each other.
The rules are read off the sources: static imports, dynamic ones, and types in comments.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.test_imports import cycle_in

JS = Path(__file__).parents[1] / "frontend" / "static" / "js"

# Each place of the arrow, from what anybody may use to what nobody may.
PLACES = (
    ("model", "dom"),
    ("words", "net"),
    ("picture",),
    ("diagram", "lanes"),
    ("elements",),
    ("pages",),
)
PLACE = {folder: place for place, folders in enumerate(PLACES) for folder in folders}

# A comment that stands where a line begins; what looks like one elsewhere may be part of a text.
COMMENT = re.compile(r"^[ \t]*(?:/\*.*?\*/|//[^\n]*)", re.DOTALL | re.MULTILINE)
STATIC = re.compile(
    r"""^[ \t]*(?:import|export|(?:/\*)?\*+[ \t]*@import)\b"""
    r"""(?:[^;"'`(=]*\bfrom)?\s*(["'])(?P<path>[^"'\n]*)\1""",
    re.MULTILINE,
)
DYNAMIC = re.compile(r"\bimport\s*\(\s*(?P<argument>[^)]*?)\s*,?\s*\)")
LITERAL = re.compile(r"""(["'`])(?P<path>[^"'`$]+)\1""")


def written_in(source: str) -> Iterator[tuple[int, str]]:
    """Yield the line and the path of each import; one that only the run knows as `(…)`."""
    for found in STATIC.finditer(source):
        yield source.count("\n", 0, found.start("path")) + 1, found["path"]
    for found in DYNAMIC.finditer(source):
        literal = LITERAL.fullmatch(found["argument"])
        path = literal["path"] if literal else f"({found['argument']})"
        yield source.count("\n", 0, found.start()) + 1, path


def module_of(importer: str, path: str) -> str | None:
    """Return the module that a path names, without query, or None if it is none of the page's."""
    if not path.startswith(("./", "../")):
        return None
    module = posixpath.normpath(posixpath.join(posixpath.dirname(importer), path.partition("?")[0]))
    return None if module.startswith("..") else module


def faults_of(importer: str, source: str) -> list[str]:
    """Say which imports of a module, `folder/name.js`, break a rule, and why."""
    own = importer.partition("/")[0]
    faults = []
    for line, path in written_in(source):
        module = module_of(importer, path)
        folder = (module or "").partition("/")[0]
        if module is None or folder not in PLACE:
            faults.append(f"{importer}:{line}: {path} is no module of the page")
        elif folder != own and PLACE[folder] >= PLACE[own]:
            faults.append(f"{importer}:{line}: {own} may not import {module}")
    return faults


def needed_by(importer: str, source: str) -> set[str]:
    """Return the modules that are loaded with this one; types are known without loading."""
    code = COMMENT.sub("", source)
    modules = (module_of(importer, path) for _, path in written_in(code))
    return {module for module in modules if module is not None}


def sources() -> dict[str, str]:
    """Return the source of each module of the page, declarations of types among them."""
    return {
        path.relative_to(JS).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(JS.rglob("*.[jt]s"))
    }


def test_every_import_goes_the_allowed_way() -> None:
    faults = [
        fault for importer, source in sources().items() for fault in faults_of(importer, source)
    ]
    assert not faults, "\n".join(faults)


def test_modules_import_each_other_in_no_circle() -> None:
    graph = {importer: needed_by(importer, source) for importer, source in sources().items()}
    assert cycle_in(graph) is None


def test_all_modules_and_all_their_imports_are_seen() -> None:
    modules = sources()
    assert {importer.partition("/")[0] for importer in modules} == set(PLACE)
    needed = {
        module for importer, source in modules.items() for module in needed_by(importer, source)
    }
    assert needed <= set(modules)
    # Biome lets each statement begin a line: one that is not read would be missed here.
    for importer, source in modules.items():
        said = re.findall(r"^import\b(?!\()", COMMENT.sub("", source), re.MULTILINE)
        assert len(STATIC.findall(source)) >= len(said), importer


@pytest.mark.parametrize(
    ("importer", "source"),
    [
        ("model/a.js", 'import { h } from "../dom/markup.js";'),
        ("model/a.js", 'import "../net/api.js";'),
        ("model/a.js", 'import {\n  a,\n  b as c,\n} from "../words/format.js";'),
        ("model/a.js", 'import * as format from "../words/format.js";'),
        ("model/a.js", 'export * from "../words/format.js";'),
        ("model/a.js", 'export { t } from "../words/i18n.js";'),
        ("model/a.js", 'const late = async () => await import("../net/api.js");'),
        ("model/a.js", "const late = () => import(`../net/api.js`);"),
        ("model/a.js", "const late = (name) => import(name);"),
        ("model/a.js", "const late = (name) => import(`../net/${name}.js`);"),
        ("model/a.js", '/** @param {import("../net/api.js").ApiError} error */'),
        ("model/a.js", '/** @import { Failure } from "../net/api.js" */'),
        ("model/a.js", '/**\n * @import { Failure } from "../net/api.js"\n */'),
        ("model/a.js", 'import "https://elsewhere.example/module.js";'),
        ("model/a.js", 'import "lit";'),
        ("model/a.js", 'import "../../css/sheet.js";'),
        ("model/a.js", 'import "../tools/a.js";'),
        ("dom/a.js", 'import { text } from "../model/text.js";'),
        ("words/a.js", 'import { readRoom } from "../net/api.js";'),
        ("net/a.js", 'import { t } from "../words/i18n.js";'),
        ("picture/a.js", 'import { Rows } from "../diagram/rows.js";'),
        ("diagram/a.js", 'import "../lanes/lane-view.js";'),
        ("lanes/a.js", 'import "../diagram/diagram-view.js";'),
        ("elements/a.js", 'import "../pages/workbench.js";'),
    ],
)
def test_an_import_against_the_rules_is_found(importer: str, source: str) -> None:
    assert len(faults_of(importer, source)) == 1


@pytest.mark.parametrize(
    ("importer", "source"),
    [
        ("model/a.js", 'import { text } from "./text.js";'),
        ("words/a.js", 'import { h } from "../dom/markup.js";\nimport "../model/text.js";'),
        ("picture/a.js", 'import { t } from "../words/i18n.js";\nimport "../net/api.js";'),
        ("diagram/a.js", 'import { Picture } from "../picture/picture.js";'),
        ("elements/a.js", 'import "../lanes/lane-view.js";'),
        ("pages/a.js", 'const later = () => import("../elements/reader.js?v=1");'),
        ("net/a.js", '/** @import { Call, Thread } from "../model/types.d.ts" */'),
        ("pages/a.js", '/** @typedef {import("../model/payload.js").Shown} Shown */'),
        ("model/a.js", 'export const path = "../net/api.js";'),
        ("model/a.js", 'const said = "import nothing";\nexport const f = ("a");'),
    ],
)
def test_an_import_within_the_rules_passes(importer: str, source: str) -> None:
    assert faults_of(importer, source) == []


def test_a_type_in_a_comment_is_known_without_a_load() -> None:
    source = '/** @type {import("./b.js").B} */\nexport const b = null;\nimport "./c.js";'
    assert needed_by("model/a.js", source) == {"model/c.js"}
