"""Addresses as text, and where a wildcard is reached."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.addresses import as_text, from_text, host_as_text, is_loopback, reachable

hosts = st.ip_addresses().map(str)
ports = st.integers(0, 65535)


@given(hosts, ports)
def test_an_address_is_read_as_it_was_written(host: str, port: int) -> None:
    assert from_text(as_text((host, port))) == (host, port)


def test_an_ipv6_host_stands_in_brackets_before_its_port() -> None:
    assert as_text(("::1", 80)) == "[::1]:80"
    assert as_text(("127.0.0.1", 80)) == "127.0.0.1:80"
    assert as_text(("localhost", 80)) == "localhost:80"
    assert host_as_text("::1") == "[::1]"


@pytest.mark.parametrize(
    "text", ["", "80", "a", "a:", "a:b", "a:-1", "a:65536", "a:²", "a:٣", "::1:80", "/run/x.sock"]
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="expected"):
        from_text(text)


@given(st.text())
def test_any_text_is_an_address_or_is_refused(text: str) -> None:
    try:
        host, port = from_text(text)
    except ValueError:
        return
    assert 0 <= port <= 65535
    assert as_text((host, port)).startswith((host, f"[{host}]"))


def test_what_listens_everywhere_is_reached_on_loopback() -> None:
    assert reachable("0.0.0.0") == "127.0.0.1"
    assert reachable("::") == "::1"
    assert reachable("127.0.0.2") == "127.0.0.2"


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("::", False),
        ("192.0.2.1", False),
        ("localhost.example.com", False),
        ("", False),
    ],
)
def test_only_loopback_is_loopback(host: str, expected: bool) -> None:
    assert is_loopback(host) is expected
