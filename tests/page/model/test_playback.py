"""A recording in time: values in, values out."""

from __future__ import annotations

import json
from typing import Any

import pytest

from backend.web.pages.site import FRONTEND
from tests.page.conftest import Modules
from tests.page.model.room_events import PLAIN

Json = dict[str, Any]
EXAMPLE = FRONTEND / "examples" / "udp-transform.jsonl"
START: Json = {
    "type": "run.started",
    "run": "r1",
    "lab": "udp/hello",
    "program": "server",
    "pid": 1,
    "args": [],
}


def event(seq: int, t: float, **more: Any) -> Json:
    return {"seq": seq, "t": t, "type": "run.running", "run": "r1", **more}


def prepared(modules: Modules, *events: Json, runs: tuple[Json, ...] = ()) -> list[Json]:
    body = "return m.prepare({ events: v.events, header: { runs: v.runs } })"
    found: list[Json] = modules.run("model/playback", body, events=list(events), runs=list(runs))
    return found


def moment(modules: Modules, script: str, *times: float) -> Json:
    """Run a script on the playback of events at these times; return where it is then."""
    body = f"""
        const made = (t, at) => ({{ seq: at + 1, t, type: "run.running", run: "r" }});
        const events = v.times.map(made);
        let state = m.playback(events);
        {script}
        const {{ time, count, speed, playing, start, end }} = state;
        return {{ time, count, speed, playing, start, end }};
    """
    found: Json = modules.run("model/playback", body, times=list(times))
    return found


class TestOrder:
    def test_events_come_by_time_and_are_numbered_anew(self, modules: Modules) -> None:
        found = prepared(modules, event(1, 5.0), event(2, 3.0), event(3, 5.0))
        assert [(each["seq"], each["recorded"], each["t"]) for each in found] == [
            (1, 2, 3.0),
            (2, 1, 5.0),
            (3, 3, 5.0),
        ]

    def test_a_run_whose_start_is_gone_is_taken_from_the_header(self, modules: Modules) -> None:
        run = {"id": "r1", "lab": "udp/hello", "program": "server", "host": "::1", "port": 9}
        other = {"id": "r2", "lab": "udp/hello", "program": "server"}
        found = prepared(modules, event(90, 5.0), runs=(run, other))
        assert [each["type"] for each in found] == ["run.started", "run.listening", "run.running"]
        assert (found[0]["lab"], found[1]["port"], found[0]["t"]) == ("udp/hello", 9, 5.0)

    def test_a_run_whose_start_is_told_starts_once(self, modules: Modules) -> None:
        run = {"id": "r1", "lab": "udp/hello", "program": "server"}
        found = prepared(modules, {**START, "seq": 1, "t": 0.0}, event(2, 1.0), runs=(run,))
        assert [each["type"] for each in found] == ["run.started", "run.running"]


class TestTime:
    def test_at_first_nothing_has_happened(self, modules: Modules) -> None:
        found = moment(modules, "", 10.0, 11.0, 14.0)
        assert (found["count"], found["time"], found["end"]) == (0, 10.0, 14.0)

    @pytest.mark.parametrize(
        ("time", "count"), [(9.0, 1), (10.0, 1), (10.9, 1), (11.0, 3), (13.9, 3), (99.0, 4)]
    )
    def test_a_time_has_all_events_up_to_it(
        self, modules: Modules, time: float, count: int
    ) -> None:
        found = moment(modules, f"state = m.seek(state, {time});", 10.0, 11.0, 11.0, 14.0)
        assert found["count"] == count

    def test_a_step_goes_to_the_next_event_and_pauses(self, modules: Modules) -> None:
        script = "state = m.play(state); state = m.step(state, 1); state = m.step(state, 1);"
        found = moment(modules, script, 10.0, 11.0, 14.0)
        assert (found["count"], found["time"], found["playing"]) == (2, 11.0, False)

    def test_steps_tell_events_of_one_time_apart(self, modules: Modules) -> None:
        script = "for (let i = 0; i < 3; i++) state = m.step(state, 1); state = m.step(state, -1);"
        found = moment(modules, script, 10.0, 11.0, 11.0)
        assert (found["count"], found["time"]) == (2, 11.0)

    def test_a_step_back_before_the_first_event_is_the_beginning(self, modules: Modules) -> None:
        script = "state = m.step(m.step(state, 1), -1); state = m.step(state, -1);"
        found = moment(modules, script, 10.0, 11.0)
        assert (found["count"], found["time"]) == (0, 10.0)

    @pytest.mark.parametrize(("speed", "time"), [(0.25, 10.5), (1, 12.0), (8, 20.0)])
    def test_it_plays_at_its_speed_and_stops_at_the_end(
        self, modules: Modules, speed: float, time: float
    ) -> None:
        script = f"state = m.advance(m.play(m.atSpeed(state, {speed})), 2);"
        found = moment(modules, script, 10.0, 11.0, 20.0)
        assert (found["time"], found["playing"]) == (time, time < 20.0)

    def test_a_paused_recording_stands_still(self, modules: Modules) -> None:
        assert moment(modules, "state = m.advance(state, 5);", 10.0, 20.0)["time"] == 10.0

    def test_to_play_at_the_end_is_to_play_again(self, modules: Modules) -> None:
        found = moment(modules, "state = m.play(m.seek(state, 20));", 10.0, 20.0)
        assert (found["time"], found["count"], found["playing"]) == (10.0, 0, True)

    @pytest.mark.parametrize(
        ("skips", "elapsed_s", "time"),
        [("true", 1.0, 11.0), ("true", 2.5, 99.0), ("false", 2.5, 12.5)],
    )
    def test_a_long_wait_is_cut_short_unless_somebody_wants_all_of_it(
        self, modules: Modules, skips: str, elapsed_s: float, time: float
    ) -> None:
        script = f"""
            state = m.play(m.skippingWaits(m.step(state, 1), {skips}));
            state = m.advance(state, {elapsed_s});
        """
        found = moment(modules, script, 10.0, 100.0, 200.0)
        assert (found["time"], found["count"]) == (time, 1)

    def test_a_short_wait_is_played_whole(self, modules: Modules) -> None:
        script = "state = m.advance(m.play(m.step(state, 1)), 5);"
        assert moment(modules, script, 10.0, 19.0, 28.0)["time"] == 15.0

    def test_a_speed_that_is_not_offered_changes_nothing(self, modules: Modules) -> None:
        assert moment(modules, "state = m.atSpeed(state, 3);", 10.0)["speed"] == 1


def test_the_example_ends_in_the_state_that_the_reducer_gives_it(modules: Modules) -> None:
    body = (
        PLAIN
        + """
        const room = await load('model/room-state');
        const { readRecording } = await load('model/recording');
        const recording = readRecording(v.text);
        const events = m.prepare(recording);
        let state = m.playback(events);
        const { History } = await load("model/history");
        const history = History.of(events);
        while (state.count < events.length) state = m.step(state, 1);
        const without = (state) => JSON.parse(JSON.stringify(plain(state), (key, value) =>
          key === "asOf" || key === "seq" ? undefined : value));
        return [without(history.stateAfter(state.count)),
                without(room.reduceAll(room.initial(), recording.events))];
        """
    )
    text = EXAMPLE.read_text(encoding="utf-8")
    replayed, reduced = modules.run("model/playback", body, text=text)
    assert replayed == reduced
    assert {run["state"] for run in replayed["runs"].values()} == {"exited"}
    assert replayed["clients"]["c1"]["state"] == "closed"
    assert (replayed["unknown"], replayed["missed"]) == ({}, 0)
    assert json.dumps(replayed["output"], ensure_ascii=False).count("Сервер остановлен") == 2
