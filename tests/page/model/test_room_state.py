"""What a room's events make of its state: runs, their output, clients, what is counted."""

from __future__ import annotations

import pytest

from tests.page.conftest import Modules
from tests.page.model.room_events import LISTENING, OPENED, PLAIN, STARTED, Json, numbered, reduced


def output(text: str, stream: str = "stdout") -> Json:
    return {"type": "output", "run": "r1", "stream": stream, "text": text}


def lines_of(state: Json) -> list[str]:
    return [
        "".join(part["text"] for part in line["parts"]) for line in state["output"]["r1"]["lines"]
    ]


def test_a_run_listens_at_the_address_that_its_event_names(modules: Modules) -> None:
    run = reduced(modules, *numbered(STARTED, LISTENING))["runs"]["r1"]
    assert run["state"] == "listening"
    assert (run["host"], run["port"], run["pid"]) == ("127.0.0.1", 12345, 42)
    assert run["args"] == ["--port", "0"]


def test_a_run_that_finds_its_port_taken_remembers_which_and_starts_once_more(
    modules: Modules,
) -> None:
    first = {**STARTED, "args": ["--port", "1", "--port", "12345"]}
    taken = {"type": "call", "run": "r1", "call": "bind", "error": "EADDRINUSE"}
    second = {**STARTED, "pid": 43, "args": ["--port", "0"]}
    bound = {"type": "call", "run": "r1", "call": "bind", "local": "127.0.0.1:40000"}
    events = numbered(first, taken, second, bound, {**LISTENING, "port": 40000})
    run = reduced(modules, *events)["runs"]["r1"]
    assert (run["portTaken"], run["port"], run["pid"]) == (12345, 40000, 43)


@pytest.mark.parametrize(
    ("event", "state"),
    [
        ({"type": "run.running"}, "running"),
        ({"type": "run.stopping"}, "stopping"),
        ({"type": "run.exited", "exit_status": 0}, "exited"),
        (
            {"type": "run.crashed", "exit_status": 1, "error": {"code": "x", "message": "y"}},
            "crashed",
        ),
        ({"type": "run.failed", "error": {"code": "port_in_use", "message": "y"}}, "failed"),
    ],
)
def test_each_event_of_a_run_gives_it_its_state(modules: Modules, event: Json, state: str) -> None:
    run = reduced(modules, *numbered(STARTED, {"run": "r1", **event}))["runs"]["r1"]
    assert run["state"] == state
    assert run["exit_status"] == event.get("exit_status")
    assert run["error"] == event.get("error")


def test_pieces_of_output_become_lines_in_their_order(modules: Modules) -> None:
    state = reduced(
        modules, *numbered(STARTED, output("one\ntw"), output("o\r\n"), output("three", "stderr"))
    )
    assert lines_of(state) == ["one", "two", "three"]
    assert [line["ended"] for line in state["output"]["r1"]["lines"]] == [True, True, False]


def test_what_is_typed_stands_in_the_line_of_its_prompt(modules: Modules) -> None:
    state = reduced(modules, *numbered(STARTED, output("Name: "), output("Anna\n", "stdin")))
    (line,) = state["output"]["r1"]["lines"]
    assert line["parts"] == [
        {"stream": "stdout", "text": "Name: "},
        {"stream": "stdin", "text": "Anna"},
    ]


def test_output_is_bounded_and_what_the_bound_takes_is_counted(modules: Modules) -> None:
    state = reduced(modules, *numbered(STARTED, output("a line\n" * 2500)))
    kept = state["output"]["r1"]
    assert len(kept["lines"]) == 2000
    assert kept["forgotten"] == 500
    assert kept["characters"] == 2000 * len("a line")


def test_a_line_without_end_is_cut_and_bounded(modules: Modules) -> None:
    state = reduced(modules, *numbered(STARTED, *(output("x" * 16_000) for _ in range(30))))
    kept = state["output"]["r1"]
    assert kept["characters"] <= 200_000
    assert all(line["characters"] <= 4_000 for line in kept["lines"])
    assert kept["forgotten"] + len(kept["lines"]) == 30 * 4


def test_dropped_output_is_told_in_its_place(modules: Modules) -> None:
    dropped = {"type": "dropped", "run": "r1", "what": "output", "count": 3, "bytes": 1000}
    events = numbered(STARTED, output("before\n"), dropped, dropped, output("after\n"))
    state = reduced(modules, *events)
    lines = state["output"]["r1"]["lines"]
    assert lines_of(state) == ["before", "", "after"]
    assert lines[1]["dropped"] == {"count": 6, "bytes": 2000}
    assert state["dropped"] == {"output": 6, "messages": 0, "bytes": 2000}


def test_a_client_counts_its_bytes_each_way(modules: Modules) -> None:
    sent = {"type": "client.sent", "client": "c1", "run": "r1", "bytes": 5, "data": "aGVsbG8="}
    received = {**sent, "type": "client.received", "bytes": 7}
    client = reduced(modules, *numbered(OPENED, sent, sent, received))["clients"]["c1"]
    assert (client["sent"], client["received"]) == (10, 7)
    assert (client["messagesSent"], client["messagesReceived"]) == (2, 1)
    assert (client["local"], client["state"]) == ("127.0.0.1:50000", "open")


@pytest.mark.parametrize(
    ("types", "state"),
    [
        (["client.eof"], "ended"),
        (["client.shutdown"], "finished"),
        (["client.eof", "client.shutdown"], "closing"),
        (["client.shutdown", "client.eof"], "closing"),
        (["client.eof", "client.closed"], "closed"),
        (["client.closed", "client.eof"], "closed"),
    ],
)
def test_a_client_closes_its_directions_one_by_one(
    modules: Modules, types: list[str], state: str
) -> None:
    events = [{"type": each, "client": "c1", "run": "r1"} for each in types]
    assert reduced(modules, *numbered(OPENED, *events))["clients"]["c1"]["state"] == state


def test_a_refused_datagram_leaves_a_udp_client_open(modules: Modules) -> None:
    failed = {
        "type": "client.failed",
        "client": "c1",
        "run": "r1",
        "code": "refused",
        "message": "m",
    }
    client = reduced(modules, *numbered(OPENED, failed))["clients"]["c1"]
    assert client["state"] == "open"
    assert client["error"] == {"code": "refused", "message": "m"}


def test_a_client_that_never_opened_is_closed(modules: Modules) -> None:
    failed = {
        "type": "client.failed",
        "client": "c9",
        "run": "r1",
        "code": "refused",
        "message": "",
    }
    assert reduced(modules, *numbered(failed))["clients"]["c9"]["state"] == "closed"


def test_unknown_types_are_counted_and_known_ones_are_not(modules: Modules) -> None:
    call = {"type": "call", "run": "r1", "call": "bind"}
    odd = {"type": "moon.rose"}
    client = {"type": "client.sneezed", "client": "c1", "run": "r1"}
    state = reduced(modules, *numbered(STARTED, call, odd, odd, client))
    assert state["unknown"] == {"moon.rose": 2, "client.sneezed": 1}


def test_an_event_that_comes_twice_counts_once(modules: Modules) -> None:
    events = numbered(STARTED, output("once\n"))
    state = reduced(modules, *events, *events)
    assert lines_of(state) == ["once"]
    assert state["seq"] == 2


def test_numbers_that_are_left_out_are_counted_as_missed(modules: Modules) -> None:
    first, second = numbered(STARTED, LISTENING)
    assert reduced(modules, first, {**second, "seq": 12})["missed"] == 10


def test_a_batch_gives_what_its_events_give_one_by_one(modules: Modules) -> None:
    events = numbered(STARTED, LISTENING, OPENED, output("a\nb"), output("c\n"))
    body = (
        PLAIN
        + """
        const batch = m.reduceAll(m.initial(), v.events);
        const single = v.events.reduce(m.reduce, m.initial());
        return [plain(batch), plain(single)];
        """
    )
    batch, single = modules.run("model/room-state", body, events=events)
    assert batch == single


def test_a_state_that_was_shown_never_changes(modules: Modules) -> None:
    events = numbered(STARTED, LISTENING, OPENED, output("a"), output("b\n"), output("c\n"))
    body = (
        PLAIN
        + """
        const states = [m.initial()];
        const texts = [JSON.stringify(plain(states[0]))];
        for (const event of v.events) {
          states.push(m.reduce(states.at(-1), event));
          texts.push(JSON.stringify(plain(states.at(-1))));
        }
        return states.map((state) => JSON.stringify(plain(state))).every((s, i) => s === texts[i]);
        """
    )
    assert modules.run("model/room-state", body, events=events)


def test_what_an_event_does_not_touch_stays_the_same_object(modules: Modules) -> None:
    body = """
        const before = m.reduceAll(m.initial(), v.events.slice(0, 2));
        const after = m.reduce(before, v.events[2]);
        return [before.runs === after.runs, before.clients === after.clients];
        """
    runs_kept, clients_kept = modules.run(
        "model/room-state", body, events=numbered(STARTED, LISTENING, OPENED)
    )
    assert runs_kept
    assert not clients_kept
