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


def _begin() -> None:
    path = [folder for folder in sys.path if folder != _FOLDER]
    sys.path[:] = [_ROOT, *path]
    from backend.tracing.modules import Apart

    apart = Apart(_BEFORE)
    from backend.tracing import boot, order

    given = order.take(os.environ)
    sys.path[:] = path
    if given is not None:
        boot.install(given, sys.argv[0])
    apart.hide()
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
