"""Where the things of the sequence diagram stand: values in, values out."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from tests.browser.diagram_events import SERVER, Json, Story, recording
from tests.page.conftest import Modules

LAYOUT = """
const { DiagramModel } = await load('model/diagram-model');
const make = (width) => {
  const model = new DiagramModel();
  const layout = new m.DiagramLayout(model);
  layout.resize(width);
  return { model, layout };
};
const rows = ({ layout }) => layout.stops.map(({ t, y, head }) => [t, y, head !== null]);
"""

NAMES = ["transform", "log2", "echo3", "one_in_five", "three_in_one", "lost", "reset", "nc_tcp"]


def run(modules: Modules, body: str, **values: Any) -> Any:
    return modules.run("diagram/diagram-layout", LAYOUT + body, **values)


@pytest.mark.parametrize("name", NAMES)
def test_rows_stand_strictly_in_the_order_of_time(modules: Modules, name: str) -> None:
    body = "const d = make(600); d.model.append(v.events); d.layout.update(); return rows(d);"
    rows = run(modules, body, events=recording(name))
    assert len(rows) > 10
    for (t, y, _), (next_t, next_y, joined) in pairwise(rows):
        assert next_t > t
        assert next_y == y if joined else next_y - y >= 8


def test_milliseconds_and_seconds_are_both_readable(modules: Modules) -> None:
    body = """
      const d = make(600); d.model.append(v.events); d.layout.update();
      const gaps = d.layout.stops.slice(1).map(({ t, y }, i) =>
        [t - d.layout.stops[i].t, y - d.layout.stops[i].y]);
      return gaps;
    """
    gaps = run(modules, body, events=recording("log2"))
    idle = [height for seconds, height in gaps if seconds > 0.3]
    busy = [height for seconds, height in gaps if seconds < 0.001]
    assert min(idle) > max(20, sum(busy) / len(busy))
    assert max(idle) < 120


@pytest.mark.parametrize("name", NAMES)
def test_appending_moves_nothing_that_is_older_than_the_window(modules: Modules, name: str) -> None:
    body = """
      const d = make(600);
      const events = v.events;
      let moved = 0;
      for (let k = 0; k < events.length; k += 3) {
        const before = new Map(d.layout.stops.map(({ t, y }) => [t, y]));
        const columns = d.layout.columns.length;
        d.model.append(events.slice(k, k + 3));
        d.layout.update();
        if (d.layout.columns.length !== columns) continue; // somebody new: everything may move
        const edge = Math.min(...events.slice(k).map(({ t }) => t)) - 0.15;
        for (const { t, y } of d.layout.stops) {
          if (t < edge && before.has(t) && before.get(t) !== y) moved += 1;
        }
      }
      const whole = make(600);
      whole.model.append(events);
      whole.layout.update();
      return [moved, JSON.stringify(rows(d)) === JSON.stringify(rows(whole))];
    """
    moved, same = run(modules, body, events=recording(name))
    assert moved == 0
    assert same


def party(kind: str, born: float, end: float | None = None, **more: Any) -> Json:
    name = f"{kind}{born}"
    return {"key": name, "id": name, "kind": kind, "bornT": born, "endT": end, **more}


def arranged(modules: Modules, *parties: Json) -> list[list[str]]:
    body = """
      const parties = v.parties.map((p) => ({ ...p, endT: p.endT ?? Infinity, gone: false }));
      return m.arrange(parties).map(({ parties }) => parties.map(({ key }) => key));
    """
    columns: list[list[str]] = modules.run("diagram/diagram-columns", body, parties=list(parties))
    return columns


def test_the_server_stands_in_the_middle_and_at_the_left_when_there_are_many(
    modules: Modules,
) -> None:
    server = party("run", 0, listens=True)
    few = [party("client", k) for k in (1, 2, 3)]
    assert arranged(modules, server, *few) == [["client3"], ["client1"], ["run0"], ["client2"]]
    many = [party("client", k) for k in range(1, 7)]
    assert arranged(modules, server, *many)[0] == ["run0"]


def test_whoever_comes_after_another_has_left_takes_its_column(modules: Modules) -> None:
    columns = arranged(
        modules, party("run", 0, 9, listens=True), party("client", 1, 2), party("client", 5)
    )
    assert columns == [["client1", "client5"], ["run0"]]


def test_more_lifelines_than_fit_make_the_picture_wider(modules: Modules) -> None:
    wide = modules.run("diagram/diagram-columns", "return m.spread(12, 700)")
    assert wide["width"] > 700
    assert wide["xs"] == sorted(wide["xs"])
    narrow = modules.run("diagram/diagram-columns", "return m.spread(2, 340)")
    assert narrow["width"] == 340


def test_only_what_is_between_two_places_is_found(modules: Modules) -> None:
    body = """
      const d = make(600); d.model.append(v.events); d.layout.update();
      const { layout } = d;
      const all = layout.itemsBetween(-100, 1e6).size;
      const [from, to] = [layout.stops[30].y, layout.stops[45].y];
      const some = layout.itemsBetween(from, to);
      const missing = layout.stops.slice(30, 46).flatMap(({ needs }) => [...needs.keys()])
        .filter((item) => !some.has(item));
      const mid = (from + to) / 2;
      const crossing = [...layout.itemsBetween(mid, mid)].map(({ kind }) => kind);
      return { all, some: some.size, missing: missing.length, crossing };
    """
    found = run(modules, body, events=recording("echo3"))
    assert found["some"] < found["all"]
    assert found["missing"] == 0
    assert "bar" in found["crossing"]


def test_what_goes_to_somebody_outside_is_not_waited_for(modules: Modules) -> None:
    story = Story()
    story.run("s")
    ends: Json = {"local": SERVER, "peer": "127.0.0.1:9"}
    for k in range(1, 50):
        story.call("s", "recvfrom", k, payload=b"?", **ends)
        story.call("s", "sendto", k + 0.001, payload=b"!", **ends)
    body = """
      const d = make(600); d.model.append(v.events); d.layout.update();
      const { layout } = d;
      const end = layout.heightAt(d.model.now);
      return [layout.openItems.size, layout.itemsBetween(end - 100, end).size];
    """
    waiting, in_view = run(modules, body, events=story.events)
    assert waiting == 0
    assert 0 < in_view < 12


def test_of_many_that_wait_in_the_kernel_only_the_last_reach_into_view(modules: Modules) -> None:
    story = Story()
    story.run("s")
    listener: Json = {"transport": "tcp", "local": SERVER}
    story.call("s", "bind", 0.1, **listener)
    story.call("s", "listen", 0.2, backlog=5, **listener)
    story.tell("run.listening", 0.5, run="s", host="127.0.0.1", port=5000)
    ends: Json = {"transport": "tcp", "local": "127.0.0.1:9", "peer": SERVER}
    story.client("c1", "opened", 1, **ends)
    for k in range(500):  # never accepted: everything waits in the backlog
        story.client("c1", "sent", 2 + k / 10, payload=b"x", offset=k, **ends)
    body = """
      const d = make(600); d.model.append(v.events); d.layout.update();
      const { layout } = d;
      const end = layout.heightAt(d.model.now);
      return [layout.openItems.size, layout.itemsBetween(end - 100, end).size];
    """
    waiting, in_view = run(modules, body, events=story.events)
    assert waiting >= 500
    assert 40 <= in_view < 60
