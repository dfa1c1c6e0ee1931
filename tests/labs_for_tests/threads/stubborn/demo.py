"""Ignore SIGINT and SIGTERM, with a child that does so too and holds the standard output."""

import os
import signal

signal.signal(signal.SIGINT, signal.SIG_IGN)
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = os.fork()
if child:
    print(os.getpid(), child, flush=True)
while True:
    signal.pause()
