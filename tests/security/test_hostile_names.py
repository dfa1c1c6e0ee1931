"""Names and addresses that people give are text in the page, whatever they are: nothing executes.

Two hundred strings go into every such field; a host looks, in a real browser, and all of them stand
there, or are refused in words. The gate tries one of each kind.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.classroom import HOST_KEY
from tests.security.hostile import MARKUP, NAME_LIMIT, as_name, shown, whole
from tests.security.stage import AMOUNTS, ECHO, OnStage, Stage
from tests.sweeps import in_the_soak

# Each puts the strings into fields of one kind, and finds them in the page.


def names_of_rooms_and_hosts(stage: Stage) -> None:
    names = []
    for text in stage.strings:
        name = as_name(text[:NAME_LIMIT])
        made = stage.host.make_room({"name": text[:NAME_LIMIT], "host": text[:NAME_LIMIT]})
        assert made.status_code == (422 if name is None else 201), ascii(text)
        if name is not None:
            assert made.json()["person"]["name"] == name
            names.append(shown(name))
    stage.page.open(f"/?lang=en#host-key={HOST_KEY}")
    stage.page.sees(".door-room-name", names, whole=True)
    last = stage.host.names("PATCH", "", MARKUP)[-1]
    mine = stage.host.names("PATCH", f"people/{stage.host.id}", MARKUP)[-1]
    stage.page.open(f"/r/{stage.host.room}?lang=en#token={stage.host.token}")
    stage.page.page.locator(".room__button").click()
    stage.page.sees("room-panel", [last])
    stage.page.sees(".person__name", [mine], whole=True)


def names_of_guests(stage: Stage) -> None:
    stage.page.open(f"/r/{stage.host.room}?lang=en#token={stage.host.token}")
    stage.page.page.locator(".room__button").click()
    names = stage.host.names("POST", "people", stage.strings)
    stage.page.sees(".person__name", names, whole=True)


def names_at_the_door(stage: Stage) -> None:
    refused = [each for each in stage.strings if as_name(each.translate({10: "", 13: ""})) is None]
    stage.page.open(f"/join/{stage.host.code}?lang=en")
    expect(stage.page.page.locator(".door-go")).to_be_enabled()
    for words in stage.page.refusals("#name", ".door-failure", refused):
        assert "A name has 1 to 40 visible characters." in words or "no value" in words, words


def codes_and_addresses(stage: Stage) -> None:
    page = stage.page
    page.open("/?lang=en")
    expect(page.page.locator(".door-join .door-go")).to_be_enabled()
    for text in [each[:20] for each in stage.alone[:: max(1, len(stage.alone) // 8)]]:
        page.open_strange("/join/", text)
        page.open_strange(f"/r/{stage.host.room}/labs/", text)
        page.open_strange("/replay?room=", text, leads_to="/join/")


def names_of_peers(stage: Stage) -> None:
    stage.host.start(ECHO)
    stage.bench(ECHO)
    places = [f"peers/127.0.0.1:{1024 + number}" for number in range(len(stage.strings))]
    stage.page.sees(".event", stage.host.names("PUT", places, stage.strings))


def names_of_recordings(stage: Stage) -> None:
    names = stage.host.names("POST", "recordings", stage.strings)
    stage.page.open(f"/r/{stage.host.room}?lang=en#token={stage.host.token}")
    stage.page.open(f"/replay?room={stage.host.room}&lang=en")
    stage.page.sees(".shelf__name", names, whole=True)


def names_of_programs_outside(stage: Stage) -> None:
    texts = [whole(text)[:200] for text in stage.strings]
    hello = {"lab": ECHO, "args": [], "pid": 1}
    for text in texts:
        with stage.host.open("trace") as trace:
            # Now, or it would stand before all that others have told, and the list has an end.
            trace.send(json.dumps(hello | {"program": text, "t": time.time()}))
            trace.recv()
    stage.bench(ECHO)
    stage.page.sees(".event", [shown(text) for text in texts])


def desks_of_a_class(stage: Stage) -> None:
    stage.host.json("PATCH", "", {"policy": "own_desks"})
    names = stage.host.names("POST", "people", stage.strings)
    stage.page.open(f"/r/{stage.host.room}?lang=en#token={stage.host.token}")
    stage.page.open(f"/r/{stage.host.room}/class?lang=en")
    stage.page.sees(".desk-card__link", names, whole=True)


def drafts(stage: Stage) -> None:
    place = f"drafts/{ECHO}/my_server.py"
    for text in stage.strings:
        kept = stage.host.json("PUT", place, {"text": text})
        assert kept.status_code == (200 if text == whole(text) else 422), ascii(text)
        if kept.status_code == 200:
            answer = stage.host.ask("GET", place)
            assert answer.json()["text"] == text
            assert answer.headers["content-type"] == "application/json"
            assert answer.headers["x-content-type-options"] == "nosniff"


FIELDS: list[Callable[[Stage], None]] = [
    names_of_guests,
    names_at_the_door,
    drafts,
]
MORE_FIELDS: list[Callable[[Stage], None]] = [
    names_of_rooms_and_hosts,
    codes_and_addresses,
    names_of_peers,
    names_of_recordings,
    names_of_programs_outside,
    desks_of_a_class,
]


@pytest.mark.parametrize("strings", AMOUNTS)
@pytest.mark.parametrize(
    "fill", [*FIELDS, *in_the_soak(*MORE_FIELDS)], ids=lambda fill: fill.__name__
)
def test_nothing_executes_and_all_of_it_is_text(
    fill: Callable[[Stage], None], strings: tuple[str, ...], on_stage: OnStage
) -> None:
    on_stage(fill, strings)
