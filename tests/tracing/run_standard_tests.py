"""Runs tests of the standard library by name; writes which of them failed into a file.

python run_standard_tests.py RESULT NAME [NAME…] [--without NAME…]
"""

from __future__ import annotations

import json
import sys
import unittest
from collections.abc import Iterator


def single(tests: unittest.TestSuite | unittest.TestCase) -> Iterator[unittest.TestCase]:
    if isinstance(tests, unittest.TestCase):
        yield tests
        return
    for test in tests:
        yield from single(test)


def main() -> None:
    result, *names = sys.argv[1:]
    unwanted: list[str] = []
    if "--without" in names:
        at = names.index("--without")
        names, unwanted = names[:at], names[at + 1 :]
    loaded = unittest.defaultTestLoader.loadTestsFromNames(names)
    chosen = [
        test
        for test in single(loaded)
        if not any(test.id() == name or test.id().startswith(name + ".") for name in unwanted)
    ]
    done = unittest.TextTestRunner(verbosity=2).run(unittest.TestSuite(chosen))
    failed = [*done.failures, *done.errors, *((test, "") for test in done.unexpectedSuccesses)]
    with open(result, "w") as file:
        # A subtest that fails counts as its test.
        ids = {getattr(test, "test_case", test).id() for test, _ in failed}
        ran = [test.id() for test in chosen]
        json.dump({"ran": ran, "failed": sorted(ids), "file": sys.modules["test"].__file__}, file)


if __name__ == "__main__":
    main()
