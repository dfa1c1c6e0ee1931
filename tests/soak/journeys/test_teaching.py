"""An hour of teaching: a demo before a class, with all that may happen to it meanwhile."""

from __future__ import annotations

import re
import signal
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.bench import Bench, Client
from tests.browser.conftest import ROOT, SCREEN, OpenBench
from tests.browser.looks import let_all_come
from tests.ports import unused_port
from tests.server import Playground, serving
from tests.soak.journeys.wire import wire

pytestmark = pytest.mark.soak

# The browser's own words on a server, or a network, that is away.
AWAY = re.compile("WebSocket|net::ERR_")
PICTURE = "see-view input:checked"


def show(bench: Bench, mode: str) -> None:
    """Choose a picture, as with the mouse."""
    bench.page.locator("see-view label", has=bench.page.locator(f"input[value={mode}]")).click()


def heads(bench: Bench) -> Locator:
    """Return the heads of the diagram."""
    return bench.page.locator("sequence-diagram .diagram__head")


def expect_arrow(bench: Bench, text: str) -> None:
    """Expect a message in the diagram, in sight without anybody's doing."""
    said = bench.page.locator("sequence-diagram .say--data", has_text=text)
    expect(said.last).to_be_in_viewport()


def test_a_demo_in_two_windows_with_a_restart_of_the_server(open_bench: OpenBench) -> None:
    teacher = open_bench("tcp/echo")
    wall = open_bench("tcp/echo")
    for bench in (teacher, wall):
        show(bench, "text")
    port = unused_port()  # which nobody else takes while the server is away
    teacher.start(port=str(port))
    expect(wall.state).to_have_attribute("data-state", "listening")
    assert wall.port == port
    assert wall.address == teacher.address
    mine, theirs = teacher.client(), wall.client()
    take_turns(mine, "кафедра", theirs, "стена", on=(teacher, wall))
    assert mine.title.inner_text() != theirs.title.inner_text()
    for bench in (teacher, wall):
        for text in ("кафедра", "стена"):
            expect_arrow(bench, text)
        expect(bench.panel).to_contain_text("1 клиент")

    first_pid = pid_of(teacher)
    wall.stop()  # whoever is nearer
    expect(teacher.state).to_have_attribute("data-state", "exited")
    expect(theirs.notes.filter(has_text="← FIN")).to_be_visible()
    teacher.start()
    assert pid_of(wall) == pid_of(teacher) != first_pid
    assert wall.port == port
    theirs.press("Подключиться снова")
    expect(theirs.card).to_have_attribute("data-state", "open")
    take_turns(theirs, "снова", mine, "и снова", on=(teacher, wall))
    for bench in (teacher, wall):
        for text in ("снова", "и снова"):
            expect_arrow(bench, text)
        # The heads name who is there now, and nobody who has gone.
        expect(heads(bench).filter(has_text="server.py")).to_have_count(1)
        expect(heads(bench).filter(has_text=str(port))).to_have_count(1)
        expect(heads(bench).filter(has_text=mine.address.rpartition(":")[2])).to_have_count(1)


def take_turns(one: Client, text: str, other: Client, later: str, *, on: tuple[Bench, ...]) -> None:
    """Let one client be served while the other waits, then leave its place to that."""
    one.ask(text, text)
    answered = other.received.count()
    other.send(later)
    for bench in on:
        expect(bench.panel).to_contain_text("2 клиента")
        assert other.received.count() == answered
    one.press("Закрыть")
    expect(other.received).to_have_count(answered + 1)
    expect(other.received.last).to_have_text(later)


def say_and_leave(client: Client, text: str) -> None:
    """Be answered, and leave the server to the next one."""
    client.ask(text, text)
    client.press("Закрыть")
    expect(client.card).to_have_attribute("data-state", "closed")


def pid_of(bench: Bench) -> str:
    """Return the process of the server."""
    expect(bench.panel).to_contain_text(re.compile(r"выполняется · pid \d+"))
    found = re.search(r"pid (\d+)", bench.panel.inner_text())
    assert found
    return found[1]


def test_back_from_another_lab_finds_everything_as_it_was(open_bench: OpenBench) -> None:
    bench = open_bench("udp/hello")
    bench.start()
    bench.client().ask("до ухода", "Hello, client")
    bench.add_client().ask("и второй", "Hello, client")
    for mode in ("hex", "lanes", "text"):
        show(bench, mode)
        bench.page.locator("lab-reader").get_by_role("tab", name="Задание").click()
        bench.page.get_by_role("link", name="Следующая работа").click()
        expect(bench.page.get_by_role("heading", level=1)).to_have_text("Четыре строки")
        expect(bench.state).to_have_attribute("data-state", "none")
        bench.page.go_back()
        expect(bench.page.get_by_role("heading", level=1)).to_have_text("Привет, сервер")
        expect(bench.state).to_have_attribute("data-state", "listening")
        expect(bench.page.locator(PICTURE)).to_have_value(mode)
        expect(bench.page.locator("thread-lanes")).to_be_visible(visible=mode == "lanes")
        expect(bench.page.locator("sequence-diagram")).to_be_visible(visible=mode != "lanes")
        expect(bench.cards).to_have_count(2)
    expect_arrow(bench, "до ухода")
    bench.client().ask("после", "Hello, client")
    bench.client(1).ask("и я после", "Hello, client")
    for text in ("после", "и я после"):
        expect_arrow(bench, text)
    bench.page.go_forward()
    bench.page.go_back()
    expect_arrow(bench, "после")


def test_what_happens_while_a_window_is_offline_is_there_on_its_return(
    browser: Browser, page: Page, page_errors: list[str], course: Playground
) -> None:
    with wire(course.port) as way:
        bench = Bench(page, way.url, "tcp/echo")
        show(bench, "text")
        bench.start()
        bar = page.locator("connection-bar")
        let_all_come(page)
        other = browser.new_context(locale="ru", viewport=SCREEN)
        try:
            elsewhere = Bench(other.new_page(), course.url, "tcp/echo")
            show(elsewhere, "text")
            say_and_leave(elsewhere.client(), "раз")
            bench.client().ask("два", "два")
            for one in (bench, elsewhere):
                expect_arrow(one, "два")
            assert page.evaluate("navigator.onLine"), "this machine has no network to lose"
            way.fall_silent()
            page.context.set_offline(True)
            # Nothing says so but that nothing comes: it is asked at once, and has 5 s.
            expect(bar).to_contain_text("потеряна", timeout=10_000)
            elsewhere.client().send("без вас")  # the server still waits for the one that is away
            expect(elsewhere.client().card).to_have_attribute("data-state", "open")
            elsewhere.stop()
            elsewhere.start()
            second = pid_of(elsewhere)
            say_and_leave(elsewhere.client(), "ждём")
            way.mend()
            page.context.set_offline(False)
            expect(bar).to_be_hidden(timeout=10_000)
            expect(bench.panel).to_contain_text(f"выполняется · pid {second}")
            expect_arrow(bench, "ждём")
            client = bench.client()  # it heard nothing of its end, and learns of it from the others
            expect(client.failure).to_contain_text("Связь с Socket Lab потеряна.")
            client.press("Подключиться снова")
            client.ask("я здесь", "я здесь")
            for one in (bench, elsewhere):
                expect_arrow(one, "я здесь")
        finally:
            other.close()
            page.goto("about:blank")  # by then all has been told
            page.wait_for_load_state()
    page_errors[:] = [error for error in page_errors if not AWAY.search(error)]


def test_the_playground_is_restarted_under_a_demo_in_two_windows(
    page: Page, page_errors: list[str], tmp_path: Path
) -> None:
    port = unused_port()
    labs = ROOT / "labs"
    with serving(port=port, labs_dir=labs, data=tmp_path, ends_with=-signal.SIGKILL) as first:
        teacher = Bench(page, first.url, "tcp/echo")
        wall = Bench(page.context.new_page(), first.url, "tcp/echo")
        for bench in (teacher, wall):
            show(bench, "text")
        teacher.start()
        say_and_leave(teacher.client(), "до")
        wall.client().ask("и стена", "и стена")
        for bench in (teacher, wall):
            expect_arrow(bench, "и стена")
            let_all_come(bench.page)
        page.wait_for_timeout(1500)  # events are durable within a second: no event tells
        first.program.send_signal(signal.SIGKILL)
        for bench in (teacher, wall):
            expect(bench.page.locator("connection-bar")).to_contain_text("потеряна")
    with serving(port=port, labs_dir=labs, data=tmp_path):
        for bench in (teacher, wall):
            expect(bench.page.locator("connection-bar")).to_be_hidden()
            expect_arrow(bench, "и стена")
        teacher.panel.get_by_role("button", name=re.compile("Запустить")).first.click()
        for bench in (teacher, wall):
            expect(bench.state).to_have_attribute("data-state", "listening")
            say_and_leave(bench.client(), "потом")
            expect_arrow(bench, "потом")
        for bench in (teacher, wall):
            bench.page.goto("about:blank")
    page_errors[:] = [error for error in page_errors if not AWAY.search(error)]
