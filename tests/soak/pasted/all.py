"""The lessons of all labs, each registered by its module."""

from __future__ import annotations

from tests.soak.pasted import chat, tcp, threads, udp
from tests.soak.pasted.lesson import RUNS

__all__ = ["RUNS", "chat", "tcp", "threads", "udp"]
