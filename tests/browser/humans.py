"""People of a hosted playground, each with a browser of their own: what one keeps no other has."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from playwright.sync_api import Browser, Locator, Page, Request, expect

from tests.browser.bench import Bench
from tests.browser.conftest import SCREEN, WAIT_MS, report_to
from tests.classroom import HOST_KEY

LAB = "chat/threads"


@dataclass
class Human:
    """Somebody with a browser."""

    page: Page
    url: str
    asked: list[Request] = field(default_factory=list)

    def note(self, request: Request) -> None:
        """Note what the page asks for."""
        self.asked.append(request)

    @property
    def room(self) -> str:
        """The id of the room, or desk, that the page is in."""
        found = re.search(r"/r/([^/?#]+)", self.page.url)
        assert found, self.page.url
        return found[1]

    def make_room(self, policy: str = "together", *, host: str = "") -> str:
        """Make a room with the host key; return its code."""
        self.page.goto(f"{self.url}/?lang=ru#host-key={HOST_KEY}")
        self.page.get_by_label("Название").fill("Сети")
        self.page.get_by_label("Ваше имя").fill(host)
        self.page.locator(f"input[value={policy}]").check()
        self.page.get_by_role("button", name="Создать комнату").click()
        self.page.wait_for_url(re.compile("/r/"))
        self.open_panel()
        code = self.page.locator(".invite__code")
        expect(code).to_have_text(re.compile(r"^\d{3} \d{3}$"))
        return code.inner_text().replace(" ", "")

    def come_in(self, code: str, name: str) -> None:
        """Come into a room by its code."""
        self.page.goto(f"{self.url}/?lang=ru")
        self.page.get_by_label("Код").fill(f"{code[:3]} {code[3:]}")
        self.page.get_by_role("button", name="Войти").click()
        self.say_name(name)

    def say_name(self, name: str) -> None:
        """Give a name at the door, go through it, and on to where the class works."""
        self.page.get_by_label("Ваше имя").fill(name)
        self.page.get_by_role("button", name="Войти").click()
        self.page.wait_for_url(re.compile("/r/"))
        expect(self.page.locator(".room__button")).to_be_visible()

    def open_panel(self) -> None:
        self.page.locator(".room__button").click()
        expect(self.page.locator(".room__sheet")).to_be_visible()

    def close_panel(self) -> None:
        self.page.keyboard.press("Escape")
        expect(self.page.locator(".room__sheet")).to_be_hidden()

    def person(self, name: str) -> Locator:
        """Return the line of somebody in the panel."""
        return self.page.locator(".person").filter(has_text=name)

    def do_to(self, name: str, *buttons: str) -> None:
        """Press buttons of somebody's line, one after the other."""
        line = self.person(name)
        if line.locator("details[open]").count() == 0:
            line.locator("summary").click()
        for button in buttons:
            line.get_by_role("button", name=button, exact=True).click()

    def work(self, room: str, lab: str = LAB) -> Bench:
        """Open the workbench of a lab, of the chat as a rule."""
        return Bench(self.page, self.url, lab, room=room)


Come = Callable[[], Human]


@contextlib.contextmanager
def people_at(browser: Browser, url: str, page_errors: list[str]) -> Iterator[Come]:
    """Let one more person open a browser, each time that it is asked for."""
    contexts = []

    def come() -> Human:
        context = browser.new_context(locale="ru", viewport=SCREEN)
        contexts.append(context)
        context.set_default_timeout(WAIT_MS)
        page = context.new_page()
        report_to(page_errors, page)
        one = Human(page, url)
        page.on("request", one.note)
        return one

    try:
        yield come
    finally:
        for context in contexts:
            context.close()
