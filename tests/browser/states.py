"""States of the pages as somebody meets them: each is brought about on a fresh page."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import httpx
from playwright.sync_api import Page, expect

from tests.classroom import HOST_KEY

START = re.compile("^(Start|Run|Запустить)$")
MESSAGE = re.compile("^(Message|Сообщение)$")
SENTENCE = "axe reads this"


@dataclass(frozen=True)
class Visit:
    """A page, in one language, of a playground and of one that is hosted."""

    page: Page
    course: str
    hosted: str
    language: str

    def open(self, path: str, *, hosted: bool = False) -> None:
        """Open a page."""
        mark = "&" if "?" in path else "?"
        self.page.goto(f"{self.hosted if hosted else self.course}{path}{mark}lang={self.language}")

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

    def make_room(self) -> tuple[str, str]:
        """Make a room with two people; return its id and its code."""
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
            httpx.post(people, json={"name": name}, trust_env=False).raise_for_status()
        token = f"localStorage.setItem('socketlab.token.{room}', '{made['token']}')"
        self.page.add_init_script(token)
        return room, code


def catalogue(visit: Visit) -> None:
    """All labs."""
    visit.open("/r/local")


def error(visit: Visit) -> None:
    """A page that is not there."""
    visit.open("/r/local/labs/no/lab")


def untouched(visit: Visit) -> None:
    """A workbench, before anything was pressed."""
    visit.bench("udp/transform")


def talking(visit: Visit) -> None:
    """Two clients and a server that answers."""
    visit.start("tcp/transform")
    visit.add_client()
    visit.send(0)
    visit.send(1)
    expect(visit.page.locator(".log__entry--received")).to_have_count(2)


def backlog(visit: Visit) -> None:
    """A client that waits until the server has done with another; then it is done."""
    visit.start("chat/log")
    visit.send(0)
    visit.add_client()
    visit.send(1)


def chat(visit: Visit) -> None:
    """A chat, and the threads that serve it."""
    visit.start("chat/threads")
    visit.show("lanes")


def to_nobody(visit: Visit) -> None:
    """A datagram to a server that was stopped."""
    visit.start("udp/hello")
    visit.send()
    visit.page.get_by_role("button", name=re.compile("^(Stop|Остановить)$")).first.click()
    expect(visit.page.locator("run-state")).to_have_attribute("data-state", "exited")
    visit.send()


def failure(visit: Visit) -> None:
    """A program that does not know its arguments."""
    visit.start("tcp/echo", args="--nonsense", until="exited|crashed|failed")


def threads(visit: Visit) -> None:
    """Threads that wait for each other, while they do."""
    visit.start("threads/semaphore")
    expect(visit.page.locator(".lane-wait").first).to_be_attached()


def threads_over(visit: Visit) -> None:
    """Threads that have waited for each other."""
    visit.start("threads/condition", args="--speed 10", until="exited")


def events(visit: Visit) -> None:
    """The list of events, one of them open."""
    talking(visit)
    visit.show("list")
    visit.page.locator("event-list .event").first.evaluate("row => row.click()")


def calls(visit: Visit) -> None:
    """The diagram with its calls, one of them explained."""
    talking(visit)
    visit.show("calls")
    visit.page.locator("sequence-diagram .item").first.evaluate(
        "item => item.dispatchEvent(new MouseEvent('click', { bubbles: true }))"
    )


def program(visit: Visit) -> None:
    """A client.py beside the server, in the console."""
    visit.start("tcp/echo")
    visit.page.locator("run-console button", has_text="client.py").first.click()
    expect(visit.page.locator("run-console [role=tab]")).to_have_count(2)


def pages_of_http(visit: Visit) -> None:
    """The small browser of the HTTP lab."""
    visit.start("http/page")


def differences(visit: Visit) -> None:
    """What a lab has that another has not, on a page of its own."""
    visit.open("/r/local/labs/chat/numbered/differences?with=chat/threads")


def keys(visit: Visit) -> None:
    """All keys of a workbench."""
    visit.bench("tcp/echo")
    visit.page.keyboard.press("?")
    expect(visit.page.get_by_role("dialog")).to_be_visible()


def replay(visit: Visit) -> None:
    """The page of recordings, before one is chosen."""
    visit.open("/replay")


def recording(visit: Visit) -> None:
    """A recording."""
    visit.open("/replay?example=1")
    expect(visit.page.locator("playback-bar")).to_be_visible()


def doctor(visit: Visit) -> None:
    """What the machine can do."""
    visit.open("/r/local/doctor")


def api(visit: Visit) -> None:
    """The description of the API."""
    visit.open("/api/docs")


def home(visit: Visit) -> None:
    """The door of a hosted playground."""
    visit.open("/", hosted=True)


def join(visit: Visit) -> None:
    """An invitation to a room."""
    _, code = visit.make_room()
    visit.open(f"/join/{code}", hosted=True)


def class_view(visit: Visit) -> None:
    """A class, as its host sees it."""
    room, _ = visit.make_room()
    visit.open(f"/r/{room}/class", hosted=True)
    expect(visit.page.locator("class-desk")).to_have_count(2)


def room_panel(visit: Visit) -> None:
    """A workbench of a class, the panel of the room open."""
    room, _ = visit.make_room()
    visit.open(f"/r/{room}/labs/tcp/echo", hosted=True)
    visit.page.locator("room-panel button").first.click()


STATES: dict[str, Callable[[Visit], None]] = {
    state.__name__: state
    for state in (
        *(catalogue, error, untouched, talking, backlog, chat, to_nobody, failure, threads),
        *(
            threads_over,
            events,
            calls,
            program,
            pages_of_http,
            differences,
            keys,
            replay,
            recording,
        ),
        *(doctor, api, home, join, class_view, room_panel),
    )
}
