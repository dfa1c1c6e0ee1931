"""A page's modules in one file: it does what the modules do one by one."""

from __future__ import annotations

import subprocess
from pathlib import Path
from re import MULTILINE, findall, sub

import pytest

from backend.web.pages.modules import WORDS, NotJoined, code_of, imports, in_order, join
from backend.web.pages.page_files import PAGES
from backend.web.pages.site import FRONTEND

NODE = Path(__file__).parents[3] / ".venv/bin/node"
TSC = FRONTEND / "node_modules/typescript/bin/tsc"
MODULES = {
    "js/pages/a.js": """// Puts it together.
import "../model/side.js";
import { one as first, Counter } from "../model/b.js";
import * as words from "../words/c.js";

const made = 0; // a name that others have, too
console.log("a", first(), new Counter().count, new Counter().of(1, 2), words.SAID, made);
import("../lanes/late.js").then(({ late }) => late());
""",
    "js/lanes/late.js": """import { one } from "../model/b.js";
import { shared } from "../model/shared.js";
export const late = async () => {
  console.log(`late ${one() ? `( ${shared} )` : ""}`, "{ x }", / , [/"] /.source);
  const { later } = await import("./later.js");
  later((await import("../words/c.js")).SAID);
};
""",
    "js/lanes/later.js": """import { shared } from "../model/shared.js";
export const later = (/** @type {string} */ said) => console.log(shared, said);
""",
    "js/model/shared.js": 'console.log("shared");\nexport const shared = "one";\n',
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


def run(folder: Path, *command: str | Path) -> str:
    if not NODE.exists():
        pytest.fail("no node: make check installs it")
    done = subprocess.run(
        [NODE, *command], cwd=folder, capture_output=True, text=True, timeout=60, check=True
    )
    return done.stdout


def test_the_joined_modules_do_what_they_do_one_by_one(tmp_path: Path) -> None:
    for path, source in MODULES.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(source)
    (tmp_path / "package.json").write_text('{"type": "module"}')
    for path, text in join("page/joined", ["js/pages/a.js"], MODULES).items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    said = run(tmp_path, "js/pages/a.js")
    assert said.count("\n") == 7
    assert run(tmp_path, "page/joined.js") == said


def test_what_comes_later_is_in_files_of_its_own_without_what_is_there_already() -> None:
    files = join("page/joined", ["js/pages/a.js"], MODULES)
    modules = {path: findall(r"^const \$m\d+=", text, MULTILINE) for path, text in files.items()}
    assert {path: len(each) for path, each in modules.items()} == {
        "page/joined.js": 5,  # what a.js needs, itself, and what both later ones share
        "page/joined/js/lanes/late.js": 1,
        "page/joined/js/lanes/later.js": 1,
    }
    assert len({name for names in modules.values() for name in names}) == 7


def test_a_module_brings_the_messages_that_it_says_and_others_do_not_bring_yet() -> None:
    sources = {
        WORDS: "export const said = {};\nexport const learn = (m) => Object.assign(said, m);\n",
        "js/a.js": 'import { said } from "./words/i18n.js";\nsaid["One"]; import("./b.js");\n',
        "js/b.js": 'import { said } from "./words/i18n.js";\nsaid["One"]; said["Two"];\n',
    }
    files = join("p", ["js/a.js"], sources, {"One": "Раз", "Two": ["Два"], "Three": "Три"})
    learnt = [findall(r"^\$m0\.learn\((.+)\);$", text, MULTILINE) for text in files.values()]
    assert learnt == [['{"One":"Раз"}'], ['{"Two":["Два"]}']]


def test_a_message_is_said_as_a_whole_whatever_stands_in_it() -> None:
    sources = {
        WORDS: "export const learn = () => {};\n",
        "js/a.js": 'import { said } from "./words/i18n.js";\nsaid["A \\"b\\" c"]; said[""];\n',
    }
    messages = dict.fromkeys(('A "b" c', 'A "b', '"b"', "b", "A", "c", ""), "…")
    (text,) = join("p", ["js/a.js"], sources, messages).values()
    assert findall(r"^\$m0\.learn\((.+)\);$", text, MULTILINE) == [r'{"A \"b\" c":"…","":"…"}']


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
        "const x = import(`./c.js`);",
        "const x = import.meta.url;",
        'import x from "./c.js";',
    ],
)
def test_what_cannot_be_joined_is_named(source: str) -> None:
    with pytest.raises(NotJoined, match=r"a\.js cannot be joined"):
        join("p", ["a.js"], {"a.js": source, "c.js": ""})


def test_a_circle_is_named() -> None:
    circle = {"a.js": 'import "./b.js";', "b.js": 'import "./a.js";'}
    with pytest.raises(NotJoined, match=r"a\.js → b\.js → a\.js"):
        join("p", ["a.js"], circle)


def test_a_later_module_that_is_not_there_is_named() -> None:
    with pytest.raises(NotJoined, match=r"later: js/none\.js"):
        join("p", ["js/a.js"], {"js/a.js": 'import("./none.js");'})


def our_sources() -> dict[str, str]:
    static = FRONTEND / "static"
    return {
        path.relative_to(static).as_posix(): path.read_text(encoding="utf-8")
        for path in (static / "js").rglob("*.js")
    }


@pytest.mark.parametrize("page", PAGES)
def test_the_scripts_of_each_page_can_be_joined(page: str) -> None:
    sources = our_sources()
    files = join(page, PAGES[page].entries, sources)
    assert findall(r"^const \$m\d+=", files[f"{page}.js"], MULTILINE)
    assert sum(map(len, files.values())) < sum(map(len, sources.values()))


LINES = r"(?<=[;{}\[(,])\s+|\s+(?=[}\])])"


def on_one_line(text: str) -> str:
    return " ".join(sub(LINES, "", text).split())


def test_each_module_keeps_all_that_is_no_comment(tmp_path: Path) -> None:
    for path, source in our_sources().items():
        for folder, text in (("whole", source), ("short", code_of(source))):
            (tmp_path / folder / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / folder / path).write_text(text)
    options = ["--removeComments", "--noCheck", "--noResolve", "--target", "esnext"]
    kinds = ["--allowJs", "--types", "", "--rootDir", ".", "--outDir", "read"]
    paths = [str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.js")]
    run(tmp_path, TSC, *options, *kinds, *paths)
    read = {path: (tmp_path / "read/whole" / path).read_text() for path in our_sources()}
    assert len(read) > 80
    for path, text in read.items():  # as TypeScript writes what it has read, on whatever lines
        short = (tmp_path / "read/short" / path).read_text()
        assert on_one_line(short) == on_one_line(text), path
