"""The sequence diagram as a function of the events: values in, values out."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from tests.browser.diagram_events import PICTURE, SERVER, Json, Story, recording
from tests.page.conftest import Modules

A = "127.0.0.1:40001"
B = "127.0.0.1:40002"


def picture(modules: Modules, events: list[Json], **values: Any) -> Json:
    """Return what a model draws after these events, perhaps at an earlier time."""
    body = PICTURE + (
        "const model = new DiagramModel();"
        "for (const events of v.batches ?? [v.events]) model.append(events);"
        "if (v.advance) model.advance(v.advance);"
        "return picture(model, v.until ?? null);"
    )
    drawn: Json = modules.run("model/diagram-model", body, events=events, **values)
    return drawn


def arrows(drawn: Json, *what: str) -> list[tuple[Any, ...]]:
    return [
        (t["from"], t["to"], t["data"], t["state"])
        for t in drawn["transfers"]
        if not what or t["what"] in what
    ]


def udp_server() -> Story:
    story = Story()
    story.run("s")
    story.call("s", "socket", 0.1)
    story.call("s", "bind", 0.2, local=SERVER, address=SERVER)
    return story


def udp_client(story: Story, t: float = 0.3) -> None:
    story.client("c1", "opened", t, transport="udp", local=A, peer=SERVER)


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


def sent(story: Story, t: float, call: str, **more: Any) -> None:
    story.call("s", call, t, transport="tcp", socket=2, local=SERVER, peer=A, **more)


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


def test_calls_that_wait_are_bars_that_are_open_until_they_return(modules: Modules) -> None:
    story = Story()
    story.run("s")
    story.enter("s", "accept", 1.0, transport="tcp", tid=1, thread="MainThread", local=SERVER)
    story.enter(
        "s", "recv", 1.1, transport="tcp", tid=2, thread="T-1", local=SERVER, peer=A, socket=2
    )
    story.enter(
        "s", "recv", 1.2, transport="tcp", tid=3, thread="T-2", local=SERVER, peer=B, socket=3
    )
    bars = picture(modules, story.events)["bars"]
    assert [(bar["tid"], bar["lane"], bar["end"]) for bar in bars] == [
        (1, 0, None),
        (2, 1, None),
        (3, 2, None),
    ]


def labels_of_bars(modules: Modules, events: list[Json]) -> list[str]:
    body = """
      const { barLabel } = await load('words/diagram-words');
      const model = new m.DiagramModel();
      model.append(v.events);
      const bars = model.items.filter(({ kind }) => kind === 'bar');
      return bars.map((bar) => barLabel(bar, model.now));
    """
    labels: list[str] = modules.run("model/diagram-model", body, events=events)
    return labels


@pytest.mark.parametrize(
    ("error", "end"),
    [
        (None, ""),
        ("timeout", ": timeout"),
        ("KeyboardInterrupt", ": interrupted"),
        ("SystemExit", ": interrupted"),
        ("ECONNRESET", ""),  # which a mark on the lifeline says
    ],
)
def test_a_bar_says_what_ended_a_call(modules: Modules, error: str | None, end: str) -> None:
    story = udp_server()
    more: Json = {"error": error} if error else {"payload": b"x", "offset": 0, "peer": A}
    story.call("s", "recvfrom", 3.0, enter=1.0, local=SERVER, **more)
    assert labels_of_bars(modules, story.events) == [f"recvfrom() waited 2.0 s{end}"]


@pytest.mark.parametrize("kind", ["Lock", "Condition", "Semaphore", "Event"])
@pytest.mark.parametrize(
    ("event", "end"),
    [
        ("acquired", ""),
        ("woken", ""),
        ("timeout", ": timeout"),
        ("interrupted", ": interrupted"),
    ],
)
def test_a_bar_says_what_ended_a_wait_for_another_thread(
    modules: Modules, kind: str, event: str, end: str
) -> None:
    story = Story()
    story.run("s")
    wait: Json = {"run": "s", "kind": kind, "object": 3, "thread": "MainThread", "tid": 1}
    story.tell("sync", 1.0, event="waiting", **wait)
    story.tell("sync", 3.0, event=event, **wait)
    assert labels_of_bars(modules, story.events) == [f"{kind} #3 waited 2.0 s{end}"]


def test_the_end_of_a_run_ends_what_it_waited_for(modules: Modules) -> None:
    story = udp_server()
    story.enter("s", "recvfrom", 1.0, local=SERVER)
    story.tell("run.exited", 2.0, run="s", exit_status=-9)
    assert [bar["end"] for bar in picture(modules, story.events)["bars"]] == [2.0]


def test_what_the_tracer_left_out_makes_a_break_and_nothing_lost(modules: Modules) -> None:
    story = udp_server()
    udp_client(story)
    story.client("c1", "sent", 1.0, b"told")
    story.tell("dropped", 1.5, run="s", what="calls", count=250)
    drawn = picture(modules, story.events, advance=30.0)
    assert drawn["breaks"] == [250]
    assert arrows(drawn)[0][3] == "unknown"


def test_every_moment_of_the_past_is_drawn_as_it_was(modules: Modules) -> None:
    events = sorted(recording("echo3"), key=lambda event: event["t"])
    for cut in range(20, len(events), 17):
        until = events[cut]["t"]
        # What a browser tells is told a little late, so only transfers long past are compared.
        then = picture(modules, events[: cut + 1])["transfers"]
        now = picture(modules, events, until=until)["transfers"]
        old = until - 0.02
        states = [
            [(t["what"], t["data"], t["state"]) for t in each if (t["sent"] or old) < old]
            for each in (then, now)
        ]
        assert states[0] == states[1]


def test_the_model_is_bounded_and_keeps_what_is_open(modules: Modules) -> None:
    body = (
        PICTURE
        + """
      const { LIMITS } = m;
      const model = new DiagramModel();
      const call = (n, t, more) => ({ seq: n, t, type: 'call', run: 's', call: 'setsockopt', n,
        socket: 1, transport: 'udp', thread: 'MainThread', tid: 1, ...more });
      model.append([call(1, 0, { call: 'recvfrom', phase: 'enter', local: '127.0.0.1:5000' })]);
      for (let n = 2; n < LIMITS.items + 5000; n++) model.append([call(n, n / 1000, {})]);
      return [model.items.length <= LIMITS.items, model.items.some((item) => item.kind === 'bar')];
    """
    )
    assert modules.run("model/diagram-model", body) == [True, True]


def test_unknown_events_are_counted(modules: Modules) -> None:
    body = (
        PICTURE
        + """
      const model = new DiagramModel();
      model.append([{ seq: 1, t: 1, type: 'weather' }, { seq: 2, t: 1, type: 'output' }]);
      return [...model.unknown];
    """
    )
    assert modules.run("model/diagram-model", body) == [["weather", 1]]
