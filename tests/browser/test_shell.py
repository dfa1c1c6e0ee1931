"""The catalogue and the Read column in a real browser, against a served playground."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.lab_folder import write_lab
from tests.server import Playground, serving


@pytest.fixture(scope="package")
def playground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Playground]:
    """Serve two small labs."""
    labs_dir: Path = tmp_path_factory.mktemp("shell") / "labs"
    write_lab(labs_dir)
    write_lab(labs_dir, "udp/transform")
    with serving(labs_dir=labs_dir) as playground:
        yield playground


@pytest.fixture
def catalogue(page: Page, playground: Playground) -> Page:
    page.goto(f"{playground.url}/r/local?lang=en")
    return page


@pytest.fixture
def workbench(page: Page, playground: Playground) -> Page:
    page.goto(f"{playground.url}/r/local/labs/udp/hello?lang=en")
    return page


def reader_tab(page: Page, name: str) -> Locator:
    return page.locator("lab-reader").get_by_role("tab", name=name, exact=True)


def open_note(page: Page) -> str | None:
    return page.locator(".note.is-open").get_attribute("id")


class TestCatalogue:
    def test_slash_finds_a_lab_by_typing_and_enter_opens_it(self, catalogue: Page) -> None:
        catalogue.keyboard.press("/")
        catalogue.keyboard.type("UDP transform")
        expect(catalogue.locator(".station:visible")).to_have_count(1)
        expect(catalogue.locator("#filter-result")).to_have_text("Labs found: 1")
        catalogue.keyboard.press("Enter")
        catalogue.wait_for_url("**/r/local/labs/udp/transform")

    def test_a_search_without_result_says_so_and_escape_ends_it(self, catalogue: Page) -> None:
        catalogue.keyboard.press("/")
        catalogue.keyboard.type("no such lab")
        expect(catalogue.get_by_text("No lab contains all these words.")).to_be_visible()
        catalogue.keyboard.press("Escape")
        expect(catalogue.locator(".station:visible")).to_have_count(2)

    def test_what_runs_is_shown_live_with_its_address_and_can_be_stopped(
        self, catalogue: Page, playground: Playground
    ) -> None:
        expect(catalogue.get_by_text("Nothing yet.")).to_be_visible()
        run = catalogue.request.post(
            f"{playground.url}/api/rooms/local/runs",
            data={"lab": "udp/hello", "program": "server", "port": None, "args": []},
        ).json()
        address = f"127.0.0.1:{run['port']}"
        station = catalogue.locator('.station[data-lab="udp/hello"]')
        expect(station).to_contain_text(address)
        expect(catalogue.locator(".running-item")).to_contain_text(address)
        catalogue.get_by_role("button", name="Stop").click()
        expect(catalogue.locator(".running-item")).to_have_count(0)
        expect(station).not_to_contain_text(address)


class TestReader:
    def test_keys_walk_through_the_notes_of_all_programs(self, workbench: Page) -> None:
        notes = []
        for key in ("n", "n", "p"):
            workbench.keyboard.press(key)
            notes.append(open_note(workbench))
        assert notes == ["server-note-1", "client-note-1", "server-note-1"]
        expect(workbench.locator(".is-noted")).to_have_count(2)
        workbench.keyboard.press("Escape")
        expect(workbench.locator(".note.is-open, .is-noted")).to_have_count(0)

    def test_typing_into_a_field_opens_no_note(self, workbench: Page) -> None:
        workbench.locator("input:visible, textarea:visible").first.press("n")
        expect(workbench.locator(".note.is-open")).to_have_count(0)

    def test_a_mark_opens_its_note_and_the_address_keeps_it(self, workbench: Page) -> None:
        reader_tab(workbench, "server.py").click()
        workbench.get_by_role("link", name="Line 6: note 1").press("Enter")
        assert workbench.url.endswith("#server-note-1")
        workbench.reload()
        expect(workbench.locator("#server-note-1")).to_be_visible()

    @pytest.mark.soak
    def test_another_language_shows_the_same_note(self, workbench: Page) -> None:
        workbench.keyboard.press("n")
        workbench.get_by_role("link", name="Русский").click()
        expect(workbench.get_by_text("Порт и ожидание")).to_be_visible()

    def test_arrows_move_between_the_tabs(self, workbench: Page) -> None:
        reader_tab(workbench, "Task").focus()
        for key, name in (
            ("ArrowRight", "server.py"),
            ("End", "client.py"),
            ("ArrowRight", "Task"),
        ):
            workbench.keyboard.press(key)
            tab = reader_tab(workbench, name)
            expect(tab).to_be_focused()
            expect(tab).to_have_attribute("aria-selected", "true")

    def test_selected_code_is_copied_without_numbers(self, workbench: Page) -> None:
        reader_tab(workbench, "client.py").click()
        text = workbench.evaluate(
            """() => {
              const code = document.querySelector('.panel.is-shown .code');
              getSelection().selectAllChildren(code);
              return String(getSelection());
            }"""
        )
        assert text.strip() == '"""UDP client."""\n\nimport socket'


class TestScreen:
    @pytest.mark.soak
    @pytest.mark.parametrize("path", ["/r/local", "/r/local/labs/udp/hello#server-note-1"])
    def test_the_page_never_scrolls_sideways_on_a_phone(
        self, page: Page, playground: Playground, path: str
    ) -> None:
        page.set_viewport_size({"width": 360, "height": 640})
        page.goto(playground.url + path)
        assert page.evaluate("document.documentElement.scrollWidth") == 360

    def test_a_phone_shows_one_column_at_a_time(self, workbench: Page) -> None:
        workbench.set_viewport_size({"width": 360, "height": 640})
        for name in ("See", "Do", "Read"):
            workbench.get_by_role("tab", name=name, exact=True).click()
            expect(workbench.locator(".column:visible")).to_have_count(1)
            expect(workbench.get_by_role("region", name=name, exact=True)).to_be_visible()

    def test_the_theme_is_switched_kept_and_given_back_to_the_system(self, catalogue: Page) -> None:
        root = catalogue.locator("html")
        catalogue.get_by_role("button", name="Switch between light and dark").click()
        expect(root).to_have_attribute("data-theme", "dark")
        catalogue.reload()
        expect(root).to_have_attribute("data-theme", "dark")
        catalogue.get_by_role("button", name="Switch between light and dark").click()
        expect(root).not_to_have_attribute("data-theme", "dark")
        assert [cookie for cookie in catalogue.context.cookies() if cookie["name"] == "theme"] == []
