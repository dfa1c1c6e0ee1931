"""Labs of one's own in the terminal: listed, run, and told when they are broken."""

from __future__ import annotations

import re
from pathlib import Path

from tests.lab_folder import write_lab
from tests.labs.programs import ROOT, Program
from tests.test_cli import COMMAND, ENVIRONMENT, socketlab


def test_labs_of_ones_own_are_listed_and_run_with_the_folder_said() -> None:
    own, course = ("--labs", "docs/examples"), {"SOCKETLAB_LABS_DIR": str(ROOT / "labs")}
    listed = socketlab("labs", *own, **course)
    assert (listed.returncode, listed.stderr) == (0, "")
    assert all(lab in listed.stdout for lab in ("udp/hello", "names/lookup", "store/lines"))
    command = (*COMMAND, "server", *own, "names/lookup", "--port", "0")
    with Program(*command, env=ENVIRONMENT | course) as server:
        server.wait_for("\n")
        (port,) = re.findall(r"127\.0\.0\.1\D+(\d+)", server.output)
        asked = ("names/lookup", *own, "--port", port, "router.lab")
        done = socketlab("client", *asked, **course)
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.startswith("router.lab is ")


def test_labs_of_ones_own_that_are_broken_are_told_in_the_terminal() -> None:
    # They need labs of the course, which are not among those for tests.
    for args in (("labs",), ("server", "names/lookup")):
        done = socketlab(*args, "--labs", "docs/examples")
        assert done.returncode == (0 if args == ("labs",) else 2)
        assert "lab.toml:6: needs 1: no lab 'udp/hello'" in done.stderr


def test_a_lab_whose_name_no_address_can_have_is_told_so(tmp_path: Path) -> None:
    write_lab(tmp_path, "My-Labs/One")
    for args in (("labs",), ("server", "My-Labs/One")):
        done = socketlab(*args, "--labs", str(tmp_path))
        assert done.returncode == (0 if args == ("labs",) else 2)
        assert "the names of groups and labs have a-z, 0-9 and _ only" in done.stderr
