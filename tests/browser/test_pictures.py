"""What pictures of labs in use have shown: names cut, words behind others, words too faint."""

from __future__ import annotations

import re
from base64 import b64encode
from typing import Literal

import pytest
from playwright.sync_api import FloatRect, Page, expect

from tests.browser.conftest import OpenBench
from tests.browser.looks import comes_true, let_draw
from tests.browser.test_labs_http import MiniBrowser
from tests.server import Playground

pytestmark = pytest.mark.soak

IS_CUT = """(node, words) => {
  node.textContent = words;
  return node.scrollWidth > node.clientWidth || node.scrollHeight > node.clientHeight
    || node.getBoundingClientRect().height > node.closest(".header").clientHeight;
}"""

# How far the brightest and the darkest pixels of a picture are apart.
SHADES = """async (picture) => {
  const bytes = Uint8Array.from(atob(picture), (each) => each.charCodeAt(0));
  const image = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
  const paper = new OffscreenCanvas(image.width, image.height).getContext("2d");
  paper.drawImage(image, 0, 0);
  const { data } = paper.getImageData(0, 0, image.width, image.height);
  const greens = data.filter((_, i) => i % 4 === 1);
  return Math.max(...greens) - Math.min(...greens);
}"""

# How much lighter, or darker, than its ground a word is: as WCAG has it.
CONTRAST = """(node) => {
  const rgb = (css) => css.match(/[\\d.]+/g).slice(0, 3).map(Number);
  const light = (colour) => colour
    .map((each) => each / 255)
    .map((each) => (each <= 0.04045 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4))
    .reduce((sum, each, i) => sum + each * [0.2126, 0.7152, 0.0722][i], 0);
  const head = node.closest(".diagram__head");
  const ground = rgb(getComputedStyle(head).backgroundColor);
  const seen = Number(getComputedStyle(head).opacity);
  const ink = rgb(getComputedStyle(node).color)
    .map((each, i) => seen * each + (1 - seen) * ground[i]);
  const [dark, bright] = [light(ink), light(ground)].sort((a, b) => a - b);
  return (bright + 0.05) / (dark + 0.05);
}"""


def test_on_a_phone_the_name_of_each_lab_is_whole(
    open_bench: OpenBench, course: Playground
) -> None:
    bench = open_bench("tcp/echo")
    bench.page.set_viewport_size({"width": 360, "height": 780})
    with course.asked() as api:
        titles = [lab["title"] for lab in api.get("/api/labs").json()["labs"]]
    name = bench.page.locator(".crumb h1")
    assert len(titles) == 20
    assert [
        words for title in titles for words in title.values() if name.evaluate(IS_CUT, words)
    ] == []


HEADS_ARE_EVEN = """() => new Set(
  [...document.querySelectorAll(".diagram__head")].map((head) => head.offsetWidth)).size === 1"""


def show_arrows(page: Page) -> None:
    """Choose the sequence diagram."""
    page.locator("see-view input[value=text]").evaluate("radio => radio.click()")


def shades_of(page: Page, part: FloatRect) -> int:
    """Return how far the pixels of a part of the page are apart."""
    picture = b64encode(page.screenshot(clip=part)).decode()
    shades: int = page.evaluate(SHADES, picture)
    return shades


def test_nothing_is_seen_between_the_heads_of_what_passes_behind(open_bench: OpenBench) -> None:
    bench = open_bench("udp/hello")
    bench.start(port="0")
    bench.client().ask("раз", "Hello, client")
    bench.add_client().ask("два", "Hello, client")
    show_arrows(bench.page)
    bench.page.set_viewport_size({"width": 1920, "height": 500})
    heads = bench.page.locator(".diagram__head")
    expect(heads).to_have_count(3)
    assert comes_true(bench.page, HEADS_ARE_EVEN)
    server, client = (heads.nth(i).bounding_box() for i in (1, 2))
    assert server
    assert client
    left = server["x"] + server["width"] + 2
    between: FloatRect = {
        "x": left,
        "y": server["y"],
        "width": client["x"] - left - 2,
        "height": server["height"] - 1,
    }
    scroll = bench.page.locator("sequence-diagram .diagram__scroll")
    for top in range(0, 60, 6):
        scroll.evaluate("(box, top) => box.scrollTo({ top })", top)
        let_draw(bench.page)
        assert scroll.evaluate("box => box.scrollTop") == top
        assert shades_of(bench.page, between) <= 2, top  # of a gradient's end


def test_the_way_to_the_end_stands_on_no_button(open_bench: OpenBench) -> None:
    bench = open_bench("udp/hello")
    bench.start(port="0")
    for said in ("раз", "два", "три"):
        bench.client().ask(said, "Hello, client")
    show_arrows(bench.page)
    bench.page.set_viewport_size({"width": 1280, "height": 500})
    let_draw(bench.page)
    picture = bench.page.locator("sequence-diagram")
    picture.locator(".diagram__scroll").evaluate("box => box.scrollTo({ top: 0 })")
    end, zoom = picture.locator(".diagram__end"), picture.locator(".picture__zoom")
    expect(end).to_be_visible()
    button, others = end.bounding_box(), zoom.bounding_box()
    assert button
    assert others
    assert button["y"] + button["height"] <= others["y"]


def test_a_card_has_half_of_a_large_picture_and_no_unit_alone_on_a_line(
    open_bench: OpenBench,
) -> None:
    bench = open_bench("udp/transform")
    bench.start(port="0")
    said = "А роза упала на лапу Азора"
    bench.client().ask(said, f"{said}\n{said[::-1]}\n{said.upper()}\n{len(said)}")
    show_arrows(bench.page)
    bench.page.set_viewport_size({"width": 3840, "height": 2160})
    let_draw(bench.page)
    picture = bench.page.locator("sequence-diagram")
    picture.locator(".item--transfer").last.locator("text").first.click()
    card = picture.locator(".event-card.is-pinned")
    title = card.locator(".event-card__title").text_content() or ""
    assert re.search(r"\d\xa0(байт|мс)", title)
    assert not re.search(r"\d (байт|мс)", title)
    assert not card.evaluate("card => card.scrollHeight > card.clientHeight + 1")


def test_the_page_in_the_mini_browser_is_as_high_as_what_stands_beside_it(
    open_bench: OpenBench,
) -> None:
    bench = open_bench("http/page")
    bench.page.set_viewport_size({"width": 3840, "height": 2160})
    bench.start(port="0")
    browser = MiniBrowser(bench.client().card)
    browser.go("/")
    browser.expect_status("200 OK")
    let_draw(bench.page)
    parts = browser.card.locator(".browser__page, .browser__response")
    bottoms = parts.evaluate_all(
        "nodes => nodes.map((node) => node.getBoundingClientRect().bottom)"
    )
    assert max(bottoms) - min(bottoms) <= 1


def test_a_task_names_each_lab_before_it_once(open_bench: OpenBench) -> None:
    bench = open_bench("tcp/time")
    before = bench.page.locator(".task-facts a.tag")
    expect(before).to_have_text(
        ["Сначала: Служба времени и with", "Сначала: Преобразование строки"]
    )


def test_a_client_that_has_ended_can_be_read(open_bench: OpenBench) -> None:
    bench = open_bench("http/page")
    bench.start(port="0")
    browser = MiniBrowser(bench.client().card)
    browser.go("/")
    browser.expect_status("200 OK")
    show_arrows(bench.page)
    over = bench.page.locator(".diagram__head--over")
    expect(over).to_have_count(1)
    schemes: tuple[Literal["light", "dark"], ...] = ("light", "dark")
    for scheme in schemes:
        bench.page.emulate_media(color_scheme=scheme)
        let_draw(bench.page)
        for words in over.locator("b, span").all():
            assert words.evaluate(CONTRAST) >= 4.5, (scheme, words.text_content())
