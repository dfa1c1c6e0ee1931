"""The standard library's tests of processes, forked: its test_multiprocessing_fork, which not every
Python comes with, and which has another form in each.
"""

from __future__ import annotations

from test._test_multiprocessing import install_tests_in_module_dict  # type: ignore[import-not-found]

install_tests_in_module_dict(globals(), "fork")
