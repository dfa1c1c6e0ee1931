"""The list where very many events come at once: a frame makes a part, and it stays at its end."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.lists import ALONE
from tests.lab_folder import write_lab
from tests.server import Playground, serving

LAB = "udp/x"
EVENTS = 600
A_FRAME = 40  # rows, at most

# From now on notes how many rows each drawing adds. What a new block brings with it is told once.
WATCH = """() => {
  window.added = [];
  new MutationObserver((changes) => {
    const rows = new Set();
    for (const node of changes.flatMap(({ addedNodes }) => [...addedNodes])) {
      for (const row of [node, ...node.querySelectorAll(".event")]) {
        if (row.matches(".event")) rows.add(row);
      }
    }
    added.push(rows.size);
  }).observe(document.querySelector(".events__rows"), { childList: true, subtree: true });
}"""


@pytest.fixture(scope="module")
def playground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Playground]:
    labs_dir = tmp_path_factory.mktemp("list") / "labs"
    write_lab(labs_dir, LAB)
    with serving(labs_dir=labs_dir) as each:
        yield each


def recording() -> str:
    """Return a recording of a program that prints very much."""
    run: dict[str, Any] = {"id": "r1", "room": "local", "lab": LAB, "program": "server"}
    run |= {
        "state": "exited",
        "host": "127.0.0.1",
        "port": 5000,
        "pid": 1,
        "started_at": "2026-01-01T00:00:00+00:00",
    }
    head = {"type": "recording", "version": 1, "room": "local", "clock_offset_s": 0}
    lines = [head | {"lab_ids": [LAB], "runs": [run | {"exit_status": 0, "error": None}]}]
    started = {"run": "r1", "lab": LAB, "program": "server", "pid": 1, "args": []}
    lines.append({"seq": 1, "type": "run.started", "t": 1.0} | started)
    for n in range(EVENTS):
        output = {"run": "r1", "stream": "stdout", "text": f"line {n}\n"}
        lines.append({"seq": n + 2, "type": "output", "t": 1 + n / 100} | output)
    return "\n".join(json.dumps(line) for line in lines) + "\n"


@pytest.fixture
def replay(page: Page, playground: Playground, tmp_path: Path) -> Page:
    file = tmp_path / "room.jsonl"
    file.write_text(recording())
    page.goto(f"{playground.url}/replay?lang=en")
    page.locator("#replay-file").set_input_files(file)
    page.locator("see-view input[value=list]").evaluate("radio => radio.click()")
    expect(page.locator(".events__empty-title")).to_be_visible()
    page.evaluate(WATCH)
    page.get_by_role("slider", name="Place in the recording").fill("10000")
    expect(page.locator(".event")).to_have_count(EVENTS + 1)
    return page


def test_no_frame_makes_many_rows_and_the_last_is_in_sight(replay: Page) -> None:
    added: list[int] = replay.evaluate("added")
    assert max(added) <= A_FRAME
    texts = replay.locator(".event__payload").all_text_contents()
    assert texts == [f"line {n}" for n in range(EVENTS)]
    expect(replay.locator(".event").last).to_be_in_viewport()


def test_a_filter_that_is_taken_back_fills_the_list_again(replay: Page) -> None:
    output = replay.locator(".events__kind", has_text="Output")
    output.click()
    expect(replay.locator(".event")).to_have_count(1)
    replay.evaluate("() => void added.splice(0)")
    output.click()
    expect(replay.locator(".event")).to_have_count(EVENTS + 1)
    assert max(replay.evaluate("added")) <= A_FRAME


# A list that knows of one program, and draws itself, for that is searched, when another has come.
NAMED_LATER = f"""async () => {{{ALONE}
  begin(1, "first.py");
  tell();
  await frames();
  begin(2, "second.py");
  list.querySelector(".events__search").dispatchEvent(new Event("input"));
  await frames();
  tell();
  await frames();
}}"""


def test_a_row_that_is_drawn_before_its_program_s_name_is_known_has_it_in_the_end(
    page: Page, files_url: str
) -> None:
    """A loaded machine draws between the coming of events and the next look at who they are of."""
    page.goto(files_url)
    page.evaluate(NAMED_LATER)
    expect(page.locator(".event__who")).to_have_text(["first.py", "second.py"])


# A list that is chosen when there is much already: the sizes of what it takes of the history, which
# rows there are after its first drawing, and those in the end that match a search.
CHOSEN_LATE = f"""async () => {{{ALONE}
  const events = 9000;
  begin(1, "first.py");
  for (let seq = 2; seq <= events; seq++) {{
    const text = `line ${{seq}};\\n`;
    history.append([{{ seq, t: seq, type: "output", run: "r1", stream: "stdout", text }}]);
  }}
  const taken = [];
  const between = history.between.bind(history);
  history.between = (from, to) => {{
    const part = between(from, to);
    taken.push(part.length);
    return part;
  }};
  const shown = () => [...list.querySelectorAll(".event")].map((row) => Number(row.dataset.seq));
  tell();
  while (shown().length === 0) await new Promise(requestAnimationFrame);
  const first = shown();
  while (shown().length < 1000) await frames();
  const field = list.querySelector(".events__search");
  field.value = "line 2;";
  field.dispatchEvent(new Event("input"));
  while (shown().at(0) !== 2) await frames();
  return {{ taken: Math.max(...taken), first }};
}}"""


def test_a_long_history_is_taken_in_parts_and_the_newest_comes_first(
    page: Page, files_url: str
) -> None:
    page.goto(f"{files_url}/")
    found = page.evaluate(CHOSEN_LATE)
    assert found["taken"] <= 2000
    assert found["first"] == list(range(9001 - len(found["first"]), 9001))
