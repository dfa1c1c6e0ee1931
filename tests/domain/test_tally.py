from __future__ import annotations

from backend.domain.events import (
    ClientReceived,
    ClientSent,
    Dropped,
    Problem,
    RunFailed,
    RunListening,
    RunRunning,
    RunStarted,
)
from backend.domain.tally import START_BOUNDS_S, Tally


def started(run: str, t: float) -> RunStarted:
    return RunStarted(t=t, run=run, lab="udp/hello", program="server", pid=1, args=())


def test_bytes_over_the_bridge_are_counted_told_or_not() -> None:
    tally = Tally()
    tally.note("a", ClientSent(t=0, client="c1", run="r1", bytes=10, data=""))
    tally.note("b", ClientReceived(t=0, client="c1", run="r1", bytes=20, data=""))
    tally.note("a", Dropped(t=0, client="c1", run="r1", what="messages", count=3, bytes=300))
    tally.note("a", Dropped(t=0, run="r1", what="output", count=2, bytes=7))
    assert tally.bridge_bytes == {"sent": 10, "received": 20, "untold": 300}
    assert tally.dropped == {"messages": 3, "output": 2}
    assert tally.events == {"client.sent": 1, "client.received": 1, "dropped": 2}


def test_a_start_is_measured_once_in_its_own_room() -> None:
    tally = Tally()
    for room, t in (("a", 0.0), ("b", 5.0)):
        tally.note(room, started("r1", t))
    tally.note("a", RunListening(t=0.04, run="r1", host="127.0.0.1", port=1, transport="udp"))
    tally.note("a", RunListening(t=9.0, run="r1", host="127.0.0.1", port=2, transport="udp"))
    tally.note("b", RunRunning(t=105.0, run="r1"))
    assert tally.starts[START_BOUNDS_S.index(0.05)] == 1
    assert tally.starts[-1] == 1
    assert (sum(tally.starts), round(tally.starts_s, 2)) == (2, 100.04)


def test_a_start_that_fails_leaves_nothing_behind() -> None:
    tally = Tally()
    tally.note("a", started("r1", 0.0))
    tally.note("a", RunFailed(t=1.0, run="r1", error=Problem(code="failed", message="")))
    tally.note("a", RunRunning(t=2.0, run="r1"))
    assert sum(tally.starts) == 0
