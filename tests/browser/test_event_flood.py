"""The list of events while more come than anybody can read: what it makes, who reads, the keys."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.browser.lists import ALONE

# A list that follows, laid out as on a page, with as many rows as it shows; then many more come in
# each frame for a while.
FLOODED = f"""{ALONE}
  for (const name of ["base", "event-list"]) {{
    const sheet = document.createElement("link");
    document.head.append(Object.assign(sheet, {{ rel: "stylesheet", href: `/css/${{name}}.css` }}));
    await new Promise((done) => (sheet.onload = done));
  }}
  begin(1, "first.py");
  let last = 1;
  const print = (count) => {{
    for (; count > 0; count--) {{
      const text = `line ${{++last}};\\n`;
      history.append([{{ seq: last, t: last, type: "output", run: "r1", stream: "stdout", text }}]);
    }}
    tell();
  }};
  const flood = async () => {{
    for (let frame = 0; frame < 40; frame++) {{
      print(100);
      await new Promise(requestAnimationFrame);
    }}
  }};
  const rows = () => [...list.querySelectorAll(".event")];
  const numbers = () => rows().map((row) => Number(row.dataset.seq));
  const until = async (holds) => {{
    while (!holds()) await frames();
  }};
  const view = list.querySelector(".events__box");
  const isInSight = (row) => {{
    const {{ top, bottom }} = row.getBoundingClientRect();
    const sight = view.getBoundingClientRect();
    return top >= sight.top - 1 && bottom <= sight.bottom + 1;
  }};
  const inSight = () => rows().filter(isInSight).map((row) => Number(row.dataset.seq));
  print(1500);
  await until(() => numbers().length >= 1000);
  const scrollTo = async (top) => {{
    view.scrollTop = top;
    await frames();
  }};
"""
FOLLOWED = f"""async () => {{{FLOODED}
  const added = new Set();
  const removed = new Set();
  new MutationObserver((changes) => {{
    for (const {{ addedNodes, removedNodes }} of changes) {{
      for (const node of addedNodes) if (node instanceof Element) added.add(node);
      for (const node of removedNodes) if (node instanceof Element) removed.add(node);
    }}
  }}).observe(list.querySelector(".events__rows"), {{ childList: true, subtree: true }});
  await flood();
  const made = [...added].filter((node) => node.matches(".event")).length;
  await until(() => inSight().at(-1) === last);
  await until(() => numbers().length >= 1000 && numbers().every((n, i, all) => n === all[0] + i));
  return {{ made, inSight: inSight(), last }};
}}"""


def test_in_a_flood_rows_are_written_anew_and_what_they_left_out_is_there_when_it_is_over(
    page: Page, files_url: str
) -> None:
    page.goto(f"{files_url}/")
    found = page.evaluate(FOLLOWED)
    assert found["made"] < 800  # of 4000 in forty frames
    seen = found["inSight"]
    assert len(seen) > 10
    assert seen == list(range(seen[0], found["last"] + 1))


READ = f"""async () => {{{FLOODED}
  await scrollTo(view.scrollHeight / 2);
  const before = inSight();
  const place = () => rows().find((row) => row.dataset.seq === String(before[5]));
  const top = place()?.getBoundingClientRect().top;
  await flood();
  const moved = place() ? place().getBoundingClientRect().top - top : null;
  const end = numbers().at(-1);
  await scrollTo(view.scrollHeight - 2 * view.clientHeight);
  await until(() => numbers().at(-1) > end);
  const here = numbers();
  list.querySelector(".events__end").click();
  await until(() => inSight().at(-1) === last);
  return {{ moved, end, here }};
}}"""


def test_who_reads_in_a_flood_keeps_their_rows_and_comes_to_those_after_them(
    page: Page, files_url: str
) -> None:
    page.goto(f"{files_url}/")
    found = page.evaluate(READ)
    assert found["moved"] is not None
    assert abs(found["moved"]) < 1
    here = found["here"]
    assert found["end"] in here
    assert here == list(range(here[0], here[-1] + 1))


KEYS = f"""async () => {{{FLOODED}
  const press = (key) =>
    list.querySelector(".events__rows").dispatchEvent(new KeyboardEvent("keydown", {{ key }}));
  const chosen = () => rows().find((row) => row.ariaSelected === "true");
  const isActive = () =>
    list.querySelector(".events__rows").getAttribute("aria-activedescendant") === chosen()?.id;
  await flood();
  press("ArrowUp");
  const newest = inSight().at(-1);
  press("Home");
  await until(() => chosen() && isInSight(chosen()) && isActive());
  const home = Number(chosen().dataset.seq);
  press("ArrowDown");
  await until(() => Number(chosen()?.dataset.seq) === home + 1 && isInSight(chosen()));
  await until(() => numbers().every((n, i, all) => n === all[0] + i));
  press("End");
  await until(() => Number(chosen()?.dataset.seq) === last && isInSight(chosen()) && isActive());
  return {{ home, newest, last }};
}}"""


def test_keys_reach_the_first_and_the_last_row_also_in_a_flood(page: Page, files_url: str) -> None:
    page.route("**/api/explanations*", lambda route: route.fulfill(json={}))
    page.goto(f"{files_url}/")
    found = page.evaluate(KEYS)
    assert found["newest"] - found["home"] > 900
