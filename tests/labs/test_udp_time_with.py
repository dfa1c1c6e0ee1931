"""udp/time_with: `with` closes what udp/time closes by hand. Both: test_udp_time_server.py."""

from __future__ import annotations

import ast
import difflib
import socket

import pytest

from tests.labs.programs import ROOT, Program
from tests.labs.udp_peers import ask, start_on
from tests.ports import unused_port

LAB = "udp/time_with"
BY_HAND = {"close", "acquire", "release"}


def source(lab: str, program: str) -> str:
    return (ROOT / "labs" / lab / f"{program}.py").read_text()


def with_statements(text: str) -> int:
    return sum(isinstance(node, ast.With) for node in ast.walk(ast.parse(text)))


def calls_by_hand(text: str) -> set[str]:
    attributes = (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Attribute))
    return {node.attr for node in attributes} & BY_HAND


@pytest.mark.parametrize("program", ["server", "client"])
def test_one_lab_does_it_by_hand_and_the_other_by_with(program: str) -> None:
    by_hand, by_with = source("udp/time", program), source(LAB, program)
    assert with_statements(by_hand) == 0
    assert calls_by_hand(by_hand) == (BY_HAND if program == "server" else {"close"})
    assert with_statements(by_with) > 0
    assert calls_by_hand(by_with) == set()


@pytest.mark.parametrize(("program", "most"), [("server", 60), ("client", 9)])
def test_the_difference_is_short_enough_to_read(program: str, most: int) -> None:
    before, after = source("udp/time", program), source(LAB, program)
    difference = difflib.ndiff(before.splitlines(), after.splitlines())
    assert sum(line.startswith(("- ", "+ ")) for line in difference) <= most


def test_port_is_free_at_once_after_the_end() -> None:
    port = unused_port(socket.SOCK_DGRAM)
    server, port = Program.server(LAB, "--interval", "0.05", port=port)
    with server:
        ask(port, b"Anna")
        assert server.stop() == 0
    with start_on(LAB, port):
        assert ask(port, b"Anna").startswith(b"Anna, ")
