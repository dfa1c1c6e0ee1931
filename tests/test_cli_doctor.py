"""The network doctor, as it is typed into a terminal."""

from __future__ import annotations

import pytest

from tests.ports import unused_port
from tests.test_cli import socketlab


@pytest.mark.parametrize("flag", ["--public-url", "--url"])
def test_the_doctor_looks_at_the_address_that_it_is_given(flag: str) -> None:
    port = unused_port()
    done = socketlab("doctor", flag, f"http://127.0.0.1:{port}", "--port", str(port))
    assert (done.returncode, done.stderr) == (1, "")
    assert f"No Socket Lab of yours answers on http://127.0.0.1:{port}." in done.stdout
    assert f"http://127.0.0.1:{port} does not lead to Socket Lab" in done.stdout
