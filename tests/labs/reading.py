"""The labs of the course, read once in each process that runs tests."""

from __future__ import annotations

import functools

from backend.runtime.catalog import Catalog
from tests.labs.programs import ROOT


@functools.cache
def read_course() -> Catalog:
    """Return the labs of the course; nobody changes them."""
    return Catalog.read(ROOT / "labs")
