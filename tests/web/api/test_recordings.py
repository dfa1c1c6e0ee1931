"""The recording of a room, as a file, and the example that is shipped."""

from __future__ import annotations

import json
import re
import socket
from collections import Counter
from typing import Any

import msgspec

from backend.domain import events
from backend.web.api.recordings import file_name
from backend.web.pages.replay import EXAMPLE
from tests.ports import unused_port
from tests.server import ROOM, Playground, serving
from tests.web.example_recording import record

Json = dict[str, Any]
KINDS = events.Event.__subclasses__()


def lines_of(content: bytes) -> list[Json]:
    return [json.loads(line) for line in content.splitlines()]


def kinds_of(content: bytes) -> Counter[str]:
    """Count what a recording tells: types, socket calls with their errors, failures."""
    return Counter(
        " ".join(
            str(line[key]) for key in ("type", "call", "phase", "error", "code") if key in line
        )
        for line in lines_of(content)[1:]
        if line["type"] != "output"  # how a text is cut into pieces is up to the kernel
    )


async def test_is_a_file_to_download(playground: Playground) -> None:
    answer = await playground.request("GET", f"{ROOM}/recording")
    assert answer.headers["content-type"] == "application/x-ndjson"
    disposition = answer.headers["content-disposition"]
    assert re.fullmatch(
        r'attachment; filename="socketlab-local-\d{4}-\d\d-\d\d\.jsonl"', disposition
    )
    assert answer.headers["cache-control"] == "no-store"


def test_a_room_of_any_name_makes_a_name_for_a_file() -> None:
    assert re.fullmatch(r"socketlab-a-b-[\d-]+\.jsonl", file_name('a/../"b'))


async def test_holds_what_the_timeline_tells(playground: Playground) -> None:
    run = await playground.start("udp/echo")
    async with playground.open_client(run) as client:
        await client.send(b"one")
        assert await client.data() == b"one"
    await playground.stop(run)
    told = await playground.events(after=0)
    header, *recorded = lines_of((await playground.request("GET", f"{ROOM}/recording")).content)
    assert recorded == told
    assert (header["type"], header["version"], header["room"]) == ("recording", 1, "local")
    assert header["lab_ids"] == ["udp/echo"]
    assert [each["id"] for each in header["runs"]] == [run["id"]]


async def test_of_a_take_holds_its_lab_only_and_says_which_it_is() -> None:
    with serving() as playground:
        await playground.stop(await playground.start("udp/echo"))
        await playground.stop(await playground.start("tcp/echo"))
        await playground.request("POST", f"{ROOM}/takes", json={"lab": "udp/echo"})
        run = await playground.start("udp/echo")
        await playground.stop(run)
        answers = [
            await playground.request("GET", f"{ROOM}/recording?lab=udp/echo{which}")
            for which in ("&take=1", "&take=2", "")
        ]
        first, second, present = (lines_of(answer.content) for answer in answers)
        assert second[1:] == present[1:]
        assert [(each[0]["lab"], each[0]["take"]) for each in (first, second)] == [
            ("udp/echo", 1),
            ("udp/echo", 2),
        ]
        assert "-udp-echo-2-" in answers[1].headers["content-disposition"]
        assert (second[0]["lab_ids"], second[1]["type"]) == (["udp/echo"], "take.began")
        assert {line["run"] for line in second[2:]} == {run["id"]}
        assert {line["lab"] for line in first[1:] if line["type"] == "run.started"} == {"udp/echo"}
        for which, code in (
            ("lab=no/lab", "unknown_lab"),
            ("lab=udp/echo&take=9", "invalid"),
            ("take=1", "invalid"),
        ):
            refused = await playground.request("GET", f"{ROOM}/recording?{which}")
            assert refused.json()["error"]["code"] == code


async def test_is_bounded_as_the_history_is_and_says_what_is_gone() -> None:
    with serving(events_kept=5) as playground:
        for _ in range(2):
            await playground.stop(await playground.start("udp/echo"))
        content = (await playground.request("GET", f"{ROOM}/recording")).content
    header, gap, *recorded = lines_of(content)
    assert gap["type"] == "gap"
    assert gap["missed"] == recorded[0]["seq"] - 1
    assert len(recorded) == 5
    assert header["lab_ids"] == ["udp/echo"]


async def test_of_a_room_that_is_not_there_is_an_error(playground: Playground) -> None:
    answer = await playground.request("GET", "/api/rooms/nowhere/recording")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "unknown_room")


class TestExample:
    def test_each_line_is_an_event_as_the_backend_tells_it(self) -> None:
        by_tag = {str(kind.__struct_config__.tag): kind for kind in KINDS}
        header, *recorded = lines_of(EXAMPLE.read_bytes())
        assert header["type"] == "recording"
        assert [event["seq"] for event in recorded] == list(range(1, len(recorded) + 1))
        for event in recorded:
            msgspec.convert(event, by_tag[event["type"]])

    def test_tells_nothing_of_the_machine_that_made_it(self) -> None:
        text = EXAMPLE.read_text(encoding="utf-8")
        assert "/home" not in text
        assert "/tmp" not in text
        assert re.findall(r"\b(?!127\.0\.0\.1)\d+\.\d+\.\d+\.\d+\b", text) == []

    async def test_is_what_its_script_still_records(self) -> None:
        """The lab is another one here, with the same calls; prints are not compared."""
        with serving() as playground:
            port = unused_port(socket.SOCK_DGRAM)
            made = await record(playground, lab="udp/echo", port=port)
        shipped = EXAMPLE.read_bytes()
        once = {
            kind for kind in kinds_of(shipped) if "close" not in kind and "Keyboard" not in kind
        }
        assert once <= set(kinds_of(made))
        assert kinds_of(made)["client.failed refused"] == 1
        assert kinds_of(shipped)["gap"] == 0
