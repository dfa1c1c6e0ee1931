"""The timeline's WebSocket, as the page follows it: in order, resumed, a restart told for sure."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from tests.browser.conftest import Modules
from tests.server import Playground

Json = dict[str, Any]


def events(*numbers: int) -> list[Json]:
    return [
        {"seq": number, "t": float(number), "type": "run.running", "run": "r1"}
        for number in numbers
    ]


def gap(after: int, after_it: int, epoch: str, missed: int = 0) -> Json:
    return {"type": "gap", "after": after, "next": after_it, "missed": missed, "epoch": epoch}


def follow(modules: Modules, *connections: list[list[Json]], epoch: str | None = "A") -> Json:
    """Let each connection bring its messages and go; return what was asked for and told."""
    body = """
      const asked = [], told = [];
      const connections = v.connections.map((messages) => [...messages]);
      const open = (url) => {
        asked.push(url);
        const socket = new EventTarget();
        const bring = (data) => socket.dispatchEvent(new MessageEvent("message", { data }));
        socket.send = () => bring("[]");
        socket.close = () => {};
        const messages = connections.shift();
        queueMicrotask(() => {
          socket.dispatchEvent(new Event("open"));
          for (const data of messages ?? []) bring(data);
          if (messages) socket.dispatchEvent(new Event("close"));
        });
        return socket;
      };
      const room = m.timelineUrl("local", { origin: { protocol: "http:", host: "here" } });
      const timeline = new m.Timeline({ url: room, open, epoch: v.epoch });
      timeline.addEventListener("events", ({ detail }) =>
        told.push(detail.events.map((event) => event.seq)));
      timeline.addEventListener("gap", ({ detail }) => told.push(detail));
      const count = connections.length;
      const done = new Promise((resolve) =>
        timeline.addEventListener("status", ({ detail }) => {
          if (detail.state === "lost") queueMicrotask(() => timeline.retry());
          if (detail.state === "live" && asked.length > count) resolve();
        }));
      timeline.start();
      await done;
      const queries = asked.map((url) => url.replace("ws://here/ws/rooms/local/events", ""));
      return { asked: queries, told };
    """
    messages = [[json.dumps(batch) for batch in connection] for connection in connections]
    found: Json = modules.run("net/timeline", body, connections=messages, epoch=epoch)
    return found


def outline(found: Json) -> list[list[int] | bool]:
    """Return the numbers that were told, and for each gap whether it was a restart."""
    return [one if isinstance(one, list) else one["restarted"] for one in found["told"]]


def test_it_comes_back_after_the_last_event_and_names_its_history(modules: Modules) -> None:
    found = follow(modules, [events(1, 2), events(3)], [events(4)])
    assert found["asked"] == ["?after=0&epoch=A", "?after=3&epoch=A", "?after=4&epoch=A"]
    assert found["told"] == [[1, 2, 3], [4]]


def test_events_that_are_gone_are_no_restart(modules: Modules) -> None:
    found = follow(modules, [events(1)], [[gap(1, 10, "A", 8), *events(10)]])
    assert outline(found) == [[1], False, [10]]
    assert found["asked"][-1] == "?after=10&epoch=A"


@pytest.mark.parametrize("first", [1, 500])
def test_another_history_is_a_restart_even_where_its_numbers_are_higher(
    modules: Modules, first: int
) -> None:
    found = follow(modules, [events(1, 2)], [[gap(2, first, "B"), *events(first)]])
    assert outline(found) == [[1, 2], True, [first]]
    assert found["asked"] == ["?after=0&epoch=A", "?after=2&epoch=A", f"?after={first}&epoch=B"]


@pytest.mark.parametrize(("first", "restarted"), [(1, True), (9, False)])
def test_whoever_does_not_know_its_history_goes_by_the_numbers_and_learns_it(
    modules: Modules, first: int, restarted: bool
) -> None:
    found = follow(modules, [events(1, 2)], [[gap(2, first, "B")]], epoch=None)
    assert found["told"][1]["restarted"] is restarted
    assert found["asked"] == ["?after=0", "?after=2", f"?after={first - 1}&epoch=B"]


def test_what_two_streams_bring_while_one_takes_over_is_told_once(modules: Modules) -> None:
    told = modules.run(
        "net/timeline",
        """
      const told = [];
      const bring = (data) =>
        lines.at(-1).dispatchEvent(new MessageEvent("message", { data: JSON.stringify(data) }));
      const lines = [];
      const open = () => {
        const line = new EventTarget();
        line.send = line.close = () => {};
        lines.push(line);
        return line;
      };
      const timeline = new m.Timeline({ url: () => "ws://x", open, epoch: "A" });
      timeline.addEventListener("events", ({ detail }) =>
        told.push(...detail.events.map((event) => event.seq)));
      timeline.addEventListener("gap", ({ detail }) => told.push(detail));
      timeline.start(0);
      for (const batch of v.batches) bring(batch);
      await new Promise((resolve) => setTimeout(resolve, 300));
      return told;
    """,
        batches=[events(1, 2, 3), events(2, 3, 4), [gap(0, 3, "A")], events(4, 5)],
    )
    assert told == [1, 2, 3, 4, 5]


def test_one_odd_event_costs_itself_only_and_is_told(page: Page, course: Playground) -> None:
    odd: list[Any] = []

    def meddle(socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()
        server.on_message(lambda message: tell(socket, message))

    def tell(socket: WebSocketRoute, message: str | bytes) -> None:
        if odd and message != "[]":
            socket.send(json.dumps(odd.pop()))
        socket.send(message)

    page.route_web_socket("**/events?*", meddle)
    page.goto(f"{course.url}/r/local/labs/udp/hello?lang=en")
    told = page.locator("see-view .see__odd")
    expect(told).to_be_hidden()
    wrong = {"seq": 2**50, "t": 1.0, "type": "run.running", "run": "r1"}
    for each, words in ((None, "1 event"), ({"seq": 1.5}, "2 events"), (wrong, "3 events")):
        odd.append(each)
        page.get_by_role("button", name="New take").click()
        expect(told).to_have_text(f"{words} could not be shown.")
    expect(page.locator("see-view .see__count")).to_have_text("1 event")
