"""What a trace must hold of a program that ended well, whatever it did: its books balance."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

from tests.soak.relay import Passed

Record = dict[str, Any]

SENDING = {"send", "sendall", "sendfile", "sendmsg", "sendto"}
TAKING = {"recv", "recv_into", "recvfrom", "recvfrom_into", "recvmsg", "recvmsg_into"}


def read(path: Path) -> tuple[list[Record], int]:
    """Return the records of a trace, and the exit status that closes it."""
    *records, end = map(json.loads, path.read_text().splitlines())
    assert end["type"] == "exit"
    return records, end["exit_status"]


def calls(records: list[Record]) -> list[Record]:
    return [record for record in records if record["type"] == "call"]


def hold_counts(records: list[Record]) -> None:
    """Hold that told and dropped are all that was made, and that what began has ended."""
    dropped = [record for record in records if record["type"] == "dropped"]
    assert dropped == []
    by_process: dict[int | None, set[int]] = {}
    open_calls: set[tuple[int | None, int]] = set()
    for record in calls(records):
        key = record.get("child"), record["n"]
        if record.get("phase") == "enter":
            assert key not in open_calls
            open_calls.add(key)
        else:
            open_calls.discard(key)
        by_process.setdefault(record.get("child"), set()).add(record["n"])
    assert open_calls == set(), "calls that did not return"
    threads = [record for record in records if record["type"] == "thread"]
    if len(by_process) == 1:  # a wait of a thread has a number, too, but does not say it
        (numbers,) = by_process.values()
        waits = [each for each in threads if each["event"] in ("waits", "sleeps")]
        assert len(numbers) + len(waits) >= max(numbers), "calls that are not told"
    started = {record["other"] for record in threads if record["event"] == "starts"}
    for event in ("began", "ended"):  # tasks of asyncio are told when they are seen
        names = {each["thread"] for each in threads if each["event"] == event}
        assert started <= names, event


def hold_ends(records: list[Record]) -> tuple[int, int]:
    """Hold that each socket is closed once; return how many connected, and were accepted."""
    made: set[int] = set()
    closed: list[int] = []
    connected: set[int] = set()
    accepted: list[int] = []
    for record in calls(records):
        made.add(record["socket"])
        if record["call"] == "close" and "held" not in record:
            closed.append(record["socket"])
        if record["transport"] == "tcp" and "peer" in record and "local" in record:
            connected.add(record["socket"])
        if "accepted" in record:
            accepted.append(record["accepted"])
    assert sorted(closed) == sorted(made)
    listeners = {record["socket"] for record in calls(records) if "accepted" in record}
    assert len(set(accepted)) == len(accepted)
    return len(connected - set(accepted) - listeners), len(accepted)


def hold_stream(records: list[Record], names: set[str], sent: bytes) -> None:
    """Hold that what was told of one direction of a stream is what passed, to the last byte."""
    place = 0
    told = [r for r in records if r["call"] in names | {"close"} and r.get("phase") != "enter"]
    for record in sorted(told, key=lambda r: (r.get("offset", len(sent)), r["n"])):
        if "offset" not in record:
            assert record["call"] == "close" or not record.get("bytes"), record
            continue
        place += record.get("unseen", 0)
        assert record["offset"] == place, record
        data = base64.b64decode(record.get("data", ""))
        assert sent[place : place + len(data)] == data, record
        place += record.get("bytes", 0)
    assert place == len(sent)


def hold_datagrams(records: list[Record], names: set[str], sent: list[bytes]) -> None:
    """Hold that the datagrams that were told are those that passed."""
    told = [r for r in records if r["call"] in names and "bytes" in r]
    assert [record["bytes"] for record in told] == [len(each) for each in sent]
    for record, each in zip(told, sent, strict=True):
        data = base64.b64decode(record.get("data", ""))
        assert each[: len(data)] == data
        assert data or not each


def hold_passed(records: list[Record], passed: list[Passed]) -> None:
    """Hold that both ends of what a relay has written down were told as it was."""
    told = calls(records)
    for each in passed:
        if each.transport == "udp":
            mine = [record for record in told if record.get("peer") == each.ours]
            hold_datagrams(mine, TAKING, each.up)
            hold_datagrams(mine, SENDING, each.down)
            continue
        for side, address, out, into in (
            ("local", each.client, each.up, each.down),
            ("peer", each.ours, each.down, each.up),
        ):
            (number,) = {
                record["socket"]
                for record in told
                if record.get(side) == address and "accepted" not in record
            }
            mine = [record for record in told if record["socket"] == number]
            hold_stream(mine, SENDING, b"".join(out))
            hold_stream(mine, TAKING, b"".join(into))
