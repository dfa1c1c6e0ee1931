"""A workbench as a person uses it: its server, its clients, its console."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.looks import let_draw

ANY_TIME = r"\d{2}:\d{2}:\d{2}"
GOOD_END = "Завершение без ошибок, код 0."


class Bench:
    """The workbench of one lab on one page, in Russian."""

    def __init__(self, page: Page, url: str, lab: str, *, room: str = "local") -> None:
        self.page = page
        self.lab = lab
        self.url = f"{url}/r/{room}/labs/{lab}"
        self.state = page.locator("run-state")
        self.panel = page.locator("run-panel")
        self.failure = self.panel.get_by_role("alert")
        self.desk = page.locator("client-desk")
        self.cards = page.locator("client-card")
        self.console = page.locator("run-console")
        self.lines = page.locator(".console__lines")
        self.events = page.locator("event-list")
        page.goto(f"{self.url}?lang=ru")
        self.show_list()

    def show_list(self) -> None:
        """Show the events as a list, also while the See column is not in front."""
        self.page.locator("see-view input[value=list]").evaluate("radio => radio.click()")

    def look(self, width: int, part: str) -> None:
        """Look at a part of the bench, on a screen so many px wide."""
        self.page.set_viewport_size({"width": width, "height": 800})
        tab = self.page.locator(f"bench-tabs [role=tab][aria-controls={part}]")
        if tab.is_visible():
            tab.click()
        let_draw(self.page)

    def press_start(self, *, port: str = "", args: str = "") -> None:
        """Ask for the server (or the demo), with what stands under "Port and arguments"."""
        if port or args:
            self.options(port=port, args=args)
        self.panel.get_by_role("button", name="Запустить", exact=True).click()

    def start(self, *, port: str = "", args: str = "") -> None:
        """Start the server (or the demo) and wait until it listens (or runs)."""
        self.press_start(port=port, args=args)
        expect(self.state).to_have_attribute("data-state", re.compile("^(listening|running)$"))

    def options(self, *, port: str = "", args: str = "") -> None:
        """Fill in what stands under "Port and arguments"."""
        details = self.panel.locator("details")
        if details.get_attribute("open") is None:
            details.locator("summary").click()
        if port:
            self.panel.get_by_label("Порт").fill(port)
        if args:
            self.panel.get_by_label("Аргументы").fill(args)

    def is_beside(self, note: Locator, field: Locator) -> bool:
        """Whether a note is in sight, and close to the field that it is about."""
        expect(note).to_be_in_viewport(ratio=1)
        expect(field).to_be_in_viewport(ratio=1)
        above, below = field.bounding_box(), note.bounding_box()
        assert above is not None
        assert below is not None
        return abs(below["y"] - above["y"] - above["height"]) < 100

    def stop(self) -> None:
        """Stop the server and wait for its end in good order."""
        self.panel.get_by_role("button", name="Остановить", exact=True).click()
        self.wait_for_good_end()

    def wait_for_good_end(self) -> None:
        """Wait until the program has ended with status 0."""
        expect(self.state).to_have_attribute("data-state", "exited")
        expect(self.panel).to_contain_text(GOOD_END)

    @property
    def address(self) -> str:
        """Where the server listens: 127.0.0.1:12345."""
        shown = self.panel.locator(".run__address")
        expect(shown).to_have_text(re.compile(r":\d+/"))
        return shown.inner_text().partition("/")[0]

    @property
    def port(self) -> int:
        """The port of the server."""
        return int(self.address.rpartition(":")[2])

    def client(self, number: int = 0) -> Client:
        """Return a client of this page, the first is 0."""
        return Client(self.cards.nth(number))

    def add_client(self) -> Client:
        """Press "+ Client"; return the new one."""
        count = self.cards.count()
        self.desk.get_by_role("button", name="+ Клиент").click()
        return self.client(count)

    def run_client(self, args: str = "") -> None:
        """Let the backend run the lab's client.py, and wait until it is in front."""
        if args:
            self.console.get_by_label("Аргументы client.py").fill(args)
        self.console.get_by_role("button", name="+ client.py в консоли").click()
        tab = self.console.get_by_role("tab", name=re.compile(r"^client\.py"))
        expect(tab.last).to_have_attribute("aria-selected", "true")

    def type(self, text: str) -> None:
        """Type a line into the client.py that is in front."""
        field = self.console.get_by_label("Ввод в программу")
        field.fill(text)
        field.press("Enter")

    def show(self, program: str) -> None:
        """Bring the console of a program to the front."""
        self.console.get_by_role("tab", name=program).click()

    def expect_printed(self, text: str | re.Pattern[str]) -> None:
        """Wait for a text in the console that is in front."""
        expect(self.lines).to_contain_text(text)


class Client:
    """A client card."""

    def __init__(self, card: Locator) -> None:
        self.card = card
        self.title = card.locator(".client__title")
        self.received = card.locator(".log__entry--received .log__text")
        self.sent = card.locator(".log__entry--sent .log__text")
        self.notes = card.locator(".log__note")
        self.failure = card.get_by_role("alert")

    @property
    def address(self) -> str:
        """The address of its socket."""
        shown = self.card.locator(".client__address")
        expect(shown).not_to_be_empty()
        return shown.inner_text()

    def press(self, name: str) -> None:
        """Press one of its buttons."""
        self.card.get_by_role("button", name=name, exact=True).click()

    def send(self, text: str) -> None:
        """Write a message and send it with Enter."""
        field = self.card.get_by_label("Сообщение")
        field.fill(text)
        field.press("Enter")

    def ask(self, text: str, answer: str) -> None:
        """Send a message and wait for the one answer that this makes more."""
        before = self.received.count()
        self.send(text)
        expect(self.received).to_have_count(before + 1)
        expect(self.received.last).to_have_text(answer)
        assert self.received.last.inner_text() == answer
