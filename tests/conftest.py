"""What all tests share.

Hypothesis does not mind a machine that has other things to do. Programs get signals as a terminal's
have them, however the tests were started. The settings of whoever runs the tests stay out of them.
What a whole run needs is looked for before it begins.
"""

from __future__ import annotations

import gc
import os
import pkgutil
import signal
import sys
from collections.abc import Generator, Iterator
from pathlib import Path
from types import ModuleType
from typing import cast

import pytest
from hypothesis import settings

from backend.settings import FILE_VARIABLE, Settings
from tests.essentials import missing_for

# What is known not to be there is not looked for: httpcore asks for this module, which we do not
# have, at each of its locks, and an import that fails goes through all folders of the path.
sys.modules.setdefault("sniffio", cast(ModuleType, None))

# What the tests share says both sides of a comparison that fails, too, not only "AssertionError".
SHARED = [f"tests.{module.name}" for module in pkgutil.iter_modules([str(Path(__file__).parent)])]
pytest.register_assert_rewrite(*(name for name in SHARED if name not in sys.modules))

settings.register_profile("steady", deadline=None)
settings.load_profile("steady")

# What ends a program from a terminal. `nohup`, `&` in a script and job runners let their programs
# ignore some of them, and a program that is started ignores what its parent ignores.
SIGNALS = (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM)


def pytest_configure(config: pytest.Config) -> None:
    """See that nothing is missing; start programs with signals as a terminal has them."""
    forget_own_settings()
    is_worker = hasattr(config, "workerinput")
    if not is_worker and (missing := missing_for(chosen(config))):
        raise pytest.UsageError(f"these tests cannot run: {'; '.join(missing)}")
    if is_worker or getattr(config.option, "dist", "no") == "no":  # else others run the tests
        take_signals_as_from_a_terminal()


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Let nobody look through the tests for what is no longer needed: all live until the end."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()
        gc.freeze()


def chosen(config: pytest.Config) -> Iterator[Path]:
    """Yield the files and folders that a run was asked for; none if it picks tests by words."""
    for word in () if config.option.keyword else config.args:
        yield (config.invocation_params.dir / word.partition("::")[0]).resolve()


def forget_own_settings() -> None:
    """Let tests, and what they start, see the defaults: neither environment nor socketlab.toml."""
    for setting in Settings.model_fields:
        os.environ.pop(f"SOCKETLAB_{setting.upper()}", None)
    os.environ[FILE_VARIABLE] = os.devnull
    os.environ["SOCKETLAB_DATA"] = "none"  # never into the data folder of whoever runs the tests


def take_signals_as_from_a_terminal() -> None:
    """Let programs that are started act on signals; a run that ignored one goes on ignoring it.

    `execve` lets a program ignore what was ignored, and gives back the default of what was caught
    (signal(7), "Signal dispositions"): what does nothing instead of SIG_IGN is the same to us only.
    """
    for number in SIGNALS:
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, lambda *_: None)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
