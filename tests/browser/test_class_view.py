"""The class view: what the host sees of all desks, in a real browser."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import ROOT
from tests.classroom import HOST_KEY, hosting
from tests.server import Playground

Json = dict[str, Any]


@pytest.fixture(scope="module")
def hosted() -> Iterator[Playground]:
    with hosting(labs_dir=ROOT / "labs") as served:
        yield served


class Class:
    """A room, whose people do what a test says."""

    def __init__(self, playground: Playground, *, policy: str = "own_desks") -> None:
        self.url = playground.url
        made = self.ask("POST", "/api/rooms", HOST_KEY, json={"name": "A class", "policy": policy})
        self.room, self.host = made["room"]["id"], made["token"]
        self.code = made["room"]["code"]

    def ask(self, method: str, path: str, token: str, **kwargs: Any) -> Json:
        """Make a request as whoever has this token."""
        headers = {"authorization": f"Bearer {token}"} if token else {}
        answer = httpx.request(
            method, self.url + path, headers=headers, timeout=30, trust_env=False, **kwargs
        )
        assert answer.is_success, answer.text
        return dict(answer.json()) if answer.content else {}

    def join(self, name: str) -> tuple[str, str]:
        """Let somebody in; return the id of their desk, and their token."""
        came = self.ask("POST", f"/api/rooms/{self.room}/people", "", json={"name": name})
        return f"{self.room}.{came['person']['id']}", came["token"]

    def start(self, desk: str, token: str, lab: str, program: str = "server") -> Json:
        order = {"lab": lab, "program": program, "port": 0 if program == "server" else None}
        return self.ask("POST", f"/api/rooms/{desk}/runs", token, json=order)

    def open(self, page: Page, *, token: str = "", path: str = "class") -> None:
        """Open a page of the room as its host, or as whoever has this token."""
        page.add_init_script(
            f"localStorage.setItem('socketlab.token.{self.room}', '{token or self.host}')"
        )
        page.goto(f"{self.url}/r/{self.room}/{path}?lang=en")


def card(page: Page, name: str) -> Locator:
    return page.locator("class-desk").filter(has=page.get_by_role("link", name=name, exact=True))


def test_the_host_sees_what_happens_at_each_desk(page: Page, hosted: Playground) -> None:
    room = Class(hosted)
    (anna, token), _ = room.join("Anna"), room.join("Boris")
    room.open(page)
    expect(page.locator("class-desk")).to_have_count(2)
    expect(card(page, "Boris")).to_contain_text("Nothing runs.")
    run = room.start(anna, token, "tcp/echo")
    expect(card(page, "Anna")).to_have_attribute("data-tone", "on")
    expect(card(page, "Anna").locator(".desk-card__wait")).to_contain_text("accept()")
    room.ask("DELETE", f"/api/rooms/{anna}/runs/{run['id']}", token)
    expect(card(page, "Anna")).to_have_attribute("data-tone", "idle")
    card(page, "Anna").get_by_role("link").click()
    page.wait_for_url(re.compile(rf"/r/{re.escape(anna)}/labs/tcp/echo"))


def test_a_desk_is_shown_to_all_and_no_more(page: Page, hosted: Playground) -> None:
    room = Class(hosted)
    anna, _ = room.join("Anna")
    room.open(page)
    card(page, "Anna").get_by_role("button", name="Show to all").click()
    expect(page.locator(".class__shown")).to_have_text("Everybody sees: Anna")
    shown = room.ask("GET", f"/api/rooms/{room.room}", room.host)["shown"]
    assert shown == {"room": anna, "lab": None}
    page.locator(".class__head").get_by_role("button", name="Stop showing").click()
    expect(page.locator(".class__shown")).to_have_text("")
    assert room.ask("GET", f"/api/rooms/{room.room}", room.host)["shown"] is None


def test_without_desks_the_page_says_what_to_do(page: Page, hosted: Playground) -> None:
    room = Class(hosted, policy="together")
    room.open(page)
    expect(page.get_by_role("heading", name="There are no desks now")).to_be_visible()
    page.get_by_role("button", name="Give each guest a desk").click()
    expect(page.get_by_role("heading", name="Nobody has joined yet")).to_be_visible()
    expect(page.locator(".class__code")).to_have_text(f"{room.code[:3]} {room.code[3:]}")
    room.join("Anna")
    expect(card(page, "Anna")).to_be_visible()


def test_a_name_that_looks_like_markup_is_text(page: Page, hosted: Playground) -> None:
    room = Class(hosted)
    room.join("<img src=x onerror=alert(1)>")
    room.open(page)
    expect(page.locator("class-desk a")).to_have_text("<img src=x onerror=alert(1)>")


def test_clients_of_people_carry_their_names(page: Page, hosted: Playground) -> None:
    room = Class(hosted, policy="together")
    _, token = room.join("Anna")
    room.start(room.room, room.host, "udp/hello")
    room.open(page, token=token, path="labs/udp/hello")
    client = page.locator("client-card")
    client.get_by_role("textbox").first.fill("hello")
    client.get_by_role("button", name="Send").click()
    expect(client.get_by_role("heading")).to_have_text("Anna (you)")
    expect(page.locator(".diagram__head").filter(has_text="Anna (you)")).to_be_visible()


def test_a_program_from_a_terminal_is_named_at_its_lifeline(page: Page, hosted: Playground) -> None:
    room = Class(hosted, policy="together")
    run = room.start(room.room, room.host, "chat/threads")
    room.open(page, path="labs/chat/threads")
    with socket.create_connection((run["host"], run["port"])) as nc:
        host, port = nc.getsockname()
        page.locator(f'.diagram__head[data-peer="{host}:{port}"]').click()
        page.get_by_label(f"Who is {host}:{port}?").fill("Boris's nc")
        page.get_by_role("button", name="Name it").click()
        expect(page.locator(".diagram__head").filter(has_text="Boris's nc")).to_be_visible()
    assert room.ask("GET", f"/api/rooms/{room.room}", room.host)["peers"] == {
        f"{host}:{port}": "Boris's nc"
    }


@pytest.mark.soak
def test_who_may_not_name_programs_is_not_asked_to(page: Page, hosted: Playground) -> None:
    room = Class(hosted, policy="together")
    _, token = room.join("Anna")
    run = room.start(room.room, room.host, "chat/threads")
    room.open(page, token=token, path="labs/chat/threads")
    with socket.create_connection((run["host"], run["port"])):
        expect(page.locator(".diagram__head").filter(has_text="outside")).to_be_visible()
        expect(page.locator(".diagram__head[data-peer]")).to_have_count(0)
