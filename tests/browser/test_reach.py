"""What scrolls is reached by keys."""

from __future__ import annotations

from tests.browser.conftest import Modules

HEIGHTS = """
  const drawn = () => new Promise((go) => requestAnimationFrame(() => requestAnimationFrame(go)));
  const box = document.createElement("p");
  box.style = "overflow: auto; white-space: pre";
  box.textContent = "line\\n".repeat(9);
  document.body.append(box);
  m.reach(box);
  const stops = [];
  for (const height of ["20px", "auto", "20px"]) {
    box.style.height = height;
    await drawn();
    stops.push(box.tabIndex);
  }
  box.hidden = true;
  await drawn();
  stops.push(box.tabIndex);
  box.remove();
  return stops;
"""


def test_a_box_is_a_stop_of_the_keyboard_while_it_scrolls(modules: Modules) -> None:
    assert modules.run("dom/reach", HEIGHTS) == [0, -1, 0, 0]
