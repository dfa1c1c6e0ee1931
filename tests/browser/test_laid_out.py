"""What happens in a box of the workbench lays out that box alone, and restyles next to nothing.

Many events a second come into these boxes: each of them costs what it changes, not what there is.
"""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Browser, CDPSession, Page, expect

from tests.browser.bench import Bench
from tests.browser.traces import traced

# What the See column shows, a box that is in sight then, and what in it changes.
BOXES = (
    ("list", ".console__box", ".console__lines .rows"),
    ("list", ".events__box", ".events__rows .rows"),
    ("text", "sequence-diagram .diagram__scroll", ".diagram__picture > g:nth-of-type(2)"),
    ("text", "see-view", ".see__time"),
)
FEW = 10  # elements; a row of the list has six

# Puts an element into a box, and takes the first one away; nothing else happens then.
CHANGE = """([selector, content]) => {
  const box = document.querySelector(selector);
  const inner = box.querySelector(content);
  document.body.offsetHeight;
  performance.mark("changing");
  inner.append(inner.firstElementChild.cloneNode());
  inner.firstElementChild.remove();
  document.body.offsetHeight;
  performance.mark("changed");
}"""


def changed(browser: Browser, page: Page, box: str, content: str) -> list[dict[str, Any]]:
    """Change what is in a box; return what the browser told of it."""

    def act() -> None:
        page.evaluate(CHANGE, [box, content])

    return traced(browser, page, act, marks=("changing", "changed"))


def name_of(session: CDPSession, number: int) -> str:
    """Return the name of a node of a trace."""
    node = session.send("DOM.describeNode", {"backendNodeId": number})["node"]
    return str(node["nodeName"])


def test_a_change_in_a_box_lays_out_no_other(browser: Browser, page: Page, course_url: str) -> None:
    bench = Bench(page, course_url, "udp/hello")
    bench.start()
    expect(bench.events.locator(".event").first).to_be_visible()
    session = page.context.new_cdp_session(page)
    for mode, box, content in BOXES:
        page.locator(f"see-view input[value={mode}]").evaluate("radio => radio.click()")
        expect(page.locator(content).locator(":scope > *").first).to_be_attached()
        told = changed(browser, page, box, content)
        roots = {
            name_of(session, root["nodeId"])
            for each in told
            if each["name"] == "Layout"
            for root in each["args"]["endData"]["layoutRoots"]
        }
        assert "#document" not in roots, box
        styled = [each["args"] for each in told if each["name"] == "UpdateLayoutTree"]
        assert sum(each["elementCount"] for each in styled) <= FEW, box
