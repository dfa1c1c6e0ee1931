"""The standard library's tests of processes, forked by its server: see `standard_forks.py`."""

from __future__ import annotations

from test._test_multiprocessing import install_tests_in_module_dict  # type: ignore[import-not-found]

install_tests_in_module_dict(globals(), "forkserver")
