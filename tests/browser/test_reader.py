"""The Read column in a real browser: guided through the notes, and lit by running threads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Modules
from tests.lab_folder import write_lab
from tests.server import Playground, serving

Json = dict[str, Any]


@pytest.fixture(scope="module")
def playground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Playground]:
    labs_dir = tmp_path_factory.mktemp("reader") / "labs"
    write_lab(labs_dir)
    with serving(labs_dir=labs_dir) as playground:
        yield playground


# Each script at its own address, so that one of them can be kept away.
PLAIN = "modules=plain"


@pytest.fixture
def alone(page: Page) -> Page:
    """Keep the workbench's own script away: nobody but the test lights lines."""
    page.route(
        "**/js/pages/workbench.js",
        lambda route: route.fulfill(content_type="text/javascript", body=""),
    )
    return page


@pytest.fixture
def workbench(alone: Page, playground: Playground) -> Page:
    page = alone
    page.goto(f"{playground.url}/r/local/labs/udp/hello?lang=en&{PLAIN}")
    assert page.locator("connection-bar").count() == 0, "the workbench's own script has run"
    return page


def reader(page: Page, script: str, value: Any = None) -> Any:
    return page.locator("lab-reader").evaluate(f"(reader, v) => {{ {script} }}", value)


def light(page: Page, *waits: Json, now: float | None = None, file: str = "server.py") -> None:
    value = {"file": file, "waits": list(waits), "now": now}
    reader(page, "reader.light(v.file, v.waits, v.now)", value)


def line(page: Page, number: int, file: str = "server.py") -> Locator:
    return page.locator(f'[data-file="{file}"] .code-line[data-line="{number}"]')


def tab(page: Page, name: str) -> Locator:
    return page.locator("lab-reader").get_by_role("tab", name=name, exact=True)


class TestGuide:
    def test_leads_through_the_notes_of_all_programs_and_back_to_the_task(
        self, workbench: Page
    ) -> None:
        start = workbench.get_by_role("button", name="Guide me")
        expect(workbench.get_by_text("2 steps through the code")).to_be_visible()
        start.click()
        expect(workbench.locator("#server-note-1")).to_contain_text("Step 1 of 2")
        expect(workbench.get_by_role("button", name="Next")).to_be_focused()
        workbench.keyboard.press("Enter")
        expect(workbench.locator("#client-note-1")).to_contain_text("Step 2 of 2")
        expect(tab(workbench, "client.py")).to_have_attribute("aria-selected", "true")
        finish = workbench.get_by_role("button", name="Finish")
        expect(finish).to_be_focused()
        finish.press("Enter")
        expect(workbench.locator(".note.is-open")).to_have_count(0)
        expect(start).to_be_focused()

    @pytest.mark.soak
    def test_shows_how_far_it_is(self, workbench: Page) -> None:
        workbench.keyboard.press("g")
        bar = workbench.locator(".guide-bar:visible")
        values = []
        for _ in range(2):
            values.append(bar.evaluate("(bar) => bar.value / bar.max"))
            workbench.keyboard.press("n")
        assert values == [0.5, 1.0]

    @pytest.mark.soak
    def test_begins_with_the_same_key_on_a_russian_keyboard(self, workbench: Page) -> None:
        workbench.locator("body").dispatch_event("keydown", {"key": "п", "bubbles": True})
        expect(workbench.locator("#server-note-1")).to_be_visible()

    @pytest.mark.soak
    def test_ends_with_escape_after_which_notes_count_by_program_again(
        self, workbench: Page
    ) -> None:
        workbench.keyboard.press("g")
        workbench.keyboard.press("Escape")
        workbench.keyboard.press("n")
        expect(workbench.locator("#server-note-1")).to_contain_text("1 of 1")
        expect(workbench.locator(".guide-bar:visible")).to_have_count(0)

    @pytest.mark.soak
    def test_without_it_the_last_note_has_no_next(self, workbench: Page) -> None:
        for key in ("n", "n", "n"):
            workbench.keyboard.press(key)
        expect(workbench.locator("#client-note-1")).to_be_visible()
        expect(workbench.get_by_role("button", name="Next")).to_be_disabled()


WAIT: Json = {"line": 7, "label": "MainThread waits here · recvfrom", "since": 10.0}


class TestLight:
    def test_lights_the_line_and_says_who_waits_there_and_for_how_long(
        self, workbench: Page
    ) -> None:
        tab(workbench, "server.py").click()
        light(workbench, WAIT, now=14.23)
        expect(line(workbench, 7)).to_have_class("code-line is-lit")
        expect(line(workbench, 7).locator(".code-chip")).to_have_text(
            "MainThread waits here · recvfrom · 4.2 s"
        )
        text, chip = (line(workbench, 7).locator(f".code-{name}") for name in ("text", "chip"))
        boxes = text.bounding_box(), chip.bounding_box()
        assert boxes[0]
        assert boxes[1]
        assert boxes[1]["y"] >= boxes[0]["y"] + boxes[0]["height"] - 2

    @pytest.mark.soak
    def test_counts_threads_on_one_line(self, workbench: Page) -> None:
        second = {**WAIT, "label": "Thread-1 waits here · recvfrom", "since": 12.0}
        light(workbench, WAIT, second, now=14.0)
        chip = line(workbench, 7).locator(".code-chip")
        expect(chip).to_have_text("2 threads wait here · 4.0 s")
        expect(chip).to_have_attribute("title", f"{WAIT['label']}\n{second['label']}")

    @pytest.mark.soak
    def test_counts_in_russian(self, alone: Page, playground: Playground) -> None:
        alone.goto(f"{playground.url}/r/local/labs/udp/hello?lang=ru&{PLAIN}")
        light(alone, WAIT, WAIT, now=14.0)
        expect(line(alone, 7).locator(".code-chip")).to_have_text("2 потока ждут здесь · 4,0 с")

    def test_puts_out_what_is_over_and_touches_nothing_else(self, workbench: Page) -> None:
        light(workbench, WAIT, now=14.0)
        changes = reader(
            workbench,
            """
            let changes = 0;
            const watch = new MutationObserver((list) => { changes += list.length; });
            watch.observe(reader, {subtree: true, childList: true, attributes: true,
                                   characterData: true});
            reader.light("server.py", v, 14.0);
            reader.light("server.py", v, 14.01);
            changes += watch.takeRecords().length;
            watch.disconnect();
            return changes;
            """,
            [WAIT],
        )
        assert changes == 0
        light(workbench, {**WAIT, "line": 8})
        expect(workbench.locator(".is-lit")).to_have_count(1)
        light(workbench)
        expect(workbench.locator(".is-lit, .code-chip")).to_have_count(0)

    @pytest.mark.soak
    def test_of_a_file_that_is_not_shown_nothing_happens(self, workbench: Page) -> None:
        light(workbench, WAIT, file='no"such.py')
        light(workbench, {**WAIT, "line": 700})
        expect(workbench.locator(".is-lit")).to_have_count(0)

    @pytest.mark.soak
    def test_the_chip_is_not_copied_with_the_code(self, workbench: Page) -> None:
        tab(workbench, "server.py").click()
        light(workbench, WAIT)
        copied = workbench.evaluate(
            """() => {
              getSelection().selectAllChildren(document.querySelector('.panel.is-shown .code'));
              return String(getSelection());
            }"""
        )
        assert "recvfrom(65535)" in copied
        assert "waits here" not in copied


class TestOffer:
    def test_the_note_of_a_lit_line_is_offered_and_opened(self, workbench: Page) -> None:
        tab(workbench, "server.py").click()
        light(workbench, WAIT)
        offer = workbench.get_by_role("button", name="Line 7: A port, and waiting")
        offer.click()
        expect(workbench.locator("#server-note-1")).to_be_visible()

    @pytest.mark.soak
    def test_is_taken_back_when_nobody_waits(self, workbench: Page) -> None:
        tab(workbench, "server.py").click()
        light(workbench, WAIT)
        light(workbench)
        expect(workbench.get_by_role("button", name="Walk through the code")).to_be_visible()

    def test_says_whether_there_is_a_note(self, workbench: Page) -> None:
        script = 'return [7, 3, null, 700].map((line) => reader.offerNote("server.py", line))'
        assert reader(workbench, script) == [True, False, False, False]


class TestLines:
    def test_show_line_brings_its_program_to_the_front(self, workbench: Page) -> None:
        assert reader(workbench, 'return reader.showLine("client.py", 3)') is True
        expect(line(workbench, 3, "client.py")).to_be_in_viewport()
        assert reader(workbench, 'return reader.showLine("client.py", 300)') is False

    @pytest.mark.soak
    def test_a_pulse_begins_anew_each_time(self, workbench: Page) -> None:
        tab(workbench, "server.py").click()
        pulses = reader(
            workbench,
            """
            const line = reader.querySelector('[data-file="server.py"] [data-line="7"]');
            const names = [];
            for (let i = 0; i < 3; i++) {
              reader.pulse("server.py", 7);
              names.push(getComputedStyle(line).animationName);
            }
            reader.pulse("server.py", 999);
            return names;
            """,
        )
        assert pulses == ["code-pulse-a", "code-pulse-b", "code-pulse-a"]

    def selected(self, page: Page) -> list[Json]:
        found: list[Json] = page.evaluate("globalThis.selected")
        return found

    @pytest.fixture
    def listened(self, workbench: Page) -> Page:
        workbench.evaluate(
            """() => {
              globalThis.selected = [];
              document.addEventListener('line-selected', (event) => selected.push(event.detail));
            }"""
        )
        tab(workbench, "server.py").click()
        return workbench

    def test_a_click_on_a_line_is_told(self, listened: Page) -> None:
        line(listened, 8).locator(".code-text").click()
        assert self.selected(listened) == [{"file": "server.py", "line": 8}]
        expect(line(listened, 8)).to_have_attribute("aria-current", "true")

    @pytest.mark.soak
    def test_a_click_on_a_mark_opens_the_note_and_selects_nothing(self, listened: Page) -> None:
        line(listened, 6).locator(".code-mark").click()
        expect(listened.locator("#server-note-1")).to_be_visible()
        assert self.selected(listened) == []

    def test_shift_and_an_arrow_select_from_the_keyboard(self, listened: Page) -> None:
        listened.get_by_role("region", name="server.py").focus()
        for key in ("Shift+ArrowDown", "Shift+ArrowDown", "Shift+ArrowUp"):
            listened.keyboard.press(key)
        assert [each["line"] for each in self.selected(listened)] == [1, 2, 1]


@pytest.mark.parametrize(
    ("wait", "label"),
    [
        ({"call": "recvfrom", "what": None}, "MainThread waits here · recvfrom"),
        (
            {"call": None, "what": {"kind": "Semaphore", "object": 2, "name": "room.seats"}},
            "MainThread waits here · room.seats",
        ),
        (
            {"call": None, "what": {"kind": "join", "other": "W-1"}},
            "MainThread waits here · join(W-1)",
        ),
    ],
)
def test_a_wait_of_the_events_becomes_words(modules: Modules, wait: Json, label: str) -> None:
    told = {"thread": "MainThread", "line": 7, "since": 3.0, **wait}
    assert modules.run("words/lit-words", "return m.litLine(v.wait)", wait=told) == {
        "line": 7,
        "label": label,
        "since": 3.0,
        "joins": "join" in label,
    }
