"""A room as the API tells it joins the events of its timeline: the newer one wins."""

from __future__ import annotations

from typing import Any

import pytest

from tests.page.conftest import Modules
from tests.page.model.room_events import LISTENING, OPENED, PLAIN, STARTED, Json, numbered, reduced


def snapshot(last_seq: int, *runs: Json, clients: tuple[Json, ...] = ()) -> Json:
    return {"id": "local", "last_seq": last_seq, "runs": list(runs), "clients": list(clients)}


def run_as_told(state: str, **more: Any) -> Json:
    return {"id": "r1", "lab": "udp/hello", "program": "server", "state": state, **more}


def test_a_room_as_the_api_tells_it_is_a_state(modules: Modules) -> None:
    room = snapshot(
        7,
        run_as_told("listening", host="127.0.0.1", port=1),
        clients=({"id": "c1", "run": "r1", "transport": "udp", "local": "l", "peer": "p"},),
    )
    state = modules.run("model/room-state", PLAIN + "return plain(m.initial(v.room));", room=room)
    assert state["seq"] == 7
    assert state["runs"]["r1"]["state"] == "listening"
    assert state["clients"]["c1"]["state"] == "open"


def test_after_a_gap_the_snapshot_is_the_truth(modules: Modules) -> None:
    told = snapshot(50, run_as_told("exited", exit_status=0))
    state = reduced(modules, *numbered(STARTED, LISTENING, OPENED), merge=told)
    assert state["runs"]["r1"]["state"] == "exited"
    assert state["clients"]["c1"]["state"] == "closed"


def test_a_run_that_the_room_has_forgotten_is_gone(modules: Modules) -> None:
    state = reduced(modules, *numbered(STARTED, LISTENING), merge=snapshot(50))
    assert state["runs"]["r1"]["state"] == "gone"


def test_events_newer_than_the_snapshot_win(modules: Modules) -> None:
    told = snapshot(1, run_as_told("starting"))
    state = reduced(modules, *numbered(STARTED, LISTENING), merge=told)
    assert state["runs"]["r1"]["state"] == "listening"


def test_events_older_than_the_snapshot_do_not_undo_it(modules: Modules) -> None:
    started, listening = numbered(STARTED, LISTENING)
    body = (
        PLAIN
        + """
        let state = m.merge(m.reduce(m.initial(), v.started), v.told);
        return plain(m.reduce(state, v.listening));
        """
    )
    told = snapshot(9, run_as_told("exited", exit_status=0))
    state = modules.run("model/room-state", body, started=started, listening=listening, told=told)
    assert state["runs"]["r1"]["state"] == "exited"


@pytest.mark.parametrize(("epoch", "state"), [("A", "exited"), ("B", "listening")])
def test_a_snapshot_of_another_history_changes_nothing(
    modules: Modules, epoch: str, state: str
) -> None:
    """The server was started anew while it was asked: its run r1 is another one."""
    body = PLAIN + "return plain(m.merge(m.reduceAll(m.initial(null, 'A'), v.events), v.told));"
    told = {**snapshot(50, run_as_told("exited", exit_status=0)), "epoch": epoch}
    events = numbered(STARTED, LISTENING)
    found = modules.run("model/room-state", body, events=events, told=told)
    assert found["runs"]["r1"]["state"] == state
