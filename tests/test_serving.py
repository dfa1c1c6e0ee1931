from __future__ import annotations

from pathlib import Path

import pytest

from backend.runtime.host_key import HostKey
from backend.serving import welcome_to
from backend.settings import Settings
from backend.terminal.welcome import INK, PLAIN, lines_of, picture

ADDRESSES = ["192.0.2.7", "198.51.100.7", "2001:db8::7"]
KEY = "the-key"


def said(*, made_key: str | None = None, with_picture: bool = False, **given: object) -> list[str]:
    settings = Settings.model_validate({"port": 8000, **given})
    key = HostKey(key=made_key, is_new=True, file=Path("/data/host-key")) if made_key else None
    welcome = welcome_to(settings, ADDRESSES, key)
    return list(lines_of(welcome, with_picture=with_picture))


def test_for_oneself_one_line_says_it_all() -> None:
    assert said() == ["Socket Lab is on http://127.0.0.1:8000 (Ctrl+C ends it)"]


def test_the_host_gets_a_link_and_the_others_an_address_for_each_of_the_machine() -> None:
    lines = said(host="0.0.0.0", made_key=KEY)
    assert f"  http://192.0.2.7:8000/#host-key={KEY}" in lines
    assert "The key stays the same, and is kept in /data/host-key." in lines
    assert "  http://192.0.2.7:8000" in lines
    assert "  http://198.51.100.7:8000" in lines
    assert not any("2001:db8" in line for line in lines)


def test_who_hears_on_ipv6_is_reached_there_too() -> None:
    assert "  http://[2001:db8::7]:8000" in said(host="::", made_key=KEY)


def test_a_key_that_was_given_is_not_printed() -> None:
    lines = said(host="0.0.0.0", host_key=KEY)
    assert not any(KEY in line for line in lines)
    assert "  http://192.0.2.7:8000/" in lines


@pytest.mark.parametrize("base", ["https://lab.example", "https://lab.example/teaching/sockets"])
def test_behind_a_proxy_only_its_address_is_named(base: str) -> None:
    lines = said(public_url=base, made_key=KEY, host="0.0.0.0")
    assert lines[0] == "Socket Lab is on http://127.0.0.1:8000 (Ctrl+C ends it)"
    assert f"  {base}/#host-key={KEY}" in lines
    assert f"  {base}" in lines
    assert not any("192.0.2" in line for line in lines)


def test_hosted_on_loopback_nobody_else_can_come_and_it_says_so() -> None:
    lines = said(host_key=KEY, with_picture=True)
    assert any("--host 0.0.0.0" in line for line in lines)
    assert not any("▄" in line for line in lines)


def test_with_a_certificate_the_addresses_are_https() -> None:
    lines = said(host="192.0.2.9", host_key=KEY, tls_cert="a", tls_key="b")
    assert "  https://192.0.2.9:8000" in lines


def test_the_picture_fits_a_terminal_and_comes_only_where_it_is_wanted() -> None:
    lines = [
        line.removeprefix(INK).removesuffix(PLAIN)
        for line in picture("http://192.168.100.100:8000")
    ]
    assert {len(line) for line in lines} == {len(lines[0])}
    assert len(lines[0]) <= 60
    assert len(lines) <= 30
    shown = said(host="0.0.0.0", host_key=KEY, with_picture=True)
    assert any("▄" in line or "▀" in line for line in shown)
    assert not any("▄" in line or "▀" in line for line in said(host="0.0.0.0", host_key=KEY))
    assert picture("https://" + "a" * 1000) == []
