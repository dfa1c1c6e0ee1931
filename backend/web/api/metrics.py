"""What Prometheus scrapes: numbers of this process, and of nobody in particular.

Whoever holds the host key may ask, and who asks on this machine itself: from loopback, by a
loopback name, and not through a proxy, which would bring everybody's requests from loopback.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import get_args

from fastapi import APIRouter, Request, Response
from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.metrics_core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from backend.domain.addresses import is_loopback
from backend.domain.class_events import MemoryState
from backend.domain.errors import Unauthorized
from backend.domain.tally import START_BOUNDS_S
from backend.web.access import holds_host_key
from backend.web.api.error_answers import error_answers
from backend.web.own_names import LOOPBACK_NAMES
from backend.web.playground import Playground, PlaygroundHere

router = APIRouter(tags=["health"])

NAMES_OF_PROXIES = ("x-forwarded-for", "forwarded", "via")


@router.get(
    "/metrics",
    response_class=Response,
    response_description="The numbers, in the text form of Prometheus.",
    responses={
        200: {"content": {"text/plain": {"schema": {"type": "string"}}}},
        **error_answers(Unauthorized),
    },
)
async def show_metrics(request: Request, playground: PlaygroundHere) -> Response:
    """Say in numbers how the server is."""
    if not (_is_here(request) or holds_host_key(request, playground.settings)):
        raise Unauthorized("the host key, or a request from this machine")
    registry = CollectorRegistry()
    registry.register(_Numbers(playground))
    ProcessCollector(registry=registry)
    return Response(generate_latest(registry), headers={"content-type": CONTENT_TYPE_LATEST})


def _is_here(request: Request) -> bool:
    """Whether somebody asks from this machine, and for nobody else."""
    name = request.headers.get("host", "").rpartition(":")
    host = name[0] if name[1] and not name[2].endswith("]") else name[2]
    return (
        request.client is not None
        and is_loopback(request.client.host)
        and host.lower() in LOOPBACK_NAMES
        and not any(header in request.headers for header in NAMES_OF_PROXIES)
    )


class _Numbers(Collector):
    """What a playground is at this moment, and what was counted since its start."""

    def __init__(self, playground: Playground) -> None:
        self._playground = playground

    def collect(self) -> Iterator[Metric]:
        """Yield all numbers."""
        yield from self._now()
        yield from self._memory()
        tally = self._playground.tally
        yield _counter("events", "Events of all timelines.", "type", tally.events)
        yield _counter("dropped", "What was not told: too much.", "what", tally.dropped)
        yield _counter(
            "bridge_bytes", "Bytes between browsers' sockets and labs.", "way", tally.bridge_bytes
        )
        counts = [sum(tally.starts[: place + 1]) for place in range(len(tally.starts))]
        bounds = [*map(str, START_BOUNDS_S), "+Inf"]
        starts = HistogramMetricFamily(
            "socketlab_run_start_seconds", "From the process to a program that listens or runs."
        )
        starts.add_metric([], list(zip(bounds, counts, strict=True)), tally.starts_s)
        yield starts

    def _now(self) -> Iterator[Metric]:
        census = self._playground.census()
        yield _gauge("rooms", "Rooms that are no desks.", census.classes)
        yield _gauge("desks", "Desks that somebody has come to.", census.desks)
        yield _gauge("people_online", "People who hold something open.", census.people_online)
        runs = GaugeMetricFamily("socketlab_runs", "Runs that are known.", labels=["state"])
        for state, count in sorted(census.runs.items()):
            runs.add_metric([state], count)
        yield runs
        yield _gauge("clients", "Sockets that browsers hold.", census.clients)
        yield _gauge("viewers", "Timelines that are followed.", census.viewers)

    def _memory(self) -> Iterator[Metric]:
        load = self._playground.store_load()
        states = GaugeMetricFamily(
            "socketlab_memory", "1 for how the store is now, 0 for the others.", labels=["state"]
        )
        for state in get_args(MemoryState):
            states.add_metric([state], load.memory == state)
        yield states
        yield _gauge("store_waiting_events", "Events not on disk yet.", load.waiting_events)
        yield _gauge("store_lag_seconds", "How long the oldest of what waits does.", load.lag_s)
        lost = CounterMetricFamily("socketlab_store_lost", "Events that the store had no room for.")
        lost.add_metric([], load.lost_events)
        yield lost


def _gauge(name: str, about: str, value: float) -> Metric:
    return GaugeMetricFamily(f"socketlab_{name}", about, value=value)


def _counter(name: str, about: str, label: str, counts: Counter[str]) -> Metric:
    family = CounterMetricFamily(f"socketlab_{name}", about, labels=[label])
    for key, count in sorted(counts.items()):
        family.add_metric([key], count)
    return family
