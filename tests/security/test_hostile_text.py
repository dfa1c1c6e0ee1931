"""What people, programs and sockets say is text in the page, whatever it is: nothing executes.

Two hundred strings go into every field that somebody can fill; a host looks, in a real browser, and
all of them stand there, as they were said or as signs. The gate tries one of each kind.
"""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.security.hostile import HOSTILE, MARKUP, as_bytes, shown, shown_bytes, whole
from tests.security.stage import (
    AMOUNTS,
    CHAT,
    ECHO,
    TYPED,
    WEB,
    OnStage,
    Stage,
    alone,
    halves,
    recording_of,
    told,
)
from tests.security.watched import KEPT_IN
from tests.sweeps import in_the_soak

TO_THE_END = "slider => { slider.value = slider.max; slider.dispatchEvent(new Event('input')); }"

# Each puts the strings into fields of one kind, and finds them in the page.


def what_is_typed_and_printed(stage: Stage) -> None:
    run = stage.host.start(TYPED, "demo")
    stage.bench(TYPED)
    for text in stage.alone:
        typed = stage.host.json("POST", f"runs/{run}/stdin", {"text": f"{text}\n"})
        assert typed.status_code == 204, typed.text
    said = [shown(text, lines=True) for text in stage.alone]
    stage.page.sees(".console__lines", [f"got {each}" for each in said])
    stage.page.sees(".event", [each[:250] for each in said])


def arguments(stage: Stage) -> None:
    given = [each for each in stage.strings if "\0" not in each and each == whole(each)]
    for at in range(0, len(given), 30):
        stage.host.start(TYPED, "demo", args=given[at : at + 30])
    for text in set(stage.strings) - set(given):
        order = {"lab": TYPED, "program": "demo", "args": [text]}
        assert stage.host.json("POST", "runs", order).status_code in (400, 422), ascii(text)
    stage.bench(TYPED)
    stage.page.sees(".event", [shown(given[0])[:200], shown(given[30 * ((len(given) - 1) // 30)])])


def ports(stage: Stage) -> None:
    stage.bench(ECHO)
    stage.page.page.locator("run-panel summary").first.click()
    field = stage.page.page.get_by_label("Port", exact=True)
    room = int(field.get_attribute("maxlength") or 0)
    for text in sorted(
        {each.strip()[:room].strip() for each in stage.alone if each.isascii()} - {""}
    ):
        field.fill(text)
        field.press("Enter")
        stage.page.sees("run-panel", [f"“{shown(text)}” is not a port."])
    for text in stage.strings:
        order = {"lab": ECHO, "program": "server", "port": text}
        assert stage.host.json("POST", "runs", order).status_code == 422
        strange = stage.host.json("POST", "runs", {"lab": text, "program": "server"})
        assert strange.status_code in (400, 404, 422), strange.text


def bytes_of_clients(stage: Stage) -> None:
    run = stage.host.start(ECHO)
    stage.bench(ECHO)
    with stage.host.open(f"runs/{run}/client") as client:
        for strings in halves(stage.strings):
            for text in strings:
                client.send(as_bytes(text[:600]))
                while isinstance(client.recv(), str):
                    pass
                client.send(json.dumps({"type": text}))
            said = [shown_bytes(text[:100])[:200].replace("\n", "↵") for text in strings]
            stage.page.sees(".event", said)
            for picture in ("text", "hex", "list"):
                stage.page.picture(picture)


def messages_of_the_page(stage: Stage) -> None:
    stage.host.start(ECHO)
    stage.bench(ECHO)
    said = [each[:600] for each in stage.strings]
    stage.page.submit("client-card .message__text", said)
    shown_here = [
        shown(whole(each).replace("\r\n", "\n").replace("\r", "\n"), lines=True) for each in said
    ]
    for way in ("sent", "received"):
        stage.page.sees(f".log__entry--{way} .log__text", [each.strip("\n") for each in shown_here])


def a_chat(stage: Stage) -> None:
    run = stage.host.start(CHAT)
    stage.bench(CHAT)
    expect(stage.page.page.locator("run-state")).to_have_attribute("data-state", "listening")
    stage.page.page.get_by_role("button", name="Join the chat").click()
    # Connected is not yet a member: the server says so when it is on the list.
    expect(stage.page.page.locator(".console__lines")).to_contain_text("подключился")
    expect(stage.page.page.locator(".chat__form")).to_be_visible()
    with stage.host.open(f"runs/{run}/client") as client:
        for text in stage.strings:
            client.send(as_bytes(text.replace("\n", "").replace("\r", "")) + b"\n")
        stage.page.sees("client-chat", [shown(text) for text in stage.alone])
    stage.page.submit("client-chat .chat__form input", stage.alone)
    stage.page.sees(".chat__line--own .chat__text", [shown(text) for text in stage.alone])


def a_web_page(stage: Stage) -> None:
    head = "".join(f"X-{n}: {text}\r\n" for n, text in enumerate(stage.alone))
    top = f"HTTP/1.1 200 <b>\u202eOK\r\n{head}Content-Type: "
    for n, kind in enumerate(("text/plain", "text/html")):
        body = "\n".join(stage.strings if n == 0 else MARKUP)
        answer = f"{top}{kind}\r\n\r\n".encode() + as_bytes(body)
        (stage.folder / str(n)).write_bytes(answer)
    stage.host.start(WEB, args=[str(stage.folder)])
    stage.page.expected += KEPT_IN
    stage.bench(WEB)
    for n in range(2):
        stage.page.page.get_by_label("Path").fill(f"/{n}{MARKUP[1]}")
        stage.page.page.get_by_label("Path").press("Enter")
        stage.page.sees(".browser__body", ["&#60;script" if n else shown_bytes(stage.strings[0])])
        stage.page.sees(
            ".browser__head", [shown(each, lines=True) for each in stage.alone if each.isascii()]
        )
        if n == 0:
            said = [shown_bytes(text).replace("\r", "\\r") for text in stage.strings]
            stage.page.sees(".browser__body", said)
    expect(stage.page.page.locator("client-browser iframe")).to_be_visible()


def what_a_program_outside_tells(stage: Stage) -> None:
    texts = [whole(text)[:500] for text in stage.strings]
    hello = {"program": texts[1], "lab": ECHO, "args": texts, "pid": 1, "t": 1.0}
    with stage.host.open("trace") as trace:
        trace.send(json.dumps(hello))
        for n, text in enumerate(texts):
            at = {"t": 1.0, "run": "r", "thread": text, "tid": n + 1, "file": text, "line": 1}
            lock = {**at, "object": n, "kind": "Lock", "name": text}
            events = [
                {"type": "thread", "event": "starts", "other": text, **at},
                {"type": "sync", "event": "made", **lock},
                {"type": "sync", "event": "waiting", **lock},
                told(n, text),
            ]
            trace.send(json.dumps(events))
        stage.bench(ECHO)
        stage.page.sees(".event", [shown(text)[:200] for text in texts])
        for picture in ("text", "hex", "calls", "lanes"):
            stage.page.picture(picture)
    stage.page.picture("list")


def a_file_that_is_opened(stage: Stage) -> None:
    for strings in halves(stage.strings):
        stage.page.open("/replay?lang=en")
        file = {"name": "<b>\u202e", "mimeType": "text/plain", "buffer": recording_of(strings)}
        stage.page.page.locator("#replay-file").set_input_files(file)  # type: ignore[arg-type]
        expect(stage.page.page.locator("playback-bar")).to_be_visible()
        stage.page.page.locator(".playback__slider").evaluate(TO_THE_END)
        stage.page.picture("list")
        stage.page.sees(".event", [shown(whole(text))[:200] for text in strings if alone(text)])
        for picture in ("text", "calls", "lanes", "hex"):
            stage.page.picture(picture)


FIELDS: list[Callable[[Stage], None]] = [
    what_is_typed_and_printed,
    messages_of_the_page,
    a_chat,
]
MORE_FIELDS: list[Callable[[Stage], None]] = [
    arguments,
    ports,
    bytes_of_clients,
    a_web_page,
    what_a_program_outside_tells,
    a_file_that_is_opened,
]


def test_there_are_two_hundred_of_them() -> None:
    assert len(set(HOSTILE)) == len(HOSTILE) == 200


@pytest.mark.parametrize("strings", AMOUNTS)
@pytest.mark.parametrize(
    "fill", [*FIELDS, *in_the_soak(*MORE_FIELDS)], ids=lambda fill: fill.__name__
)
def test_nothing_executes_and_all_of_it_is_text(
    fill: Callable[[Stage], None], strings: tuple[str, ...], on_stage: OnStage
) -> None:
    on_stage(fill, strings)
