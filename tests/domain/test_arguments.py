"""Guests' arguments: what lab.toml allows passes as it is, and everything else is refused."""

from __future__ import annotations

import argparse

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.arguments import (
    FlagArgument,
    NumberArgument,
    ProgramArguments,
    TextArgument,
    require_allowed,
    require_names,
)
from backend.domain.errors import InvalidRequest

ALLOWED: ProgramArguments = {
    "name": TextArgument(limit=10),
    "interval": NumberArgument(min=0.5, max=60),
    "once": FlagArgument(),
}


def parser() -> argparse.ArgumentParser:
    """Return a parser as the labs have it, with options that guests are not to give."""
    made = argparse.ArgumentParser(exit_on_error=False)
    made.add_argument("name", nargs="?", default="")
    made.add_argument("--interval", type=float, default=3.0)
    made.add_argument("--once", action="store_true")
    made.add_argument("--host", default="ours")
    made.add_argument("--file", default="none")
    return made


@pytest.mark.parametrize(
    "args",
    [
        (),
        ("Anna",),
        ("",),
        ("--interval", "0.5"),
        ("--interval=60", "Anna", "--once"),
        ("--interval", "1", "--interval", "2"),
    ],
)
def test_what_the_lab_allows_is_allowed(args: tuple[str, ...]) -> None:
    require_allowed(args, ALLOWED, program="server.py")


@pytest.mark.parametrize(
    "args",
    [
        ("Anna", "Berta"),
        ("Anna Berta Carla",),
        ("--interval",),
        ("--interval", "0.000001"),
        ("--interval", "nan"),
        ("--interval=inf",),
        ("--interval", "1e400"),
        ("--interval", ""),
        ("--interval", "-1"),
        ("--interval", "--once"),
        ("--int", "1"),
        ("--once=1",),
        ("--host", "0.0.0.0"),
        ("--host=0.0.0.0",),
        ("--name", "Anna"),
        ("-x",),
        ("-",),
        ("--",),
        ("---interval", "1"),
    ],
)
def test_anything_else_is_refused_and_what_is_allowed_is_said(args: tuple[str, ...]) -> None:
    with pytest.raises(InvalidRequest) as refused:
        require_allowed(args, ALLOWED, program="server.py of udp/time")
    assert refused.value.message.startswith(
        "Guests may give server.py of udp/time: a name of at most 10 characters, "
        "--interval with a number from 0.5 to 60, --once. Got "
    )


def test_a_program_without_arguments_for_guests_takes_none() -> None:
    require_allowed((), {}, program="server.py")
    with pytest.raises(InvalidRequest, match=r"Guests give server\.py no arguments\. Got 'x'"):
        require_allowed(("x",), {}, program="server.py")


WORDS = st.sampled_from(
    [
        "--interval",
        "--once",
        "--host",
        "--file",
        "--int",
        "--inter=1",
        "--",
        "-",
        "a",
        "",
        "1",
        "99",
    ]
)


@given(st.lists(WORDS | st.text(max_size=12), max_size=6))
def test_what_passes_means_to_the_program_what_was_looked_at(args: list[str]) -> None:
    try:
        require_allowed(args, ALLOWED, program="server.py")
    except InvalidRequest:
        return
    read = parser().parse_args(args)
    assert 0.5 <= read.interval <= 60
    assert len(read.name) <= 10
    assert (read.host, read.file) == ("ours", "none")


@pytest.mark.parametrize("name", ["host", "port", "", "-x", "Ünder", "two words", "a=b"])
def test_names_that_can_be_no_option_of_guests_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match="is no name of an argument"):
        require_names({name: FlagArgument()})


def test_a_range_that_holds_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="no number is between"):
        NumberArgument(min=2, max=1)
