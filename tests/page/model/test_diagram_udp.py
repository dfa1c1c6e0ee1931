"""The model of the diagram pairs datagrams: in order, by content; what is lost ends in the open."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.browser.diagram_events import SERVER, Json, Story, recording
from tests.page.conftest import Modules
from tests.page.model.drawn import A, B, arrows, picture, udp_client, udp_server


def hear(story: Story, t: float, payload: bytes, enter: float | None = None, peer: str = A) -> None:
    story.call("s", "recvfrom", t, enter=enter, local=SERVER, peer=peer, payload=payload, offset=0)


def test_a_datagram_joins_its_sending_and_its_receipt(modules: Modules) -> None:
    story = udp_server()
    udp_client(story)
    story.client("c1", "sent", 1.0, b"hi")
    hear(story, 1.001, b"hi", enter=0.5)
    drawn = picture(modules, story.events)
    assert arrows(drawn) == [("client:c1", "run:s", "hi", "arrived")]
    assert drawn["transfers"][0]["sites"] == ["s.py:3"]
    assert drawn["bars"] == [
        {"call": "recvfrom", "t": 0.5, "end": 1.001, "lane": 0, "tid": 1, "error": None}
    ]


def test_a_send_told_after_its_arrival_does_not_begin_after_it(modules: Modules) -> None:
    story = udp_server()
    udp_client(story)
    hear(story, 1.0, b"hi")
    story.client("c1", "sent", 1.0004, b"hi")
    [transfer] = picture(modules, story.events)["transfers"]
    assert (transfer["sent"], transfer["arrivals"][0][0]) == (1.0, 1.0)


def test_equal_datagrams_pair_in_order(modules: Modules) -> None:
    story = udp_server()
    udp_client(story)
    for k in range(4):
        story.client("c1", "sent", 1 + k / 100, b"same")
    for k in range(4):
        hear(story, 1.001 + k / 100, b"same")
    drawn = picture(modules, story.events)
    assert [t["arrivals"][0][0] for t in drawn["transfers"]] == [1.001, 1.011, 1.021, 1.031]


@pytest.mark.parametrize("name", ["transform", "lost", "log2", "reset", "echo3", "one_in_five"])
def test_the_order_of_telling_does_not_matter(modules: Modules, name: str) -> None:
    events = recording(name)
    by_time = sorted(events, key=lambda event: (event["t"], event["seq"]))
    windows = [events[k : k + 6][::-1] for k in range(0, len(events), 6)]
    expected = picture(modules, by_time)
    for transfers in (
        picture(modules, events)["transfers"],
        picture(modules, [], batches=windows)["transfers"],
    ):
        assert outcome(transfers) == outcome(expected["transfers"])


def outcome(transfers: list[Json]) -> Counter[str]:
    keys = ("what", "from", "to", "data", "state", "why", "a", "arrivals", "sent")
    return Counter(str([transfer[key] for key in keys]) for transfer in transfers)


def test_an_event_told_twice_counts_once(modules: Modules) -> None:
    events = recording("echo3")
    once = picture(modules, events)
    assert picture(modules, [], batches=[events, events[10:40], events]) == once


def test_a_datagram_that_a_waiting_receiver_does_not_get_is_lost_and_heals(
    modules: Modules,
) -> None:
    story = udp_server()
    udp_client(story)
    story.enter("s", "recvfrom", 0.5, local=SERVER)
    story.client("c1", "sent", 1.0, b"slow")
    assert arrows(picture(modules, story.events, advance=1.5))[0][3] == "waiting"
    lost = picture(modules, story.events, advance=2.1)["transfers"][0]
    assert (lost["state"], lost["why"]) == ("lost", "silent")
    hear(story, 1.3, b"slow", enter=0.9)
    assert arrows(picture(modules, story.events, advance=2.1))[0][3] == "arrived"


def test_a_datagram_waits_for_a_receiver_that_is_busy(modules: Modules) -> None:
    story = udp_server()
    udp_client(story)
    story.client("c1", "sent", 1.0, b"early")
    assert arrows(picture(modules, story.events, advance=60.0))[0][3] == "waiting"
    hear(story, 61.0, b"early", enter=61.0)
    drawn = picture(modules, story.events)
    assert arrows(drawn)[0][3] == "arrived"
    assert arrows(picture(modules, story.events, until=60.5))[0][3] == "waiting"


def test_a_retry_is_not_taken_for_the_datagram_that_was_lost(modules: Modules) -> None:
    story = udp_server()
    udp_client(story)
    story.enter("s", "recvfrom", 0.5, local=SERVER)
    story.client("c1", "sent", 1.0, b"again")
    story.client("c1", "sent", 2.0, b"again")
    hear(story, 2.001, b"again", enter=0.5)
    states = [
        (t["sent"], t["state"], t["why"]) for t in picture(modules, story.events)["transfers"]
    ]
    assert states == [(1.0, "lost", "overtaken"), (2.0, "arrived", None)]


def test_a_datagram_that_a_later_one_overtakes_is_lost(modules: Modules) -> None:
    story = udp_server()
    udp_client(story)
    story.client("c1", "sent", 1.0, b"first")
    story.client("c1", "sent", 1.5, b"second")
    hear(story, 5.0, b"second", enter=4.99)
    assert arrows(picture(modules, story.events)) == [
        ("client:c1", "run:s", "first", "lost"),
        ("client:c1", "run:s", "second", "arrived"),
    ]


def test_a_refused_datagram_is_lost(modules: Modules) -> None:
    drawn = picture(modules, recording("browser_gone"))
    assert [(t["data"], t["state"], t["why"]) for t in drawn["transfers"]][-1] == (
        "nobody home",
        "lost",
        "refused",
    )


def test_datagrams_to_a_closed_port_are_lost(modules: Modules) -> None:
    drawn = picture(modules, recording("lost"))
    assert [(t["data"], t["state"], t["why"]) for t in drawn["transfers"]] == [
        ("heard", "arrived", None),
        ("HEARD", "arrived", None),
        ("lost", "lost", "closed"),
        ("lost too", "lost", "closed"),
        ("refused", "lost", "refused"),
        ("never sent", "lost", "refused"),
    ]
    assert [mark for mark in drawn["marks"] if mark.isupper()] == ["ECONNREFUSED", "ECONNREFUSED"]


def test_somebody_outside_has_a_lifeline_and_one_known_end(modules: Modules) -> None:
    story = udp_server()
    hear(story, 1.0, b"from nc", peer=B)
    story.call("s", "sendto", 1.1, enter=1.1, local=SERVER, peer=B, payload=b"back", offset=0)
    drawn = picture(modules, story.events)
    assert drawn["parties"] == [f"peer:udp/{B}", "run:s"]
    assert arrows(drawn) == [
        (f"peer:udp/{B}", "run:s", "from nc", "arrived"),
        ("run:s", f"peer:udp/{B}", "back", "sent"),
    ]


def test_who_turns_out_to_be_a_run_is_not_outside(modules: Modules) -> None:
    story = udp_server()
    story.run("k", "client", 0.9)
    story.call("k", "socket", 0.95, socket=1)
    hear(story, 1.001, b"x", peer=B)
    assert f"peer:udp/{B}" in picture(modules, story.events)["parties"]
    story.call(
        "k", "sendto", 1.002, enter=1.0, local="0.0.0.0:40002", peer=SERVER, payload=b"x", offset=0
    )
    drawn = picture(modules, story.events)
    assert drawn["parties"] == ["run:k", "run:s"]
    assert arrows(drawn) == [("run:k", "run:s", "x", "arrived")]


def test_a_port_that_is_used_anew_has_a_new_owner(modules: Modules) -> None:
    story = udp_server()
    hear(story, 1.0, b"old", peer=B)
    story.run("k", "client", 9.0)
    story.call("k", "socket", 9.1)
    story.call(
        "k", "sendto", 9.2, enter=9.2, local="0.0.0.0:40002", peer=SERVER, payload=b"new", offset=0
    )
    hear(story, 9.21, b"new", peer=B)
    assert arrows(picture(modules, story.events)) == [
        (f"peer:udp/{B}", "run:s", "old", "arrived"),
        ("run:k", "run:s", "new", "arrived"),
    ]
