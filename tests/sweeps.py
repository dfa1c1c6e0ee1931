"""What is left to the soak: of each kind `make test` has one, and `make soak` the rest.

A kind is what breaks together: one act in another language, at another width, for another lab, over
plain HTTP; the same strings in another field; how a page looks beside what it does. Whoever changes
how a page looks runs `make soak PYTEST_ARGS=tests/browser`.
"""

from __future__ import annotations

import pytest


def in_the_soak(*values: object) -> list[object]:
    """Return values for `parametrize` that only `make soak` tries: the gate has another one."""
    return [pytest.param(value, marks=pytest.mark.soak) for value in values]
