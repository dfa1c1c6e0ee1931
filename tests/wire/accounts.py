"""What each side says it has sent and received, and whether that is what went over the wire."""

from __future__ import annotations

from base64 import b64decode
from collections import defaultdict
from dataclasses import dataclass, field

from tests.server import Event, Run
from tests.wire.frames import Flow, Frame, datagrams, streams

TOLD_BYTES = 2048


@dataclass
class Said:
    """What one socket has sent or received: of a stream in pieces, or datagrams, in order."""

    sent: list[tuple[int, bytes]] = field(default_factory=list)  # size, and its beginning
    received: list[tuple[int, bytes]] = field(default_factory=list)

    def note(self, direction: str, size: int, data: bytes) -> None:
        assert len(data) == min(size, TOLD_BYTES)
        getattr(self, direction).append((size, data))

    def say(self, data: bytes) -> bytes:
        """Note what a peer of the test sends."""
        self.note("sent", len(data), data[:TOLD_BYTES])
        return data

    def hear(self, data: bytes) -> bytes:
        """Note what a peer of the test receives."""
        self.note("received", len(data), data[:TOLD_BYTES])
        return data


def port_of(address: str) -> int:
    return int(address.rpartition(":")[2])


def said_by(events: list[Event], server: Run) -> dict[str, dict[Flow, Said]]:
    """Return what each program and each browser's client says about each of its flows.

    The pieces of a stream have to follow each other without a gap: that is what `offset` says.
    """
    said: dict[str, dict[Flow, Said]] = defaultdict(lambda: defaultdict(Said))
    ends: dict[str, Flow] = {}
    at: dict[tuple[str, int, str], int] = defaultdict(int)
    for event in sorted(events, key=lambda event: event["t"]):
        kind = event["type"]
        if kind == "client.opened" and event["run"] == server["id"]:
            ends[event["client"]] = port_of(event["local"]), port_of(event["peer"])
            said[event["client"]][ends[event["client"]]]
        elif kind in ("client.sent", "client.received") and event["client"] in ends:
            mine = said[event["client"]][ends[event["client"]]]
            mine.note(kind.removeprefix("client."), event["bytes"], b64decode(event["data"]))
        elif kind == "dropped":
            assert event["what"] == "output", event
        elif kind == "call" and event.get("phase") == "return" and "bytes" in event:
            assert "flags" not in event
            direction = "received" if event["call"].startswith("recv") else "sent"
            if event["transport"] == "tcp":
                count = event["run"], event["socket"], direction
                assert event["offset"] == at[count]
                at[count] += event["bytes"]
            flow = port_of(event["local"]), port_of(event["peer"])
            said[event["run"]][flow].note(direction, event["bytes"], b64decode(event["data"]))
        elif kind == "call" and event["call"] == "connect" and event.get("phase") == "return":
            said[event["run"]][port_of(event["local"]), port_of(event["peer"])]
    return said


def compare(
    transport: str,
    frames: list[Frame],
    told: dict[str, dict[Flow, Said]],
    outside: dict[int, Said],
    proxied: set[int],
    *,
    ticks: bool,
) -> None:
    """Compare each side's own account of each flow with the wire; nobody may be unaccounted for.

    `proxied` are ports of a proxy: nobody tells what it does. Of a server that `ticks`, datagrams
    may come to a peer that has read its last one and is saying goodbye.
    """
    flows = datagrams(frames) if transport == "udp" else streams(frames)
    accounts = {
        flow: said
        for mine in told.values()
        for flow, said in mine.items()
        if flow in flows or flow[::-1] in flows
    }
    for port, said in outside.items():
        (flow,) = [flow for flow in flows if flow[0] == port]
        accounts[flow] = said
    unaccounted = {flow[0] for flow in flows} - {flow[0] for flow in accounts} - proxied
    assert not unaccounted, f"nobody has told of the ports {unaccounted}"
    empty: list[bytes] | bytes = [] if transport == "udp" else b""
    for flow, said in accounts.items():
        assert_same(f"sent {flow}", said.sent, flows.get(flow, empty))
        came = flows.get(flow[::-1], empty)
        if ticks and isinstance(came, list) and said.sent[-1:] == [(3, b"end")]:
            came = came[: max(1, len(said.received))]
        assert_same(f"received {flow}", said.received, came)


def assert_same(what: str, told: list[tuple[int, bytes]], wire: list[bytes] | bytes) -> None:
    if isinstance(wire, list):
        assert told == [(len(data), data[:TOLD_BYTES]) for data in wire], what
        return
    at = 0
    for size, data in told:
        assert data == wire[at : at + size][:TOLD_BYTES], f"{what} at {at}"
        at += size
    assert at == len(wire), f"{what}: told {at} bytes, the wire {len(wire)}: {wire[at:]!r}"
