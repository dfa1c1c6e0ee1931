"""The model of the diagram pairs bytes of a stream by their offsets, whatever the calls were."""

from __future__ import annotations

import pytest

from tests.browser.diagram_events import SERVER, Json, Story, recording
from tests.page.conftest import Modules
from tests.page.model.drawn import A, arrows, picture, sent


def segments(drawn: Json) -> list[Json]:
    return [transfer for transfer in drawn["transfers"] if transfer["what"] == "segment"]


def test_three_sends_that_one_recv_reads_end_in_one_place(modules: Modules) -> None:
    drawn = segments(picture(modules, recording("three_in_one")))
    assert [t["data"] for t in drawn] == ["Hello ", "wide ", "world"]
    assert {tuple(t["reads"]) for t in drawn} == {tuple(drawn[0]["reads"])}
    assert [t["arrivals"][0][1:] for t in drawn] == [[0, 6], [6, 11], [11, 16]]


def test_one_send_that_five_recvs_read_has_five_ends(modules: Modules) -> None:
    [transfer] = segments(picture(modules, recording("one_in_five")))
    places = [tuple(arrival[1:]) for arrival in transfer["arrivals"]]
    assert places == [(0, 5), (5, 10), (10, 15), (15, 20), (20, 24)]
    assert len(set(transfer["reads"])) == 5


def test_bytes_of_a_client_that_is_not_accepted_wait(modules: Modules) -> None:
    events = recording("log2")
    start = events[0]["t"]
    early = picture(modules, events, until=start + 3.0)
    second = [t for t in early["transfers"] if t["from"] == "run:r13"]
    assert [(t["what"], t["to"], t["state"]) for t in second] == [
        ("connect", "run:r11", "waiting"),
        ("segment", "run:r11", "waiting"),
        ("segment", "run:r11", "waiting"),
    ]
    late = [t for t in picture(modules, events)["transfers"] if t["from"] == "run:r13"]
    assert [t["state"] for t in late] == ["arrived"] * 4
    assert late[1]["reads"] == late[2]["reads"]


def test_a_reset_and_a_refused_connection_are_shown(modules: Modules) -> None:
    drawn = picture(modules, recording("reset"))
    resets = [t for t in drawn["transfers"] if t["what"] == "rst"]
    assert [(t["from"], t["to"], t["state"]) for t in resets] == [
        ("run:r14", "run:r15", "arrived"),
        ("run:r14", "client:c4", "arrived"),
    ]
    assert {t["why"] for t in segments(drawn)} == {"unread"}
    refused = [t for t in drawn["transfers"] if t["why"] == "refused"]
    assert [(t["what"], t["from"], t["to"]) for t in refused] == [("connect", "run:r15", None)]
    assert "ECONNREFUSED" in drawn["marks"]
    assert "ECONNRESET" in drawn["marks"]


def test_nc_is_an_outside_peer_of_a_tcp_server(modules: Modules) -> None:
    drawn = picture(modules, recording("nc_tcp"))
    [peer] = [party for party in drawn["parties"] if party.startswith("peer:")]
    assert [(t["what"], t["from"], t["state"]) for t in drawn["transfers"]] == [
        ("connect", peer, "arrived"),
        ("segment", peer, "arrived"),
        ("segment", "run:r18", "sent"),
        ("segment", peer, "arrived"),
        ("segment", "run:r18", "sent"),
        ("fin", peer, "arrived"),
        ("fin", "run:r18", "sent"),
    ]


def test_browser_clients_and_a_program_pair_with_the_echo_server(modules: Modules) -> None:
    drawn = picture(modules, recording("echo3"))
    assert not [party for party in drawn["parties"] if party.startswith("peer:")]
    assert all(t["state"] in ("arrived", "sent") for t in drawn["transfers"])
    assert all(len(t["seqs"]) > 1 for t in segments(drawn))
    big = [t for t in segments(drawn) if t["bytes"] == 3000]
    assert [len(t["arrivals"]) for t in big] == [3]


def tcp_pair(story: Story) -> None:
    story.run("s")
    story.call("s", "listen", 0.1, transport="tcp", local=SERVER)
    story.client("c1", "opened", 0.2, transport="tcp", local=A, peer=SERVER)
    story.call("s", "accept", 0.3, enter=0.15, transport="tcp", local=SERVER, peer=A, accepted=2)


def read(story: Story, t: float, payload: bytes, offset: int) -> None:
    story.call(
        "s",
        "recv",
        t,
        enter=t,
        transport="tcp",
        socket=2,
        local=SERVER,
        peer=A,
        payload=payload,
        offset=offset,
    )


def test_a_file_is_sent_like_any_other_bytes(modules: Modules) -> None:
    story = Story()
    tcp_pair(story)
    sent(story, 1.0, "sendfile", payload=b"whole", offset=0)
    story.client("c1", "received", 1.01, b"whole")
    [transfer] = segments(picture(modules, story.events))
    assert (transfer["from"], transfer["data"], transfer["state"]) == ("run:s", "whole", "arrived")


def test_after_a_sendall_that_failed_no_place_is_invented(modules: Modules) -> None:
    story = Story()
    tcp_pair(story)
    sent(story, 1.0, "sendall", payload=b"abc", offset=0)
    sent(story, 1.1, "sendall", error="timeout")  # some of it went, and nobody knows how much
    story.client("c1", "received", 1.2, b"abc")
    story.client("c1", "received", 1.3, b"0123456789")
    sent(story, 1.4, "sendall", payload=b"xyz", offset=3)
    drawn = segments(picture(modules, story.events))
    assert [(t["data"], t["sent"], t["state"]) for t in drawn] == [
        ("abc", 1.0, "arrived"),
        ("0123456789", None, "arrived"),
        ("xyz", 1.4, "unknown"),
    ]


@pytest.mark.parametrize("error", ["timeout", "ECONNRESET", "EPIPE", "KeyboardInterrupt"])
@pytest.mark.parametrize("call", ["sendall", "sendfile"])
def test_bytes_of_a_call_that_failed_are_not_taken_for_those_of_the_next(
    modules: Modules, call: str, error: str
) -> None:
    story = Story()
    tcp_pair(story)
    sent(story, 1.0, "send", payload=b"abc", offset=0)
    sent(story, 1.3, call, enter=1.1, error=error)  # after it had sent "012", which nobody counts
    story.client("c1", "received", 1.2, b"abc012")
    sent(story, 1.4, "send", payload=b"xyz", offset=3)
    story.client("c1", "received", 1.5, b"xyz")
    drawn = segments(picture(modules, story.events))
    assert [(t["data"], t["sent"], t["state"], t["arrivals"]) for t in drawn] == [
        ("abc", 1.0, "arrived", [[1.2, 0, 3]]),
        ("xyz", 1.4, "unknown", []),
        ("xyz", None, "arrived", [[1.5, 6, 9]]),
    ]


def test_the_other_direction_stays_certain_after_a_sendall_that_failed(modules: Modules) -> None:
    story = Story()
    tcp_pair(story)
    sent(story, 1.0, "sendall", error="timeout")
    story.client("c1", "sent", 1.1, b"up")
    read(story, 1.101, b"up", 0)
    assert arrows(picture(modules, story.events), "segment") == [
        ("client:c1", "run:s", "up", "arrived")
    ]


def test_a_file_that_the_kernel_cannot_send_leaves_places_certain(modules: Modules) -> None:
    story = Story()
    tcp_pair(story)
    sent(story, 1.0, "sendfile", error="_GiveupOnSendfile")  # it has sent nothing; send() follows
    sent(story, 1.1, "send", payload=b"bytes", offset=0)
    story.client("c1", "received", 1.2, b"bytes")
    assert arrows(picture(modules, story.events), "segment") == [
        ("run:s", "client:c1", "bytes", "arrived")
    ]


def test_pieces_that_a_client_did_not_tell_are_never_paired_wrongly(modules: Modules) -> None:
    story = Story()
    tcp_pair(story)
    story.client("c1", "sent", 1.0, b"abc")
    read(story, 1.01, b"abc", 0)
    story.tell("dropped", 1.1, client="c1", run="s", what="messages", count=3, bytes=9)
    story.client("c1", "sent", 1.2, b"xyz")
    read(story, 1.21, b"xyz", 12)
    drawn = picture(modules, story.events)
    assert [(t["data"], t["state"]) for t in segments(drawn)] == [
        ("abc", "arrived"),
        ("xyz", "unknown"),
        ("xyz", "arrived"),
    ]
    assert drawn["breaks"] == [3]
