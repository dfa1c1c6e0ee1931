"""Clients over plain HTTP: what a WebSocket is by itself, numbers and requests have to be.

That they are clients as those over a WebSocket is held in tests/web/sockets, by the same tests.
"""

from __future__ import annotations

import asyncio
import time
from base64 import b64decode

import pytest

from tests.labs.programs import WAIT_S
from tests.peers import PlainPeer
from tests.server import ROOM, Playground, serving, until
from tests.web.sockets.stage import running

BYTES = {"content-type": "application/octet-stream"}


async def fetch(peer: PlainPeer, query: str) -> list[dict[str, object]]:
    response = await peer.request("GET", query)
    assert response.status_code == 200, response.text
    messages: list[dict[str, object]] = response.json()["messages"]
    return messages


def bytes_in(messages: list[dict[str, object]]) -> list[bytes]:
    return [b64decode(str(one["data"])) for one in messages if one["type"] == "bytes"]


# Numbers


async def test_a_message_that_is_posted_again_is_not_sent_again(playground: Playground) -> None:
    async with running(playground, "udp/echo") as run, playground.plain_client(run) as peer:
        for number, text in ((1, b"once"), (1, b"once"), (2, b"twice"), (1, b"once"), (2, b"?")):
            answer = await peer.request("POST", f"?n={number}", content=text, headers=BYTES)
            assert answer.status_code == 204
        peer.sent = 2
        await peer.told("opened")
        await peer.send(b"last")
        texts: list[bytes] = []
        while not texts or texts[-1] != b"last":
            message = await peer.receive()
            assert isinstance(message, bytes)
            texts.append(message)
        assert texts == [b"once", b"twice", b"last"]


async def test_two_posts_of_one_number_at_once_are_one_message(playground: Playground) -> None:
    async with running(playground, "tcp/after_eof") as run, playground.plain_client(run) as peer:
        twice = (peer.post(bytes(1000)), peer.post(bytes(1000)))
        assert [answer.status_code for answer in await asyncio.gather(*twice)] == [204, 204]
        peer.sent = 1
        await peer.told("opened")
        await peer.control("shutdown")
        assert await peer.stream() == b"1000 bytes"


async def test_a_message_before_its_turn_is_refused(playground: Playground) -> None:
    async with running(playground, "udp/echo") as run, playground.plain_client(run) as peer:
        answer = await peer.request("POST", "?n=3", content=b"x", headers=BYTES)
        assert (answer.status_code, answer.json()["error"]["code"]) == (409, "out_of_turn")
        assert "3 came, expected 1" in answer.json()["error"]["message"]


async def test_messages_are_kept_until_they_are_acknowledged(playground: Playground) -> None:
    async with running(playground, "udp/echo") as run, playground.plain_client(run) as peer:
        await peer.send(b"one")
        first = await fetch(peer, "?after=2&wait_s=20")
        while not bytes_in(first):
            first = await fetch(peer, "?after=2&wait_s=20")
        again = await fetch(peer, "?after=2")
        assert again == first
        assert [one["n"] for one in first] == [3, 4]
        assert await fetch(peer, "?after=4") == []
        for after in (3, 5):  # gone; never sent
            answer = await peer.request("GET", f"?after={after}")
            assert (answer.status_code, answer.json()["error"]["code"]) == (422, "invalid")
        peer.after = 4


async def test_nothing_comes_before_there_is_something_or_the_time_is_over(
    playground: Playground,
) -> None:
    async with running(playground, "udp/echo") as run, playground.plain_client(run) as peer:
        began = time.monotonic()
        assert await fetch(peer, "?after=2&wait_s=0.4") == []
        assert time.monotonic() - began >= 0.4
        waiting = asyncio.create_task(fetch(peer, "?after=2&wait_s=20"))
        await peer.send(b"now")
        assert (await asyncio.wait_for(waiting, WAIT_S))[0]["type"] == "credit"


async def test_the_messages_of_several_clients_come_in_one_answer(playground: Playground) -> None:
    async with (
        running(playground, "udp/echo") as run,
        playground.plain_client(run) as one,
        playground.plain_client(run) as two,
    ):
        names = [peer.path.rpartition("/")[2] for peer in (one, two)]
        asked = {"after": [f"{names[0]}:2", f"{names[1]}:2", "c999:0"], "wait_s": 20}
        waiting = asyncio.create_task(playground.get(f"{ROOM}/clients", params=asked))
        await two.send(b"hello")
        clients = (await asyncio.wait_for(waiting, WAIT_S))["clients"]
        assert [client["id"] for client in clients] == [*names, "c999"]
        assert clients[0]["messages"] == []
        assert clients[1]["messages"][0] == {"type": "credit", "n": 3, "bytes": 5}
        assert clients[2]["messages"] is None
        nobody = await playground.get(f"{ROOM}/clients?after=c999:0&wait_s=20")
        assert nobody == {"clients": [{"id": "c999", "messages": None}]}


# Ends


async def test_a_browser_that_is_silent_has_gone() -> None:
    with serving(client_silence_s=2) as playground:
        run = await playground.start("udp/echo")
        async with playground.plain_client(run) as peer:
            for _ in range(4):  # who asks is there
                assert await fetch(peer, "?after=2&wait_s=0.8") == []
            failed = await playground.wait_for_event("client.failed")
            assert (failed["code"], "for 2 s" in failed["message"]) == ("timeout", True)
            await playground.wait_for_event("client.closed")
            assert (await playground.room())["clients"] == []
        # What is kept of it is let go, too.
        async with asyncio.timeout(WAIT_S):
            while (await playground.request("GET", peer.path)).status_code != 404:
                await asyncio.sleep(0.6)


async def test_delete_closes_the_socket_and_ends_who_waits(playground: Playground) -> None:
    async with running(playground, "udp/echo") as run, playground.plain_client(run) as peer:
        waiting = asyncio.create_task(fetch(peer, "?after=2&wait_s=20"))
        await asyncio.sleep(0.2)  # that it waits is what nothing tells
        assert (await peer.request("DELETE")).status_code == 204
        kinds = [event["type"] for event in await playground.events()]
        assert kinds.count("client.closed") == 1
        messages = await asyncio.wait_for(waiting, WAIT_S)
        assert messages == [{"type": "closed", "n": 3, "reason": ""}]
        for method in ("GET", "DELETE"):
            assert (await peer.request(method)).status_code == 404


async def test_a_client_whose_socket_is_gone_stays_until_its_last_message_is_acknowledged(
    playground: Playground,
) -> None:
    async with running(playground, "tcp/reset") as run, playground.plain_client(run) as peer:
        await peer.send(b"x")
        await peer.told("opened")
        await peer.told("error", "reset")
        assert await peer.ended() == "reset"
        answer = await peer.post(b"to nobody")
        assert (answer.status_code, answer.json()["error"]["code"]) == (409, "client_ended")
        assert (await peer.request("GET", f"?after={peer.after}")).json()["messages"] == []
        assert (await peer.request("GET", f"?after={peer.after}")).status_code == 404


async def test_the_server_ends_while_requests_wait() -> None:
    with serving() as playground:
        run = await playground.start("udp/echo")
        async with playground.plain_client(run) as peer:
            last = (await playground.room())["last_seq"]
            of_room = playground.get(f"{ROOM}/clients?after=c1:2&wait_s=20")
            events = playground.request("GET", f"{ROOM}/events?after={last}&wait_s=20")
            waiting = asyncio.gather(of_room, fetch(peer, "?after=2&wait_s=20"), events)
            await asyncio.sleep(0.2)  # that they wait is what nothing tells
            ending = asyncio.create_task(asyncio.to_thread(playground.program.stop))
            clients, _, _ = await asyncio.wait_for(waiting, WAIT_S)
            assert clients["clients"][0]["messages"][-1]["type"] == "closed"
            await ending
            await peer.forget()


async def test_clients_that_come_and_go_leave_nothing() -> None:
    with serving(client_silence_s=1) as playground:
        run = await playground.start("udp/echo")
        path = f"{ROOM}/runs/{run['id']}/clients"
        await playground.settle()
        began_with = playground.process.num_fds()
        for _ in range(25):
            made = [playground.request("POST", path) for _ in range(4)]
            names = [answer.json()["id"] for answer in await asyncio.gather(*made)]
            gone = [playground.request("DELETE", f"{path}/{name}") for name in names[:2]]
            await asyncio.gather(*gone)  # the others say nothing any more
        async with asyncio.timeout(WAIT_S):
            while (await playground.room())["clients"]:
                await asyncio.sleep(0.1)
        await until(
            lambda: playground.process.num_fds() <= began_with,
            within_s=WAIT_S,
            what="descriptors are let go",
        )


# Bounds


async def test_who_fetches_nothing_is_not_listened_to_any_more() -> None:
    with serving(mailbox_bytes=2000, post_wait_s=0.3) as playground:
        run = await playground.start("udp/echo")
        async with playground.plain_client(run) as peer:
            await peer.told("opened")
            for _ in range(100):
                answer = await peer.post(b"x")
                if answer.status_code != 204:
                    break
                peer.sent += 1
            assert (answer.status_code, answer.json()["error"]["code"]) == (429, "not_taken")
            sent = peer.sent
            received = 0
            while received < sent:  # what was taken is answered, and then more is taken
                received += isinstance(await peer.receive(), bytes)
            await peer.ping()  # who fetches again has what was fetched: only then it has gone
            await peer.send(b"y")
            assert await peer.data() == b"y"


async def test_clients_over_both_ways_are_counted_together() -> None:
    with serving(clients_per_room=2) as playground:
        run = await playground.start("udp/echo")
        path = f"{ROOM}/runs/{run['id']}/clients"
        async with playground.open_client(run), playground.plain_client(run) as plain:
            third = await playground.request("POST", path)
            assert (third.status_code, third.json()["error"]["code"]) == (429, "limit")
            assert "2 clients" in third.json()["error"]["message"]
            await plain.request("DELETE")
            assert (await playground.request("POST", path)).status_code == 201


async def test_ended_clients_that_nobody_fetches_make_room() -> None:
    with serving(clients_per_room=2) as playground:
        run = await playground.start("tcp/give", "server", "--bytes", "1")
        path = f"{ROOM}/runs/{run['id']}/clients"
        for number in range(1, 6):
            assert (await playground.request("POST", path)).status_code == 201
            await playground.wait_for_event("client.closed", client=f"c{number}")
        kept = [await playground.request("GET", f"{path}/c{number}") for number in range(1, 6)]
        assert [answer.status_code for answer in kept] == [404, 404, 404, 200, 200]


@pytest.mark.parametrize(
    ("size", "status", "code"), [(131_073, 422, "invalid"), (262_145, 413, "too_large")]
)
async def test_a_message_that_is_too_long_is_refused_and_the_client_lives_on(
    playground: Playground, size: int, status: int, code: str
) -> None:
    async with running(playground, "udp/echo") as run, playground.plain_client(run) as peer:
        await peer.told("opened")
        answer = await peer.post(bytes(size))
        assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
        await peer.send(b"short")
        assert await peer.data() == b"short"


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", None])
async def test_a_body_has_to_say_what_it_is(playground: Playground, kind: str | None) -> None:
    async with running(playground, "udp/echo") as run, playground.plain_client(run) as peer:
        headers = {} if kind is None else {"content-type": kind}
        answer = await peer.request("POST", content=b"x", headers=headers)
        assert (answer.status_code, answer.json()["error"]["code"]) == (
            415,
            "unsupported_media_type",
        )
        assert "application/octet-stream" in answer.json()["error"]["message"]


# Where it is


async def test_a_client_is_one_of_its_run(playground: Playground) -> None:
    async with (
        running(playground, "udp/echo") as run,
        running(playground, "udp/echo") as other,
        playground.plain_client(run) as peer,
    ):
        name = peer.path.rpartition("/")[2]
        for path in (f"{ROOM}/runs/{other['id']}/clients/{name}", f"{peer.path}9"):
            answer = await playground.request("GET", path)
            assert (answer.status_code, answer.json()["error"]["code"]) == (404, "unknown_client")


async def test_a_program_that_does_not_listen_has_no_clients_over_http_either(
    playground: Playground,
) -> None:
    async with running(playground, "threads/sleeper", "demo") as run:
        answer = await playground.request("POST", f"{ROOM}/runs/{run['id']}/clients")
        assert (answer.status_code, answer.json()["error"]["code"]) == (409, "refused")
    assert (await playground.room())["clients"] == []


@pytest.mark.parametrize("path", ["", "?after=2"])
async def test_what_comes_is_kept_by_nobody_between(playground: Playground, path: str) -> None:
    async with running(playground, "udp/echo") as run, playground.plain_client(run) as peer:
        assert (await peer.request("GET", path)).headers["cache-control"] == "no-store"
    events = await playground.request("GET", f"{ROOM}/events")
    assert events.headers["cache-control"] == "no-store"
