"""What the model of the diagram gives for events."""

from __future__ import annotations

from typing import Any

from tests.browser.diagram_events import PICTURE, SERVER, Json, Story
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


def sent(story: Story, t: float, call: str, **more: Any) -> None:
    story.call("s", call, t, transport="tcp", socket=2, local=SERVER, peer=A, **more)
