"""Ports and addresses are given out once at a time, and come back."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.ports import LoopbackPool, PortPool, PortRange

LOOPBACK = ipaddress.ip_network("127.0.0.0/8")
RANGES = st.tuples(st.integers(1, 65535), st.integers(0, 40)).map(
    lambda pair: PortRange(pair[0], min(65535, pair[0] + pair[1]))
)


@given(RANGES)
def test_a_range_is_read_as_it_is_written(ports: PortRange) -> None:
    assert PortRange.from_text(str(ports)) == ports
    assert ports.first in ports
    assert ports.last in ports
    assert ports.last + 1 not in ports


@pytest.mark.parametrize(
    "text",
    ["", "-", "1", "1-", "-1", "0-5", "5-1", "1-65536", "1-2-3", "a-b", "١-٢", " 1-2", "1--2"],
)
def test_what_is_no_range_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="expected ports as FIRST-LAST"):
        PortRange.from_text(text)


@given(RANGES, st.lists(st.integers(1, 5), max_size=20), st.sets(st.integers(1, 65535)))
def test_ports_that_are_offered_are_of_the_range_and_not_taken(
    ports: PortRange, counts: list[int], taken: set[int]
) -> None:
    pool = PortPool(ports)
    free = {port for port in range(ports.first, ports.last + 1) if port not in taken}
    for count in counts:
        offered = pool.offer(count, taken=taken)
        assert set(offered) <= free
        assert len(set(offered)) == len(offered) == min(count, len(free))


@given(RANGES)
def test_who_asks_at_the_same_time_is_offered_other_ports(ports: PortRange) -> None:
    pool = PortPool(ports)
    count = ports.last - ports.first + 1
    offered = [pool.offer(1, taken=()) for _ in range(count)]
    assert len(set(offered)) == count
    assert pool.offer(1, taken=()) == offered[0]


@given(st.lists(st.text(max_size=20), unique=True, max_size=60))
def test_each_desk_has_an_address_of_its_own_and_the_same_one_each_time(desks: list[str]) -> None:
    pool = LoopbackPool()
    addresses = {desk: pool.take(desk) for desk in desks}
    assert len(set(addresses.values())) == len(desks)
    for desk, address in addresses.items():
        assert address is not None
        assert ipaddress.ip_address(address) in LOOPBACK
        assert not address.startswith("127.0.")
        assert pool.take(desk) == address
    assert [LoopbackPool().take(desk) for desk in desks[:1]] == [
        addresses[desk] for desk in desks[:1]
    ]


def test_an_address_that_is_free_again_can_be_given_to_another_desk() -> None:
    pool = LoopbackPool(places=300)
    everybody = [f"room.p{number}" for number in range(300)]
    given_out = {pool.take(desk) for desk in everybody}
    assert len(given_out) == len(everybody)
    assert pool.take("one more") is None
    freed = pool.take(everybody[7])
    pool.free(everybody[7])
    pool.free("nobody")
    assert pool.take("one more") == freed
