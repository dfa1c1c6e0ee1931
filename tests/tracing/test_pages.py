"""The pages that children write to: seen in two of them, copied ahead in the next."""

from __future__ import annotations

import subprocess
import sys
from textwrap import dedent

import pytest

from tests.labs.programs import ROOT, WAIT_S

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells whose a page is")

# Two children write to the first fifty pages of two hundred, one of them to the last, too.
FAMILY = """
    import mmap, os, resource
    from backend.tracing.pages import Pages

    PAGE = mmap.PAGESIZE
    pages = Pages()
    memory = mmap.mmap(-1, 200 * PAGE, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    memory[:] = b"x" * len(memory)

    def child(numbers):
        reading, writing = os.pipe()
        if not (pid := os.fork()):
            for number in numbers:
                memory[number * PAGE] = 0
            os.write(writing, b"!")
            os.read(os.pipe()[0], 1)
        os.read(reading, 1)
        return pid

    def faults():
        return resource.getrusage(resource.RUSAGE_SELF).ru_minflt

    for numbers in (range(50), [*range(50), 199]):
        assert pages.is_looking
        pid = child(numbers)
        pages.look(pid)
        os.kill(pid, 9)
        os.waitpid(pid, 0)
    print(pages.is_looking, flush=True)
    if not os.fork():
        pages.copy()
        assert memory[:] == b"x" * len(memory)
        read = faults()
        for number in range(50):
            memory[number * PAGE] = 0
        written = faults()
        memory[199 * PAGE] = 0
        print(written - read < 10, faults() > written, flush=True)
        os._exit(0)
    os.wait()
"""


def test_what_two_children_have_written_to_the_next_has_as_its_own() -> None:
    done = subprocess.run(
        [sys.executable, "-c", dedent(FAMILY)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=WAIT_S,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("False\nTrue True\n", "")
