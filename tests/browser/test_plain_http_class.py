"""Two guests whose network breaks WebSockets: the whole way, from their links to a chat."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.bench import Client
from tests.browser.conftest import ROOT, SCREEN, WAIT_MS
from tests.browser.test_labs_chat import Chatter
from tests.classroom import HOST_KEY, hosting
from tests.labs.programs import WAIT_S
from tests.middlebox import Mode, middlebox

pytestmark = pytest.mark.soak

SAYS = "Эта сеть не пропускает WebSocket"


def visit(page: Page, url: str, admission: dict[str, Any]) -> Chatter:
    """Open the chat as somebody, by their personal link."""
    room, token = admission["room"]["id"], admission["token"]
    page.goto(f"{url}/r/{room}/labs/chat/threads?lang=ru#token={token}")
    expect(page.locator("connection-bar")).to_contain_text(SAYS)
    return Chatter(Client(page.locator("client-card").first))


@pytest.mark.parametrize("mode", ["504", pytest.param("hang", marks=pytest.mark.soak)])
def test_two_guests_chat_and_are_seen(browser: Browser, tmp_path: Path, mode: Mode) -> None:
    with (
        hosting(labs_dir=ROOT / "labs") as playground,
        middlebox(playground.port, mode, tmp_path) as network,
        httpx.Client(base_url=network.url, trust_env=False, timeout=WAIT_S) as api,
    ):

        def ask(method: str, path: str, token: str, body: Any = None) -> Any:
            headers = {"authorization": f"Bearer {token}"} if token else {}
            answer = api.request(method, path, json=body, headers=headers)
            assert answer.status_code < 400, answer.text
            return answer.json()

        host = ask("POST", "/api/rooms", HOST_KEY, {"name": "A class", "policy": "together"})
        here = f"/api/rooms/{host['room']['id']}"
        guests = [ask("POST", f"{here}/people", "", {"name": name}) for name in ("Аня", "Боря")]
        order = {"lab": "chat/threads", "program": "server", "port": 0}
        ask("POST", f"{here}/runs", host["token"], order)
        contexts = [browser.new_context(locale="ru-RU", viewport=SCREEN) for _ in guests]
        try:
            for context in contexts:
                context.set_default_timeout(WAIT_MS)
            pages = [context.new_page() for context in contexts]
            first, second = (
                visit(page, network.url, guest) for page, guest in zip(pages, guests, strict=True)
            )
            first.join()
            second.join()
            first.client.send("всем привет")
            expect(second.others.locator(".chat__text")).to_have_text("всем привет")
            second.client.send("и тебе")
            expect(first.others.locator(".chat__text")).to_have_text("и тебе")
            room = ask("GET", here, host["token"])
            ids = {guest["person"]["id"] for guest in guests}
            assert {client["owner"] for client in room["clients"]} == ids
            assert ids <= {person["id"] for person in room["people"] if person["online"]}
        finally:
            for context in contexts:
                context.close()
