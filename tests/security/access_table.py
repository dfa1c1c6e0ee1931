"""Who may do what at each address of a hosted playground: the one table of test_access.py.

It is written by hand, and knows nothing of the product's own table: what it says was decided here a
second time. An address that is not in it fails the test: add a row when you add a route.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Actor = Literal[
    "nobody",  # no credential at all
    "stranger",  # the host of another room, with their token
    "removed",  # a guest whom the host has removed, with the token of before
    "key",  # the host key in place of a person's token
    "guest",
    "muted",  # a guest, or the owner of a desk, whom the host has muted
    "owner",  # of the desk
    "other",  # a guest of the same class, at another desk
    "host",
]
Place = Literal["class", "desk"]
# What somebody of the room may, by MAY below; `rename`: oneself.
Action = Literal[
    "look", "connect", "start", "stop", "type", "trace", "keep", "name_peer", "clear", "manage",
    "rename",
]  # fmt: skip
# What does not depend on it.
OtherNeed = Literal[
    "nothing",  # everybody may, with any credential or none
    "membership",  # any person of the class
    "possession",  # of a client over plain HTTP: its owner, who may look
    "host key",
    "door",  # no credential: to come in as a guest; the host key: as a host
    "machine",  # asked from the machine itself, or with the host key
]
Need = Literal[Action, OtherNeed]

EVERYTHING = "look connect start stop type trace keep name_peer clear manage rename"
DESK_OF_ONES_OWN = "look connect start stop type trace keep name_peer clear"

# By place, policy and actor; who is not here may nothing.
MAY: dict[tuple[Place, str], dict[Actor, str]] = {
    ("class", "watch"): {"host": EVERYTHING, "guest": "look rename", "muted": "look"},
    ("class", "together"): {
        "host": EVERYTHING,
        "guest": "look connect trace rename",
        "muted": "look connect",
    },
    ("class", "own_desks"): {"host": EVERYTHING, "guest": "look rename", "muted": "look"},
    ("desk", "watch"): {"host": EVERYTHING, "owner": "look", "muted": "look"},
    ("desk", "together"): {"host": EVERYTHING, "owner": "look", "muted": "look"},
    ("desk", "own_desks"): {
        "host": EVERYTHING,
        "owner": DESK_OF_ONES_OWN,
        "muted": "look connect stop keep name_peer clear",
    },
}
ACTORS: dict[Place, tuple[Actor, ...]] = {
    "class": ("nobody", "stranger", "removed", "key", "guest", "muted", "host"),
    "desk": ("nobody", "stranger", "removed", "key", "other", "owner", "muted", "host"),
}
MEMBERS: frozenset[Actor] = frozenset({"guest", "muted", "owner", "other", "host"})


@dataclass(frozen=True, kw_only=True)
class Row:
    """One thing that can be asked for.

    `passes`: how it is answered to who may, status and code of an error; what would be dear or
    would spoil things for the next row asks for something that the handler itself refuses.
    `at_desk` and `desk_need` are what holds in a desk, where it is another. Of a WebSocket, `body`
    is what is sent after the hello, and `passes` what stands in the first message.
    """

    need: Need
    body: Any = None
    query: str = ""
    passes: str = "200"
    at_desk: str | None = None
    desk_need: Need | None = None


ROOM = "/api/rooms/{room}"
RUN = ROOM + "/runs/{run}"
CLIENT = RUN + "/clients/{client}"
RECORDING = ROOM + "/recordings/{recording}"
DRAFT = ROOM + "/drafts/{group}/{name}/{program}"
NO_LAB = {"lab": "no/lab", "program": "server"}
HELLO = {"program": "mine.py", "args": [], "pid": 1, "t": 0.0}
PAGE = Row(need="nothing")

TABLE: dict[str, Row] = {
    # For everybody: what holds nothing of a room
    "GET /healthz": PAGE,
    "GET /readyz": PAGE,
    "GET /api/echo": PAGE,
    "WS /ws/echo": Row(need="nothing", passes='"hello"'),
    "GET /api/openapi.json": PAGE,
    "GET /api/docs": PAGE,
    "GET /api/labs": PAGE,
    "GET /api/labs/{group}/{name}": PAGE,
    "GET /api/explanations": PAGE,
    "GET /static/{path}": PAGE,
    "GET /replay": PAGE,
    "GET /replay/example.jsonl": PAGE,
    "GET /replay/labs/{group}/{name}": PAGE,
    "POST /sandbox": Row(need="nothing", body=b"html=x\r\n"),
    "GET /": PAGE,
    "GET /join/{code}": PAGE,
    "GET /r/{room}": PAGE,
    "GET /r/{room}/labs/{group}/{name}": PAGE,
    # No lab of the tests grew from another one.
    "GET /r/{room}/labs/{group}/{name}/differences": Row(need="nothing", passes="404 page"),
    "GET /replay/labs/{group}/{name}/differences": Row(need="nothing", passes="404 page"),
    "GET /r/{room}/doctor": PAGE,
    "GET /r/{room}/class": PAGE,
    # For whoever runs the server
    "GET /metrics": Row(need="machine"),
    "GET " + ROOM + "/doctor": Row(need="manage"),
    # Rooms and people
    "GET /api/rooms": Row(need="host key"),
    "POST /api/rooms": Row(need="host key", body={"name": "\x00"}, passes="422 invalid"),
    "POST " + ROOM + "/people": Row(
        need="door", body={"name": "N"}, passes="201", at_desk="404 unknown_room"
    ),
    "GET " + ROOM: Row(need="look"),
    "PATCH " + ROOM: Row(need="manage", body={"name": "R"}, at_desk="403 forbidden"),
    "DELETE " + ROOM: Row(need="manage", passes="204", at_desk="403 forbidden"),
    "DELETE " + ROOM + "/events": Row(need="clear", passes="204"),
    "GET " + ROOM + "/invitation": Row(need="look"),
    "GET " + ROOM + "/desks": Row(need="manage"),
    "GET " + ROOM + "/people/{person}": Row(need="look", at_desk="404 unknown_person"),
    "PATCH " + ROOM + "/people/{person}": Row(
        need="manage",
        body={"muted": False},
        at_desk="404 unknown_person",
        desk_need="membership",
    ),
    "DELETE " + ROOM + "/people/{person}": Row(
        need="manage", passes="204", at_desk="404 unknown_person", desk_need="membership"
    ),
    "POST " + ROOM + "/people/{person}/token": Row(
        need="manage", passes="201", at_desk="404 unknown_person"
    ),
    "PUT " + ROOM + "/peers/{address}": Row(need="name_peer", body={"name": "P"}, passes="204"),
    # Runs
    "POST " + ROOM + "/runs": Row(need="start", body=NO_LAB, passes="404 unknown_lab"),
    "GET " + RUN: Row(need="look"),
    "DELETE " + RUN: Row(need="stop"),
    "POST " + RUN + "/again": Row(need="start", passes="201"),
    "POST " + RUN + "/stdin": Row(need="type", body={"text": ""}, passes="204"),
    # Timelines
    "POST " + ROOM + "/takes": Row(need="start", body={"lab": "no/lab"}, passes="404 unknown_lab"),
    "GET " + ROOM + "/events": Row(need="look"),
    "GET " + ROOM + "/recording": Row(need="look"),
    # For whoever teaches
    "GET " + ROOM + "/broken-labs": Row(need="manage"),
    "GET " + ROOM + "/labs/{group}/{name}/answers": Row(need="manage"),
    # What people keep
    "GET " + ROOM + "/recordings": Row(need="look"),
    "POST " + ROOM + "/recordings": Row(need="keep", body={"name": "\x00"}, passes="422 invalid"),
    "GET " + RECORDING: Row(need="look", passes="404 unknown_recording"),
    "PATCH " + RECORDING: Row(need="keep", body={"name": "R"}, passes="404 unknown_recording"),
    "DELETE " + RECORDING: Row(need="keep", passes="404 unknown_recording"),
    "GET " + DRAFT: Row(need="keep", passes="404 unknown_draft"),
    "PUT " + DRAFT: Row(need="keep", body={"text": "x"}),
    "DELETE " + DRAFT: Row(need="keep", passes="204"),
    # Clients over plain HTTP
    "POST " + RUN + "/clients": Row(need="connect", passes="201"),
    "POST " + CLIENT: Row(need="possession", body=b"x", passes="204"),
    "GET " + CLIENT: Row(need="possession"),
    "DELETE " + CLIENT: Row(need="possession", passes="204"),
    "GET " + ROOM + "/clients": Row(need="look", query="?after=c99:0"),
    # WebSockets
    "WS /ws/rooms/{room}/events": Row(need="look", passes='"seq":'),
    "WS /ws/rooms/{room}/class": Row(need="manage", passes="["),
    "WS /ws/rooms/{room}/runs/{run}/client": Row(need="connect", passes='"opened"'),
    "WS /ws/rooms/{room}/trace": Row(need="trace", body=HELLO, passes='"run":'),
}


def may(need: Need, actor: Actor, place: Place, policy: str) -> bool:
    """Whether somebody of the class may do what depends on place and policy."""
    if need == "membership":
        return True
    if need == "possession":  # the clients of test_access.py are the host's
        return actor == "host"
    return need in MAY[place, policy].get(actor, "").split()


def refused(need: Need, actor: Actor, place: Place, policy: str) -> str:
    """Return how somebody is refused, as `Row.passes` says it; empty: they are not."""
    if need == "nothing":
        return ""
    if need == "host key":
        return "" if actor == "key" else "401 unauthorized"
    if need == "machine":
        return "" if actor == "key" else "401 unauthorized"
    if need == "door":
        return "" if actor in ("nobody", "key") else "401 unauthorized"
    if actor not in MEMBERS:
        return "401 unauthorized"
    return "" if may(need, actor, place, policy) else "403 forbidden"
