"""Looks for what keeps other computers out: on this machine, and through the public address."""

from __future__ import annotations

from backend.domain.findings import Finding, finding
from backend.runtime.doctor.machine import look_at_machine
from backend.runtime.doctor.through import look_through
from backend.settings import Settings

__all__ = ["examine"]


def examine(settings: Settings) -> list[Finding]:
    """Return what was found. Takes some seconds, blocks.

    `settings.port` is the port of the running server, `settings.public_url` where people come.
    """
    found, instance = look_at_machine(settings)
    if settings.public_url is not None:
        found.append(finding("public", url=settings.public_url))
        found += look_through(settings.public_url, instance)
    return found
