"""End at once, but leave a grandchild in a session of its own that holds the standard output."""

import os
import signal

reader, writer = os.pipe()
if os.fork() == 0:
    os.setsid()
    print("daemon", os.getpid(), flush=True)
    os.close(writer)
    signal.alarm(30)  # the test ends it; if it does not, this does
    signal.pause()
os.close(writer)
os.read(reader, 1)  # comes back when the grandchild has left our group
