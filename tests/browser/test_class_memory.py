"""A class with memory, in its browsers: killed in the midst of its work, it is there again."""

from __future__ import annotations

import os
import re
import shutil
import signal
import sqlite3
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest
from playwright.sync_api import Browser, expect

from tests.browser.bench import Bench
from tests.browser.conftest import ROOT
from tests.browser.humans import Come, Human, people_at
from tests.browser.looks import let_all_come
from tests.classroom import hosting
from tests.labs.programs import WAIT_S, Program
from tests.ports import unused_port

SAID = "это останется"
MAY_FAIL = re.compile(
    r"ERR_CONNECTION_(REFUSED|RESET)|ERR_SOCKET_NOT_CONNECTED|ERR_EMPTY_RESPONSE"
    r"|WebSocket connection|status of 40[13]"
)
WARNED = re.compile(r"(.*WARNING Socket Lab (does not remember|remembers again).*\n)*")


@dataclass(frozen=True)
class Class:
    """A teacher and two guests; the workbenches of the teacher and of Anna."""

    teacher: Human
    anna: Human
    boris: Human
    here: Bench
    there: Bench

    @classmethod
    def gathered(cls, come: Come) -> Class:
        """Make a room with a chat in it, and come in."""
        teacher, anna, boris = come(), come(), come()
        code = teacher.make_room()
        anna.come_in(code, "Анна")
        boris.come_in(code, "Борис")
        here, there = teacher.work(teacher.room), anna.work(teacher.room)
        here.start()
        return cls(teacher, anna, boris, here, there)


def wait_until_written(folder: Path, room: str, seq: int) -> None:
    """Wait until the database has a room's events up to this one."""
    deadline = time.monotonic() + WAIT_S
    query = "SELECT max(last) FROM chunks WHERE room = ?"
    while time.monotonic() < deadline:
        database = sqlite3.connect(folder / "socketlab.sqlite")
        (last,) = database.execute(query, (room,)).fetchone()
        database.close()
        if last is not None and last >= seq:
            return
        time.sleep(0.02)  # a database has no event for this
    raise AssertionError(f"event {seq} of {room} is not written")


def last_seq(human: Human, room: str) -> int:
    """Return the number of the last event of a room, as the API tells somebody."""
    script = """async (room) => {
        const token = localStorage.getItem(`socketlab.token.${room}`);
        const headers = { authorization: `Bearer ${token}` };
        return (await (await fetch(`/api/rooms/${room}`, { headers })).json()).last_seq;
    }"""
    seq: int = human.page.evaluate(script, room)
    return seq


def work_together(people: Class, terminal: Program) -> None:
    """Chat, the third from a terminal; mute one, remove one, lock the door."""
    teacher, anna, boris = people.teacher, people.anna, people.boris
    there = people.there
    there.client().press("Войти в чат")
    expect(there.cards.first).to_have_attribute("data-state", "open")
    terminal.type("слышно?\n")
    heard = there.cards.first.locator(".chat__line--other .chat__text")
    expect(heard.last).to_have_text("слышно?")
    there.client().send(SAID)
    terminal.wait_for(SAID)
    teacher.open_panel()
    teacher.do_to("Анна", "Запретить отправку")
    expect(there.desk.locator(".desk__refused")).to_contain_text("запретил вам отправку")
    teacher.do_to("Борис", "Удалить", "Удалить")
    expect(boris.page.get_by_role("dialog")).to_contain_text("удалил вас из комнаты")
    teacher.page.get_by_text("Запереть дверь").click()
    expect(teacher.page.get_by_role("switch")).to_be_checked()
    expect(anna.page.locator("connection-bar")).to_be_hidden()


def expect_everything_there(people: Class) -> None:
    """See who is here, how they work, what was said; that what ran has ended, and can run again."""
    teacher, boris, here, there = people.teacher, people.boris, people.here, people.there
    expect(teacher.page.locator(".person")).to_have_count(2)
    expect(teacher.person("Анна").locator(".person__notes")).to_contain_text("только смотрит")
    expect(teacher.person("Анна").locator(".dot--on")).to_be_visible()
    expect(teacher.page.get_by_role("switch")).to_be_checked()
    expect(there.desk.locator(".desk__refused")).to_contain_text("запретил вам отправку")
    boris.page.goto(f"{boris.url}/r/{teacher.room}?lang=ru")
    boris.page.wait_for_url(re.compile("/join/"))
    for bench in (here, there):
        expect(bench.events.locator(".event", has_text=SAID).first).to_be_attached()
        expect(bench.failure).to_contain_text("перезапустили")
    teacher.close_panel()
    here.panel.get_by_role("button", name="Запустить снова").click()
    for bench in (here, there):
        expect(bench.state).to_have_attribute("data-state", "listening")


def fill_the_disk_for_a_while(people: Class, pid: int) -> None:
    """Let no file grow: everybody is told, nothing stops, and it passes."""
    bars = [one.page.locator("connection-bar") for one in (people.teacher, people.anna)]
    process = psutil.Process(pid)
    _soft, hard = process.rlimit(psutil.RLIMIT_FSIZE)
    process.rlimit(psutil.RLIMIT_FSIZE, (4096, hard))
    people.teacher.open_panel()
    people.teacher.do_to("Анна", "Разрешить отправку")
    people.teacher.close_panel()
    people.here.client().send("диск полон")
    for bar in bars:
        expect(bar).to_contain_text("не сохраняются")
    process.rlimit(psutil.RLIMIT_FSIZE, (hard, hard))
    for bar in bars:
        expect(bar).to_be_hidden()


@pytest.mark.soak
def test_a_class_that_was_killed_goes_on_with_everything_there(
    browser: Browser, page_errors: list[str], tmp_path: Path
) -> None:
    nc = shutil.which("nc")
    assert nc, "this test needs nc (netcat-openbsd)"
    served: dict[str, Any] = {"labs_dir": ROOT / "labs", "data": tmp_path, "port": unused_port()}
    with people_at(browser, f"http://127.0.0.1:{served['port']}", page_errors) as come:
        with hosting(**served, ends_with=-signal.SIGKILL) as playground:
            people = Class.gathered(come)
            with Program(nc, "127.0.0.1", str(people.here.port)) as terminal:
                work_together(people, terminal)
            room = people.teacher.room
            wait_until_written(tmp_path, room, last_seq(people.teacher, room))
            for one in (people.teacher, people.anna):
                let_all_come(one.page)
            os.kill(playground.program.pid, signal.SIGKILL)
            for one in (people.teacher, people.anna):
                expect(one.page.locator("connection-bar")).to_contain_text("потеряна")
        with hosting(**served, may_say=WARNED) as playground:
            for one in (people.teacher, people.anna):
                expect(one.page.locator("connection-bar")).to_be_hidden()
            expect_everything_there(people)
            fill_the_disk_for_a_while(people, playground.program.pid)
    assert [error for error in page_errors if not MAY_FAIL.search(error)] == []
