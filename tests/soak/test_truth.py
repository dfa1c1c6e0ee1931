"""The page's own picture of a program, compared with what strace saw it ask of the kernel.

The ends of connections, FIN and RST, are compared with what tshark saw of them on loopback: who has
sent one is the kernel's decision.

Programs are of the kinds where a picture may lie: a socket in several processes, objects or
threads, used by its number, given away; datagrams that are cut, lost, sent to many.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.soak import kernel_calls, told
from tests.soak.kernel_calls import Asked, Flow
from tests.tracing.drawn import drawn
from tests.wire.accounts import port_of
from tests.wire.frames import FIN, RST, Frame
from tests.wire.wire import Capture

pytestmark = [
    pytest.mark.soak,
    pytest.mark.skipif(sys.platform != "linux", reason="strace is there on Linux only"),
]

WITHIN_S = 60
FOLDER = Path(__file__).with_name("truth")
PROGRAMS = sorted(path.stem for path in FOLDER.glob("*.py"))
SOCKETLAB = str(Path(sys.prefix) / "bin" / "socketlab")
# Another program takes part, or the socket's number: who has read what is not told.
PASSED_ON = {"by_descriptor", "detach", "popen", "spawned"}
UNTOLD = PASSED_ON | {"endings_of_others"}

AT_ITS_END = {"exit_at_once"}  # the kernel closes what the program leaves open
ENDS = {"fin", "rst"}

Transfer = dict[str, Any]


def run(name: str, folder: Path) -> tuple[list[told.Record], Asked]:
    trace, calls = folder / "trace.jsonl", folder / "calls"
    command = [SOCKETLAB, "trace", "--json", "--output", str(trace), str(FOLDER / f"{name}.py")]
    done = subprocess.run(
        [*kernel_calls.COMMAND, "-o", str(calls), *command],
        capture_output=True,
        text=True,
        timeout=WITHIN_S,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return told.read(trace)[0], kernel_calls.read(calls)


def flow_of(transfer: Transfer, records: list[told.Record]) -> Flow:
    """Return from which port to which a transfer went."""
    events = [records[seq - 1] for seq in transfer["seqs"]]
    (event, *_) = [each for each in events if "local" in each and "peer" in each]
    here, there = port_of(event["local"]), port_of(event["peer"])
    is_sending = event["call"] in told.SENDING or transfer["sent"] is not None
    return (here, there) if is_sending else (there, here)


@pytest.fixture(scope="module")
def capture() -> Iterator[Capture]:
    captured = Capture([], all_tcp=True)
    try:
        assert captured.works(), "tshark may not capture on loopback: run this as root"
        yield captured
    finally:
        captured.close()


def told_flows(records: list[told.Record]) -> set[Flow]:
    """Return the directions of streams whose sender tells what it does."""
    return {
        (port_of(each["local"]), port_of(each["peer"]))
        for each in told.calls(records)
        if each["transport"] == "tcp" and "local" in each and "peer" in each
    }


@pytest.mark.parametrize("name", PROGRAMS)
def test_what_is_drawn_is_what_the_kernel_was_asked_for(
    name: str, tmp_path: Path, capture: Capture
) -> None:
    began = time.time()
    records, asked = run(name, tmp_path)
    transfers = drawn(records)
    drawn_bytes: Counter[Flow] = Counter()
    read_bytes: Counter[Flow] = Counter()
    unplaced: Counter[Flow] = Counter()  # where in the stream they stand is not known
    for each in transfers:
        if each["what"] != "segment":
            continue
        flow = flow_of(each, records)
        if each["a"] is None:
            unplaced[flow] += each["bytes"]
            continue
        drawn_bytes[flow] += each["bytes"]
        read_bytes[flow] += sum(to - first for _, first, to in each["arrivals"])
        if asked.taken[flow] == asked.sent[flow]:  # nothing waits, and nothing is lost
            assert each["state"] in ("arrived", "sent", "unknown"), each
    flows = told_flows(records)
    by_told = Counter({flow: size for flow, size in asked.sent.items() if flow in flows})
    assert by_told <= drawn_bytes + unplaced
    assert drawn_bytes <= asked.sent
    assert read_bytes <= asked.taken
    if name not in UNTOLD:
        assert asked.taken <= read_bytes + unplaced
    assert unplaced.total() == 0 or name == "many_threads"
    hold_ends(transfers, records, asked, name)
    assert capture.is_complete()
    frames = [each for each in capture.recorder.of("tcp") if each.at >= began]
    hold_ends_on_the_wire(transfers, records, frames, name)
    hold_datagrams(transfers, asked)
    hold_unix(transfers, records, asked)


def hold_ends(
    transfers: list[Transfer], records: list[told.Record], asked: Asked, name: str
) -> None:
    """Hold that the end of a stream has arrived where it was read, and nowhere else."""
    ended = {
        flow_of(each, records)
        for each in transfers
        if each["what"] == "fin" and each["state"] == "arrived"
    }
    assert ended <= asked.ended
    if name not in UNTOLD:
        assert ended == asked.ended


def hold_ends_on_the_wire(
    transfers: list[Transfer], records: list[told.Record], frames: list[Frame], name: str
) -> None:
    """Hold that each FIN and RST that is drawn was sent; and the first one of each is drawn."""
    flows = told_flows(records)
    ends = flows | {flow[::-1] for flow in flows}
    sent = [
        ("rst" if frame.flags & RST else "fin", (frame.source, frame.target))
        for frame in frames
        if frame.flags & (FIN | RST) and ends & {(frame.source, frame.target)}
    ]
    shown = [(each["what"], flow_of(each, records)) for each in transfers if each["what"] in ENDS]
    assert len(set(shown)) == len(shown)
    assert set(shown) <= set(sent)
    firsts = {frozenset(flow): (what, flow) for what, flow in reversed(sent)}
    if name not in PASSED_ON | AT_ITS_END:
        assert {first for first in firsts.values() if first[1] in flows} <= set(shown)


def hold_datagrams(transfers: list[Transfer], asked: Asked) -> None:
    """Hold that each datagram has one beginning, and as many ends as it was taken."""
    datagrams = [each for each in transfers if each["what"] == "datagram"]
    sent = {(each["sent"], each["bytes"]) for each in datagrams}
    assert sorted(size for _, size in sent) == sorted(asked.datagrams_sent)
    taken = [to for each in datagrams for _, _, to in each["arrivals"]]
    assert sorted(taken) == sorted(asked.datagrams_taken)
    assert {each["state"] for each in datagrams} <= {"arrived", "lost"}


def hold_unix(transfers: list[Transfer], records: list[told.Record], asked: Asked) -> None:
    """Hold that each datagram of unix sockets is drawn from who has sent it to who took it."""
    sent: list[Flow] = []
    taken: list[Flow] = []
    for each in transfers:
        events = [records[seq - 1] for seq in each["seqs"]]
        if each["what"] != "datagram" or events[0]["transport"] != "unix":
            continue
        assert events[0]["call"] in told.SENDING, each
        sender, receivers = events[0]["inode"], {event["inode"] for event in events[1:]}
        sent.append((sender, each["bytes"]))
        for inode in receivers:
            taken += [(inode, to) for _, _, to in each["arrivals"]]
            assert asked.unix_targets[sender] & {inode, asked.unix_names.get(inode)}, each
    assert sorted(sent) == sorted(asked.unix_sent)
    assert sorted(taken) == sorted(asked.unix_taken)
