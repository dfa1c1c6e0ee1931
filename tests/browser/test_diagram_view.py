"""The sequence diagram and the thread lanes in the page: what is in it, what it answers."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.diagram_events import Json, Story, recording

LOAD = """async ({ name, css, events }) => {
  for (const file of css) {
    const link = document.createElement('link');
    const loaded = new Promise((done) => { link.onload = done; });
    Object.assign(link, { rel: 'stylesheet', href: `/css/${file}.css` });
    document.head.append(link);
    await loaded;
  }
  await import(`/js/${name === 'thread-lanes' ? 'lanes/lane' : 'diagram/diagram'}-view.js`);
  const box = document.body.appendChild(document.createElement('div'));
  box.style.cssText = 'display:flex;height:600px;width:640px';
  window.view = box.appendChild(document.createElement(name));
  window.view.take(events);
}"""
CSS = [
    "tokens", "base", "diagram", "diagram-shapes", "event-card", "lanes", "lane-shapes", "picture",
]  # fmt: skip


@pytest.fixture
def blank(page: Page, files_url: str) -> Page:
    page.goto(files_url)
    return page


def show(page: Page, events: list[Json], name: str = "sequence-diagram") -> Locator:
    page.evaluate(LOAD, {"name": name, "css": CSS, "events": events})
    view = page.locator(name)
    expect(view.locator("g.item").first).to_be_attached()
    return view


def test_only_what_is_in_view_is_in_the_page(blank: Page) -> None:
    story = Story()
    story.run("s")
    for k in range(3000):
        story.call("s", "bind", k / 10, local="127.0.0.1:5000")
    view = show(blank, story.events)
    assert view.locator("*").count() < 600
    scroll = view.locator(".diagram__scroll")
    scroll.evaluate("(box) => { box.scrollTop = 0; }")
    expect(view.get_by_role("button", name="To the end")).to_be_visible()
    assert view.locator("*").count() < 600


@pytest.mark.parametrize("name", ["lab_chat_threads", "lab_tcp_time", "echo3"])
def test_words_that_are_drawn_do_not_stand_over_each_other(blank: Page, name: str) -> None:
    """What the layout reckons for every lab (tests/page/diagram), measured for some."""
    show(blank, recording(name))
    over = blank.evaluate("""() => {
      const words = [...document.querySelectorAll('.say')].filter((each) => each.textContent);
      const boxes = words.map((each) => [each.getBoundingClientRect(), each.textContent]);
      const found = [];
      boxes.forEach(([a, said], i) => boxes.slice(i + 1).forEach(([b, other]) => {
        const width = Math.min(a.right, b.right) - Math.max(a.left, b.left);
        const height = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
        if (width > 2 && height > 4) found.push(`${said} / ${other}`);
      }));
      return { found, count: words.length };
    }""")
    assert over["count"] > 5
    assert over["found"] == []


@pytest.mark.parametrize("rem", [16, 24])
def test_the_picture_grows_with_the_text_of_the_page(blank: Page, rem: int) -> None:
    blank.add_style_tag(content=f"html {{ font-size: {rem}px !important }}")
    view = show(blank, recording("one_in_five"))
    view.evaluate("(view) => { view.parentElement.style.width = '900px'; }")
    blank.wait_for_function(
        "document.querySelector('.diagram__paper').getBoundingClientRect().width === 900"
    )
    heights = blank.evaluate("""() => {
      const code = document.body.appendChild(document.createElement('code'));
      code.textContent = 'x';
      code.style.fontSize = 'var(--fs-2)';
      const words = document.querySelector('.say--call');
      return [words, code].map((each) => each.getBoundingClientRect().height);
    }""")
    assert heights[0] >= heights[1] - 1
    for address in view.locator(".diagram__head > span").all():
        assert address.evaluate("span => span.scrollWidth <= span.clientWidth")
        assert re.search(r":\d+$", address.text_content() or "")


def test_a_click_asks_for_the_line_and_shows_everything(blank: Page) -> None:
    view = show(blank, recording("three_in_one"))
    blank.evaluate("addEventListener('show-call', ({ detail }) => { window.asked = detail; })")
    view.locator(".diagram__scroll").evaluate("(box) => { box.scrollTop = 0; }")
    view.get_by_text("wide", exact=False).first.click()
    asked: Any = blank.evaluate("window.asked")
    assert (asked["run"], asked["file"], asked["line"]) == ("r8", "client.py", 9)
    card = view.locator(".event-card")
    expect(card).to_contain_text("3 send() became one recv()")
    expect(card).to_contain_text("77 69 64 65 20")
    fields = card.locator("dl").first
    expect(fields).to_be_hidden()  # raw as they are, they are folded
    card.locator("summary").first.click()
    expect(fields).to_be_visible()
    expect(card).to_contain_text("127.0.0.1:37050")


def test_text_of_a_socket_is_text_and_shows_what_is_hidden(blank: Page) -> None:
    story = Story()
    story.run("s")
    story.call("s", "bind", 0.1, local="127.0.0.1:5000")
    story.call(
        "s",
        "recvfrom",
        1.0,
        local="127.0.0.1:5000",
        peer="127.0.0.1:9",
        payload="<img src=x>\u202e\x00".encode(),
        offset=0,
    )
    story.call("s", "close", 3.0)
    view = show(blank, story.events)
    expect(view.locator(".say--data")).to_have_text("<img src=x>⟨U+202E⟩\\x00")
    assert view.locator("img").count() == 0


@pytest.mark.parametrize(("name", "waits_in_kernel"), [("lab_chat_log", 3), ("lab_udp_hello", 0)])
def test_what_is_drawn_is_explained_and_nothing_else(
    blank: Page, name: str, waits_in_kernel: int
) -> None:
    view = show(blank, recording(name))
    for kind in ("dot", "buffer", "backlog"):
        key = view.locator(f".diagram__key--{kind}")
        expect(key).to_be_visible(visible=waits_in_kernel > 0)
    expect(view.locator(".diagram__key--call")).to_be_visible()
    expect(view.locator(".diagram__key--join")).to_be_hidden()


def test_the_past_is_drawn_step_by_step(blank: Page) -> None:
    view = show(blank, recording("one_in_five"))
    whole = view.locator("g.item").count()
    blank.evaluate("view.until = view.stops.at(-13).t")
    assert blank.evaluate("view.until") is not None
    blank.evaluate("view.until = view.stops[0].t")
    expect(view.locator("g.item")).to_have_count(1)
    blank.evaluate("view.until = null")
    expect(view.locator("g.item")).to_have_count(whole)


def test_keys_walk_through_the_picture_and_name_where_they_are(blank: Page) -> None:
    view = show(blank, recording("one_in_five"))
    scroll = view.locator(".diagram__scroll")
    scroll.focus()
    blank.keyboard.press("Home")
    expect(view.locator(".event-card__title")).to_contain_text("socket")
    expect(view.locator("g.is-focused")).to_have_attribute("aria-description", re.compile("socket"))
    blank.keyboard.press("ArrowDown")
    expect(view.locator(".event-card__title")).not_to_contain_text("socket")
    blank.keyboard.press("Escape")
    expect(view.locator(".event-card")).to_be_hidden()


def test_the_calls_of_a_line_are_lit(blank: Page) -> None:
    view = show(blank, recording("one_in_five"))
    blank.evaluate("view.highlight = { run: 'r10', file: 'client.py', line: 9 }")
    expect(view.locator("g.is-lit")).to_have_count(1)


def test_threads_have_lanes_and_a_semaphore_its_steps(blank: Page) -> None:
    view = show(blank, recording("semaphore"), "thread-lanes")
    expect(view.locator(".lanes__name")).to_have_count(10)
    expect(view.locator(".permits")).to_have_count(1)
    view.locator(".lane-wait--sync").first.click()
    expect(view.locator(".event-card")).to_contain_text("Semaphore")


def test_a_break_goes_through_all_lanes_and_says_how_much_is_missing(blank: Page) -> None:
    story = Story()
    common: Json = {"run": "d", "thread": "T1", "tid": 1}
    story.tell("thread", 1.0, event="began", **common)
    story.tell("dropped", 1.5, run="d", what="calls", count=250, bytes=0)
    story.tell("thread", 2.0, event="ended", **common)
    view = show(blank, story.events, "thread-lanes")
    expect(view.locator(".item--break text")).to_have_text("250 events were not recorded")
    view.locator(".item--break .break").click(force=True)
    expect(view.locator(".event-card")).to_contain_text("faster than they could be recorded")


def test_the_lanes_stay_at_the_moment_that_is_shown(blank: Page) -> None:
    events = recording("semaphore")
    view = show(blank, events, "thread-lanes")
    view.get_by_role("button", name="Zoom in").click(click_count=6, delay=50)
    box = view.locator(".lanes__scroll")
    blank.evaluate("view.until = view.model.start + 0.01")
    expect(view.get_by_role("button", name="To now")).to_be_hidden()
    assert box.evaluate("box => box.scrollLeft") < 400
    blank.evaluate("view.until = null")
    expect(view.get_by_role("button", name="To now")).to_be_hidden()
    blank.wait_for_function(
        "() => { const b = document.querySelector('.lanes__scroll');"
        " return b.scrollLeft > 400 && b.scrollLeft + b.clientWidth >= b.scrollWidth - 2; }"
    )


# Feeds the view with what many threads do, made in the page: each holds a lock for a moment.
MANY = """({ threads, each, living }) => {
  const events = [];
  const tell = (type, t, tid, fields) => events.push(
    { seq: events.length + 1, type, t, run: 'd', thread: `T${tid}`, tid, ...fields });
  for (let tid = 1; tid <= threads; tid++) {
    tell('thread', tid, tid, { event: 'began' });
    for (let k = 0; k < each; k++) {
      tell('sync', tid + k / each, tid, { event: 'acquired', object: tid, kind: 'Lock' });
      tell('sync', tid + (k + 0.5) / each, tid, { event: 'released', object: tid, kind: 'Lock' });
    }
    if (tid > living) tell('thread', tid + 1, tid, { event: 'ended' });
  }
  for (let k = 0; k < events.length; k += 1000) window.view.take(events.slice(k, k + 1000));
}"""


def many(blank: Page, *, threads: int, each: int, living: int) -> Locator:
    story = Story()
    story.tell("thread", 0.5, event="began", run="d", thread="T0", tid=0)
    view = show(blank, story.events, "thread-lanes")
    blank.evaluate("view.clear()")
    blank.evaluate(MANY, {"threads": threads, "each": each, "living": living})
    return view


def test_of_very_many_threads_those_in_view_are_in_the_page_and_the_others_are_counted(
    blank: Page,
) -> None:
    view = many(blank, threads=5000, each=1, living=300)
    names = view.locator(".lanes__name b")
    expect(names.first).to_have_text(re.compile(r"^\+4,\d\d\d ended threads"))
    expect(names.nth(1)).to_have_text("T1")
    assert view.locator("*").count() < 900
    box = view.locator(".lanes__scroll")
    box.evaluate("(box) => { box.scrollTop = box.scrollHeight; }")
    expect(names.last).to_have_text("T5000")
    assert view.locator("*").count() < 900


def test_what_is_not_kept_any_more_is_said_where_it_ends(blank: Page) -> None:
    view = many(blank, threads=2, each=12_000, living=2)
    expect(view.locator(".item--cut text")).to_have_text("earlier: not kept")


def test_where_more_is_held_than_can_be_seen_one_says_how_much_more(blank: Page) -> None:
    view = many(blank, threads=2, each=5_000, living=2)
    expect(view.locator(".item--hold").first).to_be_attached()
    assert view.locator("g.item").count() < 1100
    blank.evaluate(
        "view.querySelector('.item--hold').dispatchEvent(new Event('click', {bubbles: true}))"
    )
    expect(view.locator(".event-card__title")).to_contain_text(re.compile(r"and \d+ more here"))


@pytest.mark.parametrize(
    ("name", "is_told"), [("lab_threads_condition", True), ("lab_threads_semaphore", False)]
)
def test_a_wake_that_woke_nobody_is_explained_where_there_is_one(
    blank: Page, name: str, is_told: bool
) -> None:
    lanes = show(blank, recording(name), "thread-lanes")
    expect(lanes.locator(".lanes__key--wait")).to_be_visible()
    expect(lanes.locator(".lanes__key--lost")).to_be_visible(visible=is_told)


ABOVE_WORDS = """(wakes) => wakes.filter((wake) => wake.previousElementSibling?.matches(
  '.item:not(.item--wake)')).length"""


def test_no_arrow_strikes_through_words_of_the_lanes_in_whatever_order_they_come(
    blank: Page,
) -> None:
    events = recording("lab_threads_semaphore")
    half = len(events) // 2
    lanes = show(blank, events[:half], "thread-lanes")
    expect(lanes.locator(".item--wake").first).to_be_attached()
    before = lanes.locator(".lane-wait").count()
    blank.evaluate("events => view.take(events)", events[half:])
    expect(lanes.locator(".lane-wait").nth(before)).to_be_attached()
    assert lanes.locator(".item--wake").evaluate_all(ABOVE_WORDS) == 0
    halo = "words => getComputedStyle(words).paintOrder"
    assert lanes.locator(".lane-say--hold").first.evaluate(halo).startswith("stroke")
    expect(lanes.locator(".lanes__key--life")).to_be_visible()  # what the dotted ones are
