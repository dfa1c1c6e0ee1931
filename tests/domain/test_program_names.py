"""Programs are called by what a person would say that they are."""

from __future__ import annotations

import pytest

from backend.domain.program_names import LIMIT, name_in_a_playground, program_name


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("nc -N 127.0.0.1 50007", "nc"),
        ("/usr/bin/curl -i http://127.0.0.1", "curl"),
        ("-bash", "bash"),
        ("python3.12 client.py --port 5", "python client.py"),
        ("/srv/a/.venv/bin/python -u /srv/a/lab/client.py", "python client.py"),
        ("python -m labs.tcp.echo.client x", "python -m labs.tcp.echo.client"),
        ("python -W error -X dev my.py", "python my.py"),
        ("python -c print(1)", "python -c"),
        ("python", "python"),
        ("pythonic.sh a", "pythonic.sh"),
        ("", ""),
    ],
)
def test_a_program_is_called_by_what_runs(line: str, expected: str) -> None:
    assert program_name(line.split(" ")) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("python3 /srv/labs/udp/hello/server.py 12345", "udp/hello server.py"),
        ("python /srv/labs/udp/hello/first_client.py", "udp/hello first_client.py"),
    ],
)
def test_a_lab_of_another_playground_is_called_so(line: str, expected: str) -> None:
    assert name_in_a_playground(line.split(" ")) == f"Socket Lab: {expected}"


def test_a_long_name_is_cut() -> None:
    assert len(program_name(["x" * 99])) == LIMIT
