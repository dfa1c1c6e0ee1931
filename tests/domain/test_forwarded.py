from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.forwarded import Caller, caller_of, is_within, read_network

PROXY = "10.0.0.1"
TRUSTED = [read_network("10.0.0.0/8"), read_network("::1"), read_network("2001:db8:1::/48")]


def caller(headers: dict[str, str], peer: str = PROXY) -> tuple[str, str | None]:
    raw = [(name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()]
    found = caller_of(peer, raw, TRUSTED)
    return found.address, found.scheme


@pytest.mark.parametrize(
    ("headers", "address", "scheme"),
    [
        ({}, PROXY, None),
        ({"X-Forwarded-For": "192.0.2.7"}, "192.0.2.7", None),
        ({"X-Forwarded-For": "192.0.2.7", "X-Forwarded-Proto": "https"}, "192.0.2.7", "https"),
        # Whatever a caller writes stands further left than what our proxy adds.
        ({"X-Forwarded-For": "198.51.100.9, 192.0.2.7"}, "192.0.2.7", None),
        ({"X-Forwarded-For": "192.0.2.7, 10.0.0.2"}, "192.0.2.7", None),
        ({"X-Forwarded-For": "10.0.0.3, 10.0.0.2"}, "10.0.0.3", None),
        ({"X-Forwarded-For": "192.0.2.7, nonsense"}, PROXY, None),
        ({"X-Forwarded-For": "192.0.2.7:4711"}, "192.0.2.7", None),
        ({"X-Forwarded-For": "2001:DB8::7"}, "2001:db8::7", None),
        ({"X-Forwarded-For": "[2001:db8::7]:4711"}, "2001:db8::7", None),
        ({"X-Forwarded-Proto": "http, https"}, PROXY, "https"),
        ({"X-Forwarded-Proto": "gopher"}, PROXY, None),
        ({"Forwarded": "for=192.0.2.7;proto=https;by=10.0.0.1"}, "192.0.2.7", "https"),
        ({"Forwarded": 'For="[2001:db8::7]:4711";Proto=http'}, "2001:db8::7", "http"),
        ({"Forwarded": "for=198.51.100.9, for=192.0.2.7;proto=https"}, "192.0.2.7", "https"),
        ({"Forwarded": 'for="_hidden", for=10.0.0.2'}, "10.0.0.2", None),
        ({"Forwarded": "for=unknown"}, PROXY, None),
        # Only one of our proxies has set that; the other came through it.
        ({"X-Forwarded-For": "192.0.2.7", "Forwarded": "for=198.51.100.9"}, "192.0.2.7", None),
    ],
)
def test_the_caller_is_the_last_address_that_is_no_proxy_of_ours(
    headers: dict[str, str], address: str, scheme: str | None
) -> None:
    assert caller(headers) == (address, scheme)


@pytest.mark.parametrize("peer", ["192.0.2.66", "127.0.0.1", "2001:db8:2::1", "", "unix"])
def test_nobody_else_is_believed(peer: str) -> None:
    headers = {
        "X-Forwarded-For": "198.51.100.9",
        "X-Forwarded-Proto": "https",
        "Forwarded": "for=198.51.100.9;proto=https",
    }
    assert caller(headers, peer) == (peer, None)


def test_an_address_of_ipv4_in_ipv6_is_what_it_was() -> None:
    assert caller({"X-Forwarded-For": "192.0.2.7"}, "::ffff:10.0.0.1") == ("192.0.2.7", None)
    assert is_within("::1", TRUSTED)
    assert not is_within("::2", TRUSTED)


@given(st.lists(st.tuples(st.sampled_from([b"forwarded", b"x-forwarded-for"]), st.binary())))
def test_no_header_makes_it_fail(headers: list[tuple[bytes, bytes]]) -> None:
    assert isinstance(caller_of(PROXY, headers, TRUSTED), Caller)


def test_a_network_is_an_address_or_a_range_of_them() -> None:
    assert str(read_network(" 10.1.2.3/8 ")) == "10.0.0.0/8"
    assert str(read_network("::1")) == "::1/128"
    with pytest.raises(ValueError, match="proxy"):
        read_network("proxy")
