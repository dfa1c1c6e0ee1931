"""Colours that a person has forced: by a sign or a pattern one can tell what a thread does and what
is chosen, in the few colours that are left.
"""

from __future__ import annotations

import base64
import itertools
from typing import Any, Literal

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.server import Playground
from tests.soak.journeys.colours import COLOURS
from tests.soak.journeys.keys import Keys

pytestmark = pytest.mark.soak

Scheme = Literal["light", "dark"]

# Colours as a person sees them; `see(selector)` is how an element looks, and with "::before" how
# the sign before it does.
WORDS = (
    COLOURS
    + """
  const system = (name) => {
    const probe = document.createElement("i");
    probe.style.cssText = `forced-color-adjust: none; color: ${name}`;
    document.body.append(probe);
    const { color } = getComputedStyle(probe);
    probe.remove();
    return color;
  };
  const isSame = (a, b) => String(numbers(a)) === String(numbers(b));
  const canvas = system("Canvas");
  const see = (selector, part = null) => {
    const style = getComputedStyle(document.querySelector(selector), part);
    const isThere = (colour) => numbers(colour)[3] > 127 && !isSame(colour, canvas);
    return {
      style, isFilled: isThere(style.backgroundColor),
      edges: ["Top", "Left", "Bottom"].map((side) =>
        Number.parseFloat(style[`border${side}Width`]) > 0 && isThere(style[`border${side}Color`])
          ? style[`border${side}Style`] : "none").join(" "),
      round: style.borderTopLeftRadius, size: `${style.width} ${style.height}`,
    };
  };
  const sign = (selector, part) => {
    const { isFilled, edges, round, size } = see(selector, part);
    return [isFilled, edges, round, size].join(", ");
  };
  // A shape of a picture without its colour: how high, filled or not, how its edge is drawn.
  const shape = (selector) => {
    const one = document.querySelector(selector);
    const { fill, stroke, strokeDasharray, strokeWidth } = getComputedStyle(one);
    const isFilled = fill !== "none" && !isSame(fill, canvas);
    const colour = isFilled ? fill : stroke;
    return {
      contrast: ratio(colour, canvas),
      sign: [one.localName, one.getAttribute("height"), isFilled,
             isFilled ? "" : `${strokeDasharray} ${strokeWidth}`].join(", "),
    };
  };
"""
)
# The part of a picture (a PNG) that stands out from the colour of its first pixel.
INK = (
    f"async (png) => {{{COLOURS}"
    + """
  const bytes = Uint8Array.from(atob(png), (each) => each.charCodeAt(0));
  const image = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
  const canvas = new OffscreenCanvas(image.width, image.height).getContext("2d");
  canvas.drawImage(image, 0, 0);
  const { data } = canvas.getImageData(0, 0, image.width, image.height);
  const ground = data.slice(0, 3);
  let count = 0;
  for (let i = 0; i < data.length; i += 4) {
    if (contrast(ground, data.slice(i, i + 3)) >= 3) count += 1;
  }
  return count / (data.length / 4);
}"""
)


class Eyes:
    """A page in forced colours, and what can be told apart there."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def see(self, expression: str) -> Any:
        """Return what an expression in the words above is."""
        return self.page.evaluate(f"() => {{ {WORDS} return {expression}; }}")

    def sign(self, selector: str, part: str = "") -> str:
        """Return how something looks, whatever its colour."""
        found: str = self.see(f"sign({selector!r}, {part!r} || null)")
        return found

    def are_apart(self, *selectors: str, part: str = "") -> None:
        """See that each of these looks unlike the others, in its shape or pattern."""
        signs = {selector: self.sign(selector, part) for selector in selectors}
        for a, b in itertools.combinations(selectors, 2):
            assert signs[a] != signs[b], f"{a} looks like {b}: {signs[a]}"

    def shapes_are_apart(self, *selectors: str) -> None:
        """See that shapes of a picture are seen, and unlike each other but for their colour."""
        shapes = {selector: self.see(f"shape({selector!r})") for selector in selectors}
        for selector, shape in shapes.items():
            assert shape["contrast"] >= 3, (selector, shape)
        for a, b in itertools.combinations(selectors, 2):
            assert shapes[a]["sign"] != shapes[b]["sign"], f"{a} looks like {b}: {shapes[a]}"

    def is_chosen(self, selector: str, other: str) -> None:
        """See that a thing stands out as chosen, in the person's own colour, another does not."""
        assert self.see(f"isSame(see({selector!r}).style.backgroundColor, system('Highlight'))")
        assert self.see(f"isSame(see({selector!r}).style.color, system('HighlightText'))")
        assert not self.see(f"isSame(see({other!r}).style.backgroundColor, system('Highlight'))")

    def has_edge(self, selector: str, other: str) -> None:
        """See that a tab has an edge that the others do not have."""
        assert self.sign(selector).split(", ")[1] != self.sign(other).split(", ")[1], selector
        assert "solid" in self.sign(selector).split(", ")[1]

    def ink(self, element: Locator) -> float:
        """Return which part of an element can be seen."""
        found: float = self.page.evaluate(INK, base64.b64encode(element.screenshot()).decode())
        return found


@pytest.fixture(params=["light", "dark"])
def eyes(request: pytest.FixtureRequest, page: Page) -> Eyes:
    scheme: Scheme = request.param
    page.emulate_media(forced_colors="active", color_scheme=scheme)
    return Eyes(page)


def start(eyes: Eyes, course: Playground, lab: str, state: str) -> None:
    page = eyes.page
    page.goto(f"{course.url}/r/local/labs/{lab}?lang=en")
    expect(page.locator("run-state")).to_have_attribute("data-state", "none")
    page.locator("run-panel .run__button").click()
    expect(page.locator("run-state")).to_have_attribute("data-state", state)


def test_threads_that_wait_and_hold(eyes: Eyes, course: Playground) -> None:
    page = eyes.page
    start(eyes, course, "threads/semaphore", "running")
    for shape in (".lane-wait--sync", ".lane-wait--join", ".lane-hold", ".wake"):
        expect(page.locator(f"thread-lanes {shape}").first).to_be_attached()
    eyes.shapes_are_apart(".life", ".lane-wait--sync", ".lane-wait--join", ".lane-hold")
    keys = [f".lanes__key--{kind}" for kind in ("run", "wait", "join", "hold", "wake", "lost")]
    eyes.are_apart(*keys, part="::before")
    said = "see('.lane-wait--sync + g .lane-say').style.fill"
    expect(page.locator(".lane-wait--sync + g .lane-say").first).to_be_attached()
    assert eyes.see(f"ratio({said}, see('.lane-wait--sync').style.fill)") >= 4.5
    page.locator("#tab-demo\\.py").click()
    expect(page.locator(".panel.is-shown .code-line.is-lit").first).to_be_visible()
    the_code_is_told_apart(eyes)


def the_code_is_told_apart(eyes: Eyes) -> None:
    """The line on which a thread waits, the tab that is shown, a switch that is on."""
    lit, other = ".panel.is-shown .code-line.is-lit", ".panel.is-shown .code-line:not(.is-lit)"
    eyes.has_edge(lit, other)
    assert eyes.see(f"see({lit!r}).style.outlineStyle") == "solid"
    assert eyes.see(f"see({other!r}).style.outlineStyle") == "none"
    assert "solid" in eyes.sign(f"{lit} .code-chip")
    eyes.has_edge(
        "lab-reader [role=tab][aria-selected=true]",
        "lab-reader [role=tab]:not([aria-selected=true])",
    )
    switch = eyes.page.locator(".panel.is-shown .code-switch").first
    switch.click()
    pressed = ".panel.is-shown .code-switch"
    eyes.is_chosen(f"{pressed}[aria-pressed=true]", f"{pressed}[aria-pressed=false]")
    mark = eyes.page.locator(".panel.is-shown .code-mark").first
    assert eyes.ink(mark) > 0.005


def test_clients_that_wait_for_each_other(eyes: Eyes, course: Playground) -> None:
    page = eyes.page
    start(eyes, course, "chat/log", "listening")
    page.get_by_role("button", name="+ Client", exact=True).click()
    for number in (0, 1):
        card = page.locator("client-card").nth(number)
        card.get_by_label("Message", exact=True).fill("hello")
        card.get_by_role("button", name="Send", exact=True).click()
        expect(card).to_have_attribute("data-state", "open")
        expect(card.locator(".log__entry--sent")).to_have_count(1)
    for shape in (".hold--backlog", ".wait", ".hold-dot", ".say--data"):
        expect(page.locator(f"sequence-diagram {shape}").first).to_be_attached()
    eyes.shapes_are_apart(".wait", ".hold--backlog", ".hold-dot", ".lifeline")
    eyes.are_apart(
        *(f".diagram__key--{kind}" for kind in ("dot", "buffer", "backlog", "call")),
        part="::before",
    )
    # Words keep clear of lines: their halo has the colour of the ground.
    assert eyes.see("isSame(see('.say--data').style.stroke, canvas)")
    assert eyes.see("ratio(see('.say--data').style.fill, canvas)") >= 4.5
    mode = "see-view label:has(input[value={}]) span"
    eyes.is_chosen(mode.format("text"), mode.format("list"))

    slider = page.locator("see-view .see__slider")
    assert eyes.ink(slider) > 0.02
    forth = "see-view button[aria-keyshortcuts='.']"
    assert eyes.see(f"isSame(see({forth!r}).style.color, system('GrayText'))")
    page.locator("see-view .see__pause").click()
    eyes.is_chosen(".see__pause[aria-pressed=true]", "see-view button[aria-keyshortcuts=',']")
    assert not eyes.see(f"isSame(see({forth!r}).style.color, system('GrayText'))")

    page.locator(mode.format("list")).click()
    row = page.locator("event-list .event").first
    row.click()
    assert eyes.see("see('.event[aria-selected=true]').style.outlineStyle") == "solid"
    swatch = "client-card[data-state=open] .client__swatch"
    assert eyes.see(f"ratio(see({swatch!r}).style.backgroundColor, canvas)") >= 3


def test_states_and_focus(eyes: Eyes, course: Playground) -> None:
    page = eyes.page
    start(eyes, course, "tcp/echo", "listening")
    page.evaluate(
        "() => document.body.append(...['', 'on', 'wait', 'bad'].map((kind) =>"
        " Object.assign(document.createElement('b'),"
        " { className: `dot ${kind && `dot--${kind}`}`, id: `probe-${kind}` })))"
    )
    eyes.are_apart("#probe-", "#probe-on", "#probe-wait", "#probe-bad")
    assert eyes.see("see('run-console').style.borderTopStyle") == "solid"  # below the clients
    keys = Keys(page)
    for selector in (
        *("lab-reader [role=tab]", "see-view input:checked", ".see__slider"),
        *(".run__button", "client-card textarea", ".console__tab"),
    ):
        page.keyboard.press("Shift")  # the focus that comes by script is seen, then
        page.locator(selector).first.focus()
        keys.look(selector)
    assert keys.problems == []


def test_a_recording(eyes: Eyes, course: Playground) -> None:
    page = eyes.page
    page.goto(f"{course.url}/replay?lang=en&example=1")
    for _ in range(5):
        page.locator(".playback__forward").click()
    expect(page.locator(".playback__count")).to_contain_text("event 5 of")
    assert eyes.ink(page.locator(".playback__slider")) > 0.02
