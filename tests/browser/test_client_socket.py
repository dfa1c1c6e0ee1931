"""The client socket of the page against a WebSocket that the test plays."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.conftest import Modules

# A WebSocket that does what the test says, and a log of all that the socket tells.
STAGE = """
class Wire extends EventTarget {
  sent = [];
  send(data) { this.sent.push(typeof data === "string" ? data : [...new Uint8Array(data)].length); }
  close(code) { this.closedWith = code; this.end(code); }
  text(message) { this.#message(JSON.stringify(message)); }
  bytes(...bytes) { this.#message(Uint8Array.from(bytes).buffer); }
  end(code = 1000, reason = "") {
    this.dispatchEvent(Object.assign(new Event("close"), { code, reason }));
  }
  #message(data) { this.dispatchEvent(new MessageEvent("message", { data })); }
}
const wire = new Wire();
const make = (transport) => new m.ClientSocket({ url: "ws://x", transport, open: () => wire });
const OPENED = { type: "opened", client: "c1", local: "127.0.0.1:5", peer: "127.0.0.1:6" };
const open = (socket, credit = 262144) => {
  wire.text(OPENED);
  if (credit > 0) wire.text({ type: "credit", bytes: credit });
};
const log = [];
const TOLD = ["opened", "data", "sent", "shutdown", "eof", "failure", "closed", "unknown"];
const watch = (socket) => {
  for (const type of TOLD) {
    socket.addEventListener(type, ({ detail }) => log.push([type, detail]));
  }
  return socket;
};
const attempt = (action) => { try { action(); return null; } catch (error) { return error.code; } };
"""


@pytest.fixture
def play(modules: Modules) -> Any:
    """Run a scene on the stage; return what it returns."""
    return lambda scene, **values: modules.run("net/client-socket", STAGE + scene, **values)


def test_the_addresses_are_known_once_it_is_open(play: Any) -> None:
    scene = """
        const socket = make("udp");
        const before = socket.state;
        open(socket);
        return [before, socket.state, socket.client, socket.local, socket.peer];
        """
    assert play(scene) == ["connecting", "open", "c1", "127.0.0.1:5", "127.0.0.1:6"]


def test_what_is_sent_early_waits_for_the_connection_and_for_credit(play: Any) -> None:
    scene = """
        const socket = make("tcp");
        socket.send(new Uint8Array(10));
        const connecting = [...wire.sent];
        open(socket, 0);
        const withoutCredit = [...wire.sent];
        wire.text({ type: "credit", bytes: 10 });
        return [connecting, withoutCredit, wire.sent, socket.queuedBytes];
        """
    assert play(scene) == [[], [], [10], 0]


def test_no_more_is_sent_than_there_is_credit_for(play: Any) -> None:
    scene = """
        const socket = make("tcp");
        open(socket, 100_000);
        socket.send(new Uint8Array(150_000));
        const before = [...wire.sent];
        wire.text({ type: "credit", bytes: 100_000 });
        return [before, wire.sent, socket.queuedBytes];
        """
    assert play(scene) == [[65536], [65536, 65536, 18928], 0]


def test_a_datagram_is_never_cut(play: Any) -> None:
    scene = """
        const socket = make("udp");
        open(socket, 65_000);
        socket.send(new Uint8Array(65_507));
        const before = [...wire.sent];
        wire.text({ type: "credit", bytes: 1_000 });
        return [before, wire.sent];
        """
    assert play(scene) == [[], [65507]]


def test_an_empty_datagram_is_sent_and_an_empty_piece_of_a_stream_is_not(play: Any) -> None:
    assert play("const s = make('udp'); open(s); s.send(new Uint8Array(0)); return wire.sent;") == [
        0
    ]
    assert (
        play("const s = make('tcp'); open(s); s.send(new Uint8Array(0)); return wire.sent;") == []
    )


def test_a_datagram_that_cannot_exist_is_refused_before_it_is_sent(play: Any) -> None:
    scene = """
        const socket = make("udp");
        open(socket);
        return [attempt(() => socket.send(new Uint8Array(65_508))), wire.sent, socket.state];
        """
    assert play(scene) == ["too_big", [], "open"]


def test_the_queue_is_bounded_with_an_error_that_has_a_name(play: Any) -> None:
    scene = """
        const socket = make("tcp");
        open(socket, 0);
        socket.send(new Uint8Array(m.LIMITS.queueBytes));
        return [attempt(() => socket.send(new Uint8Array(1))), socket.queuedBytes];
        """
    assert play(scene) == ["queue_full", 1_048_576]


def test_what_arrives_is_told_as_bytes(play: Any) -> None:
    scene = """
        const socket = watch(make("tcp"));
        open(socket);
        wire.bytes(208, 159);
        wire.bytes();
        return log.filter(([type]) => type === "data").map(([, { bytes }]) => [...bytes]);
        """
    assert play(scene) == [[208, 159], []]


def test_a_half_close_goes_out_after_all_bytes_and_answers_still_arrive(play: Any) -> None:
    scene = """
        const socket = watch(make("tcp"));
        open(socket, 0);
        socket.send(new Uint8Array(3));
        socket.shutdown();
        const waiting = [...wire.sent, socket.state];
        const late = attempt(() => socket.send(new Uint8Array(1)));
        wire.text({ type: "credit", bytes: 3 });
        const finished = socket.state;
        wire.bytes(1);
        wire.text({ type: "eof" });
        const both = socket.state;
        wire.end();
        return [waiting, late, wire.sent, finished, both, socket.state, log.map(([type]) => type)];
        """
    assert play(scene) == [
        ["open"],
        "not_open",
        [3, '{"type":"shutdown"}'],
        "finished",
        "closing",
        "closed",
        ["opened", "sent", "shutdown", "data", "eof", "closed"],
    ]


def test_after_the_labs_end_of_file_it_may_still_send(play: Any) -> None:
    scene = """
        const socket = make("tcp");
        open(socket);
        wire.text({ type: "eof" });
        socket.send(new Uint8Array(2));
        return [socket.state, wire.sent];
        """
    assert play(scene) == ["ended", [2]]


def test_a_refused_connection_is_one_failure_then_closed(play: Any) -> None:
    scene = """
        const socket = watch(make("tcp"));
        socket.send(new Uint8Array(4));
        wire.text({ type: "error", code: "refused", message: "RST" });
        wire.end(1000);
        return [log, socket.state];
        """
    assert play(scene) == [
        [["failure", {"code": "refused", "message": "RST"}], ["closed", {"unsentBytes": 4}]],
        "closed",
    ]


def test_a_refused_datagram_leaves_the_socket_open(play: Any) -> None:
    scene = """
        const socket = make("udp");
        open(socket);
        wire.text({ type: "error", code: "refused", message: "ICMP" });
        socket.send(new Uint8Array(1));
        return [socket.state, wire.sent];
        """
    assert play(scene) == ["open", [1]]


@pytest.mark.parametrize(
    ("opened", "code", "failure"),
    [(False, 1006, "not_opened"), (True, 1006, "lost"), (True, 1009, "too_long")],
)
def test_a_lost_connection_has_a_name(play: Any, opened: bool, code: int, failure: str) -> None:
    scene = """
        const socket = watch(make("tcp"));
        if (v.opened) open(socket);
        wire.end(v.code);
        return log.filter(([type]) => type === "failure").map(([, { code }]) => code);
        """
    assert play(scene, opened=opened, code=code) == [failure]


@pytest.mark.parametrize("code", [1000, 1008, 1013])
def test_an_end_that_the_bridge_has_explained_is_not_a_second_failure(play: Any, code: int) -> None:
    scene = """
        const socket = watch(make("tcp"));
        open(socket);
        wire.text({ type: "error", code: "window", message: "" });
        wire.end(v.code);
        return log.filter(([type]) => type === "failure").length;
        """
    assert play(scene, code=code) == 1


def test_closing_it_oneself_is_no_failure(play: Any) -> None:
    scene = """
        const socket = watch(make("tcp"));
        open(socket);
        socket.close();
        return [wire.closedWith, socket.state, log.map(([type]) => type),
          attempt(() => socket.send(new Uint8Array(1)))];
        """
    assert play(scene) == [1000, "closed", ["opened", "closed"], "not_open"]


def test_an_unknown_control_message_is_reported(play: Any) -> None:
    scene = """
        const socket = watch(make("tcp"));
        open(socket);
        wire.text({ type: "sneeze" });
        return log.at(-1);
        """
    assert play(scene) == ["unknown", {"type": "sneeze"}]


def test_every_state_of_the_table_can_be_closed_and_only_closed_is_final(play: Any) -> None:
    table = play("return m.TRANSITIONS;")
    assert table.pop("closed") == {}
    assert all(row["closed"] == "closed" for row in table.values())
    assert {state for row in table.values() for state in row.values()} <= {*table, "closed"}


def test_the_address_of_a_client_is_on_the_pages_own_server(play: Any) -> None:
    scene = """
        const origin = { protocol: v.protocol, host: "lab.example:8000" };
        return m.clientUrl("a/b", "r1", { origin });
        """
    path = "lab.example:8000/ws/rooms/a%2Fb/runs/r1/client"
    assert play(scene, protocol="http:") == f"ws://{path}"
    assert play(scene, protocol="https:") == f"wss://{path}"
