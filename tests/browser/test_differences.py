"""The Differences tab in a real browser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.lab_folder import LAB, WALKTHROUGH, write_lab
from tests.server import Playground, serving

SAME = "".join(f"line_{number} = {number}\n" for number in range(12))
HEAD = f'"""Old."""\n\nimport socket\n{SAME}\n'
OLD = HEAD + 'sock.bind(("127.0.0.1", 0))\nsock.listen()\nserve(sock)\n'
NEW = HEAD + 'sock.bind(("127.0.0.1", 7))\nsock.setblocking(False)\nserve(sock)\n'
STEPS = WALKTHROUGH[WALKTHROUGH.index('\n[[step]]\nprogram = "client"') :]
EVOLVED = LAB.replace("[client]", 'evolves = "udp/hello"\n\n[client]')


@pytest.fixture(scope="module")
def playground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Playground]:
    labs_dir = tmp_path_factory.mktemp("differences") / "labs"
    client = "import socket\n"
    write_lab(labs_dir, walkthrough=STEPS, server=OLD, client=client)
    write_lab(
        labs_dir, "udp/time", lab=EVOLVED, walkthrough=STEPS, server=NEW, client=client + "a = 1\n"
    )
    with serving(labs_dir=labs_dir) as playground:
        yield playground


@pytest.fixture
def differences(page: Page, playground: Playground) -> Page:
    page.set_viewport_size({"width": 1600, "height": 900})
    page.goto(f"{playground.url}/r/local/labs/udp/time?lang=en#differences")
    expect(page.locator(".diff-body:visible")).to_have_count(1)  # it comes once its tab is open
    return page


def top(locator: Locator) -> float:
    box = locator.bounding_box()
    assert box
    return round(box["y"])


def left(locator: Locator) -> float:
    box = locator.bounding_box()
    assert box
    return round(box["x"])


def line(page: Page, text: str, side: str) -> Locator:
    return page.locator(f".diff-line--{side}", has_text=text)


def test_the_tab_has_an_address_and_leads_to_the_old_lab(differences: Page) -> None:
    tab = differences.get_by_role("tab", name="Differences")
    expect(tab).to_have_attribute("aria-selected", "true")
    differences.locator(".diff-sides").get_by_role("link", name="Hello").click()
    differences.wait_for_url("**/labs/udp/hello")


@pytest.mark.soak
def test_on_a_wide_page_what_belongs_together_stands_side_by_side(differences: Page) -> None:
    old, new = line(differences, "bind", "old"), line(differences, "bind", "new")
    assert top(old) == top(new)
    assert left(old) < left(new)
    assert top(line(differences, "listen", "old")) == top(line(differences, "setblocking", "new"))


@pytest.mark.soak
def test_on_a_phone_the_old_lines_of_a_change_stand_above_the_new_ones(differences: Page) -> None:
    differences.set_viewport_size({"width": 360, "height": 740})
    old, new = line(differences, "bind", "old"), line(differences, "bind", "new")
    assert left(old) == left(new)
    assert top(old) < top(line(differences, "listen", "old")) < top(new)
    assert differences.evaluate("document.documentElement.scrollWidth") == 360


def test_the_changed_words_are_marked(differences: Page) -> None:
    assert line(differences, "bind", "old").locator("mark").all_inner_texts() == ["0"]
    assert line(differences, "bind", "new").locator("mark").all_inner_texts() == ["7"]


def test_equal_lines_are_folded_and_open_with_the_keyboard(differences: Page) -> None:
    fold = differences.locator(".diff summary:visible")
    expect(fold).to_have_text("13 equal lines")
    hidden = differences.locator(".diff-body:visible").get_by_text("line_0 =").first
    expect(hidden).to_be_hidden()
    fold.press("Enter")
    expect(hidden).to_be_visible()


def test_the_arrows_choose_the_program(differences: Page) -> None:
    body = differences.locator('.diff-body[data-program="client"]')
    expect(body).to_be_hidden()
    differences.get_by_role("radio", name="server.py").focus()
    differences.keyboard.press("ArrowRight")
    expect(differences.get_by_role("radio", name="client.py +1 −0")).to_be_checked()
    expect(body).to_be_visible()


def test_each_line_is_read_once_with_its_side(differences: Page) -> None:
    tree = differences.locator(".diff-body:visible").aria_snapshot()
    assert tree.count("line_11") == 1
    assert 'list "Old lines"' in tree
    assert 'list "New lines"' in tree


class TestLoading:
    def test_begins_when_the_tab_is_opened_and_happens_once(
        self, page: Page, playground: Playground
    ) -> None:
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        address = f"{playground.url}/r/local/labs/udp/time"
        page.goto(f"{address}?lang=en")
        expect(page.get_by_role("button", name="Start", exact=True)).to_be_enabled()
        assert [url for url in asked if "differences" in url] == []
        for _ in range(2):
            page.get_by_role("tab", name="Differences").click()
            expect(line(page, "setblocking", "new")).to_be_visible()
            page.get_by_role("tab", name="Task").click()
        assert [url for url in asked if "differences" in url] == [f"{address}/differences?lang=en"]

    def test_that_fails_leaves_the_link_and_is_tried_again(
        self, page: Page, playground: Playground, page_errors: list[str]
    ) -> None:
        page.route("**/differences?*", lambda route: route.abort())
        page.goto(f"{playground.url}/r/local/labs/udp/time?lang=en#differences")
        panel = page.get_by_role("tabpanel", name="Differences")
        expect(panel.get_by_text("The differences could not be loaded.")).to_be_visible()
        expect(panel.get_by_role("link", name="What is different from the lab")).to_be_visible()
        assert page_errors == ["console: Failed to load resource: net::ERR_FAILED"]
        page_errors.clear()
        page.unroute("**/differences?*")
        page.get_by_role("tab", name="Differences").click()
        expect(line(page, "setblocking", "new")).to_be_visible()

    @pytest.mark.soak
    def test_comes_back_with_the_page(self, differences: Page) -> None:
        expect(line(differences, "setblocking", "new")).to_be_visible()
        differences.locator(".diff-sides").get_by_role("link", name="Hello").click()
        differences.wait_for_url("**/labs/udp/hello")
        differences.go_back()
        expect(line(differences, "setblocking", "new")).to_be_visible()

    @pytest.mark.soak
    def test_keeps_the_focus_of_who_was_at_the_link(
        self, page: Page, playground: Playground
    ) -> None:
        held: list[Route] = []
        page.route("**/differences?*", lambda route: held.append(route))  # noqa: PLW0108  a route is kept by no built-in
        with page.expect_request("**/differences?*"):
            page.goto(f"{playground.url}/r/local/labs/udp/time?lang=en#differences")
        page.get_by_role("link", name="What is different from the lab").focus()
        held[0].continue_()
        expect(page.get_by_role("region", name="Differences")).to_be_focused()

    @pytest.mark.soak
    def test_works_in_a_replay(self, page: Page, playground: Playground) -> None:
        page.goto(f"{playground.url}/replay?lang=en")
        page.evaluate(
            """async () => {
              const html = await (await fetch("/replay/labs/udp/time")).text();
              const parsed = new DOMParser().parseFromString(html, "text/html");
              location.hash = "#differences";
              document.querySelector("#read").replaceChildren(parsed.querySelector("lab-reader"));
              document.querySelector(".replay-shown").hidden = false;
            }"""
        )
        expect(line(page, "setblocking", "new")).to_be_visible()


@pytest.mark.soak
def test_it_works_without_scripts(browser: Browser, playground: Playground) -> None:
    context = browser.new_context(
        java_script_enabled=False, viewport={"width": 1200, "height": 800}
    )
    try:
        page = context.new_page()
        page.goto(f"{playground.url}/r/local/labs/udp/time?lang=en")
        page.get_by_role("link", name="What is different from the lab").click()
        expect(line(page, "setblocking", "new")).to_be_visible()
        page.get_by_text("client.py", exact=True).last.click()
        expect(line(page, "a = 1", "new")).to_be_visible()
        expect(line(page, "setblocking", "new")).to_be_hidden()
        page.get_by_role("link", name="← ").click()
        page.wait_for_url("**/labs/udp/time")
    finally:
        context.close()


@pytest.mark.soak
@pytest.mark.parametrize("width", [360, 1920])
def test_the_page_of_its_own_fits(page: Page, playground: Playground, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"{playground.url}/r/local/labs/udp/time/differences?lang=en")
    expect(line(page, "setblocking", "new")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == width
