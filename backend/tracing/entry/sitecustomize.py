"""What the interpreter imports before it runs the program: it puts the tracing in place.

See `../order.py` for the way here. Nothing of it is left for the program to see: the path is taken
out of `sys.path` and the environment, and the `sitecustomize` that this Python may have of its own
is imported in place of this one.
"""

import os
import sys

_BEFORE = set(sys.modules)
_FOLDER = os.path.dirname(os.path.abspath(__file__))
_ROOT = os.path.dirname(os.path.dirname(os.path.dirname(_FOLDER)))


def _is_library(folder: str, library: str) -> bool:
    """Whether a folder of the path, or zip file, is one of the standard library."""
    is_in = folder == library or os.path.dirname(folder) == library
    is_zip = os.path.dirname(folder) == os.path.dirname(library) and folder.endswith(".zip")
    return is_zip or (is_in and not folder.endswith("-packages"))


def _begin() -> None:
    path = [folder for folder in sys.path if folder != _FOLDER]
    # Neither what the program may have in PYTHONPATH nor what is installed comes in here.
    library = os.path.dirname(os.__file__)
    sys.path[:] = [*(folder for folder in path if _is_library(folder, library)), _ROOT]
    from backend.tracing.modules import Apart

    apart = Apart(_BEFORE)
    from backend.tracing import boot, order

    given = order.take(os.environ)
    sys.path[:] = path
    prepared = None
    if given is not None:
        boot.hide_frames()
        # A module of a package is looked for where the program begins.
        program = os.getcwd() if sys.argv[0] == "-m" else sys.argv[0]
        prepared = boot.prepare(is_child=bool(given.folder))
        prepared.begin(given, program)
    apart.hide({} if prepared is None else prepared.watched)
    ours = os.path.join(_ROOT, "backend", "")
    for folder in list(sys.path_importer_cache):
        if folder == _ROOT or os.path.join(folder, "").startswith(ours):
            del sys.path_importer_cache[folder]


try:
    _begin()
except BaseException:  # the interpreter would say it in a line, and run the program untraced
    sys.excepthook(*sys.exc_info())
    sys.stderr.flush()
    os._exit(1)
del sys.modules[__name__]
__import__(__name__)
