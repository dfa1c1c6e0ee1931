"""Which words are for an event: values in, values out, and the note in the list of events."""

from __future__ import annotations

import json
import tomllib
from typing import Any

import pytest

from backend.domain.events import Event
from backend.web.pages.site import FRONTEND
from tests.page.conftest import Modules

Json = dict[str, Any]
EXAMPLE = FRONTEND / "examples" / "udp-transform.jsonl"
TOML = tomllib.loads((FRONTEND / "explanations.toml").read_text(encoding="utf-8"))
WORDS = {
    section: {
        key: entry["en"]
        for name, entry in entries.items()
        for key in (name, *entry.get("also", ()))
    }
    for section, entries in TOML.items()
}
CALL = {"type": "call", "run": "r1", "n": 1, "socket": 1, "transport": "tcp"}


def explained(modules: Modules, *events: Json, transport: str | None = None) -> list[Json | None]:
    body = """
        const told = new m.Explanations(v.words);
        const more = v.transport ? { transport: v.transport } : {};
        return v.events.map((event) => told.explain(event, more));
    """
    found: list[Json | None] = modules.run(
        "model/explanations", body, words=WORDS, events=list(events), transport=transport
    )
    return found


def title(modules: Modules, event: Json, **more: Any) -> str | None:
    (words,) = explained(modules, event, **more)
    return None if words is None else words["title"]


@pytest.mark.parametrize(
    ("event", "section", "key"),
    [
        ({"call": "recv", "phase": "enter"}, "call", "recv enter"),
        ({"call": "recv", "phase": "return", "bytes": 5}, "call", "recv"),
        ({"call": "recv", "phase": "return", "bytes": 0}, "call", "recv end"),
        ({"call": "recvfrom", "transport": "udp", "bytes": 0}, "call", "recvfrom empty"),
        ({"call": "recvfrom", "transport": "udp", "bytes": 4}, "call", "recvfrom udp"),
        ({"call": "recv", "bytes": 4, "flags": "MSG_PEEK"}, "call", "recv peek"),
        ({"call": "connect", "transport": "udp"}, "call", "connect udp"),
        ({"call": "bind"}, "call", "bind"),
        ({"call": "close", "held": 1}, "call", "close held"),
        ({"call": "close", "held": 0}, "call", "close"),
        ({"call": "shutdown", "how": "SHUT_WR"}, "call", "shutdown SHUT_WR"),
        ({"call": "setsockopt", "option": "SO_REUSEADDR"}, "call", "setsockopt SO_REUSEADDR"),
        ({"call": "settimeout", "value": 3.0}, "call", "settimeout"),
        ({"call": "settimeout"}, "call", "settimeout none"),
        ({"call": "settimeout", "value": 0}, "call", "settimeout zero"),
        ({"call": "setblocking", "value": False}, "call", "setblocking off"),
        ({"call": "connect", "error": "ECONNREFUSED"}, "error", "ECONNREFUSED"),
        (
            {"call": "recvfrom", "transport": "udp", "error": "ECONNREFUSED"},
            "error",
            "ECONNREFUSED udp",
        ),
        ({"call": "recv", "error": "WSAECONNRESET"}, "error", "ECONNRESET"),
        ({"type": "thread", "event": "joined", "ended": False}, "thread", "joined timeout"),
        ({"type": "thread", "event": "joined", "ended": True}, "thread", "joined"),
        (
            {"type": "sync", "event": "waiting", "kind": "Condition", "until": "notify"},
            "sync",
            "Condition waiting notify",
        ),
        ({"type": "run.exited", "exit_status": -9}, "event", "run.exited signal"),
        ({"type": "run.exited", "exit_status": 0}, "event", "run.exited"),
        (
            {"type": "run.failed", "error": {"code": "port_in_use", "message": ""}},
            "problem",
            "port_in_use",
        ),
        ({"type": "run.failed", "error": {"code": "new", "message": ""}}, "event", "run.failed"),
        ({"type": "output", "stream": "stderr"}, "event", "output stderr"),
        ({"type": "dropped", "what": "calls"}, "event", "dropped calls"),
        ({"type": "gap", "missed": 3}, "event", "gap"),
    ],
)
def test_the_most_exact_words_are_taken(
    modules: Modules, event: Json, section: str, key: str
) -> None:
    assert title(modules, {**CALL, **event}) == WORDS[section][key]["title"]


def test_the_transport_of_a_client_is_told_beside_its_event(modules: Modules) -> None:
    refused = {"type": "client.failed", "code": "refused", "message": ""}
    assert title(modules, refused, transport="udp") == WORDS["problem"]["refused udp"]["title"]
    assert title(modules, refused, transport="tcp") == WORDS["problem"]["refused"]["title"]


def test_places_are_filled_from_the_event(modules: Modules) -> None:
    event = {**CALL, "call": "recv_into", "phase": "enter"}
    (words,) = explained(modules, event)
    assert words is not None
    assert "recv_into()" in words["text"]
    waiting = {"type": "sync", "event": "waiting", "kind": "RLock"}
    (words,) = explained(modules, waiting)
    assert words is not None
    assert "The RLock is taken" in words["text"]


def test_an_error_without_words_of_its_own_is_named(modules: Modules) -> None:
    assert title(modules, {**CALL, "call": "recv", "error": "EXDEV"}) == "Error EXDEV"


@pytest.mark.parametrize("kind", ["person.joined", "__proto__", "constructor"])
def test_what_is_not_known_is_not_explained(modules: Modules, kind: str) -> None:
    assert explained(modules, {"type": kind}, {**CALL, "call": kind}) == [None, None]


def test_every_event_of_the_example_is_explained(modules: Modules) -> None:
    events = [json.loads(line) for line in EXAMPLE.read_text(encoding="utf-8").splitlines()[1:]]
    assert None not in explained(modules, *events, transport="udp")


def test_every_type_of_event_has_words_whatever_else_it_says(modules: Modules) -> None:
    tags = {str(kind.__struct_config__.tag) for kind in Event.__subclasses__()}
    plain = [
        {"type": tag} for tag in sorted(tags - {"call", "thread", "sync", "output", "dropped"})
    ]
    assert None not in explained(modules, *plain)
