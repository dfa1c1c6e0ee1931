"""What somebody writes with a client that was generated: starts, lists, types into and stops runs.

It runs beside the tests, where the generated package is, and prints as JSON what it was answered.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from playground_client import Client  # type: ignore[import-not-found]
from playground_client.api.events import list_events  # type: ignore[import-not-found]
from playground_client.api.labs import list_labs  # type: ignore[import-not-found]
from playground_client.api.rooms import show_room  # type: ignore[import-not-found]
from playground_client.api.runs import (  # type: ignore[import-not-found]
    show_run,
    start_run,
    stop_run,
    type_into_run,
)
from playground_client.models import (  # type: ignore[import-not-found]
    EndOfInput,
    ErrorAnswer,
    ErrorInfoCode,
    RunState,
    StartRequest,
    StartRequestProgram,
    TypedText,
)

ROOM = "local"


def code_of(answer: Any) -> str:
    """Return the code of an error, which has to be one of those that the client knows."""
    assert isinstance(answer, ErrorAnswer), answer
    assert isinstance(answer.error.code, ErrorInfoCode)
    assert answer.error.message
    return str(answer.error.code.value)


def main(url: str) -> dict[str, Any]:
    """Go once through the life of two runs; return what was answered, by what was asked."""
    with Client(base_url=url, raise_on_unexpected_status=True) as client:
        labs = list_labs.sync(client=client).labs
        order = StartRequest(lab="tcp/echo", program=StartRequestProgram.SERVER, port=0)
        server = start_run.sync(ROOM, client=client, body=order)
        order.port = server.port
        second = start_run.sync(ROOM, client=client, body=order)
        order.lab = "tcp/none"
        unknown = start_run.sync(ROOM, client=client, body=order)

        order = StartRequest(lab="threads/typed", program=StartRequestProgram.DEMO)
        demo = start_run.sync(ROOM, client=client, body=order)
        for typed in (TypedText(text="hello\n"), EndOfInput(eof=True)):
            done = type_into_run.sync_detailed(ROOM, demo.id, client=client, body=typed)
            assert done.status_code == 204, done
        late = type_into_run.sync(ROOM, demo.id, client=client, body=TypedText(text="late\n"))

        stopped = stop_run.sync(ROOM, server.id, client=client)
        assert stopped.state is RunState.EXITED, stopped
        lines = list_events.sync(ROOM, client=client, limit=100_000).splitlines()
        return {
            "labs": [lab.id for lab in labs],
            "started": [server.lab, demo.lab],
            "listed": [run.lab for run in show_room.sync(ROOM, client=client).runs],
            "stopped": show_run.sync(ROOM, server.id, client=client).state.value,
            "typed": [event["text"] for event in map(json.loads, lines) if is_typed(event)],
            "port taken": code_of(second),
            "no such lab": code_of(unknown),
            "no such run": code_of(show_run.sync(ROOM, "r0", client=client)),
            "no such room": code_of(show_room.sync("elsewhere", client=client)),
            "no input": code_of(late),
            "no such limit": code_of(list_events.sync(ROOM, client=client, limit=0)),
        }


def is_typed(event: dict[str, Any]) -> bool:
    """Whether an event tells of a text that was typed."""
    return (event["type"], event.get("stream")) == ("output", "stdin")


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1])))
