"""A page on its way to a state: what somebody does first, in either language."""

from __future__ import annotations

import re
from dataclasses import dataclass

import httpx
from playwright.sync_api import Page, expect

from tests.classroom import HOST_KEY

START = re.compile("^(Start|Run|Запустить)$")
MESSAGE = re.compile("^(Message|Сообщение)$")
SENTENCE = "axe reads this"
RUNS = re.compile("^(listening|running)$")


@dataclass(frozen=True)
class Visit:
    """A page, in one language, of a playground and of one that is hosted."""

    page: Page
    course: str
    hosted: str
    language: str

    def open(self, path: str, *, hosted: bool = False) -> None:
        """Open a page, at a place in it if the path ends so."""
        before, mark, place = path.partition("#")
        language = f"{'&' if '?' in before else '?'}lang={self.language}"
        start = self.hosted if hosted else self.course
        self.page.goto(f"{start}{before}{language}{mark}{place}")

    def bench(self, lab: str) -> None:
        """Open a workbench."""
        self.open(f"/r/local/labs/{lab}")
        expect(self.page.locator("run-panel button").first).to_be_visible()

    def start(self, lab: str, *, args: str = "", until: str = "listening|running") -> None:
        """Open a workbench and start its program."""
        self.bench(lab)
        panel = self.page.locator("run-panel")
        if args:
            panel.locator("summary").click()
            panel.locator("#run-args").fill(args)
        panel.get_by_role("button", name=START).click()
        state = self.page.locator("run-state")
        expect(state).to_have_attribute("data-state", re.compile(f"^({until})$"))

    def send(self, number: int = 0) -> None:
        """Send a message as one of the page's clients."""
        card = self.page.locator("client-card").nth(number)
        entries = card.locator(".log__entry--sent")
        field = card.get_by_label(MESSAGE)
        before = entries.count()
        field.fill(SENTENCE)
        field.press("Enter")
        expect(entries).to_have_count(before + 1)

    def add_client(self) -> None:
        """Press "+ Client"."""
        self.page.get_by_role("button", name=re.compile(r"^\+ (Client|Клиент)$")).click()

    def show(self, mode: str) -> None:
        """Choose a picture of the events."""
        radio = self.page.locator(f"see-view input[value={mode}]")
        radio.evaluate("radio => radio.click()")

    def make_room(self, *, as_guest: bool = False) -> tuple[str, str]:
        """Make a room with two people; return its id, or that of a guest's desk, and its code."""
        answer = httpx.post(
            f"{self.hosted}/api/rooms",
            headers={"authorization": f"Bearer {HOST_KEY}"},
            json={"name": "A class", "policy": "own_desks"},
            trust_env=False,
        )
        made = answer.raise_for_status().json()
        room, code = made["room"]["id"], made["room"]["code"]
        for name in ("Anna", "Boris"):
            people = f"{self.hosted}/api/rooms/{room}/people"
            added = httpx.post(people, json={"name": name}, trust_env=False).raise_for_status()
        guest = added.json()
        token = (guest if as_guest else made)["token"]
        self.page.add_init_script(f"localStorage.setItem('socketlab.token.{room}', '{token}')")
        return (f"{room}.{guest['person']['id']}" if as_guest else room), code
