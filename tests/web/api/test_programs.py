"""What a run's program says and is told over HTTP: its input, its output, its failure."""

from __future__ import annotations

import json
import signal

import pytest

from tests.server import Playground, serving
from tests.web.api.answers import RUNS, code_of


async def test_a_program_is_typed_into_and_its_input_ended(playground: Playground) -> None:
    run = await playground.start("threads/typed", "demo")
    assert (await playground.type(run, text="Привет, 🧵\n")).status_code == 204
    assert await playground.printed(run, "🧵\n") == "type a line\ngot Привет, 🧵\n"
    assert (await playground.type(run, eof=True)).status_code == 204
    assert (await playground.wait_for_event("run.exited", run=run["id"]))["exit_status"] == 0
    assert (await playground.printed(run, "input\n")).endswith("end of input\n")
    typed = await playground.wait_for_event("output", run=run["id"], stream="stdin")
    assert typed["text"] == "Привет, 🧵\n"


async def test_characters_cut_in_half_are_shown_whole(playground: Playground) -> None:
    run = await playground.start("threads/halves", "demo")
    text = "> Привет, 🧵"
    for _ in text.encode():
        await playground.type(run, text="+")
    await playground.wait_for_event("run.exited", run=run["id"])
    told = [
        event["text"]
        for event in await playground.events()
        if event["type"] == "output" and event["stream"] == "stdout"
    ]
    assert "".join(told) == text + "\N{REPLACEMENT CHARACTER}"


async def test_a_demo_that_fails_is_crashed_with_its_status(playground: Playground) -> None:
    run = await playground.start("threads/status", "demo", "3")
    crashed = await playground.wait_for_event("run.crashed", run=run["id"])
    assert crashed["exit_status"] == 3
    shown = await playground.get(f"{RUNS}/{run['id']}")
    assert (shown["state"], shown["exit_status"]) == ("crashed", 3)
    assert shown["error"]["code"] == "crashed"
    assert "status 3" in shown["error"]["message"]
    assert (await playground.stop(run)) == shown


async def test_a_demo_that_a_signal_ends_is_crashed_and_says_which(playground: Playground) -> None:
    run = await playground.start("threads/status", "demo", str(-signal.SIGKILL))
    crashed = await playground.wait_for_event("run.crashed", run=run["id"])
    assert crashed["exit_status"] == -signal.SIGKILL
    assert "9 (Killed)" in crashed["error"]["message"]


async def test_a_server_that_ends_before_it_listens_is_told_with_its_last_words(
    playground: Playground,
) -> None:
    response = await playground.try_start("tcp/silent", port=0, args=["--status", "3"])
    assert (response.status_code, code_of(response)) == (502, "start_failed")
    assert "status 3" in response.json()["error"]["message"]
    assert "it rains" in response.json()["error"]["message"]


async def test_a_server_that_prints_its_help_is_told_with_it(playground: Playground) -> None:
    response = await playground.try_start("udp/echo", port=0, args=["--help"])
    assert (response.status_code, code_of(response)) == (502, "start_failed")
    message = response.json()["error"]["message"]
    assert "status 0" in message
    assert "It printed: usage: server.py" in message
    assert "--port PORT" in message


@pytest.mark.parametrize("port", [99999, -1, 1.5, "80"])
async def test_what_is_no_port_is_answered_with_what_a_port_is(
    playground: Playground, port: object
) -> None:
    response = await playground.try_start("udp/echo", port=port)
    assert (response.status_code, code_of(response)) == (422, "invalid")
    message = response.json()["error"]["message"]
    assert "A port is a whole number from 1 to 65535, or 0 for any free one; got " in message
    assert json.dumps(port) in message


async def test_arguments_that_the_program_refuses_are_bad_arguments(
    playground: Playground,
) -> None:
    for lab, program in (("tcp/echo", "server"), ("udp/echo", "client")):
        response = await playground.try_start(lab, program, port=0, args=["--colour", "red"])
        assert (response.status_code, code_of(response)) == (422, "bad_arguments")
        assert "--colour red" in response.json()["error"]["message"]


async def test_a_server_that_never_listens_is_ended_in_time() -> None:
    with serving(start_timeout_s=0.5) as playground:
        response = await playground.try_start("tcp/silent", port=0)
        assert (response.status_code, code_of(response)) == (502, "start_failed")
        failed = await playground.wait_for_event("run.failed")
        assert failed["exit_status"] == -signal.SIGKILL
        assert playground.programs() == []


async def test_input_of_an_ended_run_is_refused(playground: Playground) -> None:
    run = await playground.start("threads/typed", "demo")
    await playground.stop(run)
    for body in ({"text": "hello?\n"}, {"eof": True}):
        response = await playground.type(run, **body)
        assert (response.status_code, code_of(response)) == (409, "run_ended")


async def test_input_after_its_end_is_refused(playground: Playground) -> None:
    run = await playground.start("threads/sleeper", "demo")
    assert (await playground.type(run, eof=True)).status_code == 204
    response = await playground.type(run, text="more")
    assert (response.status_code, code_of(response)) == (409, "run_ended")
    await playground.stop(run)


async def test_input_that_nobody_reads_is_refused_once_it_is_too_much(
    playground: Playground,
) -> None:
    run = await playground.start("threads/sleeper", "demo")
    statuses = []
    for _ in range(8):
        response = await playground.type(run, text="x" * 32_768)
        statuses.append(response.status_code)
    assert statuses[0] == 204
    assert statuses[-1] == 429
    assert code_of(response) == "input_full"
    assert "65536" in response.json()["error"]["message"]
    assert sum(status == 204 for status in statuses) * 32_768 <= 65_536 + 65_536
    await playground.stop(run)


@pytest.mark.parametrize("text", ["\ud800", "half \udfff of it\n"])
async def test_a_text_that_nothing_encodes_is_refused_and_none_of_it_is_typed(
    playground: Playground, text: str
) -> None:
    run = await playground.start("threads/typed", "demo")
    response = await playground.request(
        "POST",
        f"{RUNS}/{run['id']}/stdin",
        content=json.dumps({"text": text}),  # httpx itself would not encode it
        headers={"content-type": "application/json"},
    )
    assert (response.status_code, code_of(response)) == (422, "invalid")
    await playground.type(run, text="whole\n")
    await playground.type(run, eof=True)
    await playground.wait_for_event("run.exited", run=run["id"])
    typed = [one for one in await playground.events() if one.get("stream") == "stdin"]
    assert [one["text"] for one in typed] == ["whole\n"]


@pytest.mark.parametrize(
    "body",
    [
        {"lab": "\ud800", "program": "server"},
        {"lab": "tcp/echo", "program": "\ud800"},
        {"lab": "tcp/echo", "program": "server", "args": ["\ud800"]},
        {"lab": "tcp/echo", "program": "server", "\ud800": 1},
    ],
)
async def test_what_nothing_encodes_is_no_start(
    playground: Playground, body: dict[str, object]
) -> None:
    response = await playground.request(
        "POST",
        RUNS,
        content=json.dumps(body),
        headers={"content-type": "application/json"},
    )
    assert response.status_code in (404, 422), response.text
    assert "error" in response.json()
