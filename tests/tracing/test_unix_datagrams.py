"""Datagrams of unix sockets are drawn as they went, with names or without."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.tracing.told_calls import returns
from tests.tracing.unix_programs import datagrams, lines_of, shown, told

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells of unix sockets")

CUTS = {
    "recvfrom": "server.recvfrom(4)",
    "recv": "server.recv(4)",
    "recv_into": "server.recv_into(bytearray(4))",
    "recvfrom_into": "server.recvfrom_into(bytearray(4))",
    "recvmsg": "server.recvmsg(4)",
    "recvmsg_into": "server.recvmsg_into([bytearray(4)])",
}


NAMES = ["None", "'client'", "f'\\0lab-{os.getpid()}'"]
WAYS = ["sendto(data, path)", "send(data)", "sendmsg([data])"]


@pytest.mark.parametrize(
    ("call", "name", "way"),
    [
        *((call, NAMES[0], WAYS[0]) for call in CUTS),
        *(("recvfrom", name, WAYS[1]) for name in NAMES),
        *(("recv", name, WAYS[2]) for name in NAMES),
    ],
)
def test_one_that_a_small_buffer_has_cut_is_one_arrival(
    tmp_path: Path, call: str, name: str, way: str
) -> None:
    text = f"""
client = unix({name})
client.connect(path)
for data in (b"0123456789", b"abcdefghij", b"0123456789", b"four", b""):
    client.{way}
for _ in range(5):
    {CUTS[call]}
"""
    records = told(tmp_path, text)
    assert datagrams(records) == [
        ("0123456789", "arrived"),
        ("abcdefghij", "arrived"),
        ("0123456789", "arrived"),
        ("four", "arrived"),
        ("", "arrived"),
    ]
    assert {(each["from"], each["to"]) for each in shown(records)} == {("run:run-1", "run:run-1")}
    assert [r["bytes"] for r in returns(records, call)] == [4, 4, 4, 4, 0]


@pytest.mark.parametrize("receive", ["recv(9)", "recvfrom(9)", "recvmsg(9)"])
def test_each_end_of_a_pair_is_known_without_a_name(tmp_path: Path, receive: str) -> None:
    text = f"""
pairs = [pair() for _ in range(3)]
for a, b in pairs:
    a.send(b"same")
for a, b in reversed(pairs):
    b.send(b"same")
for a, b in reversed(pairs):
    b.{receive}
    a.{receive}
"""
    records = told(tmp_path, text)
    ways = [lines_of(records, each) for each in shown(records)]
    assert {each["state"] for each in shown(records)} == {"arrived"}
    name = receive.partition("(")[0]
    assert ways == [
        ["send 2", f"{name} 3"], ["send 4", f"{name} 5"], ["send 6", f"{name} 7"],
        ["send 7", f"{name} 6"], ["send 5", f"{name} 4"], ["send 3", f"{name} 2"],
    ]  # fmt: skip


@pytest.mark.parametrize("receive", ["recv(9)", "recvfrom(9)"])
def test_of_equal_ones_each_has_its_own_sender(tmp_path: Path, receive: str) -> None:
    text = f"""
named, other, nameless = unix("named"), unix("\\0other-%d" % os.getpid()), unix()
for sock in (nameless, named, other, nameless):
    sock.sendto(b"same", path)
for _ in range(4):
    server.{receive}
"""
    records = told(tmp_path, text)
    name = receive.partition("(")[0]
    taken = [r["n"] for r in returns(records, name)]
    joined = [
        (lines_of(records, each)[0], int(each["reads"][0].partition("/")[2]))
        for each in shown(records)
    ]
    assert joined == [
        ("sendto 4", taken[0]),
        ("sendto 2", taken[1]),
        ("sendto 3", taken[2]),
        ("sendto 4", taken[3]),
    ]


def test_an_answer_goes_to_the_name_that_was_told(tmp_path: Path) -> None:
    text = """
client = unix("client")
client.sendto(b"question", path)
data, peer = server.recvfrom(9)
server.sendto(b"answer", peer)
client.recv(9)
"""
    records = told(tmp_path, text)
    assert [lines_of(records, each) for each in shown(records)] == [
        ["sendto 2", "recvfrom 1"],
        ["sendto 1", "recv 2"],
    ]


def test_a_path_is_the_file_to_which_it_leads(tmp_path: Path) -> None:
    text = """
first, second, client = unix(), unix(), unix()
for sock, name in ((first, "one"), (second, "two")):
    os.mkdir(os.path.join(folder, name))
    os.chdir(os.path.join(folder, name))
    sock.bind("sock")
link = os.path.join(folder, "link")
os.symlink(os.path.join(folder, "one", "sock"), link)
for to in ("sock", os.path.join(folder, "two", "sock"), b"../one/sock", link):
    client.sendto(b"same", to)
for sock in (first, second):
    for _ in range(2):
        sock.recvfrom(9)
"""
    records = told(tmp_path, text)
    assert sorted(lines_of(records, each)[1] for each in shown(records)) == [
        "recvfrom 2", "recvfrom 2", "recvfrom 3", "recvfrom 3",
    ]  # fmt: skip
    sent = [r["n"] for r in returns(records, "sendto")]
    to_first = [records[each["seqs"][0] - 1]["n"] for each in shown(records)
                if lines_of(records, each)[1] == "recvfrom 2"]  # fmt: skip
    assert sorted(to_first) == sent[2:]


def test_a_send_that_fails_says_where_to_and_has_no_arrow(tmp_path: Path) -> None:
    text = """
client, gone = unix(), unix("gone")
client.connect(path)
gone.close()
big = b"x" * 9_000_000
for data, to in ((b"a", path + "-not"), (b"b", os.path.join(folder, "gone")), (big, path)):
    attempt(client.sendto, data, to)
attempt(client.send, big)
server.close()
attempt(client.send, b"c")
"""
    records = told(tmp_path, text)
    failed = [(r["error"], r["peer"].rpartition("/")[2]) for r in records if "error" in r]
    assert failed == [
        ("ENOENT", "server-not"),
        ("ECONNREFUSED", "gone"),
        ("EMSGSIZE", "server"),
        ("EMSGSIZE", "server"),
        ("ECONNREFUSED", "server"),
    ]
    assert datagrams(records) == []


FULL = """
client = unix()
client.setblocking(False)
count = 0
try:
    while True:
        client.sendto(b"%d" % count, path)
        count += 1
except BlockingIOError as error:
    print(error)
client.setblocking(True)
def read():
    for _ in range(count + 1):
        server.{receive}
waiting = threading.Thread(target=client.sendto, args=(b"last", path))
waiting.start()
waiting.join(0.4)
read()
waiting.join()
"""


@pytest.mark.parametrize("receive", ["recv(9)", "recvfrom(9)"])
def test_a_sender_waits_while_the_queue_is_full_and_nothing_is_lost(
    tmp_path: Path, receive: str
) -> None:
    records = told(tmp_path, FULL.replace("{receive}", receive))
    transfers = shown(records)
    count = len(transfers) - 1
    assert count > 1
    assert datagrams(records) == [
        *((str(i), "arrived") for i in range(count)),
        ("last", "arrived"),
    ]
    (enter,) = [r for r in records if r["call"] == "sendto" and r.get("phase") == "enter"][-1:]
    # It left when there was room for it, not when its sender began to wait.
    assert transfers[-1]["sent"] >= enter["t"] + 0.3
    assert transfers[-1]["sent"] <= transfers[-1]["arrivals"][0][0]


def test_what_is_in_the_queue_is_there_until_the_socket_is_closed(tmp_path: Path) -> None:
    waits = told(tmp_path, 'unix().sendto(b"x", path)\nos._exit(0)\n')
    assert datagrams(waits) == [("x", "waiting")]
    closed = told(tmp_path, 'unix().sendto(b"x", path)\nserver.close()\n')
    assert datagrams(closed) == [("x", "lost")]
    assert shown(closed)[0]["why"] == "unread"


def test_the_kernel_empties_a_queue_where_its_socket_gets_another_partner(tmp_path: Path) -> None:
    text = """
one, other = unix("one"), unix("other")
for partner in (one, one, other):
    server.connect(partner.getsockname())
    if partner is one:
        one.sendto(b"to be lost", path)
other.send(b"read") if other.connect(path) is None else None
server.recv(9)
other.send(b"lost, too")
other.close()
attempt(server.send, b"refused")
server.settimeout(0.01)
attempt(server.recv, 9)
"""
    records = told(tmp_path, text)
    assert datagrams(records) == [
        ("to be lost", "lost"),
        ("to be lost", "lost"),
        ("read", "arrived"),
        ("lost, too", "lost"),
    ]
    assert {each["why"] for each in shown(records)} == {"unread", None}
