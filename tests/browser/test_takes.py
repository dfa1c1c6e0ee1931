"""Takes on the page: a second run of a lab is not drawn below the first."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.bench.pages import ROOT
from tests.browser.bench import Bench
from tests.browser.conftest import OpenBench, clear_board
from tests.ports import unused_port
from tests.server import ROOM, Playground, serving

# What the lanes draw: of how many runs, and how far their start is from the first thread's birth.
LANES = """() => {
  const { lanes, start } = document.querySelector('thread-lanes').model;
  return [new Set(lanes.map(({ run }) => run)).size, lanes[0].bornT - start];
}"""


def lanes_of(page: Page) -> tuple[int, float]:
    page.locator("see-view input[value=lanes]").evaluate("radio => radio.click()")
    expect(page.locator("thread-lanes")).to_contain_text("Студент 8")
    runs, after_s = page.evaluate(LANES)
    return runs, after_s


def run_to_the_end(bench: Bench) -> None:
    bench.press_start(args="--speed 20")
    bench.wait_for_good_end()


def test_the_lanes_of_each_run_begin_at_0_also_after_a_restart(page: Page, tmp_path: Path) -> None:
    port = unused_port()
    with serving(port=port, labs_dir=ROOT / "labs", data=tmp_path) as playground:
        bench = Bench(page, playground.url, "threads/semaphore")
        take = page.locator("take-bar")
        run_to_the_end(bench)
        expect(take.get_by_role("button", name="Новый дубль")).to_be_visible()
        expect(take.locator(".take__number")).to_be_hidden()
        run_to_the_end(bench)
        expect(take).to_contain_text("Дубль 2")
        runs, after_s = lanes_of(page)
        assert runs == 1
        assert after_s < 1
        page.goto("about:blank")
    with serving(port=port, labs_dir=ROOT / "labs", data=tmp_path):
        page.goto(f"{bench.url}?lang=ru")
        runs, after_s = lanes_of(page)
        assert runs == 1
        assert after_s < 1
        expect(take).to_contain_text("Дубль 2")
        take.get_by_role("button", name="‹ Дубль 1").click()
        assert lanes_of(page)[0] == 1
        take.get_by_role("button", name="Дубль 2 ›").click()
        assert lanes_of(page)[0] == 1
        page.goto("about:blank")


# The page has no time while its run ends and another one begins: it hears of both at once.
RESTART = """(room) => {
  const ask = (method, path, body) => {
    const request = new XMLHttpRequest();
    request.open(method, room + path, false);
    request.setRequestHeader("content-type", "application/json");
    request.send(body);
    if (request.status >= 300) throw new Error(request.response);
    return JSON.parse(request.response);
  };
  ask("DELETE", "/runs/" + ask("GET", "").runs.at(-1).id);
  const args = ["--speed", "1000"];
  ask("POST", "/runs", JSON.stringify({ lab: "threads/condition", program: "demo", args }));
}"""


def test_nothing_is_left_of_a_run_whose_end_and_the_next_take_came_at_once(
    open_bench: OpenBench, course: Playground
) -> None:
    clear_board(course, "threads/condition")
    bench = open_bench("threads/condition")
    see = bench.page.locator("see-view")
    bench.start(args="--speed 0.01")
    see.locator("input[value=lanes]").evaluate("radio => radio.click()")
    threads = see.locator(".lanes__name")
    expect(threads).to_have_count(5)
    bench.page.evaluate(RESTART, ROOM)
    expect(threads.filter(has_text="завершён")).to_have_count(5)
    expect(threads).to_have_count(5)
    see.locator("input[value=text]").evaluate("radio => radio.click()")
    expect(see.locator(".diagram__head")).to_have_count(1)


def test_a_new_take_clears_the_board_and_the_one_before_can_be_seen_again(
    open_bench: OpenBench,
) -> None:
    bench = open_bench("udp/hello")
    take = bench.page.locator("take-bar")
    bench.start()
    client = bench.client()
    client.ask("Hello, server", "Hello, client")
    client.press("Закрыть")
    expect(bench.events).to_contain_text("Hello, s")
    take.get_by_role("button", name="Новый дубль").press("n")
    expect(take).to_contain_text(re.compile(r"Дубль \d+"))
    expect(bench.events).not_to_contain_text("Hello, s")
    expect(client.title).to_have_text("Новый клиент")
    expect(client.sent).to_have_count(0)
    expect(bench.state).to_have_attribute("data-state", "listening")
    client.ask("Hello, again", "Hello, client")
    expect(client.title).to_have_text("Клиент 1")
    expect(bench.events).to_contain_text("Hello, a")
    take.get_by_role("button", name=re.compile("^‹")).click()
    expect(bench.events).to_contain_text("Hello, s")
    expect(bench.events).not_to_contain_text("Hello, a")
    take.get_by_role("button", name=re.compile("›$")).click()
    expect(bench.events).to_contain_text("Hello, a")


@pytest.mark.parametrize(
    ("lab", "press", "shown"),
    [
        ("chat/threads", "", ".chat__notice"),
        pytest.param("tcp/trapezoid", "Вычислить", ".form__answer", marks=pytest.mark.soak),
        pytest.param("http/page", "Открыть", ".browser__head", marks=pytest.mark.soak),
    ],
)
def test_a_new_take_clears_every_kind_of_client_card(
    open_bench: OpenBench, lab: str, press: str, shown: str
) -> None:
    bench = open_bench(lab)
    bench.start()
    card = bench.client().card
    if press:  # else the card joins by itself
        card.get_by_role("button", name=press).click()
    expect(card.locator(shown).filter(visible=True)).not_to_have_count(0)
    bench.page.locator("take-bar").get_by_role("button", name="Новый дубль").click()
    expect(card.locator(shown).filter(visible=True)).to_have_count(0)
