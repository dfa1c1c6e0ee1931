"""Sleep for ever and never read what is typed."""

import signal

print("asleep", flush=True)
signal.pause()
