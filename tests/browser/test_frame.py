"""When the page is drawn: the steps of a frame."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.conftest import Modules


def run(modules: Modules, body: str) -> Any:
    whole = f"""
      const log = [];
      const drawn = () => new Promise((done) => m.inFrame("place", done));
      {body}
    """
    return modules.run("dom/frame", whole)


def test_a_frame_takes_then_draws_then_measures_then_places(modules: Modules) -> None:
    body = """
      m.inFrame("place", () => log.push("place"));
      m.inFrame("measure", () => log.push("measure"));
      m.inFrame("draw", () => log.push("draw"));
      m.inFrame("take", () => log.push("take"));
      await drawn();
      return log;
    """
    assert run(modules, body) == ["take", "draw", "measure", "place"]


def test_what_is_asked_for_twice_is_done_once(modules: Modules) -> None:
    body = """
      const draw = () => log.push("draw");
      m.inFrame("draw", draw);
      m.inFrame("draw", draw);
      await drawn();
      return log;
    """
    assert run(modules, body) == ["draw"]


@pytest.mark.parametrize(("step", "same"), [("draw", True), ("take", False)])
def test_only_a_later_step_comes_in_the_same_frame(modules: Modules, step: str, same: bool) -> None:
    body = f"""
      requestAnimationFrame(() => requestAnimationFrame(() => log.push("next frame")));
      m.inFrame("take", () => m.inFrame("{step}", () => log.push("asked")));
      await drawn();
      while (log.length < 2) await drawn();
      return log;
    """
    assert (run(modules, body) == ["asked", "next frame"]) is same


def test_a_part_that_fails_stops_no_other(modules: Modules) -> None:
    body = """
      const reported = new Promise((done) =>
        addEventListener("error", (event) => (event.preventDefault(), done(event.message)),
          { once: true }));
      m.inFrame("draw", () => { throw new Error("broken"); });
      m.inFrame("draw", () => log.push("drawn"));
      await drawn();
      return [await reported, ...log];
    """
    message, *log = run(modules, body)
    assert "broken" in message
    assert log == ["drawn"]
