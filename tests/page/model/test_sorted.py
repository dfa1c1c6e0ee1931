"""Lists in order: values in, values out."""

from __future__ import annotations

from itertools import chain

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.page.conftest import Modules

MANY = """
    const compare = (a, b) => a[0] - b[0];
    const list = [];
    const froms = v.batches.map((batch) => {
      const before = [...list];
      const from = m.merge(list, batch, compare);
      return before.slice(0, from).every((item, i) => item === list[i]);
    });
    return [list, froms];
"""
# What comes in batches: a place in the order, and a number that tells equals apart.
PLACES = st.lists(st.lists(st.integers(0, 9), max_size=6), max_size=6)


def test_the_first_for_which_a_test_holds(modules: Modules) -> None:
    body = "return v.limits.map((limit) => m.firstWhere([1, 3, 3, 8], (item) => item >= limit))"
    assert modules.run("model/sorted", body, limits=[0, 1, 2, 3, 4, 8, 9]) == [0, 0, 1, 1, 3, 3, 4]
    assert modules.run("model/sorted", "return m.firstWhere([], () => true)") == 0


def test_an_element_comes_behind_its_equals(modules: Modules) -> None:
    body = """
        const list = [];
        for (const item of v.items) m.insert(list, item, (a, b) => a[0] - b[0]);
        return list;
    """
    items: list[tuple[int, str]] = [(2, "a"), (1, "b"), (2, "c"), (3, "d"), (1, "e")]
    expected = [list(item) for item in sorted(items, key=lambda item: item[0])]
    assert modules.run("model/sorted", body, items=items) == expected


def test_batches_in_any_order_give_one_order(modules: Modules) -> None:
    @settings(max_examples=30, deadline=None)
    @given(PLACES)
    def merge_all(places: list[list[int]]) -> None:
        batches = [
            [[place, 10 * b + i] for i, place in enumerate(batch)] for b, batch in enumerate(places)
        ]
        merged, unmoved = modules.run("model/sorted", MANY, batches=batches)
        assert merged == sorted(chain.from_iterable(batches), key=lambda item: item[0])
        assert all(unmoved)

    merge_all()
