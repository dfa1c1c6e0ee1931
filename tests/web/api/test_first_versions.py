"""First versions are started as they stand there; what is for teachers comes to hosts only."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from tests.classroom import hosting, join, make_room
from tests.lab_folder import CLIENT, LAB, SERVER, write_lab
from tests.ports import unused_port
from tests.server import serving
from tests.web.api.answers import code_of

FIRST_SERVER = """import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("", PORT))
data, client = sock.recvfrom(1024)
sock.sendto(data.upper(), client)
data, client = sock.recvfrom(1024)
"""
FIRST_CLIENT = """import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.sendto(b"hello", ("127.0.0.1", PORT))
print(sock.recv(1024))
"""
ANSWERS = "/labs/udp/hello/answers"


def write_first(labs_dir: Path, port: int) -> None:
    """Write a lab with first versions, on this port."""
    folder = write_lab(
        labs_dir,
        lab=LAB.replace("12345", str(port)),
        server=SERVER,
        client=CLIENT,
        first_server=FIRST_SERVER.replace("PORT", str(port)),
        first_client=FIRST_CLIENT.replace("PORT", str(port)),
    )
    (folder / "answers.ru.md").write_text("Ответ")
    (folder / "answers.en.md").write_text("An answer <b>`recv`</b>")


async def test_first_versions_run_on_the_port_that_stands_in_them(tmp_path: Path) -> None:
    port = unused_port(socket.SOCK_DGRAM)
    write_first(tmp_path, port)
    with serving(labs_dir=tmp_path) as playground:
        (lab,) = (await playground.get("/api/labs"))["labs"]
        assert lab["programs"] == ["first_server", "first_client", "server", "client"]
        response = await playground.try_start("udp/hello", "first_server")
        run = response.json()
        assert (response.status_code, run["state"]) == (201, "listening")
        assert (run["host"], run["port"]) == ("0.0.0.0", port)
        client = (await playground.try_start("udp/hello", "first_client")).json()
        await playground.printed(client, "HELLO")
        taken = await playground.try_start("udp/hello", "first_server")
        assert (taken.status_code, code_of(taken)) == (409, "port_in_use")
        flagged = await playground.try_start("udp/hello", "first_server", args=["--port", "0"])
        assert (flagged.status_code, code_of(flagged)) == (422, "invalid")
        await playground.stop(run)


async def test_among_desks_first_versions_are_for_the_terminal(tmp_path: Path) -> None:
    write_first(tmp_path, unused_port(socket.SOCK_DGRAM))
    with hosting(labs_dir=tmp_path) as playground:
        host = await make_room(playground, policy="own_desks")
        guest = await join(host, "Guest")
        order = {"lab": "udp/hello", "program": "first_server"}
        for who, room in ((guest, guest.desk), (host, guest.desk), (host, host.room)):
            response = await who.ask("POST", f"/api/rooms/{room}/runs", json=order)
            assert (response.status_code, code_of(response)) == (422, "invalid")
            assert "in a terminal" in response.json()["error"]["message"]
        await host.ask("PATCH", json={"policy": "together"})
        run = await host.start("udp/hello", "first_server")
        assert run["state"] == "listening"


async def test_answers_are_for_whoever_hosts(tmp_path: Path) -> None:
    write_first(tmp_path, 12345)
    with hosting(labs_dir=tmp_path) as playground:
        host = await make_room(playground, policy="own_desks")
        guest = await join(host, "Guest")
        path = f"/api/rooms/{host.room}{ANSWERS}"
        given = await host.ask("GET", path)
        assert given.json() == {
            "answers": {"ru": "Ответ", "en": "An answer <b>`recv`</b>"},
            "html": {
                "ru": "<p>Ответ</p>\n",
                "en": "<p>An answer &lt;b&gt;<code>recv</code>&lt;/b&gt;</p>\n",
            },
        }
        for room in (host.room, guest.desk):
            refused = await guest.ask("GET", f"/api/rooms/{room}{ANSWERS}")
            assert (refused.status_code, code_of(refused)) == (403, "forbidden")
        shown = await guest.ask("GET", "/api/labs/udp/hello")
        assert "An answer" not in shown.text
        page = await guest.ask("GET", f"/r/{host.room}/labs/udp/hello")
        assert "An answer" not in page.text


@pytest.mark.parametrize("has_answers", [True, False])
async def test_who_is_local_is_host(tmp_path: Path, has_answers: bool) -> None:
    write_first(tmp_path, 12345)
    if not has_answers:
        for file in tmp_path.glob("udp/hello/answers.*"):
            file.unlink()
    with serving(labs_dir=tmp_path) as playground:
        given = await playground.get(f"/api/rooms/local{ANSWERS}")
        assert (given["answers"] is not None, given["html"] is not None) == (has_answers,) * 2
