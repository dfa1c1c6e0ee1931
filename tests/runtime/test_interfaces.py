from __future__ import annotations

import json
import shutil
import socket
import subprocess
from ipaddress import ip_address

import pytest

from backend.runtime.interfaces import _addresses, own_addresses


@pytest.mark.skipif(shutil.which("ip") is None, reason="needs `ip` (iproute2) to compare with")
def test_the_addresses_are_those_that_ip_shows() -> None:
    shown = subprocess.run(["ip", "-j", "address"], check=True, capture_output=True).stdout
    expected = {
        ip_address(address["local"])
        for interface in json.loads(shown)
        if "UP" in interface["flags"]
        for address in interface["addr_info"]
        if address["family"] in ("inet", "inet6")
    }
    assert set(_addresses()) == expected


def test_loopback_is_among_the_interfaces_and_not_among_what_others_reach() -> None:
    assert ip_address("127.0.0.1") in set(_addresses())
    own = [ip_address(address) for address in own_addresses()]
    assert not any(address.is_loopback or address.is_link_local for address in own)
    assert [address.version for address in own] == sorted(address.version for address in own)


def test_one_can_listen_on_each_of_them() -> None:
    for address in own_addresses():
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        with socket.socket(family, socket.SOCK_STREAM) as sock:
            sock.bind((address, 0))
