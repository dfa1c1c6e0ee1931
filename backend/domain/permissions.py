"""Who may do what: one table, read by HTTP, WebSockets and the page alike.

A person stands somewhere in a room: its `host`; a `guest` of it; the `owner` of this desk; or
`other`, somebody of the same class who is at another desk. What a host may do, they may do under
each policy. What a muted guest may not is in MUTED.
"""

from __future__ import annotations

from typing import Literal, get_args

from backend.domain.people import Policy

Action = Literal[
    "look",  # at the room: its runs, timeline and people
    "connect",  # a client of the page to a run
    "send",  # bytes through it
    "start",  # a program
    "stop",
    "type",  # into a program
    "trace",  # tell the room of a program in one's own terminal
    "keep",  # recordings and drafts
    "name_peer",  # give a name to an address
    "clear",  # the timeline
    "rename",  # oneself
    "manage",  # people, the room itself, all desks
]
Standing = Literal["host", "guest", "owner", "other"]

EVERYTHING: frozenset[Action] = frozenset(get_args(Action))
NOTHING: frozenset[Action] = frozenset()
# A name is read by everybody, so that who must be silent keeps the one that they have.
MUTED: frozenset[Action] = frozenset({"send", "start", "type", "trace", "rename"})

ALLOWED: dict[Policy, dict[Standing, frozenset[Action]]] = {
    "watch": {
        "host": EVERYTHING,
        "guest": frozenset({"look", "rename"}),
        "owner": frozenset({"look"}),
        "other": NOTHING,
    },
    "together": {
        "host": EVERYTHING,
        "guest": frozenset({"look", "connect", "send", "trace", "rename"}),
        "owner": frozenset({"look"}),
        "other": NOTHING,
    },
    "own_desks": {
        "host": EVERYTHING,
        "guest": frozenset({"look", "rename"}),
        "owner": EVERYTHING - {"manage"},
        "other": NOTHING,
    },
}


def may(
    action: Action,
    *,
    policy: Policy,
    standing: Standing,
    is_muted: bool = False,
    is_shown: bool = False,
) -> bool:
    """Whether somebody who stands there may do this.

    `is_shown`: the host shows this room to everybody of the class, so that they may look at it.
    """
    if is_muted and standing != "host" and action in MUTED:
        return False
    return action in ALLOWED[policy][standing] or (is_shown and action == "look")
