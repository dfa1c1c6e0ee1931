"""What the interpreter of the fork server runs as its program.

It is code without a frame that anybody sees (`frames.py`): in the children of the fork server it
lies below the program, where a fresh interpreter has nothing.
"""

from __future__ import annotations

import importlib.util
import marshal
import os

from backend.tracing.frames import without_resume

_FOLDER = os.path.dirname(os.path.abspath(__file__))
_ROOT = os.path.dirname(os.path.dirname(_FOLDER))
_REST_OF_HEAD = bytes(12)  # of a .pyc: flags, time, size (PEP 552); nobody looks at them here

_SOURCE = """
def main():
    import os, sys
    os.close({code})
    del sys.modules["__main__"].main  # globals() asks for a frame that is not hidden
    before = set(sys.modules)
    path = sys.path[1:]  # without the folder of this
    library = os.path.dirname(os.__file__)
    others = ("site-packages", "dist-packages")  # which have nothing to do with us
    sys.path[:] = [each for each in path if each.startswith(library) and not each.endswith(others)]
    sys.path.append({root!r})
    from backend.tracing.modules import Apart
    apart = Apart(before)
    from backend.tracing import fork_server
    pages = fork_server.prepare(apart)
    sys.path[:] = path
    fork_server.run({control}, apart, pages)
main()
"""


def pyc(*, code: int, control: int) -> bytes:
    """Return it as the contents of a `.pyc`: a file which that process inherits as `code`.

    `control` is its descriptor of the control socket.
    """
    source = _SOURCE.format(root=_ROOT, code=code, control=control)
    compiled = without_resume(compile(source, __file__, "exec", dont_inherit=True))
    return importlib.util.MAGIC_NUMBER + _REST_OF_HEAD + marshal.dumps(compiled)
