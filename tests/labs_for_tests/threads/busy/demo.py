"""Be busy in C code that never lets go of the interpreter's lock, with a child in the group."""

import os
import re
import signal

child = os.fork()
if child == 0:
    signal.pause()
print(os.getpid(), child, flush=True)
input()
re.match("(a+)+$", "a" * 64 + "b")
