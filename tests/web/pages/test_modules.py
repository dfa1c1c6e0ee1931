"""A page's modules in one file: it does what the modules do one by one."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from backend.web.pages.modules import NotJoined, imports, in_order, joined
from backend.web.pages.page_files import PAGES
from backend.web.pages.site import FRONTEND

NODE = Path(__file__).parents[3] / ".venv/bin/node"
MODULES = {
    "js/pages/a.js": """// Puts it together.
import "../model/side.js";
import { one as first, Counter } from "../model/b.js";
import * as words from "../words/c.js";

const made = 0; // a name that others have, too
console.log("a", first(), new Counter().count, new Counter().of(1, 2), words.SAID, made);
""",
    "js/model/b.js": """/**
 * Counts.
 */
import { SAID } from "../words/c.js";

const made = 1;
export class Counter {
  // how many
  count = made; /* here */
  of(
    /** @type {import("./c.js").Number} */ one,
    /* two */ /* and */ two,
  ) {
    return one + two; // of "both"
  }
}
export async function later() {
  await null;
}
export function one() {
  return `${SAID} // no comment`;
}
""",
    "js/words/c.js": 'export const SAID = "http://x // y";\nconsole.log("c");\n',
    "js/model/side.js": "console.log(`side\n  // by side`);\n",
}


def run(folder: Path, name: str) -> str:
    if not NODE.exists():
        pytest.fail("no node: make check installs it")
    done = subprocess.run(
        [NODE, name], cwd=folder, capture_output=True, text=True, timeout=60, check=True
    )
    return done.stdout


def test_the_joined_modules_do_what_they_do_one_by_one(tmp_path: Path) -> None:
    for path, source in MODULES.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(source)
    (tmp_path / "package.json").write_text('{"type": "module"}')
    (tmp_path / "joined.js").write_text(joined(["js/pages/a.js"], MODULES))
    said = run(tmp_path, "js/pages/a.js")
    assert said.count("\n") == 4
    assert run(tmp_path, "joined.js") == said


def test_a_module_comes_after_those_that_it_imports() -> None:
    assert in_order(["js/pages/a.js"], MODULES) == [
        "js/model/side.js",
        "js/words/c.js",
        "js/model/b.js",
        "js/pages/a.js",
    ]
    assert imports("js/model/b.js", MODULES["js/model/b.js"]) == ["js/words/c.js"]


@pytest.mark.parametrize(
    "source",
    [
        "export default 1;",
        "export { x };",
        'export * from "./c.js";',
        "export let x = 1;",
        "await x;",
        'const x = import("./c.js");',
        "const x = import.meta.url;",
        'import x from "./c.js";',
    ],
)
def test_what_cannot_be_joined_is_named(source: str) -> None:
    with pytest.raises(NotJoined, match=r"a\.js cannot be joined"):
        joined(["a.js"], {"a.js": source, "c.js": ""})


def test_a_circle_is_named() -> None:
    circle = {"a.js": 'import "./b.js";', "b.js": 'import "./a.js";'}
    with pytest.raises(NotJoined, match=r"a\.js → b\.js → a\.js"):
        joined(["a.js"], circle)


@pytest.mark.parametrize("page", PAGES)
def test_the_scripts_of_each_page_can_be_joined(page: str) -> None:
    static = FRONTEND / "static"
    sources = {
        path.relative_to(static).as_posix(): path.read_text(encoding="utf-8")
        for path in (static / "js").rglob("*.js")
    }
    script = joined(PAGES[page].entries, sources)
    assert "js/pages/theme.js" in script
    assert len(script) < sum(map(len, sources.values()))
