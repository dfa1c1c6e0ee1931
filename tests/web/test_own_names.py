from __future__ import annotations

import socket

import pytest

from backend.settings import Settings
from backend.web import own_names
from backend.web.own_names import OwnNames


@pytest.fixture(autouse=True)
def addresses(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    addresses = ["192.0.2.7", "2001:db8::7"]
    monkeypatch.setattr(own_names, "own_addresses", lambda: addresses)
    monkeypatch.setattr(socket, "gethostname", lambda: "Desk")
    return addresses


def names(**given: object) -> OwnNames:
    return OwnNames(Settings.model_validate({"port": 8000, **given}))


@pytest.mark.parametrize(
    ("given", "known", "unknown"),
    [
        ({}, "127.0.0.1:8000 localhost:8000 [::1]:8000 LOCALHOST", "192.0.2.7:8000 desk:8000"),
        (
            {"host": "0.0.0.0"},
            "192.0.2.7:8000 [2001:db8::7]:8000 desk:8000 Desk.local:8000 localhost:8000",
            "192.0.2.7 192.0.2.7:80 192.0.2.8:8000 192.0.2.7.example:8000 desk evil.example:8000",
        ),
        ({"host": "192.0.2.7"}, "192.0.2.7:8000 127.0.0.1:8000", "[2001:db8::7]:8000 desk:8000"),
        ({"host": "::", "port": 80}, "192.0.2.7 192.0.2.7:80 [2001:db8::7] desk", "192.0.2.7:81"),
        (
            {"host": "0.0.0.0", "public_url": "https://lab.example/x"},
            "lab.example LAB.example 127.0.0.1 127.0.0.1:8000",
            "192.0.2.7:8000 lab.example:8000 desk:8000 lab.example.evil.example",
        ),
        ({"allowed_hosts": ["Other.example:1"]}, "other.example:1", "other.example"),
    ],
)
def test_a_host_is_known_or_not(given: dict[str, object], known: str, unknown: str) -> None:
    served = names(**given)
    assert [host for host in known.split() if not served.is_host(host)] == []
    assert [host for host in unknown.split() if served.is_host(host)] == []


@pytest.mark.parametrize(
    ("given", "known", "unknown"),
    [
        ({}, "http://127.0.0.1:8000 https://localhost:8000", "http://127.0.0.1 http://localhost"),
        (
            {"host": "0.0.0.0"},
            "http://192.0.2.7:8000 http://desk.local:8000 http://127.0.0.1:8000",
            "http://192.0.2.7 http://192.0.2.7:12345 ws://192.0.2.7:8000 null 192.0.2.7:8000",
        ),
        (
            {"host": "0.0.0.0", "public_url": "https://lab.example/x"},
            "https://lab.example HTTPS://LAB.example",
            "http://lab.example http://127.0.0.1:8000 https://192.0.2.7:8000 https://lab.example/x",
        ),
    ],
)
def test_an_origin_is_ours_or_not(given: dict[str, object], known: str, unknown: str) -> None:
    served = names(**given)
    assert [origin for origin in known.split() if not served.is_origin(origin)] == []
    assert [origin for origin in unknown.split() if served.is_origin(origin)] == []


def test_an_address_that_the_machine_gets_later_is_known(addresses: list[str]) -> None:
    served = names(host="0.0.0.0")
    assert not served.is_host("198.51.100.7:8000")
    addresses.append("198.51.100.7")
    assert served.is_host("198.51.100.7:8000")


def test_strangers_are_not_told_the_addresses_of_the_machine() -> None:
    assert not any("192.0.2.7" in host or "desk" in host for host in names(host="0.0.0.0").told)
