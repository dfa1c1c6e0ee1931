"""What of a sweep is left to the soak."""

from __future__ import annotations

import pytest


def in_the_soak(*values: object) -> list[object]:
    """Return values for `parametrize` that only `make soak` tries: the gate has another one."""
    return [pytest.param(value, marks=pytest.mark.soak) for value in values]
