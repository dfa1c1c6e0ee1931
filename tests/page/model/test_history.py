"""The history of a room and the moments of it: values in, values out."""

from __future__ import annotations

from typing import Any

import pytest

from tests.page.conftest import Modules
from tests.page.model.room_events import PLAIN

Json = dict[str, Any]

# Lines of output, numbered and by time; every tenth is told late, after ten that came later.
SETUP = (
    PLAIN
    + """
    const room = await load("model/room-state");
    const { at, LIVE } = await load("model/moment");
    const told = (from, to) => Array.from({ length: to - from }, (_, i) => {
      const seq = from + i + 1;
      const t = seq % 10 === 0 ? seq - 9.5 : seq;
      return { seq, t, type: "output", run: "r1", stream: "stdout", text: `${seq}\\n` };
    });
    const same = (a, b) => JSON.stringify(plain(a)) === JSON.stringify(plain(b));
    const all = (events) => room.reduceAll(room.initial(), events);
    const filled = (limits, n, by = 7) => {
      const history = new m.History({ limits });
      for (let i = 0; i < n; i += by) history.append(told(i, Math.min(n, i + by)));
      return history;
    };
    """
)


def run(modules: Modules, body: str) -> Any:
    return modules.run("model/history", SETUP + body)


class TestBounds:
    def test_it_keeps_so_many_events_and_counts_the_others(self, modules: Modules) -> None:
        body = """
            const history = filled({ events: 3000, bytes: Infinity }, 10_000);
            const { events, forgotten, count } = history;
            return [events.length, events[0].seq - forgotten, events.at(-1).seq, count];
        """
        kept, first, last, count = run(modules, body)
        assert 2000 <= kept <= 3000
        assert (first, last, count) == (1, 10_000, 10_000)

    def test_it_keeps_so_many_bytes(self, modules: Modules) -> None:
        body = """
            const history = new m.History({ limits: { events: 20_000, bytes: 2 ** 20 } });
            for (let i = 0; i < 5000; i++) {
              history.append([{ seq: i + 1, t: i, type: "client.sent", client: "c1", run: "r1",
                                bytes: 1500, data: "A".repeat(2000) }]);
            }
            return [history.events.length, history.count];
        """
        kept, count = run(modules, body)
        assert 0 < kept * 2000 <= 2**20
        assert count == 5000

    def test_the_servers_own_bounds_are_the_usual_ones(self, modules: Modules) -> None:
        assert run(modules, "return m.LIMITS") == {"events": 20_000, "bytes": 16 * 2**20}


class TestTruth:
    @pytest.mark.parametrize("limit", [3000, 100_000])
    def test_the_present_does_not_depend_on_what_was_forgotten(
        self, modules: Modules, limit: int
    ) -> None:
        body = f"""
            const history = filled({{ events: {limit}, bytes: Infinity }}, 10_000);
            return same(history.present, all(told(0, 10_000)));
        """
        assert run(modules, body) is True

    def test_the_past_does_not_depend_on_the_way_there(self, modules: Modules) -> None:
        body = """
            const history = filled({ events: 3000, bytes: Infinity }, 8000);
            const counts = [8000, 6000, 7999, 7001, 7000, 5999, 8000, 6500];
            return counts.map((count) => same(history.stateAfter(count), all(told(0, count))));
        """
        assert run(modules, body) == [True] * 8

    def test_at_a_time_has_happened_what_happened_until_then_however_late_it_was_told(
        self, modules: Modules
    ) -> None:
        body = """
            const history = filled({ events: 20_000, bytes: Infinity }, 4000);
            return [0, 1, 10.5, 11, 1995, 2000.5, 2001, 5000].map((until) => same(
              history.stateAt(at(until)), all(told(0, 4000).filter(({ t }) => t <= until))));
        """
        assert run(modules, body) == [True] * 8

    def test_a_recording_is_a_history_of_all_of_it(self, modules: Modules) -> None:
        body = """
            const events = told(0, 2500);
            const history = m.History.of(events);
            return [0, 2500, 1000, 999, 1001, 2000, 17, 2500].map((count) =>
              same(history.stateAt(at(0, count)), all(events.slice(0, count))));
        """
        assert run(modules, body) == [True] * 8

    def test_what_the_api_tells_after_a_gap_is_true_from_there_on(self, modules: Modules) -> None:
        body = """
            const history = new m.History();
            const start = { seq: 1, t: 1, type: "run.started", run: "r1", lab: "udp/hello",
                            program: "server", pid: 1, args: [] };
            history.append([start]);
            history.missed({ next: 5, missed: 3 });
            history.append([{ ...start, seq: 5, t: 5, run: "r2" }]);
            history.merge({ runs: [], clients: [], last_seq: 5 });
            history.append([{ ...start, seq: 6, t: 6, run: "r3" }]);
            const states = (moment) =>
              [...history.stateAt(moment).runs.values()].map((run) => `${run.id} ${run.state}`);
            return [history.events.map(({ type, seq, t }) => [type, seq, t]),
                    states(at(1)), states(LIVE), history.present.missed];
        """
        entries, before, after, missed = run(modules, body)
        assert entries == [
            ["run.started", 1, 1],
            ["gap", 4.5, 5],
            ["run.started", 5, 5],
            ["run.started", 6, 6],
        ]
        assert before == ["r1 starting"]
        assert after == ["r1 gone", "r2 gone", "r3 starting"]
        assert missed == 3


STOPS = "const stops = [1, 2, 2.5, 9].map((t) => ({ t })); "


class TestMoment:
    @pytest.mark.parametrize(
        ("until", "by", "next_"),
        [(None, -1, 2.5), (9, -1, 2.5), (2, 1, 2.5), (2.2, 1, 2.5), (2.2, -1, 1), (1, -1, 1)],
    )
    def test_a_step_leads_to_the_next_stop(
        self, modules: Modules, until: float | None, by: int, next_: float
    ) -> None:
        body = STOPS + "return m.step({ until: v.until, count: null }, stops, v.by).until"
        assert modules.run("model/moment", body, until=until, by=by) == next_

    def test_past_the_last_stop_it_is_the_present(self, modules: Modules) -> None:
        body = STOPS + "return [m.step(m.at(9), stops, 1), m.scrub(stops, 1), m.scrub([], 0)]"
        assert modules.run("model/moment", body) == [{"until": None, "count": None}] * 3

    def test_a_part_of_the_time_is_a_moment_and_back(self, modules: Modules) -> None:
        body = STOPS + (
            "return [0, 0.25, 0.5].map((part) => { const moment = m.scrub(stops, part);"
            " return [moment.until, m.partOf(moment, stops)]; })"
        )
        assert modules.run("model/moment", body) == [[1, 0], [3, 0.25], [5, 0.5]]
        assert modules.run("model/moment", STOPS + "return m.partOf(m.LIVE, stops)") == 1

    def test_where_it_is_counted_events_of_one_time_are_told_apart(self, modules: Modules) -> None:
        body = """
            const events = [{ t: 1, seq: 1 }, { t: 1, seq: 2 }, { t: 2, seq: 3 }];
            return [m.LIVE, m.at(1), m.at(1, 1)].map((moment) =>
              events.filter((event) => m.hasHappened(moment, event)).length);
        """
        assert modules.run("model/moment", body) == [3, 2, 1]
