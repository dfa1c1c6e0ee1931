"""`socketlab trace --room`: what the program prints goes to the page, and nowhere else."""

from __future__ import annotations

from pathlib import Path

from tests.server import serving
from tests.terminal.test_trace import TALK, trace, url, write


async def test_with_a_room_its_timeline_has_what_is_printed_and_the_table_does_not(
    tmp_path: Path,
) -> None:
    program, table = write(tmp_path, TALK), tmp_path / "table.txt"
    with serving() as playground:
        done = trace("--output", table, "--room", url(playground), program)
        assert (done.stdout, done.stderr) == ("Привет []\n", "")
        events = await playground.events()
    outputs = [event for event in events if event["type"] == "output"]
    assert "".join(event["text"] for event in outputs) == "Привет []\n"
    assert {(event["stream"], event["run"]) for event in outputs} == {("stdout", events[0]["run"])}
    assert "recvfrom" in table.read_text()
    assert "[]" not in table.read_text()
